//! What the engine holds, and what the page may think it holds.

use super::*;
use crate::faults::Fault;
use crate::protocol::{Brought, MOST_ADAPTERS, Unscored};
use crate::settings::{Strategy, Task};
use crate::ui::state::fixture::model_info;

fn load_model(state: &mut State) {
    let load = state.ask_only(asks::LoadModel {
        name: "nano".into(),
        place: folder("models/nano/"),
    });
    let loaded = answered(Reply::LoadModel(Arc::new(model_info("nano"))));
    state.apply(from_engine(load.request_id, loaded));
}

fn measured_text(tokens: usize) -> Event {
    Event::GeneralTextLoaded(GeneralTextInfo {
        name: "stories".into(),
        tokens,
    })
}

fn summary() -> crate::protocol::RunSummary {
    let scores = Scores {
        examples: 1,
        loss_nats: 0.7,
        accuracy: 0.5,
        hard_accuracy: None,
        hard_examples: 0,
        own: Default::default(),
    };
    crate::protocol::RunSummary {
        test: crate::protocol::SplitSummary {
            before: scores,
            after: scores,
            confusion: crate::protocol::Confusion { counts: Vec::new() },
            by_label: Vec::new(),
            mistakes: Vec::new(),
            verdicts: Default::default(),
            classes: None,
        },
        validation: None,
        frozen_proof: crate::protocol::FrozenProof {
            tensors: 0,
            parameters: 0,
            hash_before: String::new(),
            hash_after: String::new(),
            changed_trainable_tensors: 0,
            trainable_tensors: 0,
        },
        training_millis: 1.0,
        total_millis: 2.0,
        adapter_bytes: 0,
        peak_memory_bytes: None,
    }
}

fn adapter(run_id: RunId) -> Event {
    Event::AdapterKept(crate::protocol::AdapterInfo {
        run_id,
        name: String::new(),
        task: Default::default(),
        rank: 8,
        alpha: 16.0,
        parameters: 1,
    })
}

/// A run from its start to its end, of which the engine has yet to say that it keeps the adapter.
fn finished_run(state: &mut State, run_id: RunId) {
    let request_id = start_run(state);
    state.apply(from_engine(Some(request_id), started(run_id)));
    let summary = summary();
    state.apply(from_engine(None, Event::RunFinished { run_id, summary }));
}

#[test]
fn the_general_text_belongs_to_the_model_that_was_asked_with_it() {
    let mut state = State::default();
    state.apply(ready(BUILD_ID));
    load_model(&mut state);
    let load = |state: &mut State| {
        state.ask_only(asks::LoadGeneralText {
            name: "stories".into(),
            url: "data/stories.txt".into(),
            passages_url: None,
        })
    };
    let asked = load(&mut state);
    state.apply(from_engine(asked.request_id, measured_text(4096)));
    assert_eq!(state.general_text.as_ref().unwrap().tokens, 4096);
    load_model(&mut state);
    assert_eq!(
        state.general_text, None,
        "those were another model's tokens"
    );
    assert!(state.has_general_source, "it need not be fetched again");
    // The engine has measured it anew by itself.
    state.apply(from_engine(None, measured_text(2048)));
    assert_eq!(state.general_text.as_ref().unwrap().tokens, 2048);
    state.restart(DeviceKind::Cpu);
    state.apply(ready(BUILD_ID));
    assert_eq!(state.general_text, None);
    assert!(!state.has_general_source, "a fresh worker has to fetch it");
}

#[test]
fn an_adapter_from_elsewhere_answers_until_the_next_run_and_is_not_packed_as_the_last_ones() {
    let mut state = State::default();
    state.apply(ready(BUILD_ID));
    load_model(&mut state);
    finished_run(&mut state, RunId(1));
    assert!(state.has_runs_result());
    let ask = state.ask_only(asks::BringAdapter {
        name: "mine".into(),
        files: Vec::new(),
        split: Split::Validation,
    });
    state.apply(from_engine(None, adapter(RunId(2))));
    let brought = Brought {
        name: "mine".into(),
        strategy: Strategy::Lora(Default::default()),
        task: Task::TokenClassification,
        labels: vec!["O".into()],
        parameters: 8,
        run_id: Some(RunId(2)),
        split: Split::Validation,
        scores: Err(Unscored::NoData),
    };
    let reply = Event::Answered(Reply::BringAdapter(brought.into()));
    state.apply(from_engine(ask.request_id, reply));
    assert!(state.has_result() && !state.has_runs_result());
    let learnt = state.learnt().unwrap();
    assert_eq!(
        (learnt.task, &*learnt.dataset),
        (Task::TokenClassification, "mine")
    );
    assert_eq!(state.adapters.last().unwrap().learnt.dataset, "mine");
    finished_run(&mut state, RunId(3));
    assert!(state.has_runs_result());
    assert_ne!(&*state.learnt().unwrap().dataset, "mine");
}

