//! The settings of a run, named as in `transformers.TrainingArguments`.

use serde::{Deserialize, Serialize};

use super::bounds::Bound;
use super::{Remedies, Schedule, ScheduleKind, Strategy};
use crate::faults::{Setting, SettingsError};
use crate::methods::names::{Kind, kind};

/// Which trained parameters AdamW pulls towards zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum WeightDecayOn {
    /// All of them (plain `torch.optim.AdamW`).
    Everything,
    /// All but biases and LayerNorm (Hugging Face's `Trainer`).
    Matrices,
}

impl WeightDecayOn {
    /// Whether the parameter called `name` decays.
    pub fn applies_to(self, name: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Matrices => !name.contains("bias") && kind(name) != Kind::Norm,
        }
    }
}

/// What the summed loss of a step's micro-batches is divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum LossDivisor {
    /// Each micro-batch by what it predicts, then the mean over the micro-batches, as a plain torch loop.
    #[default]
    MicroBatchMean,
    /// The losses of all predicted tokens by `num_items_in_batch`, as Hugging Face's `Trainer` does for a
    /// language model: the labels of the whole step that are not ignored. Each text's first label is among
    /// them although nothing predicts it, so the loss comes out lower than the mean. Other tasks take the
    /// mean, there and here.
    NumItemsInBatch,
}

/// Everything that decides a run but the model, the data and the task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainingSettings {
    pub strategy: Strategy,
    pub learning_rate: f64,
    pub schedule: ScheduleKind,
    pub warmup_steps: usize,
    pub total_steps: usize,
    pub batch_size: usize,
    /// Longest input in tokens; longer texts are cut.
    pub max_length: usize,
    pub weight_decay: f64,
    pub weight_decay_on: WeightDecayOn,
    /// Gradients are scaled down to this global norm. 0, or infinity, leaves them as they are, as in `Trainer`.
    pub max_grad_norm: f64,
    pub adam_beta1: f64,
    pub adam_beta2: f64,
    pub adam_epsilon: f64,
    pub seed: u64,
    /// Batches whose gradients make up one step.
    #[serde(default = "one")]
    pub gradient_accumulation_steps: usize,
    #[serde(default)]
    pub loss_divisor: LossDivisor,
    /// Steps between evaluations on the validation split; 0 is never.
    #[serde(default)]
    pub eval_steps: usize,
    /// Evaluations in a row without a lower loss that end the run; 0 is never.
    #[serde(default)]
    pub early_stopping_patience: usize,
    /// End with the weights that had the lowest validation loss.
    #[serde(default)]
    pub load_best_model_at_end: bool,
    /// Train on so many examples only, of each label alike; 0 is all.
    #[serde(default)]
    pub max_train_samples: usize,
    #[serde(default)]
    pub remedies: Remedies,
    /// Passes over the examples instead of a number of steps; 0 goes by the steps.
    #[serde(default)]
    pub num_train_epochs: f64,
    /// Let rare classes count as much in the loss as frequent ones.
    #[serde(default)]
    pub balanced_classes: bool,
    /// Compute what lies inside the blocks again in backward instead of keeping it; `None` goes by the model's size.
    #[serde(default)]
    pub gradient_checkpointing: Option<bool>,
}

/// More than any run has; beyond, a schedule alone would take minutes to walk through.
const MOST_STEPS: usize = 100_000_000;
/// The same for what makes up a step.
const MOST_ROWS: usize = 1_000_000;

/// Models of more parameters are checkpointed unless the settings say otherwise.
const LARGE_MODEL: usize = 50_000_000;

fn one() -> usize {
    1
}

impl Default for TrainingSettings {
    fn default() -> Self {
        Self {
            strategy: Strategy::Lora(Default::default()),
            learning_rate: 1e-3,
            schedule: ScheduleKind::Linear,
            warmup_steps: 20,
            total_steps: 200,
            batch_size: 16,
            max_length: 128,
            weight_decay: 0.01,
            weight_decay_on: WeightDecayOn::Matrices,
            max_grad_norm: 1.0,
            adam_beta1: 0.9,
            adam_beta2: 0.999,
            adam_epsilon: 1e-8,
            seed: 7,
            gradient_accumulation_steps: 1,
            loss_divisor: LossDivisor::default(),
            eval_steps: 0,
            early_stopping_patience: 0,
            load_best_model_at_end: false,
            max_train_samples: 0,
            remedies: Remedies::default(),
            num_train_epochs: 0.0,
            balanced_classes: false,
            gradient_checkpointing: None,
        }
    }
}

