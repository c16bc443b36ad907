//! The examples of a task as the model gets them, for the page's runs and for the command line alike.

pub mod encode;
pub mod peek;
mod report;
pub mod scoring;
mod verdicts;

pub use encode::Encoding;
pub use peek::{peek, row};
pub use report::{by_label, mistakes};
pub use scoring::Answers;
pub use verdicts::{class_answers, row_verdicts};

use serde::{Deserialize, Serialize};

use crate::data::batch::{Batch, IGNORED};
use crate::data::labelled::{EncodedText, drawn};
use crate::data::many_labels::EncodedManyLabels;
use crate::data::masking::Masking;
use crate::data::prompts::EncodedPrompt;
use crate::data::questions::{Question, Window};
use crate::data::tagged::EncodedSentence;
use crate::model::heads::Head;
use crate::protocol::Split;
use crate::settings::{Seed, Task};
use crate::train::{Objective, class_weights};

/// The three parts of a data set.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Splits<T> {
    pub train: Vec<T>,
    pub validation: Vec<T>,
    pub test: Vec<T>,
}

impl<T> Splits<T> {
    pub fn of(&self, split: Split) -> &[T] {
        match split {
            Split::Train => &self.train,
            Split::Validation => &self.validation,
            Split::Test => &self.test,
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Kind {
    Classes {
        labels: Vec<String>,
        splits: Splits<EncodedText>,
    },
    ManyLabels {
        labels: Vec<String>,
        splits: Splits<EncodedManyLabels>,
    },
    Tags {
        labels: Vec<String>,
        splits: Splits<EncodedSentence>,
    },
    Questions {
        questions: Splits<Question>,
        windows: Splits<Window>,
        /// Tokens of the longest answer that is considered.
        longest: usize,
    },
    Prompts {
        splits: Splits<EncodedPrompt>,
        /// Rows of which nothing to learn is left within the length, by split.
        cut: [usize; 3],
    },
    /// Running text for a decoder: windows to train on, streams to measure on.
    Text {
        splits: Splits<Vec<i32>>,
        context: usize,
    },
    /// Running text for an encoder: windows in which words are hidden, to train on by other draws at each step, to
    /// measure on always the same.
    Hidden {
        splits: Splits<Vec<i32>>,
        masking: Masking,
        seed: Seed,
    },
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Examples {
    pub kind: Kind,
    /// The id that pads.
    pub pad: i32,
}

impl Examples {
    pub fn task(&self) -> Task {
        match self.kind {
            Kind::Classes { .. } => Task::SequenceClassification,
            Kind::ManyLabels { .. } => Task::MultiLabelClassification,
            Kind::Tags { .. } => Task::TokenClassification,
            Kind::Questions { .. } => Task::QuestionAnswering,
            Kind::Prompts { .. } | Kind::Text { .. } => Task::CausalLm,
            Kind::Hidden { .. } => Task::MaskedLm,
        }
    }

    /// In the order of the head's outputs, where they have names.
    pub fn labels(&self) -> &[String] {
        match &self.kind {
            Kind::Classes { labels, .. }
            | Kind::ManyLabels { labels, .. }
            | Kind::Tags { labels, .. } => labels,
            _ => &[],
        }
    }

    pub fn objective(&self) -> Objective {
        let pad = Some(self.pad);
        match self.task() {
            Task::SequenceClassification => Objective::SequenceClassification { pad },
            Task::MultiLabelClassification => Objective::MultiLabelClassification { pad },
            Task::TokenClassification => Objective::TokenClassification,
            Task::QuestionAnswering => Objective::QuestionAnswering,
            Task::CausalLm => Objective::CausalLm,
            Task::MaskedLm => Objective::MaskedLm,
        }
    }

    /// How many examples a split has; windows where texts are cut into some.
    pub fn count(&self, split: Split) -> usize {
        match &self.kind {
            Kind::Classes { splits, .. } => splits.of(split).len(),
            Kind::ManyLabels { splits, .. } => splits.of(split).len(),
            Kind::Tags { splits, .. } => splits.of(split).len(),
            Kind::Questions { windows, .. } => windows.of(split).len(),
            Kind::Prompts { splits, .. } => splits.of(split).len(),
            Kind::Text { splits, .. } | Kind::Hidden { splits, .. } => splits.of(split).len(),
        }
    }

    /// Whether there is nothing to score in a split.
    pub fn is_blank(&self, split: Split) -> bool {
        match &self.kind {
            Kind::Questions { questions, .. } => questions.of(split).is_empty(),
            _ => self.count(split) == 0,
        }
    }

    /// The tokens of an example.
    pub fn ids(&self, split: Split, index: usize) -> &[i32] {
        match &self.kind {
            Kind::Classes { splits, .. } => &splits.of(split)[index].ids,
            Kind::ManyLabels { splits, .. } => &splits.of(split)[index].ids,
            Kind::Tags { splits, .. } => &splits.of(split)[index].ids,
            Kind::Questions { windows, .. } => &windows.of(split)[index].ids,
            Kind::Prompts { splits, .. } => &splits.of(split)[index].ids,
            Kind::Text { splits, .. } | Kind::Hidden { splits, .. } => &splits.of(split)[index],
        }
    }

    /// Lengths of a split's examples.
    pub fn lengths(&self, split: Split) -> Vec<usize> {
        let count = self.count(split);
        (0..count).map(|i| self.ids(split, i).len()).collect()
    }

    /// Some of the examples to train on, at a step of the run.
    pub fn batch(&self, indices: &[usize], step: usize) -> Batch {
        let rows = |train: &[Vec<i32>]| indices.iter().map(|i| train[*i].clone()).collect();
        match &self.kind {
            Kind::Text { splits, .. } => return Batch::causal(rows(&splits.train)),
            Kind::Hidden {
                splits,
                masking,
                seed,
            } => {
                let seed = seed.fork(&format!("step {step}"));
                return masking.hide(rows(&splits.train), None, seed);
            }
            _ => {}
        }
        let ids: Vec<&[i32]> = indices.iter().map(|i| self.ids(Split::Train, *i)).collect();
        let labels: Vec<Vec<i32>> = indices.iter().map(|i| self.learnt(*i)).collect();
        match self.task() {
            Task::TokenClassification | Task::CausalLm => {
                let labels = labels.iter().map(|row| &row[..]);
                let rows: Vec<(&[i32], &[i32])> = ids.into_iter().zip(labels).collect();
                Batch::of_tokens(&rows, self.pad)
            }
            _ => {
                let batch = Batch::padded(ids.into_iter(), labels, self.pad);
                batch.with_pairs(&self.second_from(indices))
            }
        }
    }

    /// Where the second text of each example to train on begins, where there are pairs.
    fn second_from(&self, indices: &[usize]) -> Vec<Option<usize>> {
        let Kind::Questions { windows, .. } = &self.kind else {
            return Vec::new();
        };
        let second_from = indices.iter().map(|i| windows.train[*i].second_from);
        second_from.collect()
    }

    /// What an example to train on teaches, in a batch's form.
    fn learnt(&self, index: usize) -> Vec<i32> {
        match &self.kind {
            Kind::Classes { splits, .. } => vec![splits.train[index].label as i32],
            Kind::ManyLabels { splits, .. } => splits.train[index].answers.clone(),
            Kind::Tags { splits, .. } => splits.train[index].labels.clone(),
            Kind::Questions { windows, .. } => {
                let (start, end) = windows.train[index].ends;
                vec![start as i32, end as i32]
            }
            Kind::Prompts { splits, .. } => splits.train[index].labels.clone(),
            Kind::Text { splits, .. } | Kind::Hidden { splits, .. } => splits.train[index].clone(),
        }
    }

    /// Weights under which rare classes count as much as frequent ones; none where the task refuses them.
    pub fn balanced(&self) -> Option<Vec<f32>> {
        let labels = self.labels().len();
        match &self.kind {
            Kind::Classes { splits, .. } => {
                let classes = splits.train.iter().map(|text| text.label);
                Some(class_weights::balanced_over(classes, labels))
            }
            // Of the yes of each label, as `BCEWithLogitsLoss`'s `pos_weight`.
            Kind::ManyLabels { splits, .. } => {
                let texts = &splits.train;
                let has = |label: usize| texts.iter().filter(|t| t.answers[label] == 1).count();
                let yes: Vec<usize> = (0..labels).map(has).collect();
                Some(class_weights::balanced_yes(&yes, texts.len()))
            }
            Kind::Tags { splits, .. } => {
                let all = splits.train.iter().flat_map(|sentence| &sentence.labels);
                let words = all.filter(|label| **label != IGNORED);
                let classes = words.map(|label| *label as usize);
                Some(class_weights::balanced_over(classes, labels))
            }
            Kind::Questions { .. }
            | Kind::Prompts { .. }
            | Kind::Text { .. }
            | Kind::Hidden { .. } => None,
        }
    }

    /// Keeps `count` of the examples to train on, drawn by seed, of each label alike where each has one; 0 is all.
    pub fn draw(&mut self, count: usize, seed: u64) {
        if count == 0 || count >= self.count(Split::Train) {
            return;
        }
        let label = |index: usize| match &self.kind {
            Kind::Classes { splits, .. } => splits.train[index].label,
            _ => 0,
        };
        let labels: Vec<usize> = (0..self.count(Split::Train)).map(label).collect();
        let kept = drawn(&labels, count, seed);
        match &mut self.kind {
            Kind::Classes { splits, .. } => keep(&mut splits.train, &kept),
            Kind::ManyLabels { splits, .. } => keep(&mut splits.train, &kept),
            Kind::Tags { splits, .. } => keep(&mut splits.train, &kept),
            Kind::Questions { windows, .. } => keep(&mut windows.train, &kept),
            Kind::Prompts { splits, .. } => keep(&mut splits.train, &kept),
            Kind::Text { splits, .. } | Kind::Hidden { splits, .. } => {
                keep(&mut splits.train, &kept);
            }
        }
    }
}

fn keep<T: Clone>(examples: &mut Vec<T>, kept: &[usize]) {
    *examples = kept.iter().map(|i| examples[*i].clone()).collect();
}

/// The head that a task of so many labels asks for.
pub fn head_for(task: Task, labels: usize) -> Head {
    match task {
        Task::SequenceClassification | Task::MultiLabelClassification => Head::Text { labels },
        Task::TokenClassification => Head::Token { labels },
        Task::QuestionAnswering => Head::Answer,
        Task::CausalLm | Task::MaskedLm => Head::Words,
    }
}
