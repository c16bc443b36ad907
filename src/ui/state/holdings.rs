//! What the engine holds: models, data, texts and adapters, and what the page forgets when that changes.

use std::sync::Arc;

use super::{Engine, Failure, Generation, Learnt, Loading, Plan, Progress, Run, State};
use crate::protocol::{
    AdapterInfo, AskKind, Brought, Command, EngineError, Event, MOST_ADAPTERS, ModelInfo, Reply,
    RequestId, RunId, Until,
};

/// An adapter that the engine keeps, and what it was trained on.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptAdapter {
    pub info: AdapterInfo,
    pub learnt: Learnt,
    /// None of one from elsewhere.
    pub learning_rate: Option<f64>,
}

/// As much of a run as its adapter is shown with.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct MadeWay {
    run_id: RunId,
    learnt: Learnt,
    learning_rate: f64,
}

impl State {
    pub(super) fn holding_asked(&mut self, command: &Command) {
        match command {
            Command::LoadModel(_) => {
                self.model = None;
                // Told anew with the next model.
                self.general_text = None;
                self.plan = Plan::Unknown;
                // Their answers would be the old model's.
                self.answers.forget_going(Until::NextModel);
                self.generation = Generation::Idle;
                self.engine = Engine::Loading {
                    what: Loading::File("config.json".into()),
                    progress: None,
                };
            }
            Command::LoadDataset(ask) => self.asked_dataset = Some((ask.name.clone(), false)),
            Command::LoadEncoder(_) => self.encoder_progress = None,
            _ => {}
        }
    }

    pub(super) fn holding_answered(&mut self, id: RequestId, reply: &Reply) {
        match reply {
            Reply::LoadModel(model) => self.model_loaded(id, model),
            Reply::LoadDataset(dataset) => {
                self.dataset = Some(Arc::clone(dataset));
                self.answers.drop_kind(AskKind::ScorePrompts);
            }
            Reply::LoadGeneralText(_) => self.has_general_source = true,
            // Answers before were another model's words.
            Reply::BlendAdapters(_) => self.answers.forget(Until::NextRun, id),
            Reply::BringAdapter(brought) => {
                self.answers.forget(Until::NextRun, id);
                self.note_brought(brought);
            }
            _ => {}
        }
    }

    pub(super) fn holding_failed(&mut self, kind: AskKind, error: &EngineError) {
        match kind {
            AskKind::LoadModel => self.engine = Engine::Failed(Failure::Model(error.clone())),
            AskKind::LoadDataset => {
                if let Some((_, is_lacking)) = &mut self.asked_dataset {
                    *is_lacking = true;
                }
            }
            _ => {}
        }
    }

    /// How far the files have come that an ask of this kind fetches.
    pub(super) fn download_progressed(&mut self, kind: AskKind, event: Event) {
        let Event::DownloadProgressed {
            file,
            received_bytes,
            total_bytes,
        } = event
        else {
            return;
        };
        let progress = Some(Progress {
            received_bytes,
            total_bytes,
        });
        if kind == AskKind::LoadEncoder {
            self.encoder_progress = progress;
        } else if matches!(self.engine, Engine::Loading { .. }) {
            let what = Loading::File(file);
            self.engine = Engine::Loading { what, progress };
        }
    }

    /// An adapter from elsewhere answers, and stands on the shelf where it can.
    fn note_brought(&mut self, brought: &Brought) {
        let fits = brought.scores.is_ok();
        let data = self.dataset.as_ref().filter(|_| fits);
        let learnt = Learnt {
            dataset: data.map_or_else(|| brought.name.clone(), |data| data.name.clone()),
            task: brought.task,
            classes: brought.labels.len(),
            source: self.source.clone(),
        };
        let on_shelf = |kept: &&mut KeptAdapter| Some(kept.info.run_id) == brought.run_id;
        if let Some(kept) = self.adapters.iter_mut().find(on_shelf) {
            kept.learnt = learnt.clone();
        }
        self.brought = Some(learnt);
    }

    fn model_loaded(&mut self, id: RequestId, model: &Arc<ModelInfo>) {
        self.model = Some(Arc::clone(model));
        self.forget_what_was_made();
        self.answers.forget(Until::NextModel, id);
        self.engine = Engine::Ready;
    }

    /// A fresh worker holds nothing yet, whatever the one before it held.
    pub(super) fn forget_holdings(&mut self) {
        (self.model, self.dataset) = (None, None);
        self.general_text = None;
        self.has_general_source = false;
        self.encoder_progress = None;
        self.plan = Plan::Unknown;
        self.answers.clear();
        self.forget_what_was_made();
    }

    /// The engine holds nothing that was made with the model before.
    fn forget_what_was_made(&mut self) {
        self.holds_result = false;
        self.brought = None;
        self.made_way.clear();
        self.adapters.clear();
        self.generation = Generation::Idle;
    }

    /// Notes an adapter that the engine keeps from now on; the oldest has made room for it, there and here. It is told of
    /// after its run has ended, when the next one of a set may have begun.
    pub(super) fn keep_adapter(&mut self, info: AdapterInfo) {
        let run_id = info.run_id;
        let at_hand = self.run.as_ref().filter(|run| run.id == Some(run_id));
        let found = at_hand
            .map(|run| (run.learnt.clone(), Some(run.settings.learning_rate)))
            .or_else(|| {
                let mut newest_first = self.made_way.iter().rev();
                let before = newest_first.find(|run| run.run_id == run_id)?;
                Some((before.learnt.clone(), Some(before.learning_rate)))
            });
        // The engine has it all the same, and counts it among those it keeps.
        let (learnt, learning_rate) = found.unwrap_or_default();
        self.adapters.retain(|kept| kept.info.run_id != run_id);
        self.adapters.push(KeptAdapter {
            info,
            learnt,
            learning_rate,
        });
        let excess = self.adapters.len().saturating_sub(MOST_ADAPTERS);
        self.adapters.drain(..excess);
    }

    /// The run at hand makes way for another.
    pub(super) fn note_made_way(&mut self) {
        let run = self.run.as_ref();
        let Some((run, run_id)) = run.and_then(|run: &Run| Some((run, run.id?))) else {
            return;
        };
        self.made_way.push(MadeWay {
            run_id,
            learnt: run.learnt.clone(),
            learning_rate: run.settings.learning_rate,
        });
        let excess = self.made_way.len().saturating_sub(MOST_ADAPTERS);
        self.made_way.drain(..excess);
    }
}
