//! Keeps the learner's own data with the browser, and brings it back after a reload.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::data_reading::inspect;
use crate::protocol::{DataReport, NamedUrl, asks};
use crate::ui::browser::{kept_files, storage};
use crate::ui::page_context::PageContext;
use crate::ui::sources::datasets::DataSource;
use crate::ui::sources::kept_data::KeptData;
use crate::ui::sources::own_data::OwnData;
use crate::ui::state::Answer;

/// Where the note on the file is kept.
pub const KEY: &str = "warmup.own_data";

/// Own data that the lab works with is kept, with the choices made on it.
pub fn keep_own_data(page: PageContext) {
    let own = Memo::new(move |_| page.draft.with(|draft| draft.dataset.own().cloned()));
    Effect::new(move |was_own: Option<bool>| {
        let own = own.get();
        let is_own = own.is_some();
        match own {
            Some(own) => spawn_local(async move { keep(page, &own).await }),
            None if was_own == Some(true) => note_unused(page),
            None => {}
        }
        is_own
    });
}

/// The learner has chosen a shipped set: that one comes after a reload.
fn note_unused(page: PageContext) {
    let Some(kept) = page.kept_data.get_untracked() else {
        return;
    };
    let kept = KeptData {
        is_used: false,
        ..kept
    };
    if storage::write_value(KEY, &kept) {
        page.kept_data.set(Some(kept));
    }
}

async fn keep(page: PageContext, own: &Arc<OwnData>) {
    let kept = page.kept_data.get_untracked();
    let is_there = page.data_url.with_value(|url| *url == own.report.file.url);
    let bytes = match kept.filter(|_| is_there) {
        Some(kept) => Some(kept.bytes),
        None => {
            // Without its note what is written now is no kept file.
            forget_note(page);
            kept_files::keep(&own.report.file).await
        }
    };
    let kept = bytes.map(|bytes| KeptData::of(own, bytes));
    let kept = kept.filter(|kept| storage::write_value(KEY, kept));
    page.data_is_lost.set(kept.is_none());
    if let Some(kept) = kept {
        page.data_url.set_value(own.report.file.url.clone());
        page.kept_data.set(Some(kept));
        page.ask_to_persist();
    }
}

fn forget_note(page: PageContext) {
    storage::forget_value(KEY);
    page.kept_data.set(None);
}

impl PageContext {
    /// Throws the kept file away; the page goes on with what it has in memory.
    pub fn forget_data(self) {
        forget_note(self);
        self.data_url.set_value(String::new());
        spawn_local(kept_files::forget());
    }
}

/// Reads the kept file again once the engine is there, as the learner had it read. Where the address leaves that open, the
/// lab works with it from then on.
pub fn bring_back(page: PageContext, query: &str) {
    let Some(kept) = page.kept_data.get_untracked() else {
        return;
    };
    let has_it = page.data_url.with_value(|url| !url.is_empty());
    if has_it {
        return;
    }
    let file = RwSignal::new(None::<NamedUrl>);
    let sought = kept.clone();
    spawn_local(async move {
        match kept_files::find(&sought.file, sought.bytes).await {
            Some(found) => file.set(Some(found)),
            // Another tab has kept another, or the browser has thrown it away.
            None => forget_note(page),
        }
    });
    let is_up = page.watch(|state| state.device.is_some());
    let choice = kept.choice.clone();
    Effect::new(move |asked: Option<bool>| {
        let (is_up, file) = (is_up.get(), file.get());
        match file.filter(|_| is_up && asked != Some(true)) {
            Some(file) => {
                page.data_url.set_value(file.url.clone());
                inspect(page, file, choice.clone());
                true
            }
            None => asked.unwrap_or_default(),
        }
    });
    if kept.is_wanted(query) {
        use_when_read(page, kept);
    }
}

/// The lab works with the file as soon as the engine has read it.
fn use_when_read(page: PageContext, kept: KeptData) {
    let answer = page.watch(|state| state.answer::<asks::InspectData>());
    let is_its = move |report: &DataReport| {
        page.data_url.with_value(|url| *url == report.file.url) && report.problem.is_none()
    };
    Effect::new(move |was_used: Option<bool>| {
        let is_used = was_used.unwrap_or_default();
        let Answer::Done(report) = answer.get() else {
            return is_used;
        };
        if is_used || !is_its(&report) {
            return is_used;
        }
        let own = OwnData {
            name: kept.name.clone(),
            report: (*report).clone(),
        };
        page.draft.update(|draft| {
            draft.dataset = DataSource::Own(Arc::new(own));
        });
        true
    });
}
