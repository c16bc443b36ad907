//! Start, pause, resume, step, cancel: those that make sense now.

use leptos::prelude::*;

use crate::protocol::Command;
use crate::ui::desk::use_desk;
use crate::ui::state::{Phase, Run, State};
use crate::ui::text::run as text;

#[component]
pub fn RunButtons() -> impl IntoView {
    let desk = use_desk();
    let can_start = desk.watch(State::can_start_run);
    let phase = desk.watch(|state| state.run.as_ref().map_or(Stand::None, stand));
    let is = move |wanted: Stand| phase.get() == wanted;
    let is_idle = move || matches!(phase.get(), Stand::None | Stand::Ended);
    let start_words = move || match is(Stand::Ended) {
        true => text::RUN_AGAIN,
        false => text::RUN,
    };
    let step_words = move || match is(Stand::Paused) {
        true => text::STEP,
        false => text::STEP_FROM_START,
    };
    let step = move |_| match is(Stand::Paused) {
        true => desk.steer(|run_id| Command::Step { run_id }),
        false => desk.start_run(true),
    };
    view! {
        <div class="buttons">
            <button
                type="button"
                class="primary"
                data-testid="run-start"
                hidden=move || !is_idle()
                disabled=move || !can_start.get()
                on:click=move |_| desk.start_run(false)
            >
                {start_words}
            </button>
            <button
                type="button"
                class="primary"
                data-testid="run-resume"
                hidden=move || !is(Stand::Paused)
                on:click=move |_| desk.steer(|run_id| Command::Resume { run_id })
            >
                {text::RESUME}
            </button>
            <button
                type="button"
                class="primary"
                data-testid="run-pause"
                hidden=move || !(is(Stand::Active) || is(Stand::Starting))
                disabled=move || is(Stand::Starting)
                on:click=move |_| desk.steer(|run_id| Command::Pause { run_id })
            >
                {text::PAUSE}
            </button>
            <button
                type="button"
                data-testid="run-step"
                hidden=move || !(is_idle() || is(Stand::Paused))
                disabled=move || is_idle() && !can_start.get()
                on:click=step
            >
                {step_words}
            </button>
            <button
                type="button"
                data-testid="run-cancel"
                hidden=is_idle
                disabled=move || is(Stand::Starting)
                on:click=move |_| desk.steer(|run_id| Command::Cancel { run_id })
            >
                {text::CANCEL}
            </button>
        </div>
    }
}

/// As much of a run's phase as the buttons ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stand {
    None,
    Starting,
    Active,
    Paused,
    Ended,
}

fn stand(run: &Run) -> Stand {
    match run.phase {
        Phase::Starting => Stand::Starting,
        Phase::Active { .. } => Stand::Active,
        Phase::Paused { .. } => Stand::Paused,
        Phase::Finished { .. } | Phase::Cancelled { .. } | Phase::Failed { .. } => Stand::Ended,
    }
}
