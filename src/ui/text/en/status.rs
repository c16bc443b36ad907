//! The engine's state in words.

use crate::ui::state::{Engine, Failure, Loading, Progress, State, Status};
use crate::ui::text::format;

/// The line in the header.
pub fn line(state: &State) -> String {
    match (&state.engine, state.status()) {
        (Engine::Loading { what, progress }, _) => loading(what, progress.as_ref()),
        (Engine::Failed(failure), _) => failed(failure).to_string(),
        (_, Status::Training) => match state.run.as_ref().and_then(|run| run.progress) {
            Some(progress) => format!(
                "Training, step {} of {}",
                progress.completed_steps, progress.total_steps
            ),
            None => "Training".to_string(),
        },
        (_, Status::Paused) => "Training is paused".to_string(),
        _ => ready(state),
    }
}

fn loading(what: &Loading, progress: Option<&Progress>) -> String {
    let what = match what {
        Loading::Device => "Looking for a GPU".to_string(),
        Loading::Program => "Fetching the engine".to_string(),
        Loading::Start => "Starting the engine".to_string(),
        Loading::File(file) => format!("Fetching the model, {file}"),
    };
    match progress {
        Some(Progress {
            received_bytes,
            total_bytes: Some(total),
        }) => format!(
            "{what}: {} of {}",
            format::bytes(*received_bytes),
            format::bytes(*total)
        ),
        Some(progress) => format!("{what}: {}", format::bytes(progress.received_bytes)),
        None => format!("{what} …"),
    }
}

fn failed(failure: &Failure) -> &'static str {
    match failure {
        Failure::Crashed { at_start: true } => "The engine could not be started",
        Failure::Crashed { at_start: false } => "The engine has stopped",
        Failure::Stale { .. } => "The page is out of date",
        Failure::Model(_) => "There is no model",
    }
}

/// Why an engine was given up.
pub const NEVER_ANSWERED: &str = "it did not answer";

/// Why there is no GPU.
pub const GPU_NOT_OFFERED: &str = "this browser does not offer it";
pub const GPU_NOT_FOUND: &str = "the browser found no GPU that it can use";

fn ready(state: &State) -> String {
    let device = state.device.as_ref().map_or("", |device| {
        if device.is_software {
            "on an imitated GPU, slowly"
        } else {
            match device.kind {
                crate::protocol::DeviceKind::Cpu => "on the CPU",
                crate::protocol::DeviceKind::WebGpu => "on the GPU",
            }
        }
    });
    format!("Ready {device}")
}

/// The word for screen readers, said when it changes and not at each step.
pub fn announcement(status: Status) -> &'static str {
    match status {
        Status::Loading => "The engine is loading.",
        Status::Ready => "The engine is ready.",
        Status::Training => "Training has started.",
        Status::Paused => "Training is paused.",
        Status::Failed => "The engine has failed.",
    }
}

/// What the model is, once it is there.
pub fn model(state: &State) -> Option<String> {
    let model = state.model.as_ref()?;
    Some(format!(
        "{}: {} parameters, {} blocks, width {}, {}",
        model.name,
        format::count(model.total_parameters()),
        model.layers,
        model.width,
        format::bytes(model.weights_bytes)
    ))
}
