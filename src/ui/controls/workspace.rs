//! The whole workspace as one file, out and in.
//!
//! Test ids: `export-workspace`, the button; `import-workspace`, the file field; `workspace-told`, what became of it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::keep_data;
use crate::protocol::{TextFile, Workspace, asks};
use crate::ui::browser::{kept_files, own_files, place, storage};
use crate::ui::learner::{ChapterProgress, RunHistory};
use crate::ui::page_context::{PageContext, use_page};
use crate::ui::sources::kept_data::KeptData;
use crate::ui::state::{Answer, State};
use crate::ui::text::keeping as text;

/// Where the browser keeps what was learnt, and the lab's table.
pub const PROGRESS_KEY: &str = "warmup.progress";
pub const RUNS_KEY: &str = "warmup.runs";
pub const LAB_RUNS_KEY: &str = "warmup.lab_runs";

/// Of the archive.
const NAME: &str = "warmup-workspace";

#[component]
pub fn WorkspaceControl() -> impl IntoView {
    let page = use_page();
    let is_idle = page.watch(State::is_idle);
    let packed = page.watch(|state| state.answer::<asks::PackWorkspace>());
    let unpacked = page.watch(|state| state.answer::<asks::UnpackWorkspace>());
    let told = RwSignal::new(String::new());
    Effect::new(move |was_going: Option<bool>| {
        let answer = packed.get();
        match (&answer, was_going) {
            (Answer::Done(archive), Some(true)) => {
                own_files::save(&format!("{}.zip", archive.name), &archive.bytes);
                told.set(text::saved(archive.bytes.len() as u64));
            }
            (Answer::Failed(error), _) => told.set(error.to_string()),
            _ => {}
        }
        answer.is_going()
    });
    Effect::new(move |was_going: Option<bool>| {
        let answer = unpacked.get();
        match (&answer, was_going) {
            (Answer::Done(workspace), Some(true)) => {
                let workspace = (**workspace).clone();
                spawn_local(async move { told.set(put_in_place(workspace).await) });
            }
            (Answer::Failed(error), _) => told.set(error.to_string()),
            _ => {}
        }
        answer.is_going()
    });
    let choose = move |event: leptos::ev::Event| {
        let input = event.target();
        let input = input.and_then(|t| t.dyn_into::<HtmlInputElement>().ok());
        let Some(input) = input else { return };
        let file = own_files::addresses(&own_files::chosen(&input)).pop();
        input.set_value("");
        if let Some(file) = file {
            page.client.ask(asks::UnpackWorkspace { url: file.url });
        }
    };
    view! {
        <div class="workspace">
            <p class="quiet">{text::WORKSPACE_LEAD}</p>
            <div class="buttons">
                <button
                    type="button"
                    data-testid="export-workspace"
                    disabled=move || !is_idle.get()
                    on:click=move |_| pack(page)
                >
                    {text::EXPORT}
                </button>
                <label class="field">
                    <span class="label">{text::IMPORT}</span>
                    <input
                        type="file"
                        accept=".zip,application/zip"
                        data-testid="import-workspace"
                        disabled=move || !is_idle.get()
                        on:change=choose
                    />
                </label>
            </div>
            <p role="status" data-testid="workspace-told">{told}</p>
        </div>
    }
}

fn pack(page: PageContext) {
    let keys = [PROGRESS_KEY, RUNS_KEY, LAB_RUNS_KEY, keep_data::KEY];
    let text = |key: &str| {
        Some(TextFile {
            name: format!("{key}.json"),
            text: storage::text(key)?,
        })
    };
    let has_data = page.kept_data.with_untracked(Option::is_some);
    let url = page.data_url.get_value();
    page.client.ask(asks::PackWorkspace {
        name: NAME.to_string(),
        texts: keys.into_iter().filter_map(text).collect(),
        data_url: (has_data && !url.is_empty()).then_some(url),
    });
}

/// Stores everything where the page looks for it when it is opened, and opens it anew. What keeps the file open to the
/// learner is told instead.
async fn put_in_place(workspace: Workspace) -> String {
    let text = |key: &str| {
        let name = format!("{key}.json");
        let found = workspace.texts.iter().find(|file| file.name == name);
        found.map(|file| file.text.clone())
    };
    let is_stored = [
        storage::join::<ChapterProgress>(PROGRESS_KEY, text(PROGRESS_KEY)),
        storage::join::<RunHistory>(RUNS_KEY, text(RUNS_KEY)),
        storage::put_text(LAB_RUNS_KEY, text(LAB_RUNS_KEY)),
        put_data(text(keep_data::KEY), workspace.data.as_deref()).await,
    ];
    match (&workspace.run_refused, is_stored) {
        (None, [true, true, true, true]) => {
            place::reload();
            text::OPENED.to_string()
        }
        (Some(reason), [true, true, true, true]) => text::opened_without_run(reason),
        _ => text::OPENED_IN_PART.to_string(),
    }
}

/// The bytes first, then the note on them. Nothing to do is done.
async fn put_data(note: Option<String>, bytes: Option<&[u8]>) -> bool {
    let (Some(note), Some(bytes)) = (note, bytes) else {
        return true;
    };
    let Ok(note) = serde_json::from_str::<KeptData>(&note) else {
        return false;
    };
    storage::forget_value(keep_data::KEY);
    let Some(file) = own_files::address_of_bytes(&note.file, bytes) else {
        return false;
    };
    match kept_files::keep(&file).await {
        Some(size) if size == note.bytes => storage::write_value(keep_data::KEY, &note),
        _ => false,
    }
}
