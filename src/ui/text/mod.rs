//! Every word the page says, by key. Lessons have their own, in Markdown, and faults theirs in `words`.
//!
//! One folder a language, chosen when the page is built (`WARMUP_LANGUAGE`), so that nobody downloads another's. A language
//! that lacks a word does not compile.

#[cfg(language = "en")]
mod en;

#[cfg(language = "en")]
pub use en::*;
