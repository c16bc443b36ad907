//! What a loss is about, and the loss of what the transformer gave.

use burn::prelude::*;
use serde::{Deserialize, Serialize};

use super::loss::{
    answer_loss, binary_cross_entropy, cross_entropy, hidden_and_next, labelled_rows,
    predicted_rows, select_rows, weighted_cross_entropy,
};
use crate::data::batch::Batch;
use crate::model::network::Network;
use crate::model::parts::Pass;
use crate::settings::Family;

/// What the loss is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Objective {
    /// The next token, wherever a label is not ignored.
    CausalLm,
    /// The word at every place whose label is not ignored.
    MaskedLm,
    /// The same, and whether a row's second text follows its first (Devlin et al. 2019): the label of `[CLS]` is 0
    /// where it does and 1 where it was taken from elsewhere.
    MaskedLmAndNext,
    /// One label a text; `pad` is the id that pads.
    SequenceClassification { pad: Option<i32> },
    /// Any number of labels a text, yes or no each.
    MultiLabelClassification { pad: Option<i32> },
    /// A label a token, wherever it is not ignored.
    TokenClassification,
    /// Where the answer starts and ends.
    QuestionAnswering,
}

impl Objective {
    /// What a model of this family is pre-trained on; text that is replayed against forgetting is trained on it.
    pub fn language_of(family: Family) -> Self {
        match family.is_decoder() {
            true => Self::CausalLm,
            false => Self::MaskedLm,
        }
    }

    /// The hidden states that the loss is made of, counted through `[batch · seq]`; `None` is all of them.
    pub(super) fn asks<M: Network>(self, model: &M, batch: &Batch) -> Option<Vec<i32>> {
        match self {
            Self::CausalLm => Some(predicted_rows(&batch.labels).0),
            Self::MaskedLm | Self::TokenClassification => Some(labelled_rows(&batch.labels).0),
            Self::SequenceClassification { pad } | Self::MultiLabelClassification { pad } => {
                Some(model.text_rows(&batch.ids, pad))
            }
            Self::MaskedLmAndNext | Self::QuestionAnswering => None,
        }
    }

    /// Whether Hugging Face's `Trainer` divides this loss by the items of all micro-batches together.
    pub fn counts_items(self) -> bool {
        self == Self::CausalLm
    }
}

/// A loss that is a part of another.
pub fn weigh(loss: Tensor<1>, weight: f64) -> Tensor<1> {
    if weight == 1.0 {
        loss
    } else {
        loss.mul_scalar(weight)
    }
}

/// The loss, `[1]`, once the transformer is done: `hidden: [rows, width]`, those that the objective asks for.
pub(super) fn loss_of_hidden<M: Network>(
    model: &M,
    objective: Objective,
    hidden: Tensor<2>,
    batch: &Batch,
    pass: &mut Pass,
) -> Tensor<1> {
    match objective {
        Objective::CausalLm => {
            let (_, words) = predicted_rows(&batch.labels);
            with_head(model.word_loss(hidden, &words, pass))
        }
        Objective::MaskedLm => {
            let (_, words) = labelled_rows(&batch.labels);
            with_head(model.word_loss(hidden, &words, pass))
        }
        Objective::MaskedLmAndNext => loss_of_words_and_next(model, hidden, batch, pass),
        Objective::SequenceClassification { .. } => {
            let classes: Vec<i32> = batch.labels.iter().map(|row| row[0]).collect();
            let logits = with_head(model.text_logits(hidden, pass));
            weighted_cross_entropy(logits, &classes, pass.class_weights)
        }
        Objective::MultiLabelClassification { .. } => {
            let logits = with_head(model.text_logits(hidden, pass));
            binary_cross_entropy(logits, &batch.labels, pass.class_weights)
        }
        Objective::TokenClassification => {
            let (_, classes) = labelled_rows(&batch.labels);
            let logits = with_head(model.token_logits(hidden));
            weighted_cross_entropy(logits, &classes, pass.class_weights)
        }
        Objective::QuestionAnswering => {
            answer_loss(with_head(model.answer_logits(hidden)), &batch.labels)
        }
    }
}

/// The loss of the hidden words and that of the second texts, added up.
fn loss_of_words_and_next<M: Network>(
    model: &M,
    hidden: Tensor<2>,
    batch: &Batch,
    pass: &mut Pass,
) -> Tensor<1> {
    let (words, next) = hidden_and_next(&batch.labels);
    let logits = with_head(model.next_logits(hidden.clone(), batch.rows(), pass));
    let (rows, words) = labelled_rows(&words);
    let found = with_head(model.word_loss(select_rows(hidden, &rows), &words, pass));
    found + cross_entropy(logits, &next)
}

fn with_head<T>(found: Option<T>) -> T {
    match found {
        Some(found) => found,
        None => unreachable!("a run starts by putting on the head that its task needs"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::batch::IGNORED;
    use crate::model::bert::{Bert, BertConfig, MaskedLmHead, Pooler, RandomWeights};
    use crate::settings::Seed;
    use crate::train::Learner;

    fn pre_trained() -> Bert {
        let config = BertConfig::sized(11, 8, 6, 2, 2);
        let (device, mut weights) = (Device::flex(), RandomWeights::for_narrow(Seed::new(1)));
        let head = MaskedLmHead::load(&config, &mut weights, &device).unwrap();
        let head = head.with_next(&config, &mut weights, &device).unwrap();
        let pooler = Pooler::load(6, &mut weights, &device).unwrap();
        let model = Bert::load(&config, &mut weights, &device).unwrap();
        model.with_masked_lm(head).with_pooler(pooler)
    }

    /// As `BertForPreTraining` adds them up: what stands at `[CLS]` is no word, and whoever hides none is still asked.
    #[test]
    fn the_loss_of_pre_training_is_that_of_the_words_and_that_of_the_second_texts() {
        let model = pre_trained();
        let ids = vec![vec![7, 1, 2, 8, 3, 8], vec![7, 4, 5, 8, 6, 8]];
        let batch = |labels| {
            let (mask, segments) = (None, None);
            let ids = ids.clone();
            Batch {
                ids,
                mask,
                labels,
                segments,
            }
            .with_pairs(&[Some(4), Some(4)])
        };
        let both = batch(vec![
            vec![0, IGNORED, 9, IGNORED, IGNORED, IGNORED],
            vec![1, IGNORED, IGNORED, IGNORED, IGNORED, IGNORED],
        ]);
        let (words, next) = hidden_and_next(&both.labels);
        assert_eq!(next, [0, 1]);
        let words = batch(words);
        let number = |loss: Tensor<1>| loss.into_scalar::<f32>();
        let loss =
            |objective, batch: &Batch| number(model.loss(objective, batch, &mut Pass::default()));
        let mut pass = Pass::default();
        let hidden = model.hidden(both.tokens(), &mut pass);
        let logits = model.next_logits(hidden, 2, &mut pass).unwrap();
        let of_next = number(cross_entropy(logits, &next));
        let (found, of_words) = (
            loss(Objective::MaskedLmAndNext, &both),
            loss(Objective::MaskedLm, &words),
        );
        assert!(
            (found - of_words - of_next).abs() < 1e-6,
            "{found} {of_words} {of_next}"
        );
        assert!(of_next > 0.1);
    }
}
