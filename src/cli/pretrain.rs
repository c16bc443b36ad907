//! `warmup pretrain`: a tokenizer and a model from plain text, with checkpoints and resume.

mod causal;
mod checkpoint;
mod corpus;
mod embeddings;
mod grow;
mod masked;
mod mix;
mod pairs;
mod stages;
mod words;
mod work;

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use super::error::CliError;
use super::files::{make_folder, read_text, write};
use crate::data::tokenizer::{END_OF_TEXT, Tokenizer};
use crate::io::folder;
use crate::settings::{Schedule, ScheduleKind, Seed, Strategy, TrainingSettings, WeightDecayOn};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Objective {
    /// A GPT-2 that foretells the next token.
    #[value(alias = "causal-lm")]
    Clm,
    /// A BERT that finds hidden tokens.
    #[value(alias = "masked-lm")]
    Mlm,
}

#[derive(clap::Args)]
pub struct Arguments {
    /// What is learnt: the next word, or words that are hidden.
    #[arg(long, value_enum, default_value = "clm")]
    objective: Objective,
    /// Plain text, one paragraph a line, `<|endoftext|>` between books.
    #[arg(long, required_unless_present = "mix", conflicts_with = "mix")]
    corpus: Option<PathBuf>,
    /// Instead of a corpus: a JSON file that names sources, how much to read of each, and in what form.
    #[arg(long)]
    mix: Option<PathBuf>,
    /// Held-out text to measure on.
    #[arg(long)]
    valid: PathBuf,
    /// Model folder to write; an unfinished run in it is resumed.
    #[arg(long)]
    out: PathBuf,
    /// Folder of a model whose vocabulary is taken over instead of learning one.
    #[arg(long)]
    tokenizer: Option<PathBuf>,
    #[command(flatten)]
    settings: PretrainSettings,
    #[arg(long, default_value_t = 250)]
    checkpoint_every: usize,
    #[arg(long, default_value_t = 500)]
    evaluate_every: usize,
    /// Threads that share a step's batch; as many as the machine has cores unless said.
    #[arg(long)]
    workers: Option<usize>,
    /// Stop early, after this many steps of this invocation (the run resumes later).
    #[arg(long)]
    stop_after: Option<usize>,
}

/// What decides the run; a checkpoint is resumed only under the same settings, but for `steps` and
/// `decay_steps`: the end of a run may be moved while it is under way, and the way down to it chosen then.
#[derive(clap::Args, Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PretrainSettings {
    #[arg(long, default_value_t = 3072)]
    vocab_size: usize,
    #[arg(long, default_value_t = 128)]
    context: usize,
    #[arg(long, default_value_t = 4)]
    layers: usize,
    #[arg(long, default_value_t = 4)]
    heads: usize,
    #[arg(long, default_value_t = 128)]
    width: usize,
    #[arg(long, default_value_t = 16)]
    batch_size: usize,
    #[arg(long, default_value_t = 8000)]
    steps: usize,
    /// Keep the rate level and let it fall in a straight line over so many last steps, instead of along a cosine.
    #[arg(long)]
    #[serde(default)]
    decay_steps: Option<usize>,
    #[arg(long, default_value_t = 3e-3)]
    learning_rate: f64,
    #[arg(long, default_value_t = 200)]
    warmup_steps: usize,
    #[arg(long, default_value_t = 0.1)]
    weight_decay: f64,
    #[arg(long, default_value_t = 0.99)]
    adam_beta2: f64,
    /// Share of the words that mlm hides.
    #[arg(long, default_value_t = usual_masking())]
    #[serde(default = "usual_masking")]
    mlm_probability: f64,
    /// Folder of a GPT-2 with this vocabulary, whose word embeddings an mlm run begins with.
    #[arg(long)]
    #[serde(default)]
    word_embeddings: Option<PathBuf>,
    /// Folder of a GPT-2 with which a clm run begins, at twice its width; its vocabulary comes along.
    #[arg(long)]
    #[serde(default)]
    grow_from: Option<PathBuf>,
    /// Safetensors file whose `wte.weight`, a row of --width numbers for each of --vocab-size tokens, a clm run begins with
    /// instead of noise.
    #[arg(long, value_name = "FILE")]
    #[serde(default)]
    embeddings: Option<PathBuf>,
    /// Read windows of an eighth, a quarter and half of --context first, a tenth of the steps each.
    #[arg(long)]
    #[serde(default)]
    grow_context: bool,
    /// Let an mlm run read two texts a row, of which the second follows the first or comes from elsewhere, and tell which.
    #[arg(long)]
    #[serde(default)]
    next_sentence: bool,
    /// Update the matrices inside the blocks by Muon instead of AdamW.
    #[arg(long)]
    #[serde(default)]
    muon: bool,
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn usual_masking() -> f64 {
    0.15
}

impl PretrainSettings {
    /// How an mlm run lays out its rows.
    fn layout(&self) -> pairs::Layout {
        match self.next_sentence {
            true => pairs::Layout::Pairs,
            false => pairs::Layout::Single,
        }
    }

    fn schedule(&self) -> Schedule {
        Schedule {
            decay_steps: self.decay_steps.unwrap_or(0),
            ..self.training().schedule()
        }
    }

