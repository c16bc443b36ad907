//! What counting words reaches on the data at hand, beside the runs: who does not beat it should know.

use leptos::prelude::*;

use crate::protocol::{WordCountScores, asks};
use crate::settings::Task;
use crate::ui::controls::honesty_badge::{HonestyBadge, Origin};
use crate::ui::page_context::use_page;
use crate::ui::state::Answer;
use crate::ui::text::format;
use crate::ui::text::own_data as text;

#[component]
pub fn WordCounts() -> impl IntoView {
    let page = use_page();
    // Of data with one label a text, as often as some is loaded.
    let judged = page.watch(|state| {
        let judged = state.dataset.as_ref();
        judged
            .filter(|set| set.task == Task::SequenceClassification)
            .cloned()
    });
    Effect::new(move |_| {
        if judged.get().is_some() {
            page.client.ask(asks::CountWords {});
        }
    });
    let answer = page.watch(|state| state.answer::<asks::CountWords>());
    move || {
        judged.get()?;
        match answer.get() {
            Answer::Going => Some(view! { <p class="quiet">{text::WORDS_GOING}</p> }.into_any()),
            Answer::Done(scores) => scores.map(|scores| shown(&scores).into_any()),
            Answer::Idle | Answer::Failed(_) => None,
        }
    }
}

/// On the split that runs are chosen by, where there is one: the test split stays sealed for them.
fn shown(scores: &WordCountScores) -> impl IntoView + use<> {
    let (accuracy, words) = (scores.to_choose_by().2, text::words(scores));
    view! {
        <p class="word_counts">
            <strong>{text::WORDS}</strong>
            ": "
            <span class="number" data-testid="baseline-accuracy" data-value=accuracy.to_string()>
                {format::percent(accuracy)}
            </span>
            " "
            {words}
            " "
            <HonestyBadge origin=Origin::Measured />
        </p>
    }
}
