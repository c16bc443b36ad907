//! Texts of lessons with the numbers of the loaded model in them.

use leptos::prelude::*;

use crate::lessons::sum::{Facts, work_out};
use crate::ui::page_context::use_page;
use crate::ui::sources::shipped_models::SHIPPED;
use crate::ui::state::State;

/// As `src/build.rs` writes it.
const OPEN: &str = "<data class=\"of-model\" value=\"";
const CLOSE: &str = "\"></data>";

/// HTML of a lesson, written anew whenever another model is loaded.
pub fn with_model_numbers(
    html: &'static str,
) -> impl Fn() -> String + Clone + Send + Sync + 'static {
    let facts = use_page().watch(facts);
    move || match html.contains(OPEN) {
        true => filled(html, &facts.get()),
        false => html.to_string(),
    }
}

/// Of the loaded model; of the usual one until there is any.
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

fn filled(html: &str, facts: &Facts) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once(OPEN) {
        let Some((sum, after)) = after.split_once(CLOSE) else {
            break;
        };
        out.push_str(before);
        // The build has worked it out once already.
        out.push_str(&work_out(sum, facts).unwrap_or_default());
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_the_model_stand_in_the_text() {
        let nano = facts(&State::default());
        let html = "a matrix of 2 × <data class=\"of-model\" value=\"width\"></data>, and more";
        assert_eq!(filled(html, &nano), "a matrix of 2 × 128, and more");
        assert_eq!(filled("plain", &nano), "plain");
    }
}
