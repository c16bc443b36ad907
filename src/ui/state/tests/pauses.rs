//! Runs that wait, end, or are lost.

use super::*;

#[test]
fn a_pause_keeps_the_stage_and_only_a_resume_ends_it() {
    let run_id = RunId(4);
    let mut state = running(run_id);
    let mut hear = |event| {
        state.apply(from_engine(None, event));
        state.run.as_ref().unwrap().phase.clone()
    };
    let enter = |stage| Event::RunStageEntered { run_id, stage };
    use RunStage::{Preparing, ScoringAfter, ScoringBefore};
    hear(enter(Preparing));
    let paused = hear(Event::RunPaused { run_id, step: 0 });
    let stage = Preparing;
    assert_eq!(paused, Phase::Paused { step: 0, stage });
    assert_eq!(hear(Event::RunResumed { run_id }), Phase::Active { stage });
    // A word that comes twice changes nothing.
    assert_eq!(hear(Event::RunResumed { run_id }), Phase::Active { stage });
    hear(Event::RunPaused { run_id, step: 9 });
    let stage = ScoringAfter;
    assert_eq!(hear(enter(stage)), Phase::Paused { step: 9, stage });
    assert_ne!(stage, ScoringBefore);
}

#[test]
fn one_step_is_activity_until_the_pause_that_follows() {
    let run_id = RunId(4);
    let mut state = running(run_id);
    state.apply(from_engine(None, Event::RunPaused { run_id, step: 0 }));
    state.ask_only(asks::Step { run_id });
    assert_eq!(state.status(), Status::Training);
    state.apply(steps(run_id, 0));
    state.apply(from_engine(None, Event::RunPaused { run_id, step: 1 }));
    assert_eq!(state.status(), Status::Paused);
}

#[test]
fn cancelling_lasts_until_the_run_is_gone() {
    let run_id = RunId(4);
    let mut state = running(run_id);
    state.ask_only(asks::Cancel { run_id });
    let is_cancelling = |state: &State| state.run.as_ref().unwrap().is_cancelling();
    for late in [
        Event::RunPaused { run_id, step: 1 },
        Event::RunResumed { run_id },
        Event::RunStageEntered {
            run_id,
            stage: RunStage::Training,
        },
    ] {
        state.apply(from_engine(None, late));
        assert!(is_cancelling(&state));
    }
    let mut silent = state.clone();
    state.apply(from_engine(None, Event::RunCancelled { run_id, step: 1 }));
    silent.give_up(2);
    for state in [state, silent] {
        let phase = state.run.unwrap().phase;
        assert!(matches!(phase, Phase::Cancelled { .. }), "{phase:?}");
    }
}

#[test]
fn a_worker_that_fell_silent_is_told_of_until_the_next_run() {
    let mut state = running(RunId(4));
    assert_eq!(state.awaited(), Waiting::Run);
    state.give_up(21);
    state.restart(DeviceKind::Cpu);
    state.apply(ready(BUILD_ID));
    let lost = Cause::Lost {
        silent_seconds: 21,
        what: Silence::InRun,
    };
    assert_eq!(state.notices.list()[0].cause, lost);
    assert_eq!(state.awaited(), Waiting::Nothing);
    start_run(&mut state);
    assert!(state.notices.list().is_empty());
}

#[test]
fn a_paused_run_waits_for_the_learner_until_asked_to_go_on() {
    let run_id = RunId(4);
    let mut state = running(run_id);
    state.apply(from_engine(None, Event::RunPaused { run_id, step: 0 }));
    assert_eq!(state.awaited(), Waiting::Nothing);
    let resume = state.ask_only(asks::Resume { run_id });
    assert_eq!(state.awaited(), Waiting::Answer);
    state.apply(from_engine(resume.request_id, Event::RunResumed { run_id }));
    assert_eq!(state.awaited(), Waiting::Run);
}

#[test]
fn a_ping_is_asked_until_it_is_answered() {
    let mut state = running(RunId(4));
    let ping = state.ask_only(asks::Ping {});
    assert!(state.is_asked(AskKind::Ping));
    state.apply(from_engine(
        ping.request_id,
        answered(Reply::Ping(Arc::new(()))),
    ));
    assert!(!state.is_asked(AskKind::Ping));
}
