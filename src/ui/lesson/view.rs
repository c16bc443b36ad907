//! A lesson: its blocks in order, prose as it was compiled, widgets by name.

use leptos::prelude::*;

use leptos::task::spawn_local;

use crate::lessons::{self, Block, Lesson, Widget};
use crate::ui::browser::{files, place};
use crate::ui::controls::html::prose;
use crate::ui::controls::passed::{PassedGauge, in_words, passed};
use crate::ui::draft::Draft;
use crate::ui::learner::RunRecord;
use crate::ui::learner::guess::Guess;
use crate::ui::lesson::checks::{ChoiceCheck, GuessBlock, MeasuredCheck};
use crate::ui::page_context::use_page;
use crate::ui::runs::RunSetView;
use crate::ui::state::Run;
use crate::ui::text::{lessons as words, pages as text};
use crate::ui::widgets::asking::attention_map::AttentionMap;
use crate::ui::widgets::asking::classify_box::ClassifyBox;
use crate::ui::widgets::asking::fill_mask::FillMask;
use crate::ui::widgets::asking::generate_box::GenerateBox;
use crate::ui::widgets::asking::next_token::NextToken;
use crate::ui::widgets::asking::prompting::Prompting;
use crate::ui::widgets::data::confusion::Confusion;
use crate::ui::widgets::data::data_peek::DataPeek;
use crate::ui::widgets::data::example_steps::ExampleSteps;
use crate::ui::widgets::data::mistakes::Mistakes;
use crate::ui::widgets::forgetting::forgetting_chart::ForgettingChart;
use crate::ui::widgets::forgetting::remedy_panel::RemedyPanel;
use crate::ui::widgets::forgetting::sweep_scatter::SweepScatter;
use crate::ui::widgets::guide::decision_guide::DecisionGuide;
use crate::ui::widgets::guide::glossary::Glossary;
use crate::ui::widgets::programs::debug_program::DebugProgram;
use crate::ui::widgets::programs::export_script::ExportScript;
use crate::ui::widgets::programs::lora_program::LoraProgram;
use crate::ui::widgets::programs::trainer_program::TrainerProgram;
use crate::ui::widgets::run::before_after::BeforeAfter;
use crate::ui::widgets::run::loss_chart::LossChart;
use crate::ui::widgets::run::norm_chart::NormChart;
use crate::ui::widgets::run::predict::Predict;
use crate::ui::widgets::run::run_panel::RunPanel;
use crate::ui::widgets::run::sketch_curve::SketchCurve;
use crate::ui::widgets::run::what_you_saw::WhatYouSaw;
use crate::ui::widgets::schedule::schedule_chart::ScheduleChart;
use crate::ui::widgets::schedule::schedule_drawing::ScheduleDrawing;
use crate::ui::widgets::strategy::freeze_line::FreezeLine;
use crate::ui::widgets::strategy::lora_rectangles::LoraRectangles;
use crate::ui::widgets::strategy::matched_modules::MatchedModules;
use crate::ui::widgets::strategy::strategy_table::StrategyTable;
use crate::ui::widgets::strategy::target_counts::TargetCounts;
use crate::ui::widgets::weights::adapter_shelf::AdapterShelf;
use crate::ui::widgets::weights::frozen_proof::FrozenProof;
use crate::ui::widgets::weights::matrix_lens::MatrixLens;
use crate::ui::widgets::weights::parameter_map::ParameterMap;
use crate::ui::widgets::weights::update_norms::UpdateNorms;

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
fn start_with(lesson: &Lesson) {
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
    page.recorded.set(Vec::new());
    if lesson.presets().next().is_none() {
        return;
    }
    spawn_local(async move {
        let url = place::absolute(&format!("recorded/{}.json", lesson.slug));
        let text = files::read(&url).await.unwrap_or_default();
        if let Ok(records) = serde_json::from_str::<Vec<RunRecord>>(&text) {
            page.recorded.set(records);
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
