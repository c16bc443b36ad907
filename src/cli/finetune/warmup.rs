//! How long a run warms up.

use std::str::FromStr;

/// Steps, or a share of all of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Warmup {
    Steps(usize),
    Share(f64),
}

impl Warmup {
    pub fn of(self, total_steps: usize) -> usize {
        match self {
            Self::Steps(steps) => steps,
            Self::Share(share) => (total_steps as f64 * share).ceil() as usize,
        }
    }
}

impl FromStr for Warmup {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(steps) = text.parse() {
            return Ok(Self::Steps(steps));
        }
        match text.parse::<f64>() {
            Ok(share) if share > 0.0 && share < 1.0 => Ok(Self::Share(share)),
            Ok(steps) if steps >= 0.0 && steps.fract() == 0.0 => Ok(Self::Steps(steps as usize)),
            _ => Err("give a whole number of steps, or a share of all steps below 1"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_below_1_is_a_share() {
        let steps = |text: &str| text.parse::<Warmup>().map(|warmup| warmup.of(205));
        assert_eq!(steps("0.1"), Ok(21));
        assert_eq!(steps("20"), Ok(20));
        assert_eq!(steps("20.0"), Ok(20));
        assert_eq!(steps("0"), Ok(0));
        for wrong in ["-1", "1.5", "nan", "inf", "few"] {
            assert!(steps(wrong).is_err(), "{wrong}");
        }
    }
}
