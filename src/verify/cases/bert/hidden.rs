//! BERT without a head: the embeddings, and what every layer makes of them.

use std::collections::BTreeMap;

use super::cases::Kind;
use crate::io::safetensors::NamedTensor;
use crate::model::bert::Bert;
use crate::model::numbers;
use crate::model::parts::{Pass, Record, Tokens};
use crate::verify::harness::CaseResult;
use crate::verify::harness::comparison::Comparison;
use crate::verify::harness::expected::ExpectedTensors;
use crate::verify::harness::finding::Reporter;
use crate::verify::harness::inputs::Input;
use crate::verify::harness::tolerance::ACTIVATIONS;

/// `set` with its closing slash.
pub async fn run(
    kind: &Kind<'_>,
    set: &str,
    model: &Bert,
    limits: (usize, usize),
    reporter: &mut Reporter<'_>,
) -> CaseResult {
    let path = format!("{set}hidden/inputs.json");
    if !kind.library.has(&path) {
        return Ok(());
    }
    let inputs: BTreeMap<String, Input> = kind.library.json(&path)?;
    let expected = ExpectedTensors::load(kind.library, &format!("{set}hidden/states"))?;
    for (name, input) in &inputs {
        reporter.breathe().await;
        input.check_within(&path, limits.0, limits.1)?;
        for (index, states) in states(model, input).into_iter().enumerate() {
            let quantity = match index {
                0 => "embeddings".to_owned(),
                layer => format!("layer {layer}"),
            };
            let key = format!("{name}.{index}");
            let shape = states.dims().to_vec();
            let values = numbers::values(&key, states).await?;
            let ours = NamedTensor {
                name: key.clone(),
                shape,
                values,
            };
            let case = format!("{set}hidden/{name}");
            let mut comparison = Comparison::new(&case, &quantity, ACTIVATIONS);
            expected.compare(&key, &ours, &mut comparison, &|_, _| true);
            reporter.quantity(comparison.finish());
        }
    }
    Ok(())
}

/// `[batch, seq, hidden]` before the first layer and after each.
fn states(model: &Bert, input: &Input) -> Vec<burn::prelude::Tensor<3>> {
    let mut record = Record::default();
    let mut pass = Pass {
        record: Some(&mut record),
        ..Pass::default()
    };
    let inputs = Tokens {
        ids: &input.input_ids,
        attention_mask: input.attention_mask.as_deref(),
        token_type_ids: input.token_type_ids.as_deref(),
        position_ids: None,
    };
    model.bert.forward(inputs, &mut pass);
    record.hidden
}
