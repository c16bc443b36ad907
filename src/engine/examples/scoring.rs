//! Scoring any task's examples in units of one batch.

use super::{Examples, Kind};
use crate::engine::evaluate::answers::{self, WindowAnswer};
use crate::engine::evaluate::completions::{self, CompletionScores};
use crate::engine::evaluate::many_labels::{self, ManyAnswer};
use crate::engine::evaluate::tags::{self, TagAnswer};
use crate::engine::evaluate::{self, Answer, by_length};
use crate::engine::metrics::{class_counts, macro_f1};
use crate::engine::perplexity::{TextScores, text_scores};
use crate::model::gpt2::Gpt2;
use crate::protocol::{Scores, Split, TaskScores};

/// What has been answered so far.
#[derive(Debug, Clone, PartialEq)]
pub enum Answers {
    Classes(Vec<Answer>),
    ManyLabels(Vec<ManyAnswer>),
    Tags(Vec<TagAnswer>),
    Windows(Vec<WindowAnswer>),
    Completions(CompletionScores),
    Text(TextScores),
}

impl Examples {
    pub fn no_answers(&self) -> Answers {
        match &self.kind {
            Kind::Classes { .. } => Answers::Classes(Vec::new()),
            Kind::ManyLabels { .. } => Answers::ManyLabels(Vec::new()),
            Kind::Tags { .. } => Answers::Tags(Vec::new()),
            Kind::Questions { .. } => Answers::Windows(Vec::new()),
            Kind::Prompts { .. } => Answers::Completions(CompletionScores::default()),
            Kind::Text { .. } => Answers::Text(TextScores::default()),
        }
    }

    /// Indices of the examples of a split, in units to be scored together: near lengths side by side.
    pub fn units(&self, split: Split) -> Vec<Vec<usize>> {
        let lengths = self.lengths(split);
        match &self.kind {
            Kind::Prompts { .. } => completions::units(&lengths),
            _ => by_length(lengths.into_iter()),
        }
    }

    /// Scores a unit. `model` is without autodiff.
    pub async fn answer(
        &self,
        model: &Gpt2,
        split: Split,
        unit: &[usize],
        found: &mut Answers,
    ) -> Result<(), String> {
        let pad = self.pad;
        match (&self.kind, found) {
            (Kind::Classes { splits, .. }, Answers::Classes(found)) => {
                found.extend(evaluate::answer_batch(model, splits.of(split), unit, pad).await?);
            }
            (Kind::ManyLabels { splits, .. }, Answers::ManyLabels(found)) => {
                found.extend(many_labels::answer_batch(model, splits.of(split), unit, pad).await?);
            }
            (Kind::Tags { splits, .. }, Answers::Tags(found)) => {
                found.extend(tags::answer_batch(model, splits.of(split), unit, pad).await?);
            }
            (
                Kind::Questions {
                    windows, longest, ..
                },
                Answers::Windows(found),
            ) => {
                let windows = windows.of(split);
                found.extend(answers::answer_batch(model, windows, unit, pad, *longest).await?);
            }
            (Kind::Prompts { splits, .. }, Answers::Completions(found)) => {
                found.add(model, splits.of(split), unit, pad).await?;
            }
            (Kind::Text { splits, context }, Answers::Text(found)) => {
                for index in unit {
                    let ids = &splits.of(split)[*index];
                    found.add(text_scores(model, ids, *context).await?);
                }
            }
            _ => return Err("answers of another task".to_owned()),
        }
        Ok(())
    }

    /// What the answers to a split come to.
    pub fn scores(&self, answers: &Answers, split: Split) -> Scores {
        match (&self.kind, answers) {
            (Kind::Classes { splits, labels }, Answers::Classes(found)) => {
                let plain = evaluate::scores(found, splits.of(split));
                let confusion = evaluate::confusion(found, labels.len()).counts;
                Scores {
                    own: TaskScores::Classes {
                        macro_f1: macro_f1(&class_counts(&confusion)),
                    },
                    ..plain
                }
            }
            (Kind::ManyLabels { labels, .. }, Answers::ManyLabels(found)) => {
                let of = many_labels::scores(found, labels.len());
                let own = TaskScores::ManyLabels {
                    micro_f1: of.micro.f1(),
                    macro_f1: of.macro_f1,
                };
                plain(of.examples, of.loss_nats, of.exact, own)
            }
            (Kind::Tags { labels, .. }, Answers::Tags(found)) => {
                let of = tags::scores(found, labels);
                let own = TaskScores::Entities {
                    precision: of.entities.precision(),
                    recall: of.entities.recall(),
                    f1: of.entities.f1(),
                };
                plain(of.sentences, of.loss_nats, of.accuracy, own)
            }
            (
                Kind::Questions {
                    questions, windows, ..
                },
                Answers::Windows(found),
            ) => {
                let answered = answers::answers(questions.of(split), windows.of(split), found);
                let of = answers::scores(&answered, found);
                let own = TaskScores::Answers { f1: of.f1 };
                plain(of.questions, of.loss_nats, of.exact_match, own)
            }
            (_, Answers::Completions(of)) => {
                let own = TaskScores::Language {
                    tokens: of.loss.tokens,
                };
                plain(of.rows, of.loss.mean_nats(), of.token_accuracy(), own)
            }
            (_, Answers::Text(of)) => {
                let own = TaskScores::Language {
                    tokens: of.loss.tokens,
                };
                plain(1, of.loss.mean_nats(), of.token_accuracy(), own)
            }
            _ => plain(0, f64::NAN, 0.0, TaskScores::default()),
        }
    }
}

fn plain(examples: usize, loss_nats: f64, accuracy: f64, own: TaskScores) -> Scores {
    Scores {
        examples,
        loss_nats,
        accuracy,
        hard_accuracy: None,
        hard_examples: 0,
        own,
    }
}
