//! A saved adapter put on a model, counted, and saved again.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::comparison::{Comparison, exactly};
use super::error::in_file;
use super::finding::Reporter;
use super::one_step::{ExpectedLosses, same_name};
use super::set::Set;
use super::tolerance::EXACT;
use crate::faults::{AdapterError, Fault};
use crate::io::adapter::{self, Description};
use crate::io::safetensors::SafetensorsFile;
use crate::io::{own, peft, read_back};
use crate::methods::Adds;
use crate::model::gpt2::Gpt2;
use crate::model::numbers;
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
    pub config: Description,
    pub model: Gpt2,
    pub info: AdapterInfo,
    base: Gpt2,
    bytes: Vec<u8>,
}

impl Adapter {
    /// Reads `folder` (`lora_r8/`), with gradients asked for as the strategy has it.
    pub fn load(set: &Set, folder: &str, base: Gpt2) -> Result<Self, Fault> {
        let config_path = set.path(&format!("{folder}adapter/adapter_config.json"));
        let weights_path = set.path(&format!("{folder}adapter/adapter_model.safetensors"));
        let json = set.library.text(&config_path)?;
        let mut config = adapter::describe(&json).map_err(|e| in_file(&config_path, e))?;
        let bytes = set.library.bytes(&weights_path)?;
        let loaded = adapter::load(&json, bytes.clone(), base.clone())
            .map_err(|e| in_file(&weights_path, e))?;
        config.strategy = loaded.strategy;
        let model = loaded
            .model
            .with_trainable(|name| config.strategy.trains(name));
        let info = set.json(&format!("{folder}info.json"))?;
        Ok(Self {
            config,
            model,
            info,
            base,
            bytes,
        })
    }

    /// Counts as PEFT prints them, and the files that saving the adapter gives.
    pub async fn check_files(&self, case: &str, reporter: &mut Reporter<'_>) -> Result<(), Fault> {
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
        if let (Some(scaling), Strategy::Lora(lora)) = (self.info.scaling, &self.config.strategy) {
            let ours = lora.scaling();
            reporter.quantity(exactly(case, "scaling", &ours, &scaling));
        }
        self.check_saved_again(case, reporter).await
    }

    async fn check_saved_again(
        &self,
        case: &str,
        reporter: &mut Reporter<'_>,
    ) -> Result<(), Fault> {
        let (json, bytes) = self.saved().await?;
        let mut theirs = SafetensorsFile::open(self.bytes.clone())?;
        let mut ours = SafetensorsFile::open(bytes.clone())?;

        let mut comparison = Comparison::new(case, "adapter, saved again", EXACT);
        let saved = ours.tensors();
        comparison.equal("list of tensors", &saved, &self.info.adapter_keys);
        for name in self
            .info
            .adapter_keys
            .keys()
            .filter(|name| saved.contains_key(*name))
        {
            let values = |file: &mut SafetensorsFile<Vec<u8>>| numbers::of(name, &file.read(name)?);
            comparison.tensor(name, &values(&mut ours)?, &values(&mut theirs)?);
        }
        let again = adapter::load(&json, bytes, self.base.clone())?.strategy;
        comparison.equal("configuration", &again, &self.config.strategy);
        reporter.quantity(comparison.finish());
        Ok(())
    }

    /// The adapter's files, written by us.
    async fn saved(&self) -> Result<(String, Vec<u8>), Fault> {
        let task = self.config.task_type.as_deref().unwrap_or("CAUSAL_LM");
        let strategy = &self.config.strategy;
        if !own::is_for(strategy) {
            let saved = peft::save_async(&self.model, strategy, "model", task).await;
            return Ok(saved.map_err(AdapterError::from)?);
        }
        let tensors = read_back::parameters(&self.model, |name| own::keeps(strategy, name)).await?;
        Ok(own::files(&tensors, strategy, "model", task)?)
    }

    /// What the case's files call a parameter: as PEFT does where it has a name for it, else as we do.
    pub fn names(&self) -> fn(&str) -> String {
        match self.config.strategy.kind().facts().adds {
            Adds::BesideLayers => peft::stored_name,
            Adds::Elsewhere | Adds::Nothing => same_name,
        }
    }
}
