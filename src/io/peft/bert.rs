//! The same two files for BERT, whose head is a linear layer on the pooler.

use serde_json::{Value, json};

use super::reader::Reader;
use super::{AdapterConfig, BaseShape, PeftError, files, stored_name};
use crate::io::safetensors::{ByteSource, NamedTensor};
use crate::model::bert::{Bert, Linear};
use crate::model::parameters;
use crate::model::weights::WeightError;
use crate::settings::{Seed, Strategy};

const HEAD: &str = "classifier";

/// As [`super::load`].
pub fn load_bert(
    config_json: &str,
    weights: impl ByteSource,
    model: Bert,
) -> Result<Bert, PeftError> {
    let config = AdapterConfig::parse(config_json)?;
    let Strategy::Lora(settings) = &config.strategy else {
        return Err(PeftError::Unsupported {
            field: "peft_type".to_owned(),
            found: config.strategy.name().to_owned(),
            supported: "LORA beside a BERT",
        });
    };
    let mut reader = Reader::open(&config, weights)?;
    let model = model.with_lora(settings, &mut Seed::new(0));
    let values = reader.values(&model).map_err(|e| reader.explain(e))?;
    if values.is_empty() {
        let (targets, modules) = (
            settings.target_modules.clone(),
            "query, key, value and dense",
        );
        return Err(PeftError::NothingMatched { targets, modules });
    }
    let mut model = parameters::with_values(model, values);
    let classifier = reader.classifier(&model).map_err(|e| reader.explain(e))?;
    if let Some(classifier) = classifier {
        model = model.with_classifier(classifier);
    } else if config.task_type.as_deref() == Some("SEQ_CLS") && model.classifier.is_none() {
        return Err(PeftError::NoHead {
            task_type: "SEQ_CLS".to_owned(),
            head: HEAD,
        });
    }
    if model.classifier.is_some() && model.bert.pooler.is_none() {
        return Err(PeftError::NoPooler);
    }
    reader.nothing_is_left()?;
    Ok(model)
}

/// As [`super::save`].
#[cfg(not(target_arch = "wasm32"))]
pub fn save_bert(
    model: &Bert,
    strategy: &Strategy,
    base_name: &str,
    task_type: &str,
) -> Result<(String, Vec<u8>), PeftError> {
    let is_added = crate::model::parameters::is_added;
    let tensors = crate::io::folder::read_back(model, is_added).map_err(PeftError::ReadBack)?;
    bert_files(model, tensors, strategy, (base_name, task_type))
}

/// The two files of what has been read back; a browser's WebGPU must be waited for first.
pub fn bert_files(
    model: &Bert,
    tensors: Vec<NamedTensor>,
    strategy: &Strategy,
    (base_name, task_type): (&str, &str),
) -> Result<(String, Vec<u8>), PeftError> {
    let layers = &model.bert.encoder.layer;
    let shape = BaseShape {
        layers: layers.len(),
        heads: layers
            .first()
            .map_or(0, |l| l.attention.self_attention.heads),
        width: model.width(),
    };
    let (config, weights) = files((shape, Some(HEAD)), tensors, strategy, base_name, task_type)?;
    let mut config: Value =
        serde_json::from_str(&config).map_err(|e| PeftError::Config(e.to_string()))?;
    // Linear layers keep their weights [out, in], unlike GPT-2's.
    config["fan_in_fan_out"] = json!(false);
    Ok((format!("{config:#}"), weights))
}

impl<S: ByteSource> Reader<'_, S> {
    fn classifier(&mut self, model: &Bert) -> Result<Option<Linear>, WeightError> {
        let [name, bias] = ["classifier.weight", "classifier.bias"].map(stored_name);
        let Some(shape) = self.shape(&name) else {
            return Ok(None);
        };
        let labels = shape.first().copied().unwrap_or(0);
        let weight = self.tensor(&name, &[labels, model.width()])?;
        let bias = self.tensor(&bias, &[labels])?;
        Ok(Some(Linear::of(weight, bias, &model.device())))
    }
}
