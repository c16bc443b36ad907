//! GPT-2 (Radford et al. 2019).

use super::FamilyFacts;
use crate::settings::names::Place;
use crate::settings::{Gpt2Sizes, Sizes};

pub const FACTS: FamilyFacts = FamilyFacts {
    name: "gpt2",
    title: "GPT-2",
    class_prefix: "GPT2",
    is_decoder: true,
    stores_inputs_first: true,
    has_token_types: false,
    prefix: "transformer.",
    blocks: "h.",
    embeddings: &["wte.", "wpe."],
    above: &[("ln_f.", Place::LastNorm)],
    pooler: None,
    text_head: "score",
    dropouts: &["attn_pdrop", "embd_pdrop", "resid_pdrop"],
    linear_modules: &["c_attn", "c_fc", "c_proj"],
    twins: [
        &["c_attn"],
        &["attn.c_attn"],
        &["attn.c_proj"],
        &["c_fc"],
        &["mlp.c_fc"],
        &["c_proj"],
        &["mlp.c_proj"],
        &["c_proj", "c_fc"],
    ],
    lora_targets: &["c_attn", "c_proj"],
    // Queries, keys and values, and what the MLP's second layer reads.
    ia3_targets: &["c_attn", "mlp.c_proj"],
    ia3_feedforward: &["mlp.c_proj"],
    offered_targets: &["c_attn", "c_proj", "attn.c_proj", "mlp.c_proj", "c_fc"],
    example: Sizes::Gpt2(Gpt2Sizes::GPT2_SMALL),
};
