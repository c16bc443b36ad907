//! Which two runs are compared, and what their answers to the same rows come to. Pure.

use crate::protocol::Split;
use crate::stats::mcnemar::{Pairs, pairs};
use crate::ui::learner::{LabRun, LabRuns};

/// What is compared; runs by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen {
    pub first: usize,
    pub second: usize,
    pub split: Split,
}

/// What the comparison came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    Same,
    OtherRows,
    Compared(Pairs),
}

/// Runs with an answer to each row of the split, as far as it may be looked at.
pub fn comparable(runs: &LabRuns, split: Split) -> Vec<LabRun> {
    let has_rows = |run: &&LabRun| {
        let may_be_seen = split != Split::Test || run.is_opened;
        let score = run.score(split).filter(|_| may_be_seen);
        score.is_some_and(|score| !score.verdicts.is_empty())
    };
    runs.runs().iter().filter(has_rows).cloned().collect()
}

pub fn compare(runs: &[LabRun], chosen: Chosen) -> Option<Outcome> {
    let find = |number| {
        let run = runs.iter().find(|run| run.number == number)?;
        run.score(chosen.split)
    };
    let (first, second) = (find(chosen.first)?, find(chosen.second)?);
    if chosen.first == chosen.second {
        return Some(Outcome::Same);
    }
    if !first.verdicts.are_of_the_rows_of(&second.verdicts) {
        return Some(Outcome::OtherRows);
    }
    let found = pairs(&first.verdicts.right(), &second.verdicts.right());
    Some(found.map_or(Outcome::OtherRows, Outcome::Compared))
}

/// What is wished for, where it is there; else the newest run against the one before it.
pub fn choice(
    runs: &[LabRun],
    wished: (Option<usize>, Option<usize>),
    split: Split,
) -> Option<Chosen> {
    let [.., before, newest] = runs else {
        return None;
    };
    let there = |wish: Option<usize>| wish.filter(|n| runs.iter().any(|run| run.number == *n));
    Some(Chosen {
        first: there(wished.0).unwrap_or(before.number),
        second: there(wished.1).unwrap_or(newest.number),
        split,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::RowVerdicts;
    use crate::ui::learner::lab_runs::Ended;
    use crate::ui::learner::lab_runs::tests::{ended, name};

    fn answered(right: &[bool], fingerprint: u32) -> Ended {
        let mut run = ended("rank=2", 0.7);
        for score in [&mut run.validation, &mut run.test].into_iter().flatten() {
            score.verdicts = RowVerdicts::new(right, fingerprint);
        }
        run
    }

    fn runs() -> LabRuns {
        let mut runs = LabRuns::default();
        runs.put(answered(&[true, false, true], 5), name);
        runs.put(answered(&[true, true, false], 5), name);
        runs.put(answered(&[true, true, false], 6), name);
        runs
    }

    #[test]
    fn the_newest_two_are_compared_unless_others_are_wished_for() {
        let runs = comparable(&runs(), Split::Validation);
        let chosen = choice(&runs, (None, None), Split::Validation).unwrap();
        assert_eq!((chosen.first, chosen.second), (2, 3));
        assert_eq!(compare(&runs, chosen), Some(Outcome::OtherRows));
        let chosen = choice(&runs, (Some(1), Some(2)), Split::Validation).unwrap();
        let Some(Outcome::Compared(found)) = compare(&runs, chosen) else {
            panic!("they answered the same rows");
        };
        assert_eq!((found.only_first, found.only_second), (vec![2], vec![1]));
        let same = choice(&runs, (Some(1), Some(1)), Split::Validation).unwrap();
        assert_eq!(compare(&runs, same), Some(Outcome::Same));
        assert_eq!(choice(&runs[..1], (None, None), Split::Validation), None);
    }

    #[test]
    fn sealed_test_answers_are_not_compared() {
        let mut runs = runs();
        assert!(comparable(&runs, Split::Test).is_empty());
        runs.open_test(&[1, 2]);
        assert_eq!(comparable(&runs, Split::Test).len(), 2);
    }
}
