//! The shipped models to choose from, each with its size and what a run of it needs, before it is loaded.

use leptos::prelude::*;

use crate::ui::desk::{Desk, use_desk};
use crate::ui::draft::Draft;
use crate::ui::shipped::{SHIPPED, Shipped};
use crate::ui::state::Status;
use crate::ui::text::model_picker as text;

#[component]
pub fn ModelPicker() -> impl IntoView {
    let desk = use_desk();
    let rows: Vec<_> = SHIPPED.iter().map(|shipped| row(desk, shipped)).collect();
    view! {
        <section class="model_picker" data-testid="model-picker">
            <h3>{text::TITLE}</h3>
            <ul>{rows}</ul>
            <p class="quiet">{text::ENCODER}</p>
        </section>
    }
}

fn row(desk: Desk, shipped: &'static Shipped) -> impl IntoView {
    let need = Memo::new(move |_| shipped.need(&desk.draft.with(Draft::settings)));
    let is_loaded = desk.watch(|state| {
        let model = state.model.as_ref()?;
        Some(model.name.clone())
    });
    let is_loaded = Memo::new(move |_| is_loaded.get().as_deref() == Some(shipped.name));
    let is_busy = desk.watch(|state| {
        !matches!(state.status(), Status::Ready | Status::Failed) || state.device.is_none()
    });
    view! {
        <li aria-current=move || is_loaded.get().then_some("true")>
            <p>
                <strong>{shipped.name}</strong> " "
                {text::facts(shipped)} " "
                <span data-value=move || need.get().total_bytes()>{move || text::need(need.get())}</span>
            </p>
            <button
                type="button"
                data-testid=format!("load-model-{}", shipped.name)
                disabled=move || is_busy.get() || is_loaded.get()
                on:click=move |_| desk.client.load_shipped(Some(shipped.name))
            >
                {move || if is_loaded.get() { text::LOADED.to_string() } else { text::load(shipped.name) }}
            </button>
        </li>
    }
}
