//! How each event changes the state.

use super::run::run_id_of;
use super::*;
use crate::protocol::{AdapterInfo, BUILD_ID, EngineError, ErrorKind, Event, PROTOCOL_VERSION};

impl State {
    /// Takes in what the engine says. Answers to forgotten asks and events of other runs change nothing.
    pub fn apply(&mut self, frame: Frame<Event>) {
        match &frame.body {
            Event::AdapterKept(info) => return self.keep_adapter(info.clone()),
            // The engine measures the text anew for another model, so that it need not have been asked.
            Event::GeneralTextLoaded(text) => {
                self.general_text = Some(text.clone());
                self.has_general_source = true;
                self.asks.close(Subject::GeneralText);
                return;
            }
            _ => {}
        }
        if let Some(run_id) = run_id_of(&frame.body) {
            if frame
                .request_id
                .is_some_and(|id| self.asks.subject_of(id) == Some(Subject::RunControl))
            {
                self.asks.close(Subject::RunControl);
            }
            self.apply_to_run(run_id, frame);
            return;
        }
        let subject = frame.request_id.and_then(|id| self.asks.subject_of(id));
        match (frame.body, subject) {
            (
                Event::Ready {
                    protocol_version,
                    build_id,
                    device,
                },
                _,
            ) => self.greet(protocol_version, &build_id, device),
            (Event::Failed(error), subject) if subject.is_some() || frame.request_id.is_none() => {
                self.fail(subject, error);
            }
            (event, Some(subject)) => self.answer(subject, event),
            (_, None) => {}
        }
    }

    fn apply_to_run(&mut self, run_id: RunId, frame: Frame<Event>) {
        let Some(run) = &mut self.run else { return };
        let is_its_start = matches!(frame.body, Event::RunStarted { .. })
            && run.id.is_none()
            && frame.request_id == Some(run.request_id);
        if !is_its_start && run.id != Some(run_id) {
            return;
        }
        match &frame.body {
            Event::RunFailed { error, .. } => self.notices.add(Cause::Run(error.clone())),
            Event::RunFinished { .. } => self.holds_result = true,
            _ => {}
        }
        run.apply(frame.body);
    }

    /// An adapter is told of after its run has ended, when the next one of a set may have begun.
    fn keep_adapter(&mut self, info: AdapterInfo) {
        let is_its = |id: Option<RunId>| id == Some(info.run_id);
        let at_hand = self.run.as_ref().filter(|run| is_its(run.id));
        let found = at_hand
            .map(|run| (run.learnt.clone(), run.settings.learning_rate))
            .or_else(|| {
                let before = self
                    .made_way
                    .iter()
                    .rev()
                    .find(|run| is_its(Some(run.run_id)))?;
                Some((before.learnt.clone(), before.learning_rate))
            });
        // The engine has it all the same, and counts it among those it keeps.
        let (learnt, learning_rate) = found.unwrap_or_default();
        self.insights.keep(KeptAdapter {
            info,
            learnt,
            learning_rate,
        });
    }

    /// The engine holds nothing that was made with the model before.
    fn forget_what_was_made(&mut self) {
        self.general_text = None;
        self.holds_result = false;
        self.made_way.clear();
        self.insights.lose_adapters();
        self.insights.lose_base();
        if !matches!(self.generation, Generation::Going { .. }) {
            self.generation = Generation::Idle;
        }
    }

