//! Runs that are broken off at each of their steps, and gone on with by a fresh run.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use burn::module::Module;
use burn::prelude::Device;

use super::base::Base;
use super::checkpoint::{Checkpoint, Snapshot};
use super::general::{General, GeneralSource};
use super::helpers::{Crew, Nobody};
use super::run::{Progress, Run, Setup, Watcher};
use super::wait::block_on;
use crate::data::dataset::Dataset;
use crate::data::reader::read_texts;
use crate::data::tokenizer::Tokenizer;
use crate::model::any::{Model, ModelConfig};
use crate::model::gpt2::{Gpt2, Gpt2Config, RandomWeights};
use crate::model::parameters::flattened;
use crate::protocol::{EngineError, Event, RunId, RunOptions, RunSummary, StepMetrics};
use crate::settings::{LoraSettings, Remedies, Seed, Strategy, Task, TrainingSettings};

/// Hears everything.
#[derive(Default)]
pub struct Ear {
    pub heard: RefCell<Vec<Event>>,
    clock: RefCell<f64>,
}

impl Watcher for Ear {
    fn now_millis(&self) -> f64 {
        *self.clock.borrow_mut() += 5.0;
        *self.clock.borrow()
    }
    fn tell(&self, event: Event) {
        self.heard.borrow_mut().push(event);
    }
}

pub fn base(seed: u64) -> Base {
    let texts = ["a good film number one", "a bad film number two"];
    let tokenizer = Tokenizer::train(texts.into_iter(), 280).unwrap();
    let config = Gpt2Config {
        pad_token_id: tokenizer.end_of_text(),
        ..Gpt2Config::sized(280, 32, 16, 2, 2)
    };
    let mut weights = RandomWeights::new(Seed::new(seed), 2);
    let model = Gpt2::load(&config, &mut weights, &Device::flex().autodiff()).unwrap();
    Base {
        config_json: serde_json::to_string(&config).unwrap(),
        config: ModelConfig::Gpt2(config),
        model: Model::Gpt2(model.no_grad()),
        tokenizer,
    }
}

pub fn rows(word: &str) -> Rc<Dataset> {
    let mut csv = "text,label,split\n".to_owned();
    for i in 0..24 {
        let (word, label) = [(word, "positive"), ("bad", "negative")][i % 2];
        let split = ["train", "train", "validation", "test"][i / 2 % 4];
        csv += &format!("a {word} film number {i},{label},{split}\n");
    }
    let task = Task::SequenceClassification;
    Rc::new(Dataset::read(task, "r.csv", csv.as_bytes()).unwrap())
}

fn general(base: &Base) -> Rc<General> {
    let text = b"the good film was a bad film and the bad film was a good film".repeat(4);
    let source = GeneralSource {
        name: "stories".into(),
        texts: read_texts("stories.txt", &text).unwrap(),
        passages: Vec::new(),
    };
    Rc::new(General::of(&source, base, 60).unwrap().unwrap())
}

pub fn usual() -> TrainingSettings {
    TrainingSettings {
        total_steps: 7,
        warmup_steps: 2,
        batch_size: 4,
        learning_rate: 1e-2,
        max_length: 16,
        ..TrainingSettings::default()
    }
}

/// A run from its beginning, which everything is measured before.
pub fn setup<'a>(base: &'a Base, rows: &Rc<Dataset>, settings: TrainingSettings) -> Setup<'a> {
    Setup {
        base,
        rows: Rc::clone(rows),
        settings,
        options: RunOptions {
            evaluations: 3,
            sample_prompt: "a".into(),
            sample_tokens: 2,
            start_paused: false,
            judges_validation: true,
            kept_as: None,
        },
        general: Some(general(base)),
        rehearsal_texts: None,
        keeps_head: false,
        only_trains: false,
        is_kept: true,
        known: None,
        resumes: None,
    }
}

fn run(
    base: &Base,
    rows: &Rc<Dataset>,
    settings: &TrainingSettings,
    resumes: Option<&[u8]>,
    ear: &Ear,
) -> Result<Run, EngineError> {
    let open = |bytes: &[u8]| Checkpoint::open(bytes.to_vec(), &Device::flex()).unwrap();
    let setup = Setup {
        resumes: resumes.map(|bytes| Box::new(open(bytes))),
        ..setup(base, rows, settings.clone())
    };
    Ok(setup.run(RunId(1), ear)?.0)
}

