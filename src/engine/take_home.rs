//! A tuned model as files to keep: an adapter's folder, or that of a whole model.

use super::base::Base;
use crate::faults::{AdapterError, Fault};
use crate::io::checkpoint::{Tuning, config};
use crate::io::safetensors::{Precision, write};
use crate::io::zip::Member;
use crate::io::{adapter, read_back};
use crate::model::any::Model;
use crate::model::network::Network;
use crate::model::parameters::is_added;
use crate::protocol::{EngineError, ErrorKind};
use crate::settings::{Strategy, Task, is_head};

/// A tuned model and what it was made by.
pub struct Made<'a> {
    pub model: &'a Model,
    /// None where a whole model is wanted: of a blend of adapters, or of an adapter added into the weights.
    pub strategy: Option<&'a Strategy>,
    pub task: Task,
    pub labels: &'a [String],
}

/// What PEFT and transformers load.
pub async fn files(
    base: &Base,
    made: Made<'_>,
    base_name: &str,
) -> Result<Vec<Member>, EngineError> {
    match made.strategy.filter(|strategy| strategy.leaves_adapter()) {
        Some(strategy) => {
            let task = made.task.peft_name();
            let saved = adapter::save_async(made.model, strategy, base_name, task).await;
            let (config, weights) = saved.map_err(unsaved)?;
            Ok(vec![
                member("adapter_config.json", config.into_bytes()),
                member("adapter_model.safetensors", weights),
            ])
        }
        None => whole(base, &made).await,
    }
}

async fn whole(base: &Base, made: &Made<'_>) -> Result<Vec<Member>, EngineError> {
    let model = made.model.clone().merged();
    let wanted = |name: &str| !is_added(name) || is_head(name);
    let tensors = read_back::parameters(&model, wanted)
        .await
        .map_err(unsaved)?;
    let tuning = Tuning {
        labels: (!made.labels.is_empty()).then_some(made.labels),
        problem_type: made.task.problem_type(),
        pad: base.pad(),
    };
    let config = config(&base.config_json, &model, &tuning);
    let config = config.map_err(|e| unsaved(Fault::foreign(e)))?;
    let tokenizer = base.tokenizer.to_json().map_err(unsaved)?;
    Ok(vec![
        member("config.json", config.into_bytes()),
        member(
            "model.safetensors",
            write(&tensors, Precision::F32).map_err(unsaved)?,
        ),
        member("tokenizer.json", tokenizer.into_bytes()),
    ])
}

fn member(name: &str, bytes: Vec<u8>) -> Member {
    Member {
        name: name.to_owned(),
        bytes,
    }
}

fn unsaved(reason: impl Into<Fault>) -> EngineError {
    let reason = Box::new(reason.into());
    EngineError::new(ErrorKind::Model, AdapterError::Unsaved { reason })
}
