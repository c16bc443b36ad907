//! Whether two runs differ by more than luck: McNemar's test on the rows that both answered.

use leptos::prelude::*;

use super::changed_rows::ChangedRows;
use super::comparison::{Outcome, choice, comparable, compare};
use crate::protocol::Split;
use crate::stats::mcnemar::exact_p;
use crate::ui::learner::LabRun;
use crate::ui::page_context::use_page;
use crate::ui::text::judging as text;
use crate::ui::text::lab::split_name;

#[component]
pub fn Luck() -> impl IntoView {
    let page = use_page();
    let wished = RwSignal::new((None::<usize>, None::<usize>));
    let wished_split = RwSignal::new(Split::Validation);
    let has_opened = Memo::new(move |_| {
        let opened = page
            .lab_runs
            .with(|runs| comparable(runs, Split::Test).len());
        opened > 1
    });
    let split = Memo::new(move |_| match has_opened.get() {
        true => wished_split.get(),
        false => Split::Validation,
    });
    let runs = Memo::new(move |_| page.lab_runs.with(|runs| comparable(runs, split.get())));
    let chosen = Memo::new(move |_| runs.with(|runs| choice(runs, wished.get(), split.get())));
    let outcome = Memo::new(move |_| runs.with(|runs| compare(runs, chosen.get()?)));
    let first = Signal::derive(move || chosen.get().map(|chosen| chosen.first));
    let second = Signal::derive(move || chosen.get().map(|chosen| chosen.second));
    let choose_first = move |number| wished.update(|wished| wished.0 = number);
    let choose_second = move |number| wished.update(|wished| wished.1 = number);
    view! {
        <div class="luck" data-testid="luck">
            <p class="quiet">{text::LUCK_LEAD}</p>
            <p class="empty" hidden=move || chosen.get().is_some()>{text::LUCK_EMPTY}</p>
            <div class="fields" hidden=move || chosen.get().is_none()>
                {pick(text::FIRST, "luck-a", runs, first, choose_first)}
                {pick(text::SECOND, "luck-b", runs, second, choose_second)}
                <div hidden=move || !has_opened.get()>{pick_split(split, wished_split)}</div>
            </div>
            {move || outcome.get().map(verdict)}
            <ChangedRows chosen outcome />
        </div>
    }
}

/// Asked once the test split of two runs has been opened.
fn pick_split(split: Memo<Split>, wished: RwSignal<Split>) -> impl IntoView {
    let choose = move |event| {
        let is_test = event_target_value(&event) == split_name(Split::Test);
        wished.set(if is_test {
            Split::Test
        } else {
            Split::Validation
        });
    };
    let options = [Split::Validation, Split::Test].map(|one| {
        let name = split_name(one);
        view! { <option value=name selected=move || split.get() == one>{name}</option> }
    });
    view! {
        <div class="field">
            <label class="label" for="luck-split">{text::ON_SPLIT}</label>
            <select id="luck-split" data-testid="luck-split" on:change=choose>
                {options.into_iter().collect_view()}
            </select>
        </div>
    }
}

fn pick(
    label: &'static str,
    id: &'static str,
    runs: Memo<Vec<LabRun>>,
    chosen: Signal<Option<usize>>,
    choose: impl Fn(Option<usize>) + 'static,
) -> impl IntoView {
    let options = move || {
        let runs = runs.get().into_iter();
        runs.map(|run| {
            let number = run.number;
            view! {
                <option value=number selected=move || chosen.get() == Some(number)>{run.name}</option>
            }
        })
        .collect_view()
    };
    let change = move |event| choose(event_target_value(&event).parse().ok());
    view! {
        <div class="field">
            <label class="label" for=id>{label}</label>
            <select id=id data-testid=id on:change=change>{options}</select>
        </div>
    }
}

fn verdict(outcome: Outcome) -> AnyView {
    let found = match outcome {
        Outcome::Same => return view! { <p>{text::SAME_RUN}</p> }.into_any(),
        Outcome::OtherRows => {
            return view! { <p class="caution">{text::OTHER_ROWS}</p> }.into_any();
        }
        Outcome::Compared(found) => found,
    };
    let (first, second) = (found.only_first.len(), found.only_second.len());
    let p = exact_p(first, second);
    view! {
        <p
            class="verdict"
            role="status"
            data-testid="luck-verdict"
            data-value=p.to_string()
            data-first=first.to_string()
            data-second=second.to_string()
        >
            {text::verdict(first, second, found.both + found.neither, p)}
        </p>
        <p class="quiet">{text::LUCK_NOTE}</p>
    }
    .into_any()
}
