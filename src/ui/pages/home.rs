//! The opening: what this is, and a first thing to do.

use leptos::prelude::*;

use crate::lessons::LESSONS;
use crate::ui::text::pages as text;
use crate::ui::widgets::generate_box::GenerateBox;
use crate::ui::widgets::lora_rectangles::drawing;

/// The chapter's own example: a matrix of GPT-2 small, and a rank of 8 beside it.
const CHAPTER_WIDTH: usize = 768;
const CHAPTER_RANK: usize = 8;

#[component]
pub fn Home() -> impl IntoView {
    let lessons = LESSONS
        .iter()
        .map(|lesson| {
            let goals = lesson
                .objectives
                .iter()
                .map(|goal| view! { <li>{*goal}</li> })
                .collect_view();
            view! {
                <section class="lesson-card">
                    <p class="overline">{text::minutes(lesson.minutes)}</p>
                    <h3>
                        <a href=format!("#/lesson/{}", lesson.slug)>{lesson.title}</a>
                    </h3>
                    <div class="goals">
                        <p>{text::LESSON_GOALS}</p>
                        <ul>{goals}</ul>
                    </div>
                    <p>
                        <a class="button primary" href=format!("#/lesson/{}", lesson.slug)>
                            {text::HOME_START}
                        </a>
                    </p>
                    <div class="cover">{drawing(CHAPTER_WIDTH, CHAPTER_RANK)}</div>
                </section>
            }
        })
        .collect_view();
    view! {
        <article class="home">
            <header>
                <h1>{text::HOME_HEADING}</h1>
                <p class="lead">{text::HOME_LEAD}</p>
            </header>
            <section class="first">
                <h2>{text::HOME_TRY}</h2>
                <p>{text::HOME_TRY_LEAD}</p>
                <GenerateBox />
            </section>
            <section>
                <h2>{text::HOME_LESSONS}</h2>
                {lessons}
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
                </ul>
            </section>
        </article>
    }
}
