//! `warmup fill`: the likeliest tokens for every `[MASK]` of a text.

use std::path::PathBuf;

use burn::tensor::activation::softmax;
use serde::Serialize;

use super::base::BertBase;
use super::is_bert;
use crate::cli::device::DeviceName;
use crate::cli::error::CliError;
use crate::data::tokenizer::{MASK, Marks};
use crate::model::bert::Inputs;
use crate::model::gpt2::Pass;

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
    if !is_bert(&arguments.model)? {
        return Err(CliError::file(
            &arguments.model,
            "this is a GPT-2, which foretells the next token and fills no masks; `warmup generate` continues a text",
        ));
    }
    let device = arguments.device.open()?;
    let base = BertBase::open_with(&arguments.model, arguments.adapter.as_deref(), &device)?;
    for fill in fills(&base, &arguments.text, arguments.top_k)? {
        println!("{}", serde_json::to_string(&fill)?);
    }
    Ok(0)
}

fn fills(base: &BertBase, text: &str, top_k: usize) -> Result<Vec<Fill>, CliError> {
    let words = base.tokenizer.ids(text)?;
    let longest = base.config.max_position_embeddings;
    if words.len() + Marks::A_TEXT > longest {
        return Err(CliError::new(format!(
            "--text is {} tokens long, but this model reads at most {}",
            words.len(),
            longest - Marks::A_TEXT
        )));
    }
    let ids = base.marks.around(words.into_iter());
    let masked = ids
        .iter()
        .enumerate()
        .filter(|(_, id)| **id == base.marks.mask);
    let masked: Vec<usize> = masked.map(|(place, _)| place).collect();
    if masked.is_empty() {
        return Err(CliError::new(format!("--text has no {MASK} to fill")));
    }
    let rows = [ids.clone()];
    let logits = base
        .model
        .logits(Inputs::new(&rows, None), &mut Pass::default());
    let logits = logits.ok_or_else(|| {
        CliError::file(
            &base.folder,
            "the weights hold no masked-word head (cls.predictions)",
        )
    })?;
    let [_, vocabulary] = logits.dims();
    let scores = softmax(logits, 1).into_data().try_to_vec::<f32>();
    let scores = scores.map_err(|e| CliError::new(format!("{e:?}")))?;
    let mut found = Vec::new();
    for (mask, place) in masked.into_iter().enumerate() {
        let row = &scores[place * vocabulary..][..vocabulary];
        for token in likeliest(row, top_k) {
            let mut filled = ids.clone();
            filled[place] = token as i32;
            found.push(Fill {
                mask,
                score: row[token],
                token: token as i32,
                token_str: base.tokenizer.decode(&[token as i32], false)?,
                sequence: base.tokenizer.decode(&filled[1..filled.len() - 1], false)?,
            });
        }
    }
    Ok(found)
}

/// Indices of the highest scores, the highest first; of equals the first.
fn likeliest(scores: &[f32], count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]).then(a.cmp(b)));
    order.truncate(count);
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likeliest_come_first() {
        assert_eq!(likeliest(&[0.1, 0.4, 0.4, 0.2], 3), [1, 2, 3]);
    }
}
