//! Reads what a lesson says about runs, `gain / careless.gain >= 95%`, and writes it as a constant for the page.

use super::measure::{Bound, Condition, Expression, Operation, Quantity, What};

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

fn quantity(text: &str) -> Result<Quantity<'_>, String> {
    let text = text.trim();
    let (run, name) = match text.split_once('.') {
        Some((run, name)) => (Some(run), name),
        None => (None, text),
    };
    match NAMES.iter().find(|(other, _)| *other == name) {
        Some((_, what)) => Ok(Quantity { run, what: *what }),
        None => {
            let names: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
            let names = names.join(", ");
            Err(format!("`{text}` is not measured; there are: {names}"))
        }
    }
}

/// `gain`, `low.loss`, or two such with ` / ` or ` - ` between them.
pub fn expression(text: &str) -> Result<Expression<'_>, String> {
    for (sign, operation) in [(" / ", Operation::Over), (" - ", Operation::Minus)] {
        if let Some((left, right)) = text.split_once(sign) {
            return Ok(Expression {
                left: quantity(left)?,
                right: Some((operation, quantity(right)?)),
            });
        }
    }
    let left = quantity(text)?;
    Ok(Expression { left, right: None })
}

/// `accuracy >= 62%`.
pub fn condition(text: &str) -> Result<Condition<'_>, String> {
    let (left, bound) = match (text.split_once(">="), text.split_once("<=")) {
        (Some((left, right)), _) => (left, Bound::AtLeast(number(right)?)),
        (None, Some((left, right))) => (left, Bound::AtMost(number(right)?)),
        (None, None) => return Err(format!("`{text}` has neither `>=` nor `<=`")),
    };
    let expression = expression(left.trim())?;
    Ok(Condition { expression, bound })
}

fn number(text: &str) -> Result<f64, String> {
    let text = text.trim();
    let (digits, scale) = match text.strip_suffix('%') {
        Some(digits) => (digits, 100.0),
        None => (text, 1.0),
    };
    match digits.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number / scale),
        _ => Err(format!("`{text}` is not a number")),
    }
}

/// The expressions between braces in a text.
pub fn braced(text: &str) -> impl Iterator<Item = &str> {
    text.split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}'))
        .map(|(inside, _)| inside)
}

/// As Rust has it.
pub fn expression_code(expression: &Expression) -> String {
    let quantity = |Quantity { run, what }: &Quantity| {
        format!("Quantity {{ run: {run:?}, what: What::{what:?} }}")
    };
    let left = quantity(&expression.left);
    let right = match &expression.right {
        None => "None".to_string(),
        Some((operation, right)) => {
            format!("Some((Operation::{operation:?}, {}))", quantity(right))
        }
    };
    format!("Expression {{ left: {left}, right: {right} }}")
}

pub fn condition_code(condition: &Condition) -> String {
    let expression = expression_code(&condition.expression);
    let bound = condition.bound;
    format!("Condition {{ expression: {expression}, bound: Bound::{bound:?} }},")
}

#[cfg(test)]
mod tests {
    use super::super::measure::Kind;
    use super::*;

    fn measure(quantity: &Quantity) -> Option<f64> {
        match (quantity.run, quantity.what) {
            (None, What::Gain) => Some(0.18),
            (Some("careless"), What::Gain) => Some(0.2),
            _ => None,
        }
    }

    #[test]
    fn a_ratio_of_two_runs() {
        let condition = condition("gain / careless.gain >= 85%").unwrap();
        let value = condition.expression.value(measure).unwrap();
        assert!((value - 0.9).abs() < 1e-12);
        assert!(condition.is_met_by(value));
        assert_eq!(condition.expression.kind(), Kind::Percent);
        let runs: Vec<&str> = condition.expression.runs().collect();
        assert_eq!(runs, ["careless"]);
    }

    #[test]
    fn an_upper_bound() {
        let condition = condition("share <= 10%").unwrap();
        assert!(condition.is_met_by(0.1) && !condition.is_met_by(0.11));
        assert_eq!(condition.expression.value(measure), None);
    }

    #[test]
    fn what_is_misspelt_is_refused_by_name() {
        for (text, named) in [
            ("acuracy >= 1", "acuracy"),
            ("accuracy > 1", "neither"),
            ("accuracy >= high", "high"),
            ("accuracy >= NaN", "NaN"),
        ] {
            let problem = condition(text).unwrap_err();
            assert!(problem.contains(named), "{problem}");
        }
    }

    #[test]
    fn braces_are_found() {
        let found: Vec<&str> = braced("from {a.loss} to {b.loss}").collect();
        assert_eq!(found, ["a.loss", "b.loss"]);
    }

    #[test]
    fn the_constant_says_what_the_lesson_says() {
        let condition = condition("a.loss - loss <= 0.5").unwrap();
        assert_eq!(
            condition_code(&condition),
            "Condition { expression: Expression { left: Quantity { run: Some(\"a\"), what: What::Loss }, \
             right: Some((Operation::Minus, Quantity { run: None, what: What::Loss })) }, bound: Bound::AtMost(0.5) },"
        );
    }
}
