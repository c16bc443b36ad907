//! Metrics as JSON, the same from `evaluate` and in `finetune`'s summary.

use serde_json::{Value, json};

use crate::data::labelled::EncodedText;
use crate::data::questions::Window;
use crate::engine::evaluate::answers::{self, AnswerScores};
use crate::engine::evaluate::many_labels::{self, ManyScores, THRESHOLD};
use crate::engine::evaluate::tags::{self, TagScores};
use crate::engine::evaluate::{Answer, confusion, scores};
use crate::engine::examples::{Answers, Examples, Kind};
use crate::engine::metrics::{Counts, class_counts, macro_f1};
use crate::engine::perplexity::TextScores;
use crate::protocol::Split;

/// The figures of a split, whatever the task.
pub fn metrics(examples: &Examples, found: &Answers, split: Split) -> Value {
    let labels = examples.labels();
    match (&examples.kind, found) {
        (Kind::Classes { splits, .. }, Answers::Classes(found)) => {
            classification_metrics(found, splits.of(split), labels)
        }
        (Kind::ManyLabels { .. }, Answers::ManyLabels(found)) => {
            many_label_metrics(&many_labels::scores(found, labels.len()), labels)
        }
        (Kind::Tags { splits, .. }, Answers::Tags(found)) => {
            let cut_words = splits.of(split).iter().map(|s| s.cut_words).sum();
            tag_metrics(&tags::scores(found, labels), labels, cut_words)
        }
        (
            Kind::Questions {
                questions, windows, ..
            },
            Answers::Windows(found),
        ) => {
            let (questions, windows) = (questions.of(split), windows.of(split));
            let answered = answers::answers(questions, windows, found);
            let mut metrics = answer_metrics(&answers::scores(&answered, found));
            metrics["cut_questions"] = json!(cut(questions.len(), windows));
            metrics
        }
        (Kind::Prompts { cut, .. }, Answers::Completions(found)) => {
            let mut metrics = language_metrics(&found.tokens);
            metrics["examples"] = json!(found.rows);
            metrics["cut_examples"] = json!(cut[split as usize]);
            metrics
        }
        (_, Answers::Text(found)) => language_metrics(found),
        _ => Value::Null,
    }
}

/// Questions whose answer no window holds whole.
fn cut(questions: usize, windows: &[Window]) -> usize {
    let mut held = vec![false; questions];
    for window in windows.iter().filter(|window| window.holds_the_answer()) {
        held[window.question] = true;
    }
    held.iter().filter(|held| !**held).count()
}

/// Accuracy, loss, both on the hard texts apart, every label's precision and recall, and which label was taken for which.
fn classification_metrics(answers: &[Answer], texts: &[EncodedText], labels: &[String]) -> Value {
    let scores = scores(answers, texts);
    let confusion = confusion(answers, labels.len()).counts;
    let counts = class_counts(&confusion);
    json!({
        "examples": scores.examples,
        "accuracy": scores.accuracy,
        "loss": scores.loss_nats,
        "macro_f1": macro_f1(&counts),
        "by_label": by_name(labels.iter().zip(&counts)),
        "hard_examples": scores.hard_examples,
        "hard_accuracy": scores.hard_accuracy,
        "labels": labels,
        "confusion": confusion,
    })
}

/// Of words, and of whole entities: `precision`, `recall` and `f1` as seqeval gives them.
fn tag_metrics(scores: &TagScores, labels: &[String], cut_words: usize) -> Value {
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

fn many_label_metrics(scores: &ManyScores, labels: &[String]) -> Value {
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

fn answer_metrics(scores: &AnswerScores) -> Value {
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

fn language_metrics(scores: &TextScores) -> Value {
    let loss = scores.loss;
    json!({
        "tokens": loss.tokens,
        "loss": loss.mean_nats(),
        "perplexity": loss.perplexity(),
        "token_accuracy": scores.token_accuracy(),
    })
}
