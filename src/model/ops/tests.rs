//! The fused forms give the portable forms' values and gradients.

use burn::prelude::*;

use super::{AdamWRates, Updated, cpu, portable};
use crate::model::parts::attention_bias;
use crate::settings::Seed;

fn random<const D: usize>(shape: [usize; D], seed: u64, device: &Device) -> Tensor<D> {
    let mut seed = Seed::new(seed);
    let values: Vec<f32> = (0..shape.iter().product())
        .map(|_| seed.normal(1.0) as f32)
        .collect();
    Tensor::<D>::from_data(TensorData::new(values, shape), device).require_grad()
}

fn values<const D: usize>(x: Tensor<D>) -> Vec<f32> {
    x.into_data().try_to_vec().unwrap()
}

fn assert_close(ours: &[f32], theirs: &[f32], what: &str) {
    assert_eq!(ours.len(), theirs.len(), "{what}");
    for (i, (a, b)) in ours.iter().zip(theirs).enumerate() {
        assert!(
            (a - b).abs() <= 1e-5 + 1e-5 * b.abs(),
            "{what}[{i}]: {a} against {b}"
        );
    }
}

/// Compares outputs, and the gradients of `inputs` under a loss that weighs every output differently.
fn compare(
    fused: impl Fn() -> Tensor<2>,
    portable: impl Fn() -> Tensor<2>,
    gradients_of: impl Fn(&burn::tensor::Gradients) -> Vec<Vec<f32>>,
) {
    let weigh = |y: &Tensor<2>| random(y.dims(), 99, &y.device()).detach();
    let (ours, theirs) = (fused(), portable());
    assert_close(&values(ours.clone()), &values(theirs.clone()), "output");
    let ours = gradients_of(&(ours.clone() * weigh(&ours)).sum().backward());
    let theirs = gradients_of(&(theirs.clone() * weigh(&theirs)).sum().backward());
    for (i, (a, b)) in ours.iter().zip(&theirs).enumerate() {
        assert!(b.iter().any(|v| v.abs() > 1e-3), "gradient {i} is trivial");
        assert_close(a, b, &format!("gradient {i}"));
    }
}

fn grad<const D: usize>(x: &Tensor<D>, grads: &burn::tensor::Gradients) -> Vec<f32> {
    values(x.grad(grads).unwrap())
}

#[test]
fn gelu() {
    let device = Device::flex().autodiff();
    let x = random([37, 53], 1, &device);
    compare(
        || cpu::gelu_new(x.clone()),
        || burn::tensor::activation::gelu_approximate(x.clone()),
        |g| vec![grad(&x, g)],
    );
    assert_close(
        &values(portable::gelu_new(x.clone())),
        &values(burn::tensor::activation::gelu_approximate(x)),
        "portable",
    );
}

#[test]
fn gelu_of_the_normal_distribution() {
    let device = Device::flex().autodiff();
    let x = random([37, 53], 1, &device) * 3.0;
    let x = x.detach().require_grad();
    compare(
        || cpu::gelu(x.clone()),
        || portable::gelu(x.clone()),
        |g| vec![grad(&x, g)],
    );
}

#[test]
fn layer_norm() {
    let device = Device::flex().autodiff();
    let (x, g, b) = (
        random([19, 30], 1, &device),
        random([30], 2, &device),
        random([30], 3, &device),
    );
    compare(
        || cpu::layer_norm(x.clone(), g.clone(), b.clone(), 1e-5),
        || portable::layer_norm(x.clone(), g.clone(), b.clone(), 1e-5),
        |grads| vec![grad(&x, grads), grad(&g, grads), grad(&b, grads)],
    );
}

#[test]
fn linear() {
    let device = Device::flex().autodiff();
    let (x, w, b) = (
        random([21, 13], 1, &device),
        random([13, 17], 2, &device),
        random([17], 3, &device),
    );
    compare(
        || cpu::linear(x.clone(), w.clone(), b.clone()),
        || portable::linear(x.clone(), w.clone(), b.clone()),
        |grads| vec![grad(&x, grads), grad(&w, grads), grad(&b, grads)],
    );
}

