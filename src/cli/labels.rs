//! Which row of a classification head stands for which label.

use std::collections::BTreeMap;

use super::base::Base;
use super::error::CliError;
use super::past_run::PastRun;
use crate::data::labelled::LabelledDataset;

/// The names that the model's makers gave: in the summary of the run that made it, or in `config.json`.
pub fn known(base: &Base, summary: Option<&PastRun>) -> Option<Vec<String>> {
    named(base.config.id2label.as_ref(), summary)
}

/// The same for any model's `id2label`.
pub fn named(
    id2label: Option<&BTreeMap<String, String>>,
    summary: Option<&PastRun>,
) -> Option<Vec<String>> {
    if let Some(labels) = summary.and_then(|run| run.labels.clone()) {
        return Some(labels);
    }
    let names = id2label?;
    let ordered = (0..names.len()).map(|i| names.get(&i.to_string()).cloned());
    ordered
        .collect::<Option<Vec<String>>>()
        .filter(|labels| !are_placeholders(labels))
}

/// transformers' `LABEL_0`, `LABEL_1`, … say nothing.
fn are_placeholders(labels: &[String]) -> bool {
    labels
        .iter()
        .enumerate()
        .all(|(i, label)| *label == format!("LABEL_{i}"))
}

/// The place of each of `found` among `known`.
pub fn numbering(found: &[String], known: &[String]) -> Result<Vec<usize>, CliError> {
    let number = |label: &String| {
        let place = known.iter().position(|name| name == label);
        place.ok_or_else(|| {
            CliError::new(format!(
                "the data has the label `{label}`, the model knows only {}",
                known.join(", ")
            ))
        })
    };
    found.iter().map(number).collect()
}

/// The data set with its labels numbered as `known` has them. Without known names the alphabetical
/// order stands, and only the count can be checked.
pub fn renumber(
    dataset: LabelledDataset,
    known: Option<Vec<String>>,
    rows_of_head: usize,
) -> Result<LabelledDataset, CliError> {
    let known = match known {
        Some(known) => known,
        None if dataset.labels.len() == rows_of_head => return Ok(dataset),
        None => {
            return Err(CliError::new(format!(
                "the data has {} labels ({}), the model's head {rows_of_head}",
                dataset.labels.len(),
                dataset.labels.join(", ")
            )));
        }
    };
    let numbers = numbering(&dataset.labels, &known)?;
    let mut dataset = dataset;
    for row in &mut dataset.rows {
        row.label = numbers[row.label];
    }
    Ok(LabelledDataset {
        labels: known,
        ..dataset
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::reader::read_labelled;

    fn names(labels: &[&str]) -> Option<Vec<String>> {
        Some(labels.iter().map(|l| (*l).to_owned()).collect())
    }

    #[test]
    fn labels_take_the_numbers_of_the_model() {
        let csv = b"text,label\na,good\nb,bad\n";
        let data = || read_labelled("x.csv", csv).unwrap();
        let renumbered = renumber(data(), names(&["good", "middling", "bad"]), 3).unwrap();
        assert_eq!(
            renumbered.rows.iter().map(|r| r.label).collect::<Vec<_>>(),
            [0, 2]
        );
        assert_eq!(renumber(data(), None, 2).unwrap(), data());
        let error = renumber(data(), names(&["yes", "no"]), 2)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("`bad`") && error.contains("yes, no"),
            "{error}"
        );
        assert!(
            renumber(data(), None, 3)
                .unwrap_err()
                .to_string()
                .contains("head 3")
        );
    }
}
