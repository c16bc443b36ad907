//! From values to pixels, and the round numbers to write on an axis.

/// A linear scale from `domain` to `range`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    pub domain: (f64, f64),
    pub range: (f64, f64),
}

impl Scale {
    pub fn new(domain: (f64, f64), range: (f64, f64)) -> Self {
        Self { domain, range }
    }

    pub fn map(&self, value: f64) -> f64 {
        let (from, to) = self.domain;
        let (start, end) = self.range;
        if to == from {
            return start;
        }
        start + (value - from) / (to - from) * (end - start)
    }

    /// The value under a pixel.
    pub fn invert(&self, pixel: f64) -> f64 {
        let (start, end) = self.range;
        if end == start {
            return self.domain.0;
        }
        self.domain.0 + (pixel - start) / (end - start) * (self.domain.1 - self.domain.0)
    }
}

/// Round values that cover `low..=high` in about `count` steps of 1, 2 or 5 times a power of ten.
pub fn ticks(low: f64, high: f64, count: usize) -> Vec<f64> {
    if !(low.is_finite() && high.is_finite()) || high <= low || count == 0 {
        return vec![low];
    }
    let step = round_step((high - low) / count as f64);
    let first = (low / step).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    (first..=last).map(|n| n as f64 * step).collect()
}

/// Less of a chart than this may be empty below the data; otherwise the axis begins near them.
const EMPTY_BELOW: f64 = 0.25;

/// Where an axis for these values begins and ends: at zero where that leaves little room unused, else near the lowest.
pub fn fitted_domain(values: impl Iterator<Item = f64>, count: usize) -> (f64, f64) {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values.filter(|value| value.is_finite()) {
        low = low.min(value);
        high = high.max(value);
    }
    if low > high {
        return (0.0, 1.0);
    }
    if low >= 0.0 && low <= EMPTY_BELOW * high {
        low = 0.0;
    }
    if low == high {
        // One value, or a constant: zero gives it a size.
        return rounded_domain(low.min(0.0), high.max(0.0), count);
    }
    rounded_domain(low, high, count)
}

/// `low..=high` widened to whole steps.
pub fn rounded_domain(low: f64, high: f64, count: usize) -> (f64, f64) {
    if !(low.is_finite() && high.is_finite()) || high <= low {
        return (low, low + 1.0);
    }
    let step = round_step((high - low) / count.max(1) as f64);
    ((low / step).floor() * step, (high / step).ceil() * step)
}

fn round_step(rough: f64) -> f64 {
    let magnitude = 10f64.powf(rough.log10().floor());
    let factor = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .find(|factor| factor * magnitude >= rough * (1.0 - 1e-9))
        .unwrap_or(10.0);
    factor * magnitude
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_there_and_back() {
        let scale = Scale::new((0.0, 200.0), (40.0, 640.0));
        assert_eq!(scale.map(100.0), 340.0);
        assert_eq!(scale.invert(340.0), 100.0);
        let flipped = Scale::new((0.0, 1.0), (200.0, 0.0));
        assert_eq!(flipped.map(0.25), 150.0);
    }

    #[test]
    fn an_empty_domain_maps_to_the_start() {
        assert_eq!(Scale::new((1.0, 1.0), (5.0, 9.0)).map(1.0), 5.0);
    }

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(ticks(0.0, 200.0, 4), [0.0, 50.0, 100.0, 150.0, 200.0]);
        let fine = ticks(0.0, 0.002, 4);
        assert_eq!(fine.len(), 5);
        assert!((fine[1] - 0.0005).abs() < 1e-12);
        assert_eq!(ticks(3.0, 3.0, 4), [3.0]);
    }

    #[test]
    fn domains_grow_to_whole_steps() {
        assert_eq!(rounded_domain(0.13, 0.71, 4), (0.0, 0.8));
        assert_eq!(rounded_domain(0.0, 0.0, 4), (0.0, 1.0));
    }

    #[test]
    fn an_axis_fits_its_values_and_takes_zero_in_where_there_is_room() {
        let fit = |values: &[f64]| fitted_domain(values.iter().copied(), 4);
        let (low, high) = fit(&[0.83, 0.67, 0.71, f64::NAN]);
        assert!(
            (low - 0.65).abs() < 1e-9 && (high - 0.85).abs() < 1e-9,
            "{low} {high}"
        );
        assert_eq!(fit(&[0.13, 0.71]), (0.0, 0.8));
        assert_eq!(fit(&[0.0, 3e-4]).0, 0.0);
        let (low, high) = fit(&[-0.25, 0.5]);
        assert!(
            (low + 0.4).abs() < 1e-9 && (high - 0.6).abs() < 1e-9,
            "{low} {high}"
        );
        assert_eq!(fit(&[]), (0.0, 1.0));
        let (low, high) = fit(&[0.5]);
        assert!(low == 0.0 && (high - 0.6).abs() < 1e-9, "{low} {high}");
        assert_eq!(fit(&[0.0, 0.0]), (0.0, 1.0));
    }
}
