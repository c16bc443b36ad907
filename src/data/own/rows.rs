//! A sheet's rows as a task sees them.

use std::borrow::Cow;

use super::sheet::Sheet;
use crate::data::reader::{Record, parse_split};
use crate::protocol::{DataChoice, Role, Split};
use crate::settings::Task;

/// A row with what is judged and what is to be answered.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    /// Among the sheet's records.
    pub index: usize,
    pub line: usize,
    pub text: Cow<'a, str>,
    /// Empty where the text is all there is.
    pub answer: Cow<'a, str>,
    /// As the file names it.
    pub split: Option<Split>,
    pub is_ragged: bool,
    pub is_empty: bool,
}

/// Where a task finds what it reads.
pub struct View<'a> {
    task: Task,
    choice: &'a DataChoice,
    columns: usize,
}

impl<'a> View<'a> {
    pub fn of(sheet: &Sheet, task: Task, choice: &'a DataChoice) -> Self {
        Self {
            task,
            choice,
            columns: sheet.names.len(),
        }
    }

    pub fn rows<'s>(&self, sheet: &'s Sheet) -> Vec<Row<'s>> {
        let records = sheet.records.iter().enumerate();
        records
            .map(|(index, record)| self.row(index, record))
            .collect()
    }

    fn row<'s>(&self, index: usize, record: &'s Record) -> Row<'s> {
        let (asked, answered) = self.roles();
        let text = self.joined(record, asked);
        let answer = self.joined(record, answered);
        let needs_answer = self.task != Task::MultiLabelClassification;
        let lacks = |role: &Role| self.field(record, *role).is_empty();
        let is_empty = asked.iter().any(lacks) || (needs_answer && answered.iter().any(lacks));
        Row {
            index,
            line: record.line,
            text,
            answer,
            split: parse_split(self.field(record, Role::Split)),
            is_ragged: record.fields.len() != self.columns,
            is_empty,
        }
    }

    /// Roles of what is given, and of what is to be answered.
    fn roles(&self) -> (&'static [Role], &'static [Role]) {
        match self.task {
            Task::SequenceClassification => (&[Role::Text], &[Role::Label]),
            Task::MultiLabelClassification => (&[Role::Text], &[Role::Labels]),
            Task::TokenClassification => (&[Role::Tokens], &[Role::Tags]),
            Task::QuestionAnswering => (&[Role::Question, Role::Context], &[Role::Answers]),
            Task::CausalLm if self.choice.column(Role::Prompt).is_some() => {
                (&[Role::Prompt], &[Role::Completion])
            }
            Task::CausalLm | Task::MaskedLm => (&[Role::Text], &[]),
        }
    }

    fn joined<'s>(&self, record: &'s Record, roles: &[Role]) -> Cow<'s, str> {
        match roles {
            [one] => self.field(record, *one).into(),
            several => {
                let fields: Vec<&str> = several.iter().map(|r| self.field(record, *r)).collect();
                fields.join("\n").into()
            }
        }
    }

    fn field<'s>(&self, record: &'s Record, role: Role) -> &'s str {
        let column = self.choice.column(role);
        let field = column.and_then(|column| record.fields.get(column));
        field.map_or("", |field| field.trim())
    }
}
