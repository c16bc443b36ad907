//! Words of the control that offers the shipped models.

use crate::settings::MemoryNeed;
use crate::ui::sources::shipped_models::{Extra, HeldOut, Shipped, Skill};
use crate::ui::text::format;

pub const TITLE: &str = "The model";
pub const LOADED: &str = "Loaded";
pub const ENCODER: &str = "nano, small, modern and modern-small are GPT-2s, which go on with a text; the others are BERTs, which read all of it at once. nano and small have read old stories, modern, modern-small and mini-bert have read reviews, questions and answers, talk, textbooks and some of the stories. For the lesson on encoders and decoders mini-bert also comes beside the model chosen here.";

pub fn load(name: &str) -> String {
    format!("Load {name}")
}

pub fn facts(shipped: &Shipped) -> String {
    let skill = match shipped.skill {
        Skill::BitsPerByte(held_out, bits) => format!(
            "spends {} bits on a byte of {} that it has not read",
            format::plain(bits, 3),
            kind(held_out),
        ),
        Skill::HiddenWords(held_out, share) => format!(
            "finds {} of the tokens hidden in {} that it has not read",
            format::percent(share),
            kind(held_out),
        ),
    };
    format!(
        "has {} parameters, a file of {}, and {skill}.",
        format::count(shipped.parameters),
        format::bytes(shipped.file_bytes),
    )
}

fn kind(held_out: HeldOut) -> &'static str {
    match held_out {
        HeldOut::Stories => "old stories",
        HeldOut::ModernEnglish => "modern English",
    }
}

pub fn extra_facts(extra: &Extra) -> String {
    format!(
        "has {} parameters, a file of {}, and has learned from a billion pairs of sentences: all-MiniLM-L6-v2, made small for this page. It turns texts into vectors and says no words.",
        format::count(extra.facts.parameters()),
        format::bytes(extra.file_bytes),
    )
}

pub fn need(need: MemoryNeed) -> String {
    format!(
        "With the settings above a run needs about {} of memory.",
        format::bytes(need.total_bytes())
    )
}

pub const KEPT_TITLE: &str = "What this browser keeps";
pub const KEPT_NONE: &str = "No weights yet. Weights that have been loaded over the network are kept here, so that they come only once.";
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
    crate::ui::sources::own_model::name_of(url.rsplit_once('/').map_or(url, |(folder, _)| folder))
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
