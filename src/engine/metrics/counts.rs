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

/// The mean of the F1 of the classes that occur, in the truth or in the answers, each counting alike: scikit-learn's
/// `f1_score(average="macro")` of classes. One that is neither there nor answered has no F1.
pub fn macro_f1(classes: &[Counts]) -> f64 {
    let occurs = |class: &&Counts| class.answered + class.support > 0;
    mean_f1(classes.iter().filter(occurs))
}

/// The same where a text may have several labels. There scikit-learn counts every label, one that never occurs as 0.
pub fn macro_f1_of_labels(labels: &[Counts]) -> f64 {
    mean_f1(labels.iter())
}

fn mean_f1<'a>(counts: impl Iterator<Item = &'a Counts> + Clone) -> f64 {
    let of = counts.clone().count();
    counts.map(Counts::f1).sum::<f64>() / of.max(1) as f64
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
        near(macro_f1_of_labels(&counts), 0.43333333333333335);
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

    /// scikit-learn leaves a class out that neither the truth nor the answers have: of the classes 0 to 3,
    /// `f1_score([0, 0, 1, 3], [0, 1, 1, 3], average="macro")` is the mean of 2/3, 2/3 and 1.
    #[test]
    fn classes_that_never_occur_are_left_out() {
        let mut confusion = vec![vec![0; 4]; 4];
        for (truth, answer) in [(0, 0), (0, 1), (1, 1), (3, 3)] {
            confusion[truth][answer] += 1;
        }
        let classes = class_counts(&confusion);
        assert!((macro_f1(&classes) - 7.0 / 9.0).abs() < 1e-12);
        assert!((macro_f1_of_labels(&classes) - 7.0 / 12.0).abs() < 1e-12);
        assert_eq!(macro_f1(&[]), 0.0);
    }
}
