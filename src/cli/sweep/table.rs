//! What each run learned and forgot.

use std::fmt::Write;

use serde::Serialize;
use serde_json::{Map, Value};

use super::grid::Cell;

/// A run's line. A figure that the run does not have is null.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    #[serde(skip)]
    cell: Cell,
    /// Its place in the grid.
    #[serde(flatten)]
    place: Map<String, Value>,
    /// Which of the task's figures follows: accuracy, else F1, else perplexity.
    metric: &'static str,
    before: Option<f64>,
    after: Option<f64>,
    validation_after: Option<f64>,
    perplexity_before: Option<f64>,
    perplexity_after: Option<f64>,
    trainable_parameters: Option<f64>,
    training_seconds: Option<f64>,
    diverged: bool,
}

const METRICS: [&str; 3] = ["accuracy", "f1", "perplexity"];

impl Row {
    pub fn new(cell: &Cell, summary: &Value) -> Self {
        let has = |metric: &&str| summary["test"]["after"][*metric].is_number();
        let metric = METRICS.into_iter().find(has).unwrap_or("loss");
        let named = cell.values.iter();
        let place = named.map(|(name, value)| (name.replace('-', "_"), Value::from(value.clone())));
        Self {
            place: place.collect(),
            cell: cell.clone(),
            metric,
            before: summary["test"]["before"][metric].as_f64(),
            after: summary["test"]["after"][metric].as_f64(),
            validation_after: summary["validation"]["after"][metric].as_f64(),
            perplexity_before: summary["general"]["perplexity_before"].as_f64(),
            perplexity_after: summary["general"]["perplexity_after"].as_f64(),
            trainable_parameters: summary["trainable_parameters"].as_f64(),
            training_seconds: summary["training_seconds"].as_f64(),
            diverged: summary["diverged_at"].is_number(),
        }
    }
}

/// The rows with a line of names; every column of a row, in the row's own order.
pub fn csv(rows: &[Row]) -> String {
    let mut text = String::new();
    for (i, row) in rows.iter().enumerate() {
        let places: Vec<&str> = row.cell.values.iter().map(|(_, v)| v.as_str()).collect();
        if i == 0 {
            let names: Vec<String> = row
                .cell
                .values
                .iter()
                .map(|(n, _)| n.replace('-', "_"))
                .collect();
            let _ = writeln!(
                text,
                "{},metric,before,after,validation_after,perplexity_before,perplexity_after,trainable_parameters,training_seconds,diverged",
                names.join(",")
            );
        }
        let figures = [
            row.before,
            row.after,
            row.validation_after,
            row.perplexity_before,
            row.perplexity_after,
            row.trainable_parameters,
            row.training_seconds,
        ];
        let figures = figures.map(|figure| figure.map_or(String::new(), |f| f.to_string()));
        let _ = writeln!(
            text,
            "{},{},{},{}",
            places.join(","),
            row.metric,
            figures.join(","),
            row.diverged
        );
    }
    text
}

/// Means over the seeds of each place, and what part of the gain and of the damage of the run without a
/// remedy is left: one line a place, for reading.
pub fn comparison(rows: &[Row]) -> String {
    let mut text = format!(
        "{:<52} {:>5} {:>9} {:>9} {:>11} {:>7} {:>7}\n",
        "settings", "seeds", "before", "after", "perplexity", "gain", "damage"
    );
    let mut places: Vec<Vec<(String, String)>> = Vec::new();
    for place in rows.iter().map(|row| without(&row.cell, &["seed"])) {
        if !places.contains(&place) {
            places.push(place);
        }
    }
    for place in &places {
        let own = Mean::of(rows, |row| without(&row.cell, &["seed"]) == *place);
        let plain = Mean::of(rows, |row| is_plain_of(&row.cell, place));
        let name: Vec<String> = place.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let _ = writeln!(
            text,
            "{:<52} {:>5} {:>9.4} {:>9.4} {:>11.2} {:>7} {:>7}",
            name.join(" "),
            own.count,
            own.before,
            own.after,
            own.perplexity_after,
            share(own.after - own.before, plain.after - plain.before),
            share(
                own.perplexity_after - own.perplexity_before,
                plain.perplexity_after - plain.perplexity_before
            ),
        );
    }
    text
}

fn without(cell: &Cell, axes: &[&str]) -> Vec<(String, String)> {
    let values = cell.values.iter();
    let kept = values.filter(|(name, _)| !axes.contains(&name.as_str()));
    kept.cloned().collect()
}

/// Whether it is the run without a remedy at that place.
fn is_plain_of(cell: &Cell, place: &[(String, String)]) -> bool {
    let rest: Vec<_> = place.iter().filter(|(name, _)| name != "remedy").collect();
    cell.on("remedy").is_none_or(|remedy| remedy == "none")
        && without(cell, &["seed", "remedy"]).iter().eq(rest)
}

fn share(own: f64, of: f64) -> String {
    if of.abs() > 1e-9 && own.is_finite() {
        format!("{:.0}%", 100.0 * own / of)
    } else {
        "-".to_owned()
    }
}

/// Means over runs; no numbers where a run lacks one.
struct Mean {
    count: usize,
    before: f64,
    after: f64,
    perplexity_before: f64,
    perplexity_after: f64,
}

impl Mean {
    fn of(rows: &[Row], wanted: impl Fn(&Row) -> bool) -> Self {
        let chosen: Vec<&Row> = rows.iter().filter(|row| wanted(row)).collect();
        let mean = |figure: fn(&Row) -> Option<f64>| {
            let sum: f64 = chosen
                .iter()
                .map(|row| figure(row).unwrap_or(f64::NAN))
                .sum();
            sum / chosen.len() as f64
        };
        Self {
            count: chosen.len(),
            before: mean(|row| row.before),
            after: mean(|row| row.after),
            perplexity_before: mean(|row| row.perplexity_before),
            perplexity_after: mean(|row| row.perplexity_after),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::grid::{Axis, cells};
    use super::*;

    fn rows() -> Vec<Row> {
        let axes = ["remedy=none,llrd", "seed=1,2"].map(|text| Axis::parse(text).unwrap());
        let figures = [(0.7, 60.0), (0.8, 70.0), (0.7, 52.0), (0.7, 54.0)];
        let summary = |(after, perplexity): (f64, f64)| {
            json!({
                "test": {"before": {"accuracy": 0.5}, "after": {"accuracy": after}},
                "general": {"perplexity_before": 50.0, "perplexity_after": perplexity},
                "trainable_parameters": 7,
                "training_seconds": 1.5,
            })
        };
        let cells = cells(&axes);
        let pairs = cells.iter().zip(figures);
        pairs
            .map(|(cell, figures)| Row::new(cell, &summary(figures)))
            .collect()
    }

    #[test]
    fn a_remedy_is_compared_with_the_same_place_without_one() {
        let text = comparison(&rows());
        let line = text.lines().last().unwrap();
        // Gains of 0.2 and 0.25; damages of 3 and 15.
        assert!(line.starts_with("remedy=llrd"), "{text}");
        assert!(line.contains(" 80%") && line.ends_with(" 20%"), "{text}");
    }

    #[test]
    fn the_csv_has_a_column_for_every_axis() {
        let text = csv(&rows());
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("remedy,seed,metric,before,after"));
        assert_eq!(lines[4], "llrd,2,accuracy,0.5,0.7,,50,54,7,1.5,false");
    }
}
