//! How a run came to its end.

use serde::Serialize;

use crate::cli::error::CliError;

#[derive(Debug, Clone)]
pub enum Ending {
    /// All steps were made; the step and validation loss of the weights that were put back, where
    /// `--load-best-model-at-end` asks for it.
    Finished { best: Option<(usize, f64)> },
    StoppedEarly {
        steps_made: usize,
        best: Option<(usize, f64)>,
    },
    /// A number was none; the weights are those after `kept_step` steps.
    Diverged {
        what: String,
        step: usize,
        kept_step: usize,
    },
}

/// The part of `summary.json` that says so. Nothing is written of a run that simply ended.
#[derive(Debug, Clone, Default, Serialize)]
pub struct EndingReport {
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped_early_after: Option<usize>,
    /// Steps made when the weights that are saved were evaluated.
    #[serde(skip_serializing_if = "Option::is_none")]
    best_step: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    best_eval_loss: Option<f64>,
    /// The step, counted from 0, whose numbers were none.
    #[serde(skip_serializing_if = "Option::is_none")]
    diverged_at: Option<usize>,
    /// Steps that the saved weights had gone through by then.
    #[serde(skip_serializing_if = "Option::is_none")]
    kept_after: Option<usize>,
}

impl Ending {
    pub fn report(&self) -> EndingReport {
        let of_best = |best: &Option<(usize, f64)>| EndingReport {
            best_step: best.map(|(step, _)| step),
            best_eval_loss: best.map(|(_, loss)| loss),
            ..EndingReport::default()
        };
        match self {
            Self::Finished { best } => of_best(best),
            Self::StoppedEarly { steps_made, best } => EndingReport {
                stopped_early_after: Some(*steps_made),
                ..of_best(best)
            },
            Self::Diverged {
                step, kept_step, ..
            } => EndingReport {
                diverged_at: Some(*step),
                kept_after: Some(*kept_step),
                ..EndingReport::default()
            },
        }
    }

    /// The error that a diverged run ends with, once its last good weights are saved.
    pub fn error(&self, out: &std::path::Path) -> Option<CliError> {
        match self {
            Self::Diverged {
                what, kept_step, ..
            } => Some(CliError::diverged(format!(
                "{what}. The last good weights, after {kept_step} steps, are saved in {}",
                out.display()
            ))),
            _ => None,
        }
    }
}
