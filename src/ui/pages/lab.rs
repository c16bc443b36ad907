//! The live run with every control; its settings are the address.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::protocol::Split;
use crate::ui::browser::place;
use crate::ui::controls::bring_adapter::BringAdapter;
use crate::ui::controls::field::Field;
use crate::ui::controls::keep_data::{bring_back, keep_own_data};
use crate::ui::controls::kept_run::KeptRunPanel;
use crate::ui::controls::kept_weights::KeptWeights;
use crate::ui::controls::model_picker::ModelPicker;
use crate::ui::controls::own_data::OwnDataControl;
use crate::ui::controls::own_model::OwnModelControl;
use crate::ui::controls::run_buttons::RunButtons;
use crate::ui::draft::Draft;
use crate::ui::lab::curves::Overlays;
use crate::ui::lab::luck::Luck;
use crate::ui::lab::scatter::GainAgainstDamage;
use crate::ui::lab::seal::{Seal, ShownSplit};
use crate::ui::lab::series_form::SeriesForm;
use crate::ui::lab::sureness::Sureness;
use crate::ui::lab::table::RunTable;
use crate::ui::lab::threshold::Threshold;
use crate::ui::lab::waiting::Waiting;
use crate::ui::page_context::{PageContext, use_page};
use crate::ui::sources::datasets::usual;
use crate::ui::state::{Cause, Run};
use crate::ui::text::lab as words_of_lab;
use crate::ui::text::{judging, pages as text, run as words};
use crate::ui::widgets::asking::generate_box::GenerateBox;
use crate::ui::widgets::asking::prompting::PromptTable;
use crate::ui::widgets::asking::try_box::TryBox;
use crate::ui::widgets::data::confusion::Confusion;
use crate::ui::widgets::data::data_peek::DataPeek;
use crate::ui::widgets::data::mistakes::Mistakes;
use crate::ui::widgets::data::word_counts::WordCounts;
use crate::ui::widgets::forgetting::forgetting_chart::ForgettingChart;
use crate::ui::widgets::programs::export_script::ExportScript;
use crate::ui::widgets::run::before_after::BeforeAfter;
use crate::ui::widgets::run::loss_chart::LossChart;
use crate::ui::widgets::run::run_panel::{Figures, Progress, Settings};
use crate::ui::widgets::run::take_home::TakeHome;
use crate::ui::widgets::schedule::schedule_chart::ScheduleChart;
use crate::ui::widgets::strategy::matched_modules::MatchedModules;
use crate::ui::widgets::weights::adapter_shelf::AdapterShelf;
use crate::ui::widgets::weights::frozen_proof::FrozenProof;
use crate::ui::widgets::weights::parameter_map::ParameterMap;

#[component]
pub fn Lab(query: String) -> impl IntoView {
    let page = use_page();
    read_address(&query);
    bring_back(page, &query);
    keep_own_data(page);
    let hash = Memo::new(move |_| {
        page.draft
            .with(|draft| format!("#/lab?{}", draft.to_query()))
    });
    Effect::new(move |_| place::replace_hash(&hash.get()));
    view! {
        <article class="lab">
            <header>
                <h1>{text::LAB_TITLE}</h1>
                <p class="lead">{text::LAB_LEAD}</p>
            </header>
            <KeptRunPanel />
            <div class="workbench">
                <div class="set-up">
                    <SetUp hash />
                </div>
                <div class="happening">
                    <Happening />
                </div>
            </div>
            <Compared />
            <TheRun />
        </article>
    }
}

/// Data, settings, series and model: what a run is made of.
#[component]
fn SetUp(hash: Memo<String>) -> impl IntoView {
    view! {
        <DataChoice />
        <section class="exhibit run_panel">
            <h2>{words_of_lab::SETTINGS_TITLE}</h2>
            <Settings in_lab=true />
            <Share hash />
            <SeriesForm />
        </section>
        <section class="exhibit"><ModelPicker /><OwnModelControl /><KeptWeights /></section>
    }
}

/// What the engine is at, and what it measures.
#[component]
fn Happening() -> impl IntoView {
    view! {
        <section class="exhibit run_panel">
            <h2>{words_of_lab::RUN_TITLE}</h2>
            <RunButtons />
            <Progress />
            <Waiting />
            <Figures />
            <ShownSplit />
        </section>
        <Titled title=text::LAB_LOSS><LossChart /></Titled>
        <Titled title=text::LAB_SCHEDULE><ScheduleChart /></Titled>
        <Titled title=text::LAB_FORGETTING><ForgettingChart /></Titled>
    }
}

