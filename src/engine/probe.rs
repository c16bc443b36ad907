//! A text seen from inside the model.

use burn::prelude::Tensor;

use super::attend;
use super::base::{Base, decoder};
use crate::engine::run::device_error;
use crate::faults::DecoderWish;
use crate::model::any::Model;
use crate::model::network::Network;
use crate::model::numbers;
use crate::model::parts::{Pass, Record, Tokens};
use crate::model::sampling::distribution;
use crate::protocol::{EngineError, LabelProbability, Probe};

const LIKELIEST: usize = 10;

/// Attention, hidden-state norms and the next token's distribution for `text`.
pub async fn probe(base: &Base, model: &Model, text: &str) -> Result<Probe, EngineError> {
    let model = decoder(model, DecoderWish::ForetellToken)?;
    let mut ids = base.prompt_ids(text)?;
    let virtual_tokens = model.transformer.virtual_tokens();
    ids.truncate(base.positions().saturating_sub(virtual_tokens));
    let rows = [ids];
    let mut record = Record::default();
    let mut pass = Pass {
        record: Some(&mut record),
        ..Pass::default()
    };
    let logits = model.logits(Tokens::new(&rows), &mut pass);
    let ids = &rows[0];

    let hidden_norms = norms(record.hidden, ids.len()).await?;
    let attention = attend::values(record.attention, ids.len()).await?;
    let [count, vocabulary] = logits.dims();
    let last = logits.slice([count - 1..count, 0..vocabulary]);
    let last = numbers::values("logits", last)
        .await
        .map_err(device_error)?;
    Ok(Probe {
        tokens: ids.iter().map(|id| token_text(base, *id)).collect(),
        attention,
        layers: model.blocks(),
        heads: model.attention_heads(),
        hidden_norms,
        next: likeliest(base, &last),
    })
}

/// The length of each token's hidden state, after every block.
///
/// # Shapes
/// `hidden: [1, tokens, width]` each, of whose tokens the last `count` are the text's.
async fn norms(hidden: Vec<Tensor<3>>, count: usize) -> Result<Vec<Vec<f32>>, EngineError> {
    let mut all_norms = Vec::new();
    for hidden in hidden {
        // A soft prompt goes through the blocks before the text.
        let [_, all, _] = hidden.dims();
        let hidden = hidden.narrow(1, all - count, count);
        let norms = numbers::values("norms", hidden.square().sum_dim(2).sqrt()).await;
        all_norms.push(norms.map_err(device_error)?);
    }
    Ok(all_norms)
}

fn token_text(base: &Base, id: i32) -> String {
    base.tokenizer.decode(&[id], false).unwrap_or_default()
}

fn likeliest(base: &Base, logits: &[f32]) -> Vec<LabelProbability> {
    let probabilities = distribution(logits, 1.0, LIKELIEST, 1.0);
    let all = distribution(logits, 1.0, 0, 1.0);
    let mut kept: Vec<usize> = (0..all.len()).filter(|i| probabilities[*i] > 0.0).collect();
    kept.sort_by(|a, b| all[*b].total_cmp(&all[*a]));
    kept.into_iter()
        .map(|i| LabelProbability {
            label: token_text(base, i as i32),
            probability: all[i].into(),
        })
        .collect()
}
