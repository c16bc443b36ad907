//! Something to reach with a widget. Reaching it passes the lesson's check of that name, and it stays passed.

use leptos::prelude::*;

use crate::ui::page_context::use_page;
use crate::ui::pages::routes::Route;

#[component]
pub fn Goal(
    check: &'static str,
    words: &'static str,
    #[prop(into)] is_met: Signal<bool>,
) -> impl IntoView {
    let page = use_page();
    let Route::Lesson(lesson) = page.route.get_untracked() else {
        return None;
    };
    let has_passed = Memo::new(move |_| {
        page.progress
            .with(|progress| progress.has_passed(lesson, check))
    });
    Effect::new(move |_| {
        if is_met.get() && !has_passed.get_untracked() {
            page.progress
                .update(|progress| progress.pass(lesson, check));
        }
    });
    let state = move || if has_passed.get() { "right" } else { "open" };
    Some(view! {
        <ul class="goals-met" data-testid="check-status" data-check=check data-state=state>
            <li class:done=has_passed>{words}</li>
        </ul>
    })
}
