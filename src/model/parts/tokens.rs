//! What goes into a model.

/// A batch of token ids, `[batch][seq]`, with what the model must know of its padding and its pairs.
#[derive(Debug, Clone, Copy)]
pub struct Tokens<'a> {
    pub ids: &'a [Vec<i32>],
    /// `true` for real tokens; none means no padding. With a cache, over all tokens seen.
    pub attention_mask: Option<&'a [Vec<bool>]>,
    /// Positions other than 0, 1, 2, … (a text padded on the left). GPT-2 alone reads them.
    pub position_ids: Option<&'a [Vec<i32>]>,
    /// 0 for the first text, 1 for the second; none means one text. BERT alone reads them.
    pub token_type_ids: Option<&'a [Vec<i32>]>,
}

impl<'a> Tokens<'a> {
    pub fn new(ids: &'a [Vec<i32>]) -> Self {
        Self {
            ids,
            attention_mask: None,
            position_ids: None,
            token_type_ids: None,
        }
    }

    pub fn masked(ids: &'a [Vec<i32>], attention_mask: &'a [Vec<bool>]) -> Self {
        Self {
            attention_mask: Some(attention_mask),
            ..Self::new(ids)
        }
    }

    /// With a mask where there is one.
    pub fn padded(ids: &'a [Vec<i32>], attention_mask: Option<&'a [Vec<bool>]>) -> Self {
        Self {
            attention_mask,
            ..Self::new(ids)
        }
    }

    /// Rows and tokens a row.
    pub fn dims(&self) -> [usize; 2] {
        [self.ids.len(), self.ids.first().map_or(0, Vec::len)]
    }
}
