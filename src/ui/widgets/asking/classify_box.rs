//! A text of the learner's own, judged by the tuned model.

use leptos::prelude::*;

use crate::protocol::{Classified, LabelProbability, asks};
use crate::ui::controls::answered::Answered;
use crate::ui::controls::ask_form::AskForm;
use crate::ui::controls::text_field::TextField;
use crate::ui::page_context::use_page;
use crate::ui::state::Answer;
use crate::ui::text::format;
use crate::ui::text::widgets as text;
use crate::ui::widgets::Frame;

pub const FRAME: Frame = Frame::InText;

#[component]
pub fn ClassifyBox() -> impl IntoView {
    let page = use_page();
    let typed = RwSignal::new(String::new());
    let answer = page.watch(|state| state.answer::<asks::Classify>());
    let label = page.watch(|state| text::own_text(state.learnt().map(|learnt| &*learnt.dataset)));
    let ask = Callback::new(move |()| {
        let text = typed.get_untracked();
        page.client.ask(asks::Classify { text });
    });
    // Other adapters answer the same question at once.
    let has_new_voice = page.watch(|state| state.answer::<asks::BlendAdapters>().done().cloned());
    Effect::new(move |was: Option<()>| {
        let is_asked = typed.with_untracked(|typed| !typed.trim().is_empty());
        if has_new_voice.get().is_some() && was.is_some() && is_asked {
            ask.run(());
        }
    });
    let show = |found: &Classified| verdict(found).into_any();
    view! {
        <AskForm
            testid="classify"
            is_complete=move || typed.with(|typed| !typed.trim().is_empty())
            is_going=Signal::derive(move || answer.with(Answer::is_going))
            ask
        >
            <TextField id="review" label rows=3 testid="classify-input" value=typed />
        </AskForm>
        <div class="classified" data-testid="classified" aria-live="polite">
            <Answered answer show empty=text::NOT_ASKED />
        </div>
    }
}

fn verdict(found: &Classified) -> impl IntoView + use<> {
    let of_label = found.probabilities.iter().find(|p| p.label == found.label);
    let words = text::verdict(&found.label, of_label.map(|entry| entry.probability));
    let bars: Vec<_> = found.probabilities.iter().cloned().map(bar).collect();
    view! {
        <p class="verdict">{words}</p>
        <ul class="bars">{bars}</ul>
    }
}

fn bar(entry: LabelProbability) -> impl IntoView {
    view! {
        <li data-value=entry.probability.to_string()>
            <span>{entry.label}</span>
            <span class="gauge" style=format!("--done: {}", entry.probability) aria-hidden="true"></span>
            <span class="number">{format::percent(entry.probability)}</span>
        </li>
    }
}
