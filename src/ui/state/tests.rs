use super::*;
use crate::protocol::{
    BUILD_ID, EngineError, ErrorKind, Event, PROTOCOL_VERSION, RequestId, RunId, RunOptions,
    RunProgress, RunStage, Scores, Split, StepMetrics, WeightsChoice,
};
use crate::settings::{Sampling, TrainingSettings};

fn from_engine(request_id: Option<RequestId>, body: Event) -> Frame<Event> {
    Frame { request_id, body }
}

fn device() -> DeviceInfo {
    DeviceInfo {
        kind: DeviceKind::Cpu,
        description: "CPU".into(),
        is_software: false,
    }
}

fn ready(build_id: &str) -> Frame<Event> {
    from_engine(
        None,
        Event::Ready {
            protocol_version: PROTOCOL_VERSION,
            build_id: build_id.into(),
            device: device(),
        },
    )
}

fn plan() -> RunPlan {
    RunPlan {
        strategy: "lora".into(),
        parameters: Vec::new(),
        matched_modules: Vec::new(),
        gradient_bytes: 0,
        optimizer_bytes: 0,
    }
}

fn start_run(state: &mut State) -> RequestId {
    let frame = state.ask(Command::StartRun {
        settings: TrainingSettings::default(),
        options: RunOptions {
            evaluations: 8,
            sample_prompt: String::new(),
            sample_tokens: 0,
            start_paused: false,
        },
    });
    frame.request_id.unwrap()
}

fn steps(run_id: RunId, step: usize) -> Frame<Event> {
    from_engine(
        None,
        Event::StepsCompleted {
            run_id,
            steps: vec![StepMetrics {
                step,
                epoch: 0.0,
                loss_nats: 0.7,
                learning_rate: 1e-3,
                gradient_norm: 1.0,
                remedy_loss_nats: 0.0,
                step_millis: 10.0,
            }],
            progress: RunProgress {
                completed_steps: step + 1,
                total_steps: 200,
                remaining_millis: 1.0,
            },
        },
    )
}

fn running(run_id: RunId) -> State {
    let mut state = State::default();
    state.apply(ready(BUILD_ID));
    let request_id = start_run(&mut state);
    let plan = plan();
    state.apply(from_engine(
        Some(request_id),
        Event::RunStarted {
            run_id,
            plan,
            total_steps: 200,
        },
    ));
    state
}

#[test]
fn a_worker_of_another_build_asks_for_a_reload() {
    let mut state = State::default();
    state.apply(ready("yesterday"));
    assert_eq!(state.status(), Status::Failed);
    assert!(matches!(state.notices.list()[0].cause, Cause::Stale { .. }));
}

#[test]
fn a_model_arrives_with_progress_or_fails_with_a_notice() {
    let mut state = State::default();
    state.apply(ready(BUILD_ID));
    let id = state
        .ask(Command::LoadModel {
            name: "nano".into(),
            base_url: "models/nano/".into(),
            sha256: None,
        })
        .request_id;
    assert_eq!(state.status(), Status::Loading);
    state.apply(from_engine(
        id,
        Event::DownloadProgressed {
            file: "model.safetensors".into(),
            received_bytes: 5,
            total_bytes: Some(10),
        },
    ));
    let Engine::Loading { progress, .. } = &state.engine else {
        panic!("still loading");
    };
    assert_eq!(progress.unwrap().fraction(), Some(0.5));
    let error = EngineError::new(ErrorKind::Model, "model.safetensors is cut short");
    state.apply(from_engine(id, Event::Failed(error)));
    assert_eq!(state.status(), Status::Failed);
    assert_eq!(state.notices.list().len(), 1);
}

#[test]
fn a_run_goes_from_start_to_pause_and_on() {
    let run_id = RunId(4);
    let mut state = running(run_id);
    assert_eq!(state.status(), Status::Training);
    state.apply(from_engine(
        None,
        Event::RunStageEntered {
            run_id,
            stage: RunStage::Training,
        },
    ));
    state.apply(steps(run_id, 0));
    state.apply(from_engine(None, Event::RunPaused { run_id, step: 1 }));
    assert_eq!(state.status(), Status::Paused);
    state.apply(steps(run_id, 1));
    assert_eq!(state.run.as_ref().unwrap().completed_steps(), 2);
    state.apply(from_engine(None, Event::RunResumed { run_id }));
    assert_eq!(state.status(), Status::Training);
    state.apply(from_engine(None, Event::RunCancelled { run_id, step: 2 }));
    assert_eq!(state.status(), Status::Ready);
}

