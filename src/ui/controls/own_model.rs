//! Loads a model of the learner's own: looks at its configuration first, and says what it would need.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{File, HtmlInputElement};

use crate::ui::browser::own_files;
use crate::ui::draft::Draft;
use crate::ui::page_context::{PageContext, use_page};
use crate::ui::sources::hub::{folder_of, folder_of_id, no_configuration};
use crate::ui::sources::own_model::{
    CONFIG, Facts, NotFetched, OwnModel, PICKLED, Problem, WEIGHTS, WEIGHTS_INDEX, indexed_bytes,
    missing_file, name_of,
};
use crate::ui::state::Status;
use crate::ui::text::own_model as text;

/// A file of weights that is smaller is none.
const LEAST_WEIGHTS_BYTES: u64 = 1024;

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
                <FromPlace look place=&HUB />
                <FromPlace look place=&WEB />
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

/// A field for where a model lies elsewhere.
struct Place {
    id: &'static str,
    button: &'static str,
    label: &'static str,
    placeholder: &'static str,
    help: &'static str,
    /// The folder that is meant.
    folder: fn(&str) -> Option<String>,
    otherwise: Problem,
}

const HUB: Place = Place {
    id: "model-hub-id",
    button: "model-hub-look",
    label: text::HUB_ID,
    placeholder: text::HUB_ID_PLACEHOLDER,
    help: text::HUB_ID_HELP,
    folder: folder_of_id,
    otherwise: Problem::NoHubId,
};

const WEB: Place = Place {
    id: "own-model-url",
    button: "own-model-look",
    label: text::ADDRESS,
    placeholder: text::ADDRESS_PLACEHOLDER,
    help: text::ADDRESS_HELP,
    folder: folder_of,
    otherwise: Problem::NoAddress,
};

#[component]
fn FromPlace(look: RwSignal<Look>, place: &'static Place) -> impl IntoView {
    let written = RwSignal::new(String::new());
    let go = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        match (place.folder)(&written.get_untracked()) {
            Some(folder) => look_at_folder(look, folder),
            None => look.set(Look::Failed(place.otherwise.clone())),
        }
    };
    let help = format!("{}-help", place.id);
    view! {
        <form class="field" on:submit=go>
            <label class="label" for=place.id>{place.label}</label>
            <span class="line">
                <input
                    id=place.id
                    data-testid=place.id
                    type="text"
                    inputmode="url"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    placeholder=place.placeholder
                    aria-describedby=help.clone()
                    on:input=move |event| written.set(event_target_value(&event))
                />
                <button type="submit" data-testid=place.button>{text::LOOK}</button>
            </span>
            <span class="help" id=help>{place.help}</span>
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
        let is_weights = |file: &&File| file.name().ends_with(".safetensors");
        let sizes = files
            .iter()
            .filter(is_weights)
            .map(|file| file.size() as u64);
        let file_bytes = Some(sizes.sum());
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

fn look_at_folder(look: RwSignal<Look>, base_url: String) {
    look.set(Look::Going);
    spawn_local(async move {
        let found = found_in(base_url).await;
        look.set(found.unwrap_or_else(Look::Failed));
    });
}

/// What the files in a folder say of themselves; only the configuration is fetched.
async fn found_in(base_url: String) -> Result<Look, Problem> {
    let config = own_files::fetch_text(&format!("{base_url}{CONFIG}")).await;
    let config = config.map_err(|reason| no_configuration(&base_url, reason))?;
    let facts = Facts::parse(&config)?;
    let file_bytes = match own_files::size_of(&format!("{base_url}{WEIGHTS}")).await {
        Ok(Some(bytes)) if bytes < LEAST_WEIGHTS_BYTES => return Err(Problem::Pointer(bytes)),
        Ok(bytes) => bytes,
        Err(NotFetched::Status(404)) => several_files(&base_url).await?,
        // A server that says nothing of its files' sizes may still hand them out.
        Err(_) => None,
    };
    let name = name_of(&base_url);
    Ok(Look::Found {
        facts,
        file_bytes,
        model: OwnModel::Folder { name, base_url },
    })
}

/// How large the weights are together where they lie in several files; a problem where they do not.
async fn several_files(base_url: &str) -> Result<Option<u64>, Problem> {
    let index = own_files::fetch_text(&format!("{base_url}{WEIGHTS_INDEX}")).await;
    if let Ok(index) = index {
        return Ok(indexed_bytes(&index));
    }
    let pickled = own_files::size_of(&format!("{base_url}{PICKLED}")).await;
    Err(match pickled {
        Ok(_) => Problem::OnlyPickled,
        Err(_) => Problem::NoWeights,
    })
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
