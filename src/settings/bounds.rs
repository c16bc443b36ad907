//! What a number of the settings may be.

use crate::faults::{Rule, Setting, SettingsError};

/// No model is wider, or reads more.
pub const MOST_SIZE: usize = 1_000_000;

/// A number of a setting, and what it must be.
pub struct Bound {
    setting: Setting,
    is: f64,
    holds: bool,
    must: Rule,
}

impl Bound {
    fn new(setting: Setting, is: f64, holds: bool, must: Rule) -> Self {
        Self {
            setting,
            is,
            holds,
            must,
        }
    }

    pub fn above_zero(setting: Setting, is: f64) -> Self {
        let holds = is.is_finite() && is > 0.0;
        Self::new(setting, is, holds, Rule::AboveZero)
    }

    pub fn from_zero(setting: Setting, is: f64) -> Self {
        let holds = is.is_finite() && is >= 0.0;
        Self::new(setting, is, holds, Rule::FromZero)
    }

    /// As a decay or the share of what drops out.
    pub fn below_one(setting: Setting, is: f64) -> Self {
        let holds = (0.0..1.0).contains(&is);
        Self::new(setting, is, holds, Rule::FromZeroBelowOne)
    }

    /// As the share of a batch.
    pub fn from_zero_to_one(setting: Setting, is: f64) -> Self {
        let holds = (0.0..=1.0).contains(&is);
        Self::new(setting, is, holds, Rule::FromZeroToOne)
    }

    /// As a factor that makes nothing larger.
    pub fn above_zero_to_one(setting: Setting, is: f64) -> Self {
        let holds = is > 0.0 && is <= 1.0;
        Self::new(setting, is, holds, Rule::AboveZeroToOne)
    }

    /// A norm to clip at, where 0 and infinity both clip nothing.
    pub fn norm_or_none(setting: Setting, is: f64) -> Self {
        Self::new(setting, is, is >= 0.0, Rule::NormOrNone)
    }

    /// From 1 to `most`: beyond that no machine could do it, and sums of such numbers would overflow.
    pub fn whole(setting: Setting, is: usize, most: usize) -> Self {
        let holds = (1..=most).contains(&is);
        let must = match is {
            0 => Rule::AtLeast(1),
            _ => Rule::AtMost(most),
        };
        Self::new(setting, is as f64, holds, must)
    }

    /// What is wrong.
    pub fn problem(self) -> Option<SettingsError> {
        let Self {
            setting,
            is,
            holds,
            must,
        } = self;
        (!holds).then_some(SettingsError::OutOfBounds { setting, is, must })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_bound_lets_nan_or_a_negative_number_through() {
        let setting = Setting::WeightDecay;
        for value in [f64::NAN, -1.0, f64::NEG_INFINITY] {
            for bound in [
                Bound::above_zero(setting, value),
                Bound::from_zero(setting, value),
                Bound::below_one(setting, value),
                Bound::from_zero_to_one(setting, value),
                Bound::above_zero_to_one(setting, value),
                Bound::norm_or_none(setting, value),
            ] {
                let problem = bound.problem().unwrap().to_string();
                assert!(problem.starts_with("weight decay is ") && problem.contains(" must be "));
            }
        }
        let infinity = f64::INFINITY;
        assert!(Bound::from_zero(setting, infinity).problem().is_some());
        assert!(Bound::norm_or_none(setting, infinity).problem().is_none());
        assert!(Bound::above_zero(setting, 0.0).problem().is_some());
        assert!(Bound::below_one(setting, 1.0).problem().is_some());
        assert!(Bound::above_zero_to_one(setting, 0.0).problem().is_some());
        assert!(Bound::from_zero_to_one(setting, 1.0).problem().is_none());
        let whole = |is| Bound::whole(setting, is, 9).problem();
        assert!(whole(0).unwrap().to_string().contains("at least 1"));
        assert!(whole(10).unwrap().to_string().contains("at most 9"));
        assert_eq!(whole(9), None);
    }
}
