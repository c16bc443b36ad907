//! The parameter map in words: a tensor described, counted, and listed in a table.

use leptos::prelude::*;

use super::as_table::as_table;
use crate::protocol::ParameterInfo;
use crate::ui::text::format;
use crate::ui::text::widgets as text;

pub fn counts(parameters: &[ParameterInfo]) -> (usize, usize) {
    let count = |keep: fn(&ParameterInfo) -> bool| {
        parameters
            .iter()
            .filter(|p| keep(p))
            .map(ParameterInfo::count)
            .sum()
    };
    (count(|p| p.trainable), count(|_| true))
}

pub fn state_words(parameter: &ParameterInfo) -> (&'static str, &'static str) {
    match (parameter.trainable, parameter.added) {
        (false, _) => ("frozen", text::MAP_FROZEN),
        (true, false) => ("trainable", text::MAP_TRAINABLE),
        (true, true) => ("added", text::MAP_ADDED),
    }
}

pub fn describe(parameter: &ParameterInfo) -> String {
    format!(
        "{}: {}, {} parameters, {}",
        parameter.name,
        format::shape(&parameter.shape),
        format::count(parameter.count()),
        state_words(parameter).1
    )
}

pub fn table(parameters: &[ParameterInfo]) -> impl IntoView + use<> {
    let heads = text::MAP_COLUMNS.map(|name| view! { <th scope="col">{name}</th> });
    let rows: Vec<_> = parameters
        .iter()
        .map(|parameter| {
            view! {
                <tr>
                    <th scope="row"><code>{parameter.name.clone()}</code></th>
                    <td>{format::shape(&parameter.shape)}</td>
                    <td data-value=parameter.count().to_string()>{format::count(parameter.count())}</td>
                    <td>{state_words(parameter).1}</td>
                </tr>
            }
        })
        .collect();
    as_table(
        text::MAP_TABLE,
        text::MAP_TABLE,
        view! {
                        <thead><tr>{heads.into_iter().collect_view()}</tr></thead>
                        <tbody>{rows}</tbody>
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tensor_is_described_exactly() {
        let parameter = ParameterInfo {
            name: "transformer.h.0.attn.c_attn.weight".into(),
            shape: vec![128, 384],
            trainable: false,
            added: false,
        };
        assert_eq!(
            describe(&parameter),
            "transformer.h.0.attn.c_attn.weight: 128 × 384, 49,152 parameters, frozen"
        );
        assert_eq!(counts(&[parameter]), (0, 49_152));
    }
}
