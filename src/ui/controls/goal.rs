//! Something to reach with a widget. Reaching it passes the lesson's check of that name, and it stays passed.

use leptos::prelude::*;

use crate::ui::desk::use_desk;
use crate::ui::routes::Route;

#[component]
pub fn Goal(
    check: &'static str,
    words: &'static str,
    #[prop(into)] is_met: Signal<bool>,
) -> impl IntoView {
    let desk = use_desk();
    let Route::Lesson(lesson) = desk.route.get_untracked() else {
        return None;
    };
    let has_passed = Memo::new(move |_| {
        desk.progress
            .with(|progress| progress.has_passed(lesson, check))
    });
    Effect::new(move |_| {
        if is_met.get() && !has_passed.get_untracked() {
            desk.progress
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
