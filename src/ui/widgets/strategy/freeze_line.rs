//! A line through the model: what lies below it is frozen. Moving it changes what trains, and the memory.

use leptos::prelude::*;

use crate::settings::{Counts, Gpt2Sizes, count};
use crate::ui::controls::honesty_badge::{HonestyBadge, Origin};
use crate::ui::controls::number::number;
use crate::ui::controls::slider::Slider;
use crate::ui::draft::Draft;
use crate::ui::page_context::use_page;
use crate::ui::sources::shipped_models::SHIPPED;
use crate::ui::state::Run;
use crate::ui::text::format;
use crate::ui::text::strategies as text;
use crate::ui::widgets::Frame;
use crate::ui::widgets::strategy::costs::{
    Counted, Held, LABELS, LayerGroup, held, layer_groups, line_of, strategy_at,
};
use crate::ui::widgets::strategy::counted_model::{CountedModel, counted};

pub const FRAME: Frame = Frame::Wide;

/// As its `config.json` has it.
const GPT2_SMALL_HEADS: usize = 12;

#[component]
pub fn FreezeLine() -> impl IntoView {
    let page = use_page();
    let wants_gpt2 = RwSignal::new(false);
    let model = counted(wants_gpt2);
    // The real GPT-2 has a line of its own; that of the page's model is the form's.
    let gpt2_line = RwSignal::new(0_usize);
    let frozen = Memo::new(move |_| match model.get() {
        Counted::Gpt2Small => gpt2_line.get(),
        Counted::Loaded(sizes) => page
            .draft
            .with(|draft| line_of(&draft.strategy(), sizes.blocks()))
            .unwrap_or(0),
    });
    let is_locked = page.watch(|state| state.run.as_ref().is_some_and(Run::is_going));
    let move_to = move |to: usize| match model.get_untracked() {
        Counted::Gpt2Small => gpt2_line.set(to),
        Counted::Loaded(sizes) if !is_locked.get_untracked() => page.draft.update(|draft| {
            let settings = Draft::from_settings(crate::settings::TrainingSettings {
                strategy: strategy_at(to, sizes.blocks()),
                ..draft.training.clone()
            });
            draft.kind = settings.kind;
            draft.methods.partial = settings.methods.partial;
        }),
        Counted::Loaded(_) => {}
    };
    let last = Memo::new(move |_| model.get().sizes().blocks() + 2);
    let counts = Memo::new(move |_| {
        let sizes = model.get().sizes();
        count(
            sizes,
            Some(LABELS),
            &strategy_at(frozen.get(), sizes.blocks()),
        )
    });
    let heads = page.watch(|state| state.model.as_ref().map(|model| model.heads));
    let holds = move |frozen: usize| {
        let (sizes, heads) = match model.get() {
            Counted::Gpt2Small => (Gpt2Sizes::GPT2_SMALL.into(), GPT2_SMALL_HEADS),
            Counted::Loaded(sizes) => (sizes, heads.get().unwrap_or(SHIPPED[0].heads)),
        };
        page.draft
            .with(|draft| held(&sizes, heads, frozen, &draft.training))
    };
    let bars = move || bars(holds(frozen.get()), holds(0).total());
    let batch = move || {
        page.draft
            .with(|draft| text::memory(draft.training.batch_size, draft.training.max_length))
    };
    let plan = page.plan();
    let engine = move || {
        let is_loaded = matches!(model.get(), Counted::Loaded(_));
        let trainable = plan.with(|plan| plan.as_deref().map(|plan| plan.trainable_parameters()));
        trainable.filter(|_| is_loaded).map(|trainable| {
            view! { <p class="quiet">{text::engine_says(trainable)} " " <HonestyBadge origin=Origin::Measured /></p> }
        })
    };
    view! {
        <div class="freeze_line" data-testid="freeze-line">
            <CountedModel id="freeze-model" wants_gpt2 />
            <div class="both">
                {move || stack(&layer_groups(&model.get().sizes()), frozen.get(), Callback::new(move_to))}
                <div class="models">
                    {move || view! {
                        <Slider
                            id="freeze-line"
                            label=text::LINE
                            value=Signal::derive(move || frozen.get() as f64)
                            min=0.0
                            max=last.get() as f64
                            step=1.0
                            words=Signal::derive(move || text::line(frozen.get(), last.get() + 1))
                            on_slide=move |to| move_to(to as usize)
                            disabled=Signal::derive(move || is_locked.get() && !wants_gpt2.get())
                        />
                    }}
                    {move || measures(counts.get())}
                    {bars}
                    {engine}
                </div>
            </div>
            <p class="quiet">{batch}</p>
        </div>
    }
}

/// The groups with the input at the bottom; a click freezes everything below a group, or that one as well.
fn stack(groups: &[LayerGroup], frozen: usize, move_to: Callback<usize>) -> impl IntoView + use<> {
    let last = groups.len() - 1;
    let items: Vec<_> = groups
        .iter()
        .enumerate()
        .map(|(index, group)| {
            let is_frozen = index < frozen;
            let class = if is_frozen {
                "storey frozen"
            } else {
                "storey trainable"
            };
            let to = if is_frozen {
                index
            } else {
                (index + 1).min(last)
            };
            view! {
                <li class=class on:click=move |_| move_to.run(to)>
                    <span>{text::storey(group.place)}</span>
                    <span>{format::count(group.parameters)}</span>
                </li>
            }
        })
        .collect();
    view! { <ol class="stack">{items}</ol> }
}

fn measures(counts: Counts) -> impl IntoView {
    view! {
        <dl class="measures" aria-live="polite">
            <div>
                <dt>{text::TRAINS}</dt>
                <dd class="trainable-ink" data-testid="freeze-trainable" data-value=counts.trainable.to_string()>
                    {format::count(counts.trainable)}
                </dd>
            </div>
            <div>
                <dt>{text::SHARE}</dt>
                <dd>{number(counts.share(), format::percent(counts.share()))}</dd>
            </div>
        </dl>
    }
}

/// What is held, a bar each; full length is what full tuning holds altogether.
fn bars(held: Held, most: u64) -> impl IntoView {
    let bar = |name: &'static str, testid: &'static str, bytes: u64| {
        let share = bytes as f64 / most.max(1) as f64;
        view! {
            <div>
                <dt>{name}</dt>
                <dd data-testid=testid>{number(bytes as f64, format::bytes(bytes))}</dd>
                <dd class="share-bar" style=format!("--done: {share}") aria-hidden="true"></dd>
            </div>
        }
    };
    view! {
        <dl class="held" aria-live="polite">
            {bar(text::WEIGHTS, "freeze-weights", held.weights)}
            {bar(text::GRADIENTS, "freeze-gradients", held.gradients)}
            {bar(text::OPTIMIZER, "freeze-optimizer", held.optimizer)}
            {bar(text::ACTIVATIONS, "freeze-activations", held.activations)}
            {bar(text::ALTOGETHER, "freeze-all", held.total())}
        </dl>
        <p><HonestyBadge origin=Origin::Worked /></p>
    }
}
