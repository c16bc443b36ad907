//! `warmup finetune`: one run, its metrics and its result.

mod arguments;
mod checkpoint;
pub(super) mod ending;
mod general;
#[cfg(test)]
mod line_tests;
mod method;
mod metrics;
mod opening;
mod outcome;
pub(super) mod summary;
mod warmup;
mod watcher;

pub use arguments::Arguments;
pub use summary::Summary;

use std::path::Path;
use std::rc::Rc;
use std::time::Instant;

use serde_json::json;

use super::base::Base;
use super::block_on;
use super::error::CliError;
use super::files::write;
use super::opened::{Opened, score};
use super::save::{check_target, save_result};
use crate::data::dataset::Dataset;
use crate::engine::checkpoint::Checkpoint;
use crate::engine::helpers::{Crew, Nobody};
use crate::engine::run::{Progress, Run, Setup};
use crate::model::any::Model;
use crate::protocol::{EngineError, ErrorKind, RunId, RunOptions, RunPlan, Split};
use crate::settings::Task;
use checkpoint::Checkpoints;
use ending::Ending;
use general::General;
use outcome::{Measures, Outcome};
use watcher::Log;

pub fn run(arguments: Arguments) -> Result<u8, CliError> {
    let out = arguments.out.clone();
    let summary = perform(arguments)?;
    println!("{}", serde_json::to_string_pretty(&summary)?);
    match summary.ending.error(&out) {
        Some(error) => Err(error),
        None => Ok(0),
    }
}

/// Makes the run and writes all that it leaves.
pub fn perform(arguments: Arguments) -> Result<Summary, CliError> {
    arguments.check()?;
    let device = arguments.device.open()?;
    check_target(&arguments.model, &arguments.out)?;
    let base = Base::open(&arguments.model, &device.autodiff())?;
    let job = Job {
        task: Task::from(arguments.task),
        general: General::open(&arguments, &base)?,
        started: Instant::now(),
        arguments,
        base,
    };
    let summary = job.perform()?;
    let text = serde_json::to_string_pretty(&summary)? + "\n";
    write(&job.arguments.out.join("summary.json"), &text)?;
    checkpoint::remove(&job.arguments.out)?;
    Ok(summary)
}

/// What a run works with.
struct Job {
    arguments: Arguments,
    task: Task,
    base: Base,
    general: Option<General>,
    started: Instant,
}

impl Job {
    fn perform(&self) -> Result<Summary, CliError> {
        let opened = self.open()?;
        let log = Log::new(&self.arguments.out.join("metrics.jsonl"));
        let resumes = self.checkpoint()?;
        let earlier_millis = resumes.as_ref().map_or(0.0, |c| c.state.training_millis);
        let (mut run, plan) = self.begin(opened, resumes, &log)?;
        log.expects(run.settings().total_steps);
        let before = self.measure(&run, run.model())?;
        let began = Instant::now();
        let ending = self.drain(&mut run, &log)?;
        let training_seconds = earlier_millis / 1e3 + began.elapsed().as_secs_f64();
        let model = left_by(&run, &ending);
        let after = self.measure(&run, &model)?;
        let labels = (!run.labels().is_empty()).then(|| run.labels().to_vec());
        let settings = run.settings().clone();
        let bytes_saved = save_result(
            &self.base,
            (&model, &settings.strategy),
            (self.task, labels.as_deref()),
            &self.arguments.out,
        )?;
        let examples = run.examples().count(Split::Train);
        let train = json!({ "examples": examples, "class_weights": run.class_weights() });
        let outcome = Outcome {
            task: self.task,
            labels,
            plan,
            train,
            before,
            after,
            bytes_saved,
            training_seconds,
            ending,
            settings,
        };
        Ok(outcome.summary(&self.arguments, self.started))
    }

