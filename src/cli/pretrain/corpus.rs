//! Plain text as a stream of token ids, and windows of it in an order that the seed decides.

use std::path::Path;

use super::super::error::CliError;
use crate::data::tokenizer::{END_OF_TEXT, Tokenizer};
use crate::settings::Seed;

/// The ids of a text, kept in `cache` for the next start.
pub fn tokens(tokenizer: &Tokenizer, text: &str, cache: &Path) -> Result<Vec<u16>, CliError> {
    if let Ok(bytes) = std::fs::read(cache) {
        return Ok(bytes
            .as_chunks::<2>()
            .0
            .iter()
            .map(|b| u16::from_le_bytes(*b))
            .collect());
    }
    if tokenizer.vocabulary() > usize::from(u16::MAX) {
        return Err(CliError::new(
            "a vocabulary of more than 65,535 does not fit the token cache",
        ));
    }
    let mut ids: Vec<u16> = Vec::with_capacity(text.len() / 3);
    for book in text.split(&format!("{END_OF_TEXT}\n")) {
        // Paragraph by paragraph, so that no single encoding holds a whole book.
        for paragraph in book.split_inclusive('\n') {
            ids.extend(tokenizer.ids(paragraph)?.into_iter().map(|id| id as u16));
        }
        ids.extend(tokenizer.end_of_text().map(|id| id as u16));
    }
    let bytes: Vec<u8> = ids.iter().flat_map(|id| id.to_le_bytes()).collect();
    std::fs::write(cache, bytes).map_err(|e| CliError::file(cache, e))?;
    Ok(ids)
}

/// Windows over the stream. Each epoch cuts it at another offset and goes through it in another order,
/// both functions of the seed and the epoch alone, so that a resumed run goes on as if never stopped.
pub struct Windows<'a> {
    tokens: &'a [u16],
    context: usize,
    batch_size: usize,
    seed: Seed,
    epoch: std::cell::RefCell<(usize, Vec<usize>)>,
}

impl<'a> Windows<'a> {
    pub fn new(tokens: &'a [u16], context: usize, batch_size: usize, seed: Seed) -> Self {
        let epoch = std::cell::RefCell::new((usize::MAX, Vec::new()));
        Self {
            tokens,
            context,
            batch_size,
            seed,
            epoch,
        }
    }

    pub fn batch(&self, step: usize) -> Vec<Vec<i32>> {
        // One window less than fit, to leave room for the offset.
        let windows = (self.tokens.len() / self.context).saturating_sub(1).max(1);
        (0..self.batch_size)
            .map(|row| {
                let index = step * self.batch_size + row;
                let start = self.start(index / windows, index % windows, windows);
                let end = (start + self.context).min(self.tokens.len());
                self.tokens[start..end]
                    .iter()
                    .map(|t| i32::from(*t))
                    .collect()
            })
            .collect()
    }

    fn start(&self, epoch: usize, index: usize, windows: usize) -> usize {
        let mut current = self.epoch.borrow_mut();
        if current.0 != epoch {
            let mut seed = self.seed.fork(&format!("epoch {epoch}"));
            let offset = seed.below(self.context);
            let mut starts: Vec<usize> = (0..windows)
                .map(|w| {
                    (offset + w * self.context).min(self.tokens.len().saturating_sub(self.context))
                })
                .collect();
            seed.shuffle(&mut starts);
            *current = (epoch, starts);
        }
        current.1[index]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_sees_every_window_once_and_the_next_in_another_order() {
        let tokens: Vec<u16> = (0..100).collect();
        let windows = Windows::new(&tokens, 10, 3, Seed::new(5));
        let firsts = |steps: std::ops::Range<usize>| -> Vec<i32> {
            steps
                .flat_map(|s| windows.batch(s))
                .map(|row| row[0])
                .collect()
        };
        let (first, second) = (firsts(0..3), firsts(3..6));
        assert_ne!(first, second);
        let mut sorted = first.clone();
        sorted.sort_unstable();
        assert!(sorted.windows(2).all(|w| w[1] - w[0] == 10));
        assert_eq!(
            first,
            firsts(0..3),
            "the order is a function of the step alone"
        );
    }
}
