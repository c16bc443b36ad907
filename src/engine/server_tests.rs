//! The engine as the page meets it, without a page: commands in, events out.

mod courses;
mod pauses;
mod runs;
mod tasks;
mod trouble;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use burn::prelude::Device;
use futures_channel::mpsc::{UnboundedSender, unbounded};

use super::host::Host;
use super::server::Server;
use crate::data::tokenizer::Tokenizer;
use crate::io::safetensors::{Precision, write};
use crate::model::gpt2::{Gpt2, Gpt2Config, RandomWeights};
use crate::protocol::*;
use crate::settings::{Seed, Strategy, TrainingSettings};

/// Files by URL, and every event that was sent.
#[derive(Default)]
struct TestHost {
    files: BTreeMap<String, Vec<u8>>,
    sent: RefCell<Vec<Frame<Event>>>,
    clock: RefCell<f64>,
    interruption: RefCell<Option<Interruption>>,
    /// What is asked once a run is over.
    follow_up: RefCell<Option<(Command, UnboundedSender<Frame<Command>>)>>,
}

/// A command that comes while a run goes on, when the server has breathed so often.
struct Interruption {
    breaths_left: usize,
    command: Command,
    inbox: UnboundedSender<Frame<Command>>,
}

impl Host for Rc<TestHost> {
    type Body = Vec<u8>;

    fn now_millis(&self) -> f64 {
        *self.clock.borrow_mut() += 20.0;
        *self.clock.borrow()
    }
    async fn fetch(
        &self,
        url: &str,
        _progressed: &mut dyn FnMut(u64, Option<u64>),
    ) -> Result<Vec<u8>, String> {
        self.files
            .get(url)
            .cloned()
            .ok_or_else(|| "the server answered 404 Not Found".to_owned())
    }
    async fn open(
        &self,
        url: &str,
        progressed: &mut dyn FnMut(u64, Option<u64>),
    ) -> Result<Vec<u8>, String> {
        self.fetch(url, progressed).await
    }
    async fn breathe(&self) {
        let mut waiting = self.interruption.borrow_mut();
        let due = waiting.as_mut().is_some_and(|it| {
            it.breaths_left = it.breaths_left.saturating_sub(1);
            it.breaths_left == 0
        });
        if due && let Some(it) = waiting.take() {
            let frame = Frame {
                request_id: None,
                body: it.command,
            };
            it.inbox.unbounded_send(frame).unwrap();
        }
    }
    fn send(&self, frame: Frame<Event>) {
        let over = matches!(
            frame.body,
            Event::RunFailed { .. } | Event::RunFinished { .. }
        );
        if over && let Some((body, inbox)) = self.follow_up.take() {
            let request_id = None;
            inbox.unbounded_send(Frame { request_id, body }).unwrap();
        }
        self.sent.borrow_mut().push(frame);
    }
}

