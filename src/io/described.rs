//! What the files of an adapter say of it, in either format.

use super::safetensors::{ByteSource, SafetensorsFile};
use crate::model::heads::Head;
use crate::model::network::Network;
use crate::settings::Strategy;

/// What an `adapter_config.json` says, in either format.
#[derive(Debug, Clone, PartialEq)]
pub struct Description {
    pub strategy: Strategy,
    /// PEFT's name of the task; none where the file leaves it open.
    pub task_type: Option<String>,
}

/// The model without a pooler, where the adapter is of words alone and its file has nothing of one: a run on words trains
/// a model that has none, as `BertForMaskedLM`.
pub fn without_idle_pooler<M: Network, S: ByteSource>(
    model: M,
    has_head: bool,
    file: &SafetensorsFile<S>,
) -> M {
    let names = || file.tensors().into_keys();
    let keeps = |name: String| name.contains("pooler") || name.contains("classifier");
    match has_head || names().any(keeps) {
        true => model,
        false => model.stripped_for(Head::Words),
    }
}
