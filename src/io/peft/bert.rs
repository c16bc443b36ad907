//! The same two files for BERT, whose head is a linear layer on the pooler.

use serde_json::{Value, json};

use super::{AdapterConfig, PeftError, Reader, files, stored_name};
use crate::io::safetensors::{ByteSource, SafetensorsFile};
use crate::model::bert::{Bert, Linear};
use crate::model::parameters::is_added;
use crate::model::weights::WeightError;
use crate::settings::LoraSettings;

/// As [`super::load`].
pub fn load_bert(
    config_json: &str,
    weights: impl ByteSource,
    model: Bert,
) -> Result<Bert, PeftError> {
    let AdapterConfig {
        settings,
        task_type,
    } = AdapterConfig::parse(config_json)?;
    let mut reader = Reader {
        file: SafetensorsFile::open(weights)?,
        used: Default::default(),
    };
    let (mut failed, mut matched) = (None, false);
    let mut model = model.map_linear(|path, mut linear| {
        if failed.is_none() && settings.targets(path) {
            matched = true;
            let weight = linear.weight.val();
            let [d_out, d_in] = weight.dims();
            match reader.lora(path, [d_in, d_out], &weight.device(), &settings) {
                Ok(lora) => linear.lora = Some(lora),
                Err(error) => failed = Some(error),
            }
        }
        linear
    });
    if let Some(error) = failed {
        return Err(error.into());
    }
    if !matched {
        return Err(PeftError::NothingMatched {
            targets: settings.target_modules,
            modules: "query, key, value and dense",
        });
    }
    if let Some(classifier) = reader.classifier(&model)? {
        model = model.with_classifier(classifier);
    } else if task_type.as_deref() == Some("SEQ_CLS") && model.classifier.is_none() {
        return Err(PeftError::NoHead);
    }
    if model.classifier.is_some() && model.bert.pooler.is_none() {
        return Err(PeftError::NoPooler);
    }
    reader.nothing_is_left()?;
    Ok(model)
}

/// As [`super::save`].
pub fn save_bert(
    model: &Bert,
    settings: &LoraSettings,
    base_name: &str,
    task_type: &str,
) -> Result<(String, Vec<u8>), PeftError> {
    let tensors = crate::io::folder::read_back(model, is_added).map_err(PeftError::ReadBack)?;
    let (config, weights) = files(tensors, settings, base_name, task_type)?;
    let mut config: Value =
        serde_json::from_str(&config).map_err(|e| PeftError::Config(e.to_string()))?;
    // Linear layers keep their weights [out, in], unlike GPT-2's.
    config["fan_in_fan_out"] = json!(false);
    Ok((format!("{config:#}"), weights))
}

impl<S: ByteSource> Reader<S> {
    fn classifier(&mut self, model: &Bert) -> Result<Option<Linear>, WeightError> {
        let [name, bias] = ["classifier.weight", "classifier.bias"].map(stored_name);
        let Some(shape) = self.file.tensors().remove(&name) else {
            return Ok(None);
        };
        let words = model.bert.embeddings.word_embeddings.weight.val();
        let ([_, width], device) = (words.dims(), words.device());
        let labels = shape.first().copied().unwrap_or(0);
        let weight = self.matrix(&name, [labels, width])?;
        let values = self.file.read(&bias)?;
        if values.shape().to_vec() != [labels] {
            return Err(WeightError::WrongShape {
                name: bias,
                found: values.shape().to_vec(),
                expected: vec![labels],
            });
        }
        self.used.insert(bias);
        Ok(Some(Linear::of(weight, values, &device)))
    }
}
