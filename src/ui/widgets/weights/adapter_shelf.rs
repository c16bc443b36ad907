//! The adapters that finished runs have left: which one answers, how loud each is, and all of them merged into W.

use leptos::prelude::*;

use crate::protocol::{AskKind, BlendPart, RunId, asks};
use crate::ui::controls::honesty_badge::{HonestyBadge, Origin};
use crate::ui::controls::slider::Slider;
use crate::ui::page_context::use_page;
use crate::ui::state::{Answer, KeptAdapter, State};
use crate::ui::text::adapters as text;
use crate::ui::text::format;
use crate::ui::widgets::Frame;

pub const FRAME: Frame = Frame::Wide;

/// The loudest that an adapter can be set.
const LOUDEST: f64 = 2.0;

/// How the learner has set the shelf.
#[derive(Debug, Clone, PartialEq, Default)]
struct Mix {
    /// Whose head answers; none where the last run has left no adapter.
    first: Option<RunId>,
    /// Volumes that were moved; the others are at their start.
    volumes: Vec<(RunId, f64)>,
    is_merged: bool,
}

impl Mix {
    /// What answers now.
    fn of(state: &State) -> Self {
        match state.answer::<asks::BlendAdapters>().done() {
            Some(voice) => Self {
                first: voice.parts.first().map(|part| part.run_id),
                volumes: voice.parts.iter().map(|p| (p.run_id, p.weight)).collect(),
                is_merged: voice.merged,
            },
            None => Self {
                first: newest(state),
                ..Self::default()
            },
        }
    }

    fn volume(&self, run: RunId) -> f64 {
        let moved = self.volumes.iter().find(|(id, _)| *id == run);
        let start = f64::from(u8::from(self.first == Some(run)));
        moved.map_or(start, |(_, volume)| *volume)
    }

    fn turn(&mut self, run: RunId, volume: f64) {
        self.volumes.retain(|(id, _)| *id != run);
        self.volumes.push((run, volume));
    }

    /// The one whose head answers first, silent others left out.
    fn parts(&self, adapters: &[KeptAdapter]) -> Vec<BlendPart> {
        let Some(first) = self.first else {
            return Vec::new();
        };
        let others = adapters.iter().map(|adapter| adapter.info.run_id);
        std::iter::once(first)
            .chain(others.filter(|run| *run != first && self.volume(*run) != 0.0))
            .map(|run_id| BlendPart {
                run_id,
                weight: self.volume(run_id),
            })
            .collect()
    }
}

#[component]
pub fn AdapterShelf() -> impl IntoView {
    let page = use_page();
    let adapters = page.watch(|state| state.adapters.clone());
    let mix = RwSignal::new(page.state.with_untracked(Mix::of));
    let wanted =
        Memo::new(move |_| mix.with(|mix| (adapters.with(|all| mix.parts(all)), mix.is_merged)));
    let sent = StoredValue::new(wanted.get_untracked());
    let newest_run = page.watch(newest);
    // A run that ends answers by itself, as it was trained.
    Effect::new(move |was: Option<Option<RunId>>| {
        let now = newest_run.get();
        if was.is_some_and(|was| was != now) {
            mix.set(page.state.with_untracked(Mix::of));
            sent.set_value(wanted.get_untracked());
        }
        now
    });
    let can_ask = page.watch(|state| state.is_idle() && !state.is_asked(AskKind::BlendAdapters));
    // The newest wish is sent as soon as the one before has been answered.
    Effect::new(move |_| {
        let (parts, merged) = wanted.get();
        let is_new = sent.with_value(|sent| *sent != (parts.clone(), merged));
        if can_ask.get() && is_new && !parts.is_empty() {
            sent.set_value((parts.clone(), merged));
            page.client.ask(asks::BlendAdapters { parts, merged });
        }
    });
    let rows = move || {
        adapters.with(|adapters| {
            let rows = adapters.iter().rev();
            rows.map(|kept| row(kept, mix)).collect_view()
        })
    };
    let said = page.watch(|state| match state.answer::<asks::BlendAdapters>() {
        Answer::Failed(error) => error.to_string(),
        Answer::Going => text::GOING.to_string(),
        Answer::Done(voice) if voice.merged => text::merged(voice.added_parameters),
        Answer::Done(voice) => text::beside(voice.parts.len(), voice.added_parameters),
        Answer::Idle if newest(state).is_none() => text::NO_ADAPTER.to_string(),
        Answer::Idle => text::AS_TRAINED.to_string(),
    });
    let is_empty = move || adapters.with(Vec::is_empty);
    view! {
        <div class="adapter_shelf" data-testid="adapter-shelf">
            <p class="empty" hidden=move || !is_empty()>{text::EMPTY}</p>
            <div hidden=is_empty>
                <ol class="kept">{rows}</ol>
                <label class="choice">
                    <input
                        type="checkbox"
                        data-testid="merge"
                        prop:checked=move || mix.with(|mix| mix.is_merged)
                        on:change=move |event| {
                            let is_merged = event_target_checked(&event);
                            mix.update(|mix| mix.is_merged = is_merged);
                        }
                    />
                    <span>{text::MERGE}</span>
                </label>
                <p class="quiet" role="status" data-testid="blend-said">{said}</p>
                <p class="origin"><HonestyBadge origin=Origin::Measured /></p>
            </div>
        </div>
    }
}

