//! A program that does not run, and once it runs learns nothing: find the line, mend it, and see which
//! learning rate it really reaches. The rate is stepped by the scheduler that training uses.

use leptos::prelude::*;

use crate::settings::Schedule;
use crate::ui::charts::line::LineChart;
use crate::ui::charts::plot::{Level, LineData, Look, Series, Unit};
use crate::ui::controls::honesty_badge::{HonestyBadge, Origin};
use crate::ui::controls::slider::Slider;
use crate::ui::page_context::use_page;
use crate::ui::pages::routes::Route;
use crate::ui::text::{charts, code as text, programs};
use crate::ui::widgets::Frame;
use crate::ui::widgets::programs::rate_puzzle::{BATCHES, EXAMPLES, Numbers, Verdict, judge};

pub const FRAME: Frame = Frame::Wide;

/// The widget is a check of its own.
pub const CHECK: &str = "debug-program";

/// How far the learner has come; each part shows what the one before has opened.
#[derive(Clone, Copy)]
struct Bench {
    guess: RwSignal<Option<&'static str>>,
    has_run: RwSignal<bool>,
    line: RwSignal<Option<usize>>,
    repair: RwSignal<Option<usize>>,
    rate_guess: RwSignal<Option<&'static str>>,
    numbers: RwSignal<Numbers>,
}

impl Bench {
    fn is_line_found(self) -> bool {
        let is_it = |index: usize| text::debug_line(programs::TRAINER[index].code).is_none();
        self.line.get().is_some_and(is_it)
    }

    fn is_mended(self) -> bool {
        self.is_line_found()
            && self
                .repair
                .get()
                .is_some_and(|index| text::REPAIRS[index].1)
    }

    fn is_done(self) -> bool {
        self.is_mended()
            && self.rate_guess.get().is_some()
            && judge(&self.numbers.get().schedule()) == Verdict::Good
    }
}

#[component]
pub fn DebugProgram() -> impl IntoView {
    let bench = Bench {
        guess: RwSignal::new(None),
        has_run: RwSignal::new(false),
        line: RwSignal::new(None),
        repair: RwSignal::new(None),
        rate_guess: RwSignal::new(None),
        numbers: RwSignal::new(Numbers::PRINTED),
    };
    let goals = move || {
        let done = [bench.is_line_found(), bench.is_mended(), bench.is_done()];
        text::DEBUG_GOAL
            .into_iter()
            .zip(done)
            .map(|(goal, done)| view! { <li class:done=done>{goal}</li> })
            .collect_view()
    };
    let page = use_page();
    let is_done = Memo::new(move |_| bench.is_done());
    Effect::new(move |_| {
        if let (true, Route::Lesson(lesson)) = (is_done.get(), page.route.get_untracked()) {
            page.progress
                .update(|progress| progress.pass(lesson, CHECK));
        }
    });
    let state = move || if is_done.get() { "right" } else { "open" };
    view! {
        <div class="debug_program">
            <ol class="goals-met" data-testid="check-status" data-check=CHECK data-state=state>
                {goals}
            </ol>
            <FirstRun bench />
            <div hidden=move || !bench.has_run.get()><FindLine bench /></div>
            <div hidden=move || !bench.is_line_found()><Mend bench /></div>
            <div hidden=move || !bench.is_mended()><ReachRate bench /></div>
        </div>
    }
}

#[component]
fn FirstRun(bench: Bench) -> impl IntoView {
    let said = move || text::debug_guessed(bench.guess.get());
    view! {
        <Choices
            name="debug-guess"
            legend=text::DEBUG_GUESS
            choices=&text::DEBUG_GUESSES
            chosen=bench.guess
            disabled=bench.has_run
        />
        <div class="buttons">
            <button
                type="button"
                class="primary"
                data-testid="debug-run"
                disabled=move || bench.guess.get().is_none() || bench.has_run.get()
                on:click=move |_| bench.has_run.set(true)
            >
                {text::DEBUG_RUN}
            </button>
        </div>
        <div role="status">
            <Show when=move || bench.has_run.get()>
                <figure class="output">
                    <figcaption class="quiet">
                        {text::DEBUG_OUTPUT} " " <HonestyBadge origin=Origin::Replayed />
                    </figcaption>
                    <pre>{text::DEBUG_ERROR}</pre>
                </figure>
                <p>{said}</p>
            </Show>
        </div>
    }
}

