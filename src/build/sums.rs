//! Reads sums, `3 * width * width`, and writes them as constants for the page.
//!
//! `parameters:million` is written as "1.2 million", and `0.001 * sqrt(width):3` with three decimals.

use super::sum::{Factor, Form, Sum};

const NAMES: [(&str, Factor); 5] = [
    ("width", Factor::Width),
    ("layers", Factor::Layers),
    ("vocabulary", Factor::Vocabulary),
    ("context", Factor::Context),
    ("parameters", Factor::Parameters),
];

/// A sum as it was read.
#[derive(Debug)]
pub struct Read {
    factors: Vec<Factor>,
    under_root: Vec<Factor>,
    form: Form,
}

impl Read {
    pub fn sum(&self) -> Sum<'_> {
        Sum {
            factors: &self.factors,
            under_root: &self.under_root,
            form: self.form,
        }
    }
}

pub fn read(text: &str) -> Result<Read, String> {
    let (product, form) = match text.split_once(':') {
        None => (text, Form::Count),
        Some((product, "million")) => (product, Form::Million),
        Some((product, decimals)) => match decimals.parse() {
            Ok(decimals) => (product, Form::Decimals(decimals)),
            Err(_) => {
                return Err(format!(
                    "`{text}`: after the colon stands million, or how many decimals"
                ));
            }
        },
    };
    let Some((before, root)) = product.split_once("sqrt(") else {
        return Ok(Read {
            factors: factors(product)?,
            under_root: Vec::new(),
            form,
        });
    };
    let inside = root.strip_suffix(')').ok_or_else(|| {
        format!("`{text}`: the root must be the last factor, and its bracket closed")
    })?;
    let before = match before.strip_suffix(" * ") {
        Some(before) => factors(before)?,
        None if before.is_empty() => Vec::new(),
        None => return Err(format!("`{text}`: ` * ` is missing before the root")),
    };
    Ok(Read {
        factors: before,
        under_root: factors(inside)?,
        form,
    })
}

/// Factors with ` * ` between them.
fn factors(text: &str) -> Result<Vec<Factor>, String> {
    text.split(" * ").map(factor).collect()
}

fn factor(name: &str) -> Result<Factor, String> {
    let known = NAMES.iter().find(|(other, _)| *other == name);
    let number = || name.parse().ok().filter(|number: &f64| number.is_finite());
    known
        .map(|(_, factor)| *factor)
        .or_else(|| number().map(Factor::Number))
        .ok_or_else(|| {
            let names: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
            let names = names.join(", ");
            format!("`{name}` is neither a number nor one of {names}")
        })
}

/// As Rust has it.
pub fn code(sum: &Sum) -> String {
    let list = |factors: &[Factor]| {
        let factors = factors.iter().map(|factor| format!("Factor::{factor:?},"));
        factors.collect::<String>()
    };
    let Sum {
        factors,
        under_root,
        form,
    } = sum;
    format!(
        "Sum {{ factors: &[{}], under_root: &[{}], form: Form::{form:?} }}",
        list(factors),
        list(under_root)
    )
}

#[cfg(test)]
mod tests {
    use super::super::sum::Facts;
    use super::*;

    const NANO: Facts = Facts {
        width: 128,
        layers: 4,
        vocabulary: 3072,
        context: 128,
        parameters: 1_202_944,
    };

    #[test]
    fn sums_are_worked_out_for_the_model() {
        for (sum, value) in [
            ("width", "128"),
            ("3 * width * width", "49,152"),
            ("parameters", "1,202,944"),
            ("parameters:million", "1.2 million"),
            ("0.001 * sqrt(3 * width * width):3", "0.222"),
            ("sqrt(width * width)", "128"),
        ] {
            assert_eq!(read(sum).unwrap().sum().in_words(&NANO), value, "{sum}");
        }
    }

    #[test]
    fn what_a_lesson_spells_wrong_is_named() {
        for (sum, named) in [
            ("widht", "widht"),
            ("width:billion", "million"),
            ("0.001 * sqrt(width", "bracket"),
            ("2sqrt(width)", " * "),
            ("sqrt(sqrt(width))", "sqrt(width)"),
        ] {
            let problem = read(sum).unwrap_err();
            assert!(problem.contains(named), "{problem}");
        }
    }

    #[test]
    fn the_constant_says_what_the_lesson_says() {
        let read = read("2 * sqrt(width):3").unwrap();
        assert_eq!(
            code(&read.sum()),
            "Sum { factors: &[Factor::Number(2.0),], under_root: &[Factor::Width,], form: Form::Decimals(3) }"
        );
    }
}
