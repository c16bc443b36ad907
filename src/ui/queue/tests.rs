use std::sync::Arc;

use super::*;
use crate::faults::Fault;
use crate::protocol::{
    BUILD_ID, Command, DatasetInfo, DeviceInfo, DeviceKind, EngineError, Event, Frame, ModelInfo,
    ModelPlace, PROTOCOL_VERSION, Reading, Reply, RequestId, Speech, asks,
};
use crate::settings::{Family, Task};
use crate::ui::state::fixture::model_info;
use crate::ui::state::{Learnt, Slot};

fn source(name: &str) -> ModelSource {
    ModelSource::Shipped(name.into())
}

fn set(name: &str) -> DataSource {
    crate::ui::sources::datasets::shipped(name).unwrap()
}

fn queued(key: &'static str, dataset: &str, model: &str) -> QueuedRun {
    QueuedRun {
        tag: RunTag {
            lesson: "loss",
            key,
            group: None,
        },
        settings: TrainingSettings::default(),
        evaluations: 3,
        start_paused: false,
        resumes: false,
        dataset: set(dataset),
        model: source(model),
    }
}

fn queue(runs: &[QueuedRun]) -> Queue {
    let mut queue = Queue::default();
    queue.put(runs.to_vec());
    queue
}

fn say(state: &mut State, request_id: Option<RequestId>, body: Event) {
    state.apply(Frame { request_id, body });
}

fn ask(state: &mut State, command: impl Into<Command>) -> Option<RequestId> {
    state.ask(Slot::Only, command).request_id
}

fn load_model(state: &mut State, name: &str) -> Option<RequestId> {
    state.source = Some(source(name));
    let command = asks::LoadModel {
        name: name.into(),
        place: ModelPlace::Folder {
            url: format!("models/{name}/"),
            sha256: None,
        },
    };
    ask(state, command)
}

fn loaded(info: ModelInfo) -> Event {
    Event::Answered(Reply::LoadModel(Arc::new(info)))
}

fn read(set: DatasetInfo) -> Event {
    Event::Answered(Reply::LoadDataset(Arc::new(set)))
}

fn model(name: &str) -> Event {
    loaded(model_info(name))
}

fn load_dataset(state: &mut State, name: &str) -> Option<RequestId> {
    let command = asks::LoadDataset {
        name: name.into(),
        url: format!("data/{name}.csv"),
        reading: Reading::OfTask(Task::SequenceClassification),
    };
    ask(state, command)
}

fn dataset(name: &str) -> DatasetInfo {
    DatasetInfo {
        name: name.into(),
        task: Task::SequenceClassification,
        labels: Vec::new(),
        train_rows: 1,
        validation_rows: 1,
        test_rows: 1,
        examples: Vec::new(),
    }
}

/// An engine that is up with nano and the reviews.
fn up() -> State {
    let mut state = State::default();
    let device = DeviceInfo {
        kind: DeviceKind::Cpu,
        description: "CPU".into(),
        is_software: false,
    };
    let ready = Event::Ready {
        protocol_version: PROTOCOL_VERSION,
        build_id: BUILD_ID.into(),
        device,
    };
    say(&mut state, None, ready);
    let id = load_model(&mut state, "nano");
    say(&mut state, id, model("nano"));
    let id = load_dataset(&mut state, "reviews");
    say(&mut state, id, read(dataset("reviews")));
    state
}

#[test]
fn a_run_of_a_set_waits_for_the_data_it_was_queued_with() {
    let mut state = up();
    let queue = queue(&[queued("low", "reviews", "nano")]);
    assert_eq!(queue.next_move(&state), Move::Start);
    // The learner opens the lab, which works with another set.
    state.dataset = Some(Arc::new(dataset("topics")));
    assert_eq!(queue.next_move(&state), Move::LoadDataset(set("reviews")));
    let id = load_dataset(&mut state, "reviews");
    assert_eq!(queue.next_move(&state), Move::Wait);
    say(&mut state, id, read(dataset("reviews")));
    assert_eq!(queue.next_move(&state), Move::Start);
}

#[test]
fn a_run_of_a_set_is_made_with_the_model_it_was_queued_with() {
    let mut state = up();
    let queue = queue(&[queued("low", "reviews", "nano")]);
    let id = load_model(&mut state, "small");
    assert_eq!(queue.next_move(&state), Move::Wait);
    say(&mut state, id, model("small"));
    assert_eq!(queue.next_move(&state), Move::LoadModel(source("nano")));
    let id = load_model(&mut state, "nano");
    say(&mut state, id, model("nano"));
    assert_eq!(queue.next_move(&state), Move::Start);
}

