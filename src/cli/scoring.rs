//! Metrics as JSON, the same from `evaluate` and in `finetune`'s summary.

use burn::module::Module;
use serde_json::{Value, json};

use super::block_on;
use super::error::CliError;
use crate::data::labelled::EncodedText;
use crate::engine::evaluate::answers::AnswerScores;
use crate::engine::evaluate::many_labels::{ManyScores, THRESHOLD};
use crate::engine::evaluate::tags::TagScores;
use crate::engine::evaluate::{answer_batch, confusion, scores, scoring_batches};
use crate::engine::metrics::{Counts, class_counts, macro_f1};
use crate::engine::perplexity::TextLoss;
use crate::model::gpt2::Gpt2;

/// Accuracy, loss, both on the hard texts apart, every label's precision and recall, and which label was taken for which.
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
    let confusion = confusion(&answers, labels.len()).counts;
    let counts = class_counts(&confusion);
    Ok(json!({
        "examples": scores.examples,
        "accuracy": scores.accuracy,
        "loss": scores.loss_nats,
        "macro_f1": macro_f1(&counts),
        "by_label": by_name(labels.iter().zip(&counts)),
        "hard_examples": scores.hard_examples,
        "hard_accuracy": scores.hard_accuracy,
        "labels": labels,
        "confusion": confusion,
    }))
}

/// Of words, and of whole entities: `precision`, `recall` and `f1` as seqeval gives them.
pub fn tag_metrics(scores: &TagScores, labels: &[String], cut_words: usize) -> Value {
    let all = scores.entities;
    json!({
        "sentences": scores.sentences,
        "words": scores.words,
        "cut_words": cut_words,
        "loss": scores.loss_nats,
        "accuracy": scores.accuracy,
        "precision": all.precision(),
        "recall": all.recall(),
        "f1": all.f1(),
        "by_type": by_name(scores.by_type.iter()),
        "labels": labels,
        "confusion": scores.confusion,
    })
}

pub fn many_label_metrics(scores: &ManyScores, labels: &[String]) -> Value {
    let all = scores.micro;
    let confusion: Vec<_> = (0..labels.len()).map(|i| scores.confusion(i)).collect();
    json!({
        "examples": scores.examples,
        "loss": scores.loss_nats,
        "threshold": THRESHOLD,
        "micro_precision": all.precision(),
        "micro_recall": all.recall(),
        "micro_f1": all.f1(),
        "macro_f1": scores.macro_f1,
        "exact_match": scores.exact,
        "by_label": by_name(labels.iter().zip(&scores.by_label)),
        "labels": labels,
        "confusion": confusion,
    })
}

pub fn answer_metrics(scores: &AnswerScores) -> Value {
    json!({
        "questions": scores.questions,
        "windows": scores.windows,
        "loss": scores.loss_nats,
        "exact_match": scores.exact_match,
        "f1": scores.f1,
    })
}

fn by_name<'a>(counts: impl Iterator<Item = (&'a String, &'a Counts)>) -> Value {
    let one = |counts: &Counts| {
        json!({
            "precision": counts.precision(),
            "recall": counts.recall(),
            "f1": counts.f1(),
            "support": counts.support,
        })
    };
    counts.map(|(name, own)| (name.clone(), one(own))).collect()
}

pub fn language_metrics(loss: TextLoss) -> Value {
    json!({ "tokens": loss.tokens, "loss": loss.mean_nats(), "perplexity": loss.perplexity() })
}
