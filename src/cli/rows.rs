//! Rows of data files on disk, whatever the task: read, joined with others, numbered as a model has its labels.

use std::path::Path;

use super::data::{data_bytes, file_name, labelled};
use super::error::CliError;
use super::labels::numbering;
use crate::data::dataset::Dataset;
use crate::data::many_labels::ManyLabelsDataset;
use crate::data::reader::{
    read_many_labels, read_prompts, read_questions, read_tagged, read_texts,
};
use crate::protocol::Split;
use crate::settings::Task;

/// `whole` is the split of rows that do not name their own; without it a hash decides.
pub fn read(task: Task, path: &Path, whole: Option<Split>) -> Result<Dataset, CliError> {
    let name = file_name(path);
    if task == Task::SequenceClassification {
        return Ok(Dataset::Labelled(labelled(path, whole)?));
    }
    let bytes = data_bytes(path)?;
    Ok(match task {
        Task::SequenceClassification | Task::MultiLabelClassification => {
            Dataset::ManyLabels(read_many_labels(&name, &bytes, whole)?)
        }
        Task::TokenClassification => Dataset::Tagged(read_tagged(&name, &bytes, whole)?),
        Task::QuestionAnswering => Dataset::Questions(read_questions(&name, &bytes, whole)?),
        Task::MaskedLm => Dataset::Text(read_texts(&name, &bytes)?),
        Task::CausalLm => match read_prompts(&name, &bytes, whole)? {
            Some(rows) => Dataset::Prompts(rows),
            None => Dataset::Text(read_texts(&name, &bytes)?),
        },
    })
}

/// The data with its labels numbered as `labels` has them.
pub fn renumbered(data: Dataset, labels: &[String], path: &Path) -> Result<Dataset, CliError> {
    let numbers = numbering(data.labels(), labels).map_err(|e| CliError::file(path, e))?;
    let labels = labels.to_vec();
    Ok(match data {
        Dataset::Labelled(mut data) => {
            let own = data.rows.iter_mut().map(|row| &mut row.label);
            own.for_each(|label| *label = numbers[*label]);
            data.labels = labels;
            Dataset::Labelled(data)
        }
        Dataset::Tagged(mut data) => {
            let own = data.rows.iter_mut().flat_map(|row| &mut row.tags);
            own.for_each(|tag| *tag = numbers[*tag]);
            data.labels = labels;
            Dataset::Tagged(data)
        }
        Dataset::ManyLabels(data) => {
            let mut rows = data.rows;
            for row in &mut rows {
                // A label that the data does not have is no everywhere.
                let mut has = vec![false; labels.len()];
                for (number, own) in numbers.iter().zip(&row.has) {
                    has[*number] = *own;
                }
                row.has = has;
            }
            Dataset::ManyLabels(ManyLabelsDataset { labels, rows })
        }
        other => other,
    })
}

/// The rows of `data` but its test split, and the test rows of `eval`.
pub fn joined(data: Dataset, eval: Dataset, eval_path: &Path) -> Result<Dataset, CliError> {
    Ok(match (data, eval) {
        (Dataset::Labelled(mut data), Dataset::Labelled(eval)) => {
            join(&mut data.rows, eval.rows, |row| row.split);
            Dataset::Labelled(data)
        }
        (Dataset::ManyLabels(mut data), Dataset::ManyLabels(eval)) => {
            join(&mut data.rows, eval.rows, |row| row.split);
            Dataset::ManyLabels(data)
        }
        (Dataset::Tagged(mut data), Dataset::Tagged(eval)) => {
            join(&mut data.rows, eval.rows, |row| row.split);
            Dataset::Tagged(data)
        }
        (Dataset::Questions(mut data), Dataset::Questions(eval)) => {
            join(&mut data, eval, |row| row.split);
            Dataset::Questions(data)
        }
        (Dataset::Prompts(mut data), Dataset::Prompts(eval)) => {
            join(&mut data, eval, |row| row.split);
            Dataset::Prompts(data)
        }
        _ => {
            return Err(CliError::file(
                eval_path,
                "plain text, but --data has prompts and completions (or the other way round); give both in one form",
            ));
        }
    })
}

fn join<T>(rows: &mut Vec<T>, others: Vec<T>, split: fn(&T) -> Split) {
    rows.retain(|row| split(row) != Split::Test);
    rows.extend(others.into_iter().filter(|row| split(row) == Split::Test));
}

/// Every row as test, whatever it says itself.
pub fn all_test(mut data: Dataset) -> Dataset {
    let test = |split: &mut Split| *split = Split::Test;
    match &mut data {
        Dataset::Labelled(data) => data.rows.iter_mut().for_each(|row| test(&mut row.split)),
        Dataset::ManyLabels(data) => data.rows.iter_mut().for_each(|row| test(&mut row.split)),
        Dataset::Tagged(data) => data.rows.iter_mut().for_each(|row| test(&mut row.split)),
        Dataset::Questions(rows) => rows.iter_mut().for_each(|row| test(&mut row.split)),
        Dataset::Prompts(rows) => rows.iter_mut().for_each(|row| test(&mut row.split)),
        Dataset::Text(_) => {}
    }
    data
}
