//! The engine worker, built for WebGPU.

fn main() {
    #[cfg(target_arch = "wasm32")]
    warmup::engine::worker::start();
}
