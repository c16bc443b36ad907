//! Which matrices of a block the target names match, and what that comes to in the real GPT-2, or in the real BERT while
//! a BERT is loaded: arithmetic on its shapes, by the function that plans a run.
//!
//! Test ids: `target-total`, `target-mlp`; `data-target` on a name.

use leptos::prelude::*;

use crate::methods::names::{self, Kind};
use crate::settings::names::short;
use crate::settings::{Counts, Family, LoraSettings, Sizes, Strategy, count};
use crate::ui::controls::field::Field;
use crate::ui::controls::honesty_badge::{HonestyBadge, Origin};
use crate::ui::controls::number::number;
use crate::ui::page_context::use_page;
use crate::ui::text::code as text;
use crate::ui::text::format;
use crate::ui::widgets::Frame;

pub const FRAME: Frame = Frame::InText;

/// A linear layer of a model under some target names.
#[derive(Debug, Clone, PartialEq)]
struct Layer {
    name: &'static str,
    shape: [usize; 2],
    /// The target names that match it.
    named_by: Vec<String>,
    /// A and B of one such layer; 0 where nothing matches.
    pair: usize,
    /// How often the model has it.
    times: usize,
    is_in_mlp: bool,
}

impl Layer {
    fn in_all(&self) -> usize {
        self.pair * self.times
    }
}

/// Those of a block, and of the pooler where the family has one.
fn layers(sizes: &Sizes, lora: &LoraSettings) -> Vec<Layer> {
    let width = sizes.width();
    let in_blocks = sizes.linear_layers().into_iter();
    let mut all: Vec<Layer> = in_blocks
        .map(|(name, d_in, d_out)| {
            let path = sizes.path(0, name);
            layer(name, &path, [d_in, d_out], sizes.blocks(), lora)
        })
        .collect();
    let pooler = sizes.family().facts().pooler;
    all.extend(pooler.map(|path| layer(short(path), path, [width, width], 1, lora)));
    all
}

fn layer(
    name: &'static str,
    path: &str,
    shape: [usize; 2],
    times: usize,
    lora: &LoraSettings,
) -> Layer {
    let names_it = |name: &&String| {
        let alone = LoraSettings {
            target_modules: vec![(*name).clone()],
            ..lora.clone()
        };
        alone.targets(path)
    };
    let named_by: Vec<String> = (lora.target_modules.iter())
        .filter(names_it)
        .cloned()
        .collect();
    let pair = if named_by.is_empty() {
        0
    } else {
        lora.rank * (shape[0] + shape[1])
    };
    Layer {
        name,
        shape,
        named_by,
        pair,
        times,
        is_in_mlp: names::kind(&format!("{path}.weight")) == Kind::FeedForward,
    }
}

/// The pairs in all blocks, and how many of them stand in the MLP.
fn totals(sizes: &Sizes, lora: &LoraSettings) -> (Counts, usize) {
    let counts = count(sizes, None, &Strategy::Lora(lora.clone()));
    let layers = layers(sizes, lora);
    let in_mlp = layers.iter().filter(|layer| layer.is_in_mlp);
    (counts, in_mlp.map(Layer::in_all).sum())
}

#[component]
pub fn TargetCounts() -> impl IntoView {
    let page = use_page();
    let lora = Memo::new(move |_| page.draft.with(|draft| draft.methods.lora.clone()));
    let family = Memo::new(move |_| page.draft.with(|draft| draft.family));
    let names = move || {
        let names = family.get().facts().offered_targets.iter();
        names
            .map(|name| view! { <Name name lora /> })
            .collect_view()
    };
    let sums = move || {
        let family = family.get();
        let (counts, in_mlp) = totals(&family.facts().example, &lora.get());
        let words = text::target_total(family, counts.trainable, counts.total, counts.share());
        view! {
            <p class="reading" aria-live="polite">
                <span data-testid="target-total" data-value=counts.trainable.to_string()>{words}</span>
                " "
                <span data-testid="target-mlp" data-value=in_mlp.to_string()>
                    {text::target_mlp(in_mlp)}
                </span>
                " "
                <HonestyBadge origin=Origin::Worked />
            </p>
        }
    };
    let plan = page.plan();
    let matched = move || {
        plan.with(|plan| {
            let plan = plan.as_deref().filter(|plan| plan.strategy == "lora")?;
            Some(text::target_here(plan.matched_modules.len()))
        })
        .map(|words| view! { <p class="quiet">{words} " " <HonestyBadge origin=Origin::Measured /></p> })
    };
    view! {
        <div class="target_counts">
            <fieldset class="names">
                <legend>{text::TARGET_NAMES}</legend>
                {names}
            </fieldset>
            <div class="fields"><Field key="rank" /></div>
            <div class="scroll" tabindex="0" role="region" aria-label=move || text::target_table(family.get())>
                {move || table(family.get(), &lora.get())}
            </div>
            {sums}
            {matched}
        </div>
    }
}

