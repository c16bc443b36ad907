//! The frame around every page, and the wiring of state, engine and address.

use leptos::prelude::*;

use crate::lessons;
use crate::protocol::{RequestId, Split, asks};
use crate::ui::MODEL_NAME_CHARACTERS;
use crate::ui::browser::{place, storage};
use crate::ui::controls::engine_status::EngineStatus;
use crate::ui::controls::keep_data;
use crate::ui::controls::kept_run::go_on_after_gpu;
use crate::ui::controls::notices::NoticeList;
use crate::ui::controls::term::Popovers;
use crate::ui::controls::theme_toggle::ThemeToggle;
use crate::ui::controls::workspace::{LAB_RUNS_KEY, PROGRESS_KEY, RUNS_KEY};
use crate::ui::draft::Draft;
use crate::ui::engine_client::device_choice::DeviceWish;
use crate::ui::engine_client::{EngineClient, Wishes};
use crate::ui::learner::guess::Guess;
use crate::ui::learner::lab_runs::Ended;
use crate::ui::learner::{ChapterProgress, RunRecord, SplitScore, WordsReached};
use crate::ui::page_context::PageContext;
use crate::ui::pages::routes::{Route, value_of};
use crate::ui::pages::shown::shown_at;
use crate::ui::sources::datasets::usual;
use crate::ui::state::{Cause, Run, State};
use crate::ui::text::{address, lab, pages as text};

#[component]
pub fn App() -> impl IntoView {
    let state = RwSignal::new(State::default());
    let route = RwSignal::new(Route::parse(&place::hash()));
    let (wishes, problems) = wishes(&place::search());
    if !problems.is_empty() {
        state.update(|state| state.notices.add(Cause::Address(problems)));
    }
    if let Some(steps) = wishes.most_steps {
        state.update(|state| state.notices.add(Cause::Shortened { steps }));
    }
    let page = PageContext {
        state,
        client: EngineClient::new(state, route, wishes),
        draft: RwSignal::new(Draft::default()),
        guess: RwSignal::new(Guess::default()),
        route,
        progress: ordered(storage::kept(PROGRESS_KEY)),
        history: storage::kept(RUNS_KEY),
        recorded: RwSignal::default(),
        base: Memo::new(move |_| {
            let id = |state: &State| Some(state.source.as_ref()?.id().to_string());
            state.with(id)
        }),
        queue: RwSignal::default(),
        lab_runs: storage::shared(LAB_RUNS_KEY, move || {
            state.update(|state| state.notices.add(Cause::TableNotKept));
        }),
        kept_data: RwSignal::new(storage::value(keep_data::KEY)),
        data_url: StoredValue::default(),
        data_is_lost: RwSignal::default(),
        has_asked_to_persist: StoredValue::default(),
    };
    provide_context(page);
    page.client.boot();
    follow_address(page);
    speak_the_models_words(page);
    plan_with_settings(page);
    keep_what_is_done(page);
    persist_what_is_kept(page);
    go_on_after_gpu(page);
    view! {
        <button type="button" class="skip" on:click=move |_| place::focus_content()>
            {text::SKIP}
        </button>
        <Header />
        <NoticeList />
        <main id="content" tabindex="-1">
            {move || shown_at(route.get())}
        </main>
        <footer>
            <p>{text::FOOTER}</p>
        </footer>
        <Popovers />
    }
}

#[component]
fn Header() -> impl IntoView {
    view! {
        <header class="site">
            <a class="wordmark" href="#/">{text::NAME}</a>
            <nav aria-label=text::NAV>
                <a href="#/">{text::NAV_CHAPTER}</a> <a href="#/lab">{text::NAV_LAB}</a>
                <a href="#/results">{text::NAV_RESULTS}</a>
                <a href="#/verify">{text::NAV_VERIFY}</a>
            </nav>
            <EngineStatus />
            <ThemeToggle />
        </header>
    }
}

