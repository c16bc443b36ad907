//! Words of the control that offers the shipped models.

use crate::settings::MemoryNeed;
use crate::ui::format;
use crate::ui::shipped::Shipped;

pub const TITLE: &str = "The model";
pub const LOADED: &str = "Loaded";
pub const ENCODER: &str = "mini-bert, a BERT of 1.2 million parameters that fills masks, is fetched (2.5 MB) by the lesson on encoders and decoders and stands beside the model chosen here.";

pub fn load(name: &str) -> String {
    format!("Load {name}")
}

pub fn facts(shipped: &Shipped) -> String {
    format!(
        "has {} parameters, a file of {}, and spends {} bits on a byte of stories it has not read.",
        format::count(shipped.parameters),
        format::bytes(shipped.file_bytes),
        format::plain(shipped.bits_per_byte, 3),
    )
}

pub fn need(need: MemoryNeed) -> String {
    format!(
        "With the settings above a run needs about {} of memory.",
        format::bytes(need.total_bytes())
    )
}
