//! McNemar's exact test: whether two classifiers that answered the same rows differ by more than luck.

/// Rows of two runs, by who was right.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pairs {
    pub both: usize,
    pub neither: usize,
    /// Places of the rows that only the first run got right.
    pub only_first: Vec<usize>,
    pub only_second: Vec<usize>,
}

/// Counts both runs' answers to the same rows in the same order; `None` where they are not equally many.
pub fn pairs(first: &[bool], second: &[bool]) -> Option<Pairs> {
    if first.len() != second.len() {
        return None;
    }
    let mut pairs = Pairs::default();
    for (row, answers) in first.iter().zip(second).enumerate() {
        match answers {
            (true, true) => pairs.both += 1,
            (false, false) => pairs.neither += 1,
            (true, false) => pairs.only_first.push(row),
            (false, true) => pairs.only_second.push(row),
        }
    }
    Some(pairs)
}

/// How probable a split at least this uneven is where either run is as likely to be the right one: twice the tail of a
/// binomial of one half, at most 1. Rows on which both agree say nothing.
pub fn exact_p(only_first: usize, only_second: usize) -> f64 {
    let (fewer, all) = (only_first.min(only_second), only_first + only_second);
    let (mut ln_choices, mut tail) = (0.0, 0.0);
    // In logarithms, since 2^-n is nothing in a float from a thousand rows on.
    let ln_half_power = all as f64 * 0.5f64.ln();
    for k in 0..=fewer {
        tail += f64::exp(ln_choices + ln_half_power);
        ln_choices += ((all - k) as f64).ln() - ((k + 1) as f64).ln();
    }
    (2.0 * tail).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `scipy.stats.binomtest`, by `tests/stats/generate.py`.
    #[test]
    fn the_probabilities_are_scipys() {
        let reference = crate::stats::reference();
        let cases = reference["mcnemar"].as_array().unwrap();
        assert!(cases.len() >= 8);
        for case in cases {
            let count = |place: usize| case[place].as_u64().unwrap() as usize;
            let (found, expected) = (exact_p(count(0), count(1)), case[2].as_f64().unwrap());
            let error = (found - expected).abs() / expected;
            assert!(error < 1e-9, "{case}: {found}");
        }
    }

    /// Twice (1 + 17 + 136 + 680 + 2380 + 6188) / 2^17.
    #[test]
    fn twelve_against_five_by_hand() {
        assert!((exact_p(12, 5) - 2.0 * 9402.0 / 131_072.0).abs() < 1e-12);
        assert_eq!(exact_p(0, 0), 1.0);
        assert_eq!(exact_p(3, 3), 1.0);
    }

    #[test]
    fn rows_are_sorted_by_who_was_right() {
        let found = pairs(
            &[true, true, false, false, true],
            &[true, false, true, false, false],
        );
        let expected = Pairs {
            both: 1,
            neither: 1,
            only_first: vec![1, 4],
            only_second: vec![2],
        };
        assert_eq!(found, Some(expected));
        assert_eq!(pairs(&[true], &[]), None);
    }
}
