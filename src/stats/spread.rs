//! The middle and the reach of the same figure in several runs, and of their curves.

/// Of one figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    pub lowest: f64,
    pub mean: f64,
    pub highest: f64,
    pub count: usize,
}

/// Of the values that are numbers; `None` where there is none.
pub fn spread(values: impl IntoIterator<Item = f64>) -> Option<Spread> {
    let values: Vec<f64> = values.into_iter().filter(|v| v.is_finite()).collect();
    let count = values.len();
    if count == 0 {
        return None;
    }
    Some(Spread {
        lowest: values.iter().copied().fold(f64::INFINITY, f64::min),
        mean: values.iter().sum::<f64>() / count as f64,
        highest: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        count,
    })
}

/// Of several curves at each x that one of them has, in order. Between its points a curve goes straight; beyond its ends it
/// does not count, so that a run which stopped early drags nothing along.
pub fn band(curves: &[Vec<(f64, f64)>]) -> Vec<(f64, Spread)> {
    let mut xs: Vec<f64> = curves.iter().flatten().map(|(x, _)| *x).collect();
    xs.sort_by(f64::total_cmp);
    xs.dedup();
    let at = |x: f64| spread(curves.iter().filter_map(move |curve| value_at(curve, x)));
    xs.into_iter().filter_map(|x| Some((x, at(x)?))).collect()
}

/// `curve` is in the order of its x.
fn value_at(curve: &[(f64, f64)], x: f64) -> Option<f64> {
    let next = curve.partition_point(|(other, _)| *other < x);
    let (right_x, right) = *curve.get(next)?;
    if right_x == x {
        return Some(right);
    }
    let (left_x, left) = *curve.get(next.checked_sub(1)?)?;
    Some(left + (right - left) * (x - left_x) / (right_x - left_x))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_and_reach_leave_out_what_is_no_number() {
        let found = spread([0.5, f64::NAN, 0.8, 0.2]).unwrap();
        assert!((found.mean - 0.5).abs() < 1e-12);
        assert_eq!((found.lowest, found.highest, found.count), (0.2, 0.8, 3));
        assert_eq!(spread([f64::INFINITY]), None);
    }

    #[test]
    fn a_band_goes_over_all_curves_that_are_still_there() {
        let long = vec![(0.0, 1.0), (10.0, 0.0)];
        let short = vec![(0.0, 3.0), (5.0, 2.0)];
        let band = band(&[long, short]);
        let told: Vec<(f64, f64, f64, f64)> = band
            .iter()
            .map(|(x, s)| (*x, s.lowest, s.mean, s.highest))
            .collect();
        let expected = [
            (0.0, 1.0, 2.0, 3.0),
            (5.0, 0.5, 1.25, 2.0),
            (10.0, 0.0, 0.0, 0.0),
        ];
        assert_eq!(told, expected);
    }
}
