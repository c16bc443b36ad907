//! What a text costs a language model.

use serde::{Deserialize, Serialize};

use super::metrics::mean_nats;
use crate::data::batch::Batch;
use crate::faults::{Fault, RunError};
use crate::model::any::Model;
use crate::model::gpt2::Gpt2;
use crate::model::network::Network;
use crate::model::numbers;
use crate::model::parts::{Pass, Tokens};
use crate::train::loss::{labelled_rows, nll};
use burn::prelude::*;

/// Rows scored together, where the logits are not too large for it.
const ROWS: usize = 8;
/// Logits held at once: 64 million numbers are 256 MB.
const LOGITS: usize = 64 << 20;

/// Cross-entropy summed over the predictions of a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct TextLoss {
    pub nats: f64,
    /// Predictions scored: all tokens but the first.
    pub tokens: usize,
}

impl TextLoss {
    /// NaN where nothing was predicted.
    pub fn mean_nats(&self) -> f64 {
        mean_nats(self.nats, self.tokens)
    }

    pub fn perplexity(&self) -> f64 {
        self.mean_nats().exp()
    }
}

/// The same, and how many of the tokens were the likeliest where they stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct TextScores {
    pub loss: TextLoss,
    pub right_tokens: usize,
}

impl TextScores {
    /// One prediction: its loss, and 1 where no other token was likelier.
    pub(super) fn count(&mut self, [nats, is_right]: [f32; 2]) {
        self.loss.nats += f64::from(nats);
        self.right_tokens += usize::from(is_right > 0.0);
        self.loss.tokens += 1;
    }

    pub fn add(&mut self, other: Self) {
        self.loss.nats += other.loss.nats;
        self.loss.tokens += other.loss.tokens;
        self.right_tokens += other.right_tokens;
    }

    pub fn token_accuracy(&self) -> f64 {
        self.right_tokens as f64 / self.loss.tokens.max(1) as f64
    }
}

/// Scores each token of `ids` but the first, once. Windows of `context` overlap by half, so that all
/// but the first tokens see at least half a context. `model` is without autodiff.
pub async fn text_loss(model: &Gpt2, ids: &[i32], context: usize) -> Result<TextLoss, Fault> {
    let mut total = TextScores::default();
    for group in text_units(model, ids.len(), context)? {
        total.add(score_windows(model, ids, &group, false).await?);
    }
    Ok(total.loss)
}

/// Whoever predicts running text.
pub fn decoder_of(model: &Model) -> Result<&Gpt2, Fault> {
    let decoder = model.decoder();
    decoder.ok_or_else(|| Fault::internal("running text is a decoder's"))
}

/// The windows of a text of so many tokens, in groups to be scored together.
pub fn text_units(model: &Gpt2, tokens: usize, context: usize) -> Result<Vec<Vec<Window>>, Fault> {
    // A soft prompt or prefix takes positions from the text.
    let context = context.saturating_sub(model.transformer.virtual_tokens());
    let [vocabulary, _] = model.transformer.wte.weight.lazy_shape().dims();
    if context < 2 {
        return Err(RunError::OnePosition.into());
    }
    let rows = (LOGITS / (context * vocabulary)).clamp(1, ROWS);
    Ok(groups(windows(tokens, context), rows))
}

/// The loss of a group of windows of `ids`; with `counts_right` how many tokens were the likeliest, too.
pub async fn score_windows(
    model: &Gpt2,
    ids: &[i32],
    group: &[Window],
    counts_right: bool,
) -> Result<TextScores, Fault> {
    let rows: Vec<Vec<i32>> = group.iter().map(|w| ids[w.start..w.end].to_vec()).collect();
    let firsts: Vec<usize> = group.iter().map(|w| w.first_counted).collect();
    let mut total = TextScores::default();
    for scored in prediction_losses(model, &rows, &firsts, counts_right).await? {
        total.count(scored);
    }
    Ok(total)
}

/// The loss of hidden words, and how many of them were found. `batch` has labels at hidden places alone.
pub async fn score_hidden<M: Network>(model: &M, batch: &Batch) -> Result<TextScores, Fault> {
    let (asked, words) = labelled_rows(&batch.labels);
    let mut pass = Pass::asking(asked);
    let hidden = model.hidden(batch.tokens(), &mut pass);
    let logits = model
        .word_logits(hidden, &mut pass)
        .ok_or(RunError::NoMaskedWordHead)?;
    let mut total = TextScores::default();
    for scored in losses_and_right(logits, &words).await? {
        total.count(scored);
    }
    Ok(total)
}

/// A stretch of the text, and its first prediction that no earlier window has scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    start: usize,
    end: usize,
    first_counted: usize,
}