    fn training(&self) -> TrainingSettings {
        TrainingSettings {
            strategy: Strategy::Full,
            learning_rate: self.learning_rate,
            schedule: match self.decay_steps {
                Some(_) => ScheduleKind::Constant,
                None => ScheduleKind::Cosine,
            },
            warmup_steps: self.warmup_steps,
            total_steps: self.steps,
            batch_size: self.batch_size,
            max_length: self.context,
            weight_decay: self.weight_decay,
            weight_decay_on: WeightDecayOn::Matrices,
            adam_beta2: self.adam_beta2,
            seed: self.seed,
            ..TrainingSettings::default()
        }
    }
}

pub fn run(arguments: Arguments) -> Result<u8, CliError> {
    arguments.check()?;
    make_folder(&arguments.out)?;
    let train_text = arguments.train_text()?;
    let valid_text = read_text(&arguments.valid)?;
    let texts = Texts {
        train: &train_text,
        valid: &valid_text,
    };
    match arguments.objective {
        Objective::Clm => causal::run(&arguments, texts)?,
        Objective::Mlm => masked::run(&arguments, texts)?,
    }
    Ok(0)
}

impl Arguments {
    /// Settings that cannot be, alone or together.
    fn check(&self) -> Result<(), CliError> {
        if let Some(problem) = self.settings.training().problem() {
            return Err(CliError::new(problem));
        }
        let masked = self.objective == Objective::Mlm;
        let grows = self.settings.grow_from.is_some();
        let begins = self.settings.embeddings.is_some();
        let problem = if grows && masked {
            "--grow-from widens a GPT-2; give it with --objective clm"
        } else if begins && masked {
            "--embeddings is for a GPT-2; give it with --objective clm, or --word-embeddings with mlm"
        } else if begins && grows {
            "--grow-from takes the token embeddings of the smaller model; leave out --embeddings, or --grow-from"
        } else {
            return Ok(());
        };
        Err(CliError::new(problem))
    }

    fn workers(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        self.workers.unwrap_or_else(cores).max(1)
    }
}

/// What is read of, and what is measured on.
#[derive(Clone, Copy)]
struct Texts<'a> {
    train: &'a str,
    valid: &'a str,
}

/// Both as ids.
struct Tokens {
    train: Vec<u16>,
    valid: Vec<u16>,
}

impl Tokens {
    fn of(texts: Texts, tokenizer: &Tokenizer, out: &Path) -> Result<Self, CliError> {
        let train = corpus::tokens(tokenizer, texts.train, &out.join("train.tokens"))?;
        let valid = corpus::tokens(tokenizer, texts.valid, &out.join("valid.tokens"))?;
        eprintln!(
            "{} training tokens ({:.2} bytes each), {} validation tokens",
            train.len(),
            texts.train.len() as f64 / train.len() as f64,
            valid.len()
        );
        Ok(Self { train, valid })
    }
}

impl Arguments {
    /// The corpus, or what the mix makes; what each source gave to that is left in `mix_shares.json`.
    fn train_text(&self) -> Result<String, CliError> {
        let Some(path) = &self.mix else {
            return self.corpus.as_deref().map_or(Ok(String::new()), read_text);
        };
        let mixed = mix::read(path, &Seed::new(self.settings.seed).fork("mix"))?;
        for share in &mixed.shares {
            eprintln!(
                "{:>9} documents, {:>9} bytes of {}",
                share.documents,
                share.bytes,
                share.file.display()
            );
        }
        let shares = serde_json::to_string_pretty(&mixed.shares)? + "\n";
        write(&self.out.join("mix_shares.json"), shares)?;
        Ok(mixed.text)
    }

    /// The tokenizer in `out` where a run has been, else another model's, else one learnt from `text`;
    /// `finish` completes a fresh one.
    fn tokenizer(
        &self,
        text: &str,
        vocab_size: usize,
        finish: impl Fn(Tokenizer) -> Result<Tokenizer, CliError>,
    ) -> Result<Tokenizer, CliError> {
        let path = self.out.join("tokenizer.json");
        if path.exists() {
            return Ok(Tokenizer::from_json(&read_text(&path)?)?);
        }
        let tokenizer = match self.tokenizer.as_ref().or(self.settings.grow_from.as_ref()) {
            Some(other) => folder::tokenizer(other)?,
            None => {
                eprintln!("learning a vocabulary of {vocab_size}");
                let lines = text.lines().filter(|line| *line != END_OF_TEXT);
                Tokenizer::train(lines, vocab_size)?
            }
        };
        let tokenizer = finish(tokenizer)?;
        write(&path, tokenizer.to_json()?)?;
        Ok(tokenizer)
    }
}

/// `config.json`: the fields that are set, and some that only others read.
fn write_config(
    out: &Path,
    config: &impl Serialize,
    more: serde_json::Value,
) -> Result<(), CliError> {
    let mut value = serde_json::to_value(config)?;
    if let (Some(fields), serde_json::Value::Object(more)) = (value.as_object_mut(), more) {
        fields.retain(|_, v| !v.is_null());
        fields.extend(more);
    }
    write(
        &out.join("config.json"),
        serde_json::to_string_pretty(&value)? + "\n",
    )
}
