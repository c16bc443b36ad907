//! Which head an adapter takes along, by PEFT's name of its task.

use crate::model::gpt2::Gpt2;

/// The head of our model for a task; none for a language model.
pub fn of_task(task_type: &str) -> Option<&'static str> {
    match task_type {
        "SEQ_CLS" => Some("score"),
        "TOKEN_CLS" => Some("classifier"),
        "QUESTION_ANS" => Some("qa_outputs"),
        _ => None,
    }
}

/// What PEFT writes as `modules_to_save`: every name that the task's head goes by in some model.
pub fn saved(task_type: &str) -> &'static [&'static str] {
    match task_type {
        "SEQ_CLS" | "TOKEN_CLS" => &["classifier", "score"],
        "QUESTION_ANS" => &["qa_outputs"],
        _ => &[],
    }
}

pub fn is_on(model: &Gpt2, head: &str) -> bool {
    match head {
        "score" => model.score.is_some(),
        "classifier" => model.classifier.is_some(),
        _ => model.qa_outputs.is_some(),
    }
}