#[test]
fn lora_linear() {
    let device = Device::flex().autodiff();
    let (x, w, bias) = (
        random([21, 13], 1, &device),
        random([13, 17], 2, &device),
        random([17], 3, &device),
    );
    let (a, b) = (random([3, 13], 4, &device), random([17, 3], 5, &device));
    let (base, adapter) = (|| (w.clone(), bias.clone()), || (a.clone(), b.clone()));
    compare(
        || cpu::lora_linear(x.clone(), base(), adapter(), 1.7),
        || portable::lora_linear(x.clone(), base(), adapter(), 1.7),
        |g| {
            vec![
                grad(&x, g),
                grad(&w, g),
                grad(&bias, g),
                grad(&a, g),
                grad(&b, g),
            ]
        },
    );
}

#[test]
fn lora_on_frozen_weights_and_inputs_trains_the_adapter_alone() {
    let device = Device::flex().autodiff();
    let x = random([4, 3], 1, &device).set_require_grad(false);
    let base = (
        random([3, 5], 2, &device).set_require_grad(false),
        random([5], 3, &device).set_require_grad(false),
    );
    let (a, b) = (random([2, 3], 4, &device), random([5, 2], 5, &device));
    let grads = cpu::lora_linear(x.clone(), base.clone(), (a.clone(), b.clone()), 2.0)
        .sum()
        .backward();
    assert!(
        x.grad(&grads).is_none() && base.0.grad(&grads).is_none() && base.1.grad(&grads).is_none()
    );
    let portable = portable::lora_linear(x, base, (a.clone(), b.clone()), 2.0)
        .sum()
        .backward();
    assert_close(&grad(&a, &grads), &grad(&a, &portable), "a");
    assert_close(&grad(&b, &grads), &grad(&b, &portable), "b");
}

#[test]
fn nll() {
    let device = Device::flex().autodiff();
    let logits = random([11, 45], 1, &device);
    let classes: Vec<i32> = (0..11).map(|i| (i * 7) % 45).collect();
    compare(
        || cpu::nll(logits.clone(), &classes),
        || portable::nll(logits.clone(), &classes),
        |g| vec![grad(&logits, g)],
    );
}

#[test]
fn attention_with_padding() {
    let device = Device::flex().autodiff();
    let (batch, heads, seq, d_head) = (3, 2, 9, 5);
    let qkv = random([batch * seq, 3 * heads * d_head], 1, &device);
    let padding: Vec<Vec<bool>> = (0..batch)
        .map(|row| (0..seq).map(|t| t < seq - 2 * row).collect())
        .collect();
    for padding in [None, Some(&padding[..])] {
        let bias = attention_bias(seq, 0, padding, true, &device);
        compare(
            || cpu::self_attention(qkv.clone(), &bias, batch, heads),
            || {
                let (q, k, v) = portable::split_heads(qkv.clone(), batch, heads);
                portable::merge_heads(portable::attention_probabilities(q, k, &bias).matmul(v))
            },
            |g| vec![grad(&qkv, g)],
        );
    }
}

#[test]
fn a_frozen_input_gets_no_gradient() {
    let device = Device::flex().autodiff();
    let x = random([4, 3], 1, &device);
    let w = random([3, 2], 2, &device).set_require_grad(false);
    let b = random([2], 3, &device);
    let grads = cpu::linear(x.clone(), w.clone(), b.clone())
        .sum()
        .backward();
    assert!(x.grad(&grads).is_some() && b.grad(&grads).is_some());
    assert!(w.grad(&grads).is_none());
}

