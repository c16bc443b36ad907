//! Words of the widgets in which an encoder and a decoder read the same text.

use crate::protocol::Reader;
use crate::ui::text::format;

pub const TRY_AGAIN: &str = "Fetch it again";
pub const WAITING: &str = "Waiting for both models …";

pub fn fetching(received: Option<(u64, Option<u64>)>) -> String {
    match received {
        None => "mini-BERT, 3.8 MB, is about to be fetched …".to_string(),
        Some((received, Some(total))) => format!(
            "mini-BERT is being fetched: {} of {} …",
            format::bytes(received),
            format::bytes(total)
        ),
        Some((received, None)) => {
            format!("mini-BERT is being fetched: {} …", format::bytes(received))
        }
    }
}

pub fn not_fetched(reason: &str) -> String {
    format!("mini-BERT could not be loaded. {reason}")
}

pub const MASK: &str = "[MASK]";
pub const FILL_LABEL: &str = "A sentence with [MASK] where a word is missing";
pub const FILL_ASK: &str = "Fill the blank";
pub const FILL_PRESETS: &str = "The same beginning, another end";

/// Pairs whose words before the blank are the same: what stands after it decides.
pub const SENTENCES: [&str; 5] = [
    "I want [MASK] go home.",
    "I want [MASK] ticket to London.",
    "We arrived [MASK] seven.",
    "We arrived [MASK] Monday.",
    "There [MASK] many people in the room.",
];

pub const FILL_GOAL: &str = "To reach, measured here: a blank that mini-BERT fills with more than 60%, and GPT-2 with another word.";
pub const BY_ENCODER: &str = "mini-BERT fills the blank";
pub const BY_DECODER: &str = "GPT-2 goes on from the words before";
pub const READS_ALL: &str = "It reads:";
pub const READS_BEFORE: &str = "It reads only:";
pub const NOTHING_BEFORE: &str = "(nothing: the blank comes first)";

pub fn blank(number: usize) -> String {
    format!("Blank {number}")
}

pub const ATTENTION_LABEL: &str = "Text";
pub const ATTENTION_START: &str = "They put his hat on his head.";
pub const ATTENTION_ASK: &str = "Show what it looks at";
pub const READER: &str = "Model";
pub const LAYER: &str = "Layer";
pub const HEAD: &str = "Attention head";
pub const CAUSAL: &str = "Causal mask: no token sees what comes after it";
pub const EMPTY: &str = "The map appears here.";
pub const QUERIES: &str = "Each row is a token that looks, each column a token that is looked at.";
pub const CHOOSE_ROW: &str = "Point at a row, or tap it, to read what its token looks at.";
pub const LOOKS_FROM: &str = "Token that looks";

pub fn reader(reader: Reader) -> &'static str {
    match reader {
        Reader::Encoder => "mini-BERT, an encoder",
        Reader::Decoder => "GPT-2, a decoder",
    }
}

/// Whether the mask is the one that the model was trained with.
pub fn mask_note(reader: Reader, causal: bool) -> &'static str {
    match (reader, causal) {
        (Reader::Encoder, false) => "As it was trained: mini-BERT looks in both directions.",
        (Reader::Encoder, true) => {
            "Not as it was trained: mini-BERT has learned to read what comes after as well."
        }
        (Reader::Decoder, true) => "As it was trained: GPT-2 looks only back.",
        (Reader::Decoder, false) => {
            "Not as it was trained: GPT-2 has never seen what comes after a token."
        }
    }
}

pub fn map_title(layer: usize, head: usize) -> String {
    format!("Attention of layer {layer}, attention head {head}. {QUERIES}")
}

pub fn scale(most: f32) -> String {
    let most = format::percent(f64::from(most));
    format!("{QUERIES} A row sums to 100%; the fullest colour is {most}.")
}

/// What one token looks at, the most first.
pub fn row(token: &str, shares: &[(String, f64)]) -> String {
    let shares: Vec<String> = shares
        .iter()
        .map(|(token, share)| format!("{token} {}", format::percent(*share)))
        .collect();
    format!("{token} looks at {}.", shares.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_has_one_blank_with_words_on_both_sides() {
        for sentence in SENTENCES {
            let parts: Vec<&str> = sentence.split(MASK).collect();
            assert_eq!(parts.len(), 2, "{sentence}");
            assert!(parts.iter().all(|part| part.trim().len() > 3), "{sentence}");
        }
    }

    #[test]
    fn a_row_is_put_in_words() {
        let shares = [("·hat".to_string(), 0.5), ("·on".to_string(), 0.25)];
        assert_eq!(row("·his", &shares), "·his looks at ·hat 50.0%, ·on 25.0%.");
    }
}
