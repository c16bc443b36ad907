//! Compositions of burn's operations, for every device.

use burn::prelude::*;
use burn::tensor::IndexingUpdateOp;
use burn::tensor::activation::{log_softmax, sigmoid, softmax};

use super::{AdamWRates, Updated};

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

/// x · Φ(x), with Φ of the normal distribution. Not burn's `gelu`: its derivative is that of the approximation by
/// tanh, which is off by up to 2e-4.
pub fn gelu(x: Tensor<2>) -> Tensor<2> {
    let share = x.clone().mul_scalar(std::f64::consts::FRAC_1_SQRT_2).erf();
    x.mul(share.add_scalar(1.0)).mul_scalar(0.5)
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

/// Rows of logits are computed, read and dropped, `rows_at_once` together.
pub fn head_nll(
    hidden: Tensor<2>,
    head: Tensor<2>,
    classes: &[i32],
    rows_at_once: usize,
) -> Tensor<2> {
    let parts = chunks(&hidden, classes, rows_at_once);
    let losses =
        parts.map(|(hidden, classes)| nll(hidden.matmul(head.clone().transpose()), classes));
    Tensor::cat(losses.collect(), 0)
}

/// The mean loss and its derivatives are computed outside the graph, rows by rows; then a loss of the same value
/// and the same derivatives goes into it.
pub fn head_cross_entropy(
    hidden: Tensor<2>,
    head: Tensor<2>,
    classes: &[i32],
    rows_at_once: usize,
) -> Tensor<1> {
    if !hidden.is_autodiff() {
        return head_nll(hidden, head, classes, rows_at_once).mean();
    }
    let (plain_hidden, plain_head) = (hidden.clone().inner(), head.clone().inner());
    let mut losses = Vec::new();
    let mut hidden_slopes = Vec::new();
    let mut head_slope: Option<Tensor<2>> = None;
    for (rows, classes) in chunks(&plain_hidden, classes, rows_at_once) {
        let logits = rows.clone().matmul(plain_head.clone().transpose());
        losses.push(nll(logits.clone(), classes));
        // `softmax − one-hot`, the second part of it without a table: it picks rows, or adds to them.
        let (likely, own) = (softmax(logits, 1), places(classes, &rows.device()));
        let picked = plain_head.clone().select(0, own.clone());
        hidden_slopes.push(likely.clone().matmul(plain_head.clone()) - picked);
        if head.is_require_grad() {
            let slope = likely.transpose().matmul(rows.clone());
            let sum = match head_slope {
                None => slope,
                Some(sum) => sum + slope,
            };
            head_slope = Some(sum.select_assign(0, own, rows.neg(), IndexingUpdateOp::Add));
        }
    }
    let share = 1.0 / classes.len() as f64;
    let loss = Tensor::from_inner(Tensor::cat(losses, 0).mean());
    let loss = loss + slope_alone(hidden, Tensor::cat(hidden_slopes, 0).mul_scalar(share));
    match head_slope {
        None => loss,
        Some(slope) => loss + slope_alone(head, slope.mul_scalar(share)),
    }
}

/// 0, but with the derivative `slope` by `x`.
fn slope_alone(x: Tensor<2>, slope: Tensor<2>) -> Tensor<1> {
    let product = (x * Tensor::from_inner(slope)).sum();
    product.clone() - product.detach()
}

fn places(classes: &[i32], device: &Device) -> Tensor<1, Int> {
    Tensor::from_data(TensorData::new(classes.to_vec(), [classes.len()]), device)
}

/// Consecutive rows with their classes.
fn chunks<'a>(
    hidden: &'a Tensor<2>,
    classes: &'a [i32],
    rows_at_once: usize,
) -> impl Iterator<Item = (Tensor<2>, &'a [i32])> {
    let [_, d_model] = hidden.dims();
    classes
        .chunks(rows_at_once)
        .enumerate()
        .map(move |(i, classes)| {
            let first = i * rows_at_once;
            let rows = first..first + classes.len();
            (hidden.clone().slice([rows, 0..d_model]), classes)
        })
}

/// See [`super::adamw`].
pub fn adamw(
    value: Tensor<1>,
    gradient: Tensor<1>,
    moments: Option<[Tensor<1>; 2]>,
    rates: AdamWRates,
) -> Updated {
    let fresh_first = gradient.clone().mul_scalar(rates.fresh_first);
    let fresh_second = gradient.square().mul_scalar(rates.fresh_second);
    let (first, second) = match moments {
        None => (fresh_first, fresh_second),
        Some([first, second]) => (
            first.mul_scalar(rates.keep_first) + fresh_first,
            second.mul_scalar(rates.keep_second) + fresh_second,
        ),
    };
    let spread = second.clone().sqrt().div_scalar(rates.correction);
    let change = first.clone() / spread.add_scalar(rates.epsilon);
    let kept = match rates.keep_value {
        1.0 => value,
        keep => value.mul_scalar(keep),
    };
    Updated {
        value: kept - change.mul_scalar(rates.rate),
        moments: [first, second],
    }
}
