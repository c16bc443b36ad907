//! What the learner expects, noted before the run and shown beside its result.

#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Guess {
    /// In `0..=1`; `None` until the learner has moved the slider.
    pub share: Option<f64>,
    pub accuracy: Option<f64>,
    /// A run has started: the guess stands as it is.
    pub is_locked: bool,
}

/// How a guess compares with what was measured, in words.
pub fn compare(guess: f64, measured: f64, close: f64) -> &'static str {
    let gap = measured - guess;
    if gap.abs() <= close {
        "close to your guess"
    } else if gap > 0.0 {
        "more than you guessed"
    } else {
        "less than you guessed"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gap_is_put_in_words() {
        assert_eq!(compare(0.05, 0.04, 0.02), "close to your guess");
        assert_eq!(compare(0.5, 0.04, 0.02), "less than you guessed");
        assert_eq!(compare(0.5, 0.8, 0.05), "more than you guessed");
    }
}
