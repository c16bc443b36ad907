//! Of a run with two labels: the probability from which the second one is answered, and what that does.

use leptos::prelude::*;

use crate::protocol::ClassAnswers;
use crate::stats::threshold::{Verdicts, verdicts};
use crate::ui::controls::slider::Slider;
use crate::ui::page_context::use_page;
use crate::ui::text::format;
use crate::ui::text::judging as text;

/// The probability of the second of two labels, and whether it is the truth; none of more labels.
fn second(classes: &ClassAnswers) -> Option<Vec<(f64, bool)>> {
    let two = classes
        .rows()
        .map(|(probabilities, truth)| match probabilities {
            [_, second] => Some((f64::from(*second), truth == 1)),
            _ => None,
        });
    let rows: Option<Vec<_>> = two.collect();
    rows.filter(|rows| !rows.is_empty())
}

#[component]
pub fn Threshold() -> impl IntoView {
    let page = use_page();
    let split = page.shown_split();
    let line = RwSignal::new(0.5);
    let rows = page.watch(move |state| {
        let summary = state.run.as_ref()?.came_to(split.get())?;
        second(summary.classes.as_ref()?)
    });
    let label = page.watch(|state| state.dataset.as_ref()?.labels.get(1).cloned());
    let found = Memo::new(move |_| {
        let line = line.get();
        rows.with(|rows| verdicts(rows.as_deref().unwrap_or_default(), line))
    });
    view! {
        <section class="exhibit threshold" data-testid="threshold" hidden=move || rows.with(Option::is_none)>
            <h3>{text::THRESHOLD}</h3>
            <p class="quiet">{move || text::threshold_lead(&label.get().unwrap_or_default())}</p>
            <Slider
                id="threshold-line"
                label=text::THRESHOLD_LABEL
                value=line
                min=0.01
                max=0.99
                step=0.01
                words=Signal::derive(move || format::plain(line.get(), 2))
                on_slide=move |value| line.set(value)
            />
            <dl class="figures">
                {share(text::PRECISION, "threshold-precision", found, Verdicts::precision)}
                {share(text::RECALL, "threshold-recall", found, Verdicts::recall)}
                {share(text::ACCURACY, "threshold-accuracy", found, Verdicts::accuracy)}
            </dl>
            <p class="quiet">
                {move || found.with(|v| text::threshold_counts(v.found, v.false_alarms, v.missed))}
            </p>
        </section>
    }
}

/// A figure of the answers, or words where it would divide by nothing.
fn share(
    name: &'static str,
    testid: &'static str,
    found: Memo<Verdicts>,
    of: fn(&Verdicts) -> Option<f64>,
) -> impl IntoView {
    let value = move || found.with(of);
    let exact = move || value().map(|value| value.to_string()).unwrap_or_default();
    let words = move || value().map_or(text::UNDEFINED.to_owned(), format::percent);
    view! {
        <div>
            <dt>{name}</dt>
            <dd>
                <span class="number" data-testid=testid data-value=exact>{words}</span>
            </dd>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_two_labels_have_a_line_between_them() {
        let classes = |truths: &[u32], probabilities: &[f32]| ClassAnswers {
            truths: truths.to_vec(),
            probabilities: probabilities.to_vec(),
        };
        let two = classes(&[1, 0], &[0.25, 0.75, 0.5, 0.5]);
        assert_eq!(second(&two), Some(vec![(0.75, true), (0.5, false)]));
        assert_eq!(second(&classes(&[2], &[0.2, 0.3, 0.5])), None);
        assert_eq!(second(&ClassAnswers::default()), None);
    }
}
