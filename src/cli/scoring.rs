//! Metrics as JSON, the same from `evaluate` and in `finetune`'s summary.

use burn::module::Module;
use serde_json::{Value, json};

use super::block_on;
use super::error::CliError;
use crate::data::labelled::EncodedText;
use crate::engine::evaluate::{answer_batch, confusion, scores, scoring_batches};
use crate::engine::perplexity::TextLoss;
use crate::model::gpt2::Gpt2;

/// Accuracy, loss, both on the hard texts apart, and which label was taken for which.
pub fn classification_metrics(
    model: &Gpt2,
    texts: &[EncodedText],
    pad: i32,
    labels: &[String],
) -> Result<Value, CliError> {
    let model = model.valid();
    let mut answers = Vec::with_capacity(texts.len());
    for indices in scoring_batches(texts) {
        answers.extend(block_on(answer_batch(&model, texts, &indices, pad))?);
    }
    let scores = scores(&answers, texts);
    Ok(json!({
        "examples": scores.examples,
        "accuracy": scores.accuracy,
        "loss": scores.loss_nats,
        "hard_examples": scores.hard_examples,
        "hard_accuracy": scores.hard_accuracy,
        "labels": labels,
        "confusion": confusion(&answers, labels.len()).counts,
    }))
}

pub fn language_metrics(loss: TextLoss) -> Value {
    json!({ "tokens": loss.tokens, "loss": loss.mean_nats(), "perplexity": loss.perplexity() })
}
