//! Numbers of the model in a lesson's text, worked out on the page for the model that is loaded.
//!
//! In Markdown `` `=3 * width * width` `` stands for a count, `` `=parameters:million` `` for "1.2 million", and
//! `` `=0.001 * sqrt(width):3` `` for a number with three decimals. Plain `std`, because `src/build.rs` refuses with it
//! what a lesson spells wrong.

/// What a text may name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Facts {
    pub width: usize,
    pub layers: usize,
    pub vocabulary: usize,
    pub context: usize,
    pub parameters: usize,
}

/// How the value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Count,
    Million,
    Decimals(usize),
}

/// The value of a sum in words, or what is wrong with it.
pub fn work_out(sum: &str, facts: &Facts) -> Result<String, String> {
    let (product, form) = match sum.split_once(':') {
        None => (sum, Form::Count),
        Some((product, "million")) => (product, Form::Million),
        Some((product, decimals)) => match decimals.parse() {
            Ok(decimals) => (product, Form::Decimals(decimals)),
            Err(_) => {
                return Err(format!(
                    "`{sum}`: after the colon stands million, or how many decimals"
                ));
            }
        },
    };
    let value = self::product(product, facts)?;
    Ok(match form {
        Form::Count => grouped(value),
        Form::Million => format!("{:.1} million", value / 1e6),
        Form::Decimals(decimals) => format!("{value:.decimals$}"),
    })
}

/// Factors with ` * ` between them, or the square root of such a product as the last one.
fn product(text: &str, facts: &Facts) -> Result<f64, String> {
    if let Some((before, root)) = text.split_once("sqrt(") {
        let inside = root.strip_suffix(')').ok_or_else(|| {
            format!("`{text}`: the root must be the last factor, and its bracket closed")
        })?;
        let root = product(inside, facts)?.sqrt();
        return match before.strip_suffix(" * ") {
            Some(before) => Ok(product(before, facts)? * root),
            None if before.is_empty() => Ok(root),
            None => Err(format!("`{text}`: ` * ` is missing before the root")),
        };
    }
    text.split(" * ").map(|name| factor(name, facts)).product()
}

fn factor(name: &str, facts: &Facts) -> Result<f64, String> {
    let known = match name {
        "width" => facts.width,
        "layers" => facts.layers,
        "vocabulary" => facts.vocabulary,
        "context" => facts.context,
        "parameters" => facts.parameters,
        _ => {
            return name.parse().map_err(|_| {
                format!("`{name}` is neither a number nor one of width, layers, vocabulary, context, parameters")
            });
        }
    };
    Ok(known as f64)
}

/// A whole number with commas between its thousands.
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

#[cfg(test)]
mod tests {
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
            assert_eq!(work_out(sum, &NANO).as_deref(), Ok(value), "{sum}");
        }
    }

    #[test]
    fn what_a_lesson_spells_wrong_is_named() {
        for (sum, named) in [
            ("widht", "widht"),
            ("width:billion", "million"),
            ("0.001 * sqrt(width", "bracket"),
            ("2sqrt(width)", " * "),
        ] {
            let problem = work_out(sum, &NANO).unwrap_err();
            assert!(problem.contains(named), "{problem}");
        }
    }
}
