//! Words that a lesson uses must open their explanation where they are met first.

use super::texts::ALL;
use super::{Block, Lesson};

/// A word as lessons write it, and its key in the glossary.
const WORDS: [(&str, &str); 24] = [
    ("held-out", "held-out"),
    ("accuracy", "accuracy"),
    ("batch", "batch"),
    ("batches", "batch"),
    ("rank", "rank"),
    ("matrix", "matrix"),
    ("warmup", "warmup"),
    ("epoch", "epoch"),
    ("epochs", "epoch"),
    ("LoRA", "lora"),
    ("embedding", "embedding"),
    ("embeddings", "embedding"),
    ("layer norm", "layer-norm"),
    ("weight decay", "weight-decay"),
    ("activations", "activations"),
    ("recall", "recall"),
    ("context", "context"),
    ("loss", "loss"),
    ("perplexity", "perplexity"),
    ("optimizer", "optimizer"),
    ("gradient", "gradient"),
    ("adapter", "adapter"),
    ("validation", "validation"),
    ("standard error", "standard-error"),
];

/// What a reader meets, in order; options and headings apart, where nothing can be opened.
fn told(lesson: &Lesson) -> String {
    let mut told = String::new();
    for block in lesson.blocks {
        match block {
            Block::Prose(text) => told += &text.html(),
            Block::Widget { task, .. } => told += &task.html(),
            Block::Runs(set) => told += &set.task.html(),
            Block::Choice(choice) | Block::Guess(choice) => {
                told += &choice.question.html();
                let answers = choice.answers.iter();
                answers.for_each(|answer| told += &answer.why.html());
            }
            Block::Measured(check) => {
                for part in [check.question, check.waiting, check.met, check.missed] {
                    told += &part.html();
                }
            }
        }
        told.push('\n');
    }
    let end = ["<h2>Sources", "<h2>Where this"];
    let end = end.iter().filter_map(|start| told.find(start)).min();
    told.truncate(end.unwrap_or(told.len()));
    for tag in ["h2", "code", "math"] {
        told = without(&told, tag);
    }
    told
}

fn without(html: &str, tag: &str) -> String {
    let (open, close) = (format!("<{tag}"), format!("</{tag}>"));
    let mut out = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once(&open) {
        out += before;
        rest = after.split_once(&close).map_or("", |(_, after)| after);
    }
    out + rest
}

/// Where `word` stands by itself.
fn find_word(text: &str, word: &str) -> Option<usize> {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || "-_=\"".contains(c));
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        !is_part(text[..*at].chars().next_back())
            && !is_part(text[at + word.len()..].chars().next())
    })
}

#[test]
fn words_are_explained_where_they_are_met_first() {
    let mut unexplained = Vec::new();
    for lesson in ALL {
        let told = told(lesson);
        for (word, key) in WORDS {
            let opened = told
                .find(&format!("popovertarget=\"term-{key}\""))
                .unwrap_or(told.len());
            if let Some(at) = find_word(&told, word).filter(|at| *at < opened) {
                let near: String = told[at..].chars().take(50).collect();
                unexplained.push(format!("{}: {near}", lesson.slug));
            }
        }
    }
    assert!(unexplained.is_empty(), "{unexplained:#?}");
}
