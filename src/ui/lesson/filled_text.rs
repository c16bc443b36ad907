//! Texts of lessons with their numbers filled in: the loaded model's, and what runs measured.

use leptos::prelude::*;

use crate::lessons::measure::{Expression, Kind, Quantity};
use crate::lessons::sum::Facts;
use crate::lessons::{Span, Text};
use crate::ui::page_context::use_page;
use crate::ui::sources::shipped_models::SHIPPED;
use crate::ui::state::State;
use crate::ui::text::format;

/// HTML of a lesson, written anew whenever another model is loaded.
pub fn with_model_numbers(text: Text) -> impl Fn() -> String + Clone + Send + Sync + 'static {
    let facts = model_facts();
    move || {
        let facts = match text.is_of_model() {
            true => facts.get(),
            false => facts.get_untracked(),
        };
        fill(text, &facts, |_| None)
    }
}

/// What a text may say of the loaded model; of the usual one until there is any.
pub fn model_facts() -> Memo<Facts> {
    use_page().watch(facts)
}

fn facts(state: &State) -> Facts {
    let usual = || {
        let sizes = SHIPPED[0].sizes;
        Facts {
            width: sizes.width(),
            layers: sizes.blocks(),
            vocabulary: sizes.vocabulary(),
            context: sizes.positions(),
            parameters: SHIPPED[0].parameters,
        }
    };
    state.model.as_ref().map_or_else(usual, |model| Facts {
        width: model.width,
        layers: model.layers,
        vocabulary: model.vocabulary,
        context: model.context,
        parameters: model.total_parameters(),
    })
}

/// The text as HTML; what has not been measured is a dash.
pub fn fill(text: Text, facts: &Facts, measure: impl Fn(&Quantity) -> Option<f64>) -> String {
    let spans = text.0.iter().map(|span| match span {
        Span::Html(html) => (*html).to_string(),
        Span::OfModel(sum) => sum.in_words(facts),
        Span::Measured(expression) => in_words(expression, expression.value(&measure)),
    });
    spans.collect()
}

fn in_words(expression: &Expression, value: Option<f64>) -> String {
    let Some(value) = value else {
        return "–".to_string();
    };
    match expression.kind() {
        Kind::Percent => format::percent(value),
        Kind::Points => format::points(100.0 * value),
        Kind::Perplexity => format::perplexity(value),
        Kind::Loss => format::loss(value),
        Kind::Seconds => format::duration(value * 1000.0),
        Kind::Count => format::count(value as usize),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lessons::measure::{Operation, What};
    use crate::lessons::sum::{Factor, Form, Sum};

    const fn of(run: Option<&'static str>, what: What) -> Quantity<'static> {
        Quantity { run, what }
    }

    const fn alone(left: Quantity<'static>) -> Span {
        Span::Measured(Expression { left, right: None })
    }

    const TEXT: Text = Text(&[
        Span::Html("of "),
        Span::OfModel(Sum {
            factors: &[Factor::Number(2.0), Factor::Width],
            under_root: &[],
            form: Form::Count,
        }),
        Span::Html(": "),
        alone(of(None, What::Accuracy)),
        Span::Html(", "),
        Span::Measured(Expression {
            left: of(None, What::Gain),
            right: Some((Operation::Over, of(Some("careless"), What::Gain))),
        }),
        Span::Html(" of the gain; "),
        alone(of(Some("none"), What::Loss)),
        Span::Html("; up by "),
        alone(of(None, What::Gain)),
    ]);

    #[test]
    fn numbers_stand_in_the_text() {
        let nano = facts(&State::default());
        let measure = |quantity: &Quantity| match (quantity.run, quantity.what) {
            (None, What::Accuracy) => Some(0.6),
            (None, What::Gain) => Some(0.1),
            (Some("careless"), What::Gain) => Some(0.2),
            _ => None,
        };
        assert_eq!(
            fill(TEXT, &nano, measure),
            "of 256: 60.0%, 50.0% of the gain; –; up by 10.0 points"
        );
        assert!(TEXT.is_of_model() && !Text(&[Span::Html("plain")]).is_of_model());
    }
}