/// What a run came to.
struct Course {
    steps: Vec<StepMetrics>,
    /// What else was told, in order: scores, samples, how the training ended.
    others: Vec<Event>,
    summary: RunSummary,
    weights: BTreeMap<String, Vec<f32>>,
    /// As it stood between any two steps, and before each unit of an evaluation.
    checkpoints: Vec<Vec<u8>>,
}

fn to_its_end(mut run: Run, base: &Base, ear: &Ear, takes: bool) -> Result<Course, EngineError> {
    let mut crew = Crew::<Nobody<()>>::none();
    let mut checkpoints = Vec::new();
    while block_on(run.advance(base, &mut crew, ear))? == Progress::Going {
        if takes && run.is_in_training() {
            let snapshot = block_on(run.snapshot(ear))?.unwrap();
            let mut bytes = Vec::new();
            block_on(snapshot.write(&mut bytes)).unwrap();
            assert!(bytes.len() as u64 > snapshot.bytes());
            checkpoints.push(bytes);
        }
    }
    let values = |tensor: burn::prelude::Tensor<1>| tensor.into_data().try_to_vec().unwrap();
    let weights = flattened(run.model()).into_iter();
    let weights = weights.map(|(info, tensor)| (info.name, values(tensor)));
    Ok(told(ear.heard.take(), weights.collect(), checkpoints))
}

fn told(
    heard: Vec<Event>,
    weights: BTreeMap<String, Vec<f32>>,
    checkpoints: Vec<Vec<u8>>,
) -> Course {
    let (mut steps, mut others, mut summary) = (Vec::new(), Vec::new(), None);
    for event in heard {
        match event {
            Event::StepsCompleted { steps: some, .. } => steps.extend(some),
            Event::RunStageEntered { .. } | Event::RunStageAdvanced { .. } => {}
            Event::RunFinished { summary: found, .. } => summary = Some(found),
            other => others.push(other),
        }
    }
    Course {
        steps,
        others,
        summary: summary.expect("the run ends"),
        weights,
        checkpoints,
    }
}

/// Times are the run's own, to the precision in which they are kept.
fn without_times(steps: &[StepMetrics]) -> Vec<StepMetrics> {
    let without = |step: &StepMetrics| StepMetrics {
        step_millis: 0.0,
        ..*step
    };
    steps.iter().map(without).collect()
}

/// Broken off between any two steps, or in an evaluation, and resumed, a run of these settings is the run that was never broken off: the same
/// numbers to the last bit, and everything told once more.
fn resumes_anywhere(settings: TrainingSettings) -> Course {
    let (base, rows, ear) = (base(1), rows("good"), Ear::default());
    let start = |resumes| run(&base, &rows, &settings, resumes, &ear).unwrap();
    let whole = to_its_end(start(None), &base, &ear, false).unwrap();
    let watched = to_its_end(start(None), &base, &ear, true).unwrap();
    assert_eq!(without_times(&watched.steps), without_times(&whole.steps));
    assert!(
        watched.checkpoints.len() > whole.steps.len(),
        "evaluations among them"
    );
    for (number, bytes) in watched.checkpoints.iter().enumerate() {
        let resumed = to_its_end(start(Some(bytes)), &base, &ear, false).unwrap();
        let wanted = without_times(&whole.steps);
        assert_eq!(without_times(&resumed.steps), wanted, "{number}");
        assert_eq!(resumed.others, whole.others, "{number}");
        assert!(resumed.weights == whole.weights, "{number}: other weights");
        let proof = |course: &Course| course.summary.frozen_proof.clone();
        assert_eq!(proof(&resumed), proof(&whole), "{number}");
        assert_eq!(resumed.summary.test, whole.summary.test, "{number}");
        assert_eq!(
            resumed.summary.validation, whole.summary.validation,
            "{number}"
        );
    }
    whole
}

#[test]
fn lora_with_dropout() {
    let strategy = Strategy::Lora(LoraSettings {
        dropout: 0.3,
        ..LoraSettings::default()
    });
    let course = resumes_anywhere(TrainingSettings {
        strategy,
        ..usual()
    });
    assert!(course.summary.frozen_proof.holds() && course.summary.frozen_proof.tensors > 0);
}