impl TrainingSettings {
    /// The very schedule that training steps and that the chart draws.
    pub fn schedule(&self) -> Schedule {
        Schedule::new(
            self.schedule,
            self.learning_rate,
            self.warmup_steps,
            self.total_steps,
        )
    }

    /// What is wrong with these settings.
    pub fn problem(&self) -> Option<SettingsError> {
        let mut numbers = self.bounds().into_iter();
        let out_of_bounds = numbers.find_map(Bound::problem);
        if let Some(problem) = out_of_bounds.or_else(|| self.strategy.problem()) {
            return Some(problem);
        }
        if self.strategy == Strategy::Head && self.remedies.wants_text() {
            return Some(SettingsError::RemediesOfHeadOnly);
        }
        self.remedies.problem()
    }

    fn bounds(&self) -> [Bound; 11] {
        [
            Bound::above_zero(Setting::LearningRate, self.learning_rate),
            Bound::whole(Setting::TotalSteps, self.total_steps, MOST_STEPS),
            Bound::from_zero(Setting::Epochs, self.num_train_epochs),
            Bound::whole(Setting::BatchSize, self.batch_size, MOST_ROWS),
            Bound::whole(
                Setting::GradientAccumulation,
                self.gradient_accumulation_steps,
                MOST_ROWS,
            ),
            Bound::whole(Setting::MaxLength, self.max_length, MOST_ROWS),
            Bound::from_zero(Setting::WeightDecay, self.weight_decay),
            Bound::below_one(Setting::AdamBeta1, self.adam_beta1),
            Bound::below_one(Setting::AdamBeta2, self.adam_beta2),
            // In float32, in which it is added: a parameter that never had a gradient would become 0 / 0.
            Bound::above_zero(Setting::AdamEpsilon, (self.adam_epsilon as f32).into()),
            Bound::norm_or_none(Setting::MaxGradNorm, self.max_grad_norm),
        ]
    }

    /// The same settings, where they go by epochs with the steps that so many epochs take.
    pub fn with_epochs_of(mut self, steps_per_epoch: usize) -> Self {
        if self.num_train_epochs > 0.0 {
            let steps = (self.num_train_epochs * steps_per_epoch as f64).ceil();
            self.total_steps = (steps as usize).max(1);
        }
        self
    }

    /// The same settings with so many steps at most. Warmup keeps its share, and epochs, which could be longer, go.
    pub fn cut_to(mut self, most_steps: usize) -> Self {
        if self.num_train_epochs == 0.0 && self.total_steps <= most_steps {
            return self;
        }
        self.num_train_epochs = 0.0;
        self.warmup_steps = self.warmup_steps * most_steps / self.total_steps.max(most_steps);
        self.total_steps = most_steps;
        self
    }

    /// Steps between evaluations on the validation split, where so many of them are wanted in a run whose settings do
    /// not say how often; 0 is never. Ask once the epochs have become steps.
    pub fn evaluation_interval(&self, evaluations: usize) -> usize {
        match (self.eval_steps, evaluations) {
            (0, 0) => 0,
            (0, wanted) => (self.total_steps / wanted).max(1),
            (said, _) => said,
        }
    }

    /// Whether a model of so many parameters is trained with gradient checkpointing.
    pub fn checkpoints(&self, parameters: usize) -> bool {
        self.gradient_checkpointing
            .unwrap_or(parameters > LARGE_MODEL)
    }

    /// Whether gradients have a norm to keep to.
    pub fn clips(&self) -> bool {
        self.max_grad_norm > 0.0 && self.max_grad_norm.is_finite()
    }