    fn greet(&mut self, protocol_version: u32, build_id: &str, device: DeviceInfo) {
        if protocol_version == PROTOCOL_VERSION && build_id == BUILD_ID {
            self.device = Some(device);
            self.engine = Engine::Ready;
            // A fresh worker holds nothing yet, whatever the one before it held.
            (self.model, self.dataset) = (None, None);
            self.has_general_source = false;
            self.plan = Plan::Unknown;
            self.insights.lose_encoder();
            self.forget_what_was_made();
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

    fn answer(&mut self, subject: Subject, event: Event) {
        if self.insights.take(subject, &event) {
            return;
        }
        match event {
            Event::DownloadProgressed {
                file,
                received_bytes,
                total_bytes,
            } => {
                if matches!(self.engine, Engine::Loading { .. }) {
                    self.engine = Engine::Loading {
                        what: Loading::File(file),
                        progress: Some(Progress {
                            received_bytes,
                            total_bytes,
                        }),
                    };
                }
            }
            Event::ModelLoaded(model) => {
                self.model = Some(Arc::new(model));
                self.forget_what_was_made();
                self.engine = Engine::Ready;
                self.asks.close(subject);
            }
            Event::DatasetLoaded(dataset) => {
                self.dataset = Some(Arc::new(dataset));
                self.asks.close(subject);
            }
            Event::Ponged => self.asks.close(subject),
            Event::RunPlanned(plan) => self.plan = Plan::Known(Arc::new(plan)),
            Event::TokenGenerated { text: token } => {
                if let Generation::Going { text, .. } = &mut self.generation {
                    text.push_str(&token);
                }
            }
            Event::GenerationFinished {
                prompt,
                text,
                tokens,
                millis,
            } => {
                self.generation = Generation::Done {
                    prompt,
                    text,
                    tokens,
                    millis,
                };
            }
            Event::CaseVerified(row) => {
                if let Verification::Going { rows } = &mut self.verification {
                    rows.push(row);
                }
            }
            Event::VerificationFinished {
                passed,
                failed,
                millis,
            } => {
                self.verification = Verification::Done {
                    rows: self.verification.take_rows(),
                    passed,
                    failed,
                    millis,
                };
            }
            Event::BenchFinished { json } => self.bench = Bench::Done { json },
            _ => {}
        }
    }

    fn fail(&mut self, subject: Option<Subject>, error: EngineError) {
        if let Some(subject) = subject
            && self.insights.fail(subject, &error)
        {
            // Said where it was asked.
            self.asks.close(subject);
            return;
        }
        match subject {
            Some(Subject::Model) => self.engine = Engine::Failed(Failure::Model(error.clone())),
            // Said beside the settings, where the next change answers it.
            Some(Subject::Plan) => {
                self.plan = Plan::Refused(error);
                return;
            }
            Some(Subject::Run) => {
                if let Some(run) = &mut self.run {
                    run.fail(0, error.clone());
                }
            }
            Some(Subject::Dataset) => {
                if let Some((_, is_lacking)) = &mut self.asked_dataset {
                    *is_lacking = true;
                }
            }
            Some(Subject::Generation) => self.generation = Generation::Failed(error.clone()),
            Some(Subject::Verification) => {
                let rows = self.verification.take_rows();
                let error = error.clone();
                self.verification = Verification::Failed { rows, error };
            }
            Some(Subject::Bench) => self.bench = Bench::Failed(error.clone()),
            _ => {}
        }
        if let Some(subject) = subject {
            self.asks.close(subject);
        }
        self.notices.add(Cause::Ask { subject, error });
    }

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
        self.asks.forget_all();
    }

    /// The worker is gone.
    pub fn crash(&mut self, reason: &str) {
        let at_start = self.device.is_none();
        self.notices.add(Cause::Crashed {
            reason: reason.to_string(),
            at_start,
            lost_run: self
                .run
                .as_ref()
                .is_some_and(|run| run.is_going() && !run.is_cancelling()),
        });
        self.lose(reason);
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
        self.lose("it did not answer any more");
    }

    /// Nothing that was asked will be answered, and nothing that was made is there.
    fn lose(&mut self, reason: &str) {
        self.asks.forget_all();
        let at_start = self.device.is_none();
        self.engine = Engine::Failed(Failure::Crashed { at_start });
        self.holds_result = false;
        if let Some(run) = &mut self.run {
            run.engine_gone(reason);
        }
        if matches!(self.generation, Generation::Going { .. }) {
            self.generation = Generation::Idle;
        }
        self.insights = Insights::default();
        let gone = || EngineError::new(ErrorKind::Device, reason);
        if let Verification::Going { rows } = &mut self.verification {
            self.verification = Verification::Failed {
                rows: std::mem::take(rows),
                error: gone(),
            };
        }
        if self.bench == Bench::Going {
            self.bench = Bench::Failed(gone());
        }
    }
}
