//! What is in a file of the learner's own: how it was read, a look at it, and what is wrong with it, each with its mend.

use std::sync::Arc;

use leptos::prelude::*;

use super::data_reading::{Reading, read_again};
use crate::protocol::{DataReport, Finding, FindingKind, LabelBalance, Mend};
use crate::settings::Family;
use crate::ui::learner::RunRecord;
use crate::ui::page_context::{PageContext, use_page};
use crate::ui::sources::datasets::{DataSource, shipped};
use crate::ui::sources::own_data::{OwnData, free_name};
use crate::ui::state::Run;
use crate::ui::text::format;
use crate::ui::text::own_data as text;

#[component]
pub fn Report(report: Arc<DataReport>) -> impl IntoView {
    let problem = report.problem.as_ref().map(|problem| {
        view! {
            <p class="refusal" role="alert" data-testid="data-problem">
                {text::problem(problem)}
            </p>
        }
    });
    let is_sound = report.findings.is_empty() && problem.is_none();
    let tokens = report.tokens.as_ref().map(text::tokens);
    let splits = report.problem.is_none().then(|| text::splits(&report));
    let used_rows = report.used_rows;
    view! {
        <div
            class="data_report"
            id="data-report"
            tabindex="-1"
            data-testid="data-report"
            data-rows=used_rows
        >
            <p>{text::read_as(&report)}</p>
            <Reading report=report.clone() />
            {preview(&report)}
            <p class="quiet">{splits} " " {tokens}</p>
            {balance(&report.balance)}
            <h4>{text::FINDINGS}</h4>
            {is_sound.then(|| view! { <p>{text::SOUND}</p> })}
            <Findings report=report.clone() />
            {problem}
            <Use report />
        </div>
    }
}

