use serde_json::{Value, json};

use super::Tokenizer;

/// A shipped model's `tokenizer.json` with other fields.
fn with(fields: &[(&str, Value)]) -> Tokenizer {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/www/models/nano/tokenizer.json"
    );
    let mut json: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for (field, value) in fields {
        json[*field] = value.clone();
    }
    Tokenizer::from_json(&json.to_string()).unwrap()
}

/// As tokenizers are saved that were last used for batches of one length; transformers then encodes one text in full.
#[test]
fn padding_and_truncation_that_a_file_carries_are_dropped() {
    let padding = json!({
        "strategy": {"Fixed": 64}, "direction": "Left", "pad_to_multiple_of": null,
        "pad_id": 0, "pad_type_id": 0, "pad_token": "<|endoftext|>",
    });
    let truncation =
        json!({"direction": "Right", "max_length": 8, "strategy": "LongestFirst", "stride": 0});
    let baked = with(&[("padding", padding), ("truncation", truncation)]);
    let plain = with(&[]);
    let texts = [
        ("A warm little film that never hurries its people.", 13),
        ("Two hours of shouting and not one joke that lands.", 15),
    ];
    for (text, count) in texts {
        let ids = baked.ids(text).unwrap();
        assert_eq!(ids.len(), count);
        assert_eq!(ids, plain.ids(text).unwrap());
    }
    assert_eq!(baked.to_json().unwrap(), plain.to_json().unwrap());
}

/// BERT's own way: lower case, accents off, Chinese signs each a word, then the longest pieces from the left.
#[test]
fn word_pieces_of_bert_are_found() {
    let pieces = [
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "!", "a", "##b", "cafe", "##s", "日", "本",
    ];
    let vocab: serde_json::Map<String, Value> = pieces
        .iter()
        .enumerate()
        .map(|(id, piece)| ((*piece).to_owned(), id.into()))
        .collect();
    let json = json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "post_processor": null,
        "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": vocab},
    });
    let tokenizer = Tokenizer::from_json(&json.to_string()).unwrap();
    let encoding = tokenizer.encode("Cafés AB!\t日本 xy").unwrap();
    assert_eq!(encoding.ids, [8, 9, 6, 7, 5, 10, 11, 1]);
    let at = encoding.offsets[..3].to_vec();
    assert_eq!(at, [(0, 4), (4, 5), (6, 7)]);
    assert_eq!(
        tokenizer.decode(&encoding.ids, false).unwrap(),
        "cafes ab! 日 本 [UNK]"
    );
}
