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
use crate::settings::{Remedies, Seed, Strategy, TrainingSettings};

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
            "stories.txt".to_owned(),
            b"the good film was a bad film and the bad film was good".to_vec(),
        ),
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
            evaluate_every_steps: 20,
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
fn every_strategy_that_adds_modules_trains_them_alone() {
    for strategy in [
        Strategy::Ia3(Default::default()),
        Strategy::Adapter(crate::settings::BottleneckSettings {
            bottleneck: 2,
            ..Default::default()
        }),
        Strategy::Prompt { virtual_tokens: 2 },
        Strategy::Prefix { virtual_tokens: 2 },
    ] {
        let name = strategy.name();
        let mut command = start(strategy);
        if let Command::StartRun { settings, .. } = &mut command {
            settings.max_length = 32;
        }
        let events = say([load(), vec![command]].concat());
        let proof = events.iter().find_map(|e| match e {
            Event::RunFinished { summary, .. } => Some(&summary.frozen_proof),
            _ => None,
        });
        let proof = proof.unwrap_or_else(|| panic!("{name}: {events:?}"));
        assert!(proof.holds() && proof.tensors > 0, "{name}");
        assert_eq!(
            proof.changed_trainable_tensors, proof.trainable_tensors,
            "{name}"
        );
    }
}

#[test]
fn what_is_forgotten_is_measured_before_during_and_after() {
    let text = Command::LoadGeneralText {
        name: "stories".into(),
        url: "stories.txt".into(),
    };
    let run = start(Strategy::Full);
    let events = say([load(), vec![text, run]].concat());
    assert!(errors(&events).is_empty(), "{events:?}");
    let scored: Vec<(usize, f64)> = events
        .iter()
        .filter_map(|e| match e {
            Event::GeneralTextScored { step, loss, .. } => Some((*step, loss.nats_per_token)),
            _ => None,
        })
        .collect();
    let steps: Vec<usize> = scored.iter().map(|(step, _)| *step).collect();
    assert_eq!(steps, [0, 20, 40]);
    assert_ne!(scored[0].1, scored[2].1);
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
    assert!(error.message.contains("try 1.0e29"), "{}", error.message);
}

/// A full run with these settings changed, and what is asked after it.
fn changed(change: impl Fn(&mut TrainingSettings), then: Option<Command>) -> Vec<Event> {
    let mut command = start(Strategy::Full);
    if let Command::StartRun { settings, .. } = &mut command {
        change(settings);
    }
    say_after_run([load(), vec![command]].concat(), then)
}

#[test]
fn the_last_good_weights_of_a_diverged_run_answer() {
    let absurd = |settings: &mut TrainingSettings| {
        settings.learning_rate = 1e30;
        settings.warmup_steps = 0;
    };
    let classify = Command::Classify {
        text: "a good film".into(),
    };
    let events = changed(absurd, Some(classify));
    let kept = events.iter().find_map(|e| match e {
        Event::RunFailed { kept_step, .. } => Some(*kept_step),
        _ => None,
    });
    // Step 0 had a loss; the weights it left had none.
    assert_eq!(kept, Some(Some(0)));
    let sure = events.iter().find_map(|e| match e {
        Event::TextClassified { probabilities, .. } => Some(probabilities),
        _ => None,
    });
    assert!(sure.unwrap().iter().all(|p| p.probability.is_finite()));
}

#[test]
fn patience_ends_a_run_and_the_best_weights_come_back() {
    let impatient = |settings: &mut TrainingSettings| {
        // A rate at which the loss soon rises again.
        settings.learning_rate = 0.3;
        settings.warmup_steps = 0;
        settings.total_steps = 60;
        settings.eval_steps = 2;
        settings.early_stopping_patience = 3;
        settings.load_best_model_at_end = true;
    };
    let events = changed(impatient, None);
    let losses: Vec<(usize, f64)> = events
        .iter()
        .filter_map(|e| match e {
            Event::RunEvaluated {
                step,
                split: Split::Validation,
                scores,
                ..
            } => Some((*step, scores.loss_nats)),
            _ => None,
        })
        .collect();
    let lowest = losses.iter().copied().min_by(|a, b| a.1.total_cmp(&b.1));
    let stopped = events.iter().find_map(|e| match e {
        Event::RunStoppedEarly { step, .. } => Some(*step),
        _ => None,
    });
    let restored = events.iter().find_map(|e| match e {
        Event::BestModelRestored {
            step,
            validation_loss_nats,
            ..
        } => Some((*step, *validation_loss_nats)),
        _ => None,
    });
    let stopped = stopped.unwrap_or_else(|| panic!("never stopped: {losses:?}"));
    assert_eq!(restored, lowest);
    assert_eq!(stopped, restored.unwrap().0 + 6, "three evaluations later");
    assert!(matches!(events.last(), Some(Event::RunFinished { .. })));
}

#[test]
fn without_evaluations_early_stopping_is_refused() {
    let mut command = start(Strategy::Full);
    if let Command::StartRun { settings, options } = &mut command {
        settings.early_stopping_patience = 2;
        options.evaluate_every_steps = 0;
    }
    let events = say([load(), vec![command]].concat());
    assert!(errors(&events)[0].message.contains("validation loss"));
}

#[test]
fn a_run_with_every_remedy_gets_ready_and_ends() {
    let remedies = |settings: &mut TrainingSettings| {
        settings.gradient_accumulation_steps = 2;
        settings.remedies = Remedies {
            l2_sp_alpha: 0.1,
            ewc_lambda: 1.0,
            ewc_samples: 3,
            replay: 0.25,
            layer_wise_lr_decay: 0.8,
            ..Remedies::default()
        };
    };
    for change in [true, false] {
        let events = changed(
            |settings| {
                if change {
                    remedies(settings)
                }
            },
            None,
        );
        let prepared = events.iter().any(|e| {
            let stage = RunStage::Preparing;
            matches!(e, Event::RunStageEntered { stage: entered, .. } if *entered == stage)
        });
        assert_eq!(prepared, change);
        let told: Vec<&StepMetrics> = events
            .iter()
            .filter_map(|e| match e {
                Event::StepsCompleted { steps, .. } => Some(steps),
                _ => None,
            })
            .flatten()
            .collect();
        assert_eq!(told.len(), 40);
        assert!(
            told.iter()
                .all(|step| (step.remedy_loss_nats > 0.0) == change)
        );
        assert!(
            matches!(events.last(), Some(Event::RunFinished { .. })),
            "{:?}",
            events.last()
        );
    }
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
