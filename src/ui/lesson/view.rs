//! A lesson: its blocks in order, prose as it was compiled, widgets by name.

use leptos::prelude::*;

use leptos::task::spawn_local;

use crate::lessons::{self, Block, Lesson, Outline};
use crate::ui::controls::html::prose;
use crate::ui::controls::passed::{PassedGauge, in_words, passed};
use crate::ui::draft::Draft;
use crate::ui::learner::guess::Guess;
use crate::ui::lesson::checks::{ChoiceCheck, GuessBlock, MeasuredCheck};
use crate::ui::lesson::texts;
use crate::ui::page_context::use_page;
use crate::ui::parts::{once_loaded, part};
use crate::ui::runs::{RunSetView, recordings};
use crate::ui::state::Run;
use crate::ui::text::{lessons as words, pages as text};
use crate::ui::widgets;

part!(lesson, page_of() -> fn(&'static Lesson) -> AnyView, |lesson| {
    view! { <LessonPage lesson /> }.into_any()
});

/// The page's code and the lesson's text arrive side by side.
#[component]
pub fn LessonView(slug: &'static str) -> impl IntoView {
    let load = move || async move {
        spawn_local(async {
            // Who waits for it below hears of a failure.
            let _ = page_of().await;
        });
        let text = texts::load(slug).await?;
        Ok((page_of().await?, text))
    };
    once_loaded(load, |(page, lesson)| lesson.map(page).into_any())
}

#[component]
fn LessonPage(lesson: &'static Lesson) -> impl IntoView {
    // For widgets that are about the lesson's own runs.
    provide_context(lesson);
    start_with(lesson);
    open(lesson);
    let previous = neighbour(lesson, -1).unwrap_or(("#/".to_string(), words::TO_CHAPTER));
    let next = neighbour(lesson, 1).unwrap_or(("#/results".to_string(), words::NEXT_RESULTS));
    let goals = lesson
        .objectives
        .iter()
        .map(|goal| view! { <li>{*goal}</li> })
        .collect_view();
    view! {
        <article class="lesson">
            <header class="lesson-head">
                <p class="overline">{words::lesson_number(lesson.number)} ", " {text::minutes(lesson.minutes)}</p>
                <h1>{lesson.title}</h1>
                <div class="goals">
                    <p>{text::LESSON_GOALS}</p>
                    <ul>{goals}</ul>
                </div>
            </header>
            {lesson.blocks.iter().map(|part| block(lesson, part)).collect_view()}
            <LessonEnd lesson />
            <nav class="turn" aria-label=text::NAV_LESSON>
                <a data-testid="lesson-prev" href=previous.0>"← " {previous.1}</a>
                <a data-testid="lesson-next" href=next.0>{next.1} " →"</a>
            </nav>
        </article>
    }
}

/// Where a lesson's neighbour is, and what it is called.
fn neighbour(lesson: &Outline, step: isize) -> Option<(String, &'static str)> {
    let here = lessons::LESSONS
        .iter()
        .position(|other| other.slug == lesson.slug)?;
    let other = lessons::LESSONS.get(here.checked_add_signed(step)?)?;
    Some((format!("#/lesson/{}", other.slug), other.title))
}

/// How much of the lesson is done, and the way to begin it afresh.
#[component]
fn LessonEnd(lesson: &'static Lesson) -> impl IntoView {
    let page = use_page();
    let count = passed(lesson);
    let forget = move |_| {
        page.progress
            .update(|progress| progress.forget_lesson(lesson.slug));
        page.history
            .update(|history| history.forget_lesson(lesson.slug));
        page.guess.set(Guess::default());
        start_with(lesson);
    };
    view! {
        <aside class="lesson-end" data-testid="lesson-progress" data-passed=move || count.get().0.to_string()>
            <p>{in_words(count)}</p>
            <PassedGauge count />
            <button type="button" data-testid="reset-lesson" hidden=move || count.get().0 == 0 on:click=forget>
                {words::RESET_LESSON}
            </button>
        </aside>
    }
}

/// A lesson starts with its own settings, unless a run is going.
fn start_with(lesson: &Outline) {
    let page = use_page();
    let is_going = page
        .state
        .with_untracked(|state| state.run.as_ref().is_some_and(Run::is_going));
    if !is_going {
        page.draft.set(Draft::from_query(lesson.settings).0);
    }
}

/// Notes that the lesson is open, and fetches the runs that were recorded for it.
fn open(lesson: &'static Lesson) {
    let page = use_page();
    page.guess.set(Guess::default());
    page.progress.update(|progress| progress.open(lesson.slug));
    page.client.suit_lesson(lesson.model);
    page.recorded.set(Vec::new());
    if lesson.presets().next().is_none() {
        return;
    }
    spawn_local(async move {
        page.recorded.set(recordings(lesson.slug).await);
    });
}

fn block(lesson: &'static Lesson, block: &'static Block) -> AnyView {
    match block {
        Block::Prose(text) => prose("prose", *text).into_any(),
        Block::Choice(check) => view! { <ChoiceCheck lesson check /> }.into_any(),
        Block::Measured(check) => view! { <MeasuredCheck lesson check /> }.into_any(),
        Block::Guess(guess) => view! { <GuessBlock lesson guess /> }.into_any(),
        Block::Runs(set) => view! { <RunSetView lesson set /> }.into_any(),
        Block::Widget { widget, task } => view! {
            <section class=widgets::frame(*widget).class()>
                {(!task.is_empty()).then(|| prose("task", *task))}
                {widgets::view(*widget)}
            </section>
        }
        .into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::runs::settings_of;
    use crate::ui::sources::shipped_models::family_of;

    #[test]
    fn the_models_that_runs_name_are_shipped() {
        let mut named = 0;
        for preset in lessons::texts::ALL
            .iter()
            .flat_map(|lesson| lesson.presets())
        {
            if let Some(name) = preset.model {
                assert!(family_of(name).is_some(), "{name}");
                named += 1;
            }
        }
        assert!(named > 0);
    }

    #[test]
    fn the_settings_of_every_lesson_are_valid() {
        for lesson in lessons::texts::ALL {
            let (_, problems) = Draft::from_query(lesson.settings);
            assert!(problems.is_empty(), "{}: {problems:?}", lesson.slug);
            for preset in lesson.presets() {
                let (_, problems) = settings_of(lesson, preset);
                assert!(problems.is_empty(), "{}: {problems:?}", preset.key);
            }
        }
    }
}