#[test]
fn events_of_an_old_run_are_ignored() {
    let mut state = running(RunId(1));
    state.apply(steps(RunId(1), 0));
    start_run(&mut state);
    let before = state.clone();
    state.apply(steps(RunId(1), 1));
    state.apply(from_engine(
        None,
        Event::RunCancelled {
            run_id: RunId(1),
            step: 2,
        },
    ));
    assert_eq!(state, before);
}

#[test]
fn a_start_that_answers_an_older_ask_is_ignored() {
    let mut state = State::default();
    state.apply(ready(BUILD_ID));
    let old = start_run(&mut state);
    start_run(&mut state);
    let plan = plan();
    state.apply(from_engine(
        Some(old),
        Event::RunStarted {
            run_id: RunId(1),
            plan,
            total_steps: 200,
        },
    ));
    assert_eq!(state.run.unwrap().id, None);
}

#[test]
fn tokens_of_a_forgotten_prompt_are_ignored() {
    let mut state = State::default();
    let mut ask = |prompt: &str| {
        state
            .ask(Command::Generate {
                prompt: prompt.into(),
                max_new_tokens: 5,
                sampling: Sampling::Greedy,
                weights: WeightsChoice::Base,
            })
            .request_id
    };
    let (old, new) = (ask("one"), ask("two"));
    for (id, text) in [(new, "a"), (old, "x"), (new, "b")] {
        state.apply(from_engine(id, Event::TokenGenerated { text: text.into() }));
    }
    assert_eq!(
        state.generation,
        Generation::Going {
            prompt: "two".into(),
            text: "ab".into()
        }
    );
}

#[test]
fn test_scores_before_and_after_are_told_apart_from_validation() {
    let run_id = RunId(1);
    let mut state = running(run_id);
    let scores = |accuracy| Scores {
        examples: 400,
        loss_nats: 0.7,
        accuracy,
        hard_accuracy: None,
        hard_examples: 0,
        own: Default::default(),
    };
    for (step, split, accuracy) in [
        (0, Split::Test, 0.5),
        (25, Split::Validation, 0.7),
        (200, Split::Test, 0.8),
    ] {
        state.apply(from_engine(
            None,
            Event::RunEvaluated {
                run_id,
                step,
                split,
                scores: scores(accuracy),
            },
        ));
    }
    let run = state.run.unwrap();
    assert_eq!(run.scores_before().unwrap().accuracy, 0.5);
    assert_eq!(run.scores_after().unwrap().accuracy, 0.8);
}

#[test]
fn a_crash_ends_the_run_and_a_restart_clears_the_way() {
    let mut state = running(RunId(1));
    state.crash("unreachable executed");
    assert_eq!(state.status(), Status::Failed);
    assert!(matches!(
        state.run.as_ref().unwrap().phase,
        Phase::Failed { .. }
    ));
    state.restart(DeviceKind::Cpu);
    assert_eq!(state.status(), Status::Loading);
    state.apply(ready(BUILD_ID));
    assert_eq!(state.status(), Status::Ready);
}

#[test]
fn the_same_trouble_is_told_once() {
    let mut state = State::default();
    for _ in 0..3 {
        state.notices.add(Cause::Address(vec!["rank=x".into()]));
    }
    assert_eq!(state.notices.list().len(), 1);
}

impl State {
    fn ask(&mut self, command: Command) -> Frame<Command> {
        self.ask_about(Subject::of(&command), command)
    }
}

