//! Scoring a language model on completions, the prompts being given.

use burn::prelude::*;

use crate::data::batch::Batch;
use crate::data::prompts::EncodedPrompt;
use crate::engine::perplexity::TextLoss;
use crate::model::gpt2::{Gpt2, Pass, Tokens};
use crate::train::loss::{nll, predicted_rows, select_rows};

/// Rows scored together.
const ROWS: usize = 8;

/// What the completions cost, and how many of their tokens were the likeliest where they stand.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct CompletionScores {
    pub rows: usize,
    pub loss: TextLoss,
    pub right_tokens: usize,
}

impl CompletionScores {
    pub fn token_accuracy(&self) -> f64 {
        self.right_tokens as f64 / self.loss.tokens.max(1) as f64
    }
}

/// `model` is without autodiff.
pub async fn score(
    model: &Gpt2,
    rows: &[EncodedPrompt],
    pad: i32,
) -> Result<CompletionScores, String> {
    let mut order: Vec<&EncodedPrompt> = rows.iter().collect();
    order.sort_by_key(|row| row.ids.len());
    let mut scores = CompletionScores {
        rows: rows.len(),
        ..CompletionScores::default()
    };
    for rows in order.chunks(ROWS) {
        let parts: Vec<(&[i32], &[i32])> = rows
            .iter()
            .map(|row| (&row.ids[..], &row.labels[..]))
            .collect();
        scores.add(model, &Batch::of_tokens(&parts, pad)).await?;
    }
    Ok(scores)
}

impl CompletionScores {
    async fn add(&mut self, model: &Gpt2, batch: &Batch) -> Result<(), String> {
        let tokens = Tokens {
            ids: &batch.ids,
            attention_mask: batch.mask.as_deref(),
            position_ids: None,
        };
        let hidden = model.transformer.forward(tokens, &mut Pass::default());
        let (rows, classes) = predicted_rows(&batch.labels);
        let logits = model.lm_head(select_rows(hidden, rows));
        let [rows, _] = logits.dims();
        let own = TensorData::new(classes.clone(), [rows, 1]);
        let own = Tensor::<2, Int>::from_data(own, &logits.device());
        let columns = vec![
            nll(logits.clone(), &classes),
            logits.clone().gather(1, own),
            logits.max_dim(1),
        ];
        for row in super::read(Tensor::cat(columns, 1)).await?.chunks(3) {
            self.loss.nats += f64::from(row[0]);
            // Right is what no other token's logit exceeds.
            self.right_tokens += usize::from(row[1] >= row[2]);
        }
        self.loss.tokens += classes.len();
        Ok(())
    }
}
