//! Workers that stop, fall silent, and are replaced.

use super::*;
use crate::protocol::ErrorKind;

impl State {
    /// A fresh worker is on its way; what the old one held is gone, what it told us stays readable.
    pub fn restart(&mut self, device: DeviceKind) {
        self.chosen_device = Some(device);
        self.device = None;
        self.engine = Engine::Loading {
            what: Loading::Program,
            progress: None,
        };
        self.notices
            .retain(|cause| !matches!(cause, Cause::Crashed { .. } | Cause::Stale { .. }));
        self.answers.close_all();
    }

    /// The worker is gone.
    pub fn crash(&mut self, reason: &str) {
        let at_start = self.device.is_none();
        self.notices.add(Cause::Crashed {
            reason: reason.to_string(),
            at_start,
            lost_run: self.would_lose_run(),
        });
        self.lose(reason);
    }

    /// The GPU is gone or failed in use, and another engine takes over on the CPU.
    pub fn lose_gpu(&mut self, reason: &str) {
        // The run may have been told of its end already.
        let has_failed =
            |cause: &Cause| matches!(cause, Cause::Run(error) if error.kind == ErrorKind::Device);
        let notices = self.notices.list();
        let lost_run =
            self.would_lose_run() || notices.iter().any(|notice| has_failed(&notice.cause));
        let run = match lost_run {
            true => self.run.as_ref().map_or(RunOnGpu::Absent, Run::after_gpu),
            false => RunOnGpu::Absent,
        };
        self.notices.retain(|cause| !has_failed(cause));
        self.notices.add(Cause::GpuLost {
            reason: reason.to_string(),
            run,
        });
        self.goes_on = matches!(run, RunOnGpu::GoesOn { .. });
        self.lose(reason);
    }

    fn would_lose_run(&self) -> bool {
        let run = self.run.as_ref();
        run.is_some_and(|run| run.is_going() && !run.is_cancelling())
    }

    /// The worker does not answer any more, and is given up.
    pub fn give_up(&mut self, silent_seconds: u32) {
        let run = self.run.as_ref().filter(|run| run.is_going());
        let what = match run {
            None => Silence::OnAsk,
            Some(run) if run.is_cancelling() => Silence::OnCancel,
            Some(_) => Silence::InRun,
        };
        self.notices.add(Cause::Lost {
            silent_seconds,
            what,
        });
        self.lose(crate::ui::text::lost::STOPPED_ANSWERING);
    }

    /// Nothing that was asked will be answered, and nothing that was made is there.
    fn lose(&mut self, reason: &str) {
        let at_start = self.device.is_none();
        self.engine = Engine::Failed(Failure::Crashed { at_start });
        self.holds_result = false;
        self.brought = None;
        if let Some(run) = &mut self.run {
            run.engine_gone(reason);
        }
        self.answers.clear();
        self.adapters.clear();
        self.encoder_progress = None;
        self.tools_lost(reason);
    }
}
