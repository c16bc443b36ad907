//! Token ids in rows of one length.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::model::parts::Tokens;

/// The label of a token that nothing is to be learnt from, as transformers has it.
pub const IGNORED: i32 = -100;

/// A batch as the model takes it. Labels are `[batch][seq]` for language modelling and for tags of tokens, one
/// a row for classification, yes or no for each label where a text may have many, and start and end for
/// answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    pub ids: Vec<Vec<i32>>,
    /// `true` for real tokens; none where nothing is padded.
    pub mask: Option<Vec<Vec<bool>>>,
    pub labels: Vec<Vec<i32>>,
    /// 1 for the tokens of a second text, 0 for all others; none where every row is one text.
    pub segments: Option<Vec<Vec<i32>>>,
}

impl Batch {
    /// Rows of equal length that each predict their own next tokens.
    pub fn causal(ids: Vec<Vec<i32>>) -> Self {
        Self {
            labels: ids.clone(),
            mask: None,
            segments: None,
            ids,
        }
    }

    /// Texts padded on the right to the longest of them, one label each.
    pub fn classification(texts: &[(&[i32], i32)], pad: i32) -> Self {
        let labels = texts.iter().map(|(_, label)| vec![*label]).collect();
        Self::padded(texts.iter().map(|(ids, _)| *ids), labels, pad)
    }

    /// Texts padded on the right, with a label for each token; padding has none.
    pub fn of_tokens(texts: &[(&[i32], &[i32])], pad: i32) -> Self {
        let width = longest(texts.iter().map(|(ids, _)| *ids));
        let labels = texts
            .iter()
            .map(|(_, labels)| extended(labels, width, IGNORED));
        Self::padded(texts.iter().map(|(ids, _)| *ids), labels.collect(), pad)
    }

    /// Texts padded on the right to the longest of them, with labels that are about each text as a whole.
    pub fn padded<'a>(
        texts: impl Iterator<Item = &'a [i32]> + Clone,
        labels: Vec<Vec<i32>>,
        pad: i32,
    ) -> Self {
        let width = longest(texts.clone());
        let ragged = texts.clone().any(|ids| ids.len() != width);
        let real = |ids: &[i32]| (0..width).map(|t| t < ids.len()).collect();
        Self {
            ids: texts.clone().map(|ids| extended(ids, width, pad)).collect(),
            mask: ragged.then(|| texts.map(real).collect()),
            labels,
            segments: None,
        }
    }

    /// As the model takes them.
    pub fn tokens(&self) -> Tokens<'_> {
        Tokens {
            attention_mask: self.mask.as_deref(),
            token_type_ids: self.segments.as_deref(),
            ..Tokens::new(&self.ids)
        }
    }

    /// With each row's second text, where it has one, beginning at the place given.
    pub fn with_pairs(self, second_from: &[Option<usize>]) -> Self {
        if second_from.iter().all(Option::is_none) {
            return self;
        }
        let rows = self.ids.iter().enumerate().map(|(i, row)| {
            let real = |t: usize| self.mask.as_ref().is_none_or(|mask| mask[i][t]);
            let is_second = |t: usize| second_from[i].is_some_and(|from| t >= from) && real(t);
            (0..row.len()).map(|t| i32::from(is_second(t))).collect()
        });
        let segments = Some(rows.collect());
        Self { segments, ..self }
    }

    pub fn rows(&self) -> usize {
        self.ids.len()
    }

    /// Tokens a row, padding counted in.
    pub fn width(&self) -> usize {
        self.ids.first().map_or(0, Vec::len)
    }

    /// Some of the rows, padded as they are.
    pub fn part(&self, rows: Range<usize>) -> Self {
        Self {
            ids: self.ids[rows.clone()].to_vec(),
            mask: self.mask.as_ref().map(|mask| mask[rows.clone()].to_vec()),
            labels: self.labels[rows.clone()].to_vec(),
            segments: self.segments.as_ref().map(|all| all[rows].to_vec()),
        }
    }
}

fn longest<'a>(texts: impl Iterator<Item = &'a [i32]>) -> usize {
    texts.map(<[i32]>::len).max().unwrap_or(0).max(1)
}

fn extended(row: &[i32], width: usize, fill: i32) -> Vec<i32> {
    let mut row = row.to_vec();
    row.resize(width, fill);
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shorter_texts_are_padded_on_the_right() {
        let batch = Batch::classification(&[(&[1, 2, 3], 0), (&[4], 1)], 9);
        assert_eq!(batch.ids, [[1, 2, 3], [4, 9, 9]]);
        assert_eq!(
            batch.mask.as_deref(),
            Some(&[vec![true; 3], vec![true, false, false]][..])
        );
        assert_eq!(batch.labels, [[0], [1]]);
    }

    #[test]
    fn padding_has_no_label() {
        let batch = Batch::of_tokens(&[(&[1, 2, 3], &[0, IGNORED, 1]), (&[4], &[2])], 9);
        assert_eq!(batch.labels, [[0, IGNORED, 1], [2, IGNORED, IGNORED]]);
        assert_eq!(batch.ids[1], [4, 9, 9]);
    }

    #[test]
    fn equal_lengths_need_no_mask() {
        assert_eq!(
            Batch::classification(&[(&[1, 2], 0), (&[3, 4], 1)], 9).mask,
            None
        );
    }
}
