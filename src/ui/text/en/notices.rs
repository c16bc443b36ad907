//! What went wrong, what to do about it, and the buttons that do it.

use crate::faults::Fault;
use crate::protocol::{AskKind, EngineError, ErrorKind};
use crate::ui::state::{Action, Cause, Lack, RunOnGpu, Silence};

/// A notice, put in words.
#[derive(Debug, PartialEq)]
pub struct Words {
    /// A short name for tests and styles.
    pub kind: &'static str,
    pub title: String,
    pub message: String,
    pub remedy: &'static str,
    pub actions: Vec<Action>,
}

pub fn words(cause: &Cause) -> Words {
    match cause {
        Cause::Ask { kind, error } => ask(*kind, error),
        Cause::Run(error) => run_ended(error),
        Cause::Crashed {
            reason,
            at_start: true,
            ..
        } => not_started_at_all(reason),
        Cause::Crashed {
            reason, lost_run, ..
        } => stopped(reason, *lost_run),
        Cause::Lost {
            silent_seconds,
            what,
        } => lost(*silent_seconds, *what),
        Cause::NotStarted { runs, lack } => not_started(*runs, lack),
        Cause::Stale { page, worker } => stale(page, worker),
        Cause::NoWebGpu { reason } => no_webgpu(reason),
        Cause::NoGpuEngine => no_gpu_engine(),
        Cause::GpuFailed { reason } => gpu_failed(reason),
        Cause::GpuLost { reason, run } => gpu_lost(reason, *run),
        Cause::HelperLost { workers, reason } => helper_lost(*workers, reason),
        Cause::NotKept { reason } => not_kept(reason),
        Cause::TableNotKept => table_not_kept(),
        Cause::Address(problems) => address(problems),
        Cause::Shortened { steps } => shortened(*steps),
    }
}

fn run_ended(error: &EngineError) -> Words {
    Words {
        kind: kind_name(error.kind),
        title: "The run ended early".into(),
        message: error.to_string(),
        remedy: remedy(error.kind),
        actions: match error.kind {
            ErrorKind::Diverged | ErrorKind::Settings => vec![Action::UseDefaults],
            ErrorKind::Device => vec![Action::RestartAndRunAnew, Action::Restart],
            _ => Vec::new(),
        },
    }
}

fn not_started_at_all(reason: &str) -> Words {
    Words {
        kind: "crashed",
        title: "The engine could not be started".into(),
        message: crashed(reason),
        remedy: "See whether you are online, then start it again. If that does not help, reload the page or try another browser; the engine needs WebAssembly with SIMD, which browsers have had since 2023.",
        actions: vec![Action::Restart, Action::Reload],
    }
}

fn stopped(reason: &str, lost_run: bool) -> Words {
    Words {
        kind: "crashed",
        title: "The engine has stopped".into(),
        message: crashed(reason),
        remedy: "Start it again: a fresh engine loads the model and the data anew. A run of the lab that was kept can be gone on with from there, others are lost; what was measured stays on the page. If it stops again, close other tabs that need much memory, or put ?device=cpu before the # in the address.",
        actions: match lost_run {
            true => vec![Action::RestartAndRunAnew, Action::Restart, Action::Reload],
            false => vec![Action::Restart, Action::Reload],
        },
    }
}

fn stale(page: &str, worker: &str) -> Words {
    Words {
        kind: "stale",
        title: "Please reload the page".into(),
        message: format!(
            "This page and the engine it fetched come from different versions of Warmup (page: {page}; engine: {worker})."
        ),
        remedy: "Nothing has been lost but time. If the notice comes back, hold Shift while you press reload.",
        actions: vec![Action::Reload],
    }
}

fn no_webgpu(reason: &str) -> Words {
    Words {
        kind: "no-webgpu",
        title: "No WebGPU here, so the CPU does the work".into(),
        message: format!("The address asks for WebGPU, but {reason}."),
        remedy: "Everything works on the CPU as well, only more slowly. For WebGPU, use a recent Chrome, Edge, Firefox or Safari, open the page over https or from localhost, and see that hardware acceleration is switched on.",
        actions: Vec::new(),
    }
}

fn no_gpu_engine() -> Words {
    Words {
        kind: "no-gpu-engine",
        title: "This site has no WebGPU engine yet, so the CPU does the work".into(),
        message: "The engine for WebGPU takes longest to build, and a freshly built site begins without it.".into(),
        remedy: "Everything works on the CPU as well. If you are building the site yourself, reload the page when ./dev says that the WebGPU engine is there.",
        actions: Vec::new(),
    }
}

fn gpu_failed(reason: &str) -> Words {
    Words {
        kind: "gpu-failed",
        title: "The GPU would not start, so the CPU does the work".into(),
        message: crashed(reason),
        remedy: "Nothing needs doing. To leave the GPU alone from the start, put ?device=cpu before the # in the address.",
        actions: Vec::new(),
    }
}

