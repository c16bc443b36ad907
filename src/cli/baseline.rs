//! `warmup baseline`: what counting words reaches on a data file, as JSON. Who does not beat it has tuned for nothing.

use std::path::PathBuf;

use super::data::{file_name, labelled};
use super::error::CliError;
use crate::engine::baseline::Baseline;

#[derive(clap::Args)]
pub struct Arguments {
    /// Texts with a label each. A file without a column `split` is divided as `finetune` divides it.
    #[arg(long)]
    data: PathBuf,
}

pub fn run(arguments: Arguments) -> Result<u8, CliError> {
    let data = labelled(&arguments.data, None)?;
    let baseline = Baseline::of(&data).ok_or_else(|| {
        CliError::new(format!(
            "{} needs rows to train on and rows to test with at least two labels; give some the split train and some test",
            file_name(&arguments.data)
        ))
    })?;
    let scores = counted(baseline);
    println!("{}", serde_json::to_string_pretty(&scores)?);
    Ok(0)
}

fn counted(mut baseline: Baseline) -> crate::protocol::WordCountScores {
    loop {
        if let Some(scores) = baseline.advance() {
            return scores;
        }
    }
}