#[component]
fn Name(name: &'static str, lora: Memo<LoraSettings>) -> impl IntoView {
    let page = use_page();
    let is_on = move || lora.with(|lora| lora.target_modules.iter().any(|other| other == name));
    let toggle = move |_| {
        let targets = toggled(&lora.get_untracked().target_modules, name);
        // The last name cannot go: an adapter beside nothing is none.
        page.draft.update(|draft| {
            let _ = draft.try_set("targets", &targets);
        });
    };
    view! {
        <label class="choice">
            <input
                type="checkbox"
                data-target=name
                prop:checked=is_on
                disabled=move || is_on() && lora.with(|lora| lora.target_modules.len() == 1)
                on:change=toggle
            />
            <code>{name}</code>
        </label>
    }
}

/// The names with one more or one less, as the form writes them.
fn toggled(names: &[String], name: &str) -> String {
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    match names.iter().position(|other| *other == name) {
        Some(at) => {
            names.remove(at);
        }
        None => names.push(name),
    }
    names.join(",")
}

fn table(family: Family, lora: &LoraSettings) -> impl IntoView + use<> {
    let layers = layers(&family.facts().example, lora);
    let rows: Vec<_> = layers.into_iter().map(row).collect();
    let heads = text::TARGET_COLUMNS
        .map(|head| view! { <th scope="col">{head}</th> })
        .into_iter()
        .collect_view();
    view! {
        <table>
            <caption class="visually-hidden">{text::target_table(family)}</caption>
            <thead>
                <tr>{heads}</tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

fn row(layer: Layer) -> impl IntoView {
    let is_matched = layer.pair > 0;
    let in_all = layer.in_all();
    let counts = |n: usize| match is_matched {
        true => number(n as f64, format::count(n)).into_any(),
        false => view! { <span class="quiet">"–"</span> }.into_any(),
    };
    let named_by = layer.named_by.join(", ");
    view! {
        <tr class:matched=is_matched>
            <th scope="row">
                <code>{layer.name}</code>
                " "
                <span class="quiet">{format::shape(&layer.shape)}</span>
            </th>
            <td><code>{named_by}</code></td>
            <td>{counts(layer.pair)}</td>
            <td>{counts(in_all)}</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{BertSizes, Gpt2Sizes};

    const GPT2: Sizes = Sizes::Gpt2(Gpt2Sizes::GPT2_SMALL);
    const BERT: Sizes = Sizes::Bert(BertSizes::BERT_BASE);

    fn lora(names: &[&str]) -> LoraSettings {
        LoraSettings {
            target_modules: names.iter().map(ToString::to_string).collect(),
            ..Default::default()
        }
    }

    #[test]
    fn both_projections_are_counted_as_peft_counts_them() {
        // peft 0.18.1: get_peft_model on GPT2Config(), r = 8.
        let both = totals(&GPT2, &lora(&["c_attn", "c_proj"]));
        assert_eq!((both.0.trainable, both.0.total), (811_008, 125_250_816));
        assert_eq!(both.1, 368_640);
        let attention = totals(&GPT2, &lora(&["c_attn", "attn.c_proj"]));
        assert_eq!((attention.0.trainable, attention.1), (442_368, 0));
    }

    #[test]
    fn the_rows_add_up_to_the_total() {
        for names in [
            &["c_attn"][..],
            &["c_proj", "mlp.c_proj"],
            &["c_fc", "c_attn"],
        ] {
            let lora = lora(names);
            let rows: usize = layers(&GPT2, &lora).iter().map(Layer::in_all).sum();
            assert_eq!(rows, totals(&GPT2, &lora).0.trainable);
        }
        for names in [
            &["query", "value"][..],
            &["dense"],
            &["output.dense", "key"],
        ] {
            let lora = lora(names);
            let rows: usize = layers(&BERT, &lora).iter().map(Layer::in_all).sum();
            assert_eq!(rows, totals(&BERT, &lora).0.trainable, "{names:?}");
        }
        // Two pairs in each of 12 layers.
        let usual = totals(&BERT, &lora(&["query", "value"])).0;
        assert_eq!(
            (usual.trainable, usual.total),
            (294_912, 109_482_240 + 294_912)
        );
    }

    #[test]
    fn a_matrix_named_twice_gets_one_pair() {
        let layers = layers(&GPT2, &lora(&["c_proj", "mlp.c_proj"]));
        assert_eq!(layers[3].named_by, ["c_proj", "mlp.c_proj"]);
        assert_eq!(layers[3].pair, 8 * (3072 + 768));
    }

    #[test]
    fn names_come_and_go() {
        let names = ["c_attn".to_string(), "c_proj".to_string()];
        assert_eq!(toggled(&names, "c_proj"), "c_attn");
        assert_eq!(toggled(&names, "c_fc"), "c_attn,c_proj,c_fc");
    }
}
