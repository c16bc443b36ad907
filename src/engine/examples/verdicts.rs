//! Which rows were answered right, and what a classifier made of each.

use super::peek::row;
use super::{Answers, Examples, Kind};
use crate::data::dataset::Dataset;
use crate::engine::evaluate::Answer;
use crate::engine::evaluate::answers::answers;
use crate::engine::evaluate::many_labels::ManyAnswer;
use crate::engine::evaluate::tags::TagAnswer;
use crate::protocol::{ClassAnswers, RowVerdicts, Split};

/// Right or wrong for each row of a split: a text with its label or all its labels and no other, a sentence with all its
/// tags, a question answered exactly. Nothing where a task predicts tokens. `rows` are the data that `examples` were made of.
pub fn row_verdicts(
    examples: &Examples,
    rows: &Dataset,
    found: &Answers,
    split: Split,
) -> RowVerdicts {
    let mut in_order: Vec<(usize, bool)> = match (&examples.kind, found) {
        (_, Answers::Classes(found)) => {
            let right = |a: &Answer| (a.index, a.label() == a.truth);
            found.iter().map(right).collect()
        }
        (_, Answers::ManyLabels(found)) => {
            let is_right = |a: &ManyAnswer| a.given().eq(a.truth.iter().copied());
            found.iter().map(|a| (a.index, is_right(a))).collect()
        }
        (_, Answers::Tags(found)) => {
            let right = |a: &TagAnswer| (a.index, a.truth == a.answer);
            found.iter().map(right).collect()
        }
        (
            Kind::Questions {
                questions, windows, ..
            },
            Answers::Windows(found),
        ) => {
            let answered = answers(questions.of(split), windows.of(split), found);
            let exact = answered.iter().map(|answer| answer.exact_match == 1.0);
            exact.enumerate().collect()
        }
        _ => Vec::new(),
    };
    // Scoring goes by length.
    in_order.sort_by_key(|(row, _)| *row);
    let right: Vec<bool> = in_order.into_iter().map(|(_, right)| right).collect();
    RowVerdicts::new(&right, fingerprint(rows, split))
}

/// Nothing where a text does not have one label.
pub fn class_answers(found: &Answers) -> Option<ClassAnswers> {
    let Answers::Classes(found) = found else {
        return None;
    };
    let mut in_order: Vec<_> = found.iter().collect();
    in_order.sort_by_key(|answer| answer.index);
    let probabilities = in_order.iter().flat_map(|a| a.probabilities.iter());
    Some(ClassAnswers {
        truths: in_order.iter().map(|a| a.truth as u32).collect(),
        probabilities: probabilities.map(|p| *p as f32).collect(),
    })
}

/// FNV-1a over the texts and labels of a split.
fn fingerprint(rows: &Dataset, split: Split) -> u32 {
    let mut hash = 0x811c_9dc5_u32;
    for index in rows.rows_of(split) {
        let row = row(rows, index);
        for part in [&row.question, &row.text, &row.label] {
            for byte in part.bytes().chain([0]) {
                hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
            }
        }
    }
    hash
}
