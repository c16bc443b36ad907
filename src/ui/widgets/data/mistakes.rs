//! The wrong answers, the surest first.

use leptos::prelude::*;

use crate::protocol::Mistake;
use crate::ui::text::widgets as text;
use crate::ui::widgets::Frame;
use crate::ui::widgets::with_split;

pub const FRAME: Frame = Frame::InText;

const SHOWN_FIRST: usize = 5;

#[component]
pub fn Mistakes() -> impl IntoView {
    view! { <div class="mistakes">{with_split(|summary| list(&summary.mistakes))}</div> }
}

fn list(mistakes: &[Mistake]) -> impl IntoView + use<> {
    if mistakes.is_empty() {
        return view! { <p class="empty">{text::MISTAKES_NONE}</p> }.into_any();
    }
    let (first, more) = mistakes.split_at(SHOWN_FIRST.min(mistakes.len()));
    let more = (!more.is_empty()).then(|| {
        view! {
            <details>
                <summary>{text::MISTAKES_MORE}</summary>
                <ol start=(SHOWN_FIRST + 1).to_string()>{items(more)}</ol>
            </details>
        }
    });
    view! {
        <p>{text::mistakes(mistakes.len())}</p>
        <ol>{items(first)}</ol>
        {more}
    }
    .into_any()
}

fn items(mistakes: &[Mistake]) -> Vec<impl IntoView + use<>> {
    mistakes.iter().cloned().map(item).collect()
}

fn item(mistake: Mistake) -> impl IntoView {
    let verdict = match mistake.probability.is_nan() {
        true => text::other_mistake(&mistake.answer, &mistake.truth),
        false => text::mistake(&mistake.answer, mistake.probability, &mistake.truth),
    };
    let hard = (!mistake.hard.is_empty())
        .then(|| view! { <span class="hard">{text::MISTAKES_HARD} ": " {mistake.hard}</span> });
    view! {
        <li>
            <blockquote>{mistake.text}</blockquote>
            <p class="quiet" data-value=mistake.probability.to_string()>
                {verdict}
                " "
                {hard}
            </p>
        </li>
    }
}
