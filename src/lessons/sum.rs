//! Numbers of the model in a lesson's text: written by the build as constants, worked out for the model that is loaded.

/// What a text may name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Facts {
    pub width: usize,
    pub layers: usize,
    pub vocabulary: usize,
    pub context: usize,
    pub parameters: usize,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Factor {
    Number(f64),
    Width,
    Layers,
    Vocabulary,
    Context,
    Parameters,
}

/// How the value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A whole number with commas between its thousands.
    Count,
    /// "1.2 million".
    Million,
    Decimals(usize),
}

/// A product, its last factor the square root of another one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sum<'a> {
    pub factors: &'a [Factor],
    /// Empty where there is no root.
    pub under_root: &'a [Factor],
    pub form: Form,
}

impl Factor {
    fn value(self, facts: &Facts) -> f64 {
        let count = match self {
            Self::Number(number) => return number,
            Self::Width => facts.width,
            Self::Layers => facts.layers,
            Self::Vocabulary => facts.vocabulary,
            Self::Context => facts.context,
            Self::Parameters => facts.parameters,
        };
        count as f64
    }
}

impl Sum<'_> {
    /// The value, as a text says it.
    pub fn in_words(&self, facts: &Facts) -> String {
        let product = |factors: &[Factor]| {
            let values = factors.iter().map(|factor| factor.value(facts));
            values.product::<f64>()
        };
        // An empty product is 1.
        let value = product(self.factors) * product(self.under_root).sqrt();
        match self.form {
            Form::Count => grouped(value),
            Form::Million => format!("{:.1} million", value / 1e6),
            Form::Decimals(decimals) => format!("{value:.decimals$}"),
        }
    }
}

fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
