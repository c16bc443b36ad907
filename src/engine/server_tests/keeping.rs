//! Runs that outlive the engine.

use super::*;
use crate::engine::keeping::tests::Memory;

/// A run that the page wants kept, slow enough by the test's clock to be kept on the way.
fn kept_start() -> Command {
    let mut command = start(Strategy::Lora(Default::default()));
    if let Command::StartRun(asks::StartRun { options, .. }) = &mut command {
        options.kept_as = Some("mine".into());
    }
    command
}

/// What is told of a run of 300 steps that is kept there.
fn a_long_run(memory: &Memory) -> Vec<Event> {
    let mut command = kept_start();
    if let Command::StartRun(asks::StartRun { settings, .. }) = &mut command {
        settings.total_steps = 300;
    }
    let commands = [load(), vec![command]].concat();
    say_with(with(memory), commands, None, Vec::new())
}

fn with(memory: &Memory) -> TestHost {
    TestHost {
        vault: Some(memory.clone()),
        ..host()
    }
}

fn find() -> Command {
    asks::FindKeptRun {}.into()
}

fn resume() -> Command {
    asks::ResumeKeptRun {}.into()
}

fn steps(events: &[Event]) -> Vec<(usize, f32)> {
    let told = events.iter().filter_map(|event| match event {
        Event::StepsCompleted { steps, .. } => Some(steps),
        _ => None,
    });
    let told = told.flatten();
    told.map(|step| (step.step, step.loss_nats)).collect()
}

fn has_ended(events: &[Event]) -> bool {
    let is_end = |event: &Event| matches!(event, Event::RunFinished { .. });
    events.iter().any(is_end)
}

/// What the engine says of a kept run.
fn found(events: &[Event]) -> Keeping {
    let found = events.iter().rev().find_map(|event| match event {
        Event::Answered(Reply::FindKeptRun(keeping)) => Some((**keeping).clone()),
        _ => None,
    });
    found.expect("it says")
}

fn kept_steps(events: &[Event]) -> Vec<usize> {
    let kept = events.iter().filter_map(|event| match event {
        Event::RunKept { step, .. } => Some(*step),
        _ => None,
    });
    kept.collect()
}

/// An engine that goes away in the middle of a run, paused after so many breaths.
fn broken_off(memory: &Memory, breaths: usize) -> Vec<Event> {
    let pause = Command::Pause(asks::Pause { run_id: RunId(1) });
    let commands = [load(), vec![kept_start()]].concat();
    say_with(with(memory), commands, Some((breaths, pause)), Vec::new())
}

#[test]
fn another_engine_goes_on_with_a_paused_run_to_the_same_end() {
    let whole = say([load(), vec![kept_start()]].concat());
    let memory = Memory::default();
    let broken = broken_off(&memory, 30);
    let step = *kept_steps(&broken).last().expect("a pause keeps the run");
    assert!((1..40).contains(&step), "{step}");
    let commands = [load(), vec![find(), resume(), find()]].concat();
    let events = say_with(with(&memory), commands, None, vec![(IS_OVER, find())]);
    assert!(errors(&events).is_empty(), "{:?}", errors(&events));
    let first = events.iter().find_map(|event| match event {
        Event::Answered(Reply::FindKeptRun(keeping)) => Some(&**keeping),
        _ => None,
    });
    let Some(Keeping::Here(Some(run))) = first else {
        panic!("{first:?}");
    };
    assert_eq!(
        (run.step, run.total_steps, &run.note[..]),
        (step, 40, "mine")
    );
    assert_eq!(steps(&events), steps(&whole));
    let summary = |events: &[Event]| {
        events.iter().find_map(|event| match event {
            Event::RunFinished { summary, .. } => Some((
                summary.test.clone(),
                summary.validation.clone(),
                summary.frozen_proof.clone(),
            )),
            _ => None,
        })
    };
    assert!(summary(&whole).is_some());
    assert_eq!(summary(&events), summary(&whole));
    assert_eq!(found(&events), Keeping::Here(None), "it has ended");
    assert!(memory.files.borrow().is_empty());
}

#[test]
fn a_run_is_kept_on_its_way_and_no_more_than_its_time_allows() {
    let memory = Memory::default();
    let events = a_long_run(&memory);
    let kept = kept_steps(&events);
    assert!(kept.len() > 1 && kept.len() < 50, "{kept:?}");
    assert_eq!(steps(&events).len(), 300);
}

