//! What runs are made on: the data sets that ship with the page, each with its card beside it in `www/data`, or a file of
//! the learner's own.

use std::sync::Arc;

use crate::settings::{Family, Task};
use crate::ui::DATASET;
use crate::ui::sources::own_data::OwnData;
use crate::ui::text::datasets as words;
use crate::ui::text::own_data as text;

/// What a run is made on.
#[derive(Debug, Clone, PartialEq)]
pub enum DataSource {
    Shipped(&'static Shipped),
    Own(Arc<OwnData>),
}

impl DataSource {
    /// Tells it from every other.
    pub fn name(&self) -> &str {
        match self {
            Self::Shipped(set) => set.name,
            Self::Own(own) => &own.name,
        }
    }

    pub fn own(&self) -> Option<&Arc<OwnData>> {
        match self {
            Self::Shipped(_) => None,
            Self::Own(own) => Some(own),
        }
    }

    /// The task that its rows are written for.
    pub fn task(&self) -> Task {
        match self {
            Self::Shipped(set) => set.task,
            Self::Own(own) => own.task(),
        }
    }

    pub fn is_running_text(&self) -> bool {
        match self {
            Self::Shipped(set) => set.ending == "txt",
            Self::Own(own) => own.is_running_text(),
        }
    }

    /// What it would teach a model of this family: running text is read on by a decoder, and filled in by an encoder.
    pub fn task_of(&self, family: Family) -> Task {
        match self.is_running_text() {
            true => family.language_task(),
            false => self.task(),
        }
    }

    /// The same, where such a model can learn it.
    pub fn task_for(&self, family: Family) -> Option<Task> {
        let task = self.task_of(family);
        task.fits(family).then_some(task)
    }

    /// Where a program finds it.
    pub fn file(&self) -> String {
        match self {
            Self::Shipped(set) => set.file(),
            Self::Own(own) => own.report.file.name.clone(),
        }
    }

    /// What it is, in a sentence.
    pub fn card(&self) -> String {
        match self {
            Self::Shipped(set) => set.card.to_owned(),
            Self::Own(own) => text::card(&own.report),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shipped {
    /// The file under `data/`, without its ending.
    pub name: &'static str,
    pub ending: &'static str,
    pub task: Task,
    /// Rows, questions or paragraphs.
    pub rows: usize,
    /// What it is, in a sentence.
    pub card: &'static str,
}

impl Shipped {
    pub fn file(&self) -> String {
        format!("data/{}.{}", self.name, self.ending)
    }
}

const fn set(
    (name, ending): (&'static str, &'static str),
    task: Task,
    rows: usize,
    card: &'static str,
) -> Shipped {
    Shipped {
        name,
        ending,
        task,
        rows,
        card,
    }
}

const ONE: Task = Task::SequenceClassification;

pub const SHIPPED: [Shipped; 14] = [
    set(("opinions", "csv"), ONE, 4200, words::OPINIONS),
    set(("reviews", "csv"), ONE, 1695, words::REVIEWS),
    set(("topics", "csv"), ONE, 300, words::TOPICS),
    set(("tickets", "csv"), ONE, 300, words::TICKETS),
    set(("medical", "csv"), ONE, 300, words::MEDICAL),
    set(("legal", "csv"), ONE, 300, words::LEGAL),
    set(("code", "csv"), ONE, 300, words::CODE),
    set(
        ("moderation", "csv"),
        Task::MultiLabelClassification,
        300,
        words::MODERATION,
    ),
    set(("ner", "jsonl"), Task::TokenClassification, 360, words::NER),
    set(("qa", "jsonl"), Task::QuestionAnswering, 300, words::QA),
    set(
        ("questions", "jsonl"),
        Task::QuestionAnswering,
        600,
        words::QUESTIONS,
    ),
    set(
        ("instructions", "jsonl"),
        Task::CausalLm,
        220,
        words::INSTRUCTIONS,
    ),
    set(
        ("beekeeping", "txt"),
        Task::CausalLm,
        226,
        words::BEEKEEPING,
    ),
    set(("stories", "txt"), Task::CausalLm, 160, words::STORIES),
];

/// What lessons and the lab train on unless somebody names another set.
pub fn usual() -> DataSource {
    shipped(DATASET).unwrap_or(DataSource::Shipped(&SHIPPED[0]))
}

/// The shipped set of this name.
pub fn shipped(name: &str) -> Option<DataSource> {
    let found = SHIPPED.iter().find(|set| set.name == name);
    found.map(DataSource::Shipped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::UNNAMED_DATASET;

    #[test]
    fn every_set_is_there_with_its_card_and_its_rows() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/www/");
        for set in &SHIPPED {
            let text = std::fs::read_to_string(format!("{folder}{}", set.file())).unwrap();
            let header = usize::from(set.ending == "csv");
            let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
            // A quoted field may go over several lines.
            assert!(lines - header >= set.rows, "{}: {lines}", set.name);
            if set.ending != "csv" {
                assert_eq!(lines, set.rows, "{}", set.name);
            }
            let card = format!("{folder}data/{}.md", set.name);
            assert!(std::fs::exists(&card).unwrap(), "{card}");
        }
        assert_eq!(shipped("nothing"), None);
    }

    #[test]
    fn each_family_learns_what_it_can() {
        let task = |name, family| shipped(name).unwrap().task_for(family);
        assert_eq!(task("stories", Family::Gpt2), Some(Task::CausalLm));
        assert_eq!(task("stories", Family::Bert), Some(Task::MaskedLm));
        assert_eq!(task("instructions", Family::Bert), None);
        assert_eq!(task("ner", Family::Bert), Some(Task::TokenClassification));
        for family in Family::ALL {
            assert!(usual().task_for(family).is_some());
        }
        assert_eq!(usual().name(), "opinions");
        assert!(shipped(UNNAMED_DATASET).is_some());
    }
}
