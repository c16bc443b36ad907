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

pub const KEPT_TITLE: &str = "Weights that this browser keeps";
pub const KEPT_NONE: &str = "None. Weights that have been loaded over the network are kept here, so that they come only once.";
pub const FORGET: &str = "Delete";

/// Where the loaded model's weights came from.
pub fn came(name: &str, were_kept: bool) -> String {
    match were_kept {
        true => format!("The weights of {name} were here already; nothing was fetched."),
        false => format!("The weights of {name} were fetched on this visit."),
    }
}

/// The last folder of a file's address.
pub fn kept_name(url: &str) -> String {
    crate::ui::own_model::name_of(url.rsplit_once('/').map_or(url, |(folder, _)| folder))
}

pub fn checksum(sha256: &str) -> String {
    format!("SHA-256 {}…", sha256.get(..8).unwrap_or(sha256))
}

pub fn forget(name: &str) -> String {
    format!("Delete the weights of {name} from this browser")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_file_goes_by_its_folder() {
        assert_eq!(kept_name("http://x/models/nano/model.safetensors"), "nano");
        let hub = "https://huggingface.co/openai-community/gpt2/resolve/main/model.safetensors";
        assert_eq!(kept_name(hub), "gpt2");
    }
}
