//! Where the engine stands, in the header of every page.

use leptos::prelude::*;

use crate::protocol::DeviceKind;
use crate::ui::page_context::use_page;
use crate::ui::state::{Engine, State};
use crate::ui::text::status as text;

#[component]
pub fn EngineStatus() -> impl IntoView {
    let page = use_page();
    let status = page.watch(State::status);
    let line = page.watch(text::line);
    let model = page.watch(text::model);
    let device = page.watch(|state| {
        let got = state.device.as_ref().map(|device| device.kind);
        got.or(state.chosen_device).map_or("", DeviceKind::name)
    });
    let device_words = page.watch(|state| {
        let device = state.device.as_ref();
        device.map_or(String::new(), |device| device.description.clone())
    });
    let model_name = page.watch(|state| {
        let model = state.model.as_ref();
        model.map_or(String::new(), |model| model.name.clone())
    });
    view! {
        <div
            class="engine-status"
            data-testid="engine-status"
            data-state=move || status.get().name()
            data-device=device
            data-model=model_name
            title=device_words
        >
            <span class="lamp" aria-hidden="true"></span>
            <span class="line">{line}</span>
            <span class="model">{model}</span>
            <span class="visually-hidden" role="status">
                {move || text::announcement(status.get())}
            </span>
            <Bar />
        </div>
    }
}

/// How much has arrived, or how far the run is; a moving band where no end is known.
#[component]
fn Bar() -> impl IntoView {
    let page = use_page();
    let fraction = page.watch(fraction);
    let is_busy = page.watch(|state| matches!(state.engine, Engine::Loading { .. }));
    let style = move || format!("--done: {}", fraction.get().unwrap_or(0.0));
    let is_unknown = move || is_busy.get() && fraction.get().is_none();
    view! {
        <span class="bar" class:unknown=is_unknown style=style aria-hidden="true"></span>
    }
}

fn fraction(state: &State) -> Option<f64> {
    match &state.engine {
        Engine::Loading { progress, .. } => progress.as_ref()?.fraction(),
        Engine::Failed(_) => None,
        Engine::Ready => {
            let run = state.run.as_ref().filter(|run| run.is_going())?;
            let progress = run.progress?;
            Some(progress.completed_steps as f64 / progress.total_steps.max(1) as f64)
        }
    }
}
