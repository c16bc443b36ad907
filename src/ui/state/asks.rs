//! Which question an answer belongs to. Only the newest question of each subject counts.

use crate::protocol::{Command, RequestId, WeightsChoice};

/// What a command is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    Model,
    Dataset,
    GeneralText,
    Plan,
    Generation,
    Classification,
    Run,
    RunControl,
    Probe,
    ProbeRandom,
    Updates,
    Matrix,
    OneExample,
    Prompts,
    Blend,
    Encoder,
    Masks,
    /// What the base would say before a blank.
    Blank,
    Attention,
    Tags,
    Question,
    Verification,
    Bench,
    Ping,
}

impl Subject {
    pub fn of(command: &Command) -> Self {
        match command {
            Command::LoadModel { .. } | Command::LoadModelFiles { .. } => Self::Model,
            Command::LoadDataset { .. } => Self::Dataset,
            Command::LoadGeneralText { .. } => Self::GeneralText,
            Command::PlanRun { .. } => Self::Plan,
            Command::Generate { .. } => Self::Generation,
            Command::Classify { .. } => Self::Classification,
            Command::Tag { .. } => Self::Tags,
            Command::AskQuestion { .. } => Self::Question,
            Command::BlendAdapters { .. } => Self::Blend,
            Command::StartRun { .. } => Self::Run,
            Command::Pause { .. }
            | Command::Resume { .. }
            | Command::Step { .. }
            | Command::Cancel { .. } => Self::RunControl,
            Command::Probe {
                weights: WeightsChoice::Random,
                ..
            } => Self::ProbeRandom,
            Command::Probe { .. } => Self::Probe,
            Command::InspectUpdates => Self::Updates,
            Command::InspectMatrix { .. } => Self::Matrix,
            Command::TrainOnExample { .. } => Self::OneExample,
            Command::ScorePrompts { .. } => Self::Prompts,
            Command::LoadEncoder { .. } => Self::Encoder,
            Command::FillMask { .. } => Self::Masks,
            Command::Attend { .. } => Self::Attention,
            Command::Verify { .. } => Self::Verification,
            Command::Bench { .. } => Self::Bench,
            Command::Ping => Self::Ping,
        }
    }
}

/// The newest ask of every subject.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Asks {
    last_id: u32,
    newest: Vec<(Subject, RequestId)>,
}

impl Asks {
    /// A fresh id; older asks about the same subject are forgotten.
    pub fn note(&mut self, subject: Subject) -> RequestId {
        self.last_id += 1;
        let id = RequestId(self.last_id);
        self.newest.retain(|(other, _)| *other != subject);
        self.newest.push((subject, id));
        id
    }

    /// What `id` asked about, unless something newer took its place.
    pub fn subject_of(&self, id: RequestId) -> Option<Subject> {
        self.newest
            .iter()
            .find(|(_, newest)| *newest == id)
            .map(|(subject, _)| *subject)
    }

    pub fn is_open(&self, subject: Subject) -> bool {
        self.newest.iter().any(|(other, _)| *other == subject)
    }

    pub fn close(&mut self, subject: Subject) {
        self.newest.retain(|(other, _)| *other != subject);
    }

    /// Nobody will answer any more.
    pub fn forget_all(&mut self) {
        self.newest.clear();
    }
}
