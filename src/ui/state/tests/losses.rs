//! An engine that is gone, and the device that it was on.

use super::*;
use crate::faults::Fault;
use crate::ui::state::{Cause, RunOnGpu};

#[test]
fn a_crash_ends_the_run_and_a_restart_clears_the_way() {
    let mut state = running(RunId(1));
    state.crash("unreachable executed");
    assert_eq!(state.status(), Status::Failed);
    assert!(matches!(
        state.run.as_ref().unwrap().phase,
        Phase::Failed { .. }
    ));
    state.restart(DeviceKind::Cpu);
    assert_eq!(state.status(), Status::Loading);
    state.apply(ready(BUILD_ID));
    assert_eq!(state.status(), Status::Ready);
}

/// A GPU that the page chose gives way to the CPU: the run is lost, is told of once, and can be made anew.
#[test]
fn a_gpu_that_fails_in_a_run_gives_way_to_the_cpu() {
    for is_told_by_engine in [false, true] {
        let mut state = running(RunId(1));
        if is_told_by_engine {
            let error = EngineError::new(ErrorKind::Device, Fault::foreign("the device was lost"));
            let (run_id, step, kept_step) = (RunId(1), 3, None);
            let failed = Event::RunFailed {
                run_id,
                step,
                error,
                kept_step,
            };
            state.apply(from_engine(None, failed));
        }
        state.lose_gpu("the device was lost");
        state.restart(DeviceKind::Cpu);
        let causes: Vec<_> = state
            .notices
            .list()
            .iter()
            .map(|notice| &notice.cause)
            .collect();
        let run = RunOnGpu::Ended;
        let reason = "the device was lost".to_string();
        assert_eq!(causes, [&Cause::GpuLost { reason, run }]);
        assert!(!state.goes_on);
        assert!(matches!(
            state.run.as_ref().unwrap().phase,
            Phase::Failed { .. }
        ));
    }
}

/// What was kept goes on by itself, unless the learner had paused it.
#[test]
fn a_kept_run_goes_on_after_its_gpu() {
    for is_paused in [false, true] {
        let mut state = running(RunId(1));
        let (run_id, step, bytes) = (RunId(1), 12, 4_096);
        let kept = Event::RunKept {
            run_id,
            step,
            bytes,
        };
        state.apply(from_engine(None, kept));
        if is_paused {
            let paused = Event::RunPaused { run_id, step };
            state.apply(from_engine(None, paused));
        }
        state.lose_gpu("the device was lost");
        let run = match is_paused {
            true => RunOnGpu::Ended,
            false => RunOnGpu::GoesOn { step },
        };
        let reason = "the device was lost".to_string();
        let told = &state.notices.list()[0].cause;
        assert_eq!(told, &Cause::GpuLost { reason, run });
        assert_eq!(state.goes_on, !is_paused);
        state.restart(DeviceKind::Cpu);
        assert_eq!(state.goes_on, !is_paused, "it waits for the other engine");
        state.ask_only(asks::ResumeKeptRun {});
        assert!(!state.goes_on);
    }
}
