//! A lesson: its blocks in order, prose as it was compiled, widgets by name.

use leptos::prelude::*;

use leptos::task::spawn_local;

use super::browser::{files, place};
use super::checks::{ChoiceCheck, GuessBlock, MeasuredCheck};
use super::controls::html::prose;
use super::controls::passed::{PassedGauge, in_words, passed};
use super::desk::use_desk;
use super::draft::Draft;
use super::guess::Guess;
use super::learner::RunRecord;
use super::runs::RunSetView;
use super::state::Run;
use super::text::{lessons as words, pages as text};
use super::widgets::adapter_shelf::AdapterShelf;
use super::widgets::attention_map::AttentionMap;
use super::widgets::before_after::BeforeAfter;
use super::widgets::classify_box::ClassifyBox;
use super::widgets::confusion::Confusion;
use super::widgets::data_peek::DataPeek;
use super::widgets::debug_program::DebugProgram;
use super::widgets::decision_guide::DecisionGuide;
use super::widgets::example_steps::ExampleSteps;
use super::widgets::export_script::ExportScript;
use super::widgets::fill_mask::FillMask;
use super::widgets::forgetting_chart::ForgettingChart;
use super::widgets::freeze_line::FreezeLine;
use super::widgets::frozen_proof::FrozenProof;
use super::widgets::generate_box::GenerateBox;
use super::widgets::glossary::Glossary;
use super::widgets::lora_program::LoraProgram;
use super::widgets::lora_rectangles::LoraRectangles;
use super::widgets::loss_chart::LossChart;
use super::widgets::matched_modules::MatchedModules;
use super::widgets::matrix_lens::MatrixLens;
use super::widgets::mistakes::Mistakes;
use super::widgets::next_token::NextToken;
use super::widgets::norm_chart::NormChart;
use super::widgets::parameter_map::ParameterMap;
use super::widgets::predict::Predict;
use super::widgets::prompting::Prompting;
use super::widgets::remedy_panel::RemedyPanel;
use super::widgets::run_panel::RunPanel;
use super::widgets::schedule_chart::ScheduleChart;
use super::widgets::schedule_drawing::ScheduleDrawing;
use super::widgets::sketch_curve::SketchCurve;
use super::widgets::strategy_table::StrategyTable;
use super::widgets::sweep_scatter::SweepScatter;
use super::widgets::target_counts::TargetCounts;
use super::widgets::trainer_program::TrainerProgram;
use super::widgets::update_norms::UpdateNorms;
use super::widgets::what_you_saw::WhatYouSaw;
use crate::lessons::{self, Block, Lesson, Widget};

#[component]
pub fn LessonView(slug: &'static str) -> impl IntoView {
    lessons::find(slug).map(|lesson| view! { <LessonPage lesson /> })
}

