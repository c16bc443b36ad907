//! Two labels, and the probability from which the second one is answered.

/// What answering the second label from `threshold` on comes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Verdicts {
    pub found: usize,
    pub false_alarms: usize,
    pub missed: usize,
    pub rightly_not: usize,
}

/// `rows`: the probability of the second label, and whether it is the truth.
pub fn verdicts(rows: &[(f64, bool)], threshold: f64) -> Verdicts {
    let mut verdicts = Verdicts::default();
    for (probability, is_second) in rows {
        let place = match (*probability >= threshold, is_second) {
            (true, true) => &mut verdicts.found,
            (true, false) => &mut verdicts.false_alarms,
            (false, true) => &mut verdicts.missed,
            (false, false) => &mut verdicts.rightly_not,
        };
        *place += 1;
    }
    verdicts
}

impl Verdicts {
    /// `None` where the label was never answered.
    pub fn precision(&self) -> Option<f64> {
        share(self.found, self.found + self.false_alarms)
    }

    /// `None` where there was nothing to find.
    pub fn recall(&self) -> Option<f64> {
        share(self.found, self.found + self.missed)
    }

    pub fn accuracy(&self) -> Option<f64> {
        let right = self.found + self.rightly_not;
        share(right, right + self.false_alarms + self.missed)
    }
}

fn share(part: usize, of: usize) -> Option<f64> {
    (of > 0).then(|| part as f64 / of as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// scikit-learn's `precision_score` and `recall_score` of `p >= threshold`, by `tests/stats/generate.py`.
    #[test]
    fn precision_and_recall_are_scikit_learns() {
        let reference = &crate::stats::reference()["threshold"];
        let probability = reference["probability"].as_array().unwrap().iter();
        let truth = reference["truth"].as_array().unwrap().iter();
        let rows: Vec<(f64, bool)> = probability
            .zip(truth)
            .map(|(p, truth)| (p.as_f64().unwrap(), truth.as_bool().unwrap()))
            .collect();
        let scores = reference["scores"].as_array().unwrap();
        assert!(scores.len() >= 6);
        for case in scores {
            let number = |place: usize| case[place].as_f64().unwrap();
            let found = verdicts(&rows, number(0));
            assert!(
                (found.precision().unwrap() - number(1)).abs() < 1e-12,
                "{case}"
            );
            assert!(
                (found.recall().unwrap() - number(2)).abs() < 1e-12,
                "{case}"
            );
        }
    }

    #[test]
    fn a_label_never_answered_has_no_precision() {
        let found = verdicts(&[(0.3, true), (0.2, false)], 0.9);
        assert_eq!((found.precision(), found.recall()), (None, Some(0.0)));
        assert_eq!(found.accuracy(), Some(0.5));
        assert_eq!(verdicts(&[], 0.5).recall(), None);
    }
}
