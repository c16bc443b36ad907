//! Fine-tuning a language model on plain text.

use std::time::Instant;

use burn::module::Module;
use serde_json::Value;

use super::Job;
use super::length::max_length;
use super::steps::{Validate, train};
use super::summary::{Measures, Outcome, Summary};
use crate::cli::block_on;
use crate::cli::choices::RunnableTask;
use crate::cli::data::{file_name, texts};
use crate::cli::error::CliError;
use crate::cli::scoring::language_metrics;
use crate::data::batch::Batch;
use crate::data::labelled::BatchOrder;
use crate::data::stream::{hold_out, windows};
use crate::engine::perplexity::text_loss;
use crate::model::gpt2::Gpt2;
use crate::settings::Seed;
use crate::train::{Objective, Trainer, plan};

const TASK: RunnableTask = RunnableTask::CausalLm;

pub fn run(job: &Job) -> Result<Summary, CliError> {
    let arguments = &job.arguments;
    let (mut train_ids, test_ids) = split(job)?;
    let validation_ids = hold_out_validation(job, &mut train_ids);
    let strategy = arguments.strategy(job.base.config.n_layer)?;
    let length = max_length(
        &job.base,
        arguments.training.max_length,
        usize::MAX,
        strategy.virtual_tokens(),
    )?;
    let rows = windows(&train_ids, length.max(2));
    if rows.is_empty() {
        let name = file_name(&arguments.data);
        return Err(CliError::new(format!(
            "{name}: too little text to train on"
        )));
    }
    let lengths = rows.iter().map(Vec::len).collect();
    let order = BatchOrder::of_lengths(
        lengths,
        arguments.training.batch_size,
        arguments.training.seed,
    );
    let feed = arguments.training.feed(order);
    let settings = arguments.settings(strategy, length, feed.steps_per_epoch())?;

    let seed = Seed::new(settings.seed);
    let model = job.base.model.clone().without_heads();
    let model = plan::prepare(model, &settings.strategy, &seed)?;
    let run_plan = plan::describe(&model, &settings.strategy);
    let before = measure(job, &model, &test_ids)?;
    let mut trainer = Trainer::new(model, Objective::CausalLm, &settings);
    let began = Instant::now();
    let batch =
        |indices: &[usize]| Batch::causal(indices.iter().map(|i| rows[*i].clone()).collect());
    let validate = |model: &Gpt2| language_loss(job, model, &validation_ids);
    let validate: Option<Validate> = (!validation_ids.is_empty()).then_some(&validate);
    let ending = train(job, &mut trainer, &settings, feed, batch, validate)?;
    let training_seconds = began.elapsed().as_secs_f64();

    let model = trainer.into_model();
    let after = measure(job, &model, &test_ids)?;
    let bytes_saved = job.save(&model, &settings.strategy, TASK, None)?;
    let outcome = Outcome {
        task: TASK,
        labels: None,
        plan: run_plan,
        before,
        after,
        bytes_saved,
        training_seconds,
        ending,
        settings,
    };
    Ok(outcome.summary(job))
}

/// Text to train on and text to measure on.
fn split(job: &Job) -> Result<(Vec<i32>, Vec<i32>), CliError> {
    let mut train = texts(&job.arguments.data, &job.base.tokenizer)?;
    let test = match &job.arguments.eval {
        Some(path) => texts(path, &job.base.tokenizer)?,
        // The last tenth of the text.
        None => hold_out(&mut train),
    };
    if test.len() < 2 {
        let path = job.arguments.eval.as_ref().unwrap_or(&job.arguments.data);
        let name = file_name(path);
        return Err(CliError::new(format!(
            "{name}: too little text to measure on"
        )));
    }
    Ok((train, test))
}

/// Where a run evaluates as it goes, another tenth of the text is kept for that.
fn hold_out_validation(job: &Job, train: &mut Vec<i32>) -> Vec<i32> {
    match job.arguments.training.eval_steps {
        0 => Vec::new(),
        _ => hold_out(train),
    }
}

fn language_loss(job: &Job, model: &Gpt2, ids: &[i32]) -> Result<Value, CliError> {
    let loss = block_on(text_loss(&model.valid(), ids, job.base.config.n_positions))?;
    Ok(language_metrics(loss))
}

fn measure(job: &Job, model: &Gpt2, test: &[i32]) -> Result<Measures, CliError> {
    Ok(Measures {
        validation: None,
        test: Some(language_loss(job, model, test)?),
        general: Measures::general(job, model)?,
    })
}
