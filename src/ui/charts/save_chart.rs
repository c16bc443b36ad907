//! The buttons that save a chart as a picture.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

use crate::ui::browser::chart_files::{self, Kind};
use crate::ui::text::charts as text;

/// Saves the chart beside which it stands. `title` says what it shows, and gives the file its name.
pub fn save_chart(title: &str) -> impl IntoView + use<> {
    let button = |name: &'static str, kind: Kind| {
        let title = title.to_owned();
        let save = move |event: web_sys::MouseEvent| {
            let button = event
                .current_target()
                .and_then(|at| at.dyn_into::<Element>().ok());
            if let Some(button) = button {
                chart_files::save(&button, &title, kind);
            }
        };
        view! { <button type="button" on:click=save>{name}</button> }
    };
    view! {
        <p class="buttons save-chart">
            <span class="quiet">{text::SAVE_CHART}</span>
            {button(text::SVG, Kind::Svg)}
            {button(text::PNG, Kind::Png)}
        </p>
    }
}
