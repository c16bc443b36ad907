//! The lines that the page writes are read as the settings that it had.

use clap::Parser;
use serde_json::Value;

use super::Arguments;
use crate::settings::{Family, TrainingSettings};

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    arguments: Arguments,
}

/// Written by the page's own test (`ui::script::command`): the two are never built together.
const KEPT: &str = include_str!("../../../tests/scripts/commands.jsonl");

#[test]
fn a_line_of_the_page_is_read_as_its_settings() {
    assert!(KEPT.lines().count() >= 9);
    for kept in KEPT.lines() {
        let kept: Value = serde_json::from_str(kept).unwrap();
        let command = kept["command"].as_str().unwrap();
        let words = command
            .split([' ', '\\', '\n'])
            .filter(|word| !word.is_empty());
        let Line { arguments } =
            Line::try_parse_from(words.skip(1)).unwrap_or_else(|e| panic!("{e}"));
        arguments.check().unwrap();
        let family = match command.contains("query") || command.contains("bitfit") {
            true => Family::Bert,
            false => Family::Gpt2,
        };
        let strategy = arguments.strategy((family, 4)).unwrap();
        let length = arguments.training.max_length.unwrap();
        let read = arguments.settings(strategy, length, 30).unwrap();
        let balanced_classes = arguments.tasks.is_balanced();
        let read = TrainingSettings {
            balanced_classes,
            ..read
        };
        let wanted: TrainingSettings = serde_json::from_value(kept["settings"].clone()).unwrap();
        assert_eq!(
            as_run(read, &arguments),
            as_run(wanted, &arguments),
            "{command}"
        );
    }
}

/// Without what the two say in different ways: epochs, which the command line turns into steps; the examples, which it draws
/// beforehand; and how often it looks at the validation split where that is not said.
fn as_run(settings: TrainingSettings, arguments: &Arguments) -> TrainingSettings {
    let has_epochs = arguments.training.steps.is_none();
    TrainingSettings {
        num_train_epochs: 0.0,
        max_train_samples: 0,
        total_steps: if has_epochs { 60 } else { settings.total_steps },
        eval_steps: arguments.training.eval_steps,
        ..settings
    }
}
