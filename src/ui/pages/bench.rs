//! `#/bench?workload=W1&steps=10`: one benchmark, its JSON on the page.

use leptos::prelude::*;

use crate::protocol::{AskKind, Workload, asks};
use crate::ui::controls::work_buttons::WorkButtons;
use crate::ui::page_context::use_page;
use crate::ui::pages::routes::pairs;
use crate::ui::state::{Bench as Standing, Cause, Status};
use crate::ui::text::{address, pages as text};

const DEFAULT_STEPS: usize = 10;

#[component]
pub fn Bench(query: String) -> impl IntoView {
    let page = use_page();
    let ((workload, steps), problems) = read(&query);
    if !problems.is_empty() {
        page.state
            .update(|state| state.notices.add(Cause::Address(problems)));
    }
    let is_ready = page.watch(|state| state.status() == Status::Ready);
    let ask = move || page.client.ask(asks::Bench { workload, steps });
    let has_asked = StoredValue::new(false);
    Effect::new(move |_| {
        if is_ready.get() && !has_asked.get_value() {
            has_asked.set_value(true);
            ask();
        }
    });
    let bench = page.watch(|state| state.bench.clone());
    let words = move || match bench.get() {
        Standing::Idle => text::BENCH_WAITING.to_string(),
        Standing::Going => text::BENCH_GOING.to_string(),
        Standing::Done { .. } => String::new(),
        Standing::Cancelled => text::BENCH_CANCELLED.to_string(),
        Standing::Failed(error) => error.to_string(),
    };
    let is_over = move || !matches!(bench.get(), Standing::Idle | Standing::Going);
    let json = move || match bench.get() {
        Standing::Done { json } => json,
        _ => String::new(),
    };
    view! {
        <article class="bench">
            <h1>{text::BENCH_TITLE}</h1>
            <p>{text::BENCH_LEAD}</p>
            <p>{format!("{}, {steps} steps", workload.name())}</p>
            <p role="status">{words}</p>
            <pre data-testid="bench-result">{json}</pre>
            <div class="buttons">
                <WorkButtons kind=AskKind::Bench name="bench" can_pause=true />
                <button
                    type="button"
                    data-testid="bench-again"
                    hidden=move || !is_over()
                    disabled=move || !is_ready.get()
                    on:click=move |_| ask()
                >
                    {text::BENCH_AGAIN}
                </button>
            </div>
        </article>
    }
}

/// What the address asks for, and what in it could not be used.
fn read(query: &str) -> ((Workload, usize), Vec<String>) {
    let (mut workload, mut steps) = (Workload::W1, DEFAULT_STEPS);
    let mut problems = Vec::new();
    for (key, value) in pairs(query) {
        match key.as_str() {
            "workload" => match Workload::parse(&value) {
                Some(named) => workload = named,
                None => problems.push(address::workload(&value)),
            },
            "steps" => match value.parse() {
                Ok(number) if number > 0 => steps = number,
                _ => problems.push(address::steps(&value)),
            },
            _ => problems.push(address::unknown(&key)),
        }
    }
    ((workload, steps), problems)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_values_give_the_defaults_and_are_named() {
        assert_eq!(read("workload=W2&steps=3"), ((Workload::W2, 3), Vec::new()));
        let (asked, problems) = read("workload=W9&steps=0");
        assert_eq!(asked, (Workload::W1, DEFAULT_STEPS));
        assert_eq!(problems.len(), 2);
    }
}
