//! `warmup bench`: the time of one training step, on the weights that other engines are timed on.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::ValueEnum;

use super::block_on;
use super::device::DeviceName;
use super::error::CliError;
use super::files::{read_bytes, read_text};
use crate::engine::bench::{Bench, Fixture, measure};
use crate::engine::helpers::{Crew, Nobody};
use crate::protocol::Workload;

#[derive(Debug, Clone, Copy, ValueEnum)]
enum WorkloadName {
    /// Full fine-tuning.
    #[value(name = "W1")]
    W1,
    /// LoRA, rank 8.
    #[value(name = "W2")]
    W2,
}

#[derive(clap::Args)]
pub struct Arguments {
    #[arg(long, ignore_case = true)]
    workload: WorkloadName,
    /// The `data` folder that `peers/export_params.mjs` writes; the same weights are made in memory without it.
    #[arg(long)]
    weights: Option<PathBuf>,
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceName,
    /// Timed steps, after three that are not.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
    steps: u32,
}

pub fn run(arguments: Arguments) -> Result<u8, CliError> {
    let workload = match arguments.workload {
        WorkloadName::W1 => Workload::W1,
        WorkloadName::W2 => Workload::W2,
    };
    let device = arguments.device.open()?;
    let fixture = match &arguments.weights {
        Some(folder) => read_fixture(folder)?,
        None => Fixture::generate(),
    };
    let bench = Bench::with(workload, fixture, &device).map_err(CliError::new)?;
    let place = (arguments.device.name(), rayon::current_num_threads());
    let started = Instant::now();
    let clock = || started.elapsed().as_secs_f64() * 1e3;
    let report = block_on(measure(
        bench,
        &mut Crew::<Nobody<()>>::none(),
        workload,
        place,
        arguments.steps as usize,
        (clock, async || {}),
    ))?;
    println!("{}", serde_json::to_string(&report)?);
    Ok(0)
}

fn read_fixture(folder: &Path) -> Result<Fixture, CliError> {
    let json = read_text(&folder.join("params.json"))?;
    let numbers = read_bytes(&folder.join("params.bin"))?;
    Fixture::read(&json, &numbers).map_err(|e| CliError::file(folder, e))
}