fn windows(count: usize, context: usize) -> Vec<Window> {
    let stride = (context / 2).max(1);
    let mut found = Vec::new();
    let mut scored_upto = 1;
    let mut start = 0;
    while scored_upto < count {
        let end = (start + context).min(count);
        // Prediction i of a window is of its token i + 1.
        found.push(Window {
            start,
            end,
            first_counted: scored_upto - start - 1,
        });
        scored_upto = end;
        start += stride;
    }
    found
}

/// Neighbours of one length, at most `rows` of them; only the last may be shorter.
fn groups(windows: Vec<Window>, rows: usize) -> Vec<Vec<Window>> {
    windows
        .chunk_by(|a, b| a.end - a.start == b.end - b.start)
        .flat_map(|same| same.chunks(rows).map(<[Window]>::to_vec))
        .collect()
}

/// Of the predictions inside `rows`, those from `firsts` on, one row after another: each one's loss, and 1 where no other
/// token was likelier, if that is counted: it takes all logits at once.
async fn prediction_losses(
    model: &Gpt2,
    rows: &[Vec<i32>],
    firsts: &[usize],
    counts_right: bool,
) -> Result<Vec<[f32; 2]>, Fault> {
    let seq = rows.first().map_or(0, Vec::len);
    let counted = |(row, first): (usize, &usize)| (*first..seq - 1).map(move |place| (row, place));
    let counted: Vec<(usize, usize)> = firsts.iter().enumerate().flat_map(counted).collect();
    let labels: Vec<i32> = counted.iter().map(|(row, t)| rows[*row][t + 1]).collect();
    let asked = counted.iter().map(|(row, t)| (row * seq + t) as i32);
    let mut pass = Pass::asking(asked.collect());
    let hidden = model.transformer.forward(Tokens::new(rows), &mut pass);
    if counts_right {
        return losses_and_right(model.lm_head(hidden), &labels).await;
    }
    let losses = numbers::values("losses", model.next_token_nll(hidden, &labels)).await?;
    Ok(losses.into_iter().map(|nats| [nats, 0.0]).collect())
}

/// For each row of `logits: [predictions, vocab]` its loss, and 1 where no other token was likelier than its label.
pub(super) async fn losses_and_right(
    logits: Tensor<2>,
    labels: &[i32],
) -> Result<Vec<[f32; 2]>, Fault> {
    let own = TensorData::new(labels.to_vec(), [labels.len(), 1]);
    let own = Tensor::<2, Int>::from_data(own, &logits.device());
    let columns = vec![
        nll(logits.clone(), labels),
        logits.clone().gather(1, own),
        logits.max_dim(1),
    ];
    let values = numbers::values("scores", Tensor::cat(columns, 1)).await?;
    let pair = |row: &[f32]| [row[0], f32::from(u8::from(row[1] >= row[2]))];
    Ok(values.chunks(3).map(pair).collect())
}

#[cfg(test)]
mod tests {
    use burn::prelude::Device;

    use super::*;
    use crate::engine::wait::block_on;
    use crate::model::gpt2::{Gpt2Config, RandomWeights};
    use crate::settings::Seed;

    #[test]
    fn windows_score_every_token_but_the_first_once() {
        for (count, context) in [(2, 8), (8, 8), (9, 8), (100, 8), (101, 7), (50, 2), (5, 1)] {
            let mut next = 1;
            for window in windows(count, context.max(2)) {
                assert_eq!(
                    window.start + window.first_counted + 1,
                    next,
                    "{count} {context}"
                );
                assert!(window.end - window.start <= context.max(2));
                next = window.end;
            }
            assert_eq!(next, count);
        }
        assert!(windows(1, 8).is_empty());
    }

    #[test]
    fn one_window_is_the_plain_mean_of_its_predictions() {
        let config = Gpt2Config::sized(20, 16, 8, 1, 2);
        let mut weights = RandomWeights::new(Seed::new(1), 1);
        let model = Gpt2::load(&config, &mut weights, &Device::flex()).unwrap();
        let ids: Vec<i32> = (0..16).map(|i| i * 7 % 20).collect();
        let whole = block_on(text_loss(&model, &ids, 16)).unwrap();
        let losses = block_on(prediction_losses(
            &model,
            std::slice::from_ref(&ids),
            &[0],
            true,
        ))
        .unwrap();
        assert_eq!(whole.tokens, 15);
        assert!((whole.nats - losses.iter().map(|v| f64::from(v[0])).sum::<f64>()).abs() < 1e-4);
        let in_parts = block_on(text_loss(&model, &ids, 6)).unwrap();
        assert_eq!(in_parts.tokens, 15);
        assert!((in_parts.perplexity() - 20.0).abs() < 2.0);
    }
}
