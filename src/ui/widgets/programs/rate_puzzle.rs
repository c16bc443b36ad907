//! The four numbers of the chapter's `Trainer` program that decide which learning rate it reaches.

use crate::settings::{Schedule, ScheduleKind};

/// The rate that the program asks for.
const PEAK: f64 = 2e-5;
pub const EXAMPLES: [usize; 7] = [3, 10, 30, 100, 300, 1095, 3000];
pub const BATCHES: [usize; 6] = [1, 2, 4, 8, 16, 32];

/// The numbers of the program that decide its learning rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Numbers {
    /// Which of `EXAMPLES`.
    pub examples_at: usize,
    pub epochs: usize,
    /// Which of `BATCHES`.
    pub batch_at: usize,
    pub warmup: usize,
}

impl Numbers {
    /// As the program has them.
    pub const PRINTED: Self = Self {
        examples_at: 0,
        epochs: 3,
        batch_at: 2,
        warmup: 100,
    };

    pub fn steps(self) -> usize {
        EXAMPLES[self.examples_at].div_ceil(BATCHES[self.batch_at]) * self.epochs
    }

    pub fn schedule(self) -> Schedule {
        Schedule::new(ScheduleKind::Linear, PEAK, self.warmup, self.steps())
    }
}

/// What to say of a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The run ends before the warmup.
    Short,
    /// Warmup takes more than a tenth of the run.
    Long,
    /// There is no warmup.
    Bold,
    Good,
}

pub fn judge(schedule: &Schedule) -> Verdict {
    if schedule.highest_rate() < schedule.peak_learning_rate {
        Verdict::Short
    } else if schedule.warmup_steps == 0 {
        Verdict::Bold
    } else if schedule.warmup_steps * 10 > schedule.total_steps {
        Verdict::Long
    } else {
        Verdict::Good
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_printed_the_rate_never_leaves_the_ground() {
        let numbers = Numbers::PRINTED;
        assert_eq!(numbers.steps(), 3);
        assert!((numbers.schedule().highest_rate() - 4e-7).abs() < 1e-20);
        assert_eq!(judge(&numbers.schedule()), Verdict::Short);
    }

    #[test]
    fn verdicts_tell_apart_what_can_be_wrong() {
        let with = |examples_at, epochs, warmup| {
            let numbers = Numbers {
                examples_at,
                epochs,
                warmup,
                ..Numbers::PRINTED
            };
            judge(&numbers.schedule())
        };
        assert_eq!(with(5, 3, 82), Verdict::Good);
        assert_eq!(with(5, 3, 83), Verdict::Long);
        assert_eq!(with(5, 3, 0), Verdict::Bold);
        assert_eq!(with(0, 3, 2), Verdict::Long);
        assert_eq!(with(0, 10, 1), Verdict::Good);
    }
}
