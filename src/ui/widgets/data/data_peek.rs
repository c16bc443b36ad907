//! A few of the examples to learn from.

use leptos::prelude::*;

use crate::protocol::Example;
use crate::ui::page_context::use_page;
use crate::ui::text::widgets as text;
use crate::ui::widgets::Frame;
use crate::ui::widgets::data::text_spans::text_with_spans;

pub const FRAME: Frame = Frame::InText;

const SHOWN: usize = 3;

#[component]
pub fn DataPeek() -> impl IntoView {
    let page = use_page();
    let dataset = page.watch(|state| state.dataset.clone());
    move || match dataset.get() {
        None => view! { <p class="empty">{text::LABELS_EMPTY}</p> }.into_any(),
        Some(dataset) => {
            let examples = dataset.examples.iter().take(SHOWN).cloned();
            let examples = examples.map(row).collect_view();
            let words = text::dataset(
                dataset.train_rows,
                dataset.validation_rows,
                dataset.test_rows,
            );
            view! {
                <div class="data_peek">
                    <ul>{examples}</ul>
                    <p class="quiet">{words}</p>
                </div>
            }
            .into_any()
        }
    }
}

fn row(example: Example) -> impl IntoView {
    let question = (!example.question.is_empty())
        .then(|| view! { <p class="question">{example.question.clone()}</p> });
    view! {
        <li>
            {question}
            <blockquote>{text_with_spans(&example.text, &example.spans)}</blockquote>
            <span class="answer">{example.label}</span>
        </li>
    }
}
