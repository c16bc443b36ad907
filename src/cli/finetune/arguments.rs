//! The flags, named as in `TrainingArguments` and PEFT's `LoraConfig`.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::method::MethodArguments;
use super::warmup::Warmup;
use crate::cli::choices::{ClassWeights, LossDivisorName, Regularizer, ScheduleName, Task};
use crate::cli::device::DeviceName;
use crate::cli::error::CliError;
use crate::cli::opened::AnswerArguments;
use crate::methods::StrategyKind;
use crate::settings::{Family, LossDivisor, Remedies, ScheduleKind, Strategy, TrainingSettings};

#[derive(clap::Args)]
pub struct Arguments {
    /// Folder of the pre-trained model.
    #[arg(long)]
    pub model: PathBuf,
    /// What to train on: columns text and label (.csv, .tsv, .jsonl), or text and labels with ; between them; for
    /// causal-lm .txt, a column text, or prompt and completion; tokens and ner_tags, or SQuAD's fields (.jsonl).
    #[arg(long)]
    pub data: PathBuf,
    /// What to measure on, instead of a part of --data.
    #[arg(long)]
    pub eval: Option<PathBuf>,
    #[arg(long, value_enum)]
    pub task: Task,
    /// How many of the examples to train on, drawn by seed, each label alike; 0 is all.
    #[arg(long, default_value_t = 0)]
    pub examples: usize,
    #[arg(long, value_parser = strategies(), default_value = "lora")]
    strategy: StrategyKind,
    /// Folder for the result, metrics.jsonl and summary.json.
    #[arg(long)]
    pub out: PathBuf,
    #[arg(long, value_enum, default_value = "cpu")]
    pub device: DeviceName,
    /// What to measure forgetting on: text (.txt, .csv, .jsonl), or for a model without a language head passages with a
    /// question each (.jsonl).
    #[arg(long)]
    pub general: Option<PathBuf>,
    /// How many tokens of --general are scored.
    #[arg(long, default_value_t = 16_384)]
    pub general_tokens: usize,
    #[command(flatten)]
    method: MethodArguments,
    #[command(flatten)]
    pub training: TrainingArguments,
    #[command(flatten)]
    pub checkpoints: CheckpointArguments,
    #[command(flatten)]
    pub tasks: TaskArguments,
    #[command(flatten)]
    remedies: RemedyArguments,
    /// Text to replay and to estimate EWC's Fisher information from, instead of samples of the model itself.
    #[arg(long)]
    pub replay_text: Option<PathBuf>,
}

#[derive(clap::Args)]
pub struct CheckpointArguments {
    /// Keep a checkpoint in --out after every so many steps, the newest alone; 0 is never. It goes when the run has ended.
    #[arg(
        long = "checkpoint-every",
        alias = "save-steps",
        value_name = "STEPS",
        default_value_t = 0
    )]
    pub every: usize,
    /// Go on from the checkpoint in --out, with the same settings, data and model; an error where there is none.
    #[arg(long, alias = "resume-from-checkpoint")]
    pub resume: bool,
}

#[derive(clap::Args)]
pub struct TaskArguments {
    /// Classification: balanced lets rare classes count as much in the loss as frequent ones.
    #[arg(long, value_enum, default_value = "none")]
    class_weights: ClassWeights,
    #[command(flatten)]
    pub answers: AnswerArguments,
}

impl TaskArguments {
    pub fn is_balanced(&self) -> bool {
        self.class_weights == ClassWeights::Balanced
    }
}

/// Against forgetting; they combine.
#[derive(clap::Args)]
struct RemedyArguments {
    /// Penalties that pull the weights back to where they began; both with a comma between them.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "none")]
    regularize: Vec<Regularizer>,
    /// L2-SP's pull on trained weights.
    #[arg(long, default_value_t = 0.01, allow_negative_numbers = true)]
    l2sp_alpha: f64,
    /// L2-SP's pull of a fresh head towards zero.
    #[arg(long, default_value_t = 0.01, allow_negative_numbers = true)]
    l2sp_beta: f64,
    #[arg(long, default_value_t = 1.0, allow_negative_numbers = true)]
    ewc_lambda: f64,
    /// Texts from which EWC estimates which weights matter.
    #[arg(long, default_value_t = 64)]
    ewc_samples: usize,
    /// Rows of general text beside each batch, as a share of its size, and the weight of their loss.
    #[arg(long, default_value_t = 0.0, allow_negative_numbers = true)]
    replay: f64,
    /// The rate of each block over that of the block above it; 1 is one rate for all.
    #[arg(long, default_value_t = 1.0, allow_negative_numbers = true)]
    layer_wise_lr_decay: f64,
}

