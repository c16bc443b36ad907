//! A file of the learner's own that runs are made on.

use crate::protocol::{DataReport, FileFormat, Role};
use crate::settings::Task;

/// A file as the learner has had it read. Its address lives as long as the page.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnData {
    /// Tells it from every other set: the file's name, with a number behind it where it is used again.
    pub name: String,
    /// What was found in it; its choice leaves nothing open.
    pub report: DataReport,
}

impl OwnData {
    pub fn task(&self) -> Task {
        self.report.choice.task.unwrap_or_default()
    }

    /// Texts that are read on, or filled in, rather than rows with answers.
    pub fn is_running_text(&self) -> bool {
        let has_pairs = self.report.choice.column(Role::Prompt).is_some();
        matches!(self.task(), Task::CausalLm | Task::MaskedLm) && !has_pairs
    }

    pub fn is_plain_text(&self) -> bool {
        self.report.choice.format == Some(FileFormat::PlainText)
    }
}

/// The file's name, if no set goes by it, and else the first of "name (2)", "name (3)" … that none does.
pub fn free_name(file: &str, taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2..).map(|number| format!("{file} ({number})"));
    let mut names = std::iter::once(file.to_owned()).chain(numbered);
    names.find(|name| !taken(name)).unwrap_or_default()
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::protocol::{DataChoice, NamedUrl, RoleColumn};

    pub fn report(format: FileFormat, task: Task, columns: &[(Role, usize)]) -> DataReport {
        let columns = columns.iter().map(|(role, column)| RoleColumn {
            role: *role,
            column: *column,
        });
        DataReport {
            file: NamedUrl {
                name: "mine.csv".into(),
                url: "blob:1".into(),
            },
            encoding: "UTF-8".into(),
            choice: DataChoice {
                format: Some(format),
                has_header: Some(true),
                task: Some(task),
                columns: Some(columns.collect()),
                mends: Vec::new(),
            },
            columns: vec!["Review".into(), "Stars".into()],
            preview: Vec::new(),
            rows: 40,
            used_rows: 40,
            dropped: Vec::new(),
            taken_from_training: Vec::new(),
            mended: Vec::new(),
            findings: Vec::new(),
            tokens: None,
            balance: Vec::new(),
            splits: [28, 4, 8],
            made_split: true,
            problem: None,
        }
    }

    pub fn own(report: DataReport) -> OwnData {
        OwnData {
            name: report.file.name.clone(),
            report,
        }
    }

    #[test]
    fn a_file_that_is_used_again_gets_a_number() {
        let taken = |name: &str| ["a.csv", "a.csv (2)"].contains(&name);
        assert_eq!(free_name("a.csv", taken), "a.csv (3)");
        assert_eq!(free_name("b.csv", taken), "b.csv");
    }

    #[test]
    fn pairs_are_no_running_text() {
        let commas = FileFormat::Commas;
        let text = own(report(commas, Task::CausalLm, &[(Role::Text, 0)]));
        assert!(text.is_running_text() && !text.is_plain_text());
        let pairs = [(Role::Prompt, 0), (Role::Completion, 1)];
        assert!(!own(report(commas, Task::CausalLm, &pairs)).is_running_text());
    }
}