#[test]
fn full_fine_tuning_over_the_border_of_two_epochs() {
    let course = resumes_anywhere(TrainingSettings {
        strategy: Strategy::Full,
        num_train_epochs: 2.0,
        ..usual()
    });
    assert_eq!(course.steps.len(), 6, "twelve rows, four a step, twice");
}

#[test]
fn accumulated_gradients() {
    resumes_anywhere(TrainingSettings {
        gradient_accumulation_steps: 2,
        ..usual()
    });
}

#[test]
fn elastic_weights_and_replay() {
    let course = resumes_anywhere(TrainingSettings {
        strategy: Strategy::Full,
        remedies: Remedies {
            ewc_lambda: 2.0,
            ewc_samples: 3,
            l2_sp_alpha: 0.05,
            replay: 0.5,
            layer_wise_lr_decay: 0.8,
            ..Remedies::default()
        },
        ..usual()
    });
    let pulled = |step: &StepMetrics| step.remedy_loss_nats > 0.0;
    assert!(course.steps.iter().all(pulled));
}

#[test]
fn patience_and_the_best_weights() {
    let course = resumes_anywhere(TrainingSettings {
        strategy: Strategy::Full,
        learning_rate: 0.3,
        warmup_steps: 0,
        total_steps: 30,
        eval_steps: 1,
        early_stopping_patience: 3,
        load_best_model_at_end: true,
        ..usual()
    });
    assert!(course.steps.len() < 30, "it stops early");
    let is_restored = |event: &Event| matches!(event, Event::BestModelRestored { .. });
    assert!(course.others.iter().any(is_restored));
}

/// A run of the usual settings as it stands after so many steps.
pub fn one_snapshot(step: usize) -> Snapshot {
    let (base, rows, ear) = (base(1), rows("good"), Ear::default());
    let mut run = run(&base, &rows, &usual(), None, &ear).unwrap();
    let mut crew = Crew::<Nobody<()>>::none();
    while !(run.is_in_training() && run.step() == step) {
        block_on(run.advance(&base, &mut crew, &ear)).unwrap();
    }
    block_on(run.snapshot(&ear)).unwrap().unwrap()
}

fn one_checkpoint() -> Vec<u8> {
    let mut bytes = Vec::new();
    block_on(one_snapshot(3).write(&mut bytes)).unwrap();
    bytes
}

#[test]
fn what_does_not_fit_is_refused_in_words() {
    let bytes = one_checkpoint();
    let ear = Ear::default();
    let refused = |base: &Base, word: &str, settings: &TrainingSettings| {
        let started = run(base, &rows(word), settings, Some(&bytes), &ear);
        let ended = started.and_then(|run| to_its_end(run, base, &ear, false));
        ended.err().expect("it is refused").fault.to_string()
    };
    let other = TrainingSettings {
        learning_rate: 0.5,
        ..usual()
    };
    let message = refused(&base(1), "good", &other);
    assert!(message.contains("learning_rate is 0.5"), "{message}");
    let message = refused(&base(1), "fine", &usual());
    assert!(message.contains("other data"), "{message}");
    // Of the same shape: only the digests tell.
    let message = refused(&base(2), "good", &usual());
    assert!(message.contains("another model"), "{message}");
}

#[test]
fn a_file_that_is_cut_or_something_else_is_none() {
    let bytes = one_checkpoint();
    let opened = |bytes: &[u8]| Checkpoint::open(bytes.to_vec(), &Device::flex()).err();
    assert_eq!(opened(&bytes), None);
    for length in [4, 200, bytes.len() / 2, bytes.len() - 1] {
        let error = opened(&bytes[..length]).unwrap().to_string();
        assert!(
            error.contains("cut") || error.contains("few") || error.contains("damaged"),
            "{error}"
        );
    }
    let weights = crate::io::safetensors::NamedTensor {
        name: "a".into(),
        shape: vec![1],
        values: vec![1.0],
    };
    let precision = crate::io::safetensors::Precision::F32;
    let weights = crate::io::safetensors::write(&[weights], precision).unwrap();
    let error = opened(&weights).unwrap().to_string();
    assert!(error.contains("no checkpoint"), "{error}");
}
