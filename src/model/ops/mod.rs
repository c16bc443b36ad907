//! The few functions in which a transformer spends its time.
//!
//! Each has a portable form, a composition of burn's operations that any device runs (and that fusion
//! turns into kernels on a GPU), and a fused CPU form that makes one pass where the composition makes
//! ten. Which one runs is decided by where the tensor lives; `tests` holds them to the same numbers.

#[cfg(feature = "cpu-kernels")]
pub mod cpu;
mod portable;
#[cfg(all(test, feature = "cpu-kernels"))]
mod tests;

use burn::prelude::*;

/// Whether the program has no other device: then it need not ask, and holds no portable forms.
#[cfg(feature = "cpu-kernels")]
const ONLY_CPU: bool = cfg!(not(any(feature = "engine-gpu", feature = "cli-gpu")));

/// `x W + b`: `[rows, in]`, `[in, out]`, `[out]` → `[rows, out]`.
pub fn linear(x: Tensor<2>, weight: Tensor<2>, bias: Tensor<1>) -> Tensor<2> {
    #[cfg(feature = "cpu-kernels")]
    if ONLY_CPU || cpu::runs_here(&x) {
        return cpu::linear(x, weight, bias);
    }
    portable::linear(x, weight, bias)
}

/// `x W + b + scaling · x Aᵀ Bᵀ`, a linear layer with LoRA beside it: `a: [rank, in]`, `b: [out, rank]`.
pub fn lora_linear(
    x: Tensor<2>,
    base: (Tensor<2>, Tensor<1>),
    adapter: (Tensor<2>, Tensor<2>),
    scaling: f64,
) -> Tensor<2> {
    #[cfg(feature = "cpu-kernels")]
    if ONLY_CPU || cpu::runs_here(&x) {
        return cpu::lora_linear(x, base, adapter, scaling);
    }
    portable::lora_linear(x, base, adapter, scaling)
}

/// Layer normalisation of each row (Ba et al. 2016): `[rows, d_model]`.
pub fn layer_norm(x: Tensor<2>, gain: Tensor<1>, bias: Tensor<1>, epsilon: f64) -> Tensor<2> {
    #[cfg(feature = "cpu-kernels")]
    if ONLY_CPU || cpu::runs_here(&x) {
        return cpu::layer_norm(x, gain, bias, epsilon);
    }
    portable::layer_norm(x, gain, bias, epsilon)
}

/// GPT-2's `gelu_new`, the tanh approximation (Hendrycks & Gimpel 2016).
pub fn gelu_new(x: Tensor<2>) -> Tensor<2> {
    #[cfg(feature = "cpu-kernels")]
    if ONLY_CPU || cpu::runs_here(&x) {
        return cpu::gelu_new(x);
    }
    portable::gelu_new(x)
}

/// BERT's GELU, `x · Φ(x)` with the normal distribution itself.
pub fn gelu(x: Tensor<2>) -> Tensor<2> {
    #[cfg(feature = "cpu-kernels")]
    if ONLY_CPU || cpu::runs_here(&x) {
        return cpu::gelu(x);
    }
    portable::gelu(x)
}

/// Multi-head attention of whole sequences over themselves: `qkv: [batch · seq, 3 · d_model]` and the
/// bias of [`crate::model::parts::attention_bias`] → `[batch · seq, d_model]`.
pub fn self_attention(qkv: Tensor<2>, bias: &Tensor<4>, batch: usize, heads: usize) -> Tensor<2> {
    #[cfg(feature = "cpu-kernels")]
    if ONLY_CPU || cpu::runs_here(&qkv) {
        return cpu::self_attention(qkv, bias, batch, heads);
    }
    let (queries, keys, values) = split_heads(qkv, batch, heads);
    merge_heads(attention_probabilities(queries, keys, bias).matmul(values))
}

