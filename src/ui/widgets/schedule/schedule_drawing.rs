//! The schedule, drawn by dragging its corners; the formula shows the numbers that were drawn. The curve is
//! stepped by the scheduler that training uses.

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::settings::{ScheduleKind, TrainingSettings};
use crate::ui::browser::measure;
use crate::ui::charts::scale::ticks;
use crate::ui::charts::schedule_axes::{Axes, Corner, LEFT};
use crate::ui::controls::honesty_badge::{HonestyBadge, Origin};
use crate::ui::controls::slider::Slider;
use crate::ui::page_context::use_page;
use crate::ui::state::Run;
use crate::ui::text::format;
use crate::ui::text::{charts, warmup as text};
use crate::ui::widgets::Frame;

pub const FRAME: Frame = Frame::Wide;

const HEIGHT: f64 = 260.0;
const FIRST_WIDTH: f64 = 320.0;

#[component]
pub fn ScheduleDrawing() -> impl IntoView {
    let page = use_page();
    let frame = NodeRef::<Div>::new();
    let width = RwSignal::new(FIRST_WIDTH);
    let step = RwSignal::new(6_usize);
    let dragged = RwSignal::new(None::<Corner>);
    let settings = Memo::new(move |_| page.draft.with(|draft| draft.training.clone()));
    let axes = Memo::new(move |_| Axes::new(&settings.get(), width.get(), HEIGHT));
    let is_locked = page.watch(|state| state.run.as_ref().is_some_and(Run::is_going));
    Effect::new(move |_| {
        if let Some(element) = frame.get() {
            measure::follow_width(&element, width);
        }
    });
    let change = move |to: TrainingSettings| {
        if !is_locked.get_untracked() {
            page.draft.update(|draft| draft.training = to);
        }
    };
    let drag = move |event: web_sys::PointerEvent| {
        if let (Some(corner), Some(place)) = (dragged.get_untracked(), measure::place_in(&event)) {
            let settings = settings.get_untracked();
            change(axes.get_untracked().moved(corner, place, &settings));
        }
    };
    let corner = move |corner: Corner| {
        view! { <Handle corner axes settings dragged change=Callback::new(change) /> }
    };
    let shown_step = move || step.get().min(settings.get().total_steps);
    view! {
        <div class="schedule_drawing" data-testid="schedule-drawing">
            <p class="axis-name">{charts::SCHEDULE_AXIS}</p>
            <div class="plot" node_ref=frame>
                <svg
                    width=move || width.get()
                    height=HEIGHT
                    viewBox=move || format!("0 0 {} {HEIGHT}", width.get())
                    on:pointermove=drag
                    on:pointerup=move |_| dragged.set(None)
                    on:pointercancel=move |_| dragged.set(None)
                >
                    {move || background(&axes.get())}
                    <path class="line bold" d=move || curve(&axes.get(), &settings.get())></path>
                    {move || reading_line(&axes.get(), &settings.get(), shown_step())}
                    {corner(Corner::End)}
                    {corner(Corner::Top)}
                </svg>
            </div>
            <p class="quiet">{text::DRAG}</p>
            <div class="formulas" data-testid="schedule-formula">
                {move || formulas(&settings.get())}
            </div>
            <Slider
                id="schedule-step"
                label=text::AT_STEP
                value=Signal::derive(move || shown_step() as f64)
                min=0.0
                max=120.0
                step=1.0
                words=Signal::derive(move || shown_step().to_string())
                on_slide=move |at| step.set(at as usize)
            />
            <p class="reading" aria-live="polite">
                {move || number_at(&settings.get(), shown_step())}
                " "
                <HonestyBadge origin=Origin::Worked />
            </p>
        </div>
    }
}

/// A corner to take hold of.
#[component]
fn Handle(
    corner: Corner,
    axes: Memo<Axes>,
    settings: Memo<TrainingSettings>,
    dragged: RwSignal<Option<Corner>>,
    change: Callback<TrainingSettings>,
) -> impl IntoView {
    let (label, testid) = match corner {
        Corner::Top => (text::TOP, "schedule-top"),
        Corner::End => (text::END, "schedule-end"),
    };
    let place = move || axes.get().place(corner, &settings.get());
    let words = move || {
        settings.with(|settings| match corner {
            Corner::Top => text::top(settings.warmup_steps, &format::rate(settings.learning_rate)),
            Corner::End => text::end(settings.total_steps),
        })
    };
    let value = move || {
        settings.with(|settings| match corner {
            Corner::Top => settings.warmup_steps,
            Corner::End => settings.total_steps,
        })
    };
    let key = move |event: web_sys::KeyboardEvent| {
        let (axes, settings) = (axes.get_untracked(), settings.get_untracked());
        if let Some(to) = axes.nudged(corner, &event.key(), &settings) {
            event.prevent_default();
            change.run(to);
        }
    };
    let take = move |event: web_sys::PointerEvent| {
        event.prevent_default();
        // The drawing hears the pointer even where it leaves the corner, or the window.
        let handle = event
            .current_target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if let Some(handle) = handle {
            let _ = handle.set_pointer_capture(event.pointer_id());
        }
        dragged.set(Some(corner));
    };
    view! {
        <g
            class="handle"
            class:held=move || dragged.get() == Some(corner)
            role="slider"
            tabindex="0"
            data-testid=testid
            aria-label=label
            aria-valuemin="0"
            aria-valuemax=move || axes.get().x.domain.1.to_string()
            aria-valuenow=value
            aria-valuetext=words
            on:keydown=key
            on:pointerdown=take
        >
            <circle class="reach" cx=move || place().0 cy=move || place().1 r="22"></circle>
            <circle class="knob" cx=move || place().0 cy=move || place().1 r="9"></circle>
        </g>
    }
}

