//! The flags, named as in `TrainingArguments` and PEFT's `LoraConfig`.

use std::path::PathBuf;

use super::warmup::Warmup;
use crate::cli::choices::{
    ClassWeights, LossDivisorName, PlacementName, Regularizer, ScheduleName, StrategyName, Task,
};
use crate::cli::device::DeviceName;
use crate::cli::error::CliError;
use crate::cli::opened::AnswerArguments;
use crate::settings::{
    BottleneckSettings, Ia3Settings, LoraSettings, LossDivisor, Placement, Remedies, ScheduleKind,
    Strategy, TrainingSettings, expand_targets, names_module,
};

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
    #[arg(long, value_enum, default_value = "lora")]
    pub strategy: StrategyName,
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
    pub lora: LoraArguments,
    #[command(flatten)]
    pub training: TrainingArguments,
    #[command(flatten)]
    pub tasks: TaskArguments,
    #[command(flatten)]
    remedies: RemedyArguments,
    /// Text to replay and to estimate EWC's Fisher information from, instead of samples of the model itself.
    #[arg(long)]
    pub replay_text: Option<PathBuf>,
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

#[derive(clap::Args)]
pub struct LoraArguments {
    #[arg(long, alias = "r", default_value_t = 8)]
    rank: usize,
    #[arg(
        long,
        alias = "lora-alpha",
        default_value_t = 16.0,
        allow_negative_numbers = true
    )]
    alpha: f64,
    #[arg(
        long,
        alias = "lora-dropout",
        default_value_t = 0.0,
        allow_negative_numbers = true
    )]
    dropout: f64,
    /// Names with commas between them, matched at the end of a module's path, or all-linear; c_attn,c_proj for LoRA
    /// and c_attn,mlp.c_proj for (IA)³ if not given.
    #[arg(long, value_delimiter = ',')]
    target_modules: Option<Vec<String>>,
    /// Scale by alpha/√r instead of alpha/r.
    #[arg(long)]
    use_rslora: bool,
    /// Learn the lengths of a weight's columns apart from their direction.
    #[arg(long)]
    use_dora: bool,
    /// Modules of --target-modules whose input (IA)³ rescales instead of their output.
    #[arg(long, value_delimiter = ',', default_value = "mlp.c_proj")]
    feedforward_modules: Vec<String>,
    /// Where bottleneck adapters stand: houlsby (after attention and MLP) or pfeiffer (after the MLP).
    #[arg(long, value_enum, default_value = "pfeiffer")]
    placement: PlacementName,
    /// Dimensions in the middle of a bottleneck adapter.
    #[arg(long, default_value_t = 16)]
    bottleneck: usize,
    /// Learned vectors before the text under --strategy prompt and prefix.
    #[arg(long, default_value_t = 8)]
    num_virtual_tokens: usize,
    /// First blocks that stand still under --strategy partial, with the embeddings; half of them if not given.
    #[arg(long)]
    freeze_layers: Option<usize>,
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
    steps: Option<usize>,
    /// Longest input in tokens; 128 for classification, 384 for question answering, all positions for causal-lm,
    /// if not given.
    #[arg(long)]
    pub max_length: Option<usize>,
    #[arg(long, default_value_t = 7)]
    pub seed: u64,
}

impl LoraArguments {
    fn targets(&self, usual: &[String]) -> Vec<String> {
        let given = self.target_modules.clone();
        expand_targets(given.unwrap_or_else(|| usual.to_vec()))
    }

    fn ia3(&self) -> Result<Ia3Settings, CliError> {
        let settings = Ia3Settings {
            target_modules: self.targets(&Ia3Settings::default().target_modules),
            feedforward_modules: expand_targets(self.feedforward_modules.clone()),
        };
        let mut feedforward = settings.feedforward_modules.iter();
        match feedforward.find(|name| !names_module(&settings.target_modules, name)) {
            Some(name) => Err(CliError::new(format!(
                "--feedforward-modules names {name}, which is not among --target-modules {}",
                settings.target_modules.join(",")
            ))),
            None => Ok(settings),
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

    pub fn strategy(&self, blocks: usize) -> Result<Strategy, CliError> {
        match self.strategy {
            StrategyName::Full => Ok(Strategy::Full),
            StrategyName::Partial => Ok(Strategy::Partial {
                frozen_blocks: self.lora.freeze_layers.unwrap_or(blocks / 2),
            }),
            StrategyName::Head => Ok(Strategy::Head),
            StrategyName::Lora => Ok(Strategy::Lora(LoraSettings {
                rank: self.lora.rank,
                alpha: self.lora.alpha,
                dropout: self.lora.dropout,
                target_modules: self.lora.targets(&LoraSettings::default().target_modules),
                use_rslora: self.lora.use_rslora,
                use_dora: self.lora.use_dora,
            })),
            StrategyName::Ia3 => Ok(Strategy::Ia3(self.lora.ia3()?)),
            StrategyName::Adapter => Ok(Strategy::Adapter(BottleneckSettings {
                placement: match self.lora.placement {
                    PlacementName::Houlsby => Placement::Houlsby,
                    PlacementName::Pfeiffer => Placement::Pfeiffer,
                },
                bottleneck: self.lora.bottleneck,
            })),
            StrategyName::Prompt => Ok(Strategy::Prompt {
                virtual_tokens: self.lora.num_virtual_tokens,
            }),
            StrategyName::Prefix => Ok(Strategy::Prefix {
                virtual_tokens: self.lora.num_virtual_tokens,
            }),
            StrategyName::Bitfit => Ok(Strategy::BitFit),
        }
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
        let ratio = Warmup::Share(training.warmup_ratio.unwrap_or(0.1));
        let warmup = training.warmup_steps.unwrap_or(ratio);
        let settings = TrainingSettings {
            strategy,
            learning_rate: training.learning_rate,
            schedule: match training.schedule {
                ScheduleName::Linear => ScheduleKind::Linear,
                ScheduleName::Cosine => ScheduleKind::Cosine,
                ScheduleName::Constant => ScheduleKind::Constant,
            },
            warmup_steps: warmup.of(total_steps),
            total_steps,
            batch_size: training.batch_size,
            max_length,
            weight_decay: training.weight_decay,
            // One number for no clipping: JSON, in which the settings are kept, knows no infinity.
            max_grad_norm: match training.max_grad_norm {
                f64::INFINITY => 0.0,
                norm => norm,
            },
            adam_beta1: training.adam_beta1,
            adam_beta2: training.adam_beta2,
            adam_epsilon: training.adam_epsilon,
            seed: training.seed,
            gradient_accumulation_steps: training.gradient_accumulation_steps,
            gradient_checkpointing: training.gradient_checkpointing,
            loss_divisor: match training.loss_divisor {
                LossDivisorName::MicroBatchMean => LossDivisor::MicroBatchMean,
                LossDivisorName::NumItemsInBatch => LossDivisor::NumItemsInBatch,
            },
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
