//! A BERT's folder opened, with an adapter where one is given.

use std::path::{Path, PathBuf};

use burn::module::Module;
use burn::prelude::Device;

use crate::cli::base::{in_folder, open_tokenizer};
use crate::cli::error::CliError;
use crate::data::labelled::{EncodedText, LabelledDataset};
use crate::data::tokenizer::{Marks, Tokenizer};
use crate::io::{bert, folder, opening};
use crate::model::bert::{Bert, BertConfig};
use crate::protocol::Split;

pub struct BertBase {
    pub folder: PathBuf,
    pub config: BertConfig,
    pub model: Bert,
    pub tokenizer: Tokenizer,
    pub marks: Marks,
}

impl BertBase {
    /// Weights that want no gradients yet.
    pub fn open(folder: &Path, device: &Device) -> Result<Self, CliError> {
        let wrong = |e: &dyn std::fmt::Display| CliError::file(folder, e);
        let (config, model) = folder::bert(folder, device).map_err(|e| in_folder(folder, e))?;
        let tokenizer = open_tokenizer(folder)?;
        if tokenizer.vocabulary() > config.vocab_size {
            return Err(wrong(&format!(
                "the tokenizer knows {} tokens, the weights only {}; they belong to different models",
                tokenizer.vocabulary(),
                config.vocab_size
            )));
        }
        let marks = tokenizer.marks().map_err(|e| wrong(&e))?;
        Ok(Self {
            folder: folder.to_owned(),
            config,
            model: model.no_grad(),
            tokenizer,
            marks,
        })
    }

    /// The same with an adapter beside the weights.
    pub fn open_with(
        folder: &Path,
        adapter: Option<&Path>,
        device: &Device,
    ) -> Result<Self, CliError> {
        let base = Self::open(folder, device)?;
        let Some(adapter) = adapter else {
            return Ok(base);
        };
        let config = opening::adapter_config(adapter).map_err(|e| in_folder(adapter, e))?;
        let weights =
            opening::weights(adapter, "adapter_model").map_err(|e| in_folder(adapter, e))?;
        let model = bert::load_adapter(&config, weights, base.model)
            .map_err(|e| CliError::file(adapter, e))?;
        Ok(Self {
            model: model.no_grad(),
            ..base
        })
    }

    /// The length asked for, or `usual` as far as the positions go; the marks take two places of it.
    pub fn length(&self, asked: Option<usize>, usual: usize) -> Result<usize, CliError> {
        let longest = self.config.max_position_embeddings;
        let length = asked.unwrap_or(usual.min(longest));
        if (Marks::A_TEXT + 1..=longest).contains(&length) {
            return Ok(length);
        }
        Err(CliError::new(format!(
            "--max-length is {length}, but must be from 3 ([CLS], a token, [SEP]) to this model's {longest}"
        )))
    }

    /// The texts of a split between their marks, cut to `length`.
    pub fn encode(
        &self,
        dataset: &LabelledDataset,
        split: Split,
        length: usize,
    ) -> Result<Vec<EncodedText>, CliError> {
        let mut texts = dataset.encode(split, &self.tokenizer, length - Marks::A_TEXT)?;
        for text in &mut texts {
            text.ids = self.marks.around(text.ids.iter().copied());
        }
        Ok(texts)
    }
}
