//! Every word the page says, by key, so that another language can be put beside it. Lessons have their
//! own, in Markdown.

pub mod adapters;
pub mod address;
pub mod charts;
pub mod code;
pub mod datasets;
#[cfg(test)]
mod elsewhere;
pub mod encoder;
pub mod format;
pub mod guide;
pub mod judging;
pub mod keeping;
pub mod lab;
pub mod labels;
pub mod lessons;
pub mod lost;
pub mod methods;
pub mod model_picker;
pub mod notices;
pub mod own_data;
pub mod own_model;
pub mod pages;
pub mod probes;
pub mod programs;
pub mod remedies;
pub mod run;
pub mod scripts;
pub mod speech;
pub mod status;
pub mod strategies;
pub mod take_home;
pub mod warmup;
pub mod widgets;
