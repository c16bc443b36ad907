//! The run that is going, kept from time to time, and a kept one gone on with.

use super::runs::Page;
use super::*;
use crate::engine::keeping::{Keeper, NoVault, Pace, Vault};
use crate::faults::{KeepingError, Wish};
use crate::protocol::{Keeping, RunStart};

/// Where runs are kept.
pub enum Place<V> {
    /// Nobody has needed to know yet.
    Unknown,
    Here(Keeper<V>),
    Nowhere(NoVault),
}

/// How the run that is going is kept.
pub struct Kept {
    /// The page's words about it.
    note: String,
    pace: Pace,
}

impl<V: Vault> Place<V> {
    pub(super) fn keeper(&mut self) -> Option<&mut Keeper<V>> {
        match self {
            Self::Here(keeper) => Some(keeper),
            Self::Unknown | Self::Nowhere(_) => None,
        }
    }

    fn told(&self) -> Keeping {
        match self {
            Self::Here(keeper) => Keeping::Here(keeper.run()),
            Self::Nowhere(NoVault::Absent(reason)) => Keeping::Nowhere(reason.clone()),
            Self::Unknown | Self::Nowhere(NoVault::Taken) => Keeping::Elsewhere,
        }
    }
}

impl<H: Host> Server<H> {
    /// Gets hold of the place, where that has not been tried, or another engine had it then.
    pub(super) async fn find_place(&mut self) {
        if let Place::Here(_) | Place::Nowhere(NoVault::Absent(_)) = self.keeping {
            return;
        }
        self.keeping = match self.host.vault().await {
            Ok(vault) => Place::Here(Keeper::open(vault).await),
            Err(why) => Place::Nowhere(why),
        };
    }

    /// The run that has just begun is kept from now on, where the page wants that and there is a place.
    pub(super) async fn keep_from_now(&mut self, note: Option<String>, step: usize) {
        self.kept = None;
        let Some(note) = note else { return };
        self.find_place().await;
        let pace = Pace::starting(self.host.now_millis(), step);
        let has_place = self.keeping.keeper().is_some();
        self.kept = has_place.then_some(Kept { note, pace });
    }

    /// Writes a checkpoint where one is due: after a while, or as soon as the run pauses.
    pub(super) async fn keep_if_due(&mut self) {
        let (Some(run), Some(kept)) = (&mut self.run, &mut self.kept) else {
            return;
        };
        let began = self.host.now_millis();
        let is_due = match run.paused {
            true => kept.pace.is_behind(run.step()),
            false => kept.pace.is_due(began, run.step()),
        };
        let Some(keeper) = self.keeping.keeper().filter(|_| is_due) else {
            return;
        };
        let page = Page::new(&self.host, self.run_request);
        let taken = run.snapshot(&page).await;
        let snapshot = match page.judge(taken) {
            Ok(Some(snapshot)) => snapshot,
            Ok(None) => return,
            Err(error) => return self.fail_run(error),
        };
        let (run_id, step) = (run.id, run.step());
        let total_steps = run.settings().total_steps;
        let event = match keeper.keep(&snapshot, total_steps, &kept.note).await {
            Ok(bytes) => {
                kept.pace.kept(began, self.host.now_millis(), step);
                Event::RunKept {
                    run_id,
                    step,
                    bytes,
                }
            }
            Err(reason) => {
                self.kept = None;
                Event::RunNotKept { run_id, reason }
            }
        };
        self.tell(self.run_request, event);
    }

    /// The run has ended: its checkpoints are of no more use. Those of another are left alone.
    pub(super) async fn let_go(&mut self) {
        let kept = self.kept.take();
        if let (Some(kept), Some(keeper)) = (kept, self.keeping.keeper())
            && keeper.run().is_some_and(|run| run.note == kept.note)
        {
            keeper.discard().await;
        }
    }
}

impl<H: Host> Answers<asks::FindKeptRun> for Server<H> {
    async fn answer(
        &mut self,
        asks::FindKeptRun {}: asks::FindKeptRun,
        _id: Option<RequestId>,
    ) -> Result<Outcome<Keeping>, EngineError> {
        self.find_place().await;
        Ok(self.keeping.told().into())
    }
}

impl<H: Host> Answers<asks::ResumeKeptRun> for Server<H> {
    async fn answer(
        &mut self,
        asks::ResumeKeptRun {}: asks::ResumeKeptRun,
        id: Option<RequestId>,
    ) -> Result<Outcome<RunStart>, EngineError> {
        self.refuse_while_running(Wish::ResumeKeptRun)?;
        self.find_place().await;
        let device = self.device.clone().inner();
        let Some(keeper) = self.keeping.keeper() else {
            return Err(EngineError::new(ErrorKind::State, KeepingError::Taken));
        };
        let opened = keeper.checkpoint(&device).await;
        let (checkpoint, note) = opened.map_err(|reason| {
            let reason = Box::new(reason);
            EngineError::new(ErrorKind::State, KeepingError::CannotResume { reason })
        })?;
        let step = checkpoint.record.step;
        let state = &checkpoint.state;
        let (settings, options) = (state.settings.clone(), state.options.clone());
        let start = self.begin(settings, options, Some(Box::new(checkpoint)), id)?;
        self.keep_from_now(Some(note), step).await;
        Ok(start.into())
    }
}

impl<H: Host> Answers<asks::DiscardKeptRun> for Server<H> {
    async fn answer(
        &mut self,
        asks::DiscardKeptRun {}: asks::DiscardKeptRun,
        _id: Option<RequestId>,
    ) -> Result<Outcome<()>, EngineError> {
        self.find_place().await;
        if let Some(keeper) = self.keeping.keeper() {
            keeper.discard().await;
        }
        Ok(().into())
    }
}
