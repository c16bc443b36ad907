//! How each event changes the state.

use super::notice::is_said_at_the_top;
use super::*;
use crate::protocol::{AskKind, BUILD_ID, EngineError, Event, PROTOCOL_VERSION, Reply, RequestId};

impl State {
    /// Takes in what the engine says. Answers to forgotten asks and events of other runs change nothing.
    pub fn apply(&mut self, Frame { request_id, body }: Frame<Event>) {
        let kind = request_id.and_then(|id| self.answers.kind_of(id));
        match body {
            Event::Ready {
                protocol_version,
                build_id,
                device,
            } => self.greet(protocol_version, &build_id, device),
            // The engine measures the text anew for another model, so that it need not have been asked.
            Event::GeneralTextLoaded(text) => {
                self.general_text = Some(text);
                self.has_general_source = true;
            }
            Event::AdapterKept(info) => self.keep_adapter(info),
            Event::HelperLost { workers, reason } => {
                self.notices.add(Cause::HelperLost { workers, reason });
            }
            Event::Failed(error) if request_id.is_none() => {
                self.notices.add(Cause::Ask { kind: None, error });
            }
            event => {
                if let Some(run_id) = event.run_id() {
                    self.apply_to_run(run_id, event);
                } else if let (Some(id), Some(kind)) = (request_id, kind) {
                    self.apply_to_ask(id, kind, event);
                }
            }
        }
    }

    fn apply_to_run(&mut self, run_id: RunId, event: Event) {
        let Some(run) = self.run.as_mut().filter(|run| run.id == Some(run_id)) else {
            return;
        };
        match &event {
            Event::RunFailed { error, .. } => self.notices.add(Cause::Run(error.clone())),
            Event::RunFinished { .. } => self.holds_result = true,
            Event::RunNotKept { reason, .. } => {
                let reason = reason.clone();
                self.notices.add(Cause::NotKept { reason });
            }
            _ => {}
        }
        run.apply(event);
    }

    /// Something about an ask that waits for its answer.
    fn apply_to_ask(&mut self, id: RequestId, kind: AskKind, event: Event) {
        match event {
            Event::Answered(reply) if reply.kind() == kind => self.answered(id, reply),
            Event::Failed(error) => self.failed(id, kind, error),
            Event::Cancelled => {
                self.answers.close(id);
                self.tool_cancelled(kind);
            }
            Event::DownloadProgressed { .. } => self.download_progressed(kind, event),
            event => self.tool_told(event),
        }
    }

    fn answered(&mut self, id: RequestId, reply: Reply) {
        self.holding_answered(id, &reply);
        self.tool_answered(&reply);
        if let Reply::StartRun(start) | Reply::ResumeKeptRun(start) = &reply
            && let Some(run) = self.run.as_mut().filter(|run| run.request_id == id)
        {
            run.started(start);
        }
        self.answers.done(id, reply);
    }

    fn failed(&mut self, id: RequestId, kind: AskKind, error: EngineError) {
        self.answers.failed(id, error.clone());
        self.holding_failed(kind, &error);
        self.tool_failed(kind, &error);
        if matches!(kind, AskKind::StartRun | AskKind::ResumeKeptRun)
            && let Some(run) = &mut self.run
        {
            run.fail(0, error.clone());
        }
        if is_said_at_the_top(kind) {
            let kind = Some(kind);
            self.notices.add(Cause::Ask { kind, error });
        }
    }

    fn greet(&mut self, protocol_version: u32, build_id: &str, device: DeviceInfo) {
        if protocol_version == PROTOCOL_VERSION && build_id == BUILD_ID {
            self.device = Some(device);
            self.engine = Engine::Ready;
            self.forget_holdings();
            return;
        }
        let page = format!("{BUILD_ID}, protocol {PROTOCOL_VERSION}");
        let worker = format!("{build_id}, protocol {protocol_version}");
        self.notices.add(Cause::Stale {
            page: page.clone(),
            worker: worker.clone(),
        });
        self.engine = Engine::Failed(Failure::Stale { page, worker });
    }
}
