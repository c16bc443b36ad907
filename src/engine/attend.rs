//! What each token of a text looks at, in every head, with the mask as the model was made or switched.

use burn::prelude::Tensor;

use super::base::Base;
use crate::data::tokenizer::Tokenizer;
use crate::faults::TextError;
use crate::model::any::Model;
use crate::model::network::Network;
use crate::model::numbers;
use crate::model::parts::{Pass, Record, Tokens};
use crate::protocol::{AttentionReport, EngineError, ErrorKind, Reader};

/// Every head answers with the square of this many numbers, and a map of more is not legible.
const MOST_TOKENS: usize = 64;

/// `model` is the base's own, or what a run has made of it.
pub async fn attend(
    base: &Base,
    model: &Model,
    text: &str,
    (reader, causal): (Reader, bool),
) -> Result<AttentionReport, EngineError> {
    let ids = base.prompt_ids(text)?;
    let marks = base.tokenizer.marks_a_text();
    check_length(ids.len() + marks, base.positions())?;
    let rows = [base.tokenizer.framed(ids, base.positions())];
    let mut record = Record::default();
    let mut pass = recording(&mut record, causal);
    model.hidden(Tokens::new(&rows), &mut pass);
    let sizes = (model.blocks(), model.attention_heads());
    report((reader, causal), sizes, &base.tokenizer, &rows[0], record).await
}

fn recording(record: &mut Record, causal: bool) -> Pass<'_> {
    Pass {
        record: Some(record),
        causal: Some(causal),
        ..Pass::default()
    }
}

fn check_length(tokens: usize, longest: usize) -> Result<(), EngineError> {
    let most = longest.min(MOST_TOKENS);
    if tokens <= most {
        return Ok(());
    }
    Err(EngineError::new(
        ErrorKind::Data,
        TextError::TooLongToDraw { tokens, most },
    ))
}

async fn report(
    (reader, causal): (Reader, bool),
    (layers, heads): (usize, usize),
    tokenizer: &Tokenizer,
    ids: &[i32],
    record: Record,
) -> Result<AttentionReport, EngineError> {
    let text = |id: &i32| tokenizer.decode(&[*id], false).unwrap_or_default();
    Ok(AttentionReport {
        reader,
        causal,
        tokens: ids.iter().map(text).collect(),
        layers,
        heads,
        values: values(record.attention, ids.len()).await?,
    })
}

/// Attention among the last `count` tokens, `[layer][head][query][key]`. What stands before them are virtual tokens.
pub async fn values(blocks: Vec<Tensor<4>>, count: usize) -> Result<Vec<f32>, EngineError> {
    let mut all = Vec::new();
    for block in blocks {
        let [_, _, queries, keys] = block.dims();
        let block = block
            .narrow(2, queries - count, count)
            .narrow(3, keys - count, count);
        let values = numbers::values("attention", block).await;
        all.extend(values.map_err(|e| EngineError::new(ErrorKind::Device, e))?);
    }
    Ok(all)
}
