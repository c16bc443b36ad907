//! Cross-entropy, for next tokens and for labels.

use burn::prelude::*;
use burn::tensor::activation::log_sigmoid;

pub use crate::model::ops::nll;
pub use crate::model::parts::select_rows;

pub use crate::data::batch::IGNORED;

/// Mean natural-log cross-entropy, `[1]`, of `logits: [rows, classes]` against a class per row.
pub fn cross_entropy(logits: Tensor<2>, classes: &[i32]) -> Tensor<1> {
    nll(logits, classes).mean()
}

/// The same with a weight for each class: the weighted losses over the sum of the weights, as
/// `torch.nn.CrossEntropyLoss(weight=…)` has it.
pub fn weighted_cross_entropy(
    logits: Tensor<2>,
    classes: &[i32],
    class_weights: Option<&[f32]>,
) -> Tensor<1> {
    let Some(class_weights) = class_weights else {
        return cross_entropy(logits, classes);
    };
    let weights: Vec<f32> = classes
        .iter()
        .map(|class| class_weights[*class as usize])
        .collect();
    let total: f32 = weights.iter().sum();
    let weights = TensorData::new(weights, [classes.len(), 1]);
    let weights = Tensor::<2>::from_data(weights, &logits.device());
    (nll(logits, classes) * weights).sum().div_scalar(total)
}

/// Mean binary cross-entropy, `[1]`, of `logits: [rows, labels]` against yes (1) or no (0) for each label, as
/// `torch.nn.BCEWithLogitsLoss`; `yes_weights` are its `pos_weight`.
pub fn binary_cross_entropy(
    logits: Tensor<2>,
    answers: &[Vec<i32>],
    yes_weights: Option<&[f32]>,
) -> Tensor<1> {
    let device = logits.device();
    let shape = logits.dims();
    let table = |value: &dyn Fn(usize, i32) -> f32| {
        let values: Vec<f32> = answers
            .iter()
            .flat_map(|row| {
                row.iter()
                    .enumerate()
                    .map(|(label, yes)| value(label, *yes))
            })
            .collect();
        Tensor::<2>::from_data(TensorData::new(values, shape), &device)
    };
    let weight_of = |label: usize| yes_weights.map_or(1.0, |weights| weights[label]);
    let yes = table(&|label, yes| yes as f32 * weight_of(label));
    let no = table(&|_, yes| 1.0 - yes as f32);
    (yes * log_sigmoid(logits.clone()) + no * log_sigmoid(logits.neg()))
        .mean()
        .neg()
}

/// Mean of the cross-entropies of an answer's start and end, `[1]`: `logits: [batch · seq, 2]`, `ends: [batch][2]`.
///
/// As in transformers a position before the text counts as its first, and one behind it is ignored.
pub fn answer_loss(logits: Tensor<2>, ends: &[Vec<i32>]) -> Tensor<1> {
    let [rows, _] = logits.dims();
    let seq = rows / ends.len().max(1);
    let logits = logits.reshape([ends.len(), seq, 2]);
    let loss_at = |side: usize| {
        let inside = |row: &Vec<i32>| row[side] < seq as i32;
        let kept = (0..ends.len()).filter(|i| inside(&ends[*i]));
        let (texts, places): (Vec<i32>, Vec<i32>) =
            kept.map(|i| (i as i32, ends[i][side].max(0))).unzip();
        let side_logits = logits
            .clone()
            .slice([0..ends.len(), 0..seq, side..side + 1])
            .reshape([ends.len(), seq]);
        cross_entropy(select_rows(side_logits, &texts), &places)
    };
    (loss_at(0) + loss_at(1)).div_scalar(2.0)
}

/// Which tokens have a label of their own, and which.
pub fn labelled_rows(labels: &[Vec<i32>]) -> (Vec<i32>, Vec<i32>) {
    let places = labels.iter().flatten().enumerate();
    places
        .filter(|(_, label)| **label != IGNORED)
        .map(|(row, label)| (row as i32, *label))
        .unzip()
}

/// The labels of hidden words, `[batch][seq]`, and of whether the second text follows, `[batch]`: what stands at `[CLS]`.
pub fn hidden_and_next(labels: &[Vec<i32>]) -> (Vec<Vec<i32>>, Vec<i32>) {
    let mut words = labels.to_vec();
    let next = words
        .iter_mut()
        .map(|row| std::mem::replace(&mut row[0], IGNORED));
    let next = next.collect();
    (words, next)
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
        assert_eq!(labelled_rows(&labels), (vec![1, 2], vec![7, 3]));
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
