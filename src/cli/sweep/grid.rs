//! What varies from run to run.

use crate::cli::error::CliError;

/// One flag, or `remedy`, with its values.
pub struct Axis {
    name: String,
    values: Vec<(String, Vec<String>)>,
}

/// One combination of values.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cell {
    /// Axis and value, in the order of the axes.
    pub values: Vec<(String, String)>,
    /// The same as flags of `warmup finetune`.
    pub flags: Vec<String>,
}

impl Cell {
    pub fn name(&self) -> String {
        let values = self.values.iter();
        let named: Vec<String> = values
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        named.join(" ")
    }

    /// Its value on an axis.
    pub fn on(&self, axis: &str) -> Option<&str> {
        let found = self.values.iter().find(|(name, _)| name == axis);
        found.map(|(_, value)| value.as_str())
    }
}

impl Axis {
    pub fn parse(text: &str) -> Result<Self, CliError> {
        let parts = text
            .split_once('=')
            .filter(|(_, values)| !values.is_empty());
        let Some((name, values)) = parts else {
            return Err(CliError::new(format!(
                "--grid {text}: an axis is written NAME=VALUE,VALUE,…"
            )));
        };
        let name = name.trim_start_matches("--").to_owned();
        let values = values
            .split(',')
            .map(|value| Ok((value.to_owned(), flags(&name, value)?)))
            .collect::<Result<_, CliError>>()?;
        Ok(Self { name, values })
    }
}

fn flags(axis: &str, value: &str) -> Result<Vec<String>, CliError> {
    if axis != "remedy" {
        return Ok(vec![format!("--{axis}"), value.to_owned()]);
    }
    let mut flags = Vec::new();
    let mut penalties = Vec::new();
    for part in value.split('+').filter(|part| *part != "none") {
        let (remedy, strength) = match part.split_once(':') {
            Some((remedy, strength)) => (remedy, Some(strength)),
            None => (part, None),
        };
        let (flag, usual) = match remedy {
            "l2sp" => ("--l2sp-alpha", None),
            "ewc" => ("--ewc-lambda", None),
            "replay" => ("--replay", Some("0.25")),
            "llrd" => ("--layer-wise-lr-decay", Some("0.9")),
            _ => {
                return Err(CliError::new(format!(
                    "{part} is no remedy; there are none, l2sp:ALPHA, ewc:LAMBDA, replay:SHARE and llrd:DECAY"
                )));
            }
        };
        if matches!(remedy, "l2sp" | "ewc") {
            penalties.push(remedy);
        }
        if let Some(strength) = strength.or(usual) {
            flags.extend([flag.to_owned(), strength.to_owned()]);
        }
    }
    if !penalties.is_empty() {
        flags.extend(["--regularize".to_owned(), penalties.join(",")]);
    }
    Ok(flags)
}

/// Every combination, the last axis changing fastest.
pub fn cells(axes: &[Axis]) -> Vec<Cell> {
    axes.iter().fold(vec![Cell::default()], |cells, axis| {
        let with = |cell: &Cell, value: &str, flags: &[String]| {
            let mut cell = cell.clone();
            cell.values.push((axis.name.clone(), value.to_owned()));
            cell.flags.extend_from_slice(flags);
            cell
        };
        cells
            .iter()
            .flat_map(|cell| axis.values.iter().map(|(v, flags)| with(cell, v, flags)))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_combination_is_a_run() {
        let axes = ["strategy=full,lora", "remedy=none,ewc:3+l2sp+replay:0.5"];
        let axes: Vec<Axis> = axes.map(|text| Axis::parse(text).unwrap()).into();
        let cells = cells(&axes);
        assert_eq!(cells.len(), 4);
        assert_eq!(cells[0].flags, ["--strategy", "full"]);
        assert_eq!(
            cells[3].name(),
            "strategy=lora remedy=ewc:3+l2sp+replay:0.5"
        );
        let flags = "--strategy lora --ewc-lambda 3 --replay 0.5 --regularize ewc,l2sp";
        assert_eq!(cells[3].flags, flags.split(' ').collect::<Vec<_>>());
    }

    #[test]
    fn what_is_no_remedy_is_refused() {
        for text in ["remedy=prayer", "strategy", "strategy="] {
            assert!(Axis::parse(text).is_err(), "{text}");
        }
    }
}
