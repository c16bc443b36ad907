//! Settings against forgetting, a run with them, and every attempt so far: what it learned, what it cost.

use leptos::prelude::*;

use crate::lessons::measure::What;
use crate::ui::charts::gain_damage::{Shares, gain_damage};
use crate::ui::controls::field::Field;
use crate::ui::controls::honesty_badge::{HonestyBadge, Origin};
use crate::ui::controls::number::number;
use crate::ui::controls::run_buttons::RunButtons;
use crate::ui::draft::{Draft, REMEDIES, form_fields};
use crate::ui::learner::RunRecord;
use crate::ui::page_context::{PageContext, use_page};
use crate::ui::pages::routes::Route;
use crate::ui::text::format;
use crate::ui::text::{lessons, remedies as text, run as run_text};
use crate::ui::widgets::Frame;

pub const FRAME: Frame = Frame::Wide;

/// The run that all attempts are measured against.
const CARELESS: &str = "careless";

#[component]
pub fn RemedyPanel() -> impl IntoView {
    let page = use_page();
    let kind = Memo::new(move |_| page.draft.with(|draft| draft.kind));
    let of_strategy = move || {
        let keys = form_fields(kind.get()).into_iter();
        keys.map(|key| view! { <Field key /> }).collect_view()
    };
    let phase = page.watch(|state| {
        let run = state.run.as_ref().filter(|run| run.is_going())?;
        Some(run_text::phase(run))
    });
    let attempts = Memo::new(move |_| attempts(page));
    let base = Memo::new(move |_| careless(page));
    view! {
        <div class="remedy_panel">
            <div class="fields">
                <Field key="strategy" />
                {of_strategy}
                <Field key="lr" />
                <Field key="steps" />
                {REMEDIES.map(|key| view! { <Field key /> }).into_iter().collect_view()}
            </div>
            <RunButtons />
            <p class="quiet" role="status">{phase}</p>
            {move || match base.get() {
                None => view! { <p class="empty">{text::CARELESS_FIRST}</p> }.into_any(),
                Some(base) => attempts.with(|attempts| results(&base, attempts)).into_any(),
            }}
        </div>
    }
}

fn lesson(page: PageContext) -> &'static str {
    match page.route.get() {
        Route::Lesson(slug) => slug,
        _ => "",
    }
}

fn careless(page: PageContext) -> Option<RunRecord> {
    let lesson = lesson(page);
    page.history.with(|history| {
        history
            .find(lesson, CARELESS, page.base.get().as_deref())
            .cloned()
    })
}

/// The learner's attempts that can be set beside the careless run, oldest first.
fn attempts(page: PageContext) -> Vec<RunRecord> {
    let lesson = lesson(page);
    let Some(ground) = careless(page).map(|run| run.ground()) else {
        return Vec::new();
    };
    page.history.with(|history| {
        let runs = history.of_lesson(lesson).filter(|run| run.key != CARELESS);
        runs.filter(|run| run.ground() == ground).cloned().collect()
    })
}

fn shares(run: &RunRecord, base: &RunRecord) -> Option<Shares> {
    Some(Shares {
        gain: run.measure(What::Gain)? / base.measure(What::Gain)?,
        damage: run.measure(What::Damage)? / base.measure(What::Damage)?,
    })
}

/// What differs from the careless run, as an address has it.
fn changed(run: &RunRecord, base: &RunRecord) -> String {
    let (draft, base) = (Draft::from_query(&run.settings).0, &base.settings);
    let parts = draft.to_query();
    let new: Vec<&str> = parts
        .split('&')
        .filter(|part| !base.split('&').any(|other| other == *part))
        .collect();
    new.join(", ")
}

fn results(base: &RunRecord, attempts: &[RunRecord]) -> impl IntoView + use<> {
    let heads = text::COLUMNS
        .map(|name| view! { <th scope="col">{name}</th> })
        .into_iter()
        .collect_view();
    let measured: Vec<(String, RunRecord, Shares)> = attempts
        .iter()
        .filter_map(|run| Some((changed(run, base), run.clone(), shares(run, base)?)))
        .collect();
    let rows: Vec<_> = measured
        .iter()
        .enumerate()
        .map(|(index, (changed, run, shares))| {
            view! {
                <tr data-testid="attempt">
                    <th scope="row">{index + 1}</th>
                    <td><code>{changed.clone()}</code></td>
                    <td>{number(shares.gain, format::percent(shares.gain))}</td>
                    <td>{number(shares.damage, format::percent(shares.damage))}</td>
                    <td>{run.measure(What::Accuracy).map(format::percent)}</td>
                    <td>{beside(run)}</td>
                </tr>
            }
        })
        .collect();
    let points: Vec<Shares> = measured.iter().map(|(_, _, shares)| *shares).collect();
    view! {
        <div class="attempts">
            {gain_damage(&points)}
            <div class="scroll" tabindex="0" role="region" aria-label=text::ATTEMPTS>
                <table>
                    <thead><tr>{heads}</tr></thead>
                    <tbody>
                        <tr>
                            <th scope="row">"0"</th>
                            <td>{text::CARELESS}</td>
                            <td>"100%"</td>
                            <td>"100%"</td>
                            <td>{base.measure(What::Accuracy).map(format::percent)}</td>
                            <td>{beside(base)}</td>
                        </tr>
                        {rows}
                    </tbody>
                </table>
            </div>
            <p class="origin"><HonestyBadge origin=Origin::Measured /></p>
        </div>
    }
}

/// What the model could do beside its task after the run.
fn beside(run: &RunRecord) -> Option<impl IntoView + use<>> {
    let (value, words) = lessons::beside(run.after.as_ref()?)?;
    Some(number(value, words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::learner::tests::record;

    #[test]
    fn shares_are_of_the_careless_run() {
        let base = record("f", CARELESS, 0.7, 68.0);
        let run = record("f", "", 0.68, 50.0);
        let found = shares(&run, &base).unwrap();
        assert!((found.gain - 0.9).abs() < 1e-9);
        assert!((found.damage - 0.1).abs() < 1e-9);
    }

    #[test]
    fn only_what_was_changed_is_named() {
        let mut base = record("f", CARELESS, 0.7, 68.0);
        base.settings = Draft::from_query("strategy=full&lr=1e-3").0.to_query();
        let mut run = base.clone();
        run.settings = Draft::from_query("strategy=full&lr=3e-4&replay=0.25")
            .0
            .to_query();
        assert_eq!(changed(&run, &base), "lr=3e-4, replay=0.25");
    }
}
