//! What the learner expects, noted before the run and shown beside its result.

#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Guess {
    /// In `0..=1`; `None` until the learner has moved the slider.
    pub share: Option<f64>,
    pub accuracy: Option<f64>,
    /// A run has started: the guess stands as it is.
    pub is_locked: bool,
}

/// How what was measured compares with the guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    Close,
    More,
    Less,
}

pub fn compare(guess: f64, measured: f64, close: f64) -> Gap {
    let gap = measured - guess;
    if gap.abs() <= close {
        Gap::Close
    } else if gap > 0.0 {
        Gap::More
    } else {
        Gap::Less
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gap_is_seen() {
        assert_eq!(compare(0.05, 0.04, 0.02), Gap::Close);
        assert_eq!(compare(0.5, 0.04, 0.02), Gap::Less);
        assert_eq!(compare(0.5, 0.8, 0.05), Gap::More);
    }
}
