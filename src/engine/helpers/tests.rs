//! Helpers on the very thread that asks them, so that everything but the workers themselves is there.

use std::collections::VecDeque;

use burn::module::Module;

use super::*;
use crate::data::batch::{Batch, IGNORED};
use crate::data::masking::Masking;
use crate::engine::examples::{Examples, Kind, Splits};
use crate::engine::run::prepared;
use crate::engine::wait::block_on;
use crate::io::folder::base_tensors;
use crate::io::safetensors::{Precision, write};
use crate::model::any::{Model, ModelConfig};
use crate::model::bert::{Bert, BertConfig, MaskedLmHead, Pooler};
use crate::model::gpt2::{Gpt2, Gpt2Config};
use crate::model::{bert, gpt2};
use crate::settings::{
    LoraSettings, LossDivisor, Remedies, Seed, Strategy, Task, TrainingSettings,
};
use crate::train::Trainer;
use burn::prelude::Device;

/// Obeys at once and answers when asked to. All that is said goes through bytes, as between workers.
pub struct Near {
    hand: Hand,
    answers: VecDeque<Letter<Answer>>,
    /// Asks that are obeyed before it falls silent.
    lives: usize,
}

impl Near {
    pub fn new(lives: usize) -> Self {
        Self {
            hand: Hand::new(Device::flex()),
            answers: VecDeque::new(),
            lives,
        }
    }
}

impl Helper for Near {
    type Body = Vec<u8>;

    fn ask(&mut self, ask: &Ask, numbers: &[f32], weights: Option<&Vec<u8>>) -> Result<(), Fault> {
        if self.lives == 0 {
            return Ok(());
        }
        self.lives -= 1;
        let letter = Letter {
            words: from_bytes(&to_bytes(ask)?)?,
            numbers: numbers.to_vec(),
        };
        let Letter { words, numbers } = block_on(self.hand.obey(letter, weights.cloned()));
        let words = from_bytes(&to_bytes(&words)?)?;
        self.answers.push_back(Letter { words, numbers });
        Ok(())
    }

    async fn answer(&mut self, _patience_millis: f64) -> Result<Letter<Answer>, Fault> {
        self.answers
            .pop_front()
            .ok_or_else(|| Fault::foreign("it gave no answer"))
    }
}

/// A model as its folder has it.
struct Folder {
    config: ModelConfig,
    weights: Vec<u8>,
    model: Model,
}

fn gpt2() -> Folder {
    let config = Gpt2Config::sized(23, 12, 8, 2, 2);
    let mut weights = gpt2::RandomWeights::new(Seed::new(1), 2);
    let model = Gpt2::load(&config, &mut weights, &Device::flex().autodiff()).unwrap();
    folder(ModelConfig::Gpt2(config), Model::Gpt2(model))
}

fn bert() -> Folder {
    let config = BertConfig {
        model_type: Some("bert".into()),
        ..BertConfig::sized(23, 12, 8, 2, 2)
    };
    let device = Device::flex().autodiff();
    let mut weights = bert::RandomWeights::new(Seed::new(2));
    let words = MaskedLmHead::load(&config, &mut weights, &device).unwrap();
    let model = Bert::load(&config, &mut weights, &device).unwrap();
    let model = model.with_masked_lm(words);
    let model = model.with_pooler(Pooler::identity(8, &device));
    folder(ModelConfig::Bert(config), Model::Bert(model))
}

fn folder(config: ModelConfig, model: Model) -> Folder {
    let weights = write(&base_tensors(&model).unwrap(), Precision::F32).unwrap();
    Folder {
        config,
        weights,
        model: model.no_grad(),
    }
}

/// To 1e-5, of their size where that is above 1.
fn near(a: f32, b: f32) -> bool {
    (a - b).abs() < 1e-5 * a.abs().max(1.0)
}

/// Five texts of three lengths, others at every second step.
fn texts(step: usize) -> Vec<Vec<i32>> {
    let mut seed = Seed::new(40 + step as u64 % 2);
    let lengths = [6, 4, 6, 3, 5];
    lengths
        .map(|length| (0..length).map(|_| 1 + seed.below(20) as i32).collect())
        .to_vec()
}