#[component]
fn LessonPage(lesson: &'static Lesson) -> impl IntoView {
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
fn neighbour(lesson: &Lesson, step: isize) -> Option<(String, &'static str)> {
    let here = lessons::LESSONS
        .iter()
        .position(|other| other.slug == lesson.slug)?;
    let other = lessons::LESSONS.get(here.checked_add_signed(step)?)?;
    Some((format!("#/lesson/{}", other.slug), other.title))
}

/// How much of the lesson is done, and the way to begin it afresh.
#[component]
fn LessonEnd(lesson: &'static Lesson) -> impl IntoView {
    let desk = use_desk();
    let count = passed(lesson);
    let forget = move |_| {
        desk.progress
            .update(|progress| progress.forget_lesson(lesson.slug));
        desk.shelf.update(|shelf| shelf.forget_lesson(lesson.slug));
        desk.guess.set(Guess::default());
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
fn start_with(lesson: &Lesson) {
    let desk = use_desk();
    let is_going = desk
        .state
        .with_untracked(|state| state.run.as_ref().is_some_and(Run::is_going));
    if !is_going {
        desk.draft.set(Draft::from_query(lesson.settings).0);
    }
}

/// Notes that the lesson is open, and fetches the runs that were recorded for it.
fn open(lesson: &'static Lesson) {
    let desk = use_desk();
    desk.guess.set(Guess::default());
    desk.progress.update(|progress| progress.open(lesson.slug));
    desk.recorded.set(Vec::new());
    if lesson.presets().next().is_none() {
        return;
    }
    spawn_local(async move {
        let url = place::absolute(&format!("recorded/{}.json", lesson.slug));
        let text = files::read(&url).await.unwrap_or_default();
        if let Ok(records) = serde_json::from_str::<Vec<RunRecord>>(&text) {
            desk.recorded.set(records);
        }
    });
}

fn block(lesson: &'static Lesson, block: &'static Block) -> AnyView {
    match block {
        Block::Prose(html) => prose("prose", html).into_any(),
        Block::Choice(check) => view! { <ChoiceCheck lesson check /> }.into_any(),
        Block::Measured(check) => view! { <MeasuredCheck lesson check /> }.into_any(),
        Block::Guess(guess) => view! { <GuessBlock lesson guess /> }.into_any(),
        Block::Runs(set) => view! { <RunSetView lesson set /> }.into_any(),
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
        Widget::AdapterShelf
        | Widget::AttentionMap
        | Widget::BeforeAfter
        | Widget::DebugProgram
        | Widget::ExampleSteps
        | Widget::FillMask
        | Widget::ForgettingChart
        | Widget::FreezeLine
        | Widget::LoraProgram
        | Widget::LoraRectangles
        | Widget::LossChart
        | Widget::MatrixLens
        | Widget::NextToken
        | Widget::NormChart
        | Widget::ParameterMap
        | Widget::RemedyPanel
        | Widget::RunPanel
        | Widget::ScheduleChart
        | Widget::ScheduleDrawing
        | Widget::SketchCurve
        | Widget::StrategyTable
        | Widget::SweepScatter
        | Widget::TrainerProgram
        | Widget::UpdateNorms => "exhibit",
        Widget::ClassifyBox
        | Widget::Confusion
        | Widget::DataPeek
        | Widget::DecisionGuide
        | Widget::ExportScript
        | Widget::FrozenProof
        | Widget::GenerateBox
        | Widget::Glossary
        | Widget::MatchedModules
        | Widget::Mistakes
        | Widget::Predict
        | Widget::Prompting
        | Widget::TargetCounts
        | Widget::WhatYouSaw => "exhibit in-text",
    }
}

fn widget_view(widget: Widget) -> AnyView {
    match widget {
        Widget::AdapterShelf => view! { <AdapterShelf /> }.into_any(),
        Widget::AttentionMap => view! { <AttentionMap /> }.into_any(),
        Widget::BeforeAfter => view! { <BeforeAfter /> }.into_any(),
        Widget::ClassifyBox => view! { <ClassifyBox /> }.into_any(),
        Widget::Confusion => view! { <Confusion /> }.into_any(),
        Widget::DataPeek => view! { <DataPeek /> }.into_any(),
        Widget::DebugProgram => view! { <DebugProgram /> }.into_any(),
        Widget::DecisionGuide => view! { <DecisionGuide /> }.into_any(),
        Widget::ExampleSteps => view! { <ExampleSteps /> }.into_any(),
        Widget::ExportScript => view! { <ExportScript /> }.into_any(),
        Widget::FillMask => view! { <FillMask /> }.into_any(),
        Widget::ForgettingChart => view! { <ForgettingChart /> }.into_any(),
        Widget::FreezeLine => view! { <FreezeLine /> }.into_any(),
        Widget::FrozenProof => view! { <FrozenProof /> }.into_any(),
        Widget::GenerateBox => view! { <GenerateBox /> }.into_any(),
        Widget::Glossary => view! { <Glossary /> }.into_any(),
        Widget::LoraProgram => view! { <LoraProgram /> }.into_any(),
        Widget::LoraRectangles => view! { <LoraRectangles /> }.into_any(),
        Widget::LossChart => view! { <LossChart /> }.into_any(),
        Widget::MatchedModules => view! { <MatchedModules /> }.into_any(),
        Widget::MatrixLens => view! { <MatrixLens /> }.into_any(),
        Widget::Mistakes => view! { <Mistakes /> }.into_any(),
        Widget::NextToken => view! { <NextToken /> }.into_any(),
        Widget::NormChart => view! { <NormChart /> }.into_any(),
        Widget::ParameterMap => view! { <ParameterMap /> }.into_any(),
        Widget::Predict => view! { <Predict /> }.into_any(),
        Widget::Prompting => view! { <Prompting /> }.into_any(),
        Widget::RemedyPanel => view! { <RemedyPanel /> }.into_any(),
        Widget::RunPanel => view! { <RunPanel /> }.into_any(),
        Widget::ScheduleChart => view! { <ScheduleChart /> }.into_any(),
        Widget::ScheduleDrawing => view! { <ScheduleDrawing /> }.into_any(),
        Widget::SketchCurve => view! { <SketchCurve /> }.into_any(),
        Widget::StrategyTable => view! { <StrategyTable /> }.into_any(),
        Widget::SweepScatter => view! { <SweepScatter /> }.into_any(),
        Widget::TargetCounts => view! { <TargetCounts /> }.into_any(),
        Widget::TrainerProgram => view! { <TrainerProgram /> }.into_any(),
        Widget::UpdateNorms => view! { <UpdateNorms /> }.into_any(),
        Widget::WhatYouSaw => view! { <WhatYouSaw /> }.into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::runs::settings_of;

    #[test]
    fn the_settings_of_every_lesson_are_valid() {
        for lesson in lessons::LESSONS {
            let (_, problems) = Draft::from_query(lesson.settings);
            assert!(problems.is_empty(), "{}: {problems:?}", lesson.slug);
            for preset in lesson.presets() {
                let (_, problems) = settings_of(lesson, preset);
                assert!(problems.is_empty(), "{}: {problems:?}", preset.key);
            }
        }
    }
}
