//! Runs that wait.

use super::*;

#[test]
fn a_paused_run_answers_and_cancels() {
    let mut command = start(Strategy::Full);
    if let Command::StartRun(asks::StartRun { options, .. }) = &mut command {
        options.start_paused = true;
    }
    // The inbox closes after these: the paused run ends with the server.
    let events = say([load(), vec![command]].concat());
    assert!(
        matches!(events.last(), Some(Event::RunPaused { step: 0, .. })),
        "{:?}",
        events.last()
    );
}

#[test]
fn a_run_that_is_told_to_go_on_pauses_no_more_by_itself() {
    let mut command = start(Strategy::Full);
    if let Command::StartRun(asks::StartRun { options, .. }) = &mut command {
        options.start_paused = true;
    }
    // In the middle of the scoring, at whose end it would pause.
    let resume = Command::Resume(asks::Resume { run_id: RunId(1) });
    let events = say_interrupted([load(), vec![command]].concat(), Some((2, resume)));
    assert!(
        matches!(events.last(), Some(Event::RunFinished { .. })),
        "{:?}",
        events.last()
    );
}

#[test]
fn a_ping_is_answered_in_the_middle_of_a_run() {
    let commands = [load(), vec![start(Strategy::Full)]].concat();
    let events = say_interrupted(commands, Some((20, Command::Ping(asks::Ping {}))));
    let at = |wanted: fn(&Event) -> bool| events.iter().position(wanted);
    let pong = at(|event| matches!(event, Event::Answered(Reply::Ping(_)))).unwrap();
    assert!(pong < at(|event| matches!(event, Event::RunFinished { .. })).unwrap());
}

#[test]
fn a_pause_comes_after_the_numbers_of_every_step_made() {
    let pause = Command::Pause(asks::Pause { run_id: RunId(1) });
    let commands = [load(), vec![start(Strategy::Full)]].concat();
    let events = say_interrupted(commands, Some((20, pause)));
    let told = events.iter().rev().find_map(|e| match e {
        Event::StepsCompleted { progress, .. } => Some(progress.completed_steps),
        _ => None,
    });
    let is_answer = |event: &&Event| matches!(event, Event::Answered(_));
    match events.iter().rev().find(|event| !is_answer(event)) {
        Some(Event::RunPaused { step, .. }) => {
            assert!((1..40).contains(step), "paused within the run: {step}");
            assert_eq!(told, Some(*step));
        }
        other => panic!("the run should end paused, not {other:?}"),
    }
    let numbers: usize = events
        .iter()
        .map(|e| match e {
            Event::StepsCompleted { steps, .. } => steps.len(),
            _ => 0,
        })
        .sum();
    assert_eq!(Some(numbers), told, "each step told once");
}
