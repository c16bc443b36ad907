//! Every tensor of the model, drawn to scale, by the model's own list.

use leptos::prelude::*;

use crate::protocol::ParameterInfo;
use crate::ui::charts::map_layout::{Group, MapLayout, Module, Part, Place, lay_out};
use crate::ui::charts::map_table::{counts, describe, state_words, table};
use crate::ui::controls::honesty_badge::{HonestyBadge, Origin};
use crate::ui::page_context::use_page;
use crate::ui::text::widgets as text;
use crate::ui::widgets::Frame;

pub const FRAME: Frame = Frame::Wide;

#[component]
pub fn ParameterMap() -> impl IntoView {
    let page = use_page();
    let plan = page.plan();
    let model = page.watch(|state| state.model.clone());
    let parameters = Memo::new(move |_| match (plan.get(), model.get()) {
        (Some(plan), _) => plan.parameters.clone(),
        (None, Some(model)) => model.parameters.clone(),
        (None, None) => Vec::new(),
    });
    let memory = move || {
        plan.with(|plan| {
            let plan = plan.as_ref()?;
            Some(text::plan_memory(plan.gradient_bytes, plan.optimizer_bytes))
        })
    };
    move || match parameters.with(Vec::is_empty) {
        true => {
            view! { <p class="empty" data-testid="parameter-map">{text::MAP_EMPTY}</p> }.into_any()
        }
        false => view! { <Map parameters memory=Signal::derive(memory) /> }.into_any(),
    }
}

#[component]
fn Map(parameters: Memo<Vec<ParameterInfo>>, memory: Signal<Option<String>>) -> impl IntoView {
    let chosen = RwSignal::new(None::<usize>);
    let counts = Memo::new(move |_| parameters.with(|parameters| counts(parameters)));
    let walk = move |event: web_sys::KeyboardEvent| {
        let count = parameters.with(Vec::len);
        if let Some(next) = walked(chosen.get(), count, &event.key()) {
            event.prevent_default();
            chosen.set(Some(next));
        }
    };
    let reading = move || {
        let at = chosen.get();
        parameters.with(|parameters| match at.and_then(|at| parameters.get(at)) {
            Some(parameter) => describe(parameter),
            None => text::MAP_HINT.to_string(),
        })
    };
    let totals = move || {
        let (trainable, total) = counts.get();
        text::totals(trainable, total)
    };
    view! {
        <div
            class="parameter_map"
            data-testid="parameter-map"
            data-trainable=move || counts.get().0.to_string()
            data-total=move || counts.get().1.to_string()
        >
            <div
                class="map"
                role="listbox"
                tabindex="0"
                aria-label=text::MAP_LABEL
                aria-activedescendant=move || chosen.get().map(tile_id)
                on:keydown=walk
            >
                {move || parameters.with(|parameters| groups(&lay_out(parameters), parameters, chosen))}
            </div>
            <p class="reading" aria-live="polite">{reading}</p>
            <ul class="legend">
                <li><span class="key frozen" aria-hidden="true"></span>{text::MAP_FROZEN}</li>
                <li><span class="key trainable" aria-hidden="true"></span>{text::MAP_TRAINABLE}</li>
                <li><span class="key added" aria-hidden="true"></span>{text::MAP_ADDED}</li>
            </ul>
            <p>{totals} " " {memory} " " <HonestyBadge origin=Origin::Measured /></p>
            <p class="quiet">{text::MAP_SCALE}</p>
            {move || parameters.with(|parameters| table(parameters))}
        </div>
    }
}

/// Where a key takes the choice.
fn walked(at: Option<usize>, count: usize, key: &str) -> Option<usize> {
    let last = count.checked_sub(1)?;
    match (key, at) {
        ("ArrowRight" | "ArrowDown", None) | ("Home", _) => Some(0),
        ("ArrowRight" | "ArrowDown", Some(at)) => Some((at + 1).min(last)),
        ("ArrowLeft" | "ArrowUp", Some(at)) => Some(at.saturating_sub(1)),
        ("ArrowLeft" | "ArrowUp", None) | ("End", _) => Some(last),
        _ => None,
    }
}

fn tile_id(index: usize) -> String {
    format!("tensor-{index}")
}

fn groups(
    layout: &MapLayout,
    parameters: &[ParameterInfo],
    chosen: RwSignal<Option<usize>>,
) -> impl IntoView + use<> {
    let full = format!("--full: {}", layout.full_width);
    let groups: Vec<_> = layout
        .groups
        .iter()
        .map(|group| group_view(group, parameters, chosen))
        .collect();
    view! { <div class="groups" role="presentation" style=full>{groups}</div> }
}

fn group_view(
    group: &Group,
    parameters: &[ParameterInfo],
    chosen: RwSignal<Option<usize>>,
) -> impl IntoView + use<> {
    let modules: Vec<_> = group
        .modules
        .iter()
        .map(|module| module_view(module, parameters, chosen))
        .collect();
    view! {
        <div class="group" role="group" aria-label=group.title.clone()>
            <span class="group-title" aria-hidden="true">{group.title.clone()}</span>
            <div class="modules" role="presentation">{modules}</div>
        </div>
    }
}

fn module_view(
    module: &Module,
    parameters: &[ParameterInfo],
    chosen: RwSignal<Option<usize>>,
) -> impl IntoView + use<> {
    let tiles: Vec<_> = module
        .parts
        .iter()
        .filter_map(|part| {
            Some(tile(
                part,
                parameters.get(part.index)?,
                &module.label,
                chosen,
            ))
        })
        .collect();
    view! { <div class="module" role="presentation" title=module.label.clone()>{tiles}</div> }
}

fn tile(
    part: &Part,
    parameter: &ParameterInfo,
    label: &str,
    chosen: RwSignal<Option<usize>>,
) -> impl IntoView + use<> {
    let index = part.index;
    let place = match part.place {
        Place::Body => "body",
        Place::Left => "left",
        Place::Below => "below",
    };
    let class = format!("tile {place} {}", state_words(parameter).0);
    let size = format!("--w: {}; --h: {}", part.width, part.height);
    let is_chosen = move || chosen.get() == Some(index);
    let name = (part.place == Place::Body)
        .then(|| view! { <span aria-hidden="true">{label.to_string()}</span> });
    view! {
        <div
            class=class
            id=tile_id(index)
            role="option"
            style=size
            aria-label=describe(parameter)
            aria-selected=move || is_chosen().to_string()
            data-value=parameter.count().to_string()
            on:pointerenter=move |_| chosen.set(Some(index))
            on:click=move |_| chosen.set(Some(index))
        >
            {name}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_walk_the_map_and_stop_at_its_ends() {
        assert_eq!(walked(None, 3, "ArrowRight"), Some(0));
        assert_eq!(walked(Some(2), 3, "ArrowDown"), Some(2));
        assert_eq!(walked(Some(0), 3, "ArrowLeft"), Some(0));
        assert_eq!(walked(Some(0), 3, "End"), Some(2));
        assert_eq!(walked(Some(0), 3, "a"), None);
        assert_eq!(walked(None, 0, "End"), None);
    }
}
