//! What tasks show of their data, and how they are scored.

use serde::{Deserialize, Serialize};

use super::RunId;
use crate::settings::Task;

/// A row to look at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// The text to be judged; the prompt, where there is one.
    pub text: String,
    /// What is to be answered.
    pub label: String,
    /// Asked about the text; empty where nothing is.
    pub question: String,
    /// Entities of the text, or the answer's place in it.
    pub spans: Vec<TextSpan>,
}

/// A stretch of a text, in Unicode code points, the end outside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextSpan {
    pub start: usize,
    pub end: usize,
    /// The kind of entity; empty for an answer.
    pub label: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// Texts, sentences or questions; 1 for running text.
    pub examples: usize,
    /// Mean over what the task predicts: texts, words, windows, tokens.
    pub loss_nats: f64,
    /// Share of what was right: texts, texts with all their labels and no other, words, questions answered
    /// exactly, tokens that were the likeliest.
    pub accuracy: f64,
    /// Accuracy on the rows marked hard (irony, mixed feelings, …), where any are marked.
    pub hard_accuracy: Option<f64>,
    pub hard_examples: usize,
    /// The task's own figures.
    pub own: TaskScores,
}

/// What a task is judged by beside loss and accuracy.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum TaskScores {
    Classes {
        macro_f1: f64,
    },
    ManyLabels {
        micro_f1: f64,
        macro_f1: f64,
    },
    /// Of whole entities, as seqeval counts them.
    Entities {
        precision: f64,
        recall: f64,
        f1: f64,
    },
    /// As SQuAD counts it; exact match is the accuracy.
    Answers {
        f1: f64,
    },
    /// Perplexity follows from the loss.
    Language {
        tokens: usize,
    },
}

impl Default for TaskScores {
    fn default() -> Self {
        Self::Classes { macro_f1: 0.0 }
    }
}

impl Scores {
    /// The figures that the task is judged by, the first above all: names as in test ids, and values.
    pub fn figures(&self) -> Vec<(&'static str, f64)> {
        let accuracy = ("accuracy", self.accuracy);
        match self.own {
            TaskScores::Classes { macro_f1 } => vec![accuracy, ("macro-f1", macro_f1)],
            TaskScores::ManyLabels { micro_f1, macro_f1 } => vec![
                ("micro-f1", micro_f1),
                ("macro-f1", macro_f1),
                ("exact-match", self.accuracy),
            ],
            TaskScores::Entities {
                precision,
                recall,
                f1,
            } => vec![
                ("entity-f1", f1),
                ("precision", precision),
                ("recall", recall),
                ("word-accuracy", self.accuracy),
            ],
            TaskScores::Answers { f1 } => vec![("exact-match", self.accuracy), ("f1", f1)],
            TaskScores::Language { .. } => vec![
                ("text-perplexity", self.loss_nats.exp()),
                ("token-accuracy", self.accuracy),
            ],
        }
    }

    /// The first of them.
    pub fn headline(&self) -> (&'static str, f64) {
        self.figures()[0]
    }
}

/// The name of the first figure that a task is judged by, before there are any scores.
pub fn headline_of(task: Task) -> &'static str {
    match task {
        Task::SequenceClassification => "accuracy",
        Task::MultiLabelClassification => "micro-f1",
        Task::TokenClassification => "entity-f1",
        Task::QuestionAnswering => "exact-match",
        Task::CausalLm | Task::MaskedLm => "text-perplexity",
    }
}

/// Of one label or kind of entity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabelScores {
    pub label: String,
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
    /// How many there were to find.
    pub support: usize,
}

/// Adapters that the engine keeps at once; the oldest goes first. Each is small: its tensors are its own, the base's
/// are shared.
pub const MOST_ADAPTERS: usize = 12;

/// A finished run's adapter that the engine keeps, to be switched and blended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AdapterInfo {
    pub run_id: RunId,
    pub name: String,
    pub task: Task,
    pub rank: usize,
    pub alpha: f64,
    pub parameters: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_task_is_judged_by_its_own_figure() {
        let scores = |own| Scores {
            examples: 4,
            loss_nats: 0.0,
            accuracy: 0.5,
            hard_accuracy: None,
            hard_examples: 0,
            own,
        };
        assert_eq!(scores(TaskScores::default()).headline(), ("accuracy", 0.5));
        let language = scores(TaskScores::Language { tokens: 3 });
        assert_eq!(language.headline(), ("text-perplexity", 1.0));
        let answers = scores(TaskScores::Answers { f1: 0.7 });
        assert_eq!(answers.figures()[1], ("f1", 0.7));
        let (micro_f1, macro_f1) = (0.7, 0.6);
        let many = scores(TaskScores::ManyLabels { micro_f1, macro_f1 });
        let (precision, recall, f1) = (0.8, 0.6, 0.7);
        let entities = scores(TaskScores::Entities {
            precision,
            recall,
            f1,
        });
        for (task, judged) in [
            (Task::SequenceClassification, scores(TaskScores::default())),
            (Task::MultiLabelClassification, many),
            (Task::TokenClassification, entities),
            (Task::QuestionAnswering, answers),
            (Task::CausalLm, language),
            (Task::MaskedLm, language),
        ] {
            assert_eq!(judged.headline().0, headline_of(task), "before any scores");
        }
    }
}
