//! Precision, recall and F1 from counts. What would be divided by nothing is 0, as scikit-learn and seqeval have it.

/// Of one label: how many answers were right, how many were given, how many there were to find.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub right: usize,
    pub answered: usize,
    pub support: usize,
}

impl Counts {
    pub fn precision(&self) -> f64 {
        share(self.right, self.answered)
    }

    pub fn recall(&self) -> f64 {
        share(self.right, self.support)
    }

    /// The harmonic mean of the two.
    pub fn f1(&self) -> f64 {
        share(2 * self.right, self.answered + self.support)
    }

    /// One more case: whether the label was answered, and whether it was there.
    pub fn note(&mut self, answered: bool, there: bool) {
        self.right += usize::from(answered && there);
        self.answered += usize::from(answered);
        self.support += usize::from(there);
    }

    /// Counted over several labels together: the micro average.
    pub fn together<'a>(counts: impl Iterator<Item = &'a Self>) -> Self {
        counts.fold(Self::default(), |sum, one| Self {
            right: sum.right + one.right,
            answered: sum.answered + one.answered,
            support: sum.support + one.support,
        })
    }
}

/// The mean of the labels' F1, each counting alike.
pub fn macro_f1(counts: &[Counts]) -> f64 {
    counts.iter().map(Counts::f1).sum::<f64>() / counts.len().max(1) as f64
}

/// The counts of each class from a confusion matrix, rows the truth and columns the answer.
pub fn class_counts(confusion: &[Vec<usize>]) -> Vec<Counts> {
    let class = |i: usize| Counts {
        right: confusion[i][i],
        answered: confusion.iter().map(|row| row[i]).sum(),
        support: confusion[i].iter().sum(),
    };
    (0..confusion.len()).map(class).collect()
}

pub fn share(part: usize, of: usize) -> f64 {
    part as f64 / of.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values from scikit-learn 1.7's `f1_score` and `precision_recall_fscore_support` on the same five rows.
    #[test]
    fn micro_and_macro_f1_are_scikit_learns() {
        let truth = [[1, 0, 1], [0, 0, 0], [1, 1, 0], [0, 0, 1], [1, 0, 0]];
        let answer = [[1, 0, 0], [0, 0, 1], [1, 0, 0], [0, 0, 1], [0, 0, 0]];
        let mut counts = [Counts::default(); 3];
        for (truth, answer) in truth.iter().zip(&answer) {
            for (i, one) in counts.iter_mut().enumerate() {
                one.note(answer[i] == 1, truth[i] == 1);
            }
        }
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} against {b}");
        near(Counts::together(counts.iter()).f1(), 0.6);
        near(macro_f1(&counts), 0.43333333333333335);
        let precisions = counts.map(|c| c.precision());
        assert_eq!(precisions, [1.0, 0.0, 0.5]);
        near(counts[0].recall(), 2.0 / 3.0);
        assert_eq!(counts.map(|c| c.support), [3, 1, 2]);
    }

    #[test]
    fn a_confusion_matrix_has_every_classs_counts() {
        let counts = class_counts(&[vec![3, 1], vec![2, 4]]);
        assert_eq!(
            (counts[0].right, counts[0].answered, counts[0].support),
            (3, 5, 4)
        );
        assert_eq!(
            (counts[1].right, counts[1].answered, counts[1].support),
            (4, 5, 6)
        );
    }
}
