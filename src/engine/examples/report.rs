//! What a finished run says of its answers one by one, and label by label.

use super::peek::{given, listed, tagged_spans};
use super::{Answers, Examples, Kind};
use crate::data::dataset::Dataset;
use crate::data::labelled::LabelledDataset;
use crate::data::many_labels::ManyLabelsDataset;
use crate::data::questions::{Question, Window};
use crate::data::tagged::TaggedDataset;
use crate::engine::evaluate::answers::{WindowAnswer, answers};
use crate::engine::evaluate::many_labels::{self, ManyAnswer};
use crate::engine::evaluate::tags::{self, TagAnswer};
use crate::engine::evaluate::{Answer, confusion};
use crate::engine::metrics::{Counts, class_counts};
use crate::protocol::{LabelScores, Mistake, Split};

/// Wrong answers shown after a run.
const MISTAKES_SHOWN: usize = 12;

/// Wrong answers on a split, the costliest first. `rows` are the data that `examples` were made of.
pub fn mistakes(
    examples: &Examples,
    rows: &Dataset,
    found: &Answers,
    split: Split,
) -> Vec<Mistake> {
    let places = rows.rows_of(split);
    match (rows, found) {
        (Dataset::Labelled(data), Answers::Classes(found)) => wrong_classes(data, &places, found),
        (Dataset::ManyLabels(data), Answers::ManyLabels(found)) => {
            wrong_label_sets(data, &places, found)
        }
        (Dataset::Tagged(data), Answers::Tags(found)) => wrong_tags(data, &places, found),
        (_, Answers::Windows(found)) => match &examples.kind {
            Kind::Questions {
                questions, windows, ..
            } => wrong_spans(questions.of(split), windows.of(split), found),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Texts with another label than theirs. `places` are the rows of the split that was answered.
fn wrong_classes(data: &LabelledDataset, places: &[usize], found: &[Answer]) -> Vec<Mistake> {
    let wrong = found.iter().filter(|answer| answer.label() != answer.truth);
    let of = |answer: &Answer| {
        let row = &data.rows[places[answer.index]];
        let label = answer.label();
        mistake(
            &row.text,
            &data.labels[answer.truth],
            &data.labels[label],
            answer.probabilities[label],
            &row.hard,
        )
    };
    worst(wrong.map(|answer| (answer.loss_nats(), of(answer))))
}

/// Texts of which any label is wrong.
fn wrong_label_sets(
    data: &ManyLabelsDataset,
    places: &[usize],
    found: &[ManyAnswer],
) -> Vec<Mistake> {
    let right = |answer: &ManyAnswer| answer.given().eq(answer.truth.iter().copied());
    let of = |answer: &ManyAnswer| {
        let text = &data.rows[places[answer.index]].text;
        let truth = given(&data.labels, answer.truth.iter().copied());
        let said = given(&data.labels, answer.given());
        mistake(text, &truth, &said, f64::NAN, "")
    };
    let wrong = found.iter().filter(|answer| !right(answer));
    worst(wrong.map(|answer| (answer.loss_nats, of(answer))))
}

/// Sentences of which any word is wrong.
fn wrong_tags(data: &TaggedDataset, places: &[usize], found: &[TagAnswer]) -> Vec<Mistake> {
    let wrong = found.iter().filter(|answer| answer.truth != answer.answer);
    let of = |answer: &TagAnswer| {
        let words = &data.rows[places[answer.index]].words;
        let words = &words[..answer.truth.len()];
        let text = words.join(" ");
        let said = |tags: &[usize]| listed(&text, &tagged_spans(words, tags, &data.labels));
        let (truth, answer) = (said(&answer.truth), said(&answer.answer));
        mistake(&text, &truth, &answer, f64::NAN, "")
    };
    worst(wrong.map(|answer| (answer.nats, of(answer))))
}

/// Questions whose answer is none of the right ones to the letter.
fn wrong_spans(questions: &[Question], windows: &[Window], found: &[WindowAnswer]) -> Vec<Mistake> {
    let answered = answers(questions, windows, found);
    let wrong = questions.iter().zip(answered);
    let wrong = wrong.filter(|(_, answer)| answer.exact_match < 1.0);
    worst(wrong.map(|(question, answer)| {
        let text = format!("{} {}", question.question, question.context);
        let truth = &question.answers[0].text;
        let said = mistake(&text, truth, &answer.text, f64::NAN, "");
        (1.0 - answer.f1, said)
    }))
}

fn mistake(text: &str, truth: &str, answer: &str, probability: f64, hard: &str) -> Mistake {
    Mistake {
        text: text.to_owned(),
        truth: truth.to_owned(),
        answer: answer.to_owned(),
        probability,
        hard: hard.to_owned(),
    }
}

/// Those that cost most.
fn worst(wrong: impl Iterator<Item = (f64, Mistake)>) -> Vec<Mistake> {
    let mut wrong: Vec<(f64, Mistake)> = wrong.collect();
    wrong.sort_by(|a, b| b.0.total_cmp(&a.0));
    wrong.truncate(MISTAKES_SHOWN);
    wrong.into_iter().map(|(_, mistake)| mistake).collect()
}

/// Each label's or kind of entity's figures; and the confusion matrix, where an answer is one of a few labels.
pub fn by_label(examples: &Examples, found: &Answers) -> (Vec<LabelScores>, Vec<Vec<usize>>) {
    let labels = examples.labels();
    match found {
        Answers::Classes(found) => {
            let confusion = confusion(found, labels.len()).counts;
            let counts = class_counts(&confusion);
            let named = labels.iter().zip(&counts);
            (named.map(of_label).collect(), confusion)
        }
        Answers::ManyLabels(found) => {
            let scores = many_labels::scores(found, labels.len());
            let named = labels.iter().zip(&scores.by_label);
            (named.map(of_label).collect(), Vec::new())
        }
        Answers::Tags(found) => {
            let scores = tags::scores(found, labels);
            let kinds = scores.by_type.iter();
            (kinds.map(of_label).collect(), scores.confusion)
        }
        _ => (Vec::new(), Vec::new()),
    }
}

fn of_label((label, counts): (&String, &Counts)) -> LabelScores {
    LabelScores {
        label: label.clone(),
        precision: counts.precision(),
        recall: counts.recall(),
        f1: counts.f1(),
        support: counts.support,
    }
}
