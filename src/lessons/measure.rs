//! What a lesson may say about runs: `accuracy >= 62%`, `replay.gain / careless.gain >= 0.95`.
//!
//! Plain `std`, because `src/build.rs` refuses with it what a lesson spells wrong, and the page works it out with it.

use std::fmt;

/// A measured property of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Accuracy,
    AccuracyBefore,
    /// Rise of the accuracy.
    Gain,
    /// Trained parameters of all, in `0..=1`.
    Share,
    Perplexity,
    PerplexityBefore,
    /// Questions that find their passage, in `0..=1`.
    Retrieval,
    RetrievalBefore,
    /// Rise of the perplexity on the general text; for a model that says no words the fall of the retrieval, in
    /// percentage points.
    Damage,
    /// Loss on the test split.
    Loss,
    Seconds,
    Trainable,
    Steps,
}

const NAMES: [(&str, What); 13] = [
    ("accuracy", What::Accuracy),
    ("accuracy_before", What::AccuracyBefore),
    ("gain", What::Gain),
    ("share", What::Share),
    ("perplexity", What::Perplexity),
    ("perplexity_before", What::PerplexityBefore),
    ("retrieval", What::Retrieval),
    ("retrieval_before", What::RetrievalBefore),
    ("damage", What::Damage),
    ("loss", What::Loss),
    ("seconds", What::Seconds),
    ("trainable", What::Trainable),
    ("steps", What::Steps),
];

/// `low.accuracy`: a property, of the run with that key or, without a key, of the run in question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity {
    pub run: Option<String>,
    pub what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    Over,
    Minus,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    pub left: Quantity,
    pub right: Option<(Operation, Quantity)>,
}

/// How an expression's value reads best.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Percent,
    Perplexity,
    Loss,
    Seconds,
    Count,
}

/// An expression and what it must be.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    pub expression: Expression,
    /// At least the bound, or at most.
    pub at_least: bool,
    pub bound: f64,
}

impl Quantity {
    fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (run, name) = match text.split_once('.') {
            Some((run, name)) => (Some(run.to_string()), name),
            None => (None, text),
        };
        let what = NAMES.iter().find(|(other, _)| *other == name);
        match what {
            Some((_, what)) => Ok(Self { run, what: *what }),
            None => {
                let names: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
                Err(format!(
                    "`{text}` is not measured; there are: {}",
                    names.join(", ")
                ))
            }
        }
    }
}

impl Expression {
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts = [(" / ", Operation::Over), (" - ", Operation::Minus)];
        for (sign, operation) in parts {
            if let Some((left, right)) = text.split_once(sign) {
                return Ok(Self {
                    left: Quantity::parse(left)?,
                    right: Some((operation, Quantity::parse(right)?)),
                });
            }
        }
        Ok(Self {
            left: Quantity::parse(text)?,
            right: None,
        })
    }

    /// The value, where `measure` knows every quantity in it.
    pub fn value(&self, measure: impl Fn(&Quantity) -> Option<f64>) -> Option<f64> {
        let left = measure(&self.left)?;
        match &self.right {
            None => Some(left),
            Some((Operation::Over, right)) => Some(left / measure(right)?),
            Some((Operation::Minus, right)) => Some(left - measure(right)?),
        }
    }

    pub fn kind(&self) -> Kind {
        if matches!(self.right, Some((Operation::Over, _))) {
            return Kind::Percent;
        }
        match self.left.what {
            What::Accuracy
            | What::AccuracyBefore
            | What::Gain
            | What::Share
            | What::Retrieval
            | What::RetrievalBefore => Kind::Percent,
            What::Perplexity | What::PerplexityBefore | What::Damage => Kind::Perplexity,
            What::Loss => Kind::Loss,
            What::Seconds => Kind::Seconds,
            What::Trainable | What::Steps => Kind::Count,
        }
    }

    /// Whether it speaks of a run without naming it.
    pub fn is_about_any_run(&self) -> bool {
        let right = self.right.as_ref().map(|(_, quantity)| quantity);
        let mut all = [Some(&self.left), right].into_iter().flatten();
        all.any(|quantity| quantity.run.is_none())
    }

    /// The keys of the runs that it names.
    pub fn runs(&self) -> impl Iterator<Item = &str> {
        let right = self.right.as_ref().map(|(_, quantity)| quantity);
        [Some(&self.left), right]
            .into_iter()
            .flatten()
            .filter_map(|quantity| quantity.run.as_deref())
    }
}

impl Condition {
    /// `accuracy >= 62%`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (left, at_least, right) = match (text.split_once(">="), text.split_once("<=")) {
            (Some((left, right)), _) => (left, true, right),
            (None, Some((left, right))) => (left, false, right),
            (None, None) => return Err(format!("`{text}` has neither `>=` nor `<=`")),
        };
        Ok(Self {
            expression: Expression::parse(left.trim())?,
            at_least,
            bound: number(right.trim())?,
        })
    }

    pub fn is_met_by(&self, value: f64) -> bool {
        if self.at_least {
            value >= self.bound
        } else {
            value <= self.bound
        }
    }
}

fn number(text: &str) -> Result<f64, String> {
    let (digits, scale) = match text.strip_suffix('%') {
        Some(digits) => (digits, 100.0),
        None => (text, 1.0),
    };
    digits
        .trim()
        .parse::<f64>()
        .map(|number| number / scale)
        .map_err(|_| format!("`{text}` is not a number"))
}

/// The expressions between braces in a text.
pub fn braced(text: &str) -> impl Iterator<Item = &str> {
    text.split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}'))
        .map(|(inside, _)| inside)
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = NAMES.iter().find(|(_, what)| *what == self.what);
        let name = name.map_or("", |(name, _)| name);
        match &self.run {
            Some(run) => write!(f, "{run}.{name}"),
            None => write!(f, "{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(quantity: &Quantity) -> Option<f64> {
        match (quantity.run.as_deref(), quantity.what) {
            (None, What::Gain) => Some(0.18),
            (Some("careless"), What::Gain) => Some(0.2),
            _ => None,
        }
    }

    #[test]
    fn a_ratio_of_two_runs() {
        let condition = Condition::parse("gain / careless.gain >= 85%").unwrap();
        let value = condition.expression.value(measure).unwrap();
        assert!((value - 0.9).abs() < 1e-12);
        assert!(condition.is_met_by(value));
        assert_eq!(condition.expression.kind(), Kind::Percent);
        assert_eq!(
            condition.expression.runs().collect::<Vec<_>>(),
            ["careless"]
        );
    }

    #[test]
    fn an_upper_bound() {
        let condition = Condition::parse("share <= 10%").unwrap();
        assert!(condition.is_met_by(0.1) && !condition.is_met_by(0.11));
        assert_eq!(condition.expression.value(measure), None);
    }

    #[test]
    fn what_is_misspelt_is_refused_by_name() {
        assert!(
            Condition::parse("acuracy >= 1")
                .unwrap_err()
                .contains("acuracy")
        );
        assert!(
            Condition::parse("accuracy > 1")
                .unwrap_err()
                .contains("neither")
        );
        assert!(
            Condition::parse("accuracy >= high")
                .unwrap_err()
                .contains("high")
        );
    }

    #[test]
    fn braces_are_found() {
        let found: Vec<&str> = braced("from {a.loss} to {b.loss}").collect();
        assert_eq!(found, ["a.loss", "b.loss"]);
    }
}