/// Eleven rows, three or four at a time, so that the last chunk is short.
#[test]
fn chunked_cross_entropy_of_a_head_is_the_plain_one() {
    let device = Device::flex().autodiff();
    let (hidden, head) = (random([11, 13], 1, &device), random([45, 13], 2, &device));
    // Some more than once, in one chunk and in several.
    let classes: Vec<i32> = (0..11).map(|i| (i * i * 7) % 45).collect();
    let plain = || portable::nll(hidden.clone().matmul(head.clone().transpose()), &classes);
    let both = |g: &burn::tensor::Gradients| vec![grad(&hidden, g), grad(&head, g)];
    for rows in [1, 3, 4, 11, 20] {
        compare(
            || cpu::head_nll(hidden.clone(), head.clone(), &classes, rows),
            plain,
            both,
        );
        compare(
            || {
                portable::head_cross_entropy(hidden.clone(), head.clone(), &classes, rows)
                    .unsqueeze()
            },
            || plain().mean().unsqueeze(),
            both,
        );
        let untracked = (hidden.clone().inner(), head.clone().inner());
        for (what, losses) in [
            (
                "cpu",
                cpu::head_nll(untracked.0.clone(), untracked.1.clone(), &classes, rows),
            ),
            (
                "portable",
                portable::head_nll(untracked.0, untracked.1, &classes, rows),
            ),
        ] {
            assert_close(&values(losses), &values(plain()), what);
        }
    }
}

#[test]
fn a_frozen_head_gets_no_gradient_from_chunked_cross_entropy() {
    let device = Device::flex().autodiff();
    let hidden = random([5, 13], 1, &device);
    let head = random([45, 13], 2, &device).set_require_grad(false);
    let classes = [3, 1, 4, 1, 5];
    for loss in [
        cpu::head_nll(hidden.clone(), head.clone(), &classes, 2).mean(),
        portable::head_cross_entropy(hidden.clone(), head.clone(), &classes, 2),
    ] {
        let grads = loss.backward();
        assert!(hidden.grad(&grads).is_some() && head.grad(&grads).is_none());
    }
}

#[test]
fn logits_of_a_large_vocabulary_are_never_whole() {
    let device = Device::flex().autodiff();
    let vocabulary = 50_257;
    let (hidden, head) = (
        random([200, 2], 1, &device).inner(),
        random([vocabulary, 2], 2, &device).inner(),
    );
    let classes: Vec<i32> = (0..200).map(|i| i * 251).collect();
    assert!(classes.len() * vocabulary > super::LOGITS_HELD);
    assert!(super::rows_at_once(&classes, vocabulary) < classes.len());
    let plain = portable::nll(hidden.clone().matmul(head.clone().transpose()), &classes);
    let chunked = super::head_nll(hidden.clone(), head.clone(), &classes);
    assert_close(&values(chunked), &values(plain.clone()), "rows");
    let mean = super::head_cross_entropy(hidden, head, &classes);
    assert_close(&values(mean), &values(plain.mean()), "mean");
}

#[test]
fn adamw_in_one_pass_is_adamw_bit_for_bit() {
    let device = Device::flex().autodiff();
    let length = 40_001; // more than two chunks, and no whole number of lanes
    let drawn = |seed| random([length], seed, &device).inner();
    let rates = AdamWRates {
        keep_first: 0.9,
        fresh_first: 0.1,
        keep_second: 0.999,
        fresh_second: 0.001,
        correction: 0.0447,
        epsilon: 1e-8,
        rate: 3e-3,
        keep_value: 0.9999,
    };
    let later =
        |update: fn(Tensor<1>, Tensor<1>, Option<[Tensor<1>; 2]>, AdamWRates) -> Updated| {
            let first = update(drawn(1), drawn(2), None, rates);
            let kept = first.value.clone(); // whoever holds the old value keeps it
            let second = update(first.value, drawn(3), Some(first.moments), rates);
            let [m, v] = second.moments;
            [kept, second.value, m, v].map(values)
        };
    assert_eq!(later(cpu::adamw), later(portable::adamw));
}
