//! A loss curve drawn before the run, and the run drawn over it.

use leptos::html::Div;
use leptos::prelude::*;

use crate::ui::browser::measure;
use crate::ui::charts::plot::path;
use crate::ui::learner::RunRecord;
use crate::ui::page_context::{PageContext, use_page};
use crate::ui::pages::routes::Route;
use crate::ui::text::{charts, probes as text};
use crate::ui::widgets::Frame;

pub const FRAME: Frame = Frame::Wide;

/// Points that can be moved.
const POINTS: usize = 6;
/// The losses between which can be drawn; one arrow key moves a point by a fiftieth of the way.
const LOWEST: f64 = 0.5;
const HIGHEST: f64 = 1.0;
/// Where the axis has a number.
const TICKS: [f64; 6] = [0.5, 0.6, 0.7, 0.8, 0.9, 1.0];
const HEIGHT: f64 = 220.0;
const MARGIN: f64 = 16.0;
/// Room for the numbers of the axis.
const LEFT: f64 = 40.0;
/// The run that the curve is compared with: the middle one of the lesson.
const KEY: &str = "right";

#[component]
pub fn SketchCurve() -> impl IntoView {
    let page = use_page();
    let frame = NodeRef::<Div>::new();
    let width = RwSignal::new(320.0);
    let points = RwSignal::new([std::f64::consts::LN_2; POINTS]);
    let held = RwSignal::new(None::<usize>);
    let is_drawn = RwSignal::new(false);
    Effect::new(move |_| {
        if let Some(element) = frame.get() {
            measure::follow_width(&element, width);
        }
    });
    let own = Memo::new(move |_| own_run(page));
    let set = move |index: usize, loss: f64| {
        if own.with_untracked(Option::is_none) {
            points.update(|points| points[index] = loss.clamp(LOWEST, HIGHEST));
            is_drawn.set(true);
        }
    };
    let drag = move |event: web_sys::PointerEvent| {
        if let (Some(index), Some((_, y))) = (held.get_untracked(), measure::point_in(&event)) {
            set(index, loss_at(y));
        }
    };
    let grab = move |event: web_sys::PointerEvent| {
        if let Some((x, y)) = measure::point_in(&event) {
            let index = nearest_point(x, width.get_untracked());
            held.set(Some(index));
            set(index, loss_at(y));
        }
    };
    let handles = (0..POINTS)
        .map(|index| {
            let key = move |event: web_sys::KeyboardEvent| {
                let step = match event.key().as_str() {
                    "ArrowUp" | "ArrowRight" => (HIGHEST - LOWEST) / 50.0,
                    "ArrowDown" | "ArrowLeft" => (LOWEST - HIGHEST) / 50.0,
                    _ => return,
                };
                event.prevent_default();
                set(index, points.with_untracked(|points| points[index]) + step);
            };
            let said = move || {
                points.with(|points| text::sketch_point(step_of(index, steps(page)), points[index]))
            };
            view! {
                <circle
                    class="handle"
                    tabindex="0"
                    role="slider"
                    aria-label=text::SKETCH_LABEL
                    aria-valuemin=LOWEST.to_string()
                    aria-valuemax=HIGHEST.to_string()
                    aria-valuenow=move || points.with(|points| points[index]).to_string()
                    aria-valuetext=said
                    data-point=index.to_string()
                    cx=move || x_of(index, width.get())
                    cy=move || y_of(points.with(|points| points[index]))
                    r="8"
                    on:keydown=key
                ></circle>
            }
        })
        .collect_view();
    let sketch = move || points.with(|points| path(&sketched(points, width.get())));
    let measured = move || {
        own.get().map(|run| {
            let drawn = path(&run_points(&run, width.get()));
            view! { <path class="line bold" d=drawn></path> }
        })
    };
    let words = move || match own.get() {
        Some(run) if is_drawn.get() => text::sketch_gap(points.with(|points| gap(points, &run))),
        _ => text::SKETCH_INVITE.to_string(),
    };
    view! {
        <div class="sketch_curve">
            <p class="axis-name">{charts::LOSS_AXIS} {charts::axis_begins(&LOWEST.to_string())}</p>
            <div
                class="plot"
                node_ref=frame
                data-testid="sketch"
                on:pointerdown=grab
                on:pointermove=drag
                on:pointerup=move |_| held.set(None)
                on:pointerleave=move |_| held.set(None)
            >
                <svg
                    width=move || width.get()
                    height=HEIGHT
                    viewBox=move || format!("0 0 {} {HEIGHT}", width.get())
                >
                    <line
                        class="level"
                        x1=LEFT
                        x2=move || width.get() - MARGIN
                        y1=y_of(std::f64::consts::LN_2)
                        y2=y_of(std::f64::consts::LN_2)
                    ></line>
                    <line
                        class="axis"
                        x1=LEFT
                        x2=move || width.get() - MARGIN
                        y1=y_of(LOWEST)
                        y2=y_of(LOWEST)
                    ></line>
                    {TICKS.map(tick).into_iter().collect_view()}
                    <path class="line marked" d=sketch></path>
                    {measured}
                    {handles}
                </svg>
            </div>
            <ul class="legend">
                <li><span class="key marked" aria-hidden="true"></span>{text::SKETCH_YOURS}</li>
                <li><span class="key" aria-hidden="true"></span>{text::SKETCH_MEASURED}</li>
                <li><span class="key level" aria-hidden="true"></span>{text::SKETCH_GUESSING}</li>
            </ul>
            <p class="quiet" role="status">{words}</p>
        </div>
    }
}

