//! The loss of one batch and all gradients it gives, the part that language model, adapters and
//! classifier have in common.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::comparison::Comparison;
use super::expected::{ExpectedTensors, OurTensors};
use super::finding::Reporter;
use super::library::Library;
use super::tolerance::{GRADIENT_NORM, GRADIENTS, LOSS};
use crate::data::batch::Batch;
use crate::faults::Fault;
use crate::io::safetensors::NamedTensor;
use crate::model::numbers;
use crate::model::parameters;
use crate::model::parts::Pass;
use crate::train::gradients::{collect, global_norm};
use crate::train::{GradientMap, Learner, Objective};

/// What the reference found for loss and gradient norm.
#[derive(Debug, Clone, Deserialize)]
pub struct ExpectedLoss {
    pub loss: f64,
    pub grad_norm: f64,
}

/// The same in float32 and in float64; we are held to float32.
#[derive(Debug, Clone, Deserialize)]
pub struct ExpectedLosses {
    pub f32: ExpectedLoss,
}

/// What is computed, and where its expected gradients lie.
pub struct OneStep<'a, M: Learner> {
    pub case: &'a str,
    pub model: &'a M,
    pub objective: Objective,
    pub batch: &'a Batch,
    /// Whole path of the gradients, without its ending.
    pub gradients: &'a str,
    /// The reference's name of a parameter.
    pub name: fn(&str) -> String,
    pub expected: Option<&'a ExpectedLoss>,
}

impl<M: Learner> OneStep<'_, M> {
    pub async fn check(
        &self,
        library: &Library<'_>,
        reporter: &mut Reporter<'_>,
    ) -> Result<(), Fault> {
        reporter.breathe().await;
        let loss = self
            .model
            .loss(self.objective, self.batch, &mut Pass::default());
        let gradients = collect(loss.backward(), self.model);
        let norm = match global_norm(&gradients) {
            Some(norm) => numbers::values("gradient norm", norm).await?,
            None => vec![0.0],
        };
        let loss = numbers::values("loss", loss.inner()).await?;
        if let Some(expected) = self.expected {
            let mut comparison = Comparison::new(self.case, "loss", LOSS);
            comparison.series("loss", &as_f64(&loss), &[expected.loss]);
            reporter.quantity(comparison.finish());
            let mut comparison = Comparison::new(self.case, "gradient norm", GRADIENT_NORM);
            comparison.series("norm", &as_f64(&norm), &[expected.grad_norm]);
            reporter.quantity(comparison.finish());
        }

        reporter.breathe().await;
        let expected = ExpectedTensors::load(library, self.gradients)?;
        let ours = self.named(gradients).await?;
        let quantity = format!("gradients of {} tensors", ours.len());
        let mut comparison = Comparison::new(self.case, &quantity, GRADIENTS);
        expected.compare_all(&ours, &mut comparison, &|_, _| true);
        reporter.quantity(comparison.finish());
        Ok(())
    }

    /// Gradients read back, by the reference's names and in the shapes of their parameters.
    async fn named(&self, gradients: GradientMap) -> Result<OurTensors, Fault> {
        let shapes: BTreeMap<String, Vec<usize>> = parameters::list(self.model)
            .into_iter()
            .map(|p| (p.name, p.shape))
            .collect();
        let mut ours = OurTensors::new();
        for (parameter, gradient) in gradients {
            let values = numbers::values(&parameter, gradient).await?;
            let name = (self.name)(&parameter);
            let shape = shapes.get(&parameter).cloned().unwrap_or_default();
            ours.insert(
                name.clone(),
                NamedTensor {
                    name,
                    shape,
                    values,
                },
            );
        }
        Ok(ours)
    }
}

/// Names that need no translation.
pub fn same_name(parameter: &str) -> String {
    parameter.to_owned()
}

pub fn as_f64(values: &[f32]) -> Vec<f64> {
    values.iter().map(|v| f64::from(*v)).collect()
}
