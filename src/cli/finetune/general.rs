//! What a run does to the model's command of language at large: `--general`.

use burn::module::Module;

use super::Arguments;
use crate::cli::base::Base;
use crate::cli::block_on;
use crate::cli::data::{file_name, texts};
use crate::cli::error::CliError;
use crate::engine::perplexity::{TextLoss, text_loss};
use crate::model::gpt2::Gpt2;

/// Text that the run does not train on.
pub struct General {
    ids: Vec<i32>,
    context: usize,
}

impl General {
    pub fn open(arguments: &Arguments, base: &Base) -> Result<Option<Self>, CliError> {
        let Some(path) = &arguments.general else {
            return Ok(None);
        };
        let mut ids = texts(path, &base.tokenizer)?;
        ids.truncate(arguments.general_tokens);
        if ids.len() < 2 {
            return Err(CliError::new(format!(
                "{}: {} tokens of general text; at least 2 are needed",
                file_name(path),
                ids.len()
            )));
        }
        Ok(Some(Self {
            ids,
            context: base.config.n_positions,
        }))
    }

    pub fn measure(&self, model: &Gpt2) -> Result<TextLoss, CliError> {
        Ok(block_on(text_loss(
            &model.valid(),
            &self.ids,
            self.context,
        ))?)
    }
}
