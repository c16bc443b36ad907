//! What the learner must know about, at the top of the page.

use leptos::prelude::*;

use crate::ui::page_context::use_page;
use crate::ui::state::Notice;
use crate::ui::text::{notices as text, pages};

#[component]
pub fn NoticeList() -> impl IntoView {
    let page = use_page();
    let list = page.watch(|state| state.notices.list().to_vec());
    view! {
        <div class="notices" role="region" aria-label=pages::NOTICES>
            <For each=move || list.get() key=|notice| notice.id let:notice>
                <NoticeView notice />
            </For>
        </div>
    }
}

#[component]
fn NoticeView(notice: Notice) -> impl IntoView {
    let page = use_page();
    let words = text::words(&notice.cause);
    let id = notice.id;
    let dismiss = move || page.state.update(|state| state.notices.dismiss(id));
    let buttons = words
        .actions
        .into_iter()
        .map(|action| {
            let act = move |_| {
                dismiss();
                page.act(action);
            };
            view! {
                <button type="button" on:click=act>
                    {text::action(action)}
                </button>
            }
        })
        .collect_view();
    view! {
        <section class="notice" role="alert" data-testid="error-notice" data-kind=words.kind>
            <h2>{words.title}</h2>
            <p class="message">{words.message}</p>
            <p>{words.remedy}</p>
            <div class="buttons">
                {buttons}
                <button type="button" class="quiet" on:click=move |_| dismiss()>
                    {text::DISMISS}
                </button>
            </div>
        </section>
    }
}
