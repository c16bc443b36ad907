//! One quantity of ours against the reference's.

use std::fmt::Debug;

use super::tolerance::{EXACT, Tolerance};
use crate::protocol::VerifiedQuantity;

/// Gathers the largest errors over all tensors or numbers of a quantity.
///
/// An error is relative to the largest expected value of its tensor (a lone number is its own tensor),
/// since an element that happens to lie near zero says nothing about precision.
pub struct Comparison {
    case: String,
    quantity: String,
    tolerance: Tolerance,
    compared: usize,
    absolute: f64,
    relative: f64,
    /// The first thing found wrong, in words.
    wrong: Option<String>,
    more_wrong: usize,
}

impl Comparison {
    pub fn new(case: &str, quantity: &str, tolerance: Tolerance) -> Self {
        Self {
            case: case.to_owned(),
            quantity: quantity.to_owned(),
            tolerance,
            compared: 0,
            absolute: 0.0,
            relative: 0.0,
            wrong: None,
            more_wrong: 0,
        }
    }

    /// Elements `(index, ours, expected)` of one tensor.
    pub fn elements(&mut self, name: &str, elements: impl Iterator<Item = (usize, f64, f64)>) {
        let elements: Vec<_> = elements.collect();
        let scale = elements.iter().map(|e| e.2.abs()).fold(0.0, f64::max);
        for (index, ours, expected) in elements {
            let allowed = self.tolerance.allows(expected);
            let error = self.note(ours, expected, scale);
            if error > allowed {
                self.fail(format!("{name}[{index}] is {ours}, expected {expected}"));
            }
        }
    }

    /// A whole tensor.
    pub fn tensor(&mut self, name: &str, ours: &[f32], expected: &[f32]) {
        if ours.len() != expected.len() {
            let (found, wanted) = (ours.len(), expected.len());
            return self.fail(format!("{name} has {found} elements, expected {wanted}"));
        }
        let pairs = ours.iter().zip(expected).enumerate();
        self.elements(
            name,
            pairs.map(|(i, (a, b))| (i, f64::from(*a), f64::from(*b))),
        );
    }

    /// A lone number.
    pub fn number(&mut self, name: &str, ours: f64, expected: f64) {
        let error = self.note(ours, expected, expected.abs());
        if error > self.tolerance.allows(expected) {
            self.fail(format!("{name} is {ours}, expected {expected}"));
        }
    }

    /// A number made of many elements (their sum, their norm), with an allowance of its own. Its error is
    /// no element's error, so it is held to the allowance but not reported as the largest.
    pub fn aggregate(&mut self, name: &str, ours: f64, expected: f64, allowed: f64) {
        self.compared += 1;
        let error = (ours - expected).abs();
        if error > allowed || !error.is_finite() {
            self.fail(format!("{name} is {ours}, expected {expected}"));
        }
    }

    pub fn tolerance(&self) -> Tolerance {
        self.tolerance
    }

    /// Numbers one after another, as those of a run's steps.
    pub fn series(&mut self, name: &str, ours: &[f64], expected: &[f64]) {
        if ours.len() != expected.len() {
            let (found, wanted) = (ours.len(), expected.len());
            return self.fail(format!("{found} of {name}, expected {wanted}"));
        }
        for (step, (a, b)) in ours.iter().zip(expected).enumerate() {
            self.number(&format!("{name}[{step}]"), *a, *b);
        }
    }

    /// Things that are equal or not; each difference counts 1 as an error.
    pub fn equal<T: PartialEq + Debug + ?Sized>(&mut self, name: &str, ours: &T, expected: &T) {
        self.compared += 1;
        if ours != expected {
            self.fail(format!(
                "{name} is {}, expected {}",
                short(ours),
                short(expected)
            ));
            self.absolute += 1.0;
            self.relative = 1.0;
        }
    }

    pub fn fail(&mut self, what: String) {
        match self.wrong {
            None => self.wrong = Some(what),
            Some(_) => self.more_wrong += 1,
        }
    }

    fn note(&mut self, ours: f64, expected: f64, scale: f64) -> f64 {
        self.compared += 1;
        let error = (ours - expected).abs();
        // What is no number is as wrong as can be.
        let error = if error.is_finite() {
            error
        } else {
            f64::INFINITY
        };
        self.absolute = self.absolute.max(error);
        if error > 0.0 {
            self.relative = self.relative.max(error / scale);
        }
        error
    }

    pub fn finish(mut self) -> VerifiedQuantity {
        if self.compared == 0 {
            self.fail("nothing was compared".to_owned());
        }
        let quantity = match &self.wrong {
            None => self.quantity,
            Some(wrong) if self.more_wrong > 0 => {
                format!("{}: {wrong}, and {} more", self.quantity, self.more_wrong)
            }
            Some(wrong) => format!("{}: {wrong}", self.quantity),
        };
        VerifiedQuantity {
            case: self.case,
            quantity,
            max_absolute_error: self.absolute,
            max_relative_error: self.relative,
            tolerance: self.tolerance.to_string(),
            ok: self.wrong.is_none(),
        }
    }
}

/// A comparison of one pair of equals.
pub fn exactly<T: PartialEq + Debug + ?Sized>(
    case: &str,
    quantity: &str,
    ours: &T,
    expected: &T,
) -> VerifiedQuantity {
    let mut comparison = Comparison::new(case, quantity, EXACT);
    comparison.equal("it", ours, expected);
    comparison.finish()
}

fn short(value: &(impl Debug + ?Sized)) -> String {
    const LIMIT: usize = 120;
    let text = format!("{value:?}");
    match text.char_indices().nth(LIMIT) {
        None => text,
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::harness::tolerance::{ACTIVATIONS, GRADIENTS};

    #[test]
    fn the_tolerance_decides_and_the_element_is_named() {
        let compare = |ours: f32| {
            let mut comparison = Comparison::new("case", "logits", ACTIVATIONS);
            comparison.tensor("logits", &[1.0, ours], &[1.0, 2.0]);
            comparison.finish()
        };
        assert!(compare(2.00004).ok);
        let off = compare(2.001);
        assert!(
            !off.ok && off.quantity.contains("logits[1] is 2.00"),
            "{off:?}"
        );
        assert!((off.max_relative_error - 0.0005).abs() < 1e-6);
    }

    #[test]
    fn no_number_and_no_comparison_are_not_ok() {
        let mut comparison = Comparison::new("case", "gradients", GRADIENTS);
        comparison.tensor("g", &[f32::NAN], &[0.0]);
        assert!(!comparison.finish().ok);
        assert!(!Comparison::new("case", "gradients", GRADIENTS).finish().ok);
    }
}
