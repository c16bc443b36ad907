//! The lab's runs side by side, beside what counting words reaches.

use leptos::prelude::*;

use crate::ui::learner::LabRun;
use crate::ui::page_context::{PageContext, use_page};
use crate::ui::text::format;
use crate::ui::text::take_home as text;

#[component]
pub fn RunTable() -> impl IntoView {
    let page = use_page();
    let runs = Memo::new(move |_| page.lab_runs.with(|runs| runs.compared()));
    let heads = text::TABLE_COLUMNS.map(|head| view! { <th scope="col">{head}</th> });
    let heads = heads.collect_view();
    let is_empty = move || runs.with(Vec::is_empty);
    let rows = move || {
        let runs = runs.get().into_iter();
        runs.map(|(run, changed)| row(page, &run, changed))
            .collect_view()
    };
    view! {
        <div class="run_table" data-testid="run-table">
            <p class="quiet">
                {move || if is_empty() { text::TABLE_EMPTY } else { text::TABLE_LEAD }}
            </p>
            <div class="scroll" hidden=is_empty tabindex="0" role="region" aria-label=text::TABLE>
                <table>
                    <thead>
                        <tr>{heads} <td></td></tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </div>
    }
}

fn row(page: PageContext, run: &LabRun, changed: String) -> impl IntoView + use<> {
    let number = run.number;
    let record = &run.record;
    let rename = move |event: leptos::ev::Event| {
        let name = event_target_value(&event);
        page.lab_runs.update(|runs| runs.rename(number, &name));
    };
    let delete = move |_| page.lab_runs.update(|runs| runs.delete(number));
    let accuracy = record.after.map(|after| after.accuracy);
    let forgotten = record
        .before
        .perplexity
        .zip(record.after.and_then(|after| after.perplexity));
    let forgotten = forgotten.map_or("–".to_string(), |(b, a)| text::perplexities(b, a));
    view! {
        <tr data-run=number>
            <th scope="row">
                <input
                    type="text"
                    size="12"
                    aria-label=text::NAME
                    prop:value=run.name.clone()
                    on:change=rename
                />
            </th>
            <td>{record.ground().dataset} ", " {record.model.clone()}</td>
            <td class="number" data-value=accuracy.map(|value| value.to_string())>
                {accuracy.map_or("–".to_string(), format::percent)}
            </td>
            {against(accuracy, run.words_accuracy)}
            <td class="number">{forgotten}</td>
            <td class="number">{format::duration(1000.0 * record.seconds)}</td>
            <td>{changed}</td>
            <td>
                <button type="button" aria-label=text::delete(&run.name) on:click=delete>
                    {text::DELETE}
                </button>
            </td>
        </tr>
    }
}

fn against(accuracy: Option<f64>, words: Option<f64>) -> impl IntoView + use<> {
    let points = accuracy
        .zip(words)
        .map(|(own, words)| 100.0 * (own - words));
    let class = match points {
        Some(points) if points < 0.0 => "number below",
        Some(_) => "number above",
        None => "number",
    };
    view! {
        <td class=class data-value=points.map(|value| value.to_string())>
            {points.map_or("–".to_string(), text::against)}
        </td>
    }
}
