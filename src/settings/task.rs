//! What a run learns to do.

use serde::{Deserialize, Serialize};

use super::Family;
use crate::faults::SettingsError;

/// The tasks that a model can be fine-tuned for here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Task {
    CausalLm,
    MaskedLm,
    #[default]
    SequenceClassification,
    MultiLabelClassification,
    TokenClassification,
    QuestionAnswering,
}

impl Task {
    pub const ALL: [Self; 6] = [
        Self::SequenceClassification,
        Self::MultiLabelClassification,
        Self::TokenClassification,
        Self::QuestionAnswering,
        Self::CausalLm,
        Self::MaskedLm,
    ];

    /// The word for it in flags, addresses and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::CausalLm => "causal-lm",
            Self::MaskedLm => "masked-lm",
            Self::SequenceClassification => "sequence-classification",
            Self::MultiLabelClassification => "multi-label-classification",
            Self::TokenClassification => "token-classification",
            Self::QuestionAnswering => "question-answering",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|task| task.name() == name)
    }

    /// Whether a model of this family can learn it.
    pub fn fits(self, family: Family) -> bool {
        match self {
            Self::CausalLm | Self::MaskedLm => self == family.language_task(),
            _ => true,
        }
    }

    /// What transformers' configurations call it, where its head is another task's too.
    pub fn problem_type(self) -> Option<&'static str> {
        (self == Self::MultiLabelClassification).then_some("multi_label_classification")
    }

    /// PEFT's name for it.
    pub fn peft_name(self) -> &'static str {
        match self {
            Self::CausalLm => "CAUSAL_LM",
            // PEFT has no name of its own for it; its scripts leave the task open.
            Self::MaskedLm => "FEATURE_EXTRACTION",
            Self::SequenceClassification | Self::MultiLabelClassification => "SEQ_CLS",
            Self::TokenClassification => "TOKEN_CLS",
            Self::QuestionAnswering => "QUESTION_ANS",
        }
    }

    /// Why its classes cannot be weighed, where they cannot.
    pub fn refuses_class_weights(self) -> Option<SettingsError> {
        match self {
            Self::CausalLm | Self::MaskedLm => Some(SettingsError::ClassesAreWords {
                task: self.name().to_owned(),
            }),
            Self::QuestionAnswering => Some(SettingsError::ClassesArePlaces),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_is_found_by_its_name() {
        for task in Task::ALL {
            assert_eq!(Task::parse(task.name()), Some(task));
        }
        assert_eq!(Task::parse("translation"), None);
    }
}
