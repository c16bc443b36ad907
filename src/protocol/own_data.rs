//! A file of the learner's own: how it is read, what is in it, and what is wrong with it.

use serde::{Deserialize, Serialize};

use super::{NamedUrl, Split};
use crate::faults::Fault;
use crate::settings::Task;

/// Larger files are refused: a page holds a file, its rows and their tokens in memory at once.
pub const MOST_DATA_BYTES: u64 = 50 << 20;

/// How the rows of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileFormat {
    Commas,
    Semicolons,
    Tabs,
    JsonLines,
    /// Each line is a paragraph.
    PlainText,
}

impl FileFormat {
    pub const ALL: [Self; 5] = [
        Self::Commas,
        Self::Semicolons,
        Self::Tabs,
        Self::JsonLines,
        Self::PlainText,
    ];

    /// What stands between the columns, where something does.
    pub fn separator(self) -> Option<char> {
        match self {
            Self::Commas => Some(','),
            Self::Semicolons => Some(';'),
            Self::Tabs => Some('\t'),
            Self::JsonLines | Self::PlainText => None,
        }
    }

    pub fn of_separator(separator: char) -> Self {
        let all = Self::ALL.into_iter();
        let mut found = all.filter(|format| format.separator() == Some(separator));
        found.next().unwrap_or(Self::Commas)
    }
}

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Role {
    Text,
    Label,
    Labels,
    Prompt,
    Completion,
    Question,
    Context,
    Answers,
    Tokens,
    Tags,
    Split,
}

impl Role {
    pub const ALL: [Self; 11] = [
        Self::Text,
        Self::Label,
        Self::Labels,
        Self::Prompt,
        Self::Completion,
        Self::Question,
        Self::Context,
        Self::Answers,
        Self::Tokens,
        Self::Tags,
        Self::Split,
    ];

    /// The name that a column of this role has in files for `warmup finetune`.
    pub fn column(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Label => "label",
            Self::Labels => "labels",
            Self::Prompt => "prompt",
            Self::Completion => "completion",
            Self::Question => "question",
            Self::Context => "context",
            Self::Answers => "answers",
            Self::Tokens => "tokens",
            Self::Tags => "ner_tags",
            Self::Split => "split",
        }
    }

    /// What a task reads, without the split. A language model's file has either texts or prompts with completions.
    pub fn of_task(task: Task) -> &'static [Self] {
        match task {
            Task::SequenceClassification => &[Self::Text, Self::Label],
            Task::MultiLabelClassification => &[Self::Text, Self::Labels],
            Task::TokenClassification => &[Self::Tokens, Self::Tags],
            Task::QuestionAnswering => &[Self::Question, Self::Context, Self::Answers],
            Task::CausalLm => &[Self::Text, Self::Prompt, Self::Completion],
            Task::MaskedLm => &[Self::Text],
        }
    }
}

/// A column, counted from 0, and what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleColumn {
    pub role: Role,
    pub column: usize,
}

/// How a file is to be read. What is `None` is guessed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataChoice {
    pub format: Option<FileFormat>,
    pub has_header: Option<bool>,
    pub task: Option<Task>,
    pub columns: Option<Vec<RoleColumn>>,
    pub mends: Vec<Mend>,
}

impl DataChoice {
    pub fn column(&self, role: Role) -> Option<usize> {
        let columns = self.columns.as_deref().unwrap_or_default();
        let found = columns.iter().find(|known| known.role == role);
        found.map(|known| known.column)
    }

    /// The first column that the task still lacks.
    pub fn lacking(&self, task: Task) -> Option<Role> {
        let lacks = |role: &&Role| self.column(**role).is_none();
        if task == Task::CausalLm {
            let paired = [Role::Prompt, Role::Completion];
            let has_pair_column = paired.iter().any(|role| !lacks(&role));
            let needed: &[Role] = match has_pair_column {
                true => &paired,
                false => &[Role::Text],
            };
            return needed.iter().find(lacks).copied();
        }
        Role::of_task(task).iter().find(lacks).copied()
    }
}

/// How the file of a data set is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reading {
    /// In the form that `warmup finetune` reads for a task.
    OfTask(Task),
    /// As the learner has it read; the name is the file's own.
    Chosen { file: String, choice: DataChoice },
}

/// A change that takes rows, or the named split, away. Mends are applied in the order of this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Mend {
    /// Forgets the split that the file names, so that a seeded one is made.
    DivideAnew,
    DropRagged,
    DropEmpty,
    DropContradictory,
    /// Keeps one row of each, one of the test or validation split where there is one.
    DropDuplicates,
    DropRareLabels,
    /// Drops training rows whose text, or nearly the same, stands in another split.
    DropFromTraining,
}

/// What may be wrong with rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FindingKind {
    /// More or fewer fields than the header.
    Ragged,
    /// Nothing where the task needs something.
    Empty,
    /// The same text with the same answer, more than once.
    Duplicates,
    /// The same text with different labels.
    Contradictions,
    /// The same text, or nearly the same, in training and in another split.
    AcrossSplits,
    /// Labels with fewer rows than there are splits.
    RareLabels,
    /// A split without a row.
    NoRowsIn(Split),
}