impl RemedyArguments {
    fn settings(&self) -> Remedies {
        let on = |which| self.regularize.contains(&which);
        let strength = |which, value| if on(which) { value } else { 0.0 };
        Remedies {
            l2_sp_alpha: strength(Regularizer::L2sp, self.l2sp_alpha),
            l2_sp_beta: self.l2sp_beta,
            ewc_lambda: strength(Regularizer::Ewc, self.ewc_lambda),
            ewc_samples: self.ewc_samples,
            replay: self.replay,
            layer_wise_lr_decay: self.layer_wise_lr_decay,
        }
    }
}

/// A strategy by its name in the table of methods.
fn strategies() -> impl TypedValueParser<Value = StrategyKind> {
    let names = PossibleValuesParser::new(StrategyKind::ALL.map(StrategyKind::name));
    names.try_map(|name| StrategyKind::parse(&name).ok_or("there is no such strategy"))
}

#[derive(clap::Args)]
pub struct TrainingArguments {
    #[arg(long, default_value_t = 1e-3, allow_negative_numbers = true)]
    learning_rate: f64,
    #[arg(
        long,
        alias = "lr-scheduler-type",
        value_enum,
        default_value = "linear"
    )]
    schedule: ScheduleName,
    /// Steps that warm up; a number below 1 is a share of all steps, as in transformers 5.
    #[arg(long, conflicts_with = "warmup_ratio", allow_negative_numbers = true)]
    warmup_steps: Option<Warmup>,
    /// Share of all steps that warm up; a tenth if neither is given.
    #[arg(long, allow_negative_numbers = true)]
    warmup_ratio: Option<f64>,
    #[arg(long, default_value_t = 0.01, allow_negative_numbers = true)]
    weight_decay: f64,
    #[arg(long, default_value_t = 1.0, allow_negative_numbers = true)]
    max_grad_norm: f64,
    #[arg(long, default_value_t = 0.9, allow_negative_numbers = true)]
    adam_beta1: f64,
    #[arg(long, default_value_t = 0.999, allow_negative_numbers = true)]
    adam_beta2: f64,
    #[arg(long, default_value_t = 1e-8, allow_negative_numbers = true)]
    adam_epsilon: f64,
    #[arg(long, alias = "per-device-train-batch-size", default_value_t = 16)]
    pub batch_size: usize,
    /// Batches whose gradients make up one step.
    #[arg(long, default_value_t = 1)]
    pub gradient_accumulation_steps: usize,
    /// Compute what lies inside the blocks again in backward instead of keeping it: less memory, a third more time.
    /// On for models of more than 50 million parameters if not given.
    #[arg(long, num_args = 0..=1, default_missing_value = "true")]
    gradient_checkpointing: Option<bool>,
    /// What a step's summed loss is divided by; the second is what Hugging Face's Trainer does for causal-lm.
    #[arg(long, value_enum, default_value = "micro-batch-mean")]
    loss_divisor: LossDivisorName,
    /// Steps between evaluations on the validation split; for causal-lm a tenth of --data is kept for it. 0 is never.
    #[arg(long, default_value_t = 0)]
    pub eval_steps: usize,
    /// End the run after so many evaluations without a lower validation loss; 0 is never.
    #[arg(long, default_value_t = 0)]
    early_stopping_patience: usize,
    /// Save the weights of the lowest validation loss instead of the last.
    #[arg(long)]
    load_best_model_at_end: bool,
    #[arg(
        long,
        alias = "num-train-epochs",
        default_value_t = 3.0,
        allow_negative_numbers = true,
        conflicts_with = "steps"
    )]
    epochs: f64,
    #[arg(long, alias = "max-steps")]
    pub steps: Option<usize>,
    /// Longest input in tokens; 128 for classification, 384 for question answering, all positions for causal-lm,
    /// if not given.
    #[arg(long)]
    pub max_length: Option<usize>,
    #[arg(long, default_value_t = 7)]
    pub seed: u64,
}