    /// Whether the loss on the validation split decides anything.
    pub fn watches_validation(&self) -> bool {
        self.early_stopping_patience > 0 || self.load_best_model_at_end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trainer_spares_biases_and_layer_norms() {
        let on = WeightDecayOn::Matrices;
        assert!(on.applies_to("transformer.wte.weight"));
        assert!(on.applies_to("transformer.h.0.attn.c_attn.weight"));
        assert!(!on.applies_to("transformer.h.0.attn.c_attn.bias"));
        assert!(!on.applies_to("transformer.h.0.ln_1.weight"));
    }

    #[test]
    fn settings_recorded_before_there_were_remedies_still_parse() {
        let mut recorded = serde_json::to_value(TrainingSettings::default()).unwrap();
        let fields = recorded.as_object_mut().unwrap();
        for new in [
            "gradient_accumulation_steps",
            "loss_divisor",
            "eval_steps",
            "early_stopping_patience",
            "load_best_model_at_end",
            "remedies",
            "num_train_epochs",
            "balanced_classes",
            "gradient_checkpointing",
        ] {
            assert!(fields.remove(new).is_some(), "{new}");
        }
        let parsed: TrainingSettings = serde_json::from_value(recorded).unwrap();
        assert_eq!(parsed, TrainingSettings::default());
    }

    #[test]
    fn evaluations_are_spread_over_the_steps_that_the_epochs_take() {
        let settings = TrainingSettings {
            num_train_epochs: 2.0,
            ..Default::default()
        };
        assert_eq!(settings.evaluation_interval(8), 25, "of 200 steps");
        let settings = settings.with_epochs_of(12);
        assert_eq!(settings.evaluation_interval(8), 3, "of 24 steps");
        assert_eq!(settings.evaluation_interval(100), 1);
        assert_eq!(settings.evaluation_interval(0), 0);
        let said = TrainingSettings {
            eval_steps: 7,
            ..settings
        };
        assert_eq!(said.evaluation_interval(8), 7);
        assert_eq!(said.evaluation_interval(0), 7);
    }

    #[test]
    fn a_run_is_cut_with_its_warmup_and_a_short_one_stays() {
        let settings = TrainingSettings::default();
        assert_eq!(settings.clone().cut_to(200), settings);
        let cut = settings.clone().cut_to(50);
        assert_eq!((cut.total_steps, cut.warmup_steps), (50, 5));
        let epochs = TrainingSettings {
            num_train_epochs: 3.0,
            ..settings
        };
        let cut = epochs.cut_to(300);
        assert_eq!(
            (cut.total_steps, cut.warmup_steps, cut.num_train_epochs),
            (300, 20, 0.0)
        );
    }

    #[test]
    fn large_models_are_checkpointed_unless_told_otherwise() {
        let by_size = TrainingSettings::default();
        assert!(by_size.checkpoints(124_439_808) && !by_size.checkpoints(1_000_000));
        let told = TrainingSettings {
            gradient_checkpointing: Some(false),
            ..Default::default()
        };
        assert!(!told.checkpoints(124_439_808));
    }

    #[test]
    fn impossible_settings_say_which_field() {
        let settings = TrainingSettings {
            learning_rate: f64::NAN,
            ..Default::default()
        };
        assert!(
            settings
                .problem()
                .is_some_and(|p| p.to_string().starts_with("learning rate"))
        );
        assert_eq!(TrainingSettings::default().problem(), None);
    }

    #[test]
    fn every_number_has_bounds() {
        type Set = fn(&mut TrainingSettings, f64);
        let fields: [(&str, Set); 8] = [
            ("learning rate", |s, x| s.learning_rate = x),
            ("weight decay", |s, x| s.weight_decay = x),
            ("Adam beta1", |s, x| s.adam_beta1 = x),
            ("Adam beta2", |s, x| s.adam_beta2 = x),
            ("Adam epsilon", |s, x| s.adam_epsilon = x),
            ("maximum gradient norm", |s, x| s.max_grad_norm = x),
            ("number of epochs", |s, x| s.num_train_epochs = x),
            ("LoRA alpha", |s, x| set_lora(s, |lora| lora.alpha = x)),
        ];
        for (name, set) in fields {
            for value in [f64::NAN, -1.0] {
                let mut settings = TrainingSettings::default();
                set(&mut settings, value);
                let problem = settings.problem().unwrap().to_string();
                assert!(problem.starts_with(name), "{name} {value}: {problem}");
            }
        }
        let refused = |change: fn(&mut TrainingSettings)| {
            let mut settings = TrainingSettings::default();
            change(&mut settings);
            settings.problem().unwrap().to_string()
        };
        assert!(refused(|s| set_lora(s, |lora| lora.alpha = 0.0)).contains("above 0"));
        assert!(refused(|s| set_lora(s, |lora| lora.dropout = f64::NAN)).contains("dropout"));
        assert!(refused(|s| set_lora(s, |lora| lora.rank = 0)).contains("rank is 0"));
        assert!(refused(|s| s.adam_beta2 = 1.5).contains("below 1"));
        assert!(refused(|s| s.adam_epsilon = 0.0).contains("above 0"));
        assert!(refused(|s| s.batch_size = usize::MAX).contains("at most"));
        assert!(refused(|s| s.total_steps = usize::MAX).contains("at most"));
    }

    fn set_lora(
        settings: &mut TrainingSettings,
        change: impl Fn(&mut crate::settings::LoraSettings),
    ) {
        if let Strategy::Lora(lora) = &mut settings.strategy {
            change(lora);
        }
    }

    #[test]
    fn a_gradient_norm_of_0_or_infinity_clips_nothing() {
        for max_grad_norm in [0.0, f64::INFINITY] {
            let settings = TrainingSettings {
                max_grad_norm,
                ..Default::default()
            };
            assert_eq!(settings.problem(), None);
        }
    }
}
