//! Whether answers are as often right as they are sure.

/// The answers whose probability lies in one part of `0..=1`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// Left out of the bin, but for the first; the upper end belongs to it.
    pub from: f64,
    pub to: f64,
    pub answers: usize,
    /// Their mean probability; 0 where there are none.
    pub sureness: f64,
    /// The share of them that was right.
    pub accuracy: f64,
}

/// Sorts answers into `count` bins of equal width, by the probability of the label that was answered.
pub fn bins(answers: &[(f64, bool)], count: usize) -> Vec<Bin> {
    let width = 1.0 / count.max(1) as f64;
    let place = |sureness: f64| ((sureness / width).ceil() as usize).clamp(1, count) - 1;
    let bin = |index: usize| {
        let inside = answers.iter().filter(|(p, _)| place(*p) == index);
        let (mut all, mut right, mut sum) = (0, 0, 0.0);
        for (probability, is_right) in inside {
            all += 1;
            right += usize::from(*is_right);
            sum += probability;
        }
        Bin {
            from: index as f64 * width,
            to: (index + 1) as f64 * width,
            answers: all,
            sureness: sum / all.max(1) as f64,
            accuracy: right as f64 / all.max(1) as f64,
        }
    };
    (0..count).map(bin).collect()
}

/// How far sureness and accuracy lie apart, the mean over the answers (Guo et al. 2017).
pub fn expected_error(bins: &[Bin]) -> f64 {
    let all: usize = bins.iter().map(|bin| bin.answers).sum();
    let apart = |bin: &Bin| bin.answers as f64 * (bin.sureness - bin.accuracy).abs();
    bins.iter().map(apart).sum::<f64>() / all.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (2 · |0.95 − 0.5| + 2 · |0.65 − 1|) / 4.
    #[test]
    fn the_error_of_four_answers_by_hand() {
        let answers = [(0.95, true), (0.95, false), (0.6, true), (0.7, true)];
        let found = bins(&answers, 5);
        let counts: Vec<usize> = found.iter().map(|bin| bin.answers).collect();
        // 0.6 is the upper end of the third.
        assert_eq!(counts, [0, 0, 1, 1, 2]);
        let expected = (2.0 * 0.45 + 0.4 + 0.3) / 4.0;
        assert!((expected_error(&found) - expected).abs() < 1e-12);
        assert_eq!(expected_error(&bins(&[], 10)), 0.0);
    }

    /// Worked out with scikit-learn's `calibration_curve` by `tests/stats/generate.py`.
    #[test]
    fn the_error_is_that_of_the_reference() {
        let reference = &crate::stats::reference()["calibration"];
        let sureness = reference["sureness"].as_array().unwrap().iter();
        let right = reference["right"].as_array().unwrap().iter();
        let answers: Vec<(f64, bool)> = sureness
            .zip(right)
            .map(|(p, right)| (p.as_f64().unwrap(), right.as_bool().unwrap()))
            .collect();
        assert_eq!(answers.len(), 200);
        let count = reference["bins"].as_u64().unwrap() as usize;
        let found = expected_error(&bins(&answers, count));
        let expected = reference["expected_error"].as_f64().unwrap();
        assert!(
            (found - expected).abs() < 1e-9,
            "{found} against {expected}"
        );
    }
}
