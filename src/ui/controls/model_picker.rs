//! The shipped models to choose from, each with its size and what a run of it needs, before it is loaded.
//!
//! Test ids: `model-picker`; `load-model-NAME` for nano, small, modern, mini-bert, and minilm where the site was built with it.

use leptos::prelude::*;

use crate::settings::{Sizes, memory_need};
use crate::ui::draft::Draft;
use crate::ui::page_context::{PageContext, use_page};
use crate::ui::sources::shipped_models::{Extra, SHIPPED, Shipped};
use crate::ui::state::Status;
use crate::ui::text::model_picker as text;

/// A model on offer.
#[derive(Debug, Clone, PartialEq)]
struct Offer {
    name: &'static str,
    facts: String,
    parameters: usize,
    sizes: Sizes,
    heads: usize,
}

impl From<&Shipped> for Offer {
    fn from(shipped: &Shipped) -> Self {
        Self {
            name: shipped.name,
            facts: text::facts(shipped),
            parameters: shipped.parameters,
            sizes: shipped.sizes,
            heads: shipped.heads,
        }
    }
}

impl From<&Extra> for Offer {
    fn from(extra: &Extra) -> Self {
        Self {
            name: extra.name,
            facts: text::extra_facts(extra),
            parameters: extra.facts.parameters(),
            sizes: extra.facts.sizes,
            heads: extra.facts.heads,
        }
    }
}

#[component]
pub fn ModelPicker() -> impl IntoView {
    let page = use_page();
    let extras = page.client.extras();
    let rows = move || {
        let extras = extras.get();
        let offers = SHIPPED.iter().map(Offer::from);
        let offers = offers.chain(extras.iter().map(Offer::from));
        offers.map(|offer| row(page, offer)).collect_view()
    };
    view! {
        <section class="model_picker" data-testid="model-picker">
            <h3>{text::TITLE}</h3>
            <ul>{rows}</ul>
            <p class="quiet">{text::ENCODER}</p>
        </section>
    }
}

fn row(page: PageContext, offer: Offer) -> impl IntoView {
    let Offer {
        name,
        facts,
        parameters,
        sizes,
        heads,
    } = offer;
    let need = Memo::new(move |_| memory_need(sizes, heads, &page.draft.with(Draft::settings)));
    let is_loaded = page.watch(|state| {
        let model = state.model.as_ref()?;
        Some(model.name.clone())
    });
    let is_loaded = Memo::new(move |_| is_loaded.get().as_deref() == Some(name));
    let is_busy = page.watch(|state| {
        !matches!(state.status(), Status::Ready | Status::Failed) || state.device.is_none()
    });
    view! {
        <li aria-current=move || is_loaded.get().then_some("true")>
            <p>
                <strong>{name}</strong> " "
                <span data-value=parameters>{facts}</span> " "
                <span data-value=move || need.get().total_bytes()>{move || text::need(need.get())}</span>
            </p>
            <button
                type="button"
                data-testid=format!("load-model-{name}")
                disabled=move || is_busy.get() || is_loaded.get()
                on:click=move |_| page.client.load_shipped(Some(name))
            >
                {move || if is_loaded.get() { text::LOADED.to_string() } else { text::load(name) }}
            </button>
        </li>
    }
}
