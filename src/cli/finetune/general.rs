//! What a run does to the model's command of language at large, or of texts: `--general`.

use std::path::Path;

use burn::module::Module;

use super::{Arguments, named};
use crate::cli::base::Base;
use crate::cli::block_on;
use crate::cli::error::CliError;
use crate::cli::files::read_bytes;
use crate::data::passages::read_passages;
use crate::data::reader::{TextEnd, Texts, read_texts};
use crate::engine::general::{self, GeneralSource, Measuring};
use crate::model::any::Model;
use crate::protocol::{GeneralScore, Speech};

/// What the run does not train on, as the model reads it.
pub struct General(general::General);

impl General {
    pub fn open(arguments: &Arguments, base: &Base) -> Result<Option<Self>, CliError> {
        let Some(path) = &arguments.general else {
            return Ok(None);
        };
        let source = source(path, base)?;
        let read = general::General::of(&source, base, arguments.general_tokens);
        match read.map_err(|e| CliError::file(path, e))? {
            Some(general) => Ok(Some(Self(general))),
            None => Err(CliError::new(format!(
                "{}: too little to measure on; a model with a language head needs at least 2 tokens of text",
                named(path)
            ))),
        }
    }

    pub fn measure(&self, model: &Model, base: &Base) -> Result<GeneralScore, CliError> {
        let mut measuring = Measuring::new(&self.0, model.valid(), &base.model)?;
        while !block_on(measuring.advance(&self.0))? {}
        Ok(measuring.finish())
    }
}

/// A model that says no words is measured on passages and questions.
fn source(path: &Path, base: &Base) -> Result<GeneralSource, CliError> {
    let (name, bytes) = (named(path), read_bytes(path)?);
    if base.speech() == Speech::Silent {
        let passages = read_passages(&name, &bytes).map_err(|e| {
            CliError::new(format!(
                "{e}. This model has no language head: --general takes JSON lines of `passage` and `question` for it"
            ))
        })?;
        return Ok(GeneralSource {
            name,
            texts: Texts {
                texts: Vec::new(),
                end: TextEnd::NewLine,
            },
            passages,
        });
    }
    Ok(GeneralSource {
        texts: read_texts(&name, &bytes)?,
        name,
        passages: Vec::new(),
    })
}