fn helper_lost(workers: usize, reason: &Fault) -> Words {
    Words {
        kind: "helper-lost",
        title: match workers {
            1 => "Training goes on with one worker".into(),
            workers => format!("Training goes on with {workers} workers"),
        },
        message: format!(
            "A further worker, which computes a part of each batch, cannot be had: {reason}."
        ),
        remedy: "Nothing is lost: the others compute its part, and steps take longer. If this comes back, close other tabs that need much memory, or put ?workers=1 before the # in the address.",
        actions: Vec::new(),
    }
}

fn not_kept(reason: &Fault) -> Words {
    Words {
        kind: "not-kept",
        title: "The run is held in memory only".into(),
        message: format!("It could not be kept for after a reload: {reason}."),
        remedy: "Training goes on; what was kept before still stands. To make room, delete something under \"What this browser keeps\" in the lab.",
        actions: Vec::new(),
    }
}

fn table_not_kept() -> Words {
    Words {
        kind: "table-not-kept",
        title: "The table of runs is held in memory only".into(),
        message: "The browser has no place or no room left to keep it for after a reload.".into(),
        remedy: "Nothing in it is lost while the page is open. Delete runs from the table that you no longer need.",
        actions: Vec::new(),
    }
}

fn address(problems: &[String]) -> Words {
    Words {
        kind: "address",
        title: "Some settings in the address cannot be used".into(),
        message: format!("{}.", problems.join("; ")),
        remedy: "The default stands in for each of them; all others are as the address says.",
        actions: Vec::new(),
    }
}

fn shortened(steps: usize) -> Words {
    Words {
        kind: "shortened",
        title: "Runs are cut short".into(),
        message: format!(
            "The address asks for most_steps={steps}: runs that would be longer end there."
        ),
        remedy: "They show how a lesson goes, not what it teaches: take most_steps out of the address for runs of full length.",
        actions: Vec::new(),
    }
}

fn gpu_lost(reason: &str, run: RunOnGpu) -> Words {
    let said = crashed(reason);
    let (message, remedy, actions) = match run {
        RunOnGpu::Absent => (said, "What was measured stays on the page.", Vec::new()),
        RunOnGpu::GoesOn { step } => (
            format!("{} The run goes on from step {step}.", said.trim_end()),
            "Nothing needs doing: the steps after the last checkpoint are made again, on the CPU.",
            Vec::new(),
        ),
        RunOnGpu::Ended => (
            said,
            "A paused run of the lab can be gone on with from its last checkpoint, another is made anew; what was measured stays on the page.",
            vec![Action::RunAnew],
        ),
    };
    Words {
        kind: "gpu-lost",
        title: "The GPU failed, so the CPU does the work".into(),
        message,
        remedy,
        actions,
    }
}

/// The worker fell silent. Another has been started already.
fn lost(silent_seconds: u32, what: Silence) -> Words {
    let (title, remedy, actions) = match what {
        Silence::InRun => (
            "The engine stopped in the middle of a run",
            "A fresh one loads the model and the data. The run is lost, and adapters of earlier runs with it; it can be made anew. If this comes back, close other tabs that need much memory: the browser may have ended the engine to save it.",
            vec![Action::RunAnew],
        ),
        Silence::OnCancel => (
            "The run is cancelled, and the engine was started anew",
            "It did not take the word in time. Adapters of earlier runs are gone with it; what was measured stays on the page.",
            Vec::new(),
        ),
        Silence::OnAsk => (
            "The engine stopped answering",
            "A fresh one loads the model and the data. What runs had trained is gone with the old one; ask again when the new one is ready.",
            Vec::new(),
        ),
    };
    Words {
        kind: "lost",
        title: title.into(),
        message: format!("It was silent for {silent_seconds} seconds, so another one was started."),
        remedy,
        actions,
    }
}

fn not_started(runs: usize, lack: &Lack) -> Words {
    let title = match runs {
        1 => "A run that waited was not started".into(),
        _ => format!("{runs} runs that waited were not started"),
    };
    let (kind, message) = match lack {
        Lack::Model(name) => (
            "model",
            format!("They were to be made with the model {name}, which could not be loaded."),
        ),
        Lack::Dataset(name) => (
            "data",
            format!("They were to learn from the data set {name}, which could not be loaded."),
        ),
        Lack::Suited(name) => (
            "data",
            format!(
                "They were to learn from the data set {name}, which asks for something that the loaded model does not do."
            ),
        ),
    };
    let remedy = match lack {
        Lack::Suited(_) => "Load another model, or choose other data, then start them again.",
        Lack::Model(_) | Lack::Dataset(_) => "See whether you are online, then start them again.",
    };
    Words {
        kind,
        title,
        message,
        remedy,
        actions: Vec::new(),
    }
}

