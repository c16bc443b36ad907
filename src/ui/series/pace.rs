//! How long runs will take, from the last that was measured.

use crate::settings::TrainingSettings;
use crate::ui::draft::Draft;
use crate::ui::state::Run;

/// Steps that the mean is taken over: the newest ones.
const STEPS: usize = 20;

/// What a run costs on this machine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Of one example in a step.
    row_millis: f64,
    /// Of a run beside its steps: scores, measures of what is forgotten. 0 where no run has come to its end.
    other_millis: f64,
}

impl Pace {
    /// None before a step has been measured.
    pub fn of(run: &Run) -> Option<Self> {
        let newest = run.steps.iter().rev().take(STEPS);
        let millis: Vec<f64> = newest.map(|step| step.step_millis).collect();
        let of_step = millis.iter().sum::<f64>() / millis.len() as f64;
        let other = run.summary().map(|s| s.total_millis - s.training_millis);
        (!millis.is_empty()).then(|| Self {
            row_millis: of_step / rows_a_step(&run.settings),
            other_millis: other.unwrap_or(0.0).max(0.0),
        })
    }

    /// Of a run with these settings on so many rows to train on.
    pub fn millis(&self, draft: &Draft, train_rows: usize) -> f64 {
        let settings = &draft.training;
        let rows = rows_a_step(settings);
        let steps_an_epoch = (train_rows as f64 / rows).ceil().max(1.0);
        let settings = settings.clone().with_epochs_of(steps_an_epoch as usize);
        self.other_millis + self.row_millis * rows * settings.total_steps as f64
    }
}

fn rows_a_step(settings: &TrainingSettings) -> f64 {
    (settings.batch_size * settings.gradient_accumulation_steps).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::RequestId;
    use crate::ui::state::Learnt;
    use crate::ui::state::fixture::step;

    #[test]
    fn time_goes_by_examples() {
        let settings = TrainingSettings {
            batch_size: 8,
            ..TrainingSettings::default()
        };
        let mut run = Run::new(RequestId(1), settings, Learnt::default());
        assert_eq!(Pace::of(&run), None);
        run.steps = (0..3).map(step).collect();
        let pace = Pace::of(&run).unwrap();
        let mut draft = Draft::default();
        draft.training.batch_size = 16;
        draft.training.total_steps = 10;
        assert_eq!(pace.millis(&draft, 100), 1600.0);
        draft.training.num_train_epochs = 2.0;
        assert_eq!(pace.millis(&draft, 100), 2240.0, "14 steps");
    }
}
