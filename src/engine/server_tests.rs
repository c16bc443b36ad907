//! The engine as the page meets it, without a page: commands in, events out.

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
}

/// A command that comes while a run goes on, when the server has breathed so often.
struct Interruption {
    breaths_left: usize,
    command: Command,
    inbox: UnboundedSender<Frame<Command>>,
}

impl Host for Rc<TestHost> {
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
    let device = Device::flex();
    let model = Gpt2::load(&config, &mut RandomWeights::new(Seed::new(1), 2), &device).unwrap();
    let weights = write(
        &crate::io::folder::base_tensors(&model).unwrap(),
        Precision::F32,
    )
    .unwrap();
    let files = [
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
            "r.csv".to_owned(),
            format!("text,label,split,hard\n{csv}").into_bytes(),
        ),
    ];
    TestHost {
        files: files.into(),
        ..TestHost::default()
    }
}

/// What the engine says to these commands.
fn say(commands: Vec<Command>) -> Vec<Event> {
    say_interrupted(commands, None)
}

/// The same, with one more command once the server has breathed so often.
fn say_interrupted(commands: Vec<Command>, interruption: Option<(usize, Command)>) -> Vec<Event> {
    let host = Rc::new(host());
    let (sender, inbox) = unbounded();
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

fn load() -> Vec<Command> {
    vec![
        Command::LoadModel {
            name: "tiny".into(),
            base_url: "m".into(),
        },
        Command::LoadDataset {
            name: "reviews".into(),
            url: "r.csv".into(),
        },
    ]
}

fn start(strategy: Strategy) -> Command {
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
            evaluate_every_steps: 20,
            sample_prompt: "a".into(),
            sample_tokens: 3,
            start_paused: false,
        },
    }
}

fn errors(events: &[Event]) -> Vec<&EngineError> {
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

#[test]
fn a_lora_run_learns_and_leaves_the_base_alone() {
    let events = say([load(), vec![start(Strategy::Lora(Default::default()))]].concat());
    assert!(errors(&events).is_empty(), "{events:?}");
    let summary = events
        .iter()
        .find_map(|e| {
            if let Event::RunFinished { summary, .. } = e {
                Some(summary)
            } else {
                None
            }
        })
        .expect("the run ends");
    assert!(summary.frozen_proof.holds());
    assert_eq!(
        summary.frozen_proof.changed_trainable_tensors,
        summary.frozen_proof.trainable_tensors
    );
    assert_eq!(summary.after.accuracy, 1.0, "{summary:?}");
    let steps: usize = events
        .iter()
        .map(|e| {
            if let Event::StepsCompleted { steps, .. } = e {
                steps.len()
            } else {
                0
            }
        })
        .sum();
    assert_eq!(steps, 40, "every step is told once");
    let evaluated = events
        .iter()
        .filter(|e| matches!(e, Event::RunEvaluated { .. }))
        .count();
    assert_eq!(
        evaluated, 3,
        "before, at step 20, after; the last step's validation is the test"
    );
}

#[test]
fn a_full_run_has_nothing_frozen() {
    let events = say([load(), vec![start(Strategy::Full)]].concat());
    let proof = events.iter().find_map(|e| match e {
        Event::RunFinished { summary, .. } => Some(&summary.frozen_proof),
        _ => None,
    });
    assert_eq!(proof.map(|p| p.tensors), Some(0));
}

#[test]
fn commands_before_a_model_are_told_to_wait() {
    let events = say(vec![start(Strategy::Full)]);
    assert!(errors(&events)[0].message.contains("No model is loaded"));
}

#[test]
fn a_missing_and_a_cut_model_each_say_so() {
    let model = |url: &str| Command::LoadModel {
        name: "x".into(),
        base_url: url.into(),
    };
    let events = say(vec![model("nowhere"), model("cut")]);
    let errors = errors(&events);
    assert_eq!(errors[0].kind, ErrorKind::Network);
    assert!(errors[0].message.contains("config.json") && errors[0].message.contains("404"));
    assert_eq!(errors[1].kind, ErrorKind::Model);
    assert!(
        errors[1].message.contains("cut short"),
        "{}",
        errors[1].message
    );
}

#[test]
fn an_absurd_rate_stops_the_run_and_says_at_which_step() {
    let mut command = start(Strategy::Full);
    if let Command::StartRun { settings, .. } = &mut command {
        settings.learning_rate = 1e30;
        settings.warmup_steps = 0;
    }
    let events = say([load(), vec![command]].concat());
    let failed = events.iter().find_map(|e| match e {
        Event::RunFailed { error, .. } => Some(error),
        _ => None,
    });
    let error = failed.expect("the run fails");
    assert_eq!(error.kind, ErrorKind::Diverged);
    assert!(error.message.contains("at step"), "{}", error.message);
}

#[test]
fn targets_that_match_nothing_are_refused_before_the_run() {
    let lora = crate::settings::LoraSettings {
        target_modules: vec!["q_proj".into()],
        ..Default::default()
    };
    let events = say([
        load(),
        vec![Command::PlanRun {
            strategy: Strategy::Lora(lora),
        }],
    ]
    .concat());
    assert!(errors(&events)[0].message.contains("q_proj"));
}

#[test]
fn a_paused_run_answers_and_cancels() {
    let mut command = start(Strategy::Full);
    if let Command::StartRun { options, .. } = &mut command {
        options.start_paused = true;
    }
    // The inbox closes after these: the paused run ends with the server.
    let events = say([load(), vec![command]].concat());
    assert!(
        matches!(events.last(), Some(Event::RunPaused { step: 0, .. })),
        "{:?}",
        events.last()
    );
}

#[test]
fn a_pause_comes_after_the_numbers_of_every_step_made() {
    let pause = Command::Pause { run_id: RunId(1) };
    let commands = [load(), vec![start(Strategy::Full)]].concat();
    let events = say_interrupted(commands, Some((20, pause)));
    let told = events.iter().rev().find_map(|e| match e {
        Event::StepsCompleted { progress, .. } => Some(progress.completed_steps),
        _ => None,
    });
    match events.last() {
        Some(Event::RunPaused { step, .. }) => {
            assert!((1..40).contains(step), "paused within the run: {step}");
            assert_eq!(told, Some(*step));
        }
        other => panic!("the run should end paused, not {other:?}"),
    }
    let numbers: usize = events
        .iter()
        .map(|e| match e {
            Event::StepsCompleted { steps, .. } => steps.len(),
            _ => 0,
        })
        .sum();
    assert_eq!(Some(numbers), told, "each step told once");
}
