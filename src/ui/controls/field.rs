//! A field of the settings form. It speaks the names that addresses use, and refuses what they refuse.

use leptos::prelude::*;

use super::term;
use crate::faults::SettingsError;
use crate::settings::{Family, StrategyKind};
use crate::ui::draft::{Draft, SCHEDULES};
use crate::ui::page_context::use_page;
use crate::ui::sources::datasets::{SHIPPED, shipped};
use crate::ui::state::Run;
use crate::ui::text::{methods, run as text};

#[component]
pub fn Field(key: &'static str) -> impl IntoView {
    let page = use_page();
    let (label, word, help) = text::field(key);
    let id = format!("field-{key}");
    let help_id = format!("help-{key}");
    let problem = RwSignal::new(None::<SettingsError>);
    let value = Memo::new(move |_| page.draft.with(|draft| draft.get(key)));
    let is_locked = page.watch(|state| state.run.as_ref().is_some_and(Run::is_going));
    let change = move |event: leptos::ev::Event| {
        let text = event_target_value(&event);
        let mut outcome = Ok(());
        page.draft
            .update(|draft| outcome = draft.try_set(key, &text));
        problem.set(outcome.err());
    };
    let below = move || match problem.get() {
        Some(problem) => format!("{problem}; {} stays", value.get()),
        None => match page.draft.with(|draft| text::of_family(key, draft.family)) {
            Some(note) => format!("{help}; {note}"),
            None => help.to_string(),
        },
    };
    let control = match page.draft.with_untracked(|draft| choices(key, draft)) {
        Some(choices) => view! {
            <select
                id=id.clone()
                data-field=key
                aria-describedby=help_id.clone()
                disabled=is_locked
                prop:value=value
                on:change=change
            >
                {own_data(key)}
                {options(key, &choices, value)}
            </select>
        }
        .into_any(),
        None => view! {
            <input
                id=id.clone()
                type="text"
                data-field=key
                inputmode=page.draft.with_untracked(|draft| input_mode(key, draft))
                autocomplete="off"
                spellcheck="false"
                aria-describedby=help_id.clone()
                aria-invalid=move || problem.get().map(|_| "true")
                disabled=is_locked
                prop:value=value
                on:change=change
            />
        }
        .into_any(),
    };
    view! {
        <div class="field" class:refused=move || problem.get().is_some()>
            <span class="label">
                <label for=id.clone()>{label}</label>
                {word.and_then(term::explain)}
            </span>
            {control}
            <span class="help" id=help_id.clone()>
                {below}
            </span>
        </div>
    }
}

/// Data of the learner's own is a choice while it is in use.
fn own_data(key: &str) -> Option<impl IntoView + use<>> {
    let page = use_page();
    let own = Memo::new(move |_| {
        let own = |draft: &Draft| draft.dataset.own().map(|own| own.name.clone());
        page.draft.with(own)
    });
    (key == "data").then_some(move || {
        own.get()
            .map(|name| view! { <option selected>{name}</option> })
    })
}

fn choices(key: &str, draft: &Draft) -> Option<Vec<(&'static str, &'static str)>> {
    match key {
        "strategy" => Some(
            StrategyKind::ALL
                .into_iter()
                .map(|kind| (kind.name(), methods::words(kind).option))
                .collect(),
        ),
        "data" => Some(SHIPPED.iter().map(|set| (set.name, set.name)).collect()),
        "best" | "balanced" => Some(text::SWITCH.to_vec()),
        "schedule" => Some(SCHEDULES.iter().map(|(name, _)| (*name, *name)).collect()),
        _ => {
            let words = draft.methods.choices(draft.kind, key)?.iter();
            Some(words.map(|word| (*word, methods::choice(word))).collect())
        }
    }
}

fn options(
    key: &'static str,
    choices: &[(&'static str, &'static str)],
    chosen: Memo<String>,
) -> impl IntoView + use<> {
    let page = use_page();
    choices
        .iter()
        .map(|(value, words)| {
            let value = *value;
            let is_refused = move || {
                page.draft
                    .with(|draft| is_refused(key, value, draft.family))
            };
            view! {
                <option value=value selected=move || chosen.get() == value disabled=is_refused>
                    {*words}
                </option>
            }
        })
        .collect_view()
}

/// Whether a model of this family cannot have this choice; the help below the field says why.
fn is_refused(key: &str, value: &str, family: Family) -> bool {
    match key {
        "strategy" => StrategyKind::parse(value).is_some_and(|kind| !kind.is_for(family)),
        "data" => shipped(value).is_some_and(|set| set.task_for(family).is_none()),
        _ => false,
    }
}

/// Which keyboard a phone shows.
fn input_mode(key: &str, draft: &Draft) -> &'static str {
    match key {
        "warmup" | "steps" | "batch" | "seed" => "numeric",
        _ if draft.methods.most(draft.kind, key).is_some() => "numeric",
        "targets" | "lr" => "text",
        _ => "decimal",
    }
}
