//! What a run tells, written to `metrics.jsonl`.

use std::cell::RefCell;
use std::path::Path;
use std::time::Instant;

use serde_json::{Value, json};

use super::ending::Ending;
use super::metrics::MetricsLog;
use crate::cli::error::CliError;
use crate::engine::run::Watcher;
use crate::protocol::{Event, Scores, Split};

pub struct Log {
    started: Instant,
    written: RefCell<Written>,
}

struct Written {
    metrics: MetricsLog,
    /// What went wrong in writing, told at the next chance.
    error: Option<CliError>,
    last_epoch: f64,
    stopped_after: Option<usize>,
    best: Option<(usize, f64)>,
}

impl Log {
    pub fn new(path: &Path) -> Self {
        Self {
            started: Instant::now(),
            written: RefCell::new(Written {
                metrics: MetricsLog::new(path),
                error: None,
                last_epoch: 0.0,
                stopped_after: None,
                best: None,
            }),
        }
    }

    /// How many steps the run will make.
    pub fn expects(&self, total_steps: usize) {
        self.written.borrow_mut().metrics.total_steps = total_steps;
    }

    /// An error of writing, if there was one.
    pub fn failed(&self) -> Result<(), CliError> {
        match self.written.borrow_mut().error.take() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    pub fn flush(&self) -> Result<(), CliError> {
        self.failed()?;
        self.written.borrow_mut().metrics.flush()
    }

    /// How a run that did not diverge has ended.
    pub fn ending(&self) -> Ending {
        let written = self.written.borrow();
        let best = written.best;
        match written.stopped_after {
            Some(steps_made) => Ending::StoppedEarly { steps_made, best },
            None => Ending::Finished { best },
        }
    }
}

impl Watcher for Log {
    fn now_millis(&self) -> f64 {
        self.started.elapsed().as_secs_f64() * 1e3
    }

    fn tell(&self, event: Event) {
        let mut written = self.written.borrow_mut();
        if let Err(error) = written.take(event) {
            written.error.get_or_insert(error);
        }
    }
}

impl Written {
    fn take(&mut self, event: Event) -> Result<(), CliError> {
        match event {
            Event::StepsCompleted { steps, .. } => {
                for step in &steps {
                    self.last_epoch = step.epoch;
                    self.metrics.write(step)?;
                }
            }
            Event::RunEvaluated {
                step,
                split: Split::Validation,
                scores,
                ..
            } => {
                let figures = figures(&scores);
                self.metrics
                    .write_evaluation(step.saturating_sub(1), self.last_epoch, &figures)?;
            }
            Event::RunStoppedEarly {
                step,
                evaluations_without_improvement,
                ..
            } => {
                eprintln!(
                    "no lower validation loss in {evaluations_without_improvement} evaluations: stopped after {step} steps"
                );
                self.stopped_after = Some(step);
            }
            Event::BestModelRestored {
                step,
                validation_loss_nats,
                ..
            } => self.best = Some((step, validation_loss_nats)),
            _ => {}
        }
        Ok(())
    }
}

/// Named as in `summary.json`.
fn figures(scores: &Scores) -> Value {
    let mut figures = json!({ "loss": scores.loss_nats });
    for (name, value) in scores.figures() {
        let name = name.trim_start_matches("text-").replace('-', "_");
        figures[name] = json!(value);
    }
    figures
}
