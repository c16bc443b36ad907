//! LoRA that PEFT made: read, counted, run, merged, trained, and saved again.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::cases::{Cases, Kind};
use super::run::batches;
use crate::faults::{AdapterError, Fault};
use crate::io::adapter;
use crate::io::peft::{AdapterConfig, save_async, stored_name};
use crate::io::safetensors::SafetensorsFile;
use crate::model::bert::{Bert, BertConfig};
use crate::model::network::Network;
use crate::model::numbers;
use crate::model::parameters;
use crate::settings::is_head;
use crate::verify::harness::CaseResult;
use crate::verify::harness::comparison::{Comparison, exactly};
use crate::verify::harness::error::in_file;
use crate::verify::harness::expected::ExpectedTensors;
use crate::verify::harness::finding::Reporter;
use crate::verify::harness::one_step::{ExpectedLosses, OneStep};
use crate::verify::harness::record::Record;
use crate::verify::harness::set;
use crate::verify::harness::tolerance::{ACTIVATIONS, EXACT, TRAJECTORY};
use crate::verify::harness::trajectory::Trajectory;

/// `info.json`
#[derive(Deserialize)]
struct Info {
    counts: Counts,
    loss: ExpectedLosses,
    adapter_keys: BTreeMap<String, Vec<usize>>,
}

#[derive(Deserialize)]
struct Counts {
    trainable: usize,
    total: usize,
}

/// An adapter on its model, with gradients asked for as the strategy has it.
struct Adapter<'a> {
    kind: &'a Kind<'a>,
    folder: &'a str,
    config: AdapterConfig,
    model: Bert,
    info: Info,
    bytes: Vec<u8>,
}

pub async fn check(
    kind: &Kind<'_>,
    folder: &str,
    cases: &Cases,
    (config, base): (&BertConfig, &Bert),
    reporter: &mut Reporter<'_>,
) -> CaseResult {
    let adapter = Adapter::load(kind, folder, base.clone())?;
    adapter.check_counts(reporter);
    adapter.check_saved_again(reporter).await?;
    adapter.check_logits(cases, reporter).await?;
    let step = OneStep {
        case: &adapter.case(),
        model: &adapter.model,
        objective: kind.objective,
        batch: &cases.batch(kind)?.1,
        gradients: &format!("{folder}grads"),
        name: stored_name,
        expected: Some(&adapter.info.loss.f32),
    };
    step.check(kind.library, reporter).await?;
    adapter.check_runs(config, reporter).await
}

impl<'a> Adapter<'a> {
    fn load(kind: &'a Kind<'a>, folder: &'a str, base: Bert) -> Result<Self, Fault> {
        let path = format!("{folder}adapter/adapter_config.json");
        let json = kind.library.text(&path)?;
        let config = AdapterConfig::parse(&json);
        let config = config.map_err(|e| in_file(&path, AdapterError::from(e)))?;
        let path = format!("{folder}adapter/adapter_model.safetensors");
        let bytes = kind.library.bytes(&path)?;
        let loaded = adapter::load(&json, bytes.clone(), base);
        let model = loaded.map_err(|e| in_file(&path, e))?.model;
        Ok(Self {
            kind,
            folder,
            model: model.with_trainable(|name| config.strategy.trains(name)),
            config,
            info: kind.library.json(&format!("{folder}info.json"))?,
            bytes,
        })
    }

    fn case(&self) -> String {
        self.folder.trim_end_matches('/').to_owned()
    }

    /// PEFT keeps the head it found beside the copy that it trains, and counts both.
    fn head_size(&self) -> usize {
        let listed = parameters::list(&self.model);
        let head = listed.iter().filter(|p| is_head(&p.name));
        head.map(|p| p.count()).sum()
    }

    fn check_counts(&self, reporter: &mut Reporter<'_>) {
        let listed = parameters::list(&self.model);
        let count = |wanted: &dyn Fn(&crate::protocol::ParameterInfo) -> bool| -> usize {
            listed.iter().filter(|p| wanted(p)).map(|p| p.count()).sum()
        };
        let ours = (count(&|p| p.trainable), count(&|_| true) + self.head_size());
        let expected = (self.info.counts.trainable, self.info.counts.total);
        let quantity = "trainable and all parameters";
        reporter.quantity(exactly(&self.case(), quantity, &ours, &expected));
    }

    async fn check_saved_again(&self, reporter: &mut Reporter<'_>) -> CaseResult {
        let saved = save_async(&self.model, &self.config.strategy, "cls/model", "SEQ_CLS").await;
        let (json, bytes) = saved.map_err(AdapterError::from)?;
        let mut theirs = SafetensorsFile::open(self.bytes.clone())?;
        let mut ours = SafetensorsFile::open(bytes)?;
        let mut comparison = Comparison::new(&self.case(), "adapter, saved again", EXACT);
        comparison.equal("list of tensors", &ours.tensors(), &self.info.adapter_keys);
        for name in ours.tensors().keys() {
            let values = |file: &mut SafetensorsFile<Vec<u8>>| numbers::of(name, &file.read(name)?);
            comparison.tensor(name, &values(&mut ours)?, &values(&mut theirs)?);
        }
        let config: serde_json::Value = serde_json::from_str(&json).map_err(Fault::foreign)?;
        let path = format!("{}adapter/adapter_config.json", self.folder);
        let expected: serde_json::Value = self.kind.library.json(&path)?;
        comparison.equal("configuration", &config, &expected);
        reporter.quantity(comparison.finish());
        Ok(())
    }

    async fn check_logits(&self, cases: &Cases, reporter: &mut Reporter<'_>) -> CaseResult {
        let expected = ExpectedTensors::load(self.kind.library, &format!("{}fwd", self.folder))?;
        let (input, _) = cases.batch(self.kind)?;
        let merged = self.model.clone().merged();
        for (name, model) in [
            ("batch.logits", &self.model),
            ("batch.logits_merged", &merged),
        ] {
            let ours = self.kind.logits(model, input).await?;
            let mut comparison = Comparison::new(&self.case(), name, ACTIVATIONS);
            expected.compare(name, &ours, &mut comparison, &|_, _| true);
            reporter.quantity(comparison.finish());
        }
        Ok(())
    }

    async fn check_runs(&self, config: &BertConfig, reporter: &mut Reporter<'_>) -> CaseResult {
        let library = self.kind.library;
        for stem in set::trajectories(library, &format!("{}traj_", self.folder)) {
            let mut record = Record::read_at(library, &stem)?;
            // Some records count both copies, as PEFT does, some the one that is used.
            if record.n_total == self.info.counts.total {
                record.n_total -= self.head_size();
            }
            let run = Trajectory {
                case: stem.clone(),
                start: self.model.clone(),
                strategy: self.config.strategy.clone(),
                objective: self.kind.objective,
                batches: &batches(self.kind, config)?,
                tolerance: TRAJECTORY,
                name: stored_name,
                finals: Some(format!("{stem}_final")),
            };
            run.check(library, &record, reporter).await?;
        }
        Ok(())
    }
}