/// A tiny model and thirty reviews that a word decides.
fn host() -> TestHost {
    let reviews: Vec<(String, &str, &str)> = (0..30)
        .map(|i| {
            let label = if i % 2 == 0 { "positive" } else { "negative" };
            let word = if i % 2 == 0 { "good" } else { "bad" };
            let split = ["train", "train", "validation", "test", "train"][i % 5];
            (format!("a {word} film number {i}"), label, split)
        })
        .collect();
    let csv: String = reviews
        .iter()
        .map(|(t, l, s)| format!("{t},{l},{s},\n"))
        .collect();
    let tokenizer = Tokenizer::train(reviews.iter().map(|(t, _, _)| t.as_str()), 300).unwrap();
    let config = Gpt2Config {
        pad_token_id: tokenizer.end_of_text(),
        ..Gpt2Config::sized(300, 32, 16, 2, 2)
    };
    let encoder = super::encoder_tests::files(&tokenizer);
    let device = Device::flex();
    let model = Gpt2::load(&config, &mut RandomWeights::new(Seed::new(1), 2), &device).unwrap();
    let weights = write(
        &crate::io::folder::base_tensors(&model).unwrap(),
        Precision::F32,
    )
    .unwrap();
    let mut files: BTreeMap<String, Vec<u8>> = tasks::files();
    files.extend([
        (
            "m/config.json".to_owned(),
            serde_json::to_vec(&config).unwrap(),
        ),
        (
            "m/tokenizer.json".to_owned(),
            tokenizer.to_json().unwrap().into_bytes(),
        ),
        (
            "cut/config.json".to_owned(),
            serde_json::to_vec(&config).unwrap(),
        ),
        (
            "cut/tokenizer.json".to_owned(),
            tokenizer.to_json().unwrap().into_bytes(),
        ),
        (
            "cut/model.safetensors".to_owned(),
            weights[..weights.len() / 2].to_vec(),
        ),
        ("m/model.safetensors".to_owned(), weights),
        (
            "stories.txt".to_owned(),
            b"the good film was a bad film and the bad film was good".to_vec(),
        ),
        (
            "r.csv".to_owned(),
            format!("text,label,split,hard\n{csv}").into_bytes(),
        ),
    ]);
    TestHost {
        files: files.into_iter().chain(encoder).collect(),
        ..TestHost::default()
    }
}

/// What the engine says to these commands.
pub(super) fn say(commands: Vec<Command>) -> Vec<Event> {
    say_interrupted(commands, None)
}

/// The same, with one more command once the run is over.
pub(super) fn say_after_run(commands: Vec<Command>, then: Option<Command>) -> Vec<Event> {
    say_with(commands, None, then)
}

/// The same, with one more command once the server has breathed so often.
fn say_interrupted(commands: Vec<Command>, interruption: Option<(usize, Command)>) -> Vec<Event> {
    say_with(commands, interruption, None)
}

fn say_with(
    commands: Vec<Command>,
    interruption: Option<(usize, Command)>,
    then: Option<Command>,
) -> Vec<Event> {
    let host = Rc::new(host());
    let (sender, inbox) = unbounded();
    *host.follow_up.borrow_mut() = then.map(|command| (command, sender.clone()));
    *host.interruption.borrow_mut() = interruption.map(|(breaths_left, command)| Interruption {
        breaths_left,
        command,
        inbox: sender.clone(),
    });
    for (i, body) in commands.into_iter().enumerate() {
        sender
            .unbounded_send(Frame {
                request_id: Some(RequestId(i as u32)),
                body,
            })
            .unwrap();
    }
    let info = DeviceInfo {
        kind: DeviceKind::Cpu,
        description: "test".into(),
        is_software: false,
    };
    let server = Server::new(host.clone(), Device::flex(), info);
    drop(sender);
    crate::engine::wait::block_on(server.serve(inbox));
    let sent = host.sent.take();
    sent.into_iter().map(|frame| frame.body).collect()
}

pub(super) fn load() -> Vec<Command> {
    vec![
        Command::LoadModel {
            name: "tiny".into(),
            base_url: "m".into(),
            sha256: None,
        },
        Command::LoadDataset {
            name: "reviews".into(),
            url: "r.csv".into(),
            task: Default::default(),
        },
    ]
}

pub(super) fn start(strategy: Strategy) -> Command {
    Command::StartRun {
        settings: TrainingSettings {
            strategy,
            total_steps: 40,
            warmup_steps: 4,
            batch_size: 6,
            learning_rate: 1e-2,
            max_length: 16,
            ..TrainingSettings::default()
        },
        options: RunOptions {
            evaluations: 2,
            sample_prompt: "a".into(),
            sample_tokens: 3,
            start_paused: false,
        },
    }
}

pub(super) fn errors(events: &[Event]) -> Vec<&EngineError> {
    events
        .iter()
        .filter_map(|e| {
            if let Event::Failed(error) = e {
                Some(error)
            } else {
                None
            }
        })
        .collect()
}
