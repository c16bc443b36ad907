//! Which row of a classification head stands for which label.

use std::collections::BTreeMap;

use super::base::Base;
use super::error::CliError;
use super::past_run::PastRun;

/// The names that the model's makers gave: in the summary of the run that made it, or in `config.json`.
pub fn known(base: &Base, summary: Option<&PastRun>) -> Option<Vec<String>> {
    named(base.config.id2label(), summary)
}

fn named(
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

#[cfg(test)]
mod tests {
    use super::*;

    fn names(labels: &[&str]) -> Vec<String> {
        labels.iter().map(|l| (*l).to_owned()).collect()
    }

    #[test]
    fn labels_take_the_numbers_of_the_model() {
        let known = names(&["good", "middling", "bad"]);
        assert_eq!(numbering(&names(&["bad", "good"]), &known).unwrap(), [2, 0]);
        let error = numbering(&names(&["bad"]), &names(&["yes", "no"])).unwrap_err();
        let error = error.to_string();
        assert!(
            error.contains("`bad`") && error.contains("yes, no"),
            "{error}"
        );
    }
}
