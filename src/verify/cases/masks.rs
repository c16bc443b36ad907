//! Attention with the causal mask and without it, whichever of the two the model was made for.

use burn::prelude::Tensor;
use serde::Deserialize;

use crate::faults::Fault;
use crate::io::safetensors::NamedTensor;
use crate::model::numbers;
use crate::model::parts::{Pass, Record};
use crate::verify::harness::CaseResult;
use crate::verify::harness::comparison::Comparison;
use crate::verify::harness::expected::ExpectedTensors;
use crate::verify::harness::finding::Reporter;
use crate::verify::harness::library::Library;
use crate::verify::harness::tolerance::PROBABILITIES;

#[derive(Deserialize)]
struct Text {
    input_ids: Vec<i32>,
}

/// `set` with its closing slash; `forward` takes the ids through the model.
pub async fn run(
    library: &Library<'_>,
    set: &str,
    forward: &dyn Fn(&[Vec<i32>], &mut Pass),
    reporter: &mut Reporter<'_>,
) -> CaseResult {
    if !library.has(&format!("{set}masks/input.json")) {
        return Ok(());
    }
    let text: Text = library.json(&format!("{set}masks/input.json"))?;
    let expected = ExpectedTensors::load(library, &format!("{set}masks/attention"))?;
    for (name, causal) in [("causal", true), ("open", false)] {
        reporter.breathe().await;
        let mut record = Record::default();
        let mut pass = Pass {
            record: Some(&mut record),
            causal: Some(causal),
            ..Pass::default()
        };
        forward(std::slice::from_ref(&text.input_ids), &mut pass);
        let ours = joined(name, record.attention).await?;
        let case = format!("{set}masks");
        let mut comparison = Comparison::new(&case, &format!("attention, {name}"), PROBABILITIES);
        expected.compare(name, &ours, &mut comparison, &|_, _| true);
        reporter.quantity(comparison.finish());
    }
    Ok(())
}

/// `[layer][head][query][key]` of one text.
async fn joined(name: &str, layers: Vec<Tensor<4>>) -> Result<NamedTensor, Fault> {
    let layers = Tensor::cat(layers, 0);
    Ok(NamedTensor {
        name: name.to_owned(),
        shape: layers.dims().to_vec(),
        values: numbers::values(name, layers).await?,
    })
}
