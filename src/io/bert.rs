//! A BERT of a model folder, with whichever heads the file holds.

use burn::prelude::*;

use super::adapter::AdapterError;
use super::folder::FolderError;
use super::own::{self, OwnError};
use super::peft;
use super::safetensors::{ByteSource, SafetensorsFile};
use crate::model::bert::{Bert, BertConfig, Linear, MaskedLmHead, Pooler};
use crate::model::weights::WeightError;
use crate::settings::Strategy;

const CLASSIFIER: &str = "classifier";

/// Builds the model from its configuration and weights. The masked-word head, the pooler and a
/// classification head come along where the file holds them.
pub fn build(
    config: &BertConfig,
    weights: impl ByteSource + 'static,
    device: &Device,
) -> Result<Bert, FolderError> {
    // Boxed, so that the code below is there once and not once a kind of source.
    let weights: Box<dyn ByteSource> = Box::new(weights);
    let mut file = SafetensorsFile::open(weights)?;
    let mut model = Bert::load(config, &mut file, device)?;
    if file.contains(MaskedLmHead::BIAS) {
        model.cls = Some(MaskedLmHead::load(config, &mut file, device)?);
    }
    if file.holds(&format!("{}.weight", Pooler::NAME)) {
        model.bert.pooler = Some(Pooler::load(config.hidden_size, &mut file, device)?);
    }
    model.classifier = stored_classifier(&mut file, config.hidden_size, device)?;
    Ok(model)
}

/// The classification head of a file that holds one, with as many labels as it has rows.
pub fn stored_classifier<S: ByteSource>(
    file: &mut SafetensorsFile<S>,
    width: usize,
    device: &Device,
) -> Result<Option<Linear>, WeightError> {
    let name = format!("{CLASSIFIER}.weight");
    match file.tensors().remove(&name).as_deref() {
        None => Ok(None),
        Some(&[labels, _]) => Linear::load(CLASSIFIER, width, labels, file, device).map(Some),
        Some(shape) => Err(WeightError::WrongShape {
            name,
            found: shape.to_vec(),
            expected: vec![2, width],
        }),
    }
}

/// What a strategy trained beside or in `model`, of the two files of either format.
pub fn load_adapter(
    config_json: &str,
    weights: impl ByteSource,
    model: Bert,
) -> Result<Bert, AdapterError> {
    if own::is_config(config_json) {
        Ok(load_biases(config_json, weights, model)?)
    } else {
        Ok(peft::load_bert(config_json, weights, model)?)
    }
}

/// The two files of what LoRA or BitFit trained.
#[cfg(not(target_arch = "wasm32"))]
pub fn save_adapter(
    model: &Bert,
    strategy: &Strategy,
    base_name: &str,
    task_type: &str,
) -> Result<(String, Vec<u8>), AdapterError> {
    if !own::is_for(strategy) {
        return Ok(peft::save_bert(model, strategy, base_name, task_type)?);
    }
    let tensors = super::folder::read_back(model, |name| own::keeps(strategy, name))
        .map_err(peft::PeftError::ReadBack)?;
    own::files(&tensors, strategy, base_name, task_type)
        .map_err(|e| AdapterError::Own(OwnError::Weights(e)))
}

fn load_biases(config_json: &str, weights: impl ByteSource, model: Bert) -> Result<Bert, OwnError> {
    let strategy = own::describe(config_json)?.strategy;
    if strategy != Strategy::BitFit {
        return Err(OwnError::Config {
            field: "method",
            found: strategy.name().to_owned(),
            expected: "bitfit beside a BERT",
        });
    }
    let mut file = SafetensorsFile::open(weights)?;
    // The masked-word head is no part of a classifier's run.
    let cls = model
        .cls
        .clone()
        .filter(|_| file.contains(MaskedLmHead::BIAS));
    let model = own::with_trained(&strategy, &mut file, Bert { cls, ..model })?;
    Ok(
        match stored_classifier(&mut file, model.width(), &model.device())? {
            Some(head) => model.with_classifier(head),
            None => model,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::folder::base_tensors;
    use crate::io::safetensors::{NamedTensor, Precision, write};
    use crate::model::bert::RandomWeights;
    use crate::settings::Seed;

    fn config() -> BertConfig {
        BertConfig::sized(11, 8, 6, 2, 2)
    }

    fn tensors() -> Vec<NamedTensor> {
        let (config, device) = (config(), Device::flex());
        let mut weights = RandomWeights::new(Seed::new(1));
        let head = MaskedLmHead::load(&config, &mut weights, &device).unwrap();
        let model = Bert::load(&config, &mut weights, &device).unwrap();
        let model = model.with_masked_lm(head);
        base_tensors(&model.with_pooler(Pooler::identity(6, &device))).unwrap()
    }

    fn built(tensors: &[NamedTensor]) -> Result<Bert, FolderError> {
        let bytes = write(tensors, Precision::F32).unwrap();
        build(&config(), bytes, &Device::flex())
    }

    #[test]
    fn what_was_written_comes_back_with_its_heads() {
        let model = built(&tensors()).unwrap();
        assert!(model.cls.is_some() && model.bert.pooler.is_some() && model.classifier.is_none());
        assert_eq!(base_tensors(&model).unwrap(), tensors());
    }

    #[test]
    fn an_encoder_alone_needs_no_prefix_and_old_names_of_layer_norms_are_known() {
        let bare: Vec<NamedTensor> = tensors()
            .into_iter()
            .filter_map(|t| {
                let name = t.name.strip_prefix("bert.")?;
                let name = name.replace("LayerNorm.weight", "LayerNorm.gamma");
                let name = name.replace("LayerNorm.bias", "LayerNorm.beta");
                Some(NamedTensor { name, ..t })
            })
            .collect();
        let model = built(&bare).unwrap();
        assert!(model.cls.is_none() && model.bert.pooler.is_some());
    }

    #[test]
    fn a_missing_tensor_is_named() {
        let mut cut = tensors();
        cut.retain(|t| !t.name.contains("layer.1.output.dense.bias"));
        let error = built(&cut).err().unwrap().to_string();
        assert!(
            error.contains("bert.encoder.layer.1.output.dense.bias"),
            "{error}"
        );
    }
}
