//! Loads a model of the learner's own: looks at its configuration first, and says what it would need.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{File, HtmlInputElement};

use crate::ui::browser::own_files;
use crate::ui::draft::Draft;
use crate::ui::page_context::{PageContext, use_page};
use crate::ui::sources::own_model::{
    CONFIG, Facts, OwnModel, Problem, WEIGHTS, folder_of, missing_file, name_of,
};
use crate::ui::state::Status;
use crate::ui::text::own_model as text;

/// How far looking at a model has come.
#[derive(Debug, Clone, PartialEq)]
enum Look {
    Nothing,
    Going,
    Failed(Problem),
    Found {
        facts: Facts,
        file_bytes: Option<u64>,
        model: OwnModel,
    },
}

#[component]
pub fn OwnModelControl() -> impl IntoView {
    let look = RwSignal::new(Look::Nothing);
    view! {
        <details class="own_model" data-testid="own-model">
            <summary>{text::TITLE}</summary>
            <p class="quiet">{text::LEAD}</p>
            <div class="sources">
                <FromFiles look />
                <FromAddress look />
            </div>
            <Finding look />
            <Peak />
        </details>
    }
}

#[component]
fn FromFiles(look: RwSignal<Look>) -> impl IntoView {
    let change = move |event: leptos::ev::Event| {
        let input = event
            .target()
            .and_then(|t| t.dyn_into::<HtmlInputElement>().ok());
        let files = input.map(|input| own_files::chosen(&input));
        look_at_files(look, files.unwrap_or_default());
    };
    view! {
        <div class="field">
            <label class="label" for="own-model-files">{text::FILES}</label>
            <input
                id="own-model-files"
                data-testid="own-model-files"
                type="file"
                multiple
                accept=".json,.txt,.safetensors"
                aria-describedby="own-model-files-help"
                on:change=change
            />
            <span class="help" id="own-model-files-help">{text::FILES_HELP}</span>
        </div>
    }
}

#[component]
fn FromAddress(look: RwSignal<Look>) -> impl IntoView {
    let address = RwSignal::new(String::new());
    let go = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        look_at_address(look, &address.get_untracked());
    };
    view! {
        <form class="field" on:submit=go>
            <label class="label" for="own-model-url">{text::ADDRESS}</label>
            <span class="line">
                <input
                    id="own-model-url"
                    data-testid="own-model-url"
                    type="text"
                    inputmode="url"
                    autocomplete="off"
                    spellcheck="false"
                    placeholder="https://"
                    aria-describedby="own-model-url-help"
                    on:input=move |event| address.set(event_target_value(&event))
                />
                <button type="submit" data-testid="own-model-look">{text::LOOK}</button>
            </span>
            <span class="help" id="own-model-url-help">{text::ADDRESS_HELP}</span>
        </form>
    }
}

fn look_at_files(look: RwSignal<Look>, files: Vec<File>) {
    if files.is_empty() {
        return look.set(Look::Nothing);
    }
    let names: Vec<String> = files.iter().map(File::name).collect();
    if let Some(problem) = missing_file(&names) {
        return look.set(Look::Failed(problem));
    }
    look.set(Look::Going);
    spawn_local(async move {
        let of = |name: &str| files.iter().find(|file| file.name() == name);
        let config = match of(CONFIG) {
            Some(file) => own_files::text_of(file).await.unwrap_or_default(),
            None => return,
        };
        let file_bytes = of(WEIGHTS).map(|file| file.size() as u64);
        look.set(match Facts::parse(&config) {
            Err(problem) => Look::Failed(problem),
            Ok(facts) => Look::Found {
                facts,
                file_bytes,
                model: OwnModel::Files {
                    name: text::NAME.to_owned(),
                    files: own_files::addresses(&files),
                },
            },
        });
    });
}

fn look_at_address(look: RwSignal<Look>, address: &str) {
    let Some(base_url) = folder_of(address) else {
        return look.set(Look::Failed(Problem::NoAddress));
    };
    look.set(Look::Going);
    spawn_local(async move {
        let found = match own_files::fetch_text(&format!("{base_url}{CONFIG}")).await {
            Ok(config) => Facts::parse(&config),
            Err(reason) => Err(Problem::NotFetched(reason)),
        };
        let facts = match found {
            Ok(facts) => facts,
            Err(problem) => return look.set(Look::Failed(problem)),
        };
        let file_bytes = own_files::size_of(&format!("{base_url}{WEIGHTS}")).await;
        let name = name_of(&base_url);
        look.set(Look::Found {
            facts,
            file_bytes,
            model: OwnModel::Folder { name, base_url },
        });
    });
}

#[component]
fn Finding(look: RwSignal<Look>) -> impl IntoView {
    let page = use_page();
    move || match look.get() {
        Look::Nothing => ().into_any(),
        Look::Going => view! { <p role="status">{text::LOOKING}</p> }.into_any(),
        Look::Failed(problem) => view! {
            <p class="refusal" role="alert" data-testid="own-model-problem">
                {text::problem(&problem)}
            </p>
        }
        .into_any(),
        Look::Found {
            facts,
            file_bytes,
            model,
        } => found(page, &facts, file_bytes, model).into_any(),
    }
}

/// What the last run came to hold, to be set beside what was reckoned.
#[component]
fn Peak() -> impl IntoView {
    let page = use_page();
    let peak = page.watch(|state| {
        let summary = state.run.as_ref()?.summary()?;
        summary.peak_memory_bytes
    });
    move || {
        peak.get().map(|bytes| {
            view! {
                <p class="quiet" data-testid="metric-peak-memory" data-value=bytes>
                    {text::peak(bytes)}
                </p>
            }
        })
    }
}

fn found(
    page: PageContext,
    facts: &Facts,
    file_bytes: Option<u64>,
    model: OwnModel,
) -> impl IntoView {
    let sentence = text::facts(facts);
    let parameters = facts.parameters();
    let of_settings = facts.clone();
    let need = Memo::new(move |_| of_settings.need(&page.draft.with(Draft::settings)));
    let device = page.watch(|state| state.device.as_ref().map(|device| device.kind));
    let is_busy = page.watch(|state| {
        !matches!(state.status(), Status::Ready | Status::Failed) || state.device.is_none()
    });
    let is_running =
        page.watch(|state| matches!(state.status(), Status::Training | Status::Paused));
    view! {
        <div class="found" role="status">
            <p data-testid="own-model-facts" data-value=parameters>{sentence}</p>
            <p data-testid="own-model-need" data-value=move || need.get().total_bytes()>
                {move || text::need(need.get(), file_bytes)}
            </p>
            <p class="caution">{move || text::caution(need.get(), device.get())}</p>
        </div>
        <div class="buttons">
            <button
                type="button"
                class="primary"
                data-testid="own-model-load"
                disabled=is_busy
                on:click=move |_| page.client.load_own_model(model.clone())
            >
                {text::LOAD}
            </button>
            <span class="quiet">{move || is_running.get().then_some(text::BUSY)}</span>
        </div>
    }
}
