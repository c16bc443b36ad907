//! BERT (Devlin et al. 2019).

use super::FamilyFacts;
use crate::settings::names::Place;
use crate::settings::{BertSizes, Sizes};

pub const FACTS: FamilyFacts = FamilyFacts {
    name: "bert",
    title: "BERT",
    class_prefix: "Bert",
    is_decoder: false,
    stores_inputs_first: false,
    has_token_types: true,
    prefix: "bert.",
    blocks: "encoder.layer.",
    embeddings: &["embeddings."],
    above: &[("pooler.", Place::Pooler), ("cls.", Place::WordHead)],
    pooler: Some("bert.pooler.dense"),
    text_head: "classifier",
    dropouts: &["hidden_dropout_prob", "attention_probs_dropout_prob"],
    linear_modules: &["query", "key", "value", "dense"],
    // `dense` is every layer but queries, keys and values, and `output.dense` both projections.
    twins: [
        &["query", "key", "value"],
        &["query", "key", "value"],
        &["attention.output.dense"],
        &["intermediate.dense"],
        &["intermediate.dense"],
        &["output.dense"],
        &["output.dense"],
        &["dense"],
    ],
    lora_targets: &["query", "value"],
    ia3_targets: &["key", "value", "output.dense"],
    ia3_feedforward: &["output.dense"],
    offered_targets: &[
        "query",
        "key",
        "value",
        "attention.output.dense",
        "output.dense",
        "dense",
    ],
    example: Sizes::Bert(BertSizes::BERT_BASE),
};
