//! A lesson: its blocks in order, prose as it was compiled, widgets by name.

use leptos::prelude::*;

use super::checks::{ChoiceCheck, MeasuredCheck};
use super::controls::html::prose;
use super::desk::use_desk;
use super::draft::Draft;
use super::state::Run;
use super::text::pages as text;
use super::widgets::before_after::BeforeAfter;
use super::widgets::classify_box::ClassifyBox;
use super::widgets::confusion::Confusion;
use super::widgets::data_peek::DataPeek;
use super::widgets::frozen_proof::FrozenProof;
use super::widgets::generate_box::GenerateBox;
use super::widgets::glossary::Glossary;
use super::widgets::lora_rectangles::LoraRectangles;
use super::widgets::loss_chart::LossChart;
use super::widgets::matched_modules::MatchedModules;
use super::widgets::mistakes::Mistakes;
use super::widgets::parameter_map::ParameterMap;
use super::widgets::predict::Predict;
use super::widgets::run_panel::RunPanel;
use super::widgets::schedule_chart::ScheduleChart;
use super::widgets::what_you_saw::WhatYouSaw;
use crate::lessons::{self, Block, Lesson, Widget};

#[component]
pub fn LessonView(slug: &'static str) -> impl IntoView {
    lessons::find(slug).map(|lesson| view! { <LessonPage lesson /> })
}

#[component]
fn LessonPage(lesson: &'static Lesson) -> impl IntoView {
    start_with(lesson);
    let goals = lesson
        .objectives
        .iter()
        .map(|goal| view! { <li>{*goal}</li> })
        .collect_view();
    view! {
        <article class="lesson">
            <header class="lesson-head">
                <p class="overline">{text::NAV_LESSON} ", " {text::minutes(lesson.minutes)}</p>
                <h1>{lesson.title}</h1>
                <div class="goals">
                    <p>{text::LESSON_GOALS}</p>
                    <ul>{goals}</ul>
                </div>
            </header>
            {lesson.blocks.iter().map(block).collect_view()}
            <nav class="turn" aria-label=text::NAV_LESSON>
                <a data-testid="lesson-prev" href="#/">"← " {text::LESSON_PREV}</a>
                <a data-testid="lesson-next" href="#/lab">{text::LESSON_NEXT} " →"</a>
            </nav>
        </article>
    }
}

/// A lesson starts with its own settings, unless a run is going.
fn start_with(lesson: &Lesson) {
    let desk = use_desk();
    let is_going = desk
        .state
        .with_untracked(|state| state.run.as_ref().is_some_and(Run::is_going));
    if !is_going {
        desk.draft.set(Draft::from_query(lesson.settings).0);
    }
}

fn block(block: &'static Block) -> AnyView {
    match block {
        Block::Prose(html) => prose("prose", html).into_any(),
        Block::Choice(check) => view! { <ChoiceCheck check /> }.into_any(),
        Block::Measured(check) => view! { <MeasuredCheck check /> }.into_any(),
        Block::Widget { widget, task } => view! {
            <section class=frame_class(*widget)>
                {(!task.is_empty()).then(|| prose("task", task))}
                {widget_view(*widget)}
            </section>
        }
        .into_any(),
    }
}

/// How much room a widget wants.
fn frame_class(widget: Widget) -> &'static str {
    match widget {
        Widget::BeforeAfter
        | Widget::LoraRectangles
        | Widget::LossChart
        | Widget::ParameterMap
        | Widget::RunPanel
        | Widget::ScheduleChart => "exhibit",
        Widget::ClassifyBox
        | Widget::Confusion
        | Widget::DataPeek
        | Widget::FrozenProof
        | Widget::GenerateBox
        | Widget::Glossary
        | Widget::MatchedModules
        | Widget::Mistakes
        | Widget::Predict
        | Widget::WhatYouSaw => "exhibit in-text",
    }
}

fn widget_view(widget: Widget) -> AnyView {
    match widget {
        Widget::BeforeAfter => view! { <BeforeAfter /> }.into_any(),
        Widget::ClassifyBox => view! { <ClassifyBox /> }.into_any(),
        Widget::Confusion => view! { <Confusion /> }.into_any(),
        Widget::DataPeek => view! { <DataPeek /> }.into_any(),
        Widget::FrozenProof => view! { <FrozenProof /> }.into_any(),
        Widget::GenerateBox => view! { <GenerateBox /> }.into_any(),
        Widget::Glossary => view! { <Glossary /> }.into_any(),
        Widget::LoraRectangles => view! { <LoraRectangles /> }.into_any(),
        Widget::LossChart => view! { <LossChart /> }.into_any(),
        Widget::MatchedModules => view! { <MatchedModules /> }.into_any(),
        Widget::Mistakes => view! { <Mistakes /> }.into_any(),
        Widget::ParameterMap => view! { <ParameterMap /> }.into_any(),
        Widget::Predict => view! { <Predict /> }.into_any(),
        Widget::RunPanel => view! { <RunPanel /> }.into_any(),
        Widget::ScheduleChart => view! { <ScheduleChart /> }.into_any(),
        Widget::WhatYouSaw => view! { <WhatYouSaw /> }.into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_of_every_lesson_are_valid() {
        for lesson in lessons::LESSONS {
            let (_, problems) = Draft::from_query(lesson.settings);
            assert!(problems.is_empty(), "{}: {problems:?}", lesson.slug);
        }
    }
}
