//! A run on a task's examples, whatever the task.

use std::time::Instant;

use serde_json::json;

use super::Job;
use super::steps::{Validate, train};
use super::summary::{Measures, Outcome, Summary};
use crate::cli::data::file_name;
use crate::cli::error::CliError;
use crate::cli::examples::Examples;
use crate::data::labelled::BatchOrder;
use crate::model::gpt2::Gpt2;
use crate::protocol::Split;
use crate::settings::Seed;
use crate::train::{Trainer, plan};

pub fn run(job: &Job, examples: &dyn Examples, length: usize) -> Result<Summary, CliError> {
    let arguments = &job.arguments;
    let lengths = examples.lengths();
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
    let model = examples.with_head(job.base.model.clone(), &seed);
    let model = plan::prepare(model, &settings.strategy, &seed)?;
    let run_plan = plan::describe(&model, &settings.strategy);
    let class_weights = match arguments.tasks.is_balanced() {
        true => Some(examples.balanced()?),
        false => None,
    };
    let before = measure(job, &model, examples)?;
    let mut trainer = Trainer::new(model, examples.objective(), &settings);
    trainer.class_weights.clone_from(&class_weights);
    let began = Instant::now();
    let batch = |indices: &[usize]| examples.batch(indices);
    let validate = |model: &Gpt2| {
        let scores = examples.score(model, Split::Validation)?;
        scores.ok_or_else(|| CliError::new("no row of --data has the split `validation`"))
    };
    let validate: Option<Validate> = before.validation.is_some().then_some(&validate);
    let ending = train(job, &mut trainer, &settings, feed, batch, validate)?;
    let training_seconds = began.elapsed().as_secs_f64();

    let model = trainer.into_model();
    let after = measure(job, &model, examples)?;
    let task = examples.task();
    let bytes_saved = job.save(&model, &settings.strategy, task, examples.labels())?;
    let outcome = Outcome {
        task,
        labels: examples.labels().map(<[String]>::to_vec),
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

fn measure(job: &Job, model: &Gpt2, examples: &dyn Examples) -> Result<Measures, CliError> {
    Ok(Measures {
        validation: examples.score(model, Split::Validation)?,
        test: examples.score(model, Split::Test)?,
        general: Measures::general(job, model)?,
    })
}
