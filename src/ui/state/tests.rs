use super::*;
use crate::faults::Fault;
use crate::protocol::{
    BUILD_ID, EngineError, ErrorKind, Event, ModelPlace, PROTOCOL_VERSION, Reply, RequestId, RunId,
    RunOptions, RunProgress, RunStage, RunStart, Scores, Split, StepMetrics, WeightsChoice, asks,
};
use crate::settings::{Sampling, TrainingSettings};

mod answers;
mod holdings;
mod keeping;
mod losses;
mod pauses;
mod work;

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

fn folder(url: &str) -> ModelPlace {
    let url = url.into();
    ModelPlace::Folder { url, sha256: None }
}

fn start_run(state: &mut State) -> RequestId {
    let frame = state.ask_only(asks::StartRun {
        settings: TrainingSettings::default(),
        options: RunOptions {
            evaluations: 8,
            judges_validation: false,
            sample_prompt: String::new(),
            sample_tokens: 0,
            start_paused: false,
            kept_as: None,
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
    state.apply(from_engine(Some(request_id), started(run_id)));
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
        .ask_only(asks::LoadModel {
            name: "nano".into(),
            place: folder("models/nano/"),
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
    let error = EngineError::new(
        ErrorKind::Model,
        Fault::foreign("model.safetensors is cut short"),
    );
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
    state.apply(from_engine(Some(old), started(RunId(1))));
    assert_eq!(state.run.unwrap().id, None);
}

#[test]
fn tokens_of_a_forgotten_prompt_are_ignored() {
    let mut state = State::default();
    let mut ask = |prompt: &str| {
        state
            .ask_only(asks::Generate {
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
    assert_eq!(run.scores_before(Split::Test).unwrap().accuracy, 0.5);
    assert_eq!(run.scores_after(Split::Test).unwrap().accuracy, 0.8);
}

#[test]
fn validation_is_told_before_training_and_the_best_weights_put_back_bend_no_curve() {
    let run_id = RunId(1);
    let mut state = running(run_id);
    let evaluated = |step, loss_nats| Event::RunEvaluated {
        run_id,
        step,
        split: Split::Validation,
        scores: Scores {
            examples: 40,
            loss_nats,
            accuracy: loss_nats,
            hard_accuracy: None,
            hard_examples: 0,
            own: Default::default(),
        },
    };
    let restored = Event::BestModelRestored {
        run_id,
        step: 25,
        validation_loss_nats: 0.5,
    };
    for event in [
        evaluated(0, 0.7),
        evaluated(25, 0.5),
        evaluated(50, 0.6),
        restored,
        evaluated(50, 0.5),
    ] {
        state.apply(from_engine(None, event));
    }
    let run = state.run.unwrap();
    let curve: Vec<(usize, f64)> = run.validation_losses().collect();
    assert_eq!(curve, [(0, 0.7), (25, 0.5), (50, 0.6)]);
    assert_eq!(run.scores_before(Split::Validation).unwrap().accuracy, 0.7);
    assert_eq!(
        run.scores_after(Split::Validation),
        None,
        "the run has not ended"
    );
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
    fn ask_only(&mut self, ask: impl Into<Command>) -> Frame<Command> {
        self.ask(Slot::Only, ask)
    }
}

fn answered(reply: Reply) -> Event {
    Event::Answered(reply)
}

fn started(run_id: RunId) -> Event {
    let start = RunStart {
        run_id,
        plan: plan(),
        total_steps: 200,
    };
    answered(Reply::StartRun(Arc::new(start)))
}

#[test]
fn a_lost_helper_is_told_of_and_the_run_goes_on() {
    let mut state = running(RunId(3));
    let lost = Event::HelperLost {
        workers: 1,
        reason: Fault::foreign("it gave no answer"),
    };
    state.apply(from_engine(None, lost));
    let cause = &state.notices.list()[0].cause;
    assert!(matches!(cause, Cause::HelperLost { workers: 1, .. }));
    state.apply(steps(RunId(3), 0));
    assert_eq!(state.run.as_ref().unwrap().completed_steps(), 1);
}

#[test]
fn a_fresh_worker_holds_no_encoder() {
    let mut state = State::default();
    let load = state.ask_only(asks::LoadEncoder {
        name: "mini-bert".into(),
        place: folder("b"),
    });
    state.apply(Frame {
        request_id: load.request_id,
        body: Event::DownloadProgressed {
            file: "model.safetensors".into(),
            received_bytes: 1,
            total_bytes: Some(2),
        },
    });
    assert_eq!(state.encoder_progress.unwrap().fraction(), Some(0.5));
    assert!(state.answer::<asks::LoadEncoder>().is_going());
    state.crash("unreachable executed");
    state.restart(DeviceKind::Cpu);
    state.apply(ready(BUILD_ID));
    assert_eq!(state.answer::<asks::LoadEncoder>(), Answer::Idle);
    assert_eq!(state.encoder_progress, None);
}