fn ask(kind: Option<AskKind>, error: &EngineError) -> Words {
    let (title, actions) = match kind {
        Some(AskKind::LoadModel) => (
            "The model could not be loaded",
            vec![Action::LoadModelAgain, Action::UseShippedModel],
        ),
        Some(AskKind::LoadDataset) => (
            "The data set could not be loaded",
            vec![Action::LoadDataAgain],
        ),
        Some(AskKind::LoadGeneralText) => ("What a run forgets cannot be measured", Vec::new()),
        Some(AskKind::StartRun) => ("The run could not start", Vec::new()),
        Some(AskKind::Pause | AskKind::Resume | AskKind::Step | AskKind::Cancel) => {
            ("The run did not take that", Vec::new())
        }
        Some(AskKind::Generate) => ("The text could not be continued", Vec::new()),
        Some(AskKind::Verify) => ("The comparison could not be made", Vec::new()),
        Some(AskKind::Bench) => ("The benchmark could not be run", Vec::new()),
        // All others say theirs where they were asked.
        Some(_) | None => ("The engine reports a problem", Vec::new()),
    };
    Words {
        kind: kind_name(error.kind),
        title: title.into(),
        message: error.to_string(),
        remedy: remedy(error.kind),
        actions,
    }
}

fn remedy(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Network => "See whether you are online, then try again.",
        ErrorKind::Model => {
            "The files of a model folder must be whole and belong together. Try again, or use the model that comes with this page."
        }
        ErrorKind::Data => {
            "The data set needs the columns that its card describes. Try again, or use the shipped reviews."
        }
        ErrorKind::Settings => "Change the setting that is named and run again.",
        ErrorKind::Device => {
            "Start the engine again. With ?device=cpu before the # in the address it does without the GPU."
        }
        ErrorKind::Diverged => {
            "The steps were too large. Lower the learning rate, or give it a longer warmup, and run again."
        }
        ErrorKind::Protocol => "Reload the page, so that page and engine are of one version.",
        ErrorKind::State => "Wait until the engine is ready, then try again.",
    }
}

fn kind_name(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Network => "network",
        ErrorKind::Model => "model",
        ErrorKind::Data => "data",
        ErrorKind::Settings => "settings",
        ErrorKind::Device => "device",
        ErrorKind::Diverged => "diverged",
        ErrorKind::Protocol => "protocol",
        ErrorKind::State => "state",
    }
}

fn crashed(reason: &str) -> String {
    if reason.is_empty() {
        "Its program could not be fetched or started; the browser gives no reason.".into()
    } else {
        format!("It said: {}", reason)
    }
}

/// The label of a notice's button.
pub fn action(action: Action) -> &'static str {
    match action {
        Action::Restart => "Restart the engine",
        Action::RunAnew => "Make the run anew",
        Action::RestartAndRunAnew => "Restart and make the run anew",
        Action::Reload => "Reload the page",
        Action::LoadModelAgain | Action::LoadDataAgain => "Try again",
        Action::UseShippedModel => "Use the shipped model",
        Action::UseDefaults => "Use the default settings",
    }
}

pub const DISMISS: &str = "Dismiss";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_error_has_a_remedy() {
        use ErrorKind::*;
        for kind in [
            Network, Model, Data, Settings, Device, Diverged, Protocol, State,
        ] {
            let error = EngineError::new(kind, Fault::foreign("what was wrong"));
            let words = words(&Cause::Ask { kind: None, error });
            assert_eq!(words.message, "what was wrong");
            assert!(words.remedy.len() > 20);
        }
    }

    #[test]
    fn a_run_that_was_lost_can_be_made_anew() {
        let lost = |what| Cause::Lost {
            silent_seconds: 21,
            what,
        };
        let in_run = words(&lost(Silence::InRun));
        assert!(in_run.message.contains("21 seconds"));
        assert_eq!(in_run.actions, [Action::RunAnew]);
        assert!(words(&lost(Silence::OnCancel)).actions.is_empty());
        let crashed = |lost_run| {
            let cause = Cause::Crashed {
                reason: "unreachable".into(),
                at_start: false,
                lost_run,
            };
            words(&cause).actions
        };
        assert!(crashed(true).contains(&Action::RestartAndRunAnew));
        assert!(!crashed(false).contains(&Action::RestartAndRunAnew));
        let gpu_lost = |run| {
            let reason = "device lost".into();
            words(&Cause::GpuLost { reason, run })
        };
        assert_eq!(gpu_lost(RunOnGpu::Ended).actions, [Action::RunAnew]);
        assert!(gpu_lost(RunOnGpu::Absent).actions.is_empty());
        let goes_on = gpu_lost(RunOnGpu::GoesOn { step: 412 });
        assert!(goes_on.actions.is_empty());
        assert!(goes_on.message.ends_with("goes on from step 412."));
    }

    #[test]
    fn a_missing_model_offers_the_shipped_one() {
        let words = words(&Cause::Ask {
            kind: Some(AskKind::LoadModel),
            error: EngineError::new(ErrorKind::Model, Fault::foreign("cut short")),
        });
        assert!(words.actions.contains(&Action::UseShippedModel));
    }
}
