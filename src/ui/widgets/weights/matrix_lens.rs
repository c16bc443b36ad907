//! One matrix of the last run: W, what was added, LoRA's A and B, and the singular values of the change.

use leptos::prelude::*;

use crate::methods::names::{is_linear, module};
use crate::protocol::{Grid, MatrixInsight, asks};
use crate::settings::names;
use crate::ui::charts::heatmap::{HeatMap, largest};
use crate::ui::charts::line::LineChart;
use crate::ui::charts::plot::{LineData, Look, Series, Unit};
use crate::ui::controls::answered::Answered;
use crate::ui::controls::honesty_badge::{HonestyBadge, Origin};
use crate::ui::page_context::use_page;
use crate::ui::state::{Answer, State};
use crate::ui::text::probes as text;
use crate::ui::widgets::Frame;

pub const FRAME: Frame = Frame::Wide;

/// How many singular values the sentence sums up.
const FIRST: usize = 8;

#[component]
pub fn MatrixLens() -> impl IntoView {
    let page = use_page();
    let has_run = page.watch(State::has_result);
    let is_idle = page.watch(|state| state.is_idle());
    let names = page.watch(|state| {
        let model = state.model.as_ref()?;
        let names = model.parameters.iter().filter(|p| is_shown(&p.name));
        Some(names.map(|p| p.name.clone()).collect::<Vec<_>>())
    });
    let chosen = RwSignal::new(0_usize);
    let answer = page.watch(|state| state.answer::<asks::InspectMatrix>());
    let look = move |_| {
        let name =
            names.with_untracked(|names| names.as_ref()?.get(chosen.get_untracked()).cloned());
        if let Some(name) = name {
            page.client.ask(asks::InspectMatrix { name });
        }
    };
    let options = move || {
        let all = names.get().unwrap_or_default();
        all.into_iter()
            .enumerate()
            .map(|(index, name)| view! { <option value=index.to_string()>{short(&name)}</option> })
            .collect_view()
    };
    let choose = move |event| {
        if let Ok(index) = event_target_value(&event).parse() {
            chosen.set(index);
        }
    };
    let hint = Signal::derive(move || match has_run.get() {
        true => text::MATRIX_EMPTY,
        false => text::UPDATES_NEED_RUN,
    });
    let show = |found: &MatrixInsight| drawings(found).into_any();
    view! {
        <div class="matrix_lens">
            <div class="buttons">
                <div class="field">
                    <label for="matrix-choice">{text::MATRIX}</label>
                    <select id="matrix-choice" on:change=choose>{options}</select>
                </div>
                <button
                    type="button"
                    class="primary"
                    data-testid="inspect-matrix"
                    disabled=move || !has_run.get() || !is_idle.get() || answer.with(Answer::is_going)
                    on:click=look
                >
                    {text::MATRIX_LOOK}
                </button>
            </div>
            <Answered answer show empty=hint />
        </div>
    }
}

/// The matrices of each block: four of a GPT-2's, six of a BERT's.
fn is_shown(name: &str) -> bool {
    names::block(name).is_some() && is_linear(name)
}

fn short(name: &str) -> String {
    names::short(module(name)).to_string()
}

fn drawings(found: &MatrixInsight) -> impl IntoView + use<> {
    let [rows, columns] = found.shape;
    let pair = found.lora.as_ref().map(|(a, b)| {
        view! {
            {drawing(text::MATRIX_A, a)}
            {drawing(text::MATRIX_B, b)}
        }
    });
    let rank = found.lora.as_ref().map_or(FIRST, |(a, _)| a.rows);
    let share = concentration(&found.singular_values, rank);
    let data = spectrum(&found.singular_values);
    let data = Memo::new(move |_| data.clone());
    view! {
        <h3><code>{short(&found.name)}</code> {format!(", {rows} × {columns}")}</h3>
        <div class="grids">
            {drawing(text::MATRIX_W, &found.weight)}
            {drawing(text::MATRIX_UPDATE, &found.update)}
            {pair}
        </div>
        <h4>{text::SINGULAR}</h4>
        <LineChart
            title=text::SINGULAR
            x_name=text::SINGULAR_INDEX
            y_name=text::SINGULAR_AXIS
            data
            testid="singular-values"
        />
        <p data-testid="concentration" data-value=share.to_string()>
            {text::concentration(rank, share, rows.min(columns))}
        </p>
        <p class="origin"><HonestyBadge origin=Origin::Measured /></p>
    }
}

fn drawing(name: &'static str, grid: &Grid) -> impl IntoView + use<> {
    let most = largest([&grid.values[..]]);
    view! {
        <figure>
            <HeatMap
                title=name.to_string()
                rows=grid.rows
                columns=grid.columns
                values=grid.values.clone()
                most
            />
            <figcaption>{name} ". " <span class="quiet">{text::scale(most)}</span></figcaption>
        </figure>
    }
}

/// The share of the squared length in the first `count`.
fn concentration(values: &[f32], count: usize) -> f64 {
    let squares = |values: &[f32]| values.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>();
    squares(&values[..count.min(values.len())]) / squares(values).max(f64::MIN_POSITIVE)
}

fn spectrum(values: &[f32]) -> LineData {
    let points = values.iter().enumerate();
    LineData {
        series: vec![Series {
            name: text::SINGULAR.into(),
            look: Look::Bold,
            points: points
                .map(|(i, v)| ((i + 1) as f64, f64::from(*v)))
                .collect(),
        }],
        x_end: values.len() as f64,
        unit: Unit::Rate,
        ..LineData::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn concentration_is_of_squares() {
        assert!((concentration(&[3.0, 1.0], 1) - 0.9).abs() < 1e-9);
        assert_eq!(concentration(&[3.0, 1.0], 5), 1.0);
    }

    #[test]
    fn the_matrices_of_the_blocks_are_offered() {
        assert!(is_shown("transformer.h.0.attn.c_attn.weight"));
        assert!(!is_shown("transformer.h.0.attn.c_attn.bias"));
        assert!(!is_shown("transformer.wte.weight"));
        assert!(is_shown("bert.encoder.layer.0.attention.self.key.weight"));
        assert!(is_shown("bert.encoder.layer.0.output.dense.weight"));
        assert!(!is_shown("bert.encoder.layer.0.output.LayerNorm.weight"));
        assert!(!is_shown("bert.pooler.dense.weight"));
        assert_eq!(
            short("bert.encoder.layer.0.output.dense.weight"),
            "encoder.layer.0.output.dense"
        );
    }
}
