//! A run on a task's examples, whatever the task.

use std::time::Instant;

use serde_json::json;

use super::Job;
use super::steps::{Validate, train};
use super::summary::{Measures, Outcome, Summary};
use crate::cli::data::file_name;
use crate::cli::error::CliError;
use crate::cli::examples::Opened;
use crate::data::labelled::BatchOrder;
use crate::model::gpt2::Gpt2;
use crate::protocol::Split;
use crate::settings::Seed;
use crate::train::{Trainer, plan};

pub fn run(job: &Job, opened: &Opened, length: usize) -> Result<Summary, CliError> {
    let examples = &opened.examples;
    let arguments = &job.arguments;
    let lengths = examples.lengths(Split::Train);
    if lengths.is_empty() {
        let name = file_name(&arguments.data);
        return Err(CliError::new(format!(
            "{name}: nothing to train on is left; is there a row of the split `train` that --max-length {length} does not cut away?"
        )));
    }
    let train_examples = lengths.len();
    let order = BatchOrder::of_lengths(
        lengths,
        arguments.training.batch_size,
        arguments.training.seed,
    );
    let feed = arguments.training.feed(order);
    let strategy = arguments.strategy(job.base.config.n_layer)?;
    let settings = arguments.settings(strategy, length, feed.steps_per_epoch())?;

    let seed = Seed::new(settings.seed);
    let model = examples.with_head(job.base.model.clone(), opened.head_fits, &seed);
    let model = plan::prepare(model, &settings.strategy, &seed)?;
    let run_plan = plan::describe(&model, &settings.strategy);
    let class_weights = match arguments.tasks.is_balanced() {
        true => Some(examples.balanced().map_err(unweighable)?),
        false => None,
    };
    let before = measure(job, &model, opened)?;
    let mut trainer = Trainer::new(model, examples.objective(), &settings);
    trainer.class_weights.clone_from(&class_weights);
    let began = Instant::now();
    let batch = |indices: &[usize]| examples.batch(indices);
    let validate = |model: &Gpt2| {
        let scores = opened.score(model, Split::Validation)?;
        scores.ok_or_else(|| CliError::new("no row of --data has the split `validation`"))
    };
    let validate: Option<Validate> = before.validation.is_some().then_some(&validate);
    let ending = train(job, &mut trainer, &settings, feed, batch, validate)?;
    let training_seconds = began.elapsed().as_secs_f64();

    let model = trainer.into_model();
    let after = measure(job, &model, opened)?;
    let task = examples.task();
    let labels = (!examples.labels().is_empty()).then(|| examples.labels().to_vec());
    let bytes_saved = job.save(&model, &settings.strategy, task, labels.as_deref())?;
    let outcome = Outcome {
        task,
        labels,
        plan: run_plan,
        before,
        after,
        bytes_saved,
        training_seconds,
        ending,
        settings,
    };
    let mut summary = outcome.summary(job);
    summary.train = Some(json!({ "examples": train_examples, "class_weights": class_weights }));
    Ok(summary)
}

/// Why classes cannot be weighed.
pub fn unweighable(why: &str) -> CliError {
    CliError::new(format!("--class-weights balanced: {why}; leave it at none"))
}

fn measure(job: &Job, model: &Gpt2, examples: &Opened) -> Result<Measures, CliError> {
    Ok(Measures {
        validation: examples.score(model, Split::Validation)?,
        test: examples.score(model, Split::Test)?,
        general: Measures::general(job, model)?,
    })
}
