//! The runs that wait: which, how long until all are done, and the buttons that send them home.

use leptos::prelude::*;

use crate::ui::draft::Draft;
use crate::ui::learner::lab_runs::Group;
use crate::ui::page_context::{PageContext, use_page};
use crate::ui::queue::{Queue, QueuedRun};
use crate::ui::series::pace::Pace;
use crate::ui::state::State;
use crate::ui::text::lab as text;

/// The list would push everything else away.
const SHOWN: usize = 8;

#[component]
pub fn Waiting() -> impl IntoView {
    let page = use_page();
    let count = Memo::new(move |_| page.queue.with(|queue| queue.waiting().len()));
    let told = move || {
        let millis = page
            .state
            .with(|state| page.queue.with(|queue| left(queue, state)));
        text::waiting(count.get(), millis)
    };
    let rows = move || {
        let waiting = page.queue.with(|queue| queue.waiting().to_vec());
        let shown = waiting.iter().take(SHOWN).enumerate();
        shown
            .map(|(place, run)| row(page, place, run))
            .collect_view()
    };
    let more = move || {
        let hidden = count.get().saturating_sub(SHOWN);
        (hidden > 0).then(|| view! { <p class="quiet">{text::more_waiting(hidden)}</p> })
    };
    view! {
        <section
            class="waiting"
            data-testid="waiting"
            data-count=move || count.get().to_string()
            aria-label=text::WAITING
            hidden=move || count.get() == 0
        >
            <p role="status">{told}</p>
            <ol>{rows}</ol>
            {more}
            <button type="button" data-testid="waiting-stop" on:click=move |_| page.cancel_all()>
                {text::STOP_ALL}
            </button>
        </section>
    }
}

fn row(page: PageContext, place: usize, run: &QueuedRun) -> impl IntoView + use<> {
    let group = run.tag.group.and_then(|number| {
        page.lab_runs
            .with_untracked(|runs| runs.group(number).map(|group: &Group| group.name.clone()))
    });
    let draft = Draft::from_settings(run.settings.clone());
    let what = format!("{}, seed {}", draft.get("strategy"), draft.get("seed"));
    view! {
        <li>
            <span>{group} " " <span class="quiet">{what}</span></span>
            <button
                type="button"
                aria-label=text::drop_label(place + 1)
                on:click=move |_| page.queue.update(|queue| queue.drop_one(place))
            >
                {text::DROP}
            </button>
        </li>
    }
}

/// Milliseconds until all are done, the run that is going among them; none before a step has been measured.
fn left(queue: &Queue, state: &State) -> Option<f64> {
    let run = state.run.as_ref()?;
    let pace = Pace::of(run)?;
    let rows = state.dataset.as_ref().map_or(0, |set| set.train_rows);
    let each = queue.waiting().iter().map(|run| {
        let draft = Draft::from_settings(run.settings.clone());
        pace.millis(&draft, rows)
    });
    let going = run.progress.filter(|_| run.is_going());
    Some(each.sum::<f64>() + going.map_or(0.0, |progress| progress.remaining_millis))
}
