//! How each event changes the state.

use super::run::run_id_of;
use super::*;
use crate::protocol::{BUILD_ID, EngineError, ErrorKind, Event, PROTOCOL_VERSION, RunId};

impl State {
    /// Takes in what the engine says. Answers to forgotten asks and events of other runs change nothing.
    pub fn apply(&mut self, frame: Frame<Event>) {
        if let Event::AdapterKept(info) = &frame.body {
            let run = self.run.as_ref().filter(|run| run.id == Some(info.run_id));
            if let Some(run) = run {
                self.insights.keep(KeptAdapter {
                    info: info.clone(),
                    learnt: run.learnt.clone(),
                    learning_rate: run.settings.learning_rate,
                });
            }
            return;
        }
        if let Some(run_id) = run_id_of(&frame.body) {
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
        if let Event::RunFailed { error, .. } = &frame.body {
            self.notices.add(Cause::Run(error.clone()));
        }
        run.apply(frame.body);
    }

    fn greet(&mut self, protocol_version: u32, build_id: &str, device: DeviceInfo) {
        if protocol_version == PROTOCOL_VERSION && build_id == BUILD_ID {
            self.device = Some(device);
            self.engine = Engine::Ready;
            // A fresh worker holds nothing yet, whatever the one before it held.
            (self.model, self.dataset, self.general_text) = (None, None, None);
            self.insights.lose_encoder();
            self.insights.lose_adapters();
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
                self.insights.lose_adapters();
                self.engine = Engine::Ready;
                self.asks.close(subject);
            }
            Event::DatasetLoaded(dataset) => {
                self.dataset = Some(Arc::new(dataset));
                self.asks.close(subject);
            }
            Event::GeneralTextLoaded(text) => {
                self.general_text = Some(text);
                self.asks.close(subject);
            }
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
        self.asks.forget_all();
        let at_start = self.device.is_none();
        self.engine = Engine::Failed(Failure::Crashed { at_start });
        self.notices.add(Cause::Crashed {
            reason: reason.to_string(),
            at_start,
        });
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