#[test]
fn a_full_store_is_told_once_and_the_run_goes_on() {
    let memory = Memory::default();
    memory.room.set(1000);
    let events = a_long_run(&memory);
    let told = events.iter().filter_map(|event| match event {
        Event::RunNotKept { reason, .. } => Some(reason.to_string()),
        _ => None,
    });
    assert_eq!(told.collect::<Vec<_>>(), ["there is no room"]);
    assert!(has_ended(&events));
}

#[test]
fn a_store_that_another_tab_has_is_told_and_nothing_is_kept() {
    let events = say([load(), vec![find(), kept_start(), resume()]].concat());
    assert_eq!(found(&events), Keeping::Elsewhere);
    assert!(kept_steps(&events).is_empty());
    assert!(has_ended(&events));
}

#[test]
fn a_kept_run_that_does_not_fit_is_refused_and_stays() {
    let memory = Memory::default();
    broken_off(&memory, 30);
    let other = Command::LoadDataset(asks::LoadDataset {
        name: "stories".into(),
        url: "stories.txt".into(),
        reading: Reading::OfTask(crate::settings::Task::CausalLm),
    });
    let commands = [load(), vec![other, resume(), find()]].concat();
    let events = say_with(with(&memory), commands, None, Vec::new());
    assert_eq!(errors(&events).len(), 1);
    assert!(matches!(found(&events), Keeping::Here(Some(_))));
    let discard = asks::DiscardKeptRun {}.into();
    let events = say_with(with(&memory), vec![discard, find()], None, Vec::new());
    assert_eq!(found(&events), Keeping::Here(None));
}

#[test]
fn a_cancelled_run_and_one_that_has_diverged_leave_nothing() {
    let memory = Memory::default();
    let lines: Vec<(Cue, Command)> = vec![(
        |event| matches!(event, Event::RunKept { .. }),
        Command::Cancel(asks::Cancel { run_id: RunId(1) }),
    )];
    let mut command = kept_start();
    if let Command::StartRun(asks::StartRun { settings, .. }) = &mut command {
        settings.total_steps = 300;
    }
    let events = say_with(with(&memory), [load(), vec![command]].concat(), None, lines);
    assert!(
        events
            .iter()
            .any(|e| matches!(e, Event::RunCancelled { .. }))
    );
    assert!(memory.files.borrow().is_empty());
}

#[test]
fn a_workspace_goes_out_and_comes_in_with_its_run() {
    let memory = Memory::default();
    broken_off(&memory, 30);
    let pack = asks::PackWorkspace {
        name: "mine".into(),
        texts: vec![TextFile {
            name: "answers.json".into(),
            text: "{}".into(),
        }],
        data_url: Some("r.csv".into()),
    };
    let events = say_with(with(&memory), vec![pack.into()], None, Vec::new());
    let archive = events.iter().find_map(|event| match event {
        Event::Answered(Reply::PackWorkspace(archive)) => Some(archive.bytes.clone()),
        _ => None,
    });
    let archive = archive.expect("it is packed");
    let elsewhere = Memory::default();
    let unpack = |bytes: &[u8]| {
        let mut host = with(&elsewhere);
        host.files.insert("w.zip".into(), bytes.to_vec());
        let ask = asks::UnpackWorkspace {
            url: "w.zip".into(),
        };
        say_with(host, vec![ask.into(), find()], None, Vec::new())
    };
    let cut = unpack(&archive[..archive.len() / 2]);
    assert!(errors(&cut)[0].to_string().contains("cannot be opened"));
    assert_eq!(found(&cut), Keeping::Here(None));
    let opened = |events: &[Event]| {
        let workspace = events.iter().find_map(|event| match event {
            Event::Answered(Reply::UnpackWorkspace(workspace)) => Some((**workspace).clone()),
            _ => None,
        });
        workspace.expect("it is opened")
    };
    let events = unpack(&archive);
    let workspace = opened(&events);
    assert_eq!(workspace.texts[0].text, "{}");
    assert_eq!(workspace.data, host().files.remove("r.csv"));
    assert_eq!(workspace.run_refused, None);
    assert!(matches!(found(&events), Keeping::Here(Some(_))));
    // What waits here is not thrown away for what comes.
    let again = opened(&unpack(&archive));
    assert!(
        again
            .run_refused
            .is_some_and(|why| why.to_string().contains("already"))
    );
    let commands = [load(), vec![resume()]].concat();
    let events = say_with(with(&elsewhere), commands, None, Vec::new());
    assert!(has_ended(&events));
}