/// A new hash is a new page: title, top, focus, and whatever the engine must have for it.
fn follow_address(page: PageContext) {
    let route = page.route;
    let listener = window_event_listener(leptos::ev::hashchange, move |_| {
        let next = Route::parse(&place::hash());
        if route.get_untracked() != next {
            route.set(next);
            place::to_content();
        }
    });
    on_cleanup(move || listener.remove());
    Effect::new(move |_| {
        place::set_title(&title(&route.get()));
        page.client.load_what_is_needed();
    });
}

fn title(route: &Route) -> String {
    let page = match route {
        Route::Home => return text::HOME_TITLE.to_string(),
        Route::Lesson(slug) => lessons::find(slug).map_or(text::UNKNOWN_TITLE, |l| l.title),
        Route::Lab(_) => text::LAB_TITLE,
        Route::Bench(_) => text::BENCH_TITLE,
        Route::Verify => text::VERIFY_TITLE,
        Route::Results => crate::ui::text::lessons::RESULTS_TITLE,
        Route::Unknown(_) => text::UNKNOWN_TITLE,
    };
    format!("{page} · {}", text::NAME)
}

/// With an order of answers drawn for a learner who has none yet.
fn ordered(progress: RwSignal<ChapterProgress>) -> RwSignal<ChapterProgress> {
    progress.update(|progress| *progress = std::mem::take(progress).with_order(drawn_seed()));
    progress
}

/// For a learner who has none yet; never 0.
fn drawn_seed() -> u32 {
    1 + (js_sys::Math::random() * f64::from(u32::MAX - 1)) as u32
}

/// A run that ends goes on the history; runs that wait begin.
fn keep_what_is_done(page: PageContext) {
    let ended = page.watch(|state| {
        let run = state.run.as_ref().filter(|run| !run.is_going())?;
        Some(run.request_id)
    });
    let next = Memo::new(move |_| {
        page.queue
            .with(|queue| page.state.with(|state| queue.next_move(state)))
    });
    // One effect for both, because a run that starts takes the place of the one that ended.
    Effect::new(move |kept: Option<Option<RequestId>>| {
        let (ended, kept) = (ended.get(), kept.flatten());
        if ended.is_some() && ended != kept {
            let record = page
                .state
                .with_untracked(|state| RunRecord::of(state.run.as_ref()?, state));
            if let Some(record) = record {
                keep_for_the_lab(page, ended, &record);
                page.history.update(|history| history.put(record));
            }
        }
        page.move_on(next.get());
        ended.or(kept)
    });
}

/// As soon as a run is kept there is something to lose.
fn persist_what_is_kept(page: PageContext) {
    let has_kept = page.watch(|state| state.run.as_ref().is_some_and(|run| run.kept.is_some()));
    Effect::new(move |_| {
        if has_kept.get() {
            page.ask_to_persist();
        }
    });
}

/// A run of the lab stands in its table, beside what counting words reaches on the same data.
fn keep_for_the_lab(page: PageContext, request_id: Option<RequestId>, record: &RunRecord) {
    let (Some(request_id), true) = (request_id, record.lesson.is_empty()) else {
        return;
    };
    let ended = page.state.with_untracked(|state| {
        let run = state.run.as_ref()?;
        let score = |split| run.came_to(split).map(SplitScore::of);
        Some(Ended {
            request_id,
            record: record.clone(),
            words: words_reached(state, record),
            validation: score(Split::Validation),
            test: score(Split::Test),
            group: run.tag.group,
        })
    });
    if let Some(ended) = ended {
        page.lab_runs.update(|runs| runs.put(ended, lab::run_name));
    }
}

fn words_reached(state: &State, record: &RunRecord) -> Option<WordsReached> {
    let loaded = state.dataset.as_ref()?;
    let counted = state.answer::<asks::CountWords>();
    let scores = counted.done().and_then(|scores| **scores)?;
    (loaded.name == record.ground().dataset).then_some(WordsReached {
        validation: scores.validation_accuracy,
        test: scores.accuracy,
    })
}

