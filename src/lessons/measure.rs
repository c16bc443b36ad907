//! What a lesson says about runs: `accuracy >= 62%`, `replay.gain / careless.gain`. The build writes these as constants;
//! here they are worked out.

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
    /// Rise of the perplexity on the general text; for a model without a language head the fall of the retrieval, in
    /// percentage points.
    Damage,
    /// Loss on the test split.
    Loss,
    Seconds,
    Trainable,
    Steps,
}

/// `low.accuracy`: a property, of the run with that key or, without a key, of the run in question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quantity<'a> {
    pub run: Option<&'a str>,
    pub what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    Over,
    Minus,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expression<'a> {
    pub left: Quantity<'a>,
    pub right: Option<(Operation, Quantity<'a>)>,
}

/// How an expression's value reads best.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Percent,
    /// Percentage points: a difference of two shares.
    Points,
    Perplexity,
    Loss,
    Seconds,
    Count,
}

/// What a value must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

/// An expression and what it must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Condition<'a> {
    pub expression: Expression<'a>,
    pub bound: Bound,
}

impl<'a> Expression<'a> {
    fn quantities(&self) -> impl Iterator<Item = &Quantity<'a>> {
        let right = self.right.as_ref().map(|(_, quantity)| quantity);
        [Some(&self.left), right].into_iter().flatten()
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
            | What::Share
            | What::Retrieval
            | What::RetrievalBefore => match self.right {
                Some(_) => Kind::Points,
                None => Kind::Percent,
            },
            What::Gain => Kind::Points,
            What::Perplexity | What::PerplexityBefore | What::Damage => Kind::Perplexity,
            What::Loss => Kind::Loss,
            What::Seconds => Kind::Seconds,
            What::Trainable | What::Steps => Kind::Count,
        }
    }

    /// Whether it speaks of a run without naming it.
    pub fn is_about_any_run(&self) -> bool {
        self.quantities().any(|quantity| quantity.run.is_none())
    }

    /// The keys of the runs that it names.
    pub fn runs(&self) -> impl Iterator<Item = &'a str> {
        self.quantities().filter_map(|quantity| quantity.run)
    }
}

impl Condition<'_> {
    pub fn is_met_by(&self, value: f64) -> bool {
        match self.bound {
            Bound::AtLeast(least) => value >= least,
            Bound::AtMost(most) => value <= most,
        }
    }
}