#[test]
fn two_questions_for_the_next_token_are_kept_apart() {
    let mut state = State::default();
    let probe = |text: &str| Command::Probe {
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
    let lesson = state.ask(probe("The king"));
    let blank = state.ask_about(Subject::Blank, probe("They put"));
    for (frame, token) in [(blank, "blank"), (lesson, "lesson")] {
        state.apply(Frame {
            request_id: frame.request_id,
            body: Event::Probed(answer(token)),
        });
    }
    let told = |found: &Answer<crate::protocol::Probe>| found.done().unwrap().tokens[0].clone();
    assert_eq!(told(&state.insights.probe), "lesson");
    assert_eq!(told(&state.insights.blank), "blank");
}

#[test]
fn a_fresh_worker_holds_no_encoder() {
    let mut state = State::default();
    let load = state.ask(Command::LoadEncoder {
        name: "mini-bert".into(),
        base_url: "b".into(),
        sha256: None,
    });
    state.apply(Frame {
        request_id: load.request_id,
        body: Event::DownloadProgressed {
            file: "model.safetensors".into(),
            received_bytes: 1,
            total_bytes: Some(2),
        },
    });
    assert_eq!(
        state.insights.encoder_progress.unwrap().fraction(),
        Some(0.5)
    );
    assert!(state.insights.encoder.is_going());
    state.insights.lose_encoder();
    assert_eq!(state.insights.encoder, Answer::Idle);
    assert_eq!(state.insights.encoder_progress, None);
}

fn nano() -> crate::protocol::ModelInfo {
    crate::protocol::ModelInfo {
        name: "nano".into(),
        family: crate::settings::Family::Gpt2,
        speech: crate::protocol::Speech::NextToken,
        layers: 1,
        heads: 1,
        width: 4,
        vocabulary: 8,
        context: 8,
        weights_bytes: 0,
        weights_were_kept: false,
        load_millis: 0.0,
        parameters: Vec::new(),
    }
}

fn load_model(state: &mut State) {
    let load = state.ask(Command::LoadModel {
        name: "nano".into(),
        base_url: "models/nano/".into(),
        sha256: None,
    });
    state.apply(from_engine(load.request_id, Event::ModelLoaded(nano())));
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
        before: scores,
        after: scores,
        confusion: crate::protocol::Confusion { counts: Vec::new() },
        by_label: Vec::new(),
        mistakes: Vec::new(),
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
    let started = Event::RunStarted {
        run_id,
        plan: plan(),
        total_steps: 200,
    };
    state.apply(from_engine(Some(request_id), started));
    let summary = summary();
    state.apply(from_engine(None, Event::RunFinished { run_id, summary }));
}

#[test]
fn the_general_text_belongs_to_the_model_that_was_asked_with_it() {
    let mut state = State::default();
    state.apply(ready(BUILD_ID));
    load_model(&mut state);
    let load = |state: &mut State| {
        state.ask(Command::LoadGeneralText {
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
fn another_model_and_a_fresh_worker_hold_nothing_that_was_tuned() {
    let mut state = State::default();
    state.apply(ready(BUILD_ID));
    load_model(&mut state);
    finished_run(&mut state, RunId(1));
    state.apply(from_engine(None, adapter(RunId(1))));
    state.insights.probe = Answer::Failed(EngineError::new(ErrorKind::State, "of the old base"));
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
        assert!(state.run.unwrap().summary().is_some(), "it stays readable");
        assert!(state.insights.adapters.is_empty());
        assert_eq!(state.insights.probe, Answer::Idle);
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
        let shown: Vec<RunId> = state
            .insights
            .adapters
            .iter()
            .map(|kept| kept.info.run_id)
            .collect();
        assert_eq!(shown, engine);
    }
    assert!(
        state
            .insights
            .adapters
            .iter()
            .all(|kept| kept.learning_rate > 0.0)
    );
}

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
    state.ask(Command::Step { run_id });
    assert_eq!(state.status(), Status::Training);
    state.apply(steps(run_id, 0));
    state.apply(from_engine(None, Event::RunPaused { run_id, step: 1 }));
    assert_eq!(state.status(), Status::Paused);
}

#[test]
fn cancelling_lasts_until_the_run_is_gone() {
    let run_id = RunId(4);
    let mut state = running(run_id);
    state.ask(Command::Cancel { run_id });
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
    let resume = state.ask(Command::Resume { run_id });
    assert_eq!(state.awaited(), Waiting::Answer);
    state.apply(from_engine(resume.request_id, Event::RunResumed { run_id }));
    assert_eq!(state.awaited(), Waiting::Run);
}

#[test]
fn a_ping_is_asked_until_it_is_answered() {
    let mut state = running(RunId(4));
    let ping = state.ask(Command::Ping);
    assert!(state.is_asked(Subject::Ping));
    state.apply(from_engine(ping.request_id, Event::Ponged));
    assert!(!state.is_asked(Subject::Ping));
}
