//! Answers to a split one by one, small enough to be kept with a run.

use serde::{Deserialize, Serialize};

/// Which rows of a split a run got right, in the order of the rows. Empty where a task's answers are not simply right or
/// wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowVerdicts {
    /// Four rows a hexadecimal digit, the first row the highest bit: a run of the lab is kept as JSON, in which a list of
    /// words would be twenty times as long.
    digits: String,
    rows: usize,
    /// Of the rows themselves: runs compare only where theirs are the same.
    fingerprint: u32,
}

impl RowVerdicts {
    pub fn new(right: &[bool], fingerprint: u32) -> Self {
        let digit = |four: &[bool]| {
            let value = (0..4).fold(0, |value, place| {
                2 * value + u32::from(four.get(place) == Some(&true))
            });
            char::from_digit(value, 16).unwrap_or('0')
        };
        Self {
            digits: right.chunks(4).map(digit).collect(),
            rows: right.len(),
            fingerprint,
        }
    }

    pub fn right(&self) -> Vec<bool> {
        let values = self.digits.chars().map(|c| c.to_digit(16).unwrap_or(0));
        let bits = values.flat_map(|value| (0..4).rev().map(move |place| value >> place & 1 == 1));
        bits.take(self.rows).collect()
    }

    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Whether both are of the same rows in the same order.
    pub fn are_of_the_rows_of(&self, other: &Self) -> bool {
        !self.is_empty() && (self.rows, self.fingerprint) == (other.rows, other.fingerprint)
    }
}

/// What a classifier of one label a text made of each row, in their order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ClassAnswers {
    /// Index of each row's true label.
    pub truths: Vec<u32>,
    /// `[rows][labels]`, flattened.
    pub probabilities: Vec<f32>,
}

impl ClassAnswers {
    /// The probabilities of each row's labels, and the true one.
    pub fn rows(&self) -> impl Iterator<Item = (&[f32], usize)> {
        let labels = self.probabilities.len() / self.truths.len().max(1);
        let rows = self.probabilities.chunks(labels.max(1));
        rows.zip(self.truths.iter().map(|truth| *truth as usize))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_come_back_as_they_went_in() {
        let right: Vec<bool> = (0..11).map(|i| i % 3 == 0).collect();
        let kept = RowVerdicts::new(&right, 5);
        assert_eq!(kept.digits, "924");
        assert_eq!(kept.right(), right);
        let json = serde_json::to_string(&kept).unwrap();
        assert_eq!(serde_json::from_str::<RowVerdicts>(&json).unwrap(), kept);
    }

    #[test]
    fn other_rows_do_not_compare() {
        let kept = RowVerdicts::new(&[true, false], 5);
        assert!(kept.are_of_the_rows_of(&RowVerdicts::new(&[false, false], 5)));
        assert!(!kept.are_of_the_rows_of(&RowVerdicts::new(&[false, false], 6)));
        assert!(!kept.are_of_the_rows_of(&RowVerdicts::new(&[false], 5)));
        let none = RowVerdicts::default();
        assert!(!none.are_of_the_rows_of(&none));
    }
}
