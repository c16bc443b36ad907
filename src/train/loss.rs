//! Cross-entropy, for next tokens and for labels.

use burn::prelude::*;

pub use crate::model::ops::nll;

/// The label that `transformers` ignores.
pub const IGNORED: i32 = -100;

/// Mean natural-log cross-entropy, `[1]`, of `logits: [rows, classes]` against a class per row.
pub fn cross_entropy(logits: Tensor<2>, classes: &[i32]) -> Tensor<1> {
    nll(logits, classes).mean()
}

/// Which hidden states predict something, and what: position `t` predicts the label at `t + 1`.
///
/// `labels: [batch][seq]`; rows count through the flattened `[batch · seq]`.
pub fn predicted_rows(labels: &[Vec<i32>]) -> (Vec<i32>, Vec<i32>) {
    let mut rows = Vec::new();
    let mut classes = Vec::new();
    for (i, row) in labels.iter().enumerate() {
        for (t, pair) in row.windows(2).enumerate() {
            if pair[1] != IGNORED {
                rows.push((i * row.len() + t) as i32);
                classes.push(pair[1]);
            }
        }
    }
    (rows, classes)
}

/// Which hidden states stand where a word must be found, and which word: the label at the same place.
pub fn masked_rows(labels: &[Vec<i32>]) -> (Vec<i32>, Vec<i32>) {
    let places = labels.iter().flatten().enumerate();
    places
        .filter(|(_, label)| **label != IGNORED)
        .map(|(row, label)| (row as i32, *label))
        .unzip()
}

/// The rows that predict something; all padding is left out before the head's large product.
pub fn select_rows(hidden: Tensor<2>, rows: Vec<i32>) -> Tensor<2> {
    let count = rows.len();
    let rows = Tensor::<1, Int>::from_data(TensorData::new(rows, [count]), &hidden.device());
    hidden.select(0, rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_position_predicts_the_next_label_and_ignored_ones_are_left_out() {
        let labels = vec![vec![1, 2, 3], vec![-100, 5, -100]];
        assert_eq!(predicted_rows(&labels), (vec![0, 1, 3], vec![2, 3, 5]));
    }

    #[test]
    fn a_masked_word_is_found_where_it_stands() {
        let labels = vec![vec![-100, 7], vec![3, -100]];
        assert_eq!(masked_rows(&labels), (vec![1, 2], vec![7, 3]));
    }

    #[test]
    fn a_sure_right_answer_costs_nothing_and_a_guess_costs_ln_n() {
        let device = Device::flex();
        let logits = Tensor::<2>::from_floats([[50.0, 0.0], [0.0, 0.0]], &device);
        let losses: Vec<f32> = nll(logits, &[0, 1]).into_data().try_to_vec().unwrap();
        assert!(losses[0].abs() < 1e-6);
        assert!((losses[1] - 2f32.ln()).abs() < 1e-6);
    }
}
