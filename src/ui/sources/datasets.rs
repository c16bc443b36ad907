//! The data sets that ship with the page; each has its card beside it in `www/data`.

use crate::settings::{Family, Task};
use crate::ui::text::datasets as words;
use crate::ui::{BERT_DATASET, DATASET};

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

    /// What it would teach a model of this family: running text is read on by a decoder, and filled in by an encoder.
    pub fn task_of(&self, family: Family) -> Task {
        let is_running_text = self.ending == "txt";
        match (self.task, family) {
            (Task::CausalLm, Family::Bert) if is_running_text => Task::MaskedLm,
            (task, _) => task,
        }
    }

    /// The same, where such a model can learn it.
    pub fn task_for(&self, family: Family) -> Option<Task> {
        let task = self.task_of(family);
        task.fits(family).then_some(task)
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

pub const SHIPPED: [Shipped; 13] = [
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

/// What the lab trains a model of this family on, unless its address names another set.
pub fn usual(family: Family) -> &'static Shipped {
    let name = match family {
        Family::Gpt2 => DATASET,
        Family::Bert => BERT_DATASET,
    };
    shipped(name).unwrap_or(&SHIPPED[0])
}

/// The set of this name.
pub fn shipped(name: &str) -> Option<&'static Shipped> {
    SHIPPED.iter().find(|set| set.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert!(usual(family).task_for(family).is_some());
        }
        assert_eq!(usual(Family::Gpt2).name, "reviews");
        assert_eq!(usual(Family::Bert).name, "opinions");
    }
}
