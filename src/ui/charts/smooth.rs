//! A noisy series made readable.

/// An exponential moving average, with the bias of its start corrected as in Adam (so that the first
/// value is itself). `keep` is the weight of the past.
pub fn smooth(values: &[f64], keep: f64) -> Vec<f64> {
    let mut average = 0.0;
    let mut weight = 0.0;
    values
        .iter()
        .map(|value| {
            average = keep * average + (1.0 - keep) * value;
            weight = keep * weight + (1.0 - keep);
            average / weight
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_at_the_first_value_and_follows() {
        let out = smooth(&[2.0, 2.0, 0.0], 0.5);
        assert_eq!(out[0], 2.0);
        assert_eq!(out[1], 2.0);
        assert!(out[2] < 1.0 && out[2] > 0.5);
    }
}