fn batch(task: Task, step: usize) -> Batch {
    let texts = texts(step);
    let ids = texts.iter().map(Vec::as_slice);
    let by_token = |label: &dyn Fn(usize, usize) -> i32| -> Batch {
        let labels: Vec<Vec<i32>> = texts
            .iter()
            .enumerate()
            .map(|(row, ids)| (0..ids.len()).map(|at| label(row, at)).collect())
            .collect();
        let rows: Vec<(&[i32], &[i32])> = ids.clone().zip(labels.iter().map(|l| &l[..])).collect();
        Batch::of_tokens(&rows, 0)
    };
    match task {
        Task::CausalLm => by_token(&|row, at| texts[row][at]),
        // The second text has nothing to learn.
        Task::MaskedLm => by_token(&|row, at| match row != 1 && at % 2 == 0 {
            true => texts[row][at],
            false => IGNORED,
        }),
        Task::TokenClassification => by_token(&|row, at| ((row + at) % 3) as i32),
        Task::QuestionAnswering => {
            let ends = (0..5).map(|row| vec![row % 2, 1 + row % 2]).collect();
            Batch::padded(ids, ends, 0)
        }
        Task::MultiLabelClassification => {
            let answers = (0..5).map(|row| vec![row % 2, 1, i32::from(row > 2)]);
            Batch::padded(ids, answers.collect(), 0)
        }
        Task::SequenceClassification => {
            let labels = (0..5).map(|row| vec![row % 3]);
            Batch::padded(ids, labels.collect(), 0)
        }
    }
}

/// Nothing to score, three labels where the task has any.
fn examples(task: Task) -> Examples {
    fn none<T>() -> Splits<T> {
        Splits {
            train: Vec::new(),
            validation: Vec::new(),
            test: Vec::new(),
        }
    }
    let labels = ["a", "b", "c"].map(str::to_owned).to_vec();
    let kind = match task {
        Task::CausalLm => Kind::Prompts {
            splits: none(),
            cut: [0; 3],
        },
        Task::MaskedLm => Kind::Hidden {
            splits: none(),
            masking: Masking {
                probability: 0.15,
                masked_share: 0.8,
                mask: 22,
                words: (0, 20),
            },
            seed: Seed::new(1),
        },
        Task::TokenClassification => Kind::Tags {
            labels,
            splits: none(),
        },
        Task::QuestionAnswering => Kind::Questions {
            questions: none(),
            windows: none(),
            longest: 3,
        },
        Task::MultiLabelClassification => Kind::ManyLabels {
            labels,
            splits: none(),
        },
        Task::SequenceClassification => Kind::Classes {
            labels,
            splits: none(),
        },
    };
    Examples { kind, pad: 0 }
}

struct Case {
    folder: Folder,
    task: Task,
    settings: TrainingSettings,
    class_weights: Option<Vec<f32>>,
}

impl Case {
    fn new(folder: Folder, task: Task, strategy: Strategy) -> Self {
        let strategy = strategy.in_words_of(folder.config.family());
        Self {
            folder,
            task,
            settings: TrainingSettings {
                strategy,
                total_steps: 8,
                warmup_steps: 2,
                batch_size: 5,
                learning_rate: 1e-2,
                ..TrainingSettings::default()
            },
            class_weights: None,
        }
    }

    fn job(&self) -> Job {
        Job {
            examples: examples(self.task),
            general: None,
            keeps_head: false,
            settings: self.settings.clone(),
            class_weights: self.class_weights.clone(),
        }
    }

    fn trainer(&self) -> Trainer {
        let examples = examples(self.task);
        let shape = (self.task, examples.labels().len());
        let model = prepared(&self.folder.model, shape, &self.settings, false).unwrap();
        let mut trainer = Trainer::new(model, examples.objective(), &self.settings);
        trainer.class_weights = self.class_weights.clone();
        trainer
    }

    /// Losses, gradient norms and remedies' losses of every step, with helpers that live so long each.
    fn curve(&self, lives: &[usize]) -> Vec<f32> {
        let mut crew = Crew::none();
        let next = std::cell::Cell::new(0);
        crew.enlist(lives.len(), || {
            next.set(next.get() + 1);
            Ok(Near::new(lives[next.get() - 1]))
        });
        crew.prepare(&self.folder.config.json(), &self.folder.weights, self.job());
        let mut trainer = self.trainer();
        let replays = self.settings.remedies.replay > 0.0;
        let mut told = Vec::new();
        for step in 0..self.settings.total_steps {
            let micro = self.settings.gradient_accumulation_steps;
            let batches: Vec<Batch> = (0..micro)
                .map(|i| batch(self.task, micro * step + i))
                .collect();
            let replayed = replays.then(|| Batch::causal(vec![vec![3, 1, 4], vec![1, 5, 9]]));
            let found = crew.gradients(&trainer, &batches, replayed.as_ref(), || 0.0);
            let outcome = trainer.update(block_on(found).unwrap());
            let measured = block_on(outcome.read()).unwrap();
            told.extend([
                measured.loss_nats,
                measured.gradient_norm,
                measured.remedy_loss_nats,
            ]);
        }
        assert!(told.iter().all(|number| number.is_finite()), "{told:?}");
        told
    }

