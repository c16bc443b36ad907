//! How well a BERT names labels.

use burn::module::Module;
use serde_json::{Value, json};

use crate::cli::block_on;
use crate::cli::error::CliError;
use crate::data::batch::Batch;
use crate::data::labelled::EncodedText;
use crate::engine::evaluate::{Answer, answers, confusion, scores, scoring_batches};
use crate::model::bert::{Bert, Inputs};
use crate::model::parts::Pass;

/// As [`crate::cli::scoring::classification_metrics`] has them for a GPT-2.
pub fn classification(
    model: &Bert,
    texts: &[EncodedText],
    pad: i32,
    labels: &[String],
) -> Result<Value, CliError> {
    let model = model.valid();
    let mut all: Vec<Answer> = Vec::with_capacity(texts.len());
    for indices in scoring_batches(texts) {
        let batch = batch_of(texts, &indices, pad);
        let inputs = Tokens::padded(&batch.ids, batch.mask.as_deref());
        let logits = model.classify(inputs, &mut Pass::default());
        let logits = logits.ok_or_else(|| CliError::new("the model has no classification head"))?;
        all.extend(block_on(answers(logits, texts, &indices))?);
    }
    let scores = scores(&all, texts);
    Ok(json!({
        "examples": scores.examples,
        "accuracy": scores.accuracy,
        "loss": scores.loss_nats,
        "hard_examples": scores.hard_examples,
        "hard_accuracy": scores.hard_accuracy,
        "labels": labels,
        "confusion": confusion(&all, labels.len()).counts,
    }))
}

pub fn batch_of(texts: &[EncodedText], indices: &[usize], pad: i32) -> Batch {
    let rows = indices.iter().map(|i| &texts[*i]);
    let rows: Vec<(&[i32], i32)> = rows.map(|t| (&t.ids[..], t.label as i32)).collect();
    Batch::classification(&rows, pad)
}
