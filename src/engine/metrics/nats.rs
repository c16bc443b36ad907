//! Losses of single answers, and their mean.

/// The cross-entropy of an answer whose truth was given this probability. NaN stays NaN: the model's numbers are no
/// numbers any more, and a run must hear of it. 0 is a finite loss, that of the smallest normal number.
pub fn nats_of(probability: f64) -> f64 {
    match probability.is_nan() {
        true => f64::NAN,
        false => -probability.max(f64::MIN_POSITIVE).ln(),
    }
}

/// The mean of losses that add up to `nats`. Of none there is no loss: NaN, as in torch, and not 0.
pub fn mean_nats(nats: f64, count: usize) -> f64 {
    match count {
        0 => f64::NAN,
        count => nats / count as f64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nan_stays_nan_and_impossible_answers_cost_a_finite_loss() {
        assert!(nats_of(f64::NAN).is_nan());
        assert_eq!(nats_of(1.0), 0.0);
        assert!((nats_of(0.5) - 2f64.ln()).abs() < 1e-15);
        assert!(nats_of(0.0).is_finite());
    }

    #[test]
    fn nothing_has_no_loss() {
        assert!(mean_nats(0.0, 0).is_nan());
        assert_eq!(mean_nats(3.0, 2), 1.5);
    }
}
