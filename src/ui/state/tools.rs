//! What is shown while it comes piece by piece: plans, texts, verifications and benchmarks.

use std::sync::Arc;

use super::State;
use crate::faults::Fault;
use crate::protocol::{
    AskKind, Command, EngineError, ErrorKind, Event, Generated, Reply, RunPlan, Verified,
    VerifiedQuantity,
};

/// What the settings on the page would train.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Plan {
    #[default]
    Unknown,
    Known(Arc<RunPlan>),
    Refused(EngineError),
}

/// A prompt being continued.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Generation {
    #[default]
    Idle,
    Going {
        prompt: String,
        text: String,
    },
    /// As far as it had come.
    Cancelled {
        prompt: String,
        text: String,
    },
    Done(Arc<Generated>),
    Failed(EngineError),
}

/// This machine's numbers against the reference's.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Verification {
    #[default]
    Idle,
    Going {
        rows: Vec<VerifiedQuantity>,
    },
    Cancelled {
        rows: Vec<VerifiedQuantity>,
    },
    Done {
        rows: Vec<VerifiedQuantity>,
        found: Arc<Verified>,
    },
    Failed {
        rows: Vec<VerifiedQuantity>,
        error: EngineError,
    },
}

impl Verification {
    pub fn rows(&self) -> &[VerifiedQuantity] {
        match self {
            Self::Idle => &[],
            Self::Going { rows }
            | Self::Cancelled { rows }
            | Self::Done { rows, .. }
            | Self::Failed { rows, .. } => rows,
        }
    }

    /// Hands the rows on to the next stage.
    fn take_rows(&mut self) -> Vec<VerifiedQuantity> {
        match std::mem::take(self) {
            Self::Idle => Vec::new(),
            Self::Going { rows }
            | Self::Cancelled { rows }
            | Self::Done { rows, .. }
            | Self::Failed { rows, .. } => rows,
        }
    }
}

/// A benchmark.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Bench {
    #[default]
    Idle,
    Going,
    Cancelled,
    Done {
        json: String,
    },
    Failed(EngineError),
}

impl State {
    pub(super) fn tool_asked(&mut self, command: &Command) {
        match command {
            Command::Generate(ask) => {
                self.generation = Generation::Going {
                    prompt: ask.prompt.clone(),
                    text: String::new(),
                };
            }
            Command::Verify(_) => self.verification = Verification::Going { rows: Vec::new() },
            Command::Bench(_) => self.bench = Bench::Going,
            _ => {}
        }
    }

    /// What a tool tells before its answer.
    pub(super) fn tool_told(&mut self, event: Event) {
        match event {
            Event::TokenGenerated { text: token } => {
                if let Generation::Going { text, .. } = &mut self.generation {
                    text.push_str(&token);
                }
            }
            Event::CaseVerified(row) => {
                if let Verification::Going { rows } = &mut self.verification {
                    rows.push(row);
                }
            }
            Event::CaseNotRun { case, reason } => {
                if let Verification::Going { rows } = &mut self.verification {
                    rows.push(crate::ui::text::pages::not_run(case, &reason));
                }
            }
            _ => {}
        }
    }

    pub(super) fn tool_answered(&mut self, reply: &Reply) {
        match reply {
            Reply::PauseWork(id) => self.answers.pause(**id, true),
            Reply::ResumeWork(id) => self.answers.pause(**id, false),
            Reply::PlanRun(plan) => self.plan = Plan::Known(Arc::clone(plan)),
            Reply::Generate(found) => self.generation = Generation::Done(Arc::clone(found)),
            Reply::Verify(found) => {
                self.verification = Verification::Done {
                    rows: self.verification.take_rows(),
                    found: Arc::clone(found),
                };
            }
            Reply::Bench(report) => {
                let json = report.json.clone();
                self.bench = Bench::Done { json };
            }
            _ => {}
        }
    }

    pub(super) fn tool_failed(&mut self, kind: AskKind, error: &EngineError) {
        let error = error.clone();
        match kind {
            AskKind::PlanRun => self.plan = Plan::Refused(error),
            AskKind::Generate => self.generation = Generation::Failed(error),
            AskKind::Verify => {
                let rows = self.verification.take_rows();
                self.verification = Verification::Failed { rows, error };
            }
            AskKind::Bench => self.bench = Bench::Failed(error),
            _ => {}
        }
    }

    pub(super) fn tool_cancelled(&mut self, kind: AskKind) {
        match kind {
            AskKind::Generate => {
                if let Generation::Going { prompt, text } = std::mem::take(&mut self.generation) {
                    self.generation = Generation::Cancelled { prompt, text };
                }
            }
            AskKind::Verify => {
                let rows = self.verification.take_rows();
                self.verification = Verification::Cancelled { rows };
            }
            AskKind::Bench => self.bench = Bench::Cancelled,
            _ => {}
        }
    }

    /// The engine is gone with what it was at.
    pub(super) fn tools_lost(&mut self, reason: &str) {
        let gone = EngineError::new(ErrorKind::Device, Fault::foreign(reason));
        if matches!(self.generation, Generation::Going { .. }) {
            self.generation = Generation::Idle;
        }
        if matches!(self.verification, Verification::Going { .. }) {
            self.tool_failed(AskKind::Verify, &gone);
        }
        if self.bench == Bench::Going {
            self.tool_failed(AskKind::Bench, &gone);
        }
    }
}