fn background(axes: &Axes) -> impl IntoView + use<> {
    let (left, right) = axes.x.range;
    let (bottom, _) = axes.y.range;
    let rates: Vec<_> = ticks(0.0, axes.y.domain.1, 4)
        .into_iter()
        .map(|rate| {
            let y = axes.y.map(rate);
            view! {
                <line class="grid" x1=left x2=right y1=y y2=y></line>
                <text class="tick" x=LEFT - 8.0 y=y text-anchor="end" dominant-baseline="middle">
                    {format::rate(rate)}
                </text>
            }
        })
        .collect();
    let steps: Vec<_> = ticks(0.0, axes.x.domain.1, 6)
        .into_iter()
        .map(|step| {
            view! {
                <text class="tick" x=axes.x.map(step) y=bottom + 22.0 text-anchor="middle">
                    {format::plain(step, 0)}
                </text>
            }
        })
        .collect();
    view! {
        <g aria-hidden="true">
            {rates} {steps} <line class="axis" x1=left x2=right y1=bottom y2=bottom></line>
        </g>
    }
}

/// The path through the rate of every step, and down to where the run has ended.
fn curve(axes: &Axes, settings: &TrainingSettings) -> String {
    let schedule = settings.schedule();
    (0..=settings.total_steps)
        .map(|step| {
            let (x, y) = (step as f64, schedule.learning_rate_at(step));
            let command = if step == 0 { 'M' } else { 'L' };
            format!("{command}{:.1} {:.1}", axes.x.map(x), axes.y.map(y))
        })
        .collect()
}

fn reading_line(axes: &Axes, settings: &TrainingSettings, step: usize) -> impl IntoView + use<> {
    let (bottom, top) = axes.y.range;
    let x = axes.x.map(step as f64);
    let y = axes.y.map(settings.schedule().learning_rate_at(step));
    view! {
        <g aria-hidden="true">
            <line class="cursor" x1=x x2=x y1=top y2=bottom></line>
            <circle class="mark" cx=x cy=y r="4"></circle>
        </g>
    }
}

/// The schedule as a formula in the numbers that were drawn.
fn formulas(settings: &TrainingSettings) -> impl IntoView + use<> {
    let rows: Vec<_> = formula(settings)
        .into_iter()
        .map(|(what, when)| {
            view! { <p><span class="what">{what}</span> <span class="when">{when}</span></p> }
        })
        .collect();
    rows
}

fn formula(settings: &TrainingSettings) -> Vec<(String, String)> {
    let peak = format::rate(settings.learning_rate);
    let (warmup, total) = (settings.warmup_steps, settings.total_steps);
    let climb = (
        format!("lr(t) = {peak} · t / {warmup}"),
        text::while_below(warmup),
    );
    let fall = match settings.schedule {
        ScheduleKind::Constant => format!("lr(t) = {peak}"),
        ScheduleKind::Linear => format!("lr(t) = {peak} · ({total} − t) / ({total} − {warmup})"),
        ScheduleKind::Cosine => {
            format!("lr(t) = {peak} · (1 + cos(π · (t − {warmup}) / ({total} − {warmup}))) / 2")
        }
    };
    match warmup {
        0 => vec![(fall, text::always())],
        _ => vec![climb, (fall, text::from(warmup))],
    }
}

fn number_at(settings: &TrainingSettings, step: usize) -> impl IntoView + use<> {
    let rate = settings.schedule().learning_rate_at(step);
    let share = rate / settings.learning_rate;
    view! {
        <span data-testid="schedule-at" data-value=rate.to_string()>
            {text::rate_at(step, &format::rate(rate), &format::percent(share))}
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formula_speaks_of_what_was_drawn() {
        let mut settings = TrainingSettings {
            learning_rate: 1e-3,
            warmup_steps: 12,
            total_steps: 60,
            ..Default::default()
        };
        let rows = formula(&settings);
        assert_eq!(rows[0].0, "lr(t) = 0.001 · t / 12");
        assert_eq!(rows[1].0, "lr(t) = 0.001 · (60 − t) / (60 − 12)");
        settings.warmup_steps = 0;
        assert_eq!(formula(&settings).len(), 1);
    }

    #[test]
    fn the_curve_starts_and_ends_on_the_axis() {
        let settings = TrainingSettings {
            total_steps: 20,
            warmup_steps: 4,
            ..Default::default()
        };
        let axes = Axes::new(&settings, 600.0, HEIGHT);
        let path = curve(&axes, &settings);
        assert_eq!(path.matches('L').count(), 20);
        let ground = format!("{:.1}", axes.y.range.0);
        assert!(path.starts_with(&format!("M{LEFT:.1} {ground}")) && path.ends_with(&ground));
    }
}
