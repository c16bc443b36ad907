//! Learning-rate schedules, step for step those of `transformers.optimization`.

use serde::{Deserialize, Serialize};

/// Shape of the schedule after warmup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ScheduleKind {
    /// Straight down to zero (`get_linear_schedule_with_warmup`).
    Linear,
    /// Along a cosine (`get_cosine_schedule_with_warmup`).
    Cosine,
    /// Level (`get_constant_schedule_with_warmup`).
    Constant,
}

/// A learning rate for every step of a run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    pub kind: ScheduleKind,
    /// The rate at the top of the warmup.
    pub peak_learning_rate: f64,
    pub warmup_steps: usize,
    pub total_steps: usize,
    /// Waves of the cosine between warmup and end; 0.5 goes down once. Only `Cosine` reads it.
    pub cosine_cycles: f64,
}

impl Schedule {
    pub fn new(
        kind: ScheduleKind,
        peak_learning_rate: f64,
        warmup_steps: usize,
        total_steps: usize,
    ) -> Self {
        Self {
            kind,
            peak_learning_rate,
            warmup_steps,
            total_steps,
            cosine_cycles: 0.5,
        }
    }

    /// The rate used by step `step`, counted from 0. With warmup, step 0 has rate 0: the optimizer's
    /// moments move, the weights do not.
    pub fn learning_rate_at(&self, step: usize) -> f64 {
        self.peak_learning_rate * self.factor_at(step)
    }

    /// The highest rate that a step of the run uses.
    pub fn highest_rate(&self) -> f64 {
        let rates = (0..self.total_steps).map(|step| self.learning_rate_at(step));
        rates.fold(0.0, f64::max)
    }

    fn factor_at(&self, step: usize) -> f64 {
        if step < self.warmup_steps {
            return step as f64 / self.warmup_steps.max(1) as f64;
        }
        let decay_steps = self.total_steps.saturating_sub(self.warmup_steps).max(1) as f64;
        match self.kind {
            ScheduleKind::Constant => 1.0,
            ScheduleKind::Linear => {
                ((self.total_steps as f64 - step as f64) / decay_steps).max(0.0)
            }
            ScheduleKind::Cosine => {
                let progress = (step - self.warmup_steps) as f64 / decay_steps;
                let angle = std::f64::consts::PI * self.cosine_cycles * 2.0 * progress;
                (0.5 * (1.0 + angle.cos())).max(0.0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warms_up_from_zero_then_falls_to_zero() {
        let schedule = Schedule::new(ScheduleKind::Linear, 1e-3, 10, 110);
        assert_eq!(schedule.learning_rate_at(0), 0.0);
        assert_eq!(schedule.learning_rate_at(5), 5e-4);
        assert_eq!(schedule.learning_rate_at(10), 1e-3);
        assert_eq!(schedule.learning_rate_at(60), 5e-4);
        assert_eq!(schedule.learning_rate_at(110), 0.0);
        assert_eq!(schedule.learning_rate_at(500), 0.0);
    }

    #[test]
    fn a_warmup_longer_than_the_run_never_reaches_the_peak() {
        let schedule = Schedule::new(ScheduleKind::Linear, 2e-5, 100, 3);
        assert!((schedule.highest_rate() - 4e-7).abs() < 1e-20);
    }
}
