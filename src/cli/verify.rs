//! `warmup verify`: is this device as exact as the reference?

use std::path::PathBuf;

use burn::prelude::Device;
use clap::ValueEnum;

use super::error::CliError;
use crate::protocol::VerifiedQuantity;
use crate::verify::{Finding, FolderFiles, Selection, Summary, verify};

/// Exit codes beside 0.
const NOT_OK: u8 = 1;
const COULD_NOT_RUN: u8 = 2;

#[derive(clap::Args)]
pub struct Arguments {
    /// Folder of reference cases, laid out as tests/reference/README.md says.
    cases: PathBuf,
    /// What computes.
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceName,
    /// A JSON object a line instead of a table.
    #[arg(long)]
    json: bool,
    /// Only forward passes, LoRA with its gradients, and one trajectory.
    #[arg(long)]
    quick: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum DeviceName {
    Cpu,
    Webgpu,
}

pub fn run(arguments: Arguments) -> Result<u8, CliError> {
    let files = FolderFiles::open(&arguments.cases).map_err(|e| {
        CliError::could_not_run(format!("{} cannot be read: {e}", arguments.cases.display()))
    })?;
    let device = device(arguments.device)?;
    let selection = if arguments.quick {
        Selection::Quick
    } else {
        Selection::All
    };
    let mut printer = Printer {
        json: arguments.json,
        rows: Vec::new(),
    };
    let mut sink = |finding| printer.take(finding);
    // Nobody has a word in between.
    let breathe = || Box::pin(std::future::ready(())) as _;
    let summary = super::block_on(verify(&files, &device, selection, &mut sink, &breathe));
    printer.finish(summary);
    Ok(exit_code(summary))
}

fn exit_code(summary: Summary) -> u8 {
    match (summary.could_not_run, summary.not_ok) {
        (0, 0) => 0,
        (0, _) => NOT_OK,
        _ => COULD_NOT_RUN,
    }
}

fn device(name: DeviceName) -> Result<Device, CliError> {
    match name {
        DeviceName::Cpu => Ok(Device::flex()),
        #[cfg(feature = "cli-gpu")]
        DeviceName::Webgpu => Ok(Device::wgpu(burn::tensor::DeviceKind::DefaultDevice)),
        #[cfg(not(feature = "cli-gpu"))]
        DeviceName::Webgpu => Err(CliError::could_not_run(
            "this program was built without a GPU; build it with --features cli-gpu, or take --device cpu",
        )),
    }
}

/// Rows of the table wait for the last, so that columns line up; JSON lines go out at once.
struct Printer {
    json: bool,
    rows: Vec<VerifiedQuantity>,
}

impl Printer {
    fn take(&mut self, finding: Finding) {
        match finding {
            Finding::Quantity(row) if self.json => match serde_json::to_string(&row) {
                Ok(line) => println!("{line}"),
                Err(error) => eprintln!("warmup: {}: {error}", row.case),
            },
            Finding::Quantity(row) => self.rows.push(row),
            Finding::CouldNotRun { case, reason } => {
                eprintln!("warmup: could not run {case}: {reason}");
            }
            Finding::NotCovered { what, reason } => eprintln!("not checked, {reason}: {what}"),
        }
    }

    fn finish(&self, summary: Summary) {
        if !self.json {
            print_table(&self.rows);
        }
        let Summary {
            quantities,
            not_ok,
            could_not_run,
        } = summary;
        eprintln!(
            "{quantities} quantities, {not_ok} not ok, {could_not_run} cases could not be run"
        );
    }
}

/// What was wrong with a quantity goes under its row.
fn print_table(rows: &[VerifiedQuantity]) {
    let header = ["case", "quantity", "absolute", "relative", "tolerance", ""].map(str::to_owned);
    let table: Vec<[String; 6]> = std::iter::once(header)
        .chain(rows.iter().map(cells))
        .collect();
    let width = |column: usize| {
        table
            .iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: [usize; 6] = std::array::from_fn(width);
    let wrongs = std::iter::once(None).chain(rows.iter().map(|row| name_and_wrong(row).1));
    for (cells, wrong) in table.iter().zip(wrongs) {
        let padded: Vec<String> = cells
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        println!("{}", padded.join("  ").trim_end());
        if let Some(wrong) = wrong {
            println!("    {wrong}");
        }
    }
}

fn name_and_wrong(row: &VerifiedQuantity) -> (&str, Option<&str>) {
    match row.quantity.split_once(": ") {
        Some((name, wrong)) if !row.ok => (name, Some(wrong)),
        _ => (&row.quantity, None),
    }
}

fn cells(row: &VerifiedQuantity) -> [String; 6] {
    [
        row.case.clone(),
        name_and_wrong(row).0.to_owned(),
        format!("{:.1e}", row.max_absolute_error),
        format!("{:.1e}", row.max_relative_error),
        row.tolerance.clone(),
        if row.ok { "ok" } else { "NOT OK" }.to_owned(),
    ]
}
