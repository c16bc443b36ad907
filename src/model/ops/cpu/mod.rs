//! Fused kernels for burn's CPU backend, with their backward passes.
//!
//! burn's `flex` evaluates a composition operation by operation, each reading and writing whole
//! tensors, with scalar `exp` and `tanh`: measured on GPT-2, four fifths of a training step went there
//! and one fifth into matrix products (see `docs/performance.md`). A kernel here is plain Rust over
//! slices, written so that the compiler vectorises it (SSE, AVX or wasm SIMD alike), registered with
//! burn's autodiff as one operation.

mod adamw;
mod attention;
mod gelu;
mod gelu_erf;
mod head_nll;
mod kernel;
mod layer_norm;
mod linear;
mod lora;
mod math;
mod nll;
#[cfg(any(test, all(target_arch = "wasm32", feature = "relaxed-simd")))]
mod sgemm;

pub use adamw::adamw;
pub use attention::self_attention;
pub use gelu::gelu_new;
pub use gelu_erf::gelu;
pub use head_nll::head_nll;
pub use kernel::runs_here;
pub use layer_norm::layer_norm;
pub use linear::linear;
pub use lora::lora_linear;
pub use nll::nll;
