//! A program to walk through: the chosen line says what it does, and the part of this page that stands for
//! it lights up.

use leptos::prelude::*;

use crate::ui::page_context::use_page;
use crate::ui::state::State;
use crate::ui::text::programs as text;
use crate::ui::widgets::programs::annotated::{Here, parts, stands_here, walked};
use crate::ui::widgets::programs::line::{Line, Part};

#[component]
pub fn ProgramView(
    program: &'static [Line],
    label: &'static str,
    /// Starts the ids of the lines.
    id: &'static str,
) -> impl IntoView {
    let chosen = RwSignal::new(None::<usize>);
    let walk = move |event: web_sys::KeyboardEvent| {
        if let Some(next) = walked(program, chosen.get(), &event.key()) {
            event.prevent_default();
            chosen.set(Some(next));
        }
    };
    let lines = program
        .iter()
        .enumerate()
        .map(|(index, line)| line_view(id, index, line, chosen))
        .collect_view();
    let reading = move || chosen.get().map_or(text::HINT, |index| program[index].says);
    let lit = Signal::derive(move || program.get(chosen.get()?)?.part);
    view! {
        <div class="program_view" data-testid=id>
            <div
                class="code"
                role="listbox"
                tabindex="0"
                aria-label=label
                aria-activedescendant=move || chosen.get().map(|index| format!("{id}-{index}"))
                on:keydown=walk
            >
                {lines}
            </div>
            <div class="beside">
                <p class="says" aria-live="polite">{reading}</p>
                <Parts program lit />
            </div>
        </div>
    }
}

fn line_view(
    id: &'static str,
    index: usize,
    line: &'static Line,
    chosen: RwSignal<Option<usize>>,
) -> AnyView {
    if line.part.is_none() {
        return view! { <code class="line" role="presentation">{line.code}</code> }.into_any();
    }
    let is_chosen = move || chosen.get() == Some(index);
    view! {
        <code
            class="line"
            id=format!("{id}-{index}")
            role="option"
            aria-selected=move || is_chosen().to_string()
            on:pointerenter=move |_| chosen.set(Some(index))
            on:click=move |_| chosen.set(Some(index))
        >
            {line.code}
        </code>
    }
    .into_any()
}

/// What the program speaks of, with what stands for it here.
#[component]
fn Parts(program: &'static [Line], lit: Signal<Option<Part>>) -> impl IntoView {
    let page = use_page();
    let here = page.watch(here);
    let entries = parts(program)
        .into_iter()
        .map(|part| {
            let stands = move || {
                page.draft
                    .with(|draft| here.with(|here| stands_here(part, draft, here)))
            };
            view! {
                <div class:lit=move || lit.get() == Some(part)>
                    <dt>{text::part(part)}</dt>
                    <dd>{stands}</dd>
                </div>
            }
        })
        .collect_view();
    view! {
        <p class="quiet">{text::HERE}</p>
        <dl class="parts">{entries}</dl>
    }
}

fn here(state: &State) -> Here {
    Here {
        model: state
            .model
            .as_ref()
            .map(|model| (model.name.clone(), model.total_parameters())),
        family: state
            .model
            .as_ref()
            .map(|model| model.family)
            .unwrap_or_default(),
        train_rows: state.dataset.as_ref().map(|dataset| dataset.train_rows),
        trainable: state
            .current_plan()
            .map(|plan| (plan.trainable_parameters(), plan.total_parameters())),
    }
}
