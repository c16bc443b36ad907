//! A saved adapter put on a model, counted, and saved again.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::comparison::{Comparison, exactly};
use super::error::CaseError;
use super::finding::Reporter;
use super::one_step::ExpectedLosses;
use super::set::Set;
use super::tolerance::EXACT;
use crate::io::peft::{self, AdapterConfig};
use crate::io::safetensors::SafetensorsFile;
use crate::model::gpt2::Gpt2;
use crate::model::parameters;
use crate::settings::{Strategy, is_head};

/// `info.json` of an adapter case; what a kind of case does not have is left out.
#[derive(Deserialize)]
pub struct AdapterInfo {
    #[serde(default)]
    scaling: Option<f64>,
    counts: Counts,
    adapter_keys: BTreeMap<String, Vec<usize>>,
    #[serde(default)]
    pub loss: Option<ExpectedLosses>,
    #[serde(default)]
    pub changed_by_merge: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Counts {
    trainable: usize,
    total: usize,
}

/// An adapter as its own files describe it, on its model.
pub struct Adapter {
    pub config: AdapterConfig,
    pub model: Gpt2,
    pub info: AdapterInfo,
    bytes: Vec<u8>,
}

impl Adapter {
    /// Reads `folder` (`lora_r8/`), with gradients asked for as the strategy has it.
    pub fn load(set: &Set, folder: &str, base: Gpt2) -> Result<Self, CaseError> {
        let config_path = set.path(&format!("{folder}adapter/adapter_config.json"));
        let weights_path = set.path(&format!("{folder}adapter/adapter_model.safetensors"));
        let json = set.library.text(&config_path)?;
        let config = AdapterConfig::parse(&json).map_err(|e| CaseError::file(&config_path, e))?;
        let bytes = set.library.bytes(&weights_path)?;
        let strategy = Strategy::Lora(config.settings.clone());
        let model = peft::load(&json, bytes.clone(), base)
            .map_err(|e| CaseError::file(&weights_path, e))?
            .with_trainable(|name| strategy.trains(name));
        let info = set.json(&format!("{folder}info.json"))?;
        Ok(Self {
            config,
            model,
            info,
            bytes,
        })
    }

    /// Counts as PEFT prints them, and the files that saving the adapter gives.
    pub async fn check_files(
        &self,
        case: &str,
        reporter: &mut Reporter<'_>,
    ) -> Result<(), CaseError> {
        let listed = parameters::list(&self.model);
        let trainable = listed
            .iter()
            .filter(|p| p.trainable)
            .map(|p| p.count())
            .sum::<usize>();
        // PEFT keeps the head it found beside the copy that it trains, and counts both.
        let twice = listed
            .iter()
            .filter(|p| is_head(&p.name))
            .map(|p| p.count());
        let total = listed.iter().map(|p| p.count()).sum::<usize>() + twice.sum::<usize>();
        let expected = (self.info.counts.trainable, self.info.counts.total);
        let quantity = "trainable and all parameters";
        reporter.quantity(exactly(case, quantity, &(trainable, total), &expected));
        if let Some(scaling) = self.info.scaling {
            let ours = self.config.settings.scaling();
            reporter.quantity(exactly(case, "scaling", &ours, &scaling));
        }
        self.check_saved_again(case, reporter).await
    }

    async fn check_saved_again(
        &self,
        case: &str,
        reporter: &mut Reporter<'_>,
    ) -> Result<(), CaseError> {
        let task = self.config.task_type.as_deref().unwrap_or("CAUSAL_LM");
        let failed = |e: &dyn std::fmt::Display| CaseError::Device(e.to_string());
        let saved = peft::save_async(&self.model, &self.config.settings, "model", task).await;
        let (json, bytes) = saved.map_err(|e| failed(&e))?;
        let mut theirs = SafetensorsFile::open(self.bytes.clone()).map_err(|e| failed(&e))?;
        let mut ours = SafetensorsFile::open(bytes).map_err(|e| failed(&e))?;

        let mut comparison = Comparison::new(case, "adapter, saved again", EXACT);
        let saved = ours.tensors();
        comparison.equal("list of tensors", &saved, &self.info.adapter_keys);
        for name in self
            .info
            .adapter_keys
            .keys()
            .filter(|name| saved.contains_key(*name))
        {
            let values = |file: &mut SafetensorsFile<Vec<u8>>| {
                let data = file.read(name).map_err(|e| failed(&e))?;
                data.try_to_vec::<f32>()
                    .map_err(|e| failed(&format!("{name}: {e:?}")))
            };
            comparison.tensor(name, &values(&mut ours)?, &values(&mut theirs)?);
        }
        let again = AdapterConfig::parse(&json).map_err(|e| failed(&e))?;
        comparison.equal("configuration", &again.settings, &self.config.settings);
        reporter.quantity(comparison.finish());
        Ok(())
    }
}
