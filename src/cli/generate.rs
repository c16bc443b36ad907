//! `warmup generate`: a prompt continued.

use std::path::PathBuf;

use super::base::{AdapterArguments, Base};
use super::block_on;
use super::device::DeviceName;
use super::error::CliError;
use crate::model::sampling::Continuation;
use crate::settings::Sampling;

#[derive(clap::Args)]
pub struct Arguments {
    #[arg(long)]
    model: PathBuf,
    #[command(flatten)]
    adapters: AdapterArguments,
    #[arg(long)]
    prompt: String,
    #[arg(long, default_value_t = 50)]
    max_new_tokens: usize,
    /// Always the likeliest token.
    #[arg(long, conflicts_with_all = ["temperature", "top_k", "top_p", "seed"])]
    greedy: bool,
    #[arg(long, default_value_t = 1.0)]
    temperature: f64,
    /// Draw from the k likeliest tokens; 0 is all.
    #[arg(long, default_value_t = 50)]
    top_k: usize,
    /// Draw from the fewest tokens that together have this probability.
    #[arg(long, default_value_t = 1.0)]
    top_p: f64,
    #[arg(long, default_value_t = 7)]
    seed: u64,
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceName,
}

pub fn run(arguments: Arguments) -> Result<u8, CliError> {
    let sampling = arguments.sampling()?;
    let device = arguments.device.open()?;
    let base = Base::open(&arguments.model, &device)?.with_adapters(&arguments.adapters)?;
    let model = base.decoder("generate")?.clone();
    let mut prompt = base.tokenizer.ids(&arguments.prompt)?;
    if prompt.is_empty() {
        // An empty prompt starts where a text has just ended.
        prompt.push(base.end().ok_or_else(|| {
            CliError::new(
                "--prompt is empty, and this model has no end-of-text token to start from",
            )
        })?);
    }
    let mut text = Continuation::new(model, &prompt, &sampling);
    for _ in 0..arguments.max_new_tokens {
        if base.ends(block_on(text.next())?) {
            break;
        }
    }
    println!("{}", base.tokenizer.decode(&text.ids, true)?);
    Ok(0)
}

impl Arguments {
    fn sampling(&self) -> Result<Sampling, CliError> {
        if self.greedy {
            return Ok(Sampling::Greedy);
        }
        if !(self.temperature.is_finite() && self.temperature > 0.0) {
            return Err(CliError::new(format!(
                "--temperature is {}, but must be above 0 (--greedy always takes the likeliest token)",
                self.temperature
            )));
        }
        if !(self.top_p > 0.0 && self.top_p <= 1.0) {
            let top_p = self.top_p;
            return Err(CliError::new(format!(
                "--top-p is {top_p}, but must be above 0 and at most 1"
            )));
        }
        Ok(Sampling::Draw {
            temperature: self.temperature,
            top_k: self.top_k,
            top_p: self.top_p,
            seed: self.seed,
        })
    }
}
