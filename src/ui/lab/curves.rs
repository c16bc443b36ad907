//! Losses of the ticked runs over each other: a line for each run, a band with its mean for a group.

use leptos::prelude::*;

use super::rows::{Row, drawn};
use crate::stats::spread::band;
use crate::ui::charts::line::LineChart;
use crate::ui::charts::plot::{Band, LineData, Look, Series, Unit};
use crate::ui::learner::RunRecord;
use crate::ui::page_context::use_page;
use crate::ui::runs::curves::loss_points;
use crate::ui::text::{charts, lab as text};

#[component]
pub fn Overlays() -> impl IntoView {
    let page = use_page();
    let drawn = Memo::new(move |_| page.lab_runs.with(drawn));
    let training = Memo::new(move |_| drawn.with(|rows| overlaid(rows, loss_points)));
    let validation = Memo::new(move |_| drawn.with(|rows| overlaid(rows, validation_points)));
    let is_empty = move || drawn.with(Vec::is_empty);
    let is_mixed = move || drawn.with(|rows| are_mixed(rows));
    view! {
        <div class="overlays">
            <p class="empty" hidden=move || !is_empty()>{text::CURVES_EMPTY}</p>
            <p class="caution" hidden=move || !is_mixed()>{text::CURVES_MIXED}</p>
            <div class="pair" hidden=is_empty>
                <div>
                    <h4>{text::TRAINING_TITLE}</h4>
                    <LineChart
                        title=text::TRAINING_CURVES
                        x_name=charts::STEP
                        y_name=charts::LOSS_AXIS
                        data=training
                        testid="overlay-training"
                    />
                </div>
                <div>
                    <h4>{text::VALIDATION_TITLE}</h4>
                    <LineChart
                        title=text::VALIDATION_CURVES
                        x_name=charts::STEP
                        y_name=charts::LOSS_AXIS
                        data=validation
                        testid="overlay-validation"
                    />
                </div>
            </div>
        </div>
    }
}

/// Whether figures of these runs say nothing of each other.
fn are_mixed(rows: &[Row]) -> bool {
    let mut grounds = rows.iter().flat_map(|row| &row.runs);
    let Some(first) = grounds.next().map(|run| run.record.ground()) else {
        return false;
    };
    grounds.any(|run| run.record.ground() != first)
}

fn overlaid(rows: &[Row], points: fn(&RunRecord) -> Vec<(f64, f64)>) -> LineData {
    let mut data = LineData {
        unit: Unit::Nats,
        ..LineData::default()
    };
    for (index, row) in rows.iter().enumerate() {
        let look = Look::Nth(index);
        let curves: Vec<_> = row.runs.iter().map(|run| points(&run.record)).collect();
        let longest = row.runs.iter().map(|run| run.record.steps).max();
        data.x_end = data.x_end.max(longest.unwrap_or(0) as f64);
        if let [curve] = &curves[..] {
            data.series.push(Series {
                name: row.name().to_owned().into(),
                look,
                points: curve.clone(),
            });
            continue;
        }
        let spreads = band(&curves);
        data.series.push(Series {
            name: text::mean_of(row.name(), curves.len()).into(),
            look,
            points: spreads.iter().map(|(x, s)| (*x, s.mean)).collect(),
        });
        data.bands.push(Band {
            name: row.name().to_owned(),
            look,
            points: spreads
                .iter()
                .map(|(x, s)| (*x, s.lowest, s.highest))
                .collect(),
        });
    }
    data
}

fn validation_points(run: &RunRecord) -> Vec<(f64, f64)> {
    let validation = run.validation.iter();
    validation
        .map(|(step, loss)| (*step as f64, *loss))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::learner::LabRuns;
    use crate::ui::learner::lab_runs::Ended;
    use crate::ui::learner::lab_runs::tests::{ended, name};

    fn with_curve(settings: &str, losses: [f64; 2], group: Option<usize>) -> Ended {
        let mut run = ended(settings, 0.7);
        run.record.validation = vec![(0, losses[0]), (60, losses[1])];
        run.group = group;
        run
    }

    #[test]
    fn a_run_is_a_line_and_a_group_a_band_with_its_mean() {
        let mut runs = LabRuns::default();
        runs.put(with_curve("rank=2", [0.7, 0.6], None), name);
        let group = Some(runs.new_group("2 seeds".into(), false));
        runs.put(with_curve("seed=1", [0.7, 0.4], group), name);
        runs.put(with_curve("seed=2", [0.9, 0.5], group), name);
        let data = overlaid(&drawn(&runs), validation_points);
        assert_eq!(data.series.len(), 2);
        assert_eq!(data.series[0].points, [(0.0, 0.7), (60.0, 0.6)]);
        assert_eq!(data.series[1].points, [(0.0, 0.8), (60.0, 0.45)]);
        assert_eq!(data.bands.len(), 1);
        assert_eq!(data.bands[0].points, [(0.0, 0.7, 0.9), (60.0, 0.4, 0.5)]);
        assert_eq!(data.bands[0].look, data.series[1].look);
        assert_eq!(data.x_end, 60.0);
    }

    #[test]
    fn runs_of_other_data_are_said_not_to_compare() {
        let mut runs = LabRuns::default();
        runs.put(with_curve("data=a", [0.7, 0.6], None), name);
        assert!(!are_mixed(&drawn(&runs)));
        runs.put(with_curve("data=b", [0.7, 0.6], None), name);
        assert!(are_mixed(&drawn(&runs)));
    }
}
