//! Token ids in rows of one length.

/// A batch as the model takes it. For language modelling `labels` is `[batch][seq]`; for
/// classification one label a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    pub ids: Vec<Vec<i32>>,
    /// `true` for real tokens; none where nothing is padded.
    pub mask: Option<Vec<Vec<bool>>>,
    pub labels: Vec<Vec<i32>>,
}

impl Batch {
    /// Rows of equal length that each predict their own next tokens.
    pub fn causal(ids: Vec<Vec<i32>>) -> Self {
        Self {
            labels: ids.clone(),
            mask: None,
            ids,
        }
    }

    /// Texts padded on the right to the longest of them, one label each.
    pub fn classification(texts: &[(&[i32], i32)], pad: i32) -> Self {
        let width = texts
            .iter()
            .map(|(ids, _)| ids.len())
            .max()
            .unwrap_or(0)
            .max(1);
        let padded = |ids: &[i32]| {
            let mut row = ids.to_vec();
            row.resize(width, pad);
            row
        };
        let ragged = texts.iter().any(|(ids, _)| ids.len() != width);
        Self {
            ids: texts.iter().map(|(ids, _)| padded(ids)).collect(),
            mask: ragged.then(|| {
                texts
                    .iter()
                    .map(|(ids, _)| (0..width).map(|t| t < ids.len()).collect())
                    .collect()
            }),
            labels: texts.iter().map(|(_, label)| vec![*label]).collect(),
        }
    }

    pub fn rows(&self) -> usize {
        self.ids.len()
    }
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
    fn equal_lengths_need_no_mask() {
        assert_eq!(
            Batch::classification(&[(&[1, 2], 0), (&[3, 4], 1)], 9).mask,
            None
        );
    }
}