/// The learner's own run of this lesson that the sketch is about.
fn own_run(page: PageContext) -> Option<RunRecord> {
    let Route::Lesson(lesson) = page.route.get() else {
        return None;
    };
    page.history.with(|history| {
        history
            .find(lesson, KEY, page.base.get().as_deref())
            .cloned()
    })
}

fn steps(page: PageContext) -> usize {
    page.draft.with(|draft| draft.training.total_steps)
}

fn step_of(index: usize, steps: usize) -> usize {
    steps * index / (POINTS - 1)
}

fn tick(loss: f64) -> impl IntoView {
    view! {
        <text class="tick" x=LEFT - 14.0 y=y_of(loss) text-anchor="end" dominant-baseline="middle">
            {format!("{loss:.1}")}
        </text>
    }
}

fn x_of(index: usize, width: f64) -> f64 {
    LEFT + (width - LEFT - MARGIN) * index as f64 / (POINTS - 1) as f64
}

fn nearest_point(x: f64, width: f64) -> usize {
    let place = (x - LEFT) / (width - LEFT - MARGIN).max(1.0) * (POINTS - 1) as f64;
    (place.round().max(0.0) as usize).min(POINTS - 1)
}

fn y_of(loss: f64) -> f64 {
    MARGIN + (HEIGHT - 2.0 * MARGIN) * (HIGHEST - loss) / (HIGHEST - LOWEST)
}

fn loss_at(y: f64) -> f64 {
    HIGHEST - (y - MARGIN) / (HEIGHT - 2.0 * MARGIN) * (HIGHEST - LOWEST)
}

fn sketched(points: &[f64; POINTS], width: f64) -> Vec<(f64, f64)> {
    let places = points.iter().enumerate();
    places
        .map(|(index, loss)| (x_of(index, width), y_of(*loss)))
        .collect()
}

fn run_points(run: &RunRecord, width: f64) -> Vec<(f64, f64)> {
    let last = run.steps.max(2) as f64 - 1.0;
    run.curve
        .iter()
        .map(|point| {
            let x = LEFT + (width - LEFT - MARGIN) * point.step as f64 / last;
            (x, y_of(f64::from(point.loss_nats).clamp(LOWEST, HIGHEST)))
        })
        .collect()
}

/// The mean distance between the sketch and the run's losses.
fn gap(points: &[f64; POINTS], run: &RunRecord) -> f64 {
    let last = run.steps.max(2) as f64 - 1.0;
    let distance = |step: usize, loss: f32| {
        let place = step as f64 / last * (POINTS - 1) as f64;
        let index = (place as usize).min(POINTS - 2);
        let share = place - index as f64;
        let drawn = points[index] * (1.0 - share) + points[index + 1] * share;
        (drawn - f64::from(loss)).abs()
    };
    let total: f64 = run
        .curve
        .iter()
        .map(|point| distance(point.step, point.loss_nats))
        .sum();
    total / run.curve.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::learner::Point;
    use crate::ui::learner::tests::record;

    #[test]
    fn pixels_and_losses_agree() {
        assert!((loss_at(y_of(0.7)) - 0.7).abs() < 1e-9);
        assert_eq!(nearest_point(x_of(3, 500.0), 500.0), 3);
        assert_eq!(nearest_point(-40.0, 500.0), 0);
        assert_eq!(nearest_point(900.0, 500.0), POINTS - 1);
    }

    #[test]
    fn the_gap_is_a_mean_distance() {
        let mut run = record("x", "right", 0.6, 50.0);
        run.steps = 6;
        run.curve = (0..6)
            .map(|step| Point {
                step,
                loss_nats: 0.5,
                learning_rate: 0.0,
                gradient_norm: 0.0,
            })
            .collect();
        assert!((gap(&[0.7; POINTS], &run) - 0.2).abs() < 1e-6);
    }
}
