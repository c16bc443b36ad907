//! An engine that is gone, and the device that it was on.

use super::*;
use crate::ui::state::Cause;

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
            let error = EngineError::new(ErrorKind::Device, "the device was lost");
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
        let lost_run = true;
        let reason = "the device was lost".to_string();
        assert_eq!(causes, [&Cause::GpuLost { reason, lost_run }]);
        assert!(matches!(
            state.run.as_ref().unwrap().phase,
            Phase::Failed { .. }
        ));
    }
}
