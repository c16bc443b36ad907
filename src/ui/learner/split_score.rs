//! What a run of the lab came to on one split, small enough to be kept.

use serde::{Deserialize, Serialize};

use crate::protocol::{RowVerdicts, SplitSummary};

/// The figure that the task is judged by, and right or wrong for each row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SplitScore {
    /// As in `Scores::figures`.
    pub figure: String,
    pub before: f64,
    pub after: f64,
    /// Texts, sentences or questions; 1 for running text.
    pub examples: usize,
    pub verdicts: RowVerdicts,
}

impl SplitScore {
    pub fn of(summary: &SplitSummary) -> Self {
        let (figure, after) = summary.after.headline();
        Self {
            figure: figure.to_owned(),
            before: summary.before.headline().1,
            after,
            examples: summary.after.examples,
            verdicts: summary.verdicts.clone(),
        }
    }

    /// Of a perplexity less is better; of all else more.
    pub fn falls_when_better(&self) -> bool {
        self.figure.ends_with("perplexity")
    }

    /// How much better the run made it, above 0 where it did.
    pub fn gain(&self) -> f64 {
        match self.falls_when_better() {
            true => self.before - self.after,
            false => self.after - self.before,
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub fn score(figure: &str, before: f64, after: f64) -> SplitScore {
        SplitScore {
            figure: figure.into(),
            before,
            after,
            examples: 10,
            verdicts: RowVerdicts::default(),
        }
    }

    #[test]
    fn a_falling_perplexity_is_a_gain() {
        assert!((score("accuracy", 0.5, 0.7).gain() - 0.2).abs() < 1e-12);
        assert_eq!(score("text-perplexity", 30.0, 20.0).gain(), 10.0);
    }
}
