//! Light or dark.

use leptos::prelude::*;

use crate::ui::browser::theme;
use crate::ui::text::pages as text;

#[component]
pub fn ThemeToggle() -> impl IntoView {
    let shown = RwSignal::new(theme::current());
    let toggle = move |_| {
        // The system may have changed since.
        let next = theme::current().other();
        theme::choose(next);
        shown.set(next);
    };
    let label = move || text::theme_toggle(shown.get().other().name());
    view! {
        <button
            type="button"
            class="theme-toggle"
            data-testid="theme-toggle"
            aria-label=label
            title=label
            on:click=toggle
        >
            <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
                <circle cx="12" cy="12" r="8.25" fill="none" stroke="currentColor" stroke-width="1.5"></circle>
                <path d="M12 3.75a8.25 8.25 0 0 1 0 16.5z" fill="currentColor"></path>
            </svg>
        </button>
    }
}