    /// The curve with so many workers is that of one, and two runs of it are one and the same.
    fn holds(&self) {
        let alone = self.curve(&[]);
        let moved = (alone[0] - alone[3 * 6]).abs();
        assert!(moved > 1e-4, "nothing was learnt: {alone:?}");
        for helpers in [1, 3, 7] {
            let lives = vec![usize::MAX; helpers];
            let spread = self.curve(&lives);
            for (at, (a, b)) in alone.iter().zip(&spread).enumerate() {
                assert!(near(*a, *b), "{:?} {helpers} {at}: {a} {b}", self.task);
            }
            assert_eq!(spread, self.curve(&lives), "two runs differ");
        }
    }
}

/// Dropout on.
fn lora() -> Strategy {
    Strategy::Lora(LoraSettings {
        rank: 2,
        dropout: 0.3,
        ..LoraSettings::default()
    })
}

#[test]
fn a_gpt2_learns_alike_with_any_number_of_workers() {
    for task in [
        Task::CausalLm,
        Task::SequenceClassification,
        Task::TokenClassification,
    ] {
        Case::new(gpt2(), task, lora()).holds();
        Case::new(gpt2(), task, Strategy::Full).holds();
    }
}

#[test]
fn a_bert_learns_alike_with_any_number_of_workers() {
    for task in [
        Task::MaskedLm,
        Task::QuestionAnswering,
        Task::MultiLabelClassification,
    ] {
        Case::new(bert(), task, lora()).holds();
        Case::new(bert(), task, Strategy::Full).holds();
    }
}

#[test]
fn dropout_reaches_the_head_that_finds_words() {
    let mut settings = LoraSettings {
        rank: 2,
        dropout: 0.4,
        ..LoraSettings::default()
    };
    settings.target_modules = vec!["dense".into()];
    Case::new(bert(), Task::MaskedLm, Strategy::Lora(settings)).holds();
}

#[test]
fn class_weights_accumulation_and_remedies_are_shared_out_too() {
    let mut weighted = Case::new(gpt2(), Task::SequenceClassification, lora());
    weighted.class_weights = Some(vec![0.5, 2.0, 1.0]);
    weighted.settings.gradient_accumulation_steps = 2;
    weighted.holds();
    let mut replaying = Case::new(gpt2(), Task::CausalLm, Strategy::Full);
    replaying.settings.gradient_accumulation_steps = 2;
    replaying.settings.loss_divisor = LossDivisor::NumItemsInBatch;
    replaying.settings.remedies = Remedies {
        replay: 0.5,
        ..Remedies::default()
    };
    replaying.settings.gradient_checkpointing = Some(true);
    replaying.holds();
}

#[test]
fn dropout_drops_something() {
    let mut without = Case::new(gpt2(), Task::CausalLm, lora());
    let with = without.curve(&[]);
    if let Strategy::Lora(lora) = &mut without.settings.strategy {
        lora.dropout = 0.0;
    }
    assert_ne!(with, without.curve(&[]));
}

#[test]
fn a_helper_that_dies_is_done_without() {
    let case = Case::new(gpt2(), Task::SequenceClassification, lora());
    let alone = case.curve(&[]);
    // Before the model is there, before the run is, at the first step, in the midst of it.
    for lives in [[0, 9], [1, 9], [2, 9], [5, 9], [9, 4], [4, 4]] {
        for (a, b) in alone.iter().zip(case.curve(&lives)) {
            assert!(near(*a, b), "{lives:?}: {a} {b}");
        }
    }
}

#[test]
fn a_helper_that_cannot_build_the_model_says_why() {
    let case = Case::new(gpt2(), Task::CausalLm, lora());
    let mut crew = Crew::none();
    crew.enlist(1, || Ok(Near::new(usize::MAX)));
    let weights = case.folder.weights[..40].to_vec();
    crew.prepare(&case.folder.config.json(), &weights, case.job());
    let trainer = case.trainer();
    let batches = [batch(Task::CausalLm, 0)];
    block_on(crew.gradients(&trainer, &batches, None, || 0.0)).unwrap();
    assert_eq!(crew.workers(), 1);
    let reason = crew.take_lost()[0].to_string();
    assert!(
        reason.contains("cut short") || reason.contains("header"),
        "{reason}"
    );
    assert!(crew.take_lost().is_empty(), "it is told once");
}
