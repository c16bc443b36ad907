//! A lesson's set of runs: made one by one or in turn, and compared. Where the learner has not made a run
//! yet, ours stands in its place, labelled as recorded.

mod card;
pub mod curves;
pub mod form;
pub mod take_home;

use leptos::prelude::*;

use self::card::RunCard;
use self::curves::RunCurves;
use crate::lessons::{Choice, Lesson, Preset, RunSet};
use crate::ui::browser::{files, place};
use crate::ui::controls::html::prose;
use crate::ui::draft::Draft;
use crate::ui::learner::{RunRecord, RunTag};
use crate::ui::page_context::{PageContext, use_page};
use crate::ui::queue::QueuedRun;
use crate::ui::sources::own_model::ModelSource;
use crate::ui::sources::shipped_models::family_of;
use crate::ui::text::lessons as text;

/// The runs that were recorded for a lesson; none where they cannot be had.
pub async fn recordings(slug: &str) -> Vec<RunRecord> {
    let url = place::absolute(&format!("recorded/{slug}.json"));
    let text = files::read(&url).await.unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

#[component]
pub fn RunSetView(lesson: &'static Lesson, set: &'static RunSet) -> impl IntoView {
    let page = use_page();
    let is_waiting = Memo::new(move |_| {
        let is_queued = page.queue.with(|queue| {
            queue
                .waiting()
                .iter()
                .any(|run| is_of(set, lesson, run.tag))
        });
        is_queued || going(page).is_some_and(|tag| is_of(set, lesson, tag))
    });
    let can_start = page.watch(|state| state.can_start_run());
    let run_all = move |_| {
        let runs = set.presets.iter();
        let runs = runs.map(|preset| queued(page, lesson, preset)).collect();
        page.queue.update(|queue| queue.put(runs));
    };
    let stop = move |_| page.cancel_all();
    let cards = set
        .presets
        .iter()
        .enumerate()
        .map(|(index, preset)| view! { <RunCard lesson preset index is_alone=set.presets.len() == 1 /> })
        .collect_view();
    view! {
        <section class="exhibit run_set" data-testid="run-set" data-set=set.id data-model=set.model()>
            {(!set.task.is_empty()).then(|| prose("task", set.task))}
            <div class="buttons">
                <button
                    type="button"
                    class="primary"
                    data-testid="run-all"
                    hidden=is_waiting
                    disabled=move || !can_start.get()
                    on:click=run_all
                >
                    {if set.presets.len() == 1 { text::RUN_THIS } else { text::RUN_ALL }}
                </button>
                <button
                    type="button"
                    data-testid="run-stop"
                    hidden=move || !is_waiting.get()
                    on:click=stop
                >
                    {text::STOP_ALL}
                </button>
            </div>
            <div class="run-cards">{cards}</div>
            <RunCurves lesson set />
        </section>
    }
}

/// The settings of a preset: the lesson's, then its own, in the words of its model where it names one.
pub fn settings_of(lesson: &Lesson, preset: &Preset) -> (Draft, Vec<String>) {
    let query = format!("{}&{}", lesson.settings, preset.settings);
    let (mut draft, problems) = Draft::from_query(&query);
    if let Some(family) = preset.model.and_then(family_of) {
        draft.adopt(family);
    }
    (draft, problems)
}

fn queued(page: PageContext, lesson: &'static Lesson, preset: &'static Preset) -> QueuedRun {
    let run = page.in_set(tag_of(lesson, preset), &settings_of(lesson, preset).0);
    match preset.model {
        Some(name) => QueuedRun {
            model: ModelSource::Shipped(name.to_string()),
            ..run
        },
        None => run,
    }
}

fn tag_of(lesson: &'static Lesson, preset: &'static Preset) -> RunTag {
    RunTag {
        lesson: lesson.slug,
        key: preset.key,
        group: None,
    }
}

fn is_of(set: &RunSet, lesson: &Lesson, tag: RunTag) -> bool {
    tag.lesson == lesson.slug && set.presets.iter().any(|preset| preset.key == tag.key)
}

/// The run that the engine is busy with.
fn going(page: PageContext) -> Option<RunTag> {
    page.state.with(|state| {
        let run = state.run.as_ref().filter(|run| run.is_going())?;
        Some(run.tag)
    })
}

/// Whether the learner's guesses about a run are final: locked, or too late since a run that they are about is there.
/// Until then what was recorded of it stays hidden.
pub fn guesses_stand(page: PageContext, lesson: &Lesson, key: &str) -> bool {
    let is_locked = |guess: &Choice| {
        page.progress
            .with(|progress| progress.is_locked(lesson.slug, guess.id))
    };
    lesson
        .guesses_about(key)
        .all(|guess| is_locked(guess) || has_begun(page, lesson, guess))
}

/// Whether runs of ours can stand where the learner has made none.
pub fn has_recordings(page: PageContext, lesson: &Lesson) -> bool {
    let is_of_lesson = |run: &RunRecord| run.lesson == lesson.slug;
    page.recorded
        .with(|records| records.iter().any(is_of_lesson))
}

/// Whether the learner has made one of the runs that a guess is about.
pub fn has_begun(page: PageContext, lesson: &Lesson, guess: &'static Choice) -> bool {
    page.history.with(|history| {
        lesson
            .runs_of(guess)
            .any(|preset| history.find(lesson.slug, preset.key, None).is_some())
    })
}

/// The learner's run of a preset, of its model or else of the model at hand if there is one, or, until there is any, ours; and whether it is
/// the learner's.
pub fn shown(page: PageContext, lesson: &Lesson, preset: &Preset) -> Option<(RunRecord, bool)> {
    let base = page.base.get();
    let model = preset.model.or(base.as_deref());
    let own = page
        .history
        .with(|history| history.find(lesson.slug, preset.key, model).cloned());
    let recorded = || {
        if !guesses_stand(page, lesson, preset.key) {
            return None;
        }
        page.recorded.with(|records| {
            let is_it = |run: &&RunRecord| run.lesson == lesson.slug && run.key == preset.key;
            records.iter().find(is_it).cloned()
        })
    };
    own.map(|run| (run, true))
        .or_else(|| recorded().map(|run| (run, false)))
}