impl TrainingArguments {
    fn schedule_kind(&self) -> ScheduleKind {
        match self.schedule {
            ScheduleName::Linear => ScheduleKind::Linear,
            ScheduleName::Cosine => ScheduleKind::Cosine,
            ScheduleName::Constant => ScheduleKind::Constant,
        }
    }

    fn warmup(&self) -> Warmup {
        let ratio = Warmup::Share(self.warmup_ratio.unwrap_or(0.1));
        self.warmup_steps.unwrap_or(ratio)
    }

    /// One number for no clipping: JSON, in which the settings are kept, knows no infinity.
    fn finite_max_grad_norm(&self) -> f64 {
        match self.max_grad_norm {
            f64::INFINITY => 0.0,
            norm => norm,
        }
    }

    fn divisor(&self) -> LossDivisor {
        match self.loss_divisor {
            LossDivisorName::MicroBatchMean => LossDivisor::MicroBatchMean,
            LossDivisorName::NumItemsInBatch => LossDivisor::NumItemsInBatch,
        }
    }
}

impl Arguments {
    /// Refuses what is not there yet, and what cannot be.
    pub fn check(&self) -> Result<(), CliError> {
        let training = &self.training;
        let watches = training.early_stopping_patience > 0 || training.load_best_model_at_end;
        if watches && training.eval_steps == 0 {
            return Err(CliError::new(
                "--early-stopping-patience and --load-best-model-at-end go by the validation loss; say how often to measure it with --eval-steps",
            ));
        }
        let shares = [("--warmup-ratio", training.warmup_ratio.unwrap_or(0.0))];
        for (flag, value) in shares {
            if !(0.0..=1.0).contains(&value) {
                return Err(CliError::new(format!(
                    "{flag} is {value}, but must be from 0 to 1"
                )));
            }
        }
        if !(training.epochs.is_finite() && training.epochs > 0.0) {
            let epochs = training.epochs;
            return Err(CliError::new(format!(
                "--epochs is {epochs}, but must be above 0"
            )));
        }
        if training.batch_size == 0 {
            return Err(CliError::new("--batch-size is 0, but must be at least 1"));
        }
        Ok(())
    }

    /// For a model of a family with so many blocks.
    pub fn strategy(&self, model: (Family, usize)) -> Result<Strategy, CliError> {
        self.method.strategy(self.strategy, model)
    }

    /// The settings of the run, now that the length of an epoch is known.
    pub fn settings(
        &self,
        strategy: Strategy,
        max_length: usize,
        steps_per_epoch: usize,
    ) -> Result<TrainingSettings, CliError> {
        let training = &self.training;
        let of_epochs = (training.epochs * steps_per_epoch as f64).ceil() as usize;
        let total_steps = training.steps.unwrap_or(of_epochs);
        let settings = TrainingSettings {
            strategy,
            learning_rate: training.learning_rate,
            schedule: training.schedule_kind(),
            warmup_steps: training.warmup().of(total_steps),
            total_steps,
            batch_size: training.batch_size,
            max_length,
            weight_decay: training.weight_decay,
            max_grad_norm: training.finite_max_grad_norm(),
            adam_beta1: training.adam_beta1,
            adam_beta2: training.adam_beta2,
            adam_epsilon: training.adam_epsilon,
            seed: training.seed,
            gradient_accumulation_steps: training.gradient_accumulation_steps,
            gradient_checkpointing: training.gradient_checkpointing,
            loss_divisor: training.divisor(),
            eval_steps: training.eval_steps,
            early_stopping_patience: training.early_stopping_patience,
            load_best_model_at_end: training.load_best_model_at_end,
            remedies: self.remedies.settings(),
            ..TrainingSettings::default()
        };
        match settings.problem() {
            Some(problem) => Err(CliError::new(problem)),
            None => Ok(settings),
        }
    }
}
