//! Where an address leads nowhere.

use leptos::prelude::*;

use crate::lessons::LESSONS;
use crate::ui::text::pages as text;

#[component]
pub fn Unknown(path: String) -> impl IntoView {
    let lessons = LESSONS
        .iter()
        .map(|lesson| {
            view! {
                <li>
                    <a href=format!("#/lesson/{}", lesson.slug)>{lesson.title}</a>
                </li>
            }
        })
        .collect_view();
    view! {
        <article class="unknown">
            <h1>{text::UNKNOWN_TITLE}</h1>
            <div class="notice" role="alert" data-testid="error-notice" data-kind="route">
                <p>{text::unknown(&path)}</p>
                <ul>
                    <li><a href="#/">{text::HOME_TITLE}</a></li>
                    {lessons}
                    <li><a href="#/lab">{text::HOME_LAB}</a></li>
                    <li><a href="#/verify">{text::HOME_VERIFY}</a></li>
                </ul>
            </div>
        </article>
    }
}
