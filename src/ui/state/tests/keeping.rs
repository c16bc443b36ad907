//! Runs that outlive the page.

use std::sync::Arc;

use super::*;
use crate::faults::Fault;
use crate::protocol::{Keeping, KeptRun};

fn found() -> Event {
    let run = KeptRun {
        note: "mine".into(),
        step: 2,
        total_steps: 200,
        bytes: 9,
    };
    Event::Answered(Reply::FindKeptRun(Arc::new(Keeping::Here(Some(run)))))
}

/// A fresh page that knows of a kept run and has asked for it.
fn resuming() -> (State, Option<RequestId>) {
    let mut state = State::default();
    state.apply(ready(BUILD_ID));
    let id = state.ask_only(asks::FindKeptRun {}).request_id;
    state.apply(from_engine(id, found()));
    assert!(state.answer::<asks::FindKeptRun>().done().is_some());
    let id = state.ask_only(asks::ResumeKeptRun {}).request_id;
    (state, id)
}

#[test]
fn a_resumed_run_has_its_whole_curve_and_is_offered_no_more() {
    let (mut state, id) = resuming();
    assert_eq!(state.answer::<asks::FindKeptRun>(), Answer::Idle);
    let run_id = RunId(7);
    let Event::Answered(Reply::StartRun(start)) = started(run_id) else {
        panic!("a run starts so");
    };
    let answer = Event::Answered(Reply::ResumeKeptRun(start));
    state.apply(from_engine(id, answer));
    assert_eq!(state.status(), Status::Training);
    for step in 0..3 {
        state.apply(steps(run_id, step));
    }
    let run = state.run.as_ref().unwrap();
    assert_eq!((run.id, run.completed_steps()), (Some(run_id), 3));
}

#[test]
fn a_kept_run_that_is_refused_fails_with_a_notice() {
    let (mut state, id) = resuming();
    let error = EngineError::new(ErrorKind::Data, Fault::foreign("other data"));
    state.apply(from_engine(id, Event::Failed(error.clone())));
    let kind = Some(AskKind::ResumeKeptRun);
    assert_eq!(state.notices.list()[0].cause, Cause::Ask { kind, error });
    assert!(!state.run.as_ref().unwrap().is_going());
}

#[test]
fn a_run_says_when_it_was_kept_and_when_it_no_longer_is() {
    let run_id = RunId(4);
    let mut state = running(run_id);
    let kept = |step| Event::RunKept {
        run_id,
        step,
        bytes: 9,
    };
    state.apply(from_engine(None, kept(5)));
    assert_eq!(state.run.as_ref().unwrap().kept, Some((5, 9)));
    let reason = Fault::foreign("no room");
    let event = Event::RunNotKept {
        run_id,
        reason: reason.clone(),
    };
    state.apply(from_engine(None, event));
    assert_eq!(state.run.as_ref().unwrap().kept, None);
    assert_eq!(state.notices.list()[0].cause, Cause::NotKept { reason });
    assert!(state.run.as_ref().unwrap().is_going());
}
