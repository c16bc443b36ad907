//! Scoring any task's examples in units of one batch.

use serde::{Deserialize, Serialize};

use super::{Examples, Kind};
use crate::engine::evaluate::answers::{self, WindowAnswer};
use crate::engine::evaluate::completions::{self, CompletionScores};
use crate::engine::evaluate::many_labels::{self, ManyAnswer, ManyScores};
use crate::engine::evaluate::tags::{self, TagAnswer, TagScores};
use crate::engine::evaluate::{self, Answer, by_length};
use crate::engine::metrics::{class_counts, macro_f1};
use crate::engine::perplexity::{
    TextScores, Window, decoder_of, score_hidden, score_windows, text_units,
};
use crate::faults::Fault;
use crate::model::any::Model;
use crate::protocol::{Scores, Split, TaskScores};
use crate::settings::Seed;

/// What has been answered so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Answers {
    Classes(Vec<Answer>),
    ManyLabels(Vec<ManyAnswer>),
    Tags(Vec<TagAnswer>),
    Windows(Vec<WindowAnswer>),
    Completions(CompletionScores),
    Text(TextScores),
}

impl Answers {
    /// Takes in answers to other units of the same split.
    pub fn extend(&mut self, more: Self) -> Result<(), Fault> {
        match (self, more) {
            (Self::Classes(found), Self::Classes(more)) => found.extend(more),
            (Self::ManyLabels(found), Self::ManyLabels(more)) => found.extend(more),
            (Self::Tags(found), Self::Tags(more)) => found.extend(more),
            (Self::Windows(found), Self::Windows(more)) => found.extend(more),
            (Self::Completions(found), Self::Completions(more)) => {
                found.rows += more.rows;
                found.tokens.add(more.tokens);
            }
            (Self::Text(found), Self::Text(more)) => found.add(more),
            _ => return Err(Fault::internal("answers of another task")),
        }
        Ok(())
    }
}

impl Examples {
    pub fn no_answers(&self) -> Answers {
        match &self.kind {
            Kind::Classes { .. } => Answers::Classes(Vec::new()),
            Kind::ManyLabels { .. } => Answers::ManyLabels(Vec::new()),
            Kind::Tags { .. } => Answers::Tags(Vec::new()),
            Kind::Questions { .. } => Answers::Windows(Vec::new()),
            Kind::Prompts { .. } => Answers::Completions(CompletionScores::default()),
            Kind::Text { .. } | Kind::Hidden { .. } => Answers::Text(TextScores::default()),
        }
    }

    /// Indices of the examples of a split, in units to be scored together: near lengths side by side. Of running text
    /// for a decoder the units are groups of windows, counted through.
    pub fn units(&self, model: &Model, split: Split) -> Vec<Vec<usize>> {
        let lengths = self.lengths(split);
        match &self.kind {
            Kind::Prompts { .. } | Kind::Hidden { .. } => completions::units(&lengths),
            Kind::Text { context, .. } => {
                let groups = |tokens| groups_of(model, tokens, *context).map_or(0, |g| g.len());
                let all = lengths.into_iter().map(groups).sum();
                (0..all).map(|group| vec![group]).collect()
            }
            _ => by_length(lengths.into_iter()),
        }
    }

    /// Scores a unit. `model` is without autodiff.
    pub async fn answer(
        &self,
        model: &Model,
        split: Split,
        unit: &[usize],
        found: &mut Answers,
    ) -> Result<(), Fault> {
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
            (_, found) => self.answer_in_words(model, split, unit, found).await?,
        }
        Ok(())
    }

    /// The same where no label but the words themselves are scored.
    async fn answer_in_words(
        &self,
        model: &Model,
        split: Split,
        unit: &[usize],
        found: &mut Answers,
    ) -> Result<(), Fault> {
        match (&self.kind, found) {
            (Kind::Prompts { splits, .. }, Answers::Completions(found)) => {
                found.add(model, splits.of(split), unit, self.pad).await?;
            }
            (Kind::Text { splits, context }, Answers::Text(found)) => {
                for group in unit {
                    found.add(score_group(model, splits.of(split), *context, *group).await?);
                }
            }
            (
                Kind::Hidden {
                    splits, masking, ..
                },
                Answers::Text(found),
            ) => {
                let rows = unit.iter().map(|i| splits.of(split)[*i].clone()).collect();
                // The same words each time, so that scores can be compared.
                let seed = Seed::new(1).fork(&format!("{split:?} {}", unit[0]));
                let batch = masking.all_masked().hide(rows, None, seed);
                found.add(score_hidden(model, &batch).await?);
            }
            _ => return Err(Fault::internal("answers of another task")),
        }
        Ok(())
    }

    /// Scores all of a split; `breathe` ends each unit. `model` is without autodiff.
    pub async fn answer_all(
        &self,
        model: &Model,
        split: Split,
        breathe: impl AsyncFn(),
    ) -> Result<Answers, Fault> {
        let mut found = self.no_answers();
        for unit in self.units(model, split) {
            self.answer(model, split, &unit, &mut found).await?;
            breathe().await;
        }
        Ok(found)
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
                of_many_labels(&many_labels::scores(found, labels.len()))
            }
            (Kind::Tags { labels, .. }, Answers::Tags(found)) => {
                of_entities(&tags::scores(found, labels))
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
            (_, Answers::Completions(of)) => language(of.rows, &of.tokens),
            (_, Answers::Text(of)) => language(1, of),
            _ => plain(0, f64::NAN, 0.0, TaskScores::default()),
        }
    }
}

fn groups_of(model: &Model, tokens: usize, context: usize) -> Result<Vec<Vec<Window>>, Fault> {
    text_units(decoder_of(model)?, tokens, context)
}

/// The loss of one group of windows, counted through all streams.
async fn score_group(
    model: &Model,
    streams: &[Vec<i32>],
    context: usize,
    mut group: usize,
) -> Result<TextScores, Fault> {
    let decoder = decoder_of(model)?;
    for ids in streams {
        let groups = text_units(decoder, ids.len(), context)?;
        match groups.get(group) {
            Some(windows) => return score_windows(decoder, ids, windows, true).await,
            None => group -= groups.len(),
        }
    }
    Ok(TextScores::default())
}

fn of_many_labels(of: &ManyScores) -> Scores {
    let own = TaskScores::ManyLabels {
        micro_f1: of.micro.f1(),
        macro_f1: of.macro_f1,
    };
    plain(of.examples, of.loss_nats, of.exact, own)
}

fn of_entities(of: &TagScores) -> Scores {
    let own = TaskScores::Entities {
        precision: of.entities.precision(),
        recall: of.entities.recall(),
        f1: of.entities.f1(),
    };
    plain(of.sentences, of.loss_nats, of.accuracy, own)
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

fn language(examples: usize, of: &TextScores) -> Scores {
    let tokens = of.loss.tokens;
    let own = TaskScores::Language { tokens };
    plain(examples, of.loss.mean_nats(), of.token_accuracy(), own)
}
