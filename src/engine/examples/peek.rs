//! A few rows of a data set, for people to look at.

use crate::data::dataset::Dataset;
use crate::data::questions::Question;
use crate::data::tagged::TaggedSentence;
use crate::engine::metrics::entities::entities;
use crate::protocol::{Example, Split, TextSpan};

/// The first rows to train on.
pub fn peek(dataset: &Dataset, rows: usize) -> Vec<Example> {
    let chosen = dataset.rows_of(Split::Train).into_iter().take(rows);
    chosen.map(|index| row(dataset, index)).collect()
}

/// One row, by its place in the whole set.
pub fn row(dataset: &Dataset, index: usize) -> Example {
    match dataset {
        Dataset::Labelled(data) => {
            let row = &data.rows[index];
            plain(&row.text, data.labels[row.label].clone())
        }
        Dataset::ManyLabels(data) => {
            let row = &data.rows[index];
            plain(&row.text, given(&data.labels, row.has.iter().copied()))
        }
        Dataset::Tagged(data) => sentence(&data.rows[index], &data.labels),
        Dataset::Questions(rows) => question(&rows[index]),
        Dataset::Prompts(rows) => plain(&rows[index].prompt, rows[index].completion.clone()),
        Dataset::Text(texts) => plain(&texts.texts[index], String::new()),
    }
}

fn plain(text: &str, label: String) -> Example {
    Example {
        text: text.to_owned(),
        label,
        ..Example::default()
    }
}

/// The entities both as places in the text and in words.
fn sentence(row: &TaggedSentence, labels: &[String]) -> Example {
    let spans = tagged_spans(&row.words, &row.tags, labels);
    let text = row.words.join(" ");
    let label = listed(&text, &spans);
    Example {
        spans,
        ..plain(&text, label)
    }
}

/// With the place of the first of its answers.
fn question(row: &Question) -> Example {
    let answer = &row.answers[0];
    let end = answer.start + answer.text.chars().count();
    Example {
        question: row.question.clone(),
        spans: vec![TextSpan {
            start: answer.start,
            end,
            label: String::new(),
        }],
        ..plain(&row.context, answer.text.clone())
    }
}

/// Names of the labels that a text has, or a dash.
pub fn given(labels: &[String], has: impl Iterator<Item = bool>) -> String {
    let names = labels.iter().zip(has).filter(|(_, has)| *has);
    let names: Vec<&str> = names.map(|(name, _)| name.as_str()).collect();
    match names.is_empty() {
        true => "–".to_owned(),
        false => names.join("; "),
    }
}

/// Entities of words with a space between them.
pub fn tagged_spans(words: &[String], tags: &[usize], labels: &[String]) -> Vec<TextSpan> {
    let mut places = Vec::with_capacity(words.len());
    let mut at = 0;
    for word in words {
        let end = at + word.chars().count();
        places.push((at, end));
        at = end + 1;
    }
    entity_spans(&places, tags, labels)
}

/// Entities of words at such places of a text.
pub fn entity_spans(places: &[(usize, usize)], tags: &[usize], labels: &[String]) -> Vec<TextSpan> {
    let names: Vec<&str> = tags.iter().map(|tag| labels[*tag].as_str()).collect();
    let found = entities(&names).into_iter();
    found
        .map(|entity| TextSpan {
            start: places[entity.start].0,
            end: places[entity.end].1,
            label: entity.kind.to_owned(),
        })
        .collect()
}

/// The entities in words: `PER Ada; LOC Port Lowell`, or a dash.
pub fn listed(text: &str, spans: &[TextSpan]) -> String {
    let name = |span: &TextSpan| {
        let inside = text.chars().skip(span.start).take(span.end - span.start);
        format!("{} {}", span.label, inside.collect::<String>())
    };
    let names: Vec<String> = spans.iter().map(name).collect();
    match names.is_empty() {
        true => "–".to_owned(),
        false => names.join("; "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Task;

    #[test]
    fn entities_stand_at_their_places() {
        let json = "{\"tokens\":[\"Zoë\",\"saw\",\"Port\",\"Lowell\"],\
                    \"ner_tags\":[\"B-PER\",\"O\",\"B-LOC\",\"I-LOC\"],\"split\":\"train\"}";
        let data = Dataset::read(Task::TokenClassification, "x.jsonl", json.as_bytes()).unwrap();
        let shown = &peek(&data, 5)[0];
        assert_eq!(shown.text, "Zoë saw Port Lowell");
        assert_eq!(shown.label, "PER Zoë; LOC Port Lowell");
        assert_eq!((shown.spans[1].start, shown.spans[1].end), (8, 19));
    }

    #[test]
    fn a_question_shows_where_its_answer_stands() {
        let json = "{\"question\":\"Who?\",\"context\":\"It was Ada.\",\
                    \"answers\":{\"text\":[\"Ada\"],\"answer_start\":[7]},\"split\":\"train\"}";
        let data = Dataset::read(Task::QuestionAnswering, "x.jsonl", json.as_bytes()).unwrap();
        let shown = &peek(&data, 5)[0];
        assert_eq!((shown.spans[0].start, shown.spans[0].end), (7, 10));
        assert_eq!(
            (shown.question.as_str(), shown.label.as_str()),
            ("Who?", "Ada")
        );
    }
}
