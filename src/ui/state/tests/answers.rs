//! Answers: each to its own ask, and of its type.

use super::*;

#[test]
fn two_questions_for_the_next_token_are_kept_apart() {
    let mut state = State::default();
    let probe = |text: &str| asks::Probe {
        text: text.into(),
        weights: crate::protocol::WeightsChoice::Base,
    };
    let answer = |token: &str| crate::protocol::Probe {
        tokens: vec![token.into()],
        attention: Vec::new(),
        layers: 0,
        heads: 0,
        hidden_norms: Vec::new(),
        next: Vec::new(),
    };
    let other = Slot::Named("blank");
    let lesson = state.ask_only(probe("The king"));
    let blank = state.ask(other, probe("They put"));
    for (frame, token) in [(blank, "blank"), (lesson, "lesson")] {
        let found = Arc::new(answer(token));
        let event = answered(Reply::Probe(found));
        state.apply(from_engine(frame.request_id, event));
    }
    let told = |slot| {
        let found = state.answers.get::<asks::Probe>(slot);
        found.done().unwrap().tokens[0].clone()
    };
    assert_eq!(told(Slot::Only), "lesson");
    assert_eq!(told(other), "blank");
}

#[test]
fn an_answer_is_of_the_type_that_was_asked_for_or_is_none() {
    let mut state = State::default();
    let tag = state.ask_only(asks::Tag { text: "a".into() });
    let ping = answered(Reply::Ping(Arc::new(())));
    state.apply(from_engine(tag.request_id, ping));
    assert!(state.answer::<asks::Tag>().is_going(), "no answer to this");
    let (text, spans) = ("a".into(), Vec::new());
    let tagged = crate::protocol::Tagged { text, spans };
    let reply = Reply::Tag(Arc::new(tagged));
    state.apply(from_engine(tag.request_id, answered(reply)));
    assert_eq!(state.answer::<asks::Tag>().done().unwrap().text, "a");
}

#[test]
fn what_failed_where_it_was_asked_is_said_there() {
    let mut state = State::default();
    let error = || EngineError::new(ErrorKind::State, Fault::foreign("make a run first"));
    let tag = state.ask_only(asks::Tag { text: "a".into() });
    state.apply(from_engine(tag.request_id, Event::Failed(error())));
    assert_eq!(state.answer::<asks::Tag>(), Answer::Failed(error()));
    assert!(state.notices.list().is_empty());
    let pause = state.ask_only(asks::Pause { run_id: RunId(1) });
    state.apply(from_engine(pause.request_id, Event::Failed(error())));
    assert_eq!(state.notices.list().len(), 1);
}
