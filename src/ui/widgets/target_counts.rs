//! Which matrices of a block the target names match, and what that comes to in the real GPT-2: arithmetic on
//! its shapes, by the function that plans a run.

use leptos::prelude::*;

use super::honesty_badge::{HonestyBadge, Origin};
use crate::settings::{Counts, Gpt2Sizes, LoraSettings, Strategy, count};
use crate::ui::controls::field::Field;
use crate::ui::controls::number::number;
use crate::ui::desk::use_desk;
use crate::ui::format;
use crate::ui::text::code as text;

/// The names on offer; others can be written in the lab.
const NAMES: [&str; 5] = ["c_attn", "c_proj", "attn.c_proj", "mlp.c_proj", "c_fc"];

const MODEL: Gpt2Sizes = Gpt2Sizes::GPT2_SMALL;

/// A linear layer of a block under some target names.
#[derive(Debug, Clone, PartialEq)]
struct Layer {
    name: &'static str,
    shape: [usize; 2],
    /// The target names that match it.
    named_by: Vec<String>,
    /// A and B of one block; 0 where nothing matches.
    per_block: usize,
}

fn layers(sizes: &Gpt2Sizes, lora: &LoraSettings) -> Vec<Layer> {
    let named = |path: &str, name: &String| {
        let alone = LoraSettings {
            target_modules: vec![name.clone()],
            ..lora.clone()
        };
        alone.targets(path)
    };
    sizes
        .linear_layers()
        .map(|(name, d_in, d_out)| {
            let path = format!("transformer.h.0.{name}");
            let names = lora.target_modules.iter();
            let named_by: Vec<String> = names.filter(|name| named(&path, name)).cloned().collect();
            let is_matched = !named_by.is_empty();
            Layer {
                name,
                shape: [d_in, d_out],
                named_by,
                per_block: if is_matched {
                    lora.rank * (d_in + d_out)
                } else {
                    0
                },
            }
        })
        .into()
}

/// The pairs in all blocks, and how many of them stand in the MLP.
fn totals(sizes: &Gpt2Sizes, lora: &LoraSettings) -> (Counts, usize) {
    let counts = count(sizes, None, &Strategy::Lora(lora.clone()));
    let in_mlp = layers(sizes, lora)
        .iter()
        .filter(|layer| layer.name.starts_with("mlp."))
        .map(|layer| layer.per_block * sizes.blocks)
        .sum();
    (counts, in_mlp)
}

#[component]
pub fn TargetCounts() -> impl IntoView {
    let desk = use_desk();
    let lora = Memo::new(move |_| desk.draft.with(|draft| draft.lora.clone()));
    let names = NAMES
        .map(|name| view! { <Name name lora /> })
        .into_iter()
        .collect_view();
    let sums = move || {
        let (counts, in_mlp) = totals(&MODEL, &lora.get());
        let words = text::target_total(counts.trainable, counts.total, counts.share());
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
    let plan = desk.plan();
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
            <div class="scroll" tabindex="0" role="region" aria-label=text::TARGET_TABLE>
                {move || table(&layers(&MODEL, &lora.get()))}
            </div>
            {sums}
            {matched}
        </div>
    }
}

#[component]
fn Name(name: &'static str, lora: Memo<LoraSettings>) -> impl IntoView {
    let desk = use_desk();
    let is_on = move || lora.with(|lora| lora.target_modules.iter().any(|other| other == name));
    let toggle = move |_| {
        let targets = toggled(&lora.get_untracked().target_modules, name);
        // The last name cannot go: an adapter beside nothing is none.
        desk.draft.update(|draft| {
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

fn table(layers: &[Layer]) -> impl IntoView + use<> {
    let rows: Vec<_> = layers.iter().cloned().map(row).collect();
    let heads = text::TARGET_COLUMNS
        .map(|head| view! { <th scope="col">{head}</th> })
        .into_iter()
        .collect_view();
    view! {
        <table>
            <caption class="visually-hidden">{text::TARGET_TABLE}</caption>
            <thead>
                <tr>{heads}</tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

fn row(layer: Layer) -> impl IntoView {
    let is_matched = layer.per_block > 0;
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
            <td>{counts(layer.per_block)}</td>
            <td>{counts(layer.per_block * MODEL.blocks)}</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lora(names: &[&str]) -> LoraSettings {
        LoraSettings {
            target_modules: names.iter().map(ToString::to_string).collect(),
            ..Default::default()
        }
    }

    #[test]
    fn both_projections_are_counted_as_peft_counts_them() {
        // peft 0.18.1: get_peft_model on GPT2Config(), r = 8.
        let both = totals(&MODEL, &lora(&["c_attn", "c_proj"]));
        assert_eq!((both.0.trainable, both.0.total), (811_008, 125_250_816));
        assert_eq!(both.1, 368_640);
        let attention = totals(&MODEL, &lora(&["c_attn", "attn.c_proj"]));
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
            let rows: usize = layers(&MODEL, &lora)
                .iter()
                .map(|layer| layer.per_block)
                .sum();
            assert_eq!(rows * MODEL.blocks, totals(&MODEL, &lora).0.trainable);
        }
    }

    #[test]
    fn a_matrix_named_twice_gets_one_pair() {
        let layers = layers(&MODEL, &lora(&["c_proj", "mlp.c_proj"]));
        assert_eq!(layers[3].named_by, ["c_proj", "mlp.c_proj"]);
        assert_eq!(layers[3].per_block, 8 * (3072 + 768));
    }

    #[test]
    fn names_come_and_go() {
        let names = ["c_attn".to_string(), "c_proj".to_string()];
        assert_eq!(toggled(&names, "c_proj"), "c_attn");
        assert_eq!(toggled(&names, "c_fc"), "c_attn,c_proj,c_fc");
    }
}
