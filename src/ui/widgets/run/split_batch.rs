//! One batch split over workers: why the loss stays what it was.

use std::ops::Range;

use leptos::prelude::*;

use crate::settings::even_parts;
use crate::ui::controls::honesty_badge::{HonestyBadge, Origin};
use crate::ui::controls::slider::Slider;
use crate::ui::text::{format, widgets as text};
use crate::ui::widgets::Frame;

pub const FRAME: Frame = Frame::Wide;

/// What a model could give the true labels of eight reviews.
const PROBABILITIES: [f64; 8] = [0.92, 0.35, 0.71, 0.10, 0.55, 0.84, 0.62, 0.27];

const FIRST_WORKERS: usize = 3;

/// What one worker computes.
#[derive(Debug, Clone, PartialEq)]
struct Share {
    rows: Range<usize>,
    /// Over its own rows.
    mean_nats: f64,
    /// Its rows over all rows.
    weight: f64,
}

fn mean_nats(rows: Range<usize>) -> f64 {
    let count = rows.len() as f64;
    PROBABILITIES[rows].iter().map(|p| -p.ln()).sum::<f64>() / count
}

fn shares(workers: usize) -> Vec<Share> {
    let all = PROBABILITIES.len();
    even_parts(all, workers)
        .map(|rows| Share {
            mean_nats: mean_nats(rows.clone()),
            weight: rows.len() as f64 / all as f64,
            rows,
        })
        .collect()
}

/// The shares' means by their weights, and all alike.
fn together(shares: &[Share]) -> (f64, f64) {
    let weighed = shares.iter().map(|share| share.weight * share.mean_nats);
    let alike = shares.iter().map(|share| share.mean_nats).sum::<f64>();
    (weighed.sum(), alike / shares.len() as f64)
}

#[component]
pub fn SplitBatch() -> impl IntoView {
    let workers = RwSignal::new(FIRST_WORKERS);
    let split = Memo::new(move |_| shares(workers.get()));
    let heads = text::SPLIT_COLUMNS.map(|head| view! { <th scope="col">{head}</th> });
    let rows = move || {
        let rows = split.get().into_iter().enumerate();
        rows.map(|(worker, share)| row(worker, &share))
            .collect_view()
    };
    let sums = Memo::new(move |_| split.with(|split| together(split)));
    let sentence = move || {
        let (weighed, alike) = sums.get();
        text::split_sums(mean_nats(0..PROBABILITIES.len()), weighed, alike)
    };
    view! {
        <div class="split_batch" data-testid="split-batch">
            <Slider
                id="split-workers"
                label=text::SPLIT_WORKERS
                value=Signal::derive(move || workers.get() as f64)
                min=1.0
                max=PROBABILITIES.len() as f64
                step=1.0
                words=Signal::derive(move || workers.get().to_string())
                on_slide=move |count| workers.set(count as usize)
            />
            <div class="scroll">
                <table>
                    <thead>
                        <tr>{heads.collect_view()}</tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <p class="reading" data-value=move || sums.get().0.to_string() aria-live="polite">
                {sentence}
                " "
                <HonestyBadge origin=Origin::Worked />
            </p>
        </div>
    }
}

fn row(worker: usize, share: &Share) -> impl IntoView + use<> {
    let probabilities = PROBABILITIES[share.rows.clone()].iter();
    let losses: Vec<String> = probabilities.map(|p| format::plain(-p.ln(), 2)).collect();
    view! {
        <tr>
            <th scope="row">{worker + 1}</th>
            <td>{losses.join(", ")}</td>
            <td class="number">{format::plain(share.mean_nats, 3)}</td>
            <td class="number">{text::split_weight(share.rows.len(), PROBABILITIES.len())}</td>
            <td class="number">{format::plain(share.weight * share.mean_nats, 3)}</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_of_workers_comes_to_the_loss_of_the_whole_batch() {
        let whole = mean_nats(0..8);
        for workers in 1..=8 {
            let (weighed, alike) = together(&shares(workers));
            assert!((weighed - whole).abs() < 1e-12, "{workers}");
            let divides_evenly = 8 % workers == 0;
            assert_eq!((alike - whole).abs() < 1e-12, divides_evenly, "{workers}");
        }
    }

    #[test]
    fn the_lesson_finds_the_two_averages_apart() {
        let (weighed, alike) = together(&shares(FIRST_WORKERS));
        assert!(
            (weighed - alike).abs() > 5e-4,
            "they differ in what is shown"
        );
    }
}
