//! Muon (Jordan et al. 2024): momentum whose matrix is made orthogonal before it becomes an update.
//!
//! AdamW scales every number by itself; Muon gives all directions of a matrix the same length, so that rare ones
//! are learnt as fast as common ones. Only for the matrices inside the blocks: embeddings, biases and norms stay
//! with AdamW. The update has the root mean square of AdamW's usual one (Liu et al. 2025, "Muon is scalable for
//! LLM training"), so that both take one learning rate.

use burn::prelude::*;

/// Of the momentum, Nesterov's.
const MOMENTUM: f64 = 0.95;
/// Root mean square of AdamW's updates, as Liu et al. measured it.
const ADAMW_RMS: f64 = 0.2;
/// The odd quintic of Jordan et al., applied so many times, brings singular values near 1.
const NEWTON_SCHULZ: (f64, f64, f64) = (3.4445, -4.775, 2.0315);
const ITERATIONS: usize = 5;

/// How many square-ish matrices lie side by side in a block's weight; none where Muon leaves the parameter alone.
/// GPT-2's `c_attn` holds three: queries, keys and values.
pub fn matrices_in(name: &str) -> Option<usize> {
    let is_in_block = [".h.", ".layer."].iter().any(|block| name.contains(block));
    let is_weight = is_in_block && name.ends_with(".weight");
    match name.rsplit('.').nth(1) {
        Some("c_attn") if is_weight => Some(3),
        Some("c_proj" | "c_fc" | "query" | "key" | "value" | "dense") if is_weight => Some(1),
        _ => None,
    }
}

/// The momentum after `gradient`, and what the weight moves by at a learning rate of 1.
///
/// # Shapes
/// - `gradient`, result: `[rows * columns]`, of a weight `[rows, columns]`
pub fn update(
    gradient: Tensor<1>,
    momentum: Option<Tensor<1>>,
    [rows, columns]: [usize; 2],
    matrices: usize,
) -> (Tensor<1>, Tensor<1>) {
    let momentum = match momentum {
        Some(old) => old.mul_scalar(MOMENTUM) + gradient.clone().mul_scalar(1.0 - MOMENTUM),
        None => gradient.clone().mul_scalar(1.0 - MOMENTUM),
    };
    let ahead = momentum.clone().mul_scalar(MOMENTUM) + gradient.mul_scalar(1.0 - MOMENTUM);
    let each = columns / matrices;
    let scale = ADAMW_RMS * (rows.max(each) as f64).sqrt();
    let parts = ahead.reshape([rows, columns]).chunk(matrices, 1);
    let parts = parts.into_iter().map(orthogonal).collect();
    let change = Tensor::cat(parts, 1).mul_scalar(scale);
    (momentum, change.reshape([rows * columns]))
}

/// About U·Vᵀ of the matrix's singular value decomposition U·S·Vᵀ, by Newton and Schulz's iteration.
///
/// # Shapes
/// - `matrix`, result: `[rows, columns]`
fn orthogonal(matrix: Tensor<2>) -> Tensor<2> {
    let [rows, columns] = matrix.dims();
    let is_tall = rows > columns;
    let wide = if is_tall { matrix.transpose() } else { matrix };
    let norm = wide.clone().square().sum().sqrt().add_scalar(1e-7);
    let mut x = wide / norm.reshape([1, 1]);
    let (a, b, c) = NEWTON_SCHULZ;
    for _ in 0..ITERATIONS {
        let square = x.clone().matmul(x.clone().transpose());
        let polynomial = square.clone().mul_scalar(b) + square.clone().matmul(square).mul_scalar(c);
        x = x.clone().mul_scalar(a) + polynomial.matmul(x);
    }
    if is_tall { x.transpose() } else { x }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Seed;

    fn random(rows: usize, columns: usize) -> Tensor<2> {
        let mut seed = Seed::new(3);
        let values: Vec<f32> = (0..rows * columns)
            .map(|_| seed.normal(1.0) as f32)
            .collect();
        Tensor::<1>::from_floats(values.as_slice(), &Device::flex()).reshape([rows, columns])
    }

    /// The shorter side's Gram matrix of an orthogonal matrix is the identity; five iterations end between 0.7
    /// and 1.2 of it.
    #[test]
    fn all_directions_get_about_the_same_length() {
        for (rows, columns) in [(8, 24), (24, 8), (16, 16)] {
            let x = orthogonal(random(rows, columns));
            assert_eq!(x.dims(), [rows, columns]);
            let wide = if rows > columns { x.transpose() } else { x };
            let side = rows.min(columns);
            let gram = wide.clone().matmul(wide.transpose()).into_data();
            for (index, value) in gram.try_to_vec::<f32>().unwrap().into_iter().enumerate() {
                let wanted = f32::from(u8::from(index % (side + 1) == 0));
                assert!((value - wanted).abs() < 0.6, "{index}: {value}");
            }
        }
    }

    #[test]
    fn the_update_is_as_large_as_adamws() {
        let gradient = random(32, 96).reshape([32 * 96]);
        let (_, change) = update(gradient, None, [32, 96], 3);
        let rms = change.square().mean().sqrt().into_scalar::<f32>();
        assert!((0.12..0.28).contains(&rms), "{rms}");
    }

    #[test]
    fn only_matrices_of_blocks_are_taken() {
        assert_eq!(matrices_in("transformer.h.0.attn.c_attn.weight"), Some(3));
        assert_eq!(matrices_in("transformer.h.3.mlp.c_proj.weight"), Some(1));
        assert_eq!(
            matrices_in("bert.encoder.layer.0.attention.self.key.weight"),
            Some(1)
        );
        assert_eq!(
            matrices_in("bert.encoder.layer.1.output.dense.weight"),
            Some(1)
        );
        for other in [
            "bert.pooler.dense.weight",
            "bert.encoder.layer.1.output.LayerNorm.weight",
            "transformer.wte.weight",
            "transformer.h.0.attn.c_attn.bias",
            "transformer.h.0.ln_1.weight",
        ] {
            assert_eq!(matrices_in(other), None, "{other}");
        }
    }
}
