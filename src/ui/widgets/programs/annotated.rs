//! A program in another language, read beside what the page does: which part of a run each line is about.

use super::line::{Line, Part};
use crate::settings::{Family, LoraSettings};
use crate::ui::draft::{Draft, schedule_name, short_number};
use crate::ui::text::format;
use crate::ui::text::programs as text;

/// What the page knows of itself when a line is looked up.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Here {
    pub model: Option<(String, usize)>,
    pub family: Family,
    pub train_rows: Option<usize>,
    pub trainable: Option<(usize, usize)>,
}

/// The parts of a program in the order in which they turn up, each once.
pub fn parts(program: &[Line]) -> Vec<Part> {
    let mut parts = Vec::new();
    for part in program.iter().filter_map(|line| line.part) {
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    parts
}

/// The line that a key moves to; lines that say nothing are passed over.
pub fn walked(program: &[Line], at: Option<usize>, key: &str) -> Option<usize> {
    let speaks = |index: &usize| program[*index].part.is_some();
    let last = program.len().checked_sub(1)?;
    match (key, at) {
        ("ArrowDown", Some(at)) => (at + 1..=last).find(speaks).or(Some(at)),
        ("ArrowUp", Some(at)) => (0..at).rev().find(speaks).or(Some(at)),
        ("ArrowDown", None) | ("Home", _) => (0..=last).find(speaks),
        ("ArrowUp", None) | ("End", _) => (0..=last).rev().find(speaks),
        _ => None,
    }
}

/// What stands for a part on this page, now.
pub fn stands_here(part: Part, draft: &Draft, here: &Here) -> String {
    let training = &draft.training;
    let lora: &LoraSettings = &draft.methods.lora;
    // As many as the run learns from.
    let rows = here.train_rows.map(|all| match training.max_train_samples {
        0 => all,
        some => some.min(all),
    });
    let in_a_step = training.batch_size * training.gradient_accumulation_steps;
    match part {
        Part::Library => text::HERE_LIBRARY.into(),
        Part::Model => here.model.as_ref().map_or_else(
            || text::HERE_LATER.into(),
            |(name, count)| text::here_model(name, *count),
        ),
        Part::Tokenizer => text::here_tokenizer(here.family).into(),
        Part::Padding => text::here_padding(here.family).into(),
        Part::Reviews => rows.map_or_else(|| text::HERE_LATER.into(), text::here_reviews),
        Part::Length => text::here_length(training.max_length),
        Part::Folder => text::HERE_FOLDER.into(),
        Part::Epochs if training.num_train_epochs > 0.0 => {
            text::here_epochs(training.num_train_epochs, in_a_step)
        }
        Part::Epochs => text::here_steps(training.total_steps, in_a_step, rows),
        Part::Batch => training.batch_size.to_string(),
        Part::Rate => short_number(training.learning_rate),
        Part::Warmup => text::here_warmup(training.warmup_steps, schedule_name(training.schedule)),
        Part::Loop => text::HERE_LOOP.into(),
        Part::Strategy => draft.kind.name().into(),
        Part::Rank => lora.rank.to_string(),
        Part::Alpha => short_number(lora.alpha),
        Part::Dropout => short_number(lora.dropout),
        Part::Targets => lora.target_modules.join(", "),
        Part::Count => here.trainable.map_or_else(
            || text::HERE_LATER.into(),
            |(some, all)| format!("{} of {}", format::count(some), format::count(all)),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_that_is_about_something_says_so_and_no_other() {
        for line in text::TRAINER.iter().chain(text::LORA) {
            assert_eq!(line.part.is_some(), !line.says.is_empty(), "{}", line.code);
        }
    }

    #[test]
    fn keys_walk_over_lines_that_say_nothing() {
        let first = walked(text::TRAINER, None, "ArrowDown").unwrap();
        assert!(text::TRAINER[first].part.is_some());
        let last = walked(text::TRAINER, None, "End").unwrap();
        assert_eq!(walked(text::TRAINER, Some(last), "ArrowDown"), Some(last));
        assert_eq!(walked(text::TRAINER, Some(first), "x"), None);
        assert_eq!(walked(&[], None, "Home"), None);
    }

    #[test]
    fn a_part_stands_for_the_setting_of_the_form() {
        let (draft, _) = Draft::from_query("rank=4&lr=2e-5&warmup=3&steps=9&batch=4");
        let here = Here {
            train_rows: Some(1095),
            ..Here::default()
        };
        let stands = |part| stands_here(part, &draft, &here);
        assert_eq!(stands(Part::Rank), "4");
        assert_eq!(stands(Part::Rate), "2e-5");
        assert!(stands(Part::Epochs).contains("9 steps of 4"));
        assert!(stands(Part::Reviews).contains("1,095"));
        assert_eq!(stands(Part::Model), text::HERE_LATER);
        let (draft, _) = Draft::from_query("batch=4&accumulate=2&epochs=3&examples=100");
        let stands = |part| stands_here(part, &draft, &here);
        assert_eq!(stands(Part::Epochs), "3 epochs in steps of 8");
        assert!(stands(Part::Reviews).contains("100"));
        let bert = Here {
            family: Family::Bert,
            ..here.clone()
        };
        assert!(stands_here(Part::Tokenizer, &draft, &bert).contains("[CLS]"));
    }

    #[test]
    fn each_part_is_listed_once() {
        let parts = parts(text::TRAINER);
        for part in &parts {
            assert_eq!(parts.iter().filter(|other| *other == part).count(), 1);
        }
    }
}
