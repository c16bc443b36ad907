//! A text with stretches of it marked: entities with their kind, an answer without.

use leptos::prelude::*;

use crate::protocol::TextSpan;

/// `spans` are in the order of the text and do not overlap.
pub fn text_with_spans(text: &str, spans: &[TextSpan]) -> impl IntoView + use<> {
    pieces(text, spans)
        .into_iter()
        .map(|(piece, label)| match label {
            None => piece.into_any(),
            Some(label) => {
                let kind = label.to_lowercase();
                let name = (!label.is_empty()).then(|| view! { <small>{label.clone()}</small> });
                view! {
                    <mark class="entity" data-kind=kind>
                        {piece}
                        {name}
                    </mark>
                }
                .into_any()
            }
        })
        .collect_view()
}

/// The text in pieces, with the label of those that are marked.
fn pieces(text: &str, spans: &[TextSpan]) -> Vec<(String, Option<String>)> {
    let characters: Vec<char> = text.chars().collect();
    let slice = |from: usize, to: usize| characters[from..to].iter().collect::<String>();
    let mut found = Vec::new();
    let mut at = 0;
    for span in spans {
        let (from, to) = (
            span.start.clamp(at, characters.len()),
            span.end.clamp(at, characters.len()),
        );
        if from > at {
            found.push((slice(at, from), None));
        }
        found.push((slice(from, to), Some(span.label.clone())));
        at = to;
    }
    if at < characters.len() {
        found.push((slice(at, characters.len()), None));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_stand_where_they_belong() {
        let spans = [TextSpan {
            start: 4,
            end: 7,
            label: "PER".into(),
        }];
        let found = pieces("Zoë Ada.", &spans);
        let expected = [("Zoë ", None), ("Ada", Some("PER")), (".", None)];
        let expected = expected.map(|(text, label)| (text.to_owned(), label.map(str::to_owned)));
        assert_eq!(found, expected);
        assert_eq!(
            pieces("", &spans),
            [(String::new(), Some("PER".to_owned()))]
        );
    }
}
