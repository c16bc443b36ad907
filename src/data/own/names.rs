//! What columns are called.

use crate::protocol::Role;

/// Names that columns of each role have in public data sets.
pub const NAMES: [(Role, &[&str]); 11] = [
    (Role::Tokens, &["tokens", "words"]),
    (Role::Tags, &["ner_tags", "tags", "labels"]),
    (Role::Question, &["question"]),
    (Role::Context, &["context", "passage"]),
    (Role::Answers, &["answers"]),
    (
        Role::Prompt,
        &["prompt", "instruction", "question", "input"],
    ),
    (
        Role::Completion,
        &["completion", "response", "output", "answer"],
    ),
    (
        Role::Text,
        &[
            "text",
            "sentence",
            "review",
            "content",
            "body",
            "comment",
            "message",
            "tweet",
            "post",
            "document",
            "utterance",
            "description",
        ],
    ),
    (Role::Labels, &["labels"]),
    (
        Role::Label,
        &[
            "label",
            "class",
            "category",
            "sentiment",
            "target",
            "intent",
            "topic",
            "rating",
            "stars",
            "polarity",
            "y",
        ],
    ),
    (
        Role::Split,
        &["split", "set", "fold", "partition", "subset"],
    ),
];

/// Whether a column of this name is one that the guess knows.
pub fn is_known(name: &str) -> bool {
    let mut all = NAMES.iter().flat_map(|(_, names)| *names);
    all.any(|known| known.eq_ignore_ascii_case(name.trim()))
}