fn preview(report: &DataReport) -> impl IntoView + use<> {
    let heads = report.columns.iter().cloned();
    let heads = heads.map(|name| view! { <th scope="col">{name}</th> });
    let heads = heads.collect_view();
    let cell = |field: &String| view! { <td>{field.clone()}</td> };
    let row = |row: &Vec<String>| view! { <tr>{row.iter().map(cell).collect_view()}</tr> };
    let rows = report.preview.iter().map(row).collect_view();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=text::PREVIEW>
            <table class="preview" data-testid="data-preview">
                <thead>
                    <tr>{heads}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// Labels that are listed; of more the frequent ones.
const MOST_LABELS: usize = 12;

/// Rows of each label, with a bar of its share.
fn balance(balance: &[LabelBalance]) -> Option<impl IntoView + use<>> {
    let rows = |label: &LabelBalance| label.rows.iter().sum::<usize>();
    let most = balance.iter().map(rows).max().filter(|most| *most > 0)?;
    let mut shown: Vec<&LabelBalance> = balance.iter().collect();
    if shown.len() > MOST_LABELS {
        shown.sort_by_key(|label| usize::MAX - rows(label));
        shown.truncate(MOST_LABELS);
    }
    let line = |label: &LabelBalance| {
        let count = |n: usize| view! { <td data-value=n>{format::count(n)}</td> };
        let all = rows(label);
        let share = all as f64 / most as f64;
        view! {
            <tr>
                <th scope="row">{label.label.clone()}</th>
                <td data-value=all>
                    {format::count(all)}
                    <span class="gauge" style=format!("--done: {share}") aria-hidden="true"></span>
                </td>
                {label.rows.map(count).collect_view()}
            </tr>
        }
    };
    let lines: Vec<_> = shown.into_iter().map(line).collect();
    let heads = text::BALANCE_COLUMNS.map(|head| view! { <th scope="col">{head}</th> });
    Some(view! {
        <div class="scroll" tabindex="0" role="region" aria-label=text::BALANCE>
            <table class="balance">
                <caption>{text::BALANCE}</caption>
                <thead>
                    <tr>{heads.collect_view()}</tr>
                </thead>
                <tbody>{lines}</tbody>
            </table>
        </div>
    })
}

/// What is wrong, and what was mended; one click mends, another takes it back.
#[component]
fn Findings(report: Arc<DataReport>) -> impl IntoView {
    let page = use_page();
    let found = report.findings.iter();
    let found = found.map(|finding| one_finding(page, &report, finding));
    let anew = report.choice.mends.contains(&Mend::DivideAnew);
    let mends = anew.then_some((Mend::DivideAnew, 0)).into_iter();
    let mends = mends.chain(report.mended.iter().copied());
    let mends = mends.map(|(mend, rows)| one_mend(page, &report, mend, rows));
    view! {
        <ul class="findings">
            {found.collect_view()}
            {mends.collect_view()}
        </ul>
    }
}

fn one_finding(
    page: PageContext,
    report: &Arc<DataReport>,
    finding: &Finding,
) -> impl IntoView + use<> {
    let mend = finding.kind.mend();
    // A split that was made, and has too few rows, cannot be made better.
    let helps = !(matches!(finding.kind, FindingKind::NoRowsIn(_)) && report.made_split);
    let report = report.clone();
    let click = move |_| read_again(page, &report, |choice| choice.mends.push(mend));
    let button = helps.then(|| {
        view! {
            <button type="button" data-mend=format!("{mend:?}") on:click=click>
                {text::mend(finding)}
            </button>
        }
    });
    view! {
        <li data-kind=format!("{:?}", finding.kind)>
            <span>
                {text::finding(finding)} " "
                <span class="quiet">{text::lines(finding)}</span>
            </span>
            {button}
        </li>
    }
}

fn one_mend(
    page: PageContext,
    report: &Arc<DataReport>,
    mend: Mend,
    rows: usize,
) -> impl IntoView + use<> {
    let report = report.clone();
    let undo = move |_| {
        read_again(page, &report, |choice| {
            choice.mends.retain(|other| *other != mend);
            if mend == Mend::DivideAnew {
                // The column of the split is found again.
                choice.columns = None;
            }
        });
    };
    view! {
        <li class="mended" data-mended=format!("{mend:?}")>
            <span>{text::mended(mend, rows)}</span>
            <button type="button" on:click=undo>
                {text::UNDO}
            </button>
        </li>
    }
}

/// From then on the lab's runs are made on it.
#[component]
fn Use(report: Arc<DataReport>) -> impl IntoView {
    let page = use_page();
    let is_running = page.watch(|state| state.run.as_ref().is_some_and(Run::is_going));
    let family = page.watch(|state| state.family().unwrap_or_default());
    let is_sound = report.problem.is_none();
    let own = OwnData {
        name: report.file.name.clone(),
        report: (*report).clone(),
    };
    let is_in_use = {
        let report = report.clone();
        Memo::new(move |_| {
            page.draft.with(|draft| {
                let own = draft.dataset.own();
                own.is_some_and(|own| {
                    own.report.file == report.file && own.report.choice == report.choice
                })
            })
        })
    };
    let source = StoredValue::new(own);
    let misfit = move || {
        let misfit = |family: Family| {
            let source = source.with_value(|own| DataSource::Own(Arc::new(own.clone())));
            source.task_for(family).is_none()
        };
        (is_sound && misfit(family.get())).then_some(text::MISFIT)
    };
    let cannot = move || !is_sound || is_running.get() || is_in_use.get() || misfit().is_some();
    let take = move |_| use_data(page, source.get_value());
    let status = move || match (is_in_use.get(), is_running.get()) {
        (true, _) => Some(text::IN_USE),
        (false, true) => Some(text::BUSY),
        (false, false) => misfit(),
    };
    view! {
        <div class="buttons">
            <button type="button" class="primary" data-testid="data-use" disabled=cannot on:click=take>
                {text::USE}
            </button>
            <span class="quiet" role="status">
                {status}
            </span>
        </div>
    }
}

/// Figures of runs on other data must not pass for runs on this.
fn use_data(page: PageContext, mut own: OwnData) {
    let is_known = |name: &str| {
        let is_its = |run: &RunRecord| run.ground().dataset == name;
        let was_run = page
            .history
            .with_untracked(|history| history.records().iter().any(is_its));
        let is_current = page
            .draft
            .with_untracked(|draft| draft.dataset.name() == name);
        shipped(name).is_some() || is_current || was_run
    };
    own.name = free_name(&own.name, is_known);
    page.draft.update(|draft| {
        draft.dataset = DataSource::Own(Arc::new(own));
    });
}
