//! The engine worker, built for the CPU.

fn main() {
    #[cfg(target_arch = "wasm32")]
    warmup::engine::worker::start();
}
