//! The command line.

#[global_allocator]
static ALLOCATOR: warmup::cli::Counting<mimalloc::MiMalloc> =
    warmup::cli::Counting(mimalloc::MiMalloc);

fn main() -> std::process::ExitCode {
    warmup::cli::main().into()
}
