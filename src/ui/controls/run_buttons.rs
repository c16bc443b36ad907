//! Start, pause, resume, step, cancel: those that make sense now.

use leptos::prelude::*;

use crate::protocol::{RequestId, asks};
use crate::ui::page_context::{PageContext, use_page};
use crate::ui::state::{Phase, Run, State};
use crate::ui::text::run as text;

#[component]
pub fn RunButtons() -> impl IntoView {
    let page = use_page();
    let can_start = page.watch(State::can_start_run);
    let phase = page.watch(|state| state.run.as_ref().map_or(Stand::None, stand));
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
    let waiting = Memo::new(move |_| page.queue.with(|queue| queue.waiting().len()));
    let asks_which = RwSignal::new(false);
    let cancel = move |_| match waiting.get() {
        0 => page.cancel_run(),
        _ => asks_which.set(true),
    };
    let step = move |_| match is(Stand::Paused) {
        true => page.steer(|run_id| asks::Step { run_id }),
        false => page.start_run(true),
    };
    view! {
        <div class="buttons">
            <button
                type="button"
                class="primary"
                data-testid="run-start"
                hidden=move || !is_idle()
                disabled=move || !can_start.get()
                on:click=move |_| page.start_run(false)
            >
                {start_words}
            </button>
            <button
                type="button"
                class="primary"
                data-testid="run-resume"
                hidden=move || !is(Stand::Paused)
                on:click=move |_| page.steer(|run_id| asks::Resume { run_id })
            >
                {text::RESUME}
            </button>
            <button
                type="button"
                class="primary"
                data-testid="run-pause"
                hidden=move || !(is(Stand::Active) || is(Stand::Starting))
                disabled=move || is(Stand::Starting)
                on:click=move |_| page.steer(|run_id| asks::Pause { run_id })
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
                disabled=move || is(Stand::Cancelling) || asks_which.get()
                on:click=cancel
            >
                {text::CANCEL}
            </button>
        </div>
        <WhichToCancel asks_which waiting is_idle=Signal::derive(is_idle) />
    }
}

/// Asked where more runs wait: the next one would start as soon as this one is gone.
#[component]
fn WhichToCancel(
    asks_which: RwSignal<bool>,
    waiting: Memo<usize>,
    is_idle: Signal<bool>,
) -> impl IntoView {
    let page = use_page();
    // The question is about one run, and only while others wait.
    let run = page.watch(|state| state.run.as_ref().map(|run| run.request_id));
    Effect::new(move |_| {
        if is_idle.get() || waiting.get() == 0 {
            asks_which.set(false);
        }
    });
    Effect::new(move |was: Option<Option<RequestId>>| {
        let now = run.get();
        if was.is_some_and(|was| was != now) {
            asks_which.set(false);
        }
        now
    });
    let answer = move |act: fn(PageContext)| {
        asks_which.set(false);
        act(page);
    };
    view! {
        <div class="buttons which" role="group" hidden=move || !asks_which.get()>
            <p>{move || text::cancel_which(waiting.get())}</p>
            <button type="button" data-testid="run-cancel-one" on:click=move |_| answer(PageContext::cancel_run)>
                {text::CANCEL_ONE}
            </button>
            <button type="button" data-testid="run-cancel-all" on:click=move |_| answer(PageContext::cancel_all)>
                {text::CANCEL_ALL}
            </button>
            <button type="button" data-testid="run-cancel-none" on:click=move |_| asks_which.set(false)>
                {text::CANCEL_NONE}
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
    Cancelling,
    Ended,
}

fn stand(run: &Run) -> Stand {
    match run.phase {
        Phase::Starting => Stand::Starting,
        Phase::Active { .. } => Stand::Active,
        Phase::Paused { .. } => Stand::Paused,
        Phase::Cancelling { .. } => Stand::Cancelling,
        Phase::Finished { .. } | Phase::Cancelled { .. } | Phase::Failed { .. } => Stand::Ended,
    }
}
