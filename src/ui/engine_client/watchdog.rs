//! Tells a worker that is busy from one that is gone: a worker that closes itself says nothing, and what is sent to it is
//! lost without an error. Silence is what there is to go by. Pure; `engine_client` has the clock.

/// What the learner waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Waiting {
    #[default]
    Nothing,
    /// An answer that takes one piece of work.
    Answer,
    /// A run that goes on.
    Run,
    /// A run that was told to end.
    Cancel,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Fine,
    /// Ask whether it is there.
    Ping,
    /// Nobody will answer.
    Lost,
}

/// So long a silence is worth a question.
const PING_AFTER_MILLIS: f64 = 5_000.0;

/// Without any other sign, a worker is given up after so long a silence.
const ANSWER_MILLIS: f64 = 180_000.0;
const RUN_MILLIS: f64 = 20_000.0;
/// Whoever cancels wants to go on at once.
const CANCEL_MILLIS: f64 = 2_000.0;

/// A unit of work of a large model takes longer: so much longer for each parameter.
const RUN_MILLIS_PER_PARAMETER: f64 = 1e-3;
const CANCEL_MILLIS_PER_PARAMETER: f64 = 5e-5;

/// A worker that was silent for a while and spoke again may be silent for so many times that.
const LEEWAY: f64 = 3.0;

/// What passes between two looks counts up to this: a machine that slept has not listened.
const MOST_BETWEEN_LOOKS_MILLIS: f64 = 2_000.0;

#[derive(Debug, Clone, Copy, Default)]
pub struct Watch {
    looked_at_millis: f64,
    waiting: Waiting,
    /// Since the wait for this began.
    waited_millis: f64,
    /// Since the worker was heard.
    silent_millis: f64,
    /// The longest silence that was broken.
    longest_millis: f64,
}

impl Watch {
    /// The worker said something.
    pub fn heard(&mut self) {
        self.longest_millis = self.longest_millis.max(self.silent_millis);
        self.silent_millis = 0.0;
    }

    /// To be called about once a second, with the size of the model at hand.
    pub fn look(&mut self, now_millis: f64, waiting: Waiting, parameters: usize) -> Verdict {
        let passed = now_millis - self.looked_at_millis;
        let passed = passed.clamp(0.0, MOST_BETWEEN_LOOKS_MILLIS);
        self.looked_at_millis = now_millis;
        if waiting != self.waiting {
            if self.waiting == Waiting::Nothing {
                (self.silent_millis, self.longest_millis) = (0.0, 0.0);
            }
            (self.waiting, self.waited_millis) = (waiting, 0.0);
        }
        if waiting == Waiting::Nothing {
            return Verdict::Fine;
        }
        self.waited_millis += passed;
        self.silent_millis += passed;
        if self.silent_millis.min(self.waited_millis) >= self.patience_millis(parameters) {
            Verdict::Lost
        } else if self.silent_millis >= PING_AFTER_MILLIS {
            Verdict::Ping
        } else {
            Verdict::Fine
        }
    }

    pub fn silent_seconds(&self) -> u32 {
        (self.silent_millis / 1000.0).round() as u32
    }

    fn patience_millis(&self, parameters: usize) -> f64 {
        let parameters = parameters as f64;
        let own = match self.waiting {
            Waiting::Nothing => f64::INFINITY,
            Waiting::Answer => ANSWER_MILLIS + RUN_MILLIS_PER_PARAMETER * parameters,
            Waiting::Run => RUN_MILLIS + RUN_MILLIS_PER_PARAMETER * parameters,
            Waiting::Cancel => CANCEL_MILLIS + CANCEL_MILLIS_PER_PARAMETER * parameters,
        };
        own + LEEWAY * self.longest_millis
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NANO: usize = 1_200_000;

    /// Looks once a second; what was said at each second that had news.
    fn verdicts(
        watch: &mut Watch,
        waiting: Waiting,
        seconds: u32,
        parameters: usize,
    ) -> Vec<(u32, Verdict)> {
        let start = watch.looked_at_millis;
        let mut told = vec![(0, Verdict::Fine)];
        for second in 1..=seconds {
            let now = start + f64::from(second) * 1000.0;
            let verdict = watch.look(now, waiting, parameters);
            if told.last().is_some_and(|(_, last)| *last != verdict) {
                told.push((second, verdict));
            }
        }
        told.split_off(1)
    }

    #[test]
    fn a_worker_that_says_nothing_is_asked_and_then_given_up() {
        let mut watch = Watch::default();
        let told = verdicts(&mut watch, Waiting::Run, 60, NANO);
        assert_eq!(told, [(5, Verdict::Ping), (22, Verdict::Lost)]);
        assert_eq!(watch.silent_seconds(), 60);
    }

    #[test]
    fn a_worker_that_answers_is_kept_however_long_a_step_takes() {
        let mut watch = Watch::default();
        for _ in 0..100 {
            let told = verdicts(&mut watch, Waiting::Run, 19, NANO);
            assert_eq!(told, [(5, Verdict::Ping)]);
            watch.heard();
        }
        // It has been heard after such silences, so that a longer one is no sign yet.
        let told = verdicts(&mut watch, Waiting::Run, 60, NANO);
        assert_eq!(told, [(5, Verdict::Ping)]);
    }

    #[test]
    fn a_large_model_may_take_its_time() {
        let mut watch = Watch::default();
        let told = verdicts(&mut watch, Waiting::Run, 140, 124_439_808);
        assert_eq!(told, [(5, Verdict::Ping)]);
    }

    #[test]
    fn cancelling_waits_no_longer_than_a_moment() {
        let mut watch = Watch::default();
        watch.heard();
        verdicts(&mut watch, Waiting::Run, 2, NANO);
        let told = verdicts(&mut watch, Waiting::Cancel, 9, NANO);
        assert_eq!(told, [(3, Verdict::Lost)]);
    }

    #[test]
    fn nothing_is_lost_while_nothing_is_awaited_or_the_machine_sleeps() {
        let mut watch = Watch::default();
        assert!(verdicts(&mut watch, Waiting::Nothing, 900, NANO).is_empty());
        verdicts(&mut watch, Waiting::Run, 3, NANO);
        let morning = watch.looked_at_millis + 8.0 * 3600e3;
        assert_eq!(watch.look(morning, Waiting::Run, NANO), Verdict::Ping);
    }
}