    /// What the run goes on from, where it is to go on.
    fn checkpoint(&self) -> Result<Option<Box<Checkpoint>>, CliError> {
        let Arguments {
            checkpoints, out, ..
        } = &self.arguments;
        let opened = checkpoints.resume.then(|| checkpoint::open(out));
        Ok(opened.transpose()?.map(Box::new))
    }

    /// The run on the opened examples, nothing computed yet.
    fn begin(
        &self,
        opened: Opened,
        resumes: Option<Box<Checkpoint>>,
        log: &Log,
    ) -> Result<(Run, RunPlan), CliError> {
        let Opened {
            rows,
            examples,
            head_fits,
        } = opened;
        let settings = self.settings(&examples)?;
        let rehearsal_texts = self.rehearsal_texts(&settings)?;
        let setup = Setup {
            base: &self.base,
            rows: Rc::new(rows),
            settings,
            options: RunOptions {
                evaluations: 0,
                judges_validation: false,
                sample_prompt: String::new(),
                sample_tokens: 0,
                start_paused: false,
                kept_as: None,
            },
            general: None,
            rehearsal_texts,
            keeps_head: head_fits,
            only_trains: true,
            is_kept: self.arguments.checkpoints.every > 0,
            known: None,
            resumes,
        };
        Ok(setup.run_on(examples, RunId(1), log)?)
    }

    /// Every unit of the run's work, one after another.
    fn drain(&self, run: &mut Run, log: &Log) -> Result<Ending, CliError> {
        // Natively the kernels themselves use all cores.
        let mut nobody = Crew::<Nobody<()>>::none();
        let every = self.arguments.checkpoints.every;
        let mut checkpoints = Checkpoints::new(&self.arguments.out, every);
        loop {
            match block_on(run.advance(&self.base, &mut nobody, log)) {
                Ok(Progress::Going) => {
                    log.failed()?;
                    checkpoints.after_unit(run, log)?;
                }
                Ok(Progress::Over) => {
                    log.flush()?;
                    return Ok(log.ending());
                }
                Err(error) if error.kind == ErrorKind::Diverged => {
                    log.flush()?;
                    return diverged(run, error);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn measure(&self, run: &Run, model: &Model) -> Result<Measures, CliError> {
        let of = |split| score(run.examples(), model, split);
        Ok(Measures {
            validation: of(Split::Validation)?,
            test: of(Split::Test)?,
            general: match &self.general {
                Some(general) => Some(general.measure(model, &self.base)?),
                None => None,
            },
        })
    }
}

/// What a run leaves: its last weights, or where it has diverged the last good ones.
fn left_by(run: &Run, ending: &Ending) -> Model {
    let model = match ending {
        Ending::Diverged { .. } => run.last_good().map(|(_, model)| model),
        _ => None,
    };
    model.unwrap_or_else(|| run.model().clone())
}

/// Goes back to weights whose loss was a number. Without any there is nothing to save.
fn diverged(run: &Run, error: EngineError) -> Result<Ending, CliError> {
    let (Some((kept_step, _)), Some(step)) = (run.last_good(), run.diverged_at()) else {
        return Err(error.into());
    };
    Ok(Ending::Diverged {
        what: error.to_string().trim_end_matches('.').to_owned(),
        step,
        kept_step,
    })
}

/// As errors name it.
fn named(path: &Path) -> String {
    super::data::file_name(path)
}

/// Refuses examples that leave nothing to train on.
fn check_examples(opened: &Opened, data: &Path, length: usize) -> Result<(), CliError> {
    if opened.examples.count(Split::Train) > 0 {
        return Ok(());
    }
    let name = named(data);
    Err(CliError::new(match &opened.rows {
        Dataset::Text(_) => format!("{name}: too little text to train on"),
        rows if rows.rows_of(Split::Train).is_empty() => {
            format!("{name}: no row has the split `train`")
        }
        _ => format!(
            "{name}: nothing to train on is left; --max-length {length} cuts away what every row has to learn"
        ),
    }))
}
