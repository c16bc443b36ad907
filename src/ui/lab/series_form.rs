//! Asking for several runs at once: seeds, and one or two settings to sweep.

use leptos::prelude::*;

use crate::ui::page_context::use_page;
use crate::ui::series::pace::Pace;
use crate::ui::series::{Series, Wish, keys};
use crate::ui::text::{lab as text, run as words};

#[component]
pub fn SeriesForm() -> impl IntoView {
    let page = use_page();
    let wish = RwSignal::new(Wish::default());
    let series = Memo::new(move |_| {
        let wish = wish.get();
        page.draft.with(|draft| Series::of(draft, &wish))
    });
    let is_untouched = move || wish.with(|wish| *wish == Wish::default());
    let is_refused = move || series.with(Result::is_err) && !is_untouched();
    let label = move || {
        series.with(|series| match series {
            Ok(series) => text::start_series(series.count()),
            Err(_) => text::START_NO_SERIES.to_owned(),
        })
    };
    let has_engine = page.watch(|state| state.model.is_some());
    let cannot = move || series.with(Result::is_err) || !has_engine.get();
    let start = move |_| {
        if let Ok(series) = series.get_untracked() {
            page.queue_series(series);
        }
    };
    view! {
        <fieldset class="series" data-testid="series">
            <legend>{text::SERIES}</legend>
            <p class="quiet">{text::SERIES_LEAD}</p>
            <Repeat wish />
            <Sweep wish place=0 />
            <Sweep wish place=1 />
            <p class:refusal=is_refused role="status" data-testid="series-told">{told(series)}</p>
            <button type="button" data-testid="series-start" disabled=cannot on:click=start>
                {label}
            </button>
        </fieldset>
    }
}

/// How many runs, and how long they will take; or what is wrong.
fn told(series: Memo<Result<Series, String>>) -> impl Fn() -> String + Copy {
    let page = use_page();
    let pace = page.watch(|state| state.run.as_ref().and_then(Pace::of));
    let rows = page.watch(|state| state.dataset.as_ref().map_or(0, |set| set.train_rows));
    move || {
        series.with(|series| match series {
            Ok(series) => {
                let millis = pace.get().map(|pace| {
                    let each = series.drafts().map(|draft| pace.millis(draft, rows.get()));
                    each.sum()
                });
                text::series_told(series.points, series.seeds, millis)
            }
            Err(why) => why.clone(),
        })
    }
}

#[component]
fn Repeat(wish: RwSignal<Wish>) -> impl IntoView {
    let typed = RwSignal::new(text::USUAL_SEEDS.to_owned());
    let is_on = Memo::new(move |_| wish.with(|wish| wish.seeds.is_some()));
    let switch = move |event| {
        let is_on = event_target_checked(&event);
        let seeds = is_on.then(|| typed.get_untracked());
        wish.update(|wish| wish.seeds = seeds);
    };
    let change = move |event| {
        typed.set(event_target_value(&event));
        if is_on.get_untracked() {
            wish.update(|wish| wish.seeds = Some(typed.get_untracked()));
        }
    };
    view! {
        <div class="repeat">
            <label class="check-label">
                <input type="checkbox" data-testid="repeat" prop:checked=is_on on:change=switch />
                {text::REPEAT}
            </label>
            <input
                type="text"
                inputmode="numeric"
                size="3"
                data-testid="seeds"
                aria-label=text::SEEDS_LABEL
                prop:value=typed
                on:input=change
            />
            <span>{text::SEEDS}</span>
        </div>
    }
}

#[component]
fn Sweep(wish: RwSignal<Wish>, place: usize) -> impl IntoView {
    let page = use_page();
    let keys = Memo::new(move |_| page.draft.with(keys));
    let chosen = Memo::new(move |_| wish.with(|wish| wish.sweeps[place].0.clone()));
    let choose = move |event| {
        let key = event_target_value(&event);
        wish.update(|wish| wish.sweeps[place].0 = key);
    };
    let write = move |event| {
        let values = event_target_value(&event);
        wish.update(|wish| wish.sweeps[place].1 = values);
    };
    forget_lost(wish, place, keys, chosen);
    view! {
        <div class="sweep">
            <span>{text::SWEEP[place]}</span>
            <select
                data-testid=format!("sweep-key-{place}")
                aria-label=text::SWEEP_LABEL[place]
                prop:value=chosen
                on:change=choose
            >
                <option value="" selected=move || chosen.with(String::is_empty)>{text::NO_SWEEP}</option>
                {options(keys, chosen)}
            </select>
            <input
                type="text"
                autocomplete="off"
                spellcheck="false"
                placeholder=move || chosen.with(|key| text::values_example(key))
                data-testid=format!("sweep-values-{place}")
                aria-label=text::VALUES_LABEL[place]
                disabled=move || chosen.with(String::is_empty)
                on:input=write
            />
        </div>
    }
}

fn options(keys: Memo<Vec<&'static str>>, chosen: Memo<String>) -> impl Fn() -> AnyView {
    let option = move |key: &'static str| {
        let words = words::field(key).0;
        view! { <option value=key selected=move || chosen.get() == key>{words}</option> }
    };
    move || keys.get().into_iter().map(option).collect_view().into_any()
}

/// A strategy without the setting has no sweep of it.
fn forget_lost(
    wish: RwSignal<Wish>,
    place: usize,
    keys: Memo<Vec<&'static str>>,
    chosen: Memo<String>,
) {
    Effect::new(move |_| {
        let key = chosen.get();
        if !key.is_empty() && !keys.with(|keys| keys.contains(&&key[..])) {
            wish.update(|wish| wish.sweeps[place].0.clear());
        }
    });
}
