//! Compositions of burn's operations, for every device.

use burn::prelude::*;
use burn::tensor::activation::{log_softmax, sigmoid, softmax};

pub fn linear(x: Tensor<2>, weight: Tensor<2>, bias: Tensor<1>) -> Tensor<2> {
    x.matmul(weight) + bias.unsqueeze()
}

pub fn lora_linear(
    x: Tensor<2>,
    (weight, bias): (Tensor<2>, Tensor<1>),
    (a, b): (Tensor<2>, Tensor<2>),
    scaling: f64,
) -> Tensor<2> {
    linear(x.clone(), weight, bias) + lora(x, (a, b), scaling)
}

/// `scaling · x Aᵀ Bᵀ`. The scaling goes onto the narrow middle: r numbers a row instead of d_out.
pub fn lora(x: Tensor<2>, (a, b): (Tensor<2>, Tensor<2>), scaling: f64) -> Tensor<2> {
    x.matmul(a.transpose())
        .mul_scalar(scaling)
        .matmul(b.transpose())
}

pub fn layer_norm(x: Tensor<2>, gain: Tensor<1>, bias: Tensor<1>, epsilon: f64) -> Tensor<2> {
    burn::tensor::module::layer_norm(x, gain, Some(bias), epsilon)
}

/// `½ x (1 + tanh u)` is `x · sigmoid(2u)`, which needs no cube and no tanh.
pub fn gelu_new(x: Tensor<2>) -> Tensor<2> {
    let doubled = 2.0 * (2.0 / std::f64::consts::PI).sqrt();
    let slope = x
        .clone()
        .square()
        .mul_scalar(0.044715 * doubled)
        .add_scalar(doubled);
    x.clone() * sigmoid(x * slope)
}

/// `[batch · seq, 3 · d_model]` → queries, keys and values, `[batch, heads, seq, d_head]` each.
pub fn split_heads(
    qkv: Tensor<2>,
    batch: usize,
    heads: usize,
) -> (Tensor<4>, Tensor<4>, Tensor<4>) {
    let [rows, width] = qkv.dims();
    let (seq, d_model) = (rows / batch, width / 3);
    let part = |index: usize| {
        qkv.clone()
            .slice([0..rows, index * d_model..(index + 1) * d_model])
            .reshape([batch, seq, heads, d_model / heads])
            .swap_dims(1, 2)
    };
    (part(0), part(1), part(2))
}

/// `[batch, heads, seq, d_head]` → `[batch · seq, d_model]`.
pub fn merge_heads(x: Tensor<4>) -> Tensor<2> {
    let [batch, heads, seq, d_head] = x.dims();
    x.swap_dims(1, 2).reshape([batch * seq, heads * d_head])
}

/// `softmax(q kᵀ / √d_head + bias)`, `[batch, heads, queries, keys]`.
pub fn attention_probabilities(queries: Tensor<4>, keys: Tensor<4>, bias: &Tensor<4>) -> Tensor<4> {
    let [_, _, _, d_head] = queries.dims();
    // Scaling the queries is scaling the scores, on the smaller tensor.
    let queries = queries.mul_scalar(1.0 / (d_head as f64).sqrt());
    softmax(queries.matmul(keys.swap_dims(2, 3)) + bias.clone(), 3)
}

pub fn nll(logits: Tensor<2>, classes: &[i32]) -> Tensor<2> {
    let device = logits.device();
    let classes = Tensor::<2, Int>::from_data(
        TensorData::new(classes.to_vec(), [classes.len(), 1]),
        &device,
    );
    log_softmax(logits, 1).gather(1, classes).neg()
}
