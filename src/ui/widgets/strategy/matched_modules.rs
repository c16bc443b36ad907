//! Which modules the target names have matched: the model's answer, not the page's opinion.

use leptos::prelude::*;

use crate::settings::names;
use crate::ui::page_context::use_page;
use crate::ui::text::widgets as text;
use crate::ui::widgets::Frame;

pub const FRAME: Frame = Frame::InText;

#[component]
pub fn MatchedModules() -> impl IntoView {
    let page = use_page();
    let plan = page.plan();
    let targets = Memo::new(move |_| page.draft.with(|draft| draft.get("targets")));
    let family = Memo::new(move |_| page.draft.with(|draft| draft.family));
    let list = move || match plan.get() {
        None => view! { <p class="empty">{text::MODULES_EMPTY}</p> }.into_any(),
        Some(plan) if plan.strategy != "lora" => {
            view! { <p class="empty">{text::MODULES_NOT_LORA}</p> }.into_any()
        }
        Some(plan) => {
            let names = targets.get().replace(',', ", ");
            let items = plan
                .matched_modules
                .iter()
                .map(|path| item(path))
                .collect_view();
            view! {
                <p>{text::modules(&names, plan.matched_modules.len())}</p>
                <ul>{items}</ul>
            }
            .into_any()
        }
    };
    view! {
        <div class="matched_modules">
            {list}
            <p class="quiet">{move || text::modules_rule(family.get())}</p>
        </div>
    }
}

/// The path, with the part that the names speak of set off.
fn item(path: &str) -> impl IntoView + use<> {
    let path = names::short(path);
    let (front, name) = path.rsplit_once('.').unwrap_or(("", path));
    let (front, name) = (format!("{front}."), name.to_string());
    view! {
        <li>
            <code>
                {front}
                <b>{name}</b>
            </code>
        </li>
    }
}