impl FindingKind {
    pub fn mend(self) -> Mend {
        match self {
            Self::Ragged => Mend::DropRagged,
            Self::Empty => Mend::DropEmpty,
            Self::Duplicates => Mend::DropDuplicates,
            Self::Contradictions => Mend::DropContradictory,
            Self::AcrossSplits => Mend::DropFromTraining,
            Self::RareLabels => Mend::DropRareLabels,
            Self::NoRowsIn(_) => Mend::DivideAnew,
        }
    }
}

/// Something that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub kind: FindingKind,
    /// How many rows it concerns.
    pub rows: usize,
    /// Lines of the file, counted from 1, of rows that belong together; at most [`MOST_GROUPS`].
    pub groups: Vec<Vec<usize>>,
    /// Rows that its mend would drop.
    pub drops: usize,
}

/// Groups of lines that a finding names; more would only be a longer list.
pub const MOST_GROUPS: usize = 20;

/// Tokens of the texts, on the model at hand.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TokenCount {
    /// Rows that were counted: of a long file some, evenly taken.
    pub rows: usize,
    pub mean: f64,
    pub longest: usize,
    /// Tokens that the model reads at once.
    pub context: usize,
    /// Share of the counted rows that is longer.
    pub over: f64,
}

/// Rows of a label in training, validation and test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelBalance {
    pub label: String,
    pub rows: [usize; 3],
}

/// Why a file cannot be used as it is read now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum DataProblem {
    /// A column has to be chosen.
    Lacking(Role),
    /// The reader's fault: what, on which line, what to do.
    Unreadable(Fault),
}

/// What is in a file, before anything is trained on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DataReport {
    /// Its address is empty where there is no page.
    pub file: NamedUrl,
    pub encoding: String,
    /// How the file was read: the learner's choice, and guesses for the rest.
    pub choice: DataChoice,
    pub columns: Vec<String>,
    /// The first rows, long fields cut.
    pub preview: Vec<Vec<String>>,
    /// Rows of the file, and those that are left after the mends.
    pub rows: usize,
    pub used_rows: usize,
    /// Which rows of the file were dropped before it was divided, counted from 0.
    pub dropped: Vec<usize>,
    /// Which rows were taken out of training after that.
    pub taken_from_training: Vec<usize>,
    /// Rows that each mend dropped.
    pub mended: Vec<(Mend, usize)>,
    pub findings: Vec<Finding>,
    pub tokens: Option<TokenCount>,
    pub balance: Vec<LabelBalance>,
    /// Rows in training, validation and test.
    pub splits: [usize; 3],
    /// Whether rows that name no split were divided by seed.
    pub made_split: bool,
    pub problem: Option<DataProblem>,
}

/// What counting words reaches on a data set: the bar that a fine-tuned model has to clear.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct WordCountScores {
    /// Of the test split.
    pub accuracy: f64,
    pub macro_f1: f64,
    pub test_rows: usize,
    /// Of always answering the commonest label.
    pub commonest_accuracy: f64,
    /// The same two of the validation split, where it has rows.
    pub validation_accuracy: f64,
    pub commonest_validation_accuracy: f64,
    pub validation_rows: usize,
    pub train_rows: usize,
    /// Different words, and pairs where they were counted.
    pub features: usize,
    pub with_pairs: bool,
    /// scikit-learn's `C`, chosen on the validation split.
    pub strength: f64,
}

impl WordCountScores {
    /// Rows, accuracy and that of the commonest label, of the split that runs are chosen by: validation where it has rows.
    pub fn to_choose_by(&self) -> (Split, usize, f64, f64) {
        match self.validation_rows {
            0 => (
                Split::Test,
                self.test_rows,
                self.accuracy,
                self.commonest_accuracy,
            ),
            rows => (
                Split::Validation,
                rows,
                self.validation_accuracy,
                self.commonest_validation_accuracy,
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_models_file_has_texts_or_pairs() {
        let choice = |roles: &[Role]| DataChoice {
            columns: Some(
                roles
                    .iter()
                    .enumerate()
                    .map(|(column, role)| RoleColumn {
                        role: *role,
                        column,
                    })
                    .collect(),
            ),
            ..DataChoice::default()
        };
        let lacking = |roles: &[Role]| choice(roles).lacking(Task::CausalLm);
        assert_eq!(lacking(&[]), Some(Role::Text));
        assert_eq!(lacking(&[Role::Text]), None);
        assert_eq!(lacking(&[Role::Prompt]), Some(Role::Completion));
        assert_eq!(lacking(&[Role::Prompt, Role::Completion]), None);
        let labelled = choice(&[Role::Text]).lacking(Task::SequenceClassification);
        assert_eq!(labelled, Some(Role::Label));
    }
}