#[test]
fn another_model_and_a_fresh_worker_hold_nothing_that_was_tuned() {
    let mut state = State::default();
    state.apply(ready(BUILD_ID));
    load_model(&mut state);
    finished_run(&mut state, RunId(1));
    state.apply(from_engine(None, adapter(RunId(1))));
    let probe = state.ask_only(asks::Probe {
        text: "of the old base".into(),
        weights: WeightsChoice::Base,
    });
    let error = EngineError::new(ErrorKind::State, Fault::foreign("of the old base"));
    state.apply(from_engine(probe.request_id, Event::Failed(error)));
    assert_ne!(state.answer::<asks::Probe>(), Answer::Idle);
    assert!(state.has_result() && state.learnt().is_some());
    let mut other = state.clone();
    load_model(&mut other);
    let mut fresh = state.clone();
    fresh.crash("unreachable executed");
    assert!(!fresh.has_result(), "at once");
    fresh.restart(DeviceKind::Cpu);
    fresh.apply(ready(BUILD_ID));
    for state in [other, fresh] {
        assert!(!state.has_result() && state.learnt().is_none());
        assert!(
            state.run.as_ref().unwrap().summary().is_some(),
            "it stays readable"
        );
        assert_eq!(state.answer::<asks::Probe>(), Answer::Idle);
        assert!(state.adapters.is_empty());
    }
}

#[test]
fn adapters_of_all_runs_of_a_set_are_kept_and_the_oldest_go_first() {
    let mut state = State::default();
    state.apply(ready(BUILD_ID));
    let mut engine = Vec::new();
    for id in 1..=15 {
        let run_id = RunId(id);
        finished_run(&mut state, run_id);
        // The next run of the set begins before the word about this one's adapter arrives.
        start_run(&mut state);
        state.apply(from_engine(None, adapter(run_id)));
        if engine.len() == MOST_ADAPTERS {
            engine.remove(0);
        }
        engine.push(run_id);
        let shown: Vec<RunId> = state.adapters.iter().map(|kept| kept.info.run_id).collect();
        assert_eq!(shown, engine);
    }
    assert!(
        state
            .adapters
            .iter()
            .all(|kept| kept.learning_rate.is_some())
    );
}

#[test]
fn an_answer_about_another_model_or_run_is_dropped() {
    let mut state = State::default();
    state.apply(ready(BUILD_ID));
    load_model(&mut state);
    let late = |state: &mut State, id, reply| state.apply(from_engine(id, answered(reply)));
    let updates = || {
        let matrices = Vec::new();
        Reply::InspectUpdates(Arc::new(crate::protocol::Updates { matrices }))
    };
    let asked = state.ask_only(asks::InspectUpdates {});
    load_model(&mut state);
    late(&mut state, asked.request_id, updates());
    assert_eq!(state.answer::<asks::InspectUpdates>(), Answer::Idle);
    let tagged = || {
        let (text, spans) = ("a".into(), Vec::new());
        Reply::Tag(Arc::new(crate::protocol::Tagged { text, spans }))
    };
    let asked = state.ask_only(asks::Tag { text: "a".into() });
    start_run(&mut state);
    late(&mut state, asked.request_id, tagged());
    assert_eq!(state.answer::<asks::Tag>(), Answer::Idle);
    // What was asked after another blend is that blend's own word.
    let blend = state.ask_only(asks::BlendAdapters {
        parts: Vec::new(),
        merged: false,
    });
    let asked = state.ask_only(asks::Tag { text: "a".into() });
    let blended = crate::protocol::Blend {
        parts: Vec::new(),
        merged: false,
        added_parameters: 0,
    };
    late(
        &mut state,
        blend.request_id,
        Reply::BlendAdapters(Arc::new(blended)),
    );
    late(&mut state, asked.request_id, tagged());
    assert!(state.answer::<asks::Tag>().done().is_some());
    assert!(state.answer::<asks::BlendAdapters>().done().is_some());
}
