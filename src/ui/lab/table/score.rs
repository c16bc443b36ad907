//! Cells of figures: of one run, or the mean of several with their reach.

use leptos::prelude::*;

use crate::protocol::Split;
use crate::stats::spread::{Spread, spread};
use crate::ui::lab::rows::Row;
use crate::ui::text::lab as text;

/// A score on a split under its task's own name; of the test split only what has been opened.
pub fn score_cell(row: &Row, split: Split) -> AnyView {
    let all = row.runs.len();
    let scored = row.runs.iter().filter(|run| run.score(split).is_some());
    let (scored, seen) = (scored.count(), row.scores(split).count());
    let (Some(found), Some(first)) = (row.score(split), row.scores(split).next()) else {
        let words = match (
            scored,
            row.runs.iter().all(|run| run.record.after.is_none()),
        ) {
            (_, true) => text::DIVERGED,
            (0, _) => "–",
            _ => text::SEALED,
        };
        return view! { <td class="number quiet">{words}</td> }.into_any();
    };
    let figure = first.figure.clone();
    let measure = text::measure(&figure);
    let partly = (split == Split::Test && seen < all).then(|| text::opened_of(seen, all));
    let show = move |value| text::score(&figure, value);
    figure_cell(&found, show, measure.into_iter().chain(partly).collect())
}

/// A figure, below it how far it reaches, and what else is to be said of it.
fn figure_cell(found: &Spread, show: impl Fn(f64) -> String, notes: Vec<String>) -> AnyView {
    let reach = (found.count > 1).then(|| text::reach(found, &show));
    let below = reach.into_iter().chain(notes);
    let below = below.map(|words| view! { <span class="below-it">{words}</span> });
    view! {
        <td
            class="number"
            data-value=found.mean.to_string()
            data-lowest=found.lowest.to_string()
            data-highest=found.highest.to_string()
        >
            {show(found.mean)}
            {below.collect_view()}
        </td>
    }
    .into_any()
}

/// Percentage points above what counting words reaches on the same split, where both are accuracies.
pub fn words_cell(row: &Row) -> impl IntoView + use<> {
    let apart = row.runs.iter().filter_map(|run| {
        let score = run.validation.as_ref()?;
        let is_accuracy = score.figure == "accuracy";
        let words = run.words.filter(|_| is_accuracy)?;
        Some(100.0 * (score.after - words.validation))
    });
    let points = spread(apart).map(|found| found.mean);
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

/// What the model can do beside the task, before and after.
pub fn general_cell(row: &Row) -> impl IntoView + use<> {
    let of = |part: fn(&crate::ui::learner::Figures) -> Option<f64>| {
        let before = spread(row.runs.iter().filter_map(|run| part(&run.record.before)));
        let after = row.runs.iter().filter_map(|run| part(&run.record.after?));
        before.map(|found| found.mean).zip(spread(after))
    };
    let perplexity = of(|figures| figures.perplexity);
    let retrieval = of(|figures| figures.retrieval);
    let words = match (&perplexity, &retrieval) {
        (Some((before, after)), _) => text::perplexities(*before, after.mean),
        (None, Some((before, after))) => text::retrievals(*before, after.mean),
        (None, None) => "–".to_owned(),
    };
    let after = perplexity.or(retrieval).map(|(_, after)| after.mean);
    view! { <td class="number" data-value=after.map(|value| value.to_string())>{words}</td> }
}
