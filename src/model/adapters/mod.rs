//! Modules added beside frozen weights.

pub mod blend;
pub mod bottleneck;
pub mod ia3;
pub mod lora;
pub mod virtual_tokens;

use burn::module::Param;
use burn::prelude::*;

/// A parameter that begins as what `compute` makes of `tensor`, without a graph that leads back there.
fn made_from<const D: usize>(
    tensor: Tensor<2>,
    compute: impl FnOnce(Tensor<2>) -> Tensor<D>,
) -> Param<Tensor<D>> {
    let trains = tensor.is_autodiff();
    let made = compute(tensor.inner());
    Param::from_tensor(if trains { made.autodiff() } else { made })
}
