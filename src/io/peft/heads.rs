//! Which head an adapter takes along, by PEFT's name of its task.

use burn::module::Module;

use super::AdapterConfig;
use crate::model::network::Network;
use crate::model::parameters;
use crate::settings::{Family, Task};

/// The head of a model of this family for a task; none for a language model.
pub fn of_task(family: Family, task_type: &str) -> Option<&'static str> {
    match task_type {
        "SEQ_CLS" => Some(family.facts().text_head),
        "TOKEN_CLS" => Some("classifier"),
        "QUESTION_ANS" => Some("qa_outputs"),
        _ => None,
    }
}

/// The same for a task of ours.
pub fn head_module(family: Family, task: Task) -> Option<&'static str> {
    of_task(family, task.peft_name())
}

/// How many outputs a model's head of this name has; none where there is no such head.
pub fn head_outputs<M: Module>(model: &M, module: &str) -> Option<usize> {
    let weight = format!("{module}.weight");
    let listed = parameters::list(model);
    let head = listed.iter().find(|parameter| parameter.name == weight);
    head.map(|head| head.shape[0])
}

/// Whether PEFT's name is that of a task with a head.
pub fn is_task(task_type: &str) -> bool {
    of_task(Family::default(), task_type).is_some()
}

/// What PEFT writes as `modules_to_save`: every name that the task's head goes by in some model.
pub fn saved(task_type: &str) -> &'static [&'static str] {
    match task_type {
        "SEQ_CLS" | "TOKEN_CLS" => &["classifier", "score"],
        "QUESTION_ANS" => &["qa_outputs"],
        _ => &[],
    }
}

/// Whether a model has the head of this name.
pub fn is_on<M: Module>(model: &M, head: &str) -> bool {
    has(model, &format!("{head}.weight"))
}

/// Whether the pooler is there that the family's classifier of texts may read; a classifier of tokens reads none.
pub fn can_classify<M: Network>(model: &M, config: &AdapterConfig) -> bool {
    let judges_texts = config.task_type.as_deref() == Some("SEQ_CLS");
    let pooler = model.family().facts().pooler.filter(|_| judges_texts);
    pooler.is_none_or(|path| has(model, &format!("{path}.weight")))
}

fn has<M: Module>(model: &M, parameter: &str) -> bool {
    parameters::list(model).iter().any(|p| p.name == parameter)
}
