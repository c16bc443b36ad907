//! What each column is for, by its name, and where names say nothing by what stands in it.

use std::collections::HashSet;

use super::names::NAMES;
use super::sheet::Sheet;
use crate::data::reader::parse_split;
use crate::protocol::{FileFormat, Role, RoleColumn};
use crate::settings::Task;

/// What a file is good for, with its columns told apart as far as can be guessed.
pub fn guess(sheet: &Sheet) -> (Task, Vec<RoleColumn>) {
    let guess = Guess { sheet };
    if sheet.format == FileFormat::PlainText {
        let text = RoleColumn {
            role: Role::Text,
            column: 0,
        };
        return (Task::CausalLm, vec![text]);
    }
    let (task, mut columns) = guess
        .of_pairs_and_lists()
        .unwrap_or_else(|| guess.of_texts());
    columns.extend(guess.split());
    (task, columns)
}

/// The columns that a task reads, by guess.
pub fn guess_for(sheet: &Sheet, task: Task) -> Vec<RoleColumn> {
    let (guessed, columns) = guess(sheet);
    let is_of_task =
        |known: &RoleColumn| known.role == Role::Split || Role::of_task(task).contains(&known.role);
    if guessed == task {
        return columns;
    }
    let mut kept: Vec<RoleColumn> = columns.into_iter().filter(is_of_task).collect();
    let guess = Guess { sheet };
    for role in Role::of_task(task) {
        let is_open = !kept.iter().any(|known| known.role == *role);
        let pair = matches!(role, Role::Prompt | Role::Completion);
        if let Some(column) = guess.named(*role).filter(|_| is_open && !pair) {
            kept.push(RoleColumn {
                role: *role,
                column,
            });
        }
    }
    kept
}

struct Guess<'a> {
    sheet: &'a Sheet,
}

/// Rows that are looked at.
const LOOKED_AT: usize = 2000;

/// Different values beyond which a column is hardly one of labels.
const MOST_LABELS: usize = 200;

