//! Runs that begin as the one before take over what it found out before its first step.

use super::checkpoint_tests::{Ear, base, rows, setup, usual};
use super::helpers::{Crew, Nobody};
use super::run::{Beginning, Setup};
use super::wait::block_on;
use crate::protocol::{Event, RunId};
use crate::settings::{LoraSettings, PromptSettings, Strategy, TrainingSettings};

/// What was told before the first step, in how many units of work, and what of it the next run can have.
fn begun(
    settings: TrainingSettings,
    known: Option<&Beginning>,
) -> (Vec<Event>, usize, Option<Beginning>) {
    let (base, rows, ear) = (base(1), rows("good"), Ear::default());
    let setup = Setup {
        known: known.cloned(),
        ..setup(&base, &rows, settings)
    };
    let (mut run, _) = setup.run(RunId(1), &ear).unwrap();
    let mut crew = Crew::<Nobody<()>>::none();
    let mut units = 0;
    while run.step() == 0 {
        block_on(run.advance(&base, &mut crew, &ear)).unwrap();
        units += 1;
    }
    let is_found = |event: &Event| {
        matches!(
            event,
            Event::RunEvaluated { .. }
                | Event::GeneralScored { .. }
                | Event::SampleGenerated { .. }
        )
    };
    let told = ear.heard.take().into_iter().filter(is_found).collect();
    (told, units, run.take_beginning())
}

#[test]
fn what_the_run_before_found_out_is_told_and_not_found_out_again() {
    let full = TrainingSettings {
        strategy: Strategy::Full,
        ..usual()
    };
    let (of_lora, units, beginning) = begun(usual(), None);
    assert_eq!(of_lora.len(), 4, "a sample, the text, two splits");
    let (found, _, _) = begun(full.clone(), None);
    assert_eq!(found, of_lora, "both begin as the base model");
    let (recalled, fewer, again) = begun(full, beginning.as_ref());
    assert_eq!(recalled, of_lora);
    assert!(fewer < units, "{fewer} units of work instead of {units}");
    assert!(again.is_some(), "and the run after can have it");
}

#[test]
fn with_another_seed_only_the_general_text_is_known() {
    let other = TrainingSettings { seed: 9, ..usual() };
    let (_, _, beginning) = begun(usual(), None);
    let (found, units, _) = begun(other.clone(), None);
    let (told, fewer, _) = begun(other, beginning.as_ref());
    assert_eq!(told, found);
    assert_eq!(
        fewer + 1,
        units,
        "the whole text is one unit, and its end another"
    );
}

#[test]
fn a_run_that_begins_otherwise_finds_out_for_itself() {
    let (_, _, beginning) = begun(usual(), None);
    let dora = LoraSettings {
        use_dora: true,
        ..LoraSettings::default()
    };
    let others = [
        TrainingSettings {
            strategy: Strategy::Prompt(PromptSettings { virtual_tokens: 2 }),
            ..usual()
        },
        TrainingSettings {
            strategy: Strategy::Lora(dora),
            ..usual()
        },
    ];
    for settings in others {
        let (told, units, _) = begun(settings.clone(), None);
        let beside = begun(settings.clone(), beginning.as_ref());
        assert_eq!((beside.0, beside.1), (told, units), "{settings:?}");
    }
}
