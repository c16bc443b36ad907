//! The likeliest tokens for every `[MASK]` of a text.

use crate::data::tokenizer::{Marks, Tokenizer};
use crate::faults::FillError;
use crate::model::bert::Bert;
use crate::model::numbers;
use crate::model::parts::{Pass, Tokens};
use crate::model::sampling::distribution;

/// One `[MASK]` of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Filled {
    /// Where it stands among [`Fills::ids`].
    pub place: usize,
    /// Tokens with their probabilities, the likeliest first.
    pub likeliest: Vec<(i32, f32)>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Fills {
    /// The text between its marks.
    pub ids: Vec<i32>,
    pub masks: Vec<Filled>,
}

/// The ids of a text between its marks, if the model can read so many.
pub fn encode(
    tokenizer: &Tokenizer,
    marks: Marks,
    longest: usize,
    text: &str,
) -> Result<Vec<i32>, FillError> {
    let words = tokenizer.ids(text)?;
    let (tokens, most) = (words.len(), longest.saturating_sub(Marks::A_TEXT));
    if tokens > most {
        return Err(FillError::TooLong { tokens, most });
    }
    Ok(marks.around(words.into_iter()))
}

/// The `count` likeliest tokens for each mask among `ids`.
pub async fn fill(
    model: &Bert,
    ids: Vec<i32>,
    marks: Marks,
    count: usize,
) -> Result<Fills, FillError> {
    let masked = ids.iter().enumerate().filter(|(_, id)| **id == marks.mask);
    let places: Vec<usize> = masked.map(|(place, _)| place).collect();
    if places.is_empty() {
        return Err(FillError::NoMask);
    }
    let rows = [ids];
    let mut pass = Pass::asking(places.iter().map(|place| *place as i32).collect());
    let hidden = model.bert.forward(Tokens::new(&rows), &mut pass);
    let logits = model.words_at(hidden, &mut pass);
    let logits = logits.ok_or(FillError::NoHead)?;
    let [_, vocabulary] = logits.dims();
    let logits = numbers::values("logits", logits).await;
    let logits = logits.map_err(|reason| FillError::Device(Box::new(reason)))?;
    let masks = places.into_iter().zip(logits.chunks(vocabulary));
    let masks = masks
        .map(|(place, logits)| Filled {
            place,
            likeliest: likeliest(&distribution(logits, 1.0, 0, 1.0), count),
        })
        .collect();
    let [ids] = rows;
    Ok(Fills { ids, masks })
}

/// The highest probabilities, the highest first; of equals the first.
fn likeliest(probabilities: &[f32], count: usize) -> Vec<(i32, f32)> {
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    order.sort_by(|a, b| {
        probabilities[*b]
            .total_cmp(&probabilities[*a])
            .then(a.cmp(b))
    });
    order.truncate(count);
    let with_value = |index: usize| (index as i32, probabilities[index]);
    order.into_iter().map(with_value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likeliest_come_first() {
        let found = likeliest(&[0.1, 0.4, 0.4, 0.2], 3);
        assert_eq!(found, [(1, 0.4), (2, 0.4), (3, 0.2)]);
    }
}
