//! A model that the training loop can train.

use burn::module::Module;
use burn::prelude::*;

use super::loss::{cross_entropy, labelled_rows, select_rows};
use super::trainer::{Objective, objective_loss};
use crate::data::batch::Batch;
use crate::model::bert::{Bert, Inputs};
use crate::model::gpt2::{Gpt2, Pass};

/// What may be asked of it, and the loss of a batch under that, `[1]`.
pub trait Learner: Module {
    type Objective: Copy;

    fn loss(&self, objective: Self::Objective, batch: &Batch, pass: &mut Pass) -> Tensor<1>;
}

impl Learner for Gpt2 {
    type Objective = Objective;

    fn loss(&self, objective: Objective, batch: &Batch, pass: &mut Pass) -> Tensor<1> {
        objective_loss(self, objective, batch, pass)
    }
}

/// What BERT's loss is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BertObjective {
    /// The word at every place whose label is not ignored.
    MaskedLm,
    /// One label a text.
    SequenceClassification,
}

impl Learner for Bert {
    type Objective = BertObjective;

    fn loss(&self, objective: BertObjective, batch: &Batch, pass: &mut Pass) -> Tensor<1> {
        let inputs = Inputs::new(&batch.ids, batch.mask.as_deref());
        let (logits, classes) = match objective {
            BertObjective::MaskedLm => {
                let (rows, classes) = labelled_rows(&batch.labels);
                let hidden = select_rows(self.bert.forward(inputs, pass), rows);
                (self.words_at(hidden, pass), classes)
            }
            BertObjective::SequenceClassification => {
                let classes = batch.labels.iter().map(|row| row[0]).collect();
                (self.classify(inputs, pass), classes)
            }
        };
        match logits {
            Some(logits) => cross_entropy(logits, &classes),
            None => unreachable!("a run starts by putting on the head that it needs"),
        }
    }
}
