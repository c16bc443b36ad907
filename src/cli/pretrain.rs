//! `warmup pretrain`: a tokenizer and a GPT-2 from plain text, with checkpoints and resume.

mod checkpoint;
mod corpus;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use burn::prelude::Device;
use serde::{Deserialize, Serialize};

use super::error::CliError;
use crate::data::batch::Batch;
use crate::data::tokenizer::{END_OF_TEXT, Tokenizer};
use crate::io::folder;
use crate::io::safetensors::{Precision, write};
use crate::model::gpt2::{Gpt2, Gpt2Config, Pass, RandomWeights, Tokens};
use crate::settings::{ScheduleKind, Seed, Strategy, TrainingSettings, WeightDecayOn};
use crate::train::loss::nll;
use crate::train::{Objective, Trainer};
use corpus::Windows;

#[derive(clap::Args)]
pub struct Arguments {
    /// Plain text, one paragraph a line, `<|endoftext|>` between books.
    #[arg(long)]
    corpus: PathBuf,
    /// Held-out text for bits per byte.
    #[arg(long)]
    valid: PathBuf,
    /// Model folder to write; an unfinished run in it is resumed.
    #[arg(long)]
    out: PathBuf,
    #[command(flatten)]
    settings: PretrainSettings,
    #[arg(long, default_value_t = 250)]
    checkpoint_every: usize,
    #[arg(long, default_value_t = 500)]
    evaluate_every: usize,
    /// Stop early, after this many steps of this invocation (the run resumes later).
    #[arg(long)]
    stop_after: Option<usize>,
}

