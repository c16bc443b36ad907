//! The page: lessons, charts, controls. It speaks `protocol` and `settings`, and knows no tensor.
//!
//! `state` is pure and hears every event; widgets draw parts of it and send intents through `page_context`.

mod app;
mod browser;
mod charts;
mod controls;
mod draft;
mod engine_client;
mod lab;
mod learner;
mod lesson;
mod page_context;
mod pages;
mod parts;
mod queue;
mod runs;
mod script;
mod series;
mod sources;
mod state;
mod text;
mod widgets;

use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// The folder of the BERT that some widgets put beside it.
pub const ENCODER: &str = "mini-bert";
/// The set that lessons work on, and the lab unless its address names another.
pub const DATASET: &str = "opinions";
/// What addresses and kept runs mean that name no set: once this was the usual one, and went without saying.
pub const UNNAMED_DATASET: &str = "reviews";
/// What a run forgets is measured on it.
pub const GENERAL_TEXT: &str = "stories";
/// What the name of a model's folder may hold besides letters and digits.
pub const MODEL_NAME_CHARACTERS: &str = "-_.";

/// How often a run looks at the validation split.
pub const EVALUATIONS_PER_RUN: usize = 8;
/// How far the model continues a prompt before and after a run.
pub const SAMPLE_TOKENS: usize = 40;

/// Puts the page where `index.html` holds its place.
pub fn start() {
    console_error_panic_hook::set_once();
    let place = document()
        .get_element_by_id("app")
        .and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
    let Some(place) = place else {
        return leptos::mount::mount_to_body(app::App);
    };
    place.set_inner_html("");
    leptos::mount::mount_to(place, app::App).forget();
}
