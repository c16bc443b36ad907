//! Logits of every input, and the loss of one batch with all gradients.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::data::batch::Batch;
use crate::faults::Fault;
use crate::io::safetensors::NamedTensor;
use crate::model::bert::{Bert, BertConfig};
use crate::model::network::Network;
use crate::model::numbers;
use crate::model::parts::{Pass, Tokens};
use crate::train::Objective;
use crate::verify::harness::CaseResult;
use crate::verify::harness::comparison::Comparison;
use crate::verify::harness::error::wrong;
use crate::verify::harness::expected::ExpectedTensors;
use crate::verify::harness::finding::Reporter;
use crate::verify::harness::inputs::{Input, Labels};
use crate::verify::harness::library::Library;
use crate::verify::harness::one_step::{ExpectedLosses, OneStep, same_name};
use crate::verify::harness::tolerance::ACTIVATIONS;

/// One of BERT's tasks, and where its cases lie.
pub struct Kind<'a> {
    pub library: &'a Library<'a>,
    /// With its closing slash.
    pub folder: String,
    pub model: String,
    pub objective: Objective,
}

/// `cases.json`
#[derive(Deserialize)]
pub struct Cases {
    labels_batch: Labels,
    loss: ExpectedLosses,
    pub inputs: BTreeMap<String, Input>,
}

impl Kind<'_> {
    pub fn case(&self, name: &str) -> String {
        format!("{}{name}", self.folder)
    }

    pub fn cases(&self, config: &BertConfig) -> Result<Cases, Fault> {
        let path = self.case("cases.json");
        let cases: Cases = self.library.json(&path)?;
        for input in cases.inputs.values() {
            input.check_within(&path, config.max_position_embeddings, config.vocab_size)?;
        }
        Ok(cases)
    }

    /// Logits as transformers shapes them.
    pub async fn logits(&self, model: &Bert, input: &Input) -> Result<NamedTensor, Fault> {
        let inputs = Tokens {
            ids: &input.input_ids,
            attention_mask: input.attention_mask.as_deref(),
            token_type_ids: input.token_type_ids.as_deref(),
            position_ids: None,
        };
        let mut pass = Pass::default();
        let (batch, seq) = (input.input_ids.len(), input.input_ids[0].len());
        let (logits, mut shape) = match self.objective {
            Objective::MaskedLm => (model.logits(inputs, &mut pass), vec![batch, seq]),
            _ => (model.classify(inputs, &mut pass), vec![batch]),
        };
        let missing = || wrong(&self.model, "the model lacks the head that its task needs");
        let logits = logits.ok_or_else(missing)?;
        shape.push(logits.dims()[1]);
        Ok(NamedTensor {
            name: "logits".to_owned(),
            shape,
            values: numbers::values("logits", logits).await?,
        })
    }
}

impl Cases {
    /// The input that has labels, as a batch for training.
    pub fn batch(&self, kind: &Kind) -> Result<(&Input, Batch), Fault> {
        let path = kind.case("cases.json");
        let missing = || wrong(&path, "inputs.batch is missing");
        let input = self.inputs.get("batch").ok_or_else(missing)?;
        Ok((input, input.batch(self.labels_batch.clone().rows())))
    }
}

pub async fn check(
    kind: &Kind<'_>,
    cases: &Cases,
    model: &Bert,
    reporter: &mut Reporter<'_>,
) -> CaseResult {
    let expected = ExpectedTensors::load(kind.library, &kind.case("fwd"))?;
    for (name, input) in &cases.inputs {
        reporter.breathe().await;
        let ours = kind.logits(model, input).await?;
        let mut comparison = Comparison::new(&kind.case(name), "logits", ACTIVATIONS);
        let name = format!("{name}.logits");
        expected.compare(&name, &ours, &mut comparison, &|_, _| true);
        reporter.quantity(comparison.finish());
    }
    let (_, batch) = cases.batch(kind)?;
    let step = OneStep {
        case: &kind.case("batch"),
        model: &model.clone().with_trainable(|_| true),
        objective: kind.objective,
        batch: &batch,
        gradients: &kind.case("grads"),
        name: same_name,
        expected: Some(&cases.loss.f32),
    };
    step.check(kind.library, reporter).await
}
