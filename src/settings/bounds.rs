//! What a number of the settings may be, and what is said of one that may not.

/// No model is wider, or reads more.
pub const MOST_SIZE: usize = 1_000_000;

/// A number with its name, and what it must be.
pub struct Bound {
    field: &'static str,
    value: f64,
    holds: bool,
    must: String,
}

impl Bound {
    fn new(field: &'static str, value: f64, holds: bool, must: &str) -> Self {
        Self {
            field,
            value,
            holds,
            must: must.to_owned(),
        }
    }

    pub fn above_zero(field: &'static str, value: f64) -> Self {
        let holds = value.is_finite() && value > 0.0;
        Self::new(field, value, holds, "a number above 0")
    }

    pub fn from_zero(field: &'static str, value: f64) -> Self {
        let holds = value.is_finite() && value >= 0.0;
        Self::new(field, value, holds, "a number from 0 up")
    }

    /// As a decay or the share of what drops out.
    pub fn below_one(field: &'static str, value: f64) -> Self {
        let holds = (0.0..1.0).contains(&value);
        Self::new(field, value, holds, "at least 0 and below 1")
    }

    /// As [`Self::from_zero`], where 0 and infinity both switch something off.
    pub fn or_off(field: &'static str, value: f64, off: &str) -> Self {
        let must = format!("a number above 0, or 0 {off}");
        Self::new(field, value, value >= 0.0, &must)
    }

    /// From 1 to `most`: beyond that no machine could do it, and sums of such numbers would overflow.
    pub fn whole(field: &'static str, value: usize, most: usize) -> Self {
        let holds = (1..=most).contains(&value);
        let must = match value {
            0 => "at least 1".to_owned(),
            _ => format!("at most {most}"),
        };
        Self::new(field, value as f64, holds, &must)
    }

    /// What is wrong, in words for the person who chose it.
    pub fn problem(&self) -> Option<String> {
        let (field, value, must) = (self.field, self.value, &self.must);
        (!self.holds).then(|| format!("{field} is {value}, but must be {must}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_bound_lets_nan_or_a_negative_number_through() {
        for value in [f64::NAN, -1.0, f64::NEG_INFINITY] {
            for bound in [
                Bound::above_zero("x", value),
                Bound::from_zero("x", value),
                Bound::below_one("x", value),
                Bound::or_off("x", value, "to leave it out"),
            ] {
                let problem = bound.problem().unwrap();
                assert!(problem.starts_with("x is ") && problem.contains(" must be "));
            }
        }
        assert!(Bound::from_zero("x", f64::INFINITY).problem().is_some());
        assert!(Bound::or_off("x", f64::INFINITY, "").problem().is_none());
        assert!(Bound::above_zero("x", 0.0).problem().is_some());
        assert!(Bound::below_one("x", 1.0).problem().is_some());
        assert!(
            Bound::whole("x", 0, 9)
                .problem()
                .unwrap()
                .contains("at least 1")
        );
        assert!(
            Bound::whole("x", 10, 9)
                .problem()
                .unwrap()
                .contains("at most 9")
        );
        assert!(Bound::whole("x", 9, 9).problem().is_none());
    }
}
