//! All words explained, in one place.

use leptos::prelude::*;

use crate::lessons::GLOSSARY;
use crate::ui::text::widgets as text;
use crate::ui::widgets::Frame;

pub const FRAME: Frame = Frame::InText;

#[component]
pub fn Glossary() -> impl IntoView {
    let entries = GLOSSARY
        .iter()
        .map(|term| {
            view! {
                <div>
                    <dt>{term.name}</dt>
                    <dd inner_html=term.html></dd>
                </div>
            }
        })
        .collect_view();
    view! {
        <details class="glossary">
            <summary>{text::GLOSSARY}</summary>
            <dl>{entries}</dl>
        </details>
    }
}
