//! The opening: what this is, a first thing to do, and the map of the chapter.

use leptos::prelude::*;

use super::home_run::HomeRun;
use crate::lessons::{self, LESSONS, Outline};
use crate::ui::controls::passed::{PassedGauge, in_words, passed};
use crate::ui::page_context::use_page;
use crate::ui::text::{lessons as words, pages as text};
use crate::ui::widgets::asking::generate_box::GenerateBox;

#[component]
pub fn Home() -> impl IntoView {
    let lessons = LESSONS
        .iter()
        .map(|lesson| view! { <LessonEntry lesson /> })
        .collect_view();
    view! {
        <article class="home">
            <header>
                <h1>{text::HOME_HEADING}</h1>
                <p class="lead">{text::HOME_LEAD}</p>
                <Continue />
            </header>
            <HomeRun />
            <section class="first">
                <h2>{text::HOME_TRY}</h2>
                <p>{text::HOME_TRY_LEAD}</p>
                <GenerateBox />
            </section>
            <section>
                <h2>{text::HOME_LESSONS}</h2>
                <ol class="chapter-map">{lessons}</ol>
            </section>
            <section>
                <h2>{text::HOME_MORE}</h2>
                <ul class="ways">
                    <li>
                        <a href="#/lab">{text::HOME_LAB}</a>
                        ": "
                        {text::HOME_LAB_LEAD}
                    </li>
                    <li>
                        <a href="#/verify">{text::HOME_VERIFY}</a>
                        ": "
                        {text::HOME_VERIFY_LEAD}
                    </li>
                    <li>
                        <a href="#/results">{words::RESULTS_TITLE}</a>
                        ": "
                        {text::HOME_RESULTS_LEAD}
                    </li>
                </ul>
            </section>
        </article>
    }
}

/// Back to the lesson that was open last; the first lesson for who has none.
#[component]
fn Continue() -> impl IntoView {
    let page = use_page();
    let last = Memo::new(move |_| {
        page.progress
            .with(|progress| progress.last.as_deref().and_then(lessons::find))
            .map(|lesson| lesson.slug)
    });
    move || {
        let (label, lesson) = match last.get().and_then(lessons::find) {
            Some(lesson) => (words::CONTINUE, Some(lesson)),
            None => (text::HOME_START, LESSONS.first()),
        };
        lesson.map(|lesson| {
            view! {
                <p>
                    <a class="button primary" data-testid="continue" href=format!("#/lesson/{}", lesson.slug)>
                        {label}
                    </a>
                    " "
                    <span class="quiet">{lesson.title}</span>
                </p>
            }
        })
    }
}

#[component]
fn LessonEntry(lesson: &'static Outline) -> impl IntoView {
    let count = passed(lesson);
    let is_complete = move || {
        let (passed, all) = count.get();
        passed == all
    };
    let goals = lesson
        .objectives
        .iter()
        .map(|goal| view! { <li>{*goal}</li> })
        .collect_view();
    view! {
        <li class="lesson-entry" class:complete=is_complete data-lesson=lesson.slug>
            <span class="number" aria-hidden="true">{lesson.number}</span>
            <div>
                <h3>
                    <a href=format!("#/lesson/{}", lesson.slug)>{lesson.title}</a>
                </h3>
                <p class="quiet">{text::minutes(lesson.minutes)} ", " {in_words(count)}</p>
                <PassedGauge count />
                <details>
                    <summary>{text::LESSON_GOALS}</summary>
                    <ul>{goals}</ul>
                </details>
            </div>
        </li>
    }
}
