//! `warmup`, the command line: what the page does, as one command each.

mod base;
mod baseline;
mod bench;
mod choices;
mod data;
mod device;
mod encode;
mod error;
mod evaluate;
mod files;
mod fill;
mod finetune;
mod generate;
mod labels;
mod memory;
mod merge;
mod opened;
mod past_run;
mod pipe;
mod pretrain;
mod rows;
mod save;
mod scoring;
mod sweep;
mod usage;
mod verify;

use clap::{Parser, Subcommand};

pub use memory::Counting;

pub(crate) use crate::engine::wait::block_on;

/// Fine-tune a small GPT-2 or BERT, with the engine that also runs in the page.
#[derive(Parser)]
#[command(name = "warmup", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Train a tokenizer and a model from plain text.
    Pretrain(Box<pretrain::Arguments>),
    /// Fine-tune a model, wholly or in part, or an adapter beside it.
    Finetune(Box<finetune::Arguments>),
    /// Fine-tune over a grid of settings; a table of what each learns and forgets.
    Sweep(sweep::Arguments),
    /// Score a model on a data file; JSON.
    Evaluate(evaluate::Arguments),
    /// What counting words reaches on a data file, for a tuned model to beat; JSON.
    Baseline(baseline::Arguments),
    /// Fill the [MASK]s of a text; a JSON line a proposal.
    Fill(fill::Arguments),
    /// Continue a prompt.
    Generate(generate::Arguments),
    /// Encode text: a JSON string a line in, ids and offsets a line out.
    Encode(encode::Arguments),
    /// Add an adapter into the weights; a plain model folder.
    Merge(merge::Arguments),
    /// Time a training step on the weights that other engines are timed on; a JSON line.
    Bench(bench::Arguments),
    /// Check this device against the reference implementation's numbers.
    Verify(verify::Arguments),
}

/// Runs the command that the process was asked for; the exit code.
pub fn main() -> u8 {
    pipe::end_quietly_when_closed();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage::explain(&error),
    };
    let outcome = match arguments.command {
        Command::Pretrain(arguments) => pretrain::run(*arguments),
        Command::Finetune(arguments) => finetune::run(*arguments),
        Command::Sweep(arguments) => sweep::run(arguments),
        Command::Evaluate(arguments) => evaluate::run(arguments),
        Command::Baseline(arguments) => baseline::run(arguments),
        Command::Fill(arguments) => fill::run(arguments),
        Command::Generate(arguments) => generate::run(arguments),
        Command::Encode(arguments) => encode::run(arguments),
        Command::Merge(arguments) => merge::run(arguments),
        Command::Bench(arguments) => bench::run(arguments),
        Command::Verify(arguments) => verify::run(arguments),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("warmup: {error}");
            error.exit_code()
        }
    }
}