#[component]
fn FindLine(bench: Bench) -> impl IntoView {
    let lines = programs::TRAINER
        .iter()
        .enumerate()
        .map(|(index, line)| {
            if line.part.is_none() {
                return view! { <code class="line">{line.code}</code> }.into_any();
            }
            let is_chosen = move || bench.line.get() == Some(index);
            view! {
                <button
                    type="button"
                    class="line"
                    class:chosen=is_chosen
                    aria-pressed=move || is_chosen().to_string()
                    on:click=move |_| bench.line.set(Some(index))
                >
                    <code>{line.code}</code>
                </button>
            }
            .into_any()
        })
        .collect_view();
    let said = move || {
        let line = bench.line.get()?;
        Some(text::debug_line(programs::TRAINER[line].code).unwrap_or(text::DEBUG_LINE_FOUND))
    };
    view! {
        <p class="ask">{text::DEBUG_WHERE}</p>
        <div class="code" data-testid="debug-lines">{lines}</div>
        <Outcome said is_right=Signal::derive(move || bench.is_line_found()) />
    }
}

#[component]
fn Mend(bench: Bench) -> impl IntoView {
    let choices = text::REPAIRS
        .iter()
        .enumerate()
        .map(|(index, (code, ..))| {
            view! {
                <label class="choice">
                    <input
                        type="radio"
                        name="debug-repair"
                        prop:checked=move || bench.repair.get() == Some(index)
                        on:change=move |_| bench.repair.set(Some(index))
                    />
                    <code>{*code}</code>
                </label>
            }
        })
        .collect_view();
    let said = move || Some(text::REPAIRS[bench.repair.get()?].2);
    view! {
        <fieldset>
            <legend class="ask">{text::DEBUG_MEND}</legend>
            {choices}
        </fieldset>
        <Outcome said is_right=Signal::derive(move || bench.is_mended()) />
    }
}

#[component]
fn ReachRate(bench: Bench) -> impl IntoView {
    let said = move || bench.rate_guess.get().map(text::debug_rate_guessed);
    let is_right = Signal::derive(move || bench.rate_guess.get() == Some("4e-7"));
    view! {
        <Choices
            name="debug-rate"
            legend=text::DEBUG_RATE
            choices=&text::DEBUG_RATES
            chosen=bench.rate_guess
        />
        <Outcome said is_right />
        <Show when=move || bench.rate_guess.get().is_some()>
            <Turn numbers=bench.numbers />
        </Show>
    }
}

/// The four numbers, the rate they give, and what to say of it.
#[component]
fn Turn(numbers: RwSignal<Numbers>) -> impl IntoView {
    let schedule = Memo::new(move |_| numbers.get().schedule());
    let data = Memo::new(move |_| line_data(&schedule.get()));
    let reached = move || {
        let schedule = schedule.get();
        let highest = schedule.highest_rate();
        let words = text::rate_reached(schedule.total_steps, highest, schedule.peak_learning_rate);
        view! {
            <span data-testid="rate-reached" data-value=highest.to_string()>{words}</span>
        }
    };
    let verdict = Memo::new(move |_| judge(&schedule.get()));
    let said = move || {
        Some(match verdict.get() {
            Verdict::Short => text::RATE_SHORT,
            Verdict::Long => text::RATE_LONG,
            Verdict::Bold => text::RATE_NONE,
            Verdict::Good => text::RATE_DONE,
        })
    };
    view! {
        <p class="ask">{text::DEBUG_TURN}</p>
        <div class="sliders">
            <Slider
                id="debug-examples"
                label=text::EXAMPLES
                value=Signal::derive(move || numbers.get().examples_at as f64)
                min=0.0
                max=(EXAMPLES.len() - 1) as f64
                step=1.0
                words=Signal::derive(move || EXAMPLES[numbers.get().examples_at].to_string())
                on_slide=move |at| numbers.update(|n| n.examples_at = at as usize)
            />
            <Slider
                id="debug-epochs"
                label=text::EPOCHS
                value=Signal::derive(move || numbers.get().epochs as f64)
                min=1.0
                max=10.0
                step=1.0
                words=Signal::derive(move || numbers.get().epochs.to_string())
                on_slide=move |epochs| numbers.update(|n| n.epochs = epochs as usize)
            />
            <Slider
                id="debug-batch"
                label=text::BATCH
                value=Signal::derive(move || numbers.get().batch_at as f64)
                min=0.0
                max=(BATCHES.len() - 1) as f64
                step=1.0
                words=Signal::derive(move || BATCHES[numbers.get().batch_at].to_string())
                on_slide=move |at| numbers.update(|n| n.batch_at = at as usize)
            />
            <Slider
                id="debug-warmup"
                label=text::WARMUP
                value=Signal::derive(move || numbers.get().warmup as f64)
                min=0.0
                max=200.0
                step=1.0
                words=Signal::derive(move || numbers.get().warmup.to_string())
                on_slide=move |steps| numbers.update(|n| n.warmup = steps as usize)
            />
        </div>
        <LineChart
            title=text::RATE_TITLE
            x_name=charts::STEP
            y_name=charts::SCHEDULE_AXIS
            data
            testid="debug-chart"
        />
        <p class="reading" aria-live="polite">
            {reached} " " <HonestyBadge origin=Origin::Worked />
        </p>
        <Outcome said is_right=Signal::derive(move || verdict.get() == Verdict::Good) />
    }
}

