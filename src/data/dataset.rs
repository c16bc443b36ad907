//! A file of any task, read.

use super::labelled::LabelledDataset;
use super::many_labels::ManyLabelsDataset;
use super::prompts::Prompted;
use super::questions::Question;
use super::reader::{
    Table, TextEnd, Texts, labelled_of, many_labels_of, prompts_of, questions_of, read_labelled,
    read_many_labels, read_prompts, read_questions, read_tagged, read_texts, tagged_of, texts_of,
};
use super::tagged::TaggedDataset;
use crate::faults::DataError;
use crate::protocol::Split;
use crate::settings::{Family, Task};

/// What a run can be made on.
#[derive(Debug, Clone)]
pub enum Dataset {
    Labelled(LabelledDataset),
    ManyLabels(ManyLabelsDataset),
    Tagged(TaggedDataset),
    Questions(Vec<Question>),
    Prompts(Vec<Prompted>),
    Text(Texts),
}

impl Dataset {
    /// Reads what `task` reads. `file` is the name that errors give.
    pub fn read(task: Task, file: &str, bytes: &[u8]) -> Result<Self, DataError> {
        Ok(match task {
            Task::SequenceClassification => Self::Labelled(read_labelled(file, bytes)?),
            Task::MultiLabelClassification => {
                Self::ManyLabels(read_many_labels(file, bytes, None)?)
            }
            Task::TokenClassification => Self::Tagged(read_tagged(file, bytes, None)?),
            Task::QuestionAnswering => Self::Questions(read_questions(file, bytes, None)?),
            Task::MaskedLm => Self::Text(read_texts(file, bytes)?),
            Task::CausalLm => match read_prompts(file, bytes, None)? {
                Some(rows) => Self::Prompts(rows),
                None => Self::Text(read_texts(file, bytes)?),
            },
        })
    }

    /// The same of rows that are read; `end` is what follows each where they are running text.
    pub fn of_table(task: Task, table: &Table, end: TextEnd) -> Result<Self, DataError> {
        Ok(match task {
            Task::SequenceClassification => Self::Labelled(labelled_of(table)?),
            Task::MultiLabelClassification => Self::ManyLabels(many_labels_of(table, None)?),
            Task::TokenClassification => Self::Tagged(tagged_of(table, None)?),
            Task::QuestionAnswering => Self::Questions(questions_of(table, None)?),
            Task::CausalLm if table.has("prompt") => Self::Prompts(prompts_of(table, None)?),
            Task::CausalLm | Task::MaskedLm => Self::Text(texts_of(table, end)?),
        })
    }

    /// Drops the rows that are not to be kept, in the file's order.
    pub fn keep(&mut self, kept: &[bool]) {
        fn retain<T>(rows: &mut Vec<T>, kept: &[bool]) {
            let mut kept = kept.iter();
            rows.retain(|_| kept.next().is_none_or(|keep| *keep));
        }
        match self {
            Self::Labelled(data) => retain(&mut data.rows, kept),
            Self::ManyLabels(data) => retain(&mut data.rows, kept),
            Self::Tagged(data) => retain(&mut data.rows, kept),
            Self::Questions(rows) => retain(rows, kept),
            Self::Prompts(rows) => retain(rows, kept),
            Self::Text(texts) => retain(&mut texts.texts, kept),
        }
    }

    /// The labels that a row has, as indices of [`Dataset::labels`]: of words each kind once.
    pub fn labels_of(&self, row: usize) -> Vec<usize> {
        match self {
            Self::Labelled(data) => vec![data.rows[row].label],
            Self::ManyLabels(data) => {
                let has = data.rows[row].has.iter().enumerate();
                has.filter(|(_, has)| **has).map(|(i, _)| i).collect()
            }
            Self::Tagged(data) => {
                let mut tags = data.rows[row].tags.clone();
                tags.sort_unstable();
                tags.dedup();
                tags
            }
            Self::Questions(_) | Self::Prompts(_) | Self::Text(_) => Vec::new(),
        }
    }

    pub fn task(&self) -> Task {
        match self {
            Self::Labelled(_) => Task::SequenceClassification,
            Self::ManyLabels(_) => Task::MultiLabelClassification,
            Self::Tagged(_) => Task::TokenClassification,
            Self::Questions(_) => Task::QuestionAnswering,
            Self::Prompts(_) | Self::Text(_) => Task::CausalLm,
        }
    }

    /// The same for a model of a family: running text teaches a decoder the next word, an encoder hidden ones.
    pub fn task_for(&self, family: Family) -> Task {
        match self {
            Self::Text(_) => family.language_task(),
            _ => self.task(),
        }
    }

    /// Names of the head's outputs, where they have any.
    pub fn labels(&self) -> &[String] {
        match self {
            Self::Labelled(data) => &data.labels,
            Self::ManyLabels(data) => &data.labels,
            Self::Tagged(data) => &data.labels,
            Self::Questions(_) | Self::Prompts(_) | Self::Text(_) => &[],
        }
    }

    /// The split of every row, in the file's order. Plain text has paragraphs, and no splits.
    pub fn splits(&self) -> Vec<Split> {
        match self {
            Self::Labelled(data) => data.rows.iter().map(|row| row.split).collect(),
            Self::ManyLabels(data) => data.rows.iter().map(|row| row.split).collect(),
            Self::Tagged(data) => data.rows.iter().map(|row| row.split).collect(),
            Self::Questions(rows) => rows.iter().map(|row| row.split).collect(),
            Self::Prompts(rows) => rows.iter().map(|row| row.split).collect(),
            Self::Text(texts) => vec![Split::Train; texts.texts.len()],
        }
    }

    /// Indices of the rows of a split.
    pub fn rows_of(&self, split: Split) -> Vec<usize> {
        let splits = self.splits().into_iter().enumerate();
        let own = splits.filter(|(_, of)| *of == split);
        own.map(|(index, _)| index).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_task_reads_its_own_file() {
        let read = |task, file: &str, bytes: &str| Dataset::read(task, file, bytes.as_bytes());
        let tagged = read(
            Task::TokenClassification,
            "x.jsonl",
            "{\"tokens\":[\"Ada\"],\"ner_tags\":[\"B-PER\"],\"split\":\"test\"}",
        );
        let tagged = tagged.unwrap();
        assert_eq!(tagged.labels(), ["B-PER"]);
        assert_eq!(tagged.rows_of(Split::Test), [0]);
        let prompts = read(Task::CausalLm, "x.csv", "prompt,completion\na,b\n").unwrap();
        assert!(matches!(prompts, Dataset::Prompts(_)));
        let text = read(Task::CausalLm, "x.txt", "a\nb\n").unwrap();
        assert_eq!((text.task(), text.splits().len()), (Task::CausalLm, 2));
        let error = read(Task::QuestionAnswering, "x.csv", "text\na\n").unwrap_err();
        assert!(error.to_string().contains(".jsonl"), "{error}");
    }
}