impl Guess<'_> {
    /// The column with one of the role's names, an earlier name before a later one.
    fn named(&self, role: Role) -> Option<usize> {
        let (_, names) = NAMES.iter().find(|(of, _)| *of == role)?;
        let place = |wanted: &&str| {
            let mut all = self.sheet.names.iter();
            all.position(|name| name.eq_ignore_ascii_case(wanted))
        };
        names.iter().find_map(place)
    }

    fn all_named(&self, roles: &[Role]) -> Option<Vec<RoleColumn>> {
        let of = |role: &Role| {
            Some(RoleColumn {
                role: *role,
                column: self.named(*role)?,
            })
        };
        roles.iter().map(of).collect()
    }

    fn values(&self, column: usize) -> impl Iterator<Item = &str> {
        let rows = self.sheet.records.iter().take(LOOKED_AT);
        let fields = rows.filter_map(move |row| row.fields.get(column));
        fields.map(|field| field.trim()).filter(|f| !f.is_empty())
    }

    fn begins(&self, column: usize, with: char) -> bool {
        self.values(column)
            .next()
            .is_some_and(|v| v.starts_with(with))
    }

    /// Files whose names alone say what they are.
    fn of_pairs_and_lists(&self) -> Option<(Task, Vec<RoleColumn>)> {
        let tagged = self.all_named(&[Role::Tokens, Role::Tags]);
        if let Some(columns) = tagged.filter(|found| self.begins(found[0].column, '[')) {
            return Some((Task::TokenClassification, columns));
        }
        let asked = self.all_named(&[Role::Question, Role::Context, Role::Answers]);
        if let Some(columns) = asked.filter(|found| self.begins(found[2].column, '{')) {
            return Some((Task::QuestionAnswering, columns));
        }
        let pairs = self.all_named(&[Role::Prompt, Role::Completion])?;
        Some((Task::CausalLm, pairs))
    }

    fn of_texts(&self) -> (Task, Vec<RoleColumn>) {
        let Some(text) = self.named(Role::Text).or_else(|| self.longest()) else {
            return (Task::SequenceClassification, Vec::new());
        };
        let mut columns = vec![RoleColumn {
            role: Role::Text,
            column: text,
        }];
        let is_list = |column: &usize| {
            self.begins(*column, '[') || self.values(*column).any(|value| value.contains(';'))
        };
        if let Some(column) = self.named(Role::Labels).filter(is_list) {
            let role = Role::Labels;
            columns.push(RoleColumn { role, column });
            return (Task::MultiLabelClassification, columns);
        }
        let named = self.named(Role::Label).or_else(|| self.named(Role::Labels));
        match named
            .filter(|c| *c != text)
            .or_else(|| self.few_valued(text))
        {
            Some(column) => {
                let role = Role::Label;
                columns.push(RoleColumn { role, column });
                (Task::SequenceClassification, columns)
            }
            None => (Task::CausalLm, columns),
        }
    }

    /// The column with the longest fields on average.
    fn longest(&self) -> Option<usize> {
        let length = |column: &usize| self.values(*column).map(str::len).sum::<usize>();
        (0..self.sheet.names.len()).max_by_key(length)
    }

    /// The column with the fewest different values, at least two of them and several rows each; the last of equals.
    fn few_valued(&self, text: usize) -> Option<usize> {
        let split = self.split().map(|known| known.column);
        let others = (0..self.sheet.names.len()).filter(|c| *c != text && Some(*c) != split);
        let counted = others.filter_map(|column| {
            let different: HashSet<&str> = self.values(column).collect();
            let rows = self.values(column).count();
            let is_few = (2..=MOST_LABELS.min(rows / 2)).contains(&different.len());
            is_few.then_some((different.len(), column))
        });
        let fewest = counted.min_by_key(|(values, column)| (*values, usize::MAX - column));
        fewest.map(|(_, column)| column)
    }

    /// A column in which every value is the name of a split.
    fn split(&self) -> Option<RoleColumn> {
        let column = self.named(Role::Split)?;
        let says = self
            .values(column)
            .all(|value| parse_split(value).is_some());
        (says && self.values(column).next().is_some()).then_some(RoleColumn {
            role: Role::Split,
            column,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::DataChoice;

    fn guessed(file: &str, text: &str) -> (Task, Vec<(Role, usize)>) {
        let sheet = Sheet::open(file, text.as_bytes(), &DataChoice::default()).unwrap();
        let (task, columns) = guess(&sheet);
        (task, columns.iter().map(|k| (k.role, k.column)).collect())
    }

    #[test]
    fn names_tell_what_columns_are_for() {
        let csv = "id,Sentiment,Review,split\n1,pos,Fine.,train\n2,neg,Bad.,test\n";
        assert_eq!(
            guessed("x.csv", csv),
            (
                Task::SequenceClassification,
                vec![(Role::Text, 2), (Role::Label, 1), (Role::Split, 3)]
            )
        );
        let many = "text,labels\na,rude;spam\nb,\n";
        assert_eq!(guessed("x.csv", many).0, Task::MultiLabelClassification);
        let one = "text,labels\na,rude\nb,kind\n";
        assert_eq!(guessed("x.csv", one).0, Task::SequenceClassification);
        let pairs = "{\"instruction\":\"Add.\",\"output\":\"2\"}\n";
        assert_eq!(
            guessed("x.jsonl", pairs),
            (
                Task::CausalLm,
                vec![(Role::Prompt, 0), (Role::Completion, 1)]
            )
        );
        let tags = "{\"tokens\":[\"Ada\"],\"ner_tags\":[\"B-PER\"]}\n";
        assert_eq!(guessed("x.jsonl", tags).0, Task::TokenClassification);
        let asked = "{\"question\":\"Who?\",\"context\":\"Ada\",\"answers\":{\"text\":[\"Ada\"],\"answer_start\":[0]}}\n";
        assert_eq!(guessed("x.jsonl", asked).0, Task::QuestionAnswering);
    }

    #[test]
    fn without_names_the_values_tell() {
        let csv = "1,I liked it very much,pos\n2,I did not like it,neg\n3,It was fine,pos\n4,It was not,neg\n";
        assert_eq!(
            guessed("x.csv", csv),
            (
                Task::SequenceClassification,
                vec![(Role::Text, 1), (Role::Label, 2)]
            )
        );
        assert_eq!(
            guessed("x.csv", "thoughts\nOne of them\n").0,
            Task::CausalLm
        );
        let folds = "text,label,fold\na,x,1\nb,y,2\n";
        assert_eq!(guessed("x.csv", folds).1.len(), 2, "a fold is no split");
    }

    #[test]
    fn another_task_takes_what_fits_it() {
        let sheet = Sheet::open("x.csv", b"text,label\na,b\nc,d\n", &DataChoice::default());
        let sheet = sheet.unwrap();
        let columns = guess_for(&sheet, Task::CausalLm);
        assert_eq!(columns.len(), 1);
        assert_eq!(columns[0].role, Role::Text);
    }
}
