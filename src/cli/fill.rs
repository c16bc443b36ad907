//! `warmup fill`: the likeliest tokens for every `[MASK]` of a text.

use std::path::PathBuf;

use serde::Serialize;

use super::base::Base;
use crate::cli::block_on;
use crate::cli::device::DeviceName;
use crate::cli::error::CliError;
use crate::engine::fill::{Filled, encode, fill};
use crate::faults::FillError;

#[derive(clap::Args)]
pub struct Arguments {
    /// Folder of a BERT with a masked-word head.
    #[arg(long)]
    model: PathBuf,
    /// Folder of an adapter that belongs to the model.
    #[arg(long)]
    adapter: Option<PathBuf>,
    /// Text with [MASK] in it.
    #[arg(long)]
    text: String,
    #[arg(long, default_value_t = 5)]
    top_k: usize,
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceName,
}

/// A line of the answer, named as transformers' fill-mask pipeline names it.
#[derive(Serialize)]
struct Fill {
    /// Which `[MASK]` of the text, counted from 0.
    mask: usize,
    score: f32,
    token: i32,
    token_str: String,
    /// The text with this one mask filled.
    sequence: String,
}

pub fn run(arguments: Arguments) -> Result<u8, CliError> {
    let device = arguments.device.open()?;
    let base = Base::open_with(&arguments.model, arguments.adapter.as_deref(), &device)?;
    for fill in fills(&base, &arguments.text, arguments.top_k)? {
        println!("{}", serde_json::to_string(&fill)?);
    }
    Ok(0)
}

fn fills(base: &Base, text: &str, top_k: usize) -> Result<Vec<Fill>, CliError> {
    let (Some(model), Some(marks)) = (base.model.encoder(), base.tokenizer.frame()) else {
        return Err(CliError::file(
            &base.folder,
            "this is a GPT-2, which foretells the next token and fills no masks; `warmup generate` continues a text",
        ));
    };
    let explain = |e: FillError| explain(base, &e);
    let ids = encode(&base.tokenizer, marks, base.positions(), text).map_err(explain)?;
    let found = block_on(fill(model, ids, marks, top_k)).map_err(explain)?;
    let mut told = Vec::new();
    for (mask, Filled { place, likeliest }) in found.masks.into_iter().enumerate() {
        for (token, score) in likeliest {
            let mut filled = found.ids.clone();
            filled[place] = token;
            told.push(Fill {
                mask,
                score,
                token,
                token_str: base.tokenizer.decode(&[token], false)?,
                sequence: base.tokenizer.decode(&filled[1..filled.len() - 1], false)?,
            });
        }
    }
    Ok(told)
}

fn explain(base: &Base, error: &FillError) -> CliError {
    match error {
        FillError::NoMask | FillError::TooLong { .. } => CliError::new(format!("--text {error}")),
        FillError::NoHead => CliError::file(&base.folder, error),
        FillError::Tokenizer(_) | FillError::Device(_) => CliError::new(error.to_string()),
    }
}