/// Cross-entropy of every row in natural logarithms, `[rows, 1]`.
pub fn nll(logits: Tensor<2>, classes: &[i32]) -> Tensor<2> {
    #[cfg(feature = "cpu-kernels")]
    if ONLY_CPU || cpu::runs_here(&logits) {
        return cpu::nll(logits, classes);
    }
    portable::nll(logits, classes)
}

/// Logits up to this many are computed whole: 32 MiB.
const LOGITS_HELD: usize = 1 << 23;

fn fits(classes: &[i32], vocabulary: usize) -> bool {
    classes.len() * vocabulary <= LOGITS_HELD
}

/// How many rows of logits are held at a time: all of them where they fit.
fn rows_at_once(classes: &[i32], vocabulary: usize) -> usize {
    match fits(classes, vocabulary) {
        true => classes.len(),
        false => LOGITS_HELD / 2 / vocabulary,
    }
    .max(1)
}

/// Cross-entropy of every row under a head as wide as the vocabulary, `[rows, 1]`, as [`nll`] of all logits
/// gives it: `hidden: [rows, d_model]`, `head: [vocabulary, d_model]`. Not to be differentiated.
pub fn head_nll(hidden: Tensor<2>, head: Tensor<2>, classes: &[i32]) -> Tensor<2> {
    let [vocabulary, _] = head.dims();
    let (all, rows) = (fits(classes, vocabulary), rows_at_once(classes, vocabulary));
    #[cfg(feature = "cpu-kernels")]
    if ONLY_CPU || cpu::runs_here(&hidden) {
        return cpu::head_nll(hidden, head, classes, rows);
    }
    match all {
        true => portable::nll(hidden.matmul(head.transpose()), classes),
        false => portable::head_nll(hidden, head, classes, rows),
    }
}

/// The mean of [`head_nll`], `[1]`, with gradients for the hidden states and for a head that trains.
pub fn head_cross_entropy(hidden: Tensor<2>, head: Tensor<2>, classes: &[i32]) -> Tensor<1> {
    let [vocabulary, _] = head.dims();
    let (all, rows) = (fits(classes, vocabulary), rows_at_once(classes, vocabulary));
    #[cfg(feature = "cpu-kernels")]
    if ONLY_CPU || cpu::runs_here(&hidden) {
        return cpu::head_nll(hidden, head, classes, rows).mean();
    }
    match all {
        true => portable::nll(hidden.matmul(head.transpose()), classes).mean(),
        false => portable::head_cross_entropy(hidden, head, classes, rows),
    }
}

/// The factors of an update by AdamW; what a step has in common is worked out once, in float64.
#[derive(Debug, Clone, Copy)]
pub struct AdamWRates {
    /// β₁ and 1 − β₁.
    pub keep_first: f32,
    pub fresh_first: f32,
    /// β₂ and 1 − β₂.
    pub keep_second: f32,
    pub fresh_second: f32,
    /// √(1 − β₂ᵗ), by which the second moment's root is divided.
    pub correction: f32,
    pub epsilon: f32,
    /// The learning rate over 1 − β₁ᵗ.
    pub rate: f32,
    /// What weight decay leaves of the value: 1 where there is none.
    pub keep_value: f32,
}

/// A parameter and its two moments after an update.
pub struct Updated {
    pub value: Tensor<1>,
    pub moments: [Tensor<1>; 2],
}

/// One update by AdamW (Loshchilov & Hutter 2019) of a flattened parameter; moments that are not there yet are zero.
pub fn adamw(
    value: Tensor<1>,
    gradient: Tensor<1>,
    moments: Option<[Tensor<1>; 2]>,
    rates: AdamWRates,
) -> Updated {
    #[cfg(feature = "cpu-kernels")]
    if ONLY_CPU || cpu::runs_here(&value) {
        return cpu::adamw(value, gradient, moments, rates);
    }
    portable::adamw(value, gradient, moments, rates)
}

pub use portable::{attention_probabilities, lora, merge_heads, split_heads};
