//! A heat map of attention with its tokens at both sides; a row can be pointed at, focused or tapped to be read.

use leptos::prelude::*;

use super::as_table::as_table;
use super::heatmap::{HeatMap, largest};
use crate::ui::text::format;
use crate::ui::text::{charts, encoder as text};
use crate::ui::widgets::asking::next_token::visible;

/// Of a row, so many are told.
const TOLD: usize = 4;

#[component]
pub fn AttentionGrid(title: String, tokens: Vec<String>, values: Vec<f32>) -> impl IntoView {
    let tokens: Vec<String> = tokens.iter().map(|token| visible(token)).collect();
    let size = tokens.len();
    let chosen = RwSignal::new(None::<usize>);
    let most = largest([&values[..]]);
    let words: Vec<String> = (0..size)
        .map(|row| in_words(&tokens, &values, row))
        .collect();
    let told = move || match chosen.get() {
        Some(row) => words.get(row).cloned().unwrap_or_default(),
        None => text::CHOOSE_ROW.to_string(),
    };
    view! {
        <div class="scroll">
            <div class="attention-grid" style=format!("--tokens: {size}")>
                <div class="keys" aria-hidden="true">{key_labels(&tokens)}</div>
                <div class="queries">{query_labels(&tokens, chosen)}</div>
                <div class="map">
                    <HeatMap title=title.clone() rows=size columns=size values=values.clone() most />
                    <div class="strips" aria-hidden="true">{strips(size, chosen)}</div>
                </div>
            </div>
        </div>
        <p class="told" role="status" data-testid="attention-row">{told}</p>
        <p class="quiet">{text::scale(most)}</p>
        {table(&title, &tokens, &values)}
    }
}

fn key_labels(tokens: &[String]) -> impl IntoView + use<> {
    let labels = tokens
        .iter()
        .map(|token| view! { <span>{token.clone()}</span> });
    labels.collect_view()
}

fn query_labels(tokens: &[String], chosen: RwSignal<Option<usize>>) -> impl IntoView + use<> {
    let label = |(row, token): (usize, &String)| {
        let read = move || chosen.set(Some(row));
        view! {
            <button
                type="button"
                class:chosen=move || chosen.get() == Some(row)
                on:focus=move |_| read()
                on:pointerenter=move |_| read()
                on:click=move |_| read()
            >
                {token.clone()}
            </button>
        }
    };
    tokens.iter().enumerate().map(label).collect_view()
}

/// Over the map, one for each row.
fn strips(size: usize, chosen: RwSignal<Option<usize>>) -> impl IntoView {
    let strip = |row| {
        view! {
            <span
                class:chosen=move || chosen.get() == Some(row)
                on:pointerenter=move |_| chosen.set(Some(row))
                on:click=move |_| chosen.set(Some(row))
            ></span>
        }
    };
    (0..size).map(strip).collect_view()
}

fn in_words(tokens: &[String], values: &[f32], row: usize) -> String {
    let size = tokens.len();
    let mut shares: Vec<(String, f64)> = tokens
        .iter()
        .zip(values.iter().skip(row * size))
        .map(|(token, share)| (token.clone(), f64::from(*share)))
        .collect();
    shares.sort_by(|a, b| b.1.total_cmp(&a.1));
    shares.truncate(TOLD);
    shares.retain(|(_, share)| *share > 0.0);
    text::row(&tokens[row], &shares)
}

fn table(title: &str, tokens: &[String], values: &[f32]) -> impl IntoView + use<> {
    let size = tokens.len().max(1);
    let heads = tokens
        .iter()
        .map(|token| view! { <th scope="col">{token.clone()}</th> });
    let rows = tokens.iter().zip(values.chunks(size)).map(|(token, row)| {
        let cells = row.iter().map(|share| {
            let words = format::percent(f64::from(*share));
            view! { <td data-value=share.to_string()>{words}</td> }
        });
        view! {
            <tr>
                <th scope="row">{token.clone()}</th>
                {cells.collect_view()}
            </tr>
        }
    });
    as_table(
        charts::AS_TABLE,
        title,
        view! {
                        <caption class="visually-hidden">{title.to_string()}</caption>
                        <thead>
                            <tr>
                                <th scope="col">{text::LOOKS_FROM}</th>
                                {heads.collect_view()}
                            </tr>
                        </thead>
                        <tbody>{rows.collect_view()}</tbody>
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_tells_the_most_looked_at_first_and_nothing_that_is_not() {
        let tokens = ["a", "b"].map(String::from);
        let told = in_words(&tokens, &[1.0, 0.0, 0.25, 0.75], 0);
        assert_eq!(told, "a looks at a 100%.");
        let told = in_words(&tokens, &[1.0, 0.0, 0.25, 0.75], 1);
        assert!(told.starts_with("b looks at b 75"), "{told}");
    }
}
