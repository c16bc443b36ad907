//! Scoring a language model on completions, the prompts being given.

use serde::{Deserialize, Serialize};

use crate::data::batch::Batch;
use crate::data::prompts::EncodedPrompt;
use crate::engine::perplexity::{TextScores, losses_and_right};
use crate::faults::Fault;
use crate::model::network::Network;
use crate::model::parts::Pass;
use crate::train::loss::predicted_rows;

/// Rows scored together.
const ROWS: usize = 8;

/// What the completions cost, and how many of their tokens were the likeliest where they stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct CompletionScores {
    pub rows: usize,
    pub tokens: TextScores,
}

/// Indices of rows of such lengths, in groups to be scored together.
pub fn units(lengths: &[usize]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.sort_by_key(|i| lengths[*i]);
    order.chunks(ROWS).map(<[usize]>::to_vec).collect()
}

impl CompletionScores {
    /// Scores some of the rows too. `model` is without autodiff.
    pub async fn add<M: Network>(
        &mut self,
        model: &M,
        rows: &[EncodedPrompt],
        unit: &[usize],
        pad: i32,
    ) -> Result<(), Fault> {
        let parts: Vec<(&[i32], &[i32])> = unit
            .iter()
            .map(|i| (&rows[*i].ids[..], &rows[*i].labels[..]))
            .collect();
        let batch = Batch::of_tokens(&parts, pad);
        let (asked, classes) = predicted_rows(&batch.labels);
        let mut pass = Pass::asking(asked);
        let hidden = model.hidden(batch.tokens(), &mut pass);
        let logits = model
            .word_logits(hidden, &mut pass)
            .ok_or_else(|| Fault::internal("the model says no words"))?;
        for scored in losses_and_right(logits, &classes).await? {
            self.tokens.count(scored);
        }
        self.rows += unit.len();
        Ok(())
    }
}