/// All runs side by side.
#[component]
fn Compared() -> impl IntoView {
    view! {
        <h2>{text::LAB_RUNS}</h2>
        <section class="exhibit"><RunTable /><Seal /></section>
        <Titled title=words_of_lab::CURVES><Overlays /></Titled>
        <div class="pair">
            <Titled title=words_of_lab::SCATTER_TITLE><GainAgainstDamage /></Titled>
            <Titled title=judging::LUCK><Luck /></Titled>
        </div>
    }
}

/// The last run from close by.
#[component]
fn TheRun() -> impl IntoView {
    view! {
        <h2>{text::LAB_RESULT}</h2>
        <section class="exhibit"><BeforeAfter /></section>
        <div class="pair">
            <Titled title=text::LAB_CONFUSION><Confusion /></Titled>
            <Titled title=text::LAB_MISTAKES><Mistakes /></Titled>
        </div>
        <div class="pair">
            <Titled title=judging::SURENESS><Sureness /></Titled>
            <Threshold />
        </div>
        <h2>{text::LAB_PARAMETERS}</h2>
        <section class="exhibit"><ParameterMap /></section>
        <div class="pair">
            <Titled title=text::LAB_MATCHED><MatchedModules /></Titled>
            <Titled title=text::LAB_FROZEN><FrozenProof /></Titled>
        </div>
        <h2>{text::LAB_TRY}</h2>
        <div class="pair">
            <Titled title=text::LAB_CLASSIFY><TryBox /></Titled>
            <Titled title=text::LAB_GENERATE><GenerateBox offer_tuned=true /></Titled>
        </div>
        <Titled title=text::LAB_PROMPTING>
            <p class="quiet">{text::LAB_PROMPTING_LEAD}</p>
            <PromptTable split=Split::Validation />
        </Titled>
        <h2>{text::LAB_ADAPTERS}</h2>
        <section class="exhibit"><BringAdapter /><AdapterShelf /></section>
        <h2>{text::LAB_TAKE_HOME}</h2>
        <section class="exhibit"><TakeHome /></section>
        <h2>{text::LAB_SCRIPT}</h2>
        <section class="exhibit"><ExportScript /></section>
    }
}

/// Which data set, what it is, and a look at it.
#[component]
fn DataChoice() -> impl IntoView {
    let page = use_page();
    let set = Memo::new(move |_| page.draft.with(|draft| draft.dataset.clone()));
    let task = Memo::new(move |_| page.draft.with(Draft::task));
    take_data_of_the_family(page);
    Effect::new(move |_| page.client.use_dataset(set.get()));
    // Lessons work on the set they were written for.
    on_cleanup(move || page.client.use_dataset(usual()));
    view! {
        <section class="exhibit data_choice" data-testid="data-choice">
            <Field key="data" />
            <p data-task=move || task.get().name()>
                {move || words::task(task.get())} " " {move || set.get().card()}
            </p>
            <DataPeek />
            <WordCounts />
            <OwnDataControl />
        </section>
    }
}

/// Whenever a model is here: the usual data, unless somebody has chosen other data that its family learns from.
fn take_data_of_the_family(page: PageContext) {
    let family = page.watch(|state| state.model.as_ref().map(|model| model.family));
    Effect::new(move |_| {
        let Some(family) = family.get() else { return };
        let problem = page.revise_draft(|draft| {
            draft.adopt(family);
            draft.adopt_data()
        });
        if let Some(problem) = problem {
            page.state
                .update(|state| state.notices.add(Cause::Address(vec![problem])));
        }
    });
}

#[component]
fn Titled(title: &'static str, children: Children) -> impl IntoView {
    view! {
        <section class="exhibit">
            <h3>{title}</h3>
            {children()}
        </section>
    }
}

/// Takes the settings from the address, where it has any and no run is going.
fn read_address(query: &str) {
    let page = use_page();
    let is_going = page
        .state
        .with_untracked(|state| state.run.as_ref().is_some_and(Run::is_going));
    if query.is_empty() || is_going {
        return;
    }
    let (draft, problems) = Draft::from_address(query);
    page.draft.set(draft);
    if !problems.is_empty() {
        page.state
            .update(|state| state.notices.add(Cause::Address(problems)));
    }
}

#[component]
fn Share(hash: Memo<String>) -> impl IntoView {
    let address = move || place::address_with_hash(&hash.get());
    let label = RwSignal::new(text::COPY);
    let copy = move |_| {
        let address = address();
        spawn_local(async move {
            let copied = place::copy(&address).await;
            label.set(if copied {
                text::COPIED
            } else {
                text::COPY_BY_HAND
            });
        });
    };
    Effect::new(move |_| {
        hash.track();
        label.set(text::COPY);
    });
    view! {
        <div class="share">
            <label for="share-url">{text::SHARE}</label>
            <input id="share-url" data-testid="share-url" type="text" readonly prop:value=address />
            <button type="button" on:click=copy>{label}</button>
        </div>
    }
}
