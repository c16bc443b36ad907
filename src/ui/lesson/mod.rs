//! A lesson as a page: its blocks in order, its questions, and the numbers of the loaded model in its text.

pub mod checks;
pub mod filled_text;
mod texts;
pub mod view;