fn line_data(schedule: &Schedule) -> LineData {
    let points = (0..schedule.total_steps)
        .map(|step| (step as f64, schedule.learning_rate_at(step)))
        .collect();
    LineData {
        series: vec![Series {
            name: charts::SCHEDULE_SERIES.into(),
            look: Look::Bold,
            points,
        }],
        levels: vec![Level {
            name: text::RATE_WANTED,
            y: schedule.peak_learning_rate,
        }],
        x_end: (schedule.total_steps - 1) as f64,
        unit: Unit::Rate,
        ..Default::default()
    }
}

/// Answers to choose from, of which one is kept.
#[component]
fn Choices(
    name: &'static str,
    legend: &'static str,
    choices: &'static [(&'static str, &'static str)],
    chosen: RwSignal<Option<&'static str>>,
    #[prop(optional, into)] disabled: Signal<bool>,
) -> impl IntoView {
    let choices = choices
        .iter()
        .map(|(key, words)| {
            view! {
                <label class="choice">
                    <input
                        type="radio"
                        name=name
                        value=*key
                        prop:checked=move || chosen.get() == Some(*key)
                        disabled=disabled
                        on:change=move |_| chosen.set(Some(*key))
                    />
                    <span>{*words}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset>
            <legend class="ask">{legend}</legend>
            {choices}
        </fieldset>
    }
}

/// What is said of a choice, once there is one.
#[component]
fn Outcome(
    said: impl Fn() -> Option<&'static str> + Send + Sync + Copy + 'static,
    is_right: Signal<bool>,
) -> impl IntoView {
    let state = move || match (said(), is_right.get()) {
        (None, _) => "open",
        (Some(_), true) => "right",
        (Some(_), false) => "wrong",
    };
    view! {
        <p class="outcome" role="status" data-state=state hidden=move || said().is_none()>
            {said}
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lesson_counts_it_under_its_name() {
        let lessons = crate::lessons::LESSONS.iter();
        assert_eq!(
            lessons
                .filter(|lesson| lesson.checks.contains(&CHECK))
                .count(),
            1
        );
    }

    #[test]
    fn exactly_one_object_was_not_told_and_one_repair_is_right() {
        let silent: Vec<&str> = programs::TRAINER
            .iter()
            .filter(|line| line.part.is_some() && text::debug_line(line.code).is_none())
            .map(|line| line.code)
            .collect();
        assert_eq!(silent.len(), 2, "{silent:?}");
        assert!(silent[0].starts_with("model ="));
        assert_eq!(text::REPAIRS.iter().filter(|repair| repair.1).count(), 1);
    }

    #[test]
    fn the_chart_shows_the_rate_of_every_step_that_is_made() {
        let data = line_data(&Numbers::PRINTED.schedule());
        assert_eq!(data.series[0].points.len(), 3);
        assert_eq!(data.series[0].points[0].1, 0.0);
    }
}
