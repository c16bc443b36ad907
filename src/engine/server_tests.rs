//! The engine as the page meets it, without a page: commands in, events out.

mod bringing;
mod courses;
mod helping;
mod keeping;
mod own_data;
mod pauses;
mod runs;
mod tasks;
mod trouble;
mod work;

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::task::Poll;

use burn::prelude::Device;
use futures_channel::mpsc::{UnboundedSender, unbounded};

use super::helpers::tests::Near;
use super::host::Host;
use super::keeping::{NoVault, tests::Memory};
use super::server::Server;
use crate::data::tokenizer::Tokenizer;
use crate::faults::Fault;
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
    /// How many asks each of the helpers obeys before it falls silent.
    helpers: Vec<usize>,
    started: RefCell<usize>,
    /// What is asked in answer to what is told.
    script: RefCell<Option<Script>>,
    /// Where runs are kept; none is another tab's.
    vault: Option<Memory>,
    /// What cannot be encoded.
    unsendable: Option<fn(&Event) -> bool>,
}

/// An event that is waited for.
type Cue = fn(&Event) -> bool;

/// The end of a run.
const IS_OVER: Cue = |event| matches!(event, Event::RunFailed { .. } | Event::RunFinished { .. });

/// Asks that each wait for their cue, the next first.
struct Script {
    lines: VecDeque<(Cue, Command)>,
    inbox: UnboundedSender<Frame<Command>>,
}

impl Script {
    /// Asks what this event is the cue for. `false` once all has been asked.
    fn hear(&mut self, event: &Event) -> bool {
        if self.lines.front().is_some_and(|(is_cue, _)| is_cue(event))
            && let Some((_, body)) = self.lines.pop_front()
        {
            let request_id = None;
            let frame = Frame { request_id, body };
            self.inbox.unbounded_send(frame).unwrap();
        }
        !self.lines.is_empty()
    }
}

/// A command that comes while a run goes on, when the server has breathed so often.
struct Interruption {
    breaths_left: usize,
    command: Command,
    inbox: UnboundedSender<Frame<Command>>,
}

impl TestHost {
    /// Counts a breath, and sends the interruption when it is due.
    fn interrupt_if_due(&self) {
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
}

impl Host for Rc<TestHost> {
    type Body = Vec<u8>;
    type Helper = Near;
    type Vault = Memory;

    fn now_millis(&self) -> f64 {
        *self.clock.borrow_mut() += 20.0;
        *self.clock.borrow()
    }
    async fn fetch(
        &self,
        url: &str,
        _progressed: &mut dyn FnMut(u64, Option<u64>),
    ) -> Result<Vec<u8>, Fault> {
        self.files
            .get(url)
            .cloned()
            .ok_or_else(|| Fault::foreign("the server answered 404 Not Found"))
    }
    async fn open(
        &self,
        url: &str,
        progressed: &mut dyn FnMut(u64, Option<u64>),
    ) -> Result<Vec<u8>, Fault> {
        self.fetch(url, progressed).await
    }
    fn join(&self, header: Vec<u8>, pieces: Vec<(Vec<u8>, u64)>) -> Result<Vec<u8>, Fault> {
        let rest = pieces
            .iter()
            .flat_map(|(file, start)| &file[*start as usize..]);
        Ok(header.iter().chain(rest).copied().collect())
    }
    fn helpers_wanted(&self, _weights_bytes: u64) -> usize {
        self.helpers.len()
    }
    fn start_helper(&self) -> Result<Near, Fault> {
        let started = self.started.replace_with(|started| *started + 1);
        let lives = self.helpers.get(started).copied();
        lives
            .map(Near::new)
            .ok_or_else(|| Fault::foreign("there are no more"))
    }
    async fn vault(&self) -> Result<Memory, NoVault> {
        self.vault.clone().ok_or(NoVault::Taken)
    }
    async fn breathe(&self) {
        self.interrupt_if_due();
        turn().await;
    }
    fn send(&self, frame: Frame<Event>) -> Result<(), EngineError> {
        if self.unsendable.is_some_and(|is_it| is_it(&frame.body)) {
            let fault = Fault::foreign("cannot be encoded");
            return Err(EngineError::new(ErrorKind::Protocol, fault));
        }
        let script = self.script.take();
        *self.script.borrow_mut() = script.and_then(|mut s| s.hear(&frame.body).then_some(s));
        self.sent.borrow_mut().push(frame);
        Ok(())
    }
}

/// Waits once, as for the event loop's next turn.
async fn turn() {
    let mut has_waited = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut has_waited, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
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
    let lines = then.map(|command| (IS_OVER, command));
    say_with(host(), commands, None, lines.into_iter().collect())
}

/// The same, with asks that wait for their cues.
fn say_scripted(commands: Vec<Command>, lines: Vec<(Cue, Command)>) -> Vec<Event> {
    say_with(host(), commands, None, lines)
}

/// The same, with one more command once the server has breathed so often.
fn say_interrupted(commands: Vec<Command>, interruption: Option<(usize, Command)>) -> Vec<Event> {
    say_with(host(), commands, interruption, Vec::new())
}

fn say_with(
    host: TestHost,
    commands: Vec<Command>,
    interruption: Option<(usize, Command)>,
    lines: Vec<(Cue, Command)>,
) -> Vec<Event> {
    let host = Rc::new(host);
    let (sender, inbox) = unbounded();
    *host.script.borrow_mut() = (!lines.is_empty()).then(|| Script {
        lines: lines.into(),
        inbox: sender.clone(),
    });
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

pub(super) fn folder(url: &str) -> ModelPlace {
    ModelPlace::Folder {
        url: url.into(),
        sha256: None,
    }
}

pub(super) fn load() -> Vec<Command> {
    vec![
        Command::LoadModel(asks::LoadModel {
            name: "tiny".into(),
            place: folder("m"),
        }),
        Command::LoadDataset(asks::LoadDataset {
            name: "reviews".into(),
            url: "r.csv".into(),
            reading: Reading::OfTask(Default::default()),
        }),
    ]
}

pub(super) fn start(strategy: Strategy) -> Command {
    Command::StartRun(asks::StartRun {
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
            judges_validation: false,
            sample_prompt: "a".into(),
            sample_tokens: 3,
            start_paused: false,
            kept_as: None,
        },
    })
}

/// Steps made, and what the validation split came to.
fn validated(events: &[Event]) -> Vec<(usize, Scores)> {
    let told = events.iter().filter_map(|event| match event {
        Event::RunEvaluated {
            step,
            split: Split::Validation,
            scores,
            ..
        } => Some((*step, *scores)),
        _ => None,
    });
    told.collect()
}

/// The answers to all asks of a kind.
fn answered<A: Ask>(events: &[Event]) -> Vec<&A::Answer> {
    let replies = events.iter().filter_map(|event| match event {
        Event::Answered(reply) => A::answer_in(reply).map(|answer| &**answer),
        _ => None,
    });
    replies.collect()
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
