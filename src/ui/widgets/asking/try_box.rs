//! A question of the learner's own to the tuned model, in the way of its task.

use leptos::prelude::*;

use crate::protocol::{Located, Tagged, asks};
use crate::settings::Task;
use crate::ui::controls::answered::Answered;
use crate::ui::controls::ask_form::AskForm;
use crate::ui::controls::text_field::TextField;
use crate::ui::page_context::use_page;
use crate::ui::state::Answer;
use crate::ui::text::widgets as text;
use crate::ui::widgets::asking::classify_box::ClassifyBox;
use crate::ui::widgets::data::text_spans::text_with_spans;

#[component]
pub fn TryBox() -> impl IntoView {
    let page = use_page();
    let task = page.watch(|state| {
        let of_data = || state.dataset.as_ref().map(|data| data.task);
        state.learnt().map(|learnt| learnt.task).or_else(of_data)
    });
    move || match task.get() {
        Some(Task::TokenClassification) => view! { <TagBox /> }.into_any(),
        Some(Task::QuestionAnswering) => view! { <QuestionBox /> }.into_any(),
        Some(Task::CausalLm) => view! { <p class="empty">{text::TRY_LANGUAGE}</p> }.into_any(),
        Some(Task::MaskedLm) => view! { <p class="empty">{text::TRY_MASKED}</p> }.into_any(),
        _ => view! { <ClassifyBox /> }.into_any(),
    }
}

/// Entities of a sentence.
#[component]
fn TagBox() -> impl IntoView {
    let page = use_page();
    let typed = RwSignal::new(text::TAG_START.to_string());
    let answer = page.watch(|state| state.answer::<asks::Tag>());
    let ask = Callback::new(move |()| {
        let text = typed.get_untracked();
        page.client.ask(asks::Tag { text });
    });
    let show = |found: &Tagged| {
        let none = found.spans.is_empty();
        view! {
            <blockquote>{text_with_spans(&found.text, &found.spans)}</blockquote>
            <p class="quiet">{none.then_some(text::TAG_NONE)}</p>
        }
        .into_any()
    };
    view! {
        <AskForm
            testid="tag"
            is_complete=move || typed.with(|typed| !typed.trim().is_empty())
            is_going=Signal::derive(move || answer.with(Answer::is_going))
            ask
        >
            <TextField id="tag-text" label=text::TAG rows=3 testid="tag-input" value=typed />
        </AskForm>
        <div class="classified" data-testid="tagged" aria-live="polite">
            <Answered answer show empty=text::NOT_ASKED />
        </div>
    }
}

/// The place in a passage that answers a question.
#[component]
fn QuestionBox() -> impl IntoView {
    let page = use_page();
    let passage = RwSignal::new(text::PASSAGE_START.to_string());
    let question = RwSignal::new(text::QUESTION_START.to_string());
    let answer = page.watch(|state| state.answer::<asks::AskQuestion>());
    let ask = Callback::new(move |()| {
        page.client.ask(asks::AskQuestion {
            question: question.get_untracked(),
            context: passage.get_untracked(),
        });
    });
    let is_filled = |text: &String| !text.trim().is_empty();
    let show = |found: &Located| {
        let words = match found.span {
            Some(_) => text::located(&found.answer),
            None => text::LOCATED_NONE.to_string(),
        };
        view! {
            <p class="verdict">{words}</p>
            <blockquote>{text_with_spans(&found.context, found.span.as_slice())}</blockquote>
        }
        .into_any()
    };
    view! {
        <AskForm
            testid="ask"
            is_complete=move || question.with(is_filled) && passage.with(is_filled)
            is_going=Signal::derive(move || answer.with(Answer::is_going))
            ask
        >
            <TextField id="passage" label=text::PASSAGE rows=5 testid="passage-input" value=passage />
            <TextField id="question" label=text::QUESTION rows=2 testid="question-input" value=question />
        </AskForm>
        <div class="classified" data-testid="located" aria-live="polite">
            <Answered answer show empty=text::NOT_ASKED />
        </div>
    }
}
