//! Fine-tuning a classifier, batch for batch as the page does it.

use std::time::Instant;

use serde_json::json;

use super::length::max_length;
use super::steps::{Validate, train};
use super::summary::{Measures, Outcome, Summary};
use super::{Arguments, Job};
use crate::cli::choices::RunnableTask;
use crate::cli::data::{file_name, labelled};
use crate::cli::error::CliError;
use crate::cli::labels::renumber;
use crate::cli::scoring::classification_metrics;
use crate::data::batch::Batch;
use crate::data::labelled::{BatchOrder, EncodedText, LabelledDataset};
use crate::model::gpt2::Gpt2;
use crate::protocol::Split;
use crate::settings::{Seed, TrainingSettings};
use crate::train::{Objective, Trainer, class_weights, plan};

pub const USUAL_LENGTH: usize = 128;
const TASK: RunnableTask = RunnableTask::SequenceClassification;

/// The splits as ids.
struct Splits {
    train: Vec<EncodedText>,
    validation: Vec<EncodedText>,
    test: Vec<EncodedText>,
}

pub fn run(job: &Job) -> Result<Summary, CliError> {
    let arguments = &job.arguments;
    let dataset = dataset(&job.arguments)?;
    let strategy = arguments.strategy(job.base.config.n_layer)?;
    let length = max_length(
        &job.base,
        arguments.training.max_length,
        USUAL_LENGTH,
        strategy.virtual_tokens(),
    )?;
    let splits = encode(job, &dataset, length)?;
    let order = BatchOrder::new(
        &splits.train,
        arguments.training.batch_size,
        arguments.training.seed,
    );
    let feed = arguments.training.feed(order);
    let settings = arguments.settings(strategy, length, feed.steps_per_epoch())?;

    let labels = dataset.labels;
    let model = prepared(job, labels.len(), &settings)?;
    let run_plan = plan::describe(&model, &settings.strategy);
    let before = measure(job, &model, &splits, &labels)?;
    let pad = job.base.pad();
    let objective = Objective::SequenceClassification { pad: Some(pad) };
    let mut trainer = Trainer::new(model, objective, &settings);
    if arguments.tasks.is_balanced() {
        let classes = splits.train.iter().map(|text| text.label);
        trainer.class_weights = Some(class_weights::balanced_over(classes, labels.len()));
    }
    let class_weights = trainer.class_weights.clone();
    let began = Instant::now();
    let batch = |indices: &[usize]| batch_of(&splits.train, indices, pad);
    let validate = |model: &Gpt2| classification_metrics(model, &splits.validation, pad, &labels);
    let validate: Option<Validate> = (!splits.validation.is_empty()).then_some(&validate);
    let ending = train(job, &mut trainer, &settings, feed, batch, validate)?;
    let training_seconds = began.elapsed().as_secs_f64();

    let model = trainer.into_model();
    let after = measure(job, &model, &splits, &labels)?;
    let bytes_saved = job.save(&model, &settings.strategy, TASK, Some(&labels))?;
    let outcome = Outcome {
        task: TASK,
        labels: Some(labels),
        plan: run_plan,
        before,
        after,
        bytes_saved,
        training_seconds,
        ending,
        settings,
    };
    let mut summary = outcome.summary(job);
    let examples = splits.train.len();
    summary.train = Some(json!({ "examples": examples, "class_weights": class_weights }));
    Ok(summary)
}

/// The file, and the rows of `--eval` as its test split.
pub fn dataset(arguments: &Arguments) -> Result<LabelledDataset, CliError> {
    let Some(eval) = &arguments.eval else {
        return labelled(&arguments.data, None);
    };
    let mut dataset = labelled(&arguments.data, Some(Split::Train))?;
    if let [label] = &dataset.labels[..] {
        return Err(CliError::file(
            &arguments.data,
            format!("every row has the label `{label}`; a classifier needs at least two"),
        ));
    }
    let eval_rows = labelled(eval, Some(Split::Test))?;
    let eval_rows = renumber(
        eval_rows,
        Some(dataset.labels.clone()),
        dataset.labels.len(),
    )
    .map_err(|e| CliError::file(eval, e))?;
    dataset.rows.retain(|row| row.split != Split::Test);
    dataset.rows.extend(
        eval_rows
            .rows
            .into_iter()
            .filter(|row| row.split == Split::Test),
    );
    Ok(dataset)
}

fn encode(job: &Job, dataset: &LabelledDataset, length: usize) -> Result<Splits, CliError> {
    let encode = |split| dataset.encode(split, &job.base.tokenizer, length);
    let splits = Splits {
        train: encode(Split::Train)?,
        validation: encode(Split::Validation)?,
        test: encode(Split::Test)?,
    };
    if splits.train.is_empty() {
        let name = file_name(&job.arguments.data);
        return Err(CliError::new(format!(
            "{name}: no row has the split `train`"
        )));
    }
    Ok(splits)
}

/// The model with a head (its own where it has one of the right size), and what the strategy adds.
fn prepared(job: &Job, labels: usize, settings: &TrainingSettings) -> Result<Gpt2, CliError> {
    let seed = Seed::new(settings.seed);
    let model = job.base.model.clone();
    let rows = model
        .score
        .as_ref()
        .map(|score| score.weight.val().dims()[0]);
    let head = match model.score.clone() {
        Some(head) if rows == Some(labels) => head,
        _ => plan::fresh_score(&model, labels, &seed),
    };
    let model = model.without_heads().with_score(head);
    Ok(plan::prepare(model, &settings.strategy, &seed)?)
}

fn batch_of(texts: &[EncodedText], indices: &[usize], pad: i32) -> Batch {
    let rows: Vec<(&[i32], i32)> = indices
        .iter()
        .map(|i| &texts[*i])
        .map(|text| (&text.ids[..], text.label as i32))
        .collect();
    Batch::classification(&rows, pad)
}

fn measure(
    job: &Job,
    model: &Gpt2,
    splits: &Splits,
    labels: &[String],
) -> Result<Measures, CliError> {
    let score = |texts: &[EncodedText]| match texts {
        [] => Ok(None),
        texts => classification_metrics(model, texts, job.base.pad(), labels).map(Some),
    };
    Ok(Measures {
        validation: score(&splits.validation)?,
        test: score(&splits.test)?,
        general: Measures::general(job, model)?,
    })
}
