//! Words of the widgets about strategies.

use crate::settings::names::Place;
use crate::ui::text::format;

pub const WHICH_MODEL: &str = "Which model is counted";
pub const GPT2_SMALL: &str = "GPT-2 small, the real one";

pub fn this_model(name: Option<&str>) -> String {
    match name {
        Some(name) => format!("{name}, on this page"),
        None => "the model on this page".into(),
    }
}

pub const LINE: &str = "Frozen storeys";

pub fn line(frozen: usize, all: usize) -> String {
    match frozen {
        0 => "nothing is frozen".into(),
        n => format!("{n} of {all}, from the input up"),
    }
}

pub fn storey(place: Place) -> String {
    match place {
        Place::Embeddings => "embeddings".into(),
        Place::Block(index) => format!("block {}", index + 1),
        Place::LastNorm => "last layer norm".into(),
        Place::Pooler => "pooler".into(),
        Place::WordHead => "head for hidden words".into(),
        Place::Head => "head, new".into(),
    }
}

pub const TRAINS: &str = "Parameters that train";
pub const SHARE: &str = "of all";
pub const WEIGHTS: &str = "Weights";
pub const GRADIENTS: &str = "Gradients";
pub const OPTIMIZER: &str = "AdamW's averages";
pub const ALTOGETHER: &str = "Altogether";
pub const ACTIVATIONS: &str = "Activations";

/// Under the bars.
pub fn memory(batch: usize, length: usize) -> String {
    format!(
        "Four bytes a number: one for each weight, and one gradient and two averages for each that trains. Activations are what the forward pass keeps of a batch for the backward pass, here of {batch} texts of up to {length} tokens; they grow with both. Below the line none are kept."
    )
}

pub fn engine_says(trainable: usize) -> String {
    format!(
        "The engine's own list for these settings: {} train.",
        format::count(trainable)
    )
}

pub const TABLE: &str = "All strategies on one model";
pub const COLUMNS: [&str; 4] = ["Strategy", "Trains", "Gradients, AdamW", "To save"];
pub const TABLE_SETTINGS: &str = "With a head for two classes. LoRA has rank 8 on c_attn and both c_proj, in a BERT on query and value; partial freezes half of the blocks; adapters have a bottleneck of 16; prompt and prefix 8 virtual tokens, unless you have set them otherwise.";
