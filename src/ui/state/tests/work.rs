//! Work that comes piece by piece, and is paused and cancelled.

use super::*;
use crate::protocol::VerifiedQuantity;

fn row(case: &str) -> Event {
    Event::CaseVerified(VerifiedQuantity {
        case: case.into(),
        quantity: "logits".into(),
        max_absolute_error: 0.0,
        max_relative_error: 0.0,
        tolerance: "exact".into(),
        ok: true,
    })
}

fn verifying() -> (State, RequestId) {
    let mut state = State::default();
    state.apply(ready(BUILD_ID));
    let base_url = "reference/".into();
    let asked = state.ask_only(asks::Verify { base_url });
    (state, asked.request_id.unwrap())
}

#[test]
fn a_cancelled_text_stays_as_far_as_it_had_come() {
    let mut state = State::default();
    let ask = asks::Generate {
        prompt: "one".into(),
        max_new_tokens: 5,
        sampling: Sampling::Greedy,
        weights: WeightsChoice::Base,
    };
    let id = state.ask_only(ask).request_id;
    let token = |text: &str| Event::TokenGenerated { text: text.into() };
    state.apply(from_engine(id, token("a")));
    state.apply(from_engine(id, Event::Cancelled));
    // One that was on its way.
    state.apply(from_engine(id, token("b")));
    let (prompt, text) = ("one".into(), "a".into());
    assert_eq!(state.generation, Generation::Cancelled { prompt, text });
    assert!(!state.is_asked(AskKind::Generate));
}

#[test]
fn a_text_of_the_model_before_is_not_waited_for() {
    let mut state = State::default();
    state.apply(ready(BUILD_ID));
    let ask = asks::Generate {
        prompt: "one".into(),
        max_new_tokens: 5,
        sampling: Sampling::Greedy,
        weights: WeightsChoice::Base,
    };
    let id = state.ask_only(ask).request_id;
    state.ask_only(asks::LoadModel {
        name: "nano".into(),
        place: folder("models/nano/"),
    });
    let text = "a".into();
    state.apply(from_engine(id, Event::TokenGenerated { text }));
    assert_eq!(state.generation, Generation::Idle);
}

#[test]
fn a_paused_verification_is_not_waited_for() {
    let (mut state, id) = verifying();
    state.apply(from_engine(Some(id), row("a")));
    assert_eq!(state.awaited(), Waiting::Answer);
    let pause = state.ask_only(asks::PauseWork { request_id: id });
    assert!(!state.answers.is_paused(AskKind::Verify), "not yet");
    let paused = answered(Reply::PauseWork(Arc::new(id)));
    state.apply(from_engine(pause.request_id, paused));
    assert!(state.answers.is_paused(AskKind::Verify));
    assert_eq!(state.awaited(), Waiting::Nothing);
    let resume = state.ask_only(asks::ResumeWork { request_id: id });
    let resumed = answered(Reply::ResumeWork(Arc::new(id)));
    state.apply(from_engine(resume.request_id, resumed));
    assert_eq!(state.awaited(), Waiting::Answer);
    state.apply(from_engine(Some(id), row("b")));
    assert_eq!(state.verification.rows().len(), 2);
}

#[test]
fn rows_of_a_cancelled_verification_stay() {
    let (mut state, id) = verifying();
    state.apply(from_engine(Some(id), row("a")));
    state.apply(from_engine(Some(id), Event::Cancelled));
    assert!(matches!(state.verification, Verification::Cancelled { .. }));
    assert_eq!(state.verification.rows().len(), 1);
    assert_eq!(state.awaited(), Waiting::Nothing);
}