/// The adapter that was brought, or what the run that has just ended has left.
fn newest(state: &State) -> Option<RunId> {
    if let Some(brought) = state.answer::<asks::BringAdapter>().done() {
        return brought.run_id;
    }
    let last = state.run.as_ref().filter(|run| run.summary().is_some())?;
    let kept = state.adapters.last()?;
    (last.id == Some(kept.info.run_id)).then_some(kept.info.run_id)
}

fn row(kept: &KeptAdapter, mix: RwSignal<Mix>) -> impl IntoView + use<> {
    let run = kept.info.run_id;
    let name = text::adapter(
        run.0,
        &kept.info.name,
        &kept.learnt.dataset,
        kept.info.rank,
        kept.learning_rate,
    );
    let size = text::added(kept.info.parameters);
    let is_first = move || mix.with(|mix| mix.first == Some(run));
    let volume = Signal::derive(move || mix.with(|mix| mix.volume(run)));
    view! {
        <li data-run=run.0.to_string() class:first=is_first>
            <label class="choice">
                <input
                    type="radio"
                    name="adapter-first"
                    prop:checked=is_first
                    on:change=move |_| mix.update(|mix| mix.first = Some(run))
                />
                <span>{name} <span class="quiet">" " {size}</span></span>
            </label>
            <Slider
                id=format!("volume-{}", run.0)
                label=text::VOLUME
                value=volume
                min=0.0
                max=LOUDEST
                step=0.05
                words=Signal::derive(move || format::percent(volume.get()))
                on_slide=move |volume| mix.update(|mix| mix.turn(run, volume))
            />
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::AdapterInfo;
    use crate::settings::Task;
    use crate::ui::state::Learnt;

    fn kept(run: u32) -> KeptAdapter {
        KeptAdapter {
            info: AdapterInfo {
                run_id: RunId(run),
                name: String::new(),
                task: Task::SequenceClassification,
                rank: 8,
                alpha: 16.0,
                parameters: 100,
            },
            learnt: Learnt::default(),
            learning_rate: Some(1e-3),
        }
    }

    #[test]
    fn the_first_answers_even_in_silence_and_silent_others_do_not() {
        let adapters = [kept(1), kept(2), kept(3)];
        let mut mix = Mix {
            first: Some(RunId(2)),
            ..Mix::default()
        };
        let part = |run, weight| BlendPart {
            run_id: RunId(run),
            weight,
        };
        assert_eq!(mix.parts(&adapters), [part(2, 1.0)]);
        mix.turn(RunId(3), 0.5);
        mix.turn(RunId(2), 0.0);
        assert_eq!(mix.parts(&adapters), [part(2, 0.0), part(3, 0.5)]);
        assert!(Mix::default().parts(&adapters).is_empty());
    }
}
