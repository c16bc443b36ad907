//! `warmup sweep`: learning against forgetting, over a grid of settings with all else the same.

mod grid;
mod table;

use std::path::{Path, PathBuf};

use clap::Parser;
use serde_json::Value;

use super::error::CliError;
use super::files::{make_folder, write};
use super::finetune;
use grid::{Axis, Cell};
use table::Row;

/// The flags that a finished run was made with, beside its summary.
const FLAGS: &str = "flags.json";

#[derive(clap::Args)]
pub struct Arguments {
    /// What varies, as NAME=VALUE,VALUE,…: any flag of `warmup finetune` by its name, or `remedy`, whose
    /// values are none, l2sp:ALPHA, ewc:LAMBDA, replay:SHARE and llrd:DECAY, with + between those that
    /// combine. Each --grid is an axis; every combination is a run.
    #[arg(long, required = true)]
    grid: Vec<String>,
    /// Folder for sweep.jsonl, sweep.csv, and each run's summary.json and metrics.jsonl. A sweep that was
    /// broken off goes on where it stopped.
    #[arg(long)]
    out: PathBuf,
    /// What all runs share: the flags of `warmup finetune` but --out, after `--`.
    #[arg(last = true, required = true)]
    finetune: Vec<String>,
}

/// The flags of a run, as `warmup finetune` reads them.
#[derive(Parser)]
#[command(name = "finetune", no_binary_name = true)]
struct Flags {
    #[command(flatten)]
    arguments: finetune::Arguments,
}

pub fn run(arguments: Arguments) -> Result<u8, CliError> {
    let axes: Vec<Axis> = arguments
        .grid
        .iter()
        .map(|text| Axis::parse(text))
        .collect::<Result<_, _>>()?;
    let cells = grid::cells(&axes);
    // All of them first: a run of an hour does not end at a misspelt last value.
    for cell in &cells {
        parse(&arguments, cell, &arguments.out)?;
    }
    make_folder(&arguments.out)?;
    let mut rows = Vec::new();
    for (i, cell) in cells.iter().enumerate() {
        eprintln!("run {} of {}: {}", i + 1, cells.len(), cell.name());
        let folder = arguments.out.join(format!("{:03}", i + 1));
        let summary = match finished(&arguments, cell, &folder) {
            Some(summary) => summary,
            None => make_run(&arguments, cell, &folder)?,
        };
        rows.push(Row::new(cell, &summary));
        save(&arguments.out, &rows)?;
    }
    print!("{}", table::comparison(&rows));
    Ok(0)
}

fn make_run(arguments: &Arguments, cell: &Cell, folder: &Path) -> Result<Value, CliError> {
    let summary = finetune::perform(parse(arguments, cell, folder)?)?;
    drop_weights(folder)?;
    let flags = serde_json::to_string(&flags(arguments, cell, folder))?;
    write(&folder.join(FLAGS), flags)?;
    Ok(serde_json::to_value(&summary)?)
}

/// The summary of a run that an earlier sweep, broken off, made there with the same flags.
fn finished(arguments: &Arguments, cell: &Cell, folder: &Path) -> Option<Value> {
    let json = |name| {
        let text = std::fs::read_to_string(folder.join(name)).ok()?;
        serde_json::from_str::<Value>(&text).ok()
    };
    let same = json(FLAGS)? == serde_json::to_value(flags(arguments, cell, folder)).ok()?;
    same.then(|| json("summary.json")).flatten()
}

fn flags(arguments: &Arguments, cell: &Cell, folder: &Path) -> Vec<String> {
    let out = ["--out".to_owned(), folder.display().to_string()];
    let shared = arguments.finetune.iter().chain(&cell.flags);
    shared.cloned().chain(out).collect()
}

fn parse(
    arguments: &Arguments,
    cell: &Cell,
    folder: &Path,
) -> Result<finetune::Arguments, CliError> {
    let parsed = Flags::try_parse_from(flags(arguments, cell, folder)).map_err(|e| {
        let text = e.to_string();
        let reason = text.lines().next().unwrap_or("");
        let reason = reason.trim_start_matches("error: ");
        CliError::new(format!("{}: {reason}", cell.name()))
    })?;
    parsed.arguments.check()?;
    Ok(parsed.arguments)
}

/// After every run, so that nothing is lost where the sweep is broken off.
fn save(out: &Path, rows: &[Row]) -> Result<(), CliError> {
    let lines: Vec<String> = rows
        .iter()
        .map(serde_json::to_string)
        .collect::<Result<_, _>>()?;
    write(&out.join("sweep.jsonl"), lines.join("\n") + "\n")?;
    write(&out.join("sweep.csv"), table::csv(rows))
}

/// The weights of dozens of runs would fill a disk; any of them comes again from its settings and seed.
fn drop_weights(folder: &Path) -> Result<(), CliError> {
    for name in ["model.safetensors", "adapter_model.safetensors"] {
        let path = folder.join(name);
        if path.exists() {
            std::fs::remove_file(&path).map_err(|e| CliError::file(&path, e))?;
        }
    }
    Ok(())
}