/// The form calls modules as the loaded model does.
fn speak_the_models_words(page: PageContext) {
    let family = page.watch(|state| state.model.as_ref().map(|model| model.family));
    Effect::new(move |_| {
        let Some(family) = family.get() else { return };
        page.revise_draft(|draft| draft.adopt(family));
    });
}

/// Whenever the strategy changes, the engine is asked what it would train.
fn plan_with_settings(page: PageContext) {
    let strategy = Memo::new(move |_| page.draft.with(Draft::strategy));
    let can_plan =
        page.watch(|state| state.model.is_some() && !state.run.as_ref().is_some_and(Run::is_going));
    Effect::new(move |_| {
        let strategy = strategy.get();
        if can_plan.get() {
            page.client.ask(asks::PlanRun { strategy });
        }
    });
}

/// More than any batch has rows for.
const MOST_WORKERS: usize = 64;

/// `?device=`, `?workers=`, `?limits=`, `?simd=`, `?most_steps=` and `?model=`, and what in them could not be used.
fn wishes(search: &str) -> (Wishes, Vec<String>) {
    let mut wishes = Wishes {
        device: DeviceWish::Auto,
        model: None,
        workers: None,
        least_limits: false,
        plain_simd: false,
        most_steps: None,
        dataset: usual(),
    };
    let mut problems = Vec::new();
    if let Some(device) = value_of(search, "device") {
        match DeviceWish::parse(&device) {
            Some(wish) => wishes.device = wish,
            None => problems.push(address::device(&device)),
        }
    }
    if let Some(workers) = value_of(search, "workers") {
        match workers.parse() {
            Ok(number @ 1..=MOST_WORKERS) => wishes.workers = Some(number),
            _ => problems.push(address::workers(&workers, MOST_WORKERS)),
        }
    }
    match value_of(search, "limits").as_deref() {
        None => {}
        Some("default") => wishes.least_limits = true,
        Some(other) => problems.push(address::limits(other)),
    }
    match value_of(search, "simd").as_deref() {
        None => {}
        Some("plain") => wishes.plain_simd = true,
        Some(other) => problems.push(address::simd(other)),
    }
    if let Some(steps) = value_of(search, "most_steps") {
        match steps.parse() {
            Ok(number @ 1..) => wishes.most_steps = Some(number),
            _ => problems.push(address::most_steps(&steps)),
        }
    }
    if let Some(model) = value_of(search, "model") {
        match is_model_name(&model) {
            true => wishes.model = Some(model),
            false => problems.push(address::model(&model)),
        }
    }
    (wishes, problems)
}

/// The name becomes part of an address.
fn is_model_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || MODEL_NAME_CHARACTERS.contains(c);
    !name.is_empty() && name.chars().all(is_plain) && !name.contains("..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn device_workers_and_model_come_from_the_address() {
        let (wishes, problems) =
            wishes("?device=cpu&model=tiny-16&workers=3&limits=default&simd=plain&most_steps=24");
        assert_eq!(wishes.device, DeviceWish::Cpu);
        assert_eq!(wishes.model.as_deref(), Some("tiny-16"));
        assert_eq!(wishes.workers, Some(3));
        assert!(wishes.least_limits && wishes.plain_simd);
        assert_eq!(wishes.most_steps, Some(24));
        assert!(problems.is_empty());
    }

    #[test]
    fn what_makes_no_sense_gives_the_default_and_a_notice() {
        let (wishes, problems) =
            wishes("?device=tpu&model=../secret&workers=0&limits=none&simd=wide&most_steps=0");
        assert_eq!(wishes.device, DeviceWish::Auto);
        assert_eq!(wishes.model, None);
        assert_eq!(wishes.workers, None);
        assert!(!wishes.least_limits && !wishes.plain_simd);
        assert_eq!(wishes.most_steps, None);
        assert_eq!(problems.len(), 6);
    }
}