/// What decides the run; a checkpoint is resumed only under the same settings.
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
    #[arg(long, default_value_t = 3e-3)]
    learning_rate: f64,
    #[arg(long, default_value_t = 200)]
    warmup_steps: usize,
    #[arg(long, default_value_t = 0.1)]
    weight_decay: f64,
    #[arg(long, default_value_t = 0.99)]
    adam_beta2: f64,
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl PretrainSettings {
    fn model_config(&self, end_of_text: Option<i32>) -> Gpt2Config {
        Gpt2Config {
            bos_token_id: end_of_text,
            eos_token_id: end_of_text,
            pad_token_id: end_of_text,
            ..Gpt2Config::sized(
                self.vocab_size,
                self.context,
                self.width,
                self.layers,
                self.heads,
            )
        }
    }

    fn training(&self) -> TrainingSettings {
        TrainingSettings {
            strategy: Strategy::Full,
            learning_rate: self.learning_rate,
            schedule: ScheduleKind::Cosine,
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

/// A line of `log.jsonl`.
#[derive(Serialize)]
struct LogLine {
    step: usize,
    tokens: usize,
    loss_nats: f32,
    learning_rate: f64,
    gradient_norm: f32,
    tokens_per_second: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_bits_per_byte: Option<f64>,
}

const LOG_EVERY: usize = 20;
/// Tokens of the validation text scored while training; the whole is scored at the end.
const QUICK_VALID_TOKENS: usize = 16_384;

pub fn run(arguments: Arguments) -> Result<u8, CliError> {
    let settings = &arguments.settings;
    let out = &arguments.out;
    std::fs::create_dir_all(out).map_err(|e| CliError::file(out, e))?;
    let train_text = read(&arguments.corpus)?;
    let valid_text = read(&arguments.valid)?;
    let tokenizer = tokenizer(out, &train_text, settings.vocab_size)?;
    let config = settings.model_config(tokenizer.end_of_text());
    write_config(out, &config)?;
    let train_tokens = corpus::tokens(&tokenizer, &train_text, &out.join("train.tokens"))?;
    let valid_tokens = corpus::tokens(&tokenizer, &valid_text, &out.join("valid.tokens"))?;
    eprintln!(
        "{} training tokens ({:.2} bytes each), {} validation tokens",
        train_tokens.len(),
        train_text.len() as f64 / train_tokens.len() as f64,
        valid_tokens.len()
    );

    let device = Device::flex().autodiff();
    let seed = Seed::new(settings.seed);
    let mut weights = RandomWeights::new(seed.fork("weights"), settings.layers);
    let model = Gpt2::load(&config, &mut weights, &device)?.with_trainable(|_| true);
    let mut trainer = Trainer::new(model, Objective::CausalLm, &settings.training());
    checkpoint::resume(out, settings, &config, &mut trainer, &device)?;

    let windows = Windows::new(
        &train_tokens,
        settings.context,
        settings.batch_size,
        seed.fork("windows"),
    );
    let valid_bytes_per_token = valid_text.len() as f64 / valid_tokens.len() as f64;
    let mut log = open_log(out)?;
    let first_step = trainer.step;
    let last_step = arguments
        .stop_after
        .map_or(settings.steps, |n| (first_step + n).min(settings.steps));
    let started = Instant::now();
    while trainer.step < last_step {
        let outcome = trainer.advance(&Batch::causal(windows.batch(trainer.step)));
        let step = outcome.step;
        let learning_rate = outcome.learning_rate;
        let done = trainer.step;
        let evaluates = done.is_multiple_of(arguments.evaluate_every) || done == settings.steps;
        if evaluates || step.is_multiple_of(LOG_EVERY) {
            let measured = super::block_on(outcome.read())?;
            if !measured.loss_nats.is_finite() {
                return Err(CliError::new(format!(
                    "the loss is {} at step {step}; lower --learning-rate and run again (it resumes at the last checkpoint)",
                    measured.loss_nats
                )));
            }
            let quick = &valid_tokens[..QUICK_VALID_TOKENS.min(valid_tokens.len())];
            let valid = evaluates.then(|| {
                bits_per_token(trainer.model(), quick, settings.context) / valid_bytes_per_token
            });
            let made = (done - first_step) * settings.batch_size * settings.context;
            let line = LogLine {
                step,
                tokens: done * settings.batch_size * settings.context,
                loss_nats: measured.loss_nats,
                learning_rate,
                gradient_norm: measured.gradient_norm,
                tokens_per_second: made as f64 / started.elapsed().as_secs_f64(),
                valid_bits_per_byte: valid,
            };
            let text = serde_json::to_string(&line)?;
            eprintln!("{text}");
            writeln!(log, "{text}").map_err(|e| CliError::file(out, e))?;
        }
        if done.is_multiple_of(arguments.checkpoint_every) || done == last_step {
            checkpoint::save(out, settings, &trainer)?;
        }
    }
    if trainer.step == settings.steps {
        finish(out, &trainer, &valid_tokens, valid_text.len(), settings)?;
    }
    Ok(0)
}

fn read(path: &Path) -> Result<String, CliError> {
    std::fs::read_to_string(path).map_err(|e| CliError::file(path, e))
}

fn tokenizer(out: &Path, text: &str, vocab_size: usize) -> Result<Tokenizer, CliError> {
    let path = out.join("tokenizer.json");
    if path.exists() {
        return Ok(Tokenizer::from_json(&read(&path)?)?);
    }
    eprintln!("learning a vocabulary of {vocab_size}");
    let lines = text.lines().filter(|line| *line != END_OF_TEXT);
    let tokenizer = Tokenizer::train(lines, vocab_size)?;
    std::fs::write(&path, tokenizer.to_json()?).map_err(|e| CliError::file(&path, e))?;
    Ok(tokenizer)
}

fn write_config(out: &Path, config: &Gpt2Config) -> Result<(), CliError> {
    let mut value = serde_json::to_value(config)?;
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|_, v| !v.is_null());
        fields.insert(
            "architectures".into(),
            serde_json::json!(["GPT2LMHeadModel"]),
        );
    }
    let path = out.join("config.json");
    std::fs::write(&path, serde_json::to_string_pretty(&value)? + "\n")
        .map_err(|e| CliError::file(&path, e))
}

fn open_log(out: &Path) -> Result<std::fs::File, CliError> {
    let path = out.join("log.jsonl");
    std::fs::File::options()
        .create(true)
        .append(true)
        .open(&path)
        .map_err(|e| CliError::file(&path, e))
}

/// Mean bits a token costs. Windows overlap by half, so that every scored token but the first few sees
/// at least half a context; each token is scored once.
fn bits_per_token(model: &Gpt2, tokens: &[u16], context: usize) -> f64 {
    const ROWS: usize = 16;
    let stride = context / 2;
    let starts: Vec<usize> = (0..tokens.len().saturating_sub(stride))
        .step_by(stride)
        .collect();
    let (mut total_nats, mut scored) = (0f64, 0usize);
    for chunk in starts.chunks(ROWS) {
        for (ids, from) in same_length_rows(chunk, tokens, context, stride) {
            let labels: Vec<i32> = ids.iter().flat_map(|row| row[1..].to_vec()).collect();
            let (rows, seq) = (ids.len(), ids[0].len());
            let hidden = model
                .transformer
                .forward(Tokens::new(&ids), &mut Pass::default());
            let [_, d_model] = hidden.dims();
            let hidden = hidden
                .inner()
                .reshape([rows, seq, d_model])
                .slice([0..rows, 0..seq - 1])
                .reshape([rows * (seq - 1), d_model]);
            let head = model.transformer.wte.weight.val().inner().transpose();
            let losses: Vec<f32> = nll(hidden.matmul(head), &labels)
                .into_data()
                .try_to_vec()
                .unwrap_or_default();
            for (row, from) in losses.chunks(seq - 1).zip(from) {
                total_nats += row[from..].iter().map(|v| f64::from(*v)).sum::<f64>();
                scored += row.len() - from;
            }
        }
    }
    total_nats / scored as f64 / std::f64::consts::LN_2
}

/// The windows at `starts`, grouped by length (only the last may be short), each with the index of its
/// first prediction that counts.
fn same_length_rows(
    starts: &[usize],
    tokens: &[u16],
    context: usize,
    stride: usize,
) -> Vec<(Vec<Vec<i32>>, Vec<usize>)> {
    let mut groups: Vec<(Vec<Vec<i32>>, Vec<usize>)> = Vec::new();
    for &start in starts {
        let end = (start + context).min(tokens.len());
        let ids: Vec<i32> = tokens[start..end].iter().map(|t| i32::from(*t)).collect();
        // Prediction i scores token i + 1 of the window.
        let from = if start == 0 { 0 } else { context - stride - 1 };
        match groups.last_mut() {
            Some((rows, froms)) if rows[0].len() == ids.len() => {
                rows.push(ids);
                froms.push(from);
            }
            _ => groups.push((vec![ids], vec![from])),
        }
    }
    groups
}

/// Writes what ships: float16 weights, and the figures of the card.
fn finish(
    out: &Path,
    trainer: &Trainer,
    valid_tokens: &[u16],
    valid_bytes: usize,
    settings: &PretrainSettings,
) -> Result<(), CliError> {
    let tensors = folder::base_tensors(trainer.model())?;
    let parameters: usize = tensors.iter().map(|t| t.values.len()).sum();
    let bytes = write(&tensors, Precision::F16)?;
    let path = out.join("model.safetensors");
    std::fs::write(&path, &bytes).map_err(|e| CliError::file(&path, e))?;
    let (_, shipped) = folder::model(out, &Device::flex())?;
    let per_token = bits_per_token(&shipped, valid_tokens, settings.context);
    let summary = serde_json::json!({
        "parameters": parameters,
        "weights_bytes": bytes.len(),
        "steps": settings.steps,
        "tokens_seen": settings.steps * settings.batch_size * settings.context,
        "valid_loss_nats_per_token": per_token * std::f64::consts::LN_2,
        "valid_bits_per_byte": per_token * valid_tokens.len() as f64 / valid_bytes as f64,
        "settings": settings,
    });
    let path = out.join("summary.json");
    let text = serde_json::to_string_pretty(&summary)? + "\n";
    std::fs::write(&path, &text).map_err(|e| CliError::file(&path, e))?;
    print!("{text}");
    Ok(())
}