#[test]
fn runs_that_cannot_have_their_data_or_model_are_not_started() {
    let refused = || {
        Event::Failed(EngineError::new(
            ErrorKind::Network,
            Fault::foreign("offline"),
        ))
    };
    let mut state = up();
    let mut queue = queue(&[
        queued("a", "topics", "nano"),
        queued("b", "topics", "nano"),
        queued("c", "reviews", "small"),
        queued("d", "reviews", "nano"),
    ]);
    let id = load_dataset(&mut state, "topics");
    say(&mut state, id, refused());
    let lack = Lack::Dataset("topics".into());
    assert_eq!(queue.next_move(&state), Move::GiveUp(lack.clone()));
    assert_eq!(queue.give_up(&lack), 2);
    assert_eq!(queue.next_move(&state), Move::LoadModel(source("small")));
    let id = load_model(&mut state, "small");
    say(&mut state, id, refused());
    let lack = Lack::Model("small".into());
    assert_eq!(queue.next_move(&state), Move::GiveUp(lack.clone()));
    assert_eq!(queue.give_up(&lack), 1);
    assert_eq!(queue.next_move(&state), Move::LoadModel(source("nano")));
}

#[test]
fn after_a_loss_the_next_run_does_not_start_by_itself() {
    let mut state = up();
    let mut queue = queue(&[
        queued("a", "reviews", "nano"),
        queued("b", "reviews", "nano"),
    ]);
    let first = queue.begin().unwrap();
    state.run = Some(Run::new(
        RequestId(9),
        first.settings.clone(),
        Learnt::default(),
    ));
    assert_eq!(queue.next_move(&state), Move::Wait);
    state.give_up(21);
    state.restart(DeviceKind::Cpu);
    let mut fresh = up();
    fresh.run = state.run;
    let state = fresh;
    assert_eq!(queue.next_move(&state), Move::Wait);
    queue.put_back();
    assert_eq!(queue.next_move(&state), Move::Start);
    assert_eq!(queue.begin(), Some(first));
    assert_eq!(queue.waiting().len(), 1);
}

#[test]
fn a_run_that_ends_makes_room_for_the_next() {
    let mut state = up();
    let mut queue = queue(&[
        queued("a", "reviews", "nano"),
        queued("b", "reviews", "nano"),
    ]);
    let first = queue.begin().unwrap();
    let mut run = Run::new(RequestId(9), first.settings, Learnt::default());
    run.fail(
        3,
        EngineError::new(ErrorKind::Diverged, Fault::foreign("too large")),
    );
    state.run = Some(run);
    assert_eq!(queue.next_move(&state), Move::Start);
}

#[test]
fn data_is_loaded_for_what_the_model_learns_from_it() {
    let mut state = up();
    let id = load_model(&mut state, "mini-bert");
    let a_berts = ModelInfo {
        family: Family::Bert,
        speech: Speech::MaskedWord,
        ..model_info("mini-bert")
    };
    say(&mut state, id, loaded(a_berts));
    let next = |state: &State, name| queue(&[queued("", name, "mini-bert")]).next_move(state);
    assert_eq!(next(&state, "reviews"), Move::Start);
    let lacks = Move::GiveUp(Lack::Suited("instructions".into()));
    assert_eq!(next(&state, "instructions"), lacks);
    // There for the next words; a BERT learns the hidden ones.
    let id = load_dataset(&mut state, "stories");
    let for_gpt2 = DatasetInfo {
        task: Task::CausalLm,
        ..dataset("stories")
    };
    say(&mut state, id, read(for_gpt2));
    assert_eq!(next(&state, "stories"), Move::LoadDataset(set("stories")));
}

#[test]
fn runs_of_a_series_wait_behind_the_others_and_each_can_be_dropped() {
    let mut queue = queue(&[queued("first", "reviews", "nano")]);
    queue.append(vec![
        queued("second", "reviews", "nano"),
        queued("third", "reviews", "nano"),
    ]);
    queue.drop_one(1);
    queue.drop_one(7);
    let keys: Vec<&str> = queue.waiting().iter().map(|run| run.tag.key).collect();
    assert_eq!(keys, ["first", "third"]);
}
