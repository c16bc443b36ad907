//! Singular values of a small matrix, by Jacobi rotations of the shorter side's Gram matrix.

/// Sweeps after which the rest is noise; ten are usual for float64 (Golub and Van Loan, section 8.5).
const SWEEPS: usize = 12;

/// Largest first; `values` row by row. Squares below float64's reach of the largest read as 0.
pub fn singular_values(values: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    let mut gram = gram(values, rows, columns);
    let side = rows.min(columns);
    for _ in 0..SWEEPS {
        if sweep(&mut gram, side) == 0 {
            break;
        }
    }
    let mut found: Vec<f32> = (0..side)
        .map(|i| gram[i * side + i].max(0.0).sqrt() as f32)
        .collect();
    found.sort_by(|a, b| b.total_cmp(a));
    found
}

/// M Mᵀ or Mᵀ M, whichever is smaller.
fn gram(values: &[f32], rows: usize, columns: usize) -> Vec<f64> {
    let (side, other) = (rows.min(columns), rows.max(columns));
    let at = |line: usize, k: usize| {
        let index = if rows <= columns {
            line * columns + k
        } else {
            k * columns + line
        };
        f64::from(values[index])
    };
    let mut out = vec![0.0; side * side];
    for i in 0..side {
        for j in 0..=i {
            let dot: f64 = (0..other).map(|k| at(i, k) * at(j, k)).sum();
            out[i * side + j] = dot;
            out[j * side + i] = dot;
        }
    }
    out
}

/// One rotation for each pair that is not yet at right angles; returns how many there were.
fn sweep(gram: &mut [f64], side: usize) -> usize {
    let mut rotations = 0;
    for p in 0..side {
        for q in p + 1..side {
            let (app, aqq, apq) = (gram[p * side + p], gram[q * side + q], gram[p * side + q]);
            if apq.abs() <= 1e-12 * (app * aqq).abs().sqrt().max(f64::MIN_POSITIVE) {
                continue;
            }
            rotations += 1;
            let theta = (aqq - app) / (2.0 * apq);
            let tangent = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
            let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
            rotate(gram, side, (p, q), (cosine, tangent * cosine));
        }
    }
    rotations
}

/// Jᵀ G J for the rotation J in the plane of `p` and `q`.
fn rotate(gram: &mut [f64], side: usize, (p, q): (usize, usize), (cosine, sine): (f64, f64)) {
    for k in 0..side {
        let (a, b) = (gram[k * side + p], gram[k * side + q]);
        gram[k * side + p] = cosine * a - sine * b;
        gram[k * side + q] = sine * a + cosine * b;
    }
    for k in 0..side {
        let (a, b) = (gram[p * side + k], gram[q * side + k]);
        gram[p * side + k] = cosine * a - sine * b;
        gram[q * side + k] = sine * a + cosine * b;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Seed;

    #[test]
    fn a_diagonal_matrix_has_its_own() {
        let values = [0.0, 3.0, 0.0, -4.0, 0.0, 0.0];
        let found = singular_values(&values, 2, 3);
        assert!((found[0] - 4.0).abs() < 1e-6 && (found[1] - 3.0).abs() < 1e-6);
    }

    #[test]
    fn a_product_of_thin_matrices_has_its_rank() {
        let mut seed = Seed::new(3);
        let (rows, columns, rank) = (20, 12, 3);
        let left: Vec<f64> = (0..rows * rank).map(|_| seed.normal(1.0)).collect();
        let right: Vec<f64> = (0..rank * columns).map(|_| seed.normal(1.0)).collect();
        let values: Vec<f32> = (0..rows * columns)
            .map(|i| {
                let (r, c) = (i / columns, i % columns);
                let sum: f64 = (0..rank)
                    .map(|k| left[r * rank + k] * right[k * columns + c])
                    .sum();
                sum as f32
            })
            .collect();
        let found = singular_values(&values, rows, columns);
        assert_eq!(found.len(), columns);
        assert!(found[rank - 1] > 0.1, "{found:?}");
        assert!(found[rank] < 1e-3, "{found:?}");
        let squares: f32 = values.iter().map(|v| v * v).sum();
        let sum: f32 = found.iter().map(|s| s * s).sum();
        assert!((squares - sum).abs() < 1e-3 * squares);
    }
}
