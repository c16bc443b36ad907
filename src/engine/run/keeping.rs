//! A run broken off and gone on with: its state taken out between two steps, and put into a fresh run.

use super::setup::unfit;
use super::works::Work;
use super::*;
use crate::engine::checkpoint::{
    Checkpoint, Marks, Record, Snapshot, State, content_hash, differing_settings,
};
use crate::engine::proof::Digesting;
use crate::faults::{CheckpointError, Fault};
use crate::train::best::Kept;

impl Run {
    /// Whether a checkpoint can be taken now: steps have been made, and more of them or an evaluation on the way come next.
    pub fn is_in_training(&self) -> bool {
        let trains = matches!(self.agenda.back(), Some(Work::Train));
        trains && self.step() > 0 && self.marks.is_some() && self.diverged_at.is_none()
    }

    /// The run as it stands between two steps, once the numbers of all steps made are read; `None` where it does not.
    /// What an evaluation has found so far is left out: it is made anew.
    pub async fn snapshot(
        &mut self,
        watcher: &impl Watcher,
    ) -> Result<Option<Snapshot>, EngineError> {
        self.settle(watcher).await?;
        let Some(marks) = self.marks.clone().filter(|_| self.is_in_training()) else {
            return Ok(None);
        };
        let best = self.best.best();
        let state = State {
            settings: self.settings.clone(),
            options: self.options.clone(),
            updates: self.trainer.optimizer.updates,
            best: best.map(|best| (best.steps_made, best.loss_nats)),
            evaluations_without_improvement: self.best.without_improvement(),
            before: self.test.before,
            validation_before: self.validation.before,
            digests: self.digests.clone(),
            is_to_be_scored: self.is_to_do(|work| matches!(work, Work::Score(_))),
            is_to_be_measured: self.is_to_do(|work| matches!(work, Work::MeasureGeneral(_))),
            news: self.history.news().to_vec(),
            elapsed_millis: watcher.now_millis() - self.clock.started_millis,
            training_millis: self.clock.training_millis,
            test_scoring_millis: self.clock.test_scoring_millis,
        };
        let record = Record::new(self.step(), marks, &state).map_err(unkept)?;
        let trainer = &self.trainer;
        let (model, optimizer) = (trainer.model(), &trainer.optimizer);
        let snapshot = Snapshot::of(record, model, optimizer, &self.best, &self.history);
        Ok(Some(snapshot))
    }

    fn is_to_do(&self, is: impl Fn(&Work) -> bool) -> bool {
        self.agenda.iter().any(is)
    }

    /// Refuses a checkpoint of another run, as far as that is told without the weights.
    pub(super) fn check_is_of(&self, checkpoint: &Checkpoint) -> Result<(), EngineError> {
        let differing = differing_settings(&checkpoint.state.settings, &self.settings);
        if !differing.is_empty() {
            return Err(unfit(CheckpointError::OtherSettings { differing }));
        }
        let (ours, theirs) = (self.marks.as_ref(), &checkpoint.record.marks);
        if ours.is_none_or(|ours| ours.model != theirs.model) {
            return Err(other_model());
        }
        if ours.is_none_or(|ours| ours.data != theirs.data) {
            return Err(EngineError::new(
                ErrorKind::Data,
                CheckpointError::OtherData,
            ));
        }
        Ok(())
    }

    /// From the digest that shows the model to be the same to the step after the checkpoint's. What the checkpoint holds
    /// of the measurements before is not made again; anchors and replayed texts come about from the fresh model.
    pub(super) fn plan_resumption(&mut self, checkpoint: Box<Checkpoint>, base: &Base) {
        self.stage = RunStage::Preparing;
        let digesting = Digesting::of(self.trainer.model());
        self.agenda.push_back(Work::Digest(Box::new(digesting)));
        let preparation = self.preparation(base);
        self.agenda.extend(preparation);
        self.agenda.push_back(Work::Restore(checkpoint));
        self.agenda.push_back(Work::Train);
    }

    /// Puts the checkpoint's state in the place of the fresh one, and tells again what has been told.
    pub(super) fn restore(
        &mut self,
        checkpoint: Checkpoint,
        base: &Base,
        watcher: &impl Watcher,
    ) -> Result<(), EngineError> {
        if self.digests != checkpoint.state.digests {
            return Err(other_model());
        }
        let fresh = self.trainer.model().clone();
        let best = checkpoint.best(fresh.clone()).transpose().map_err(unkept)?;
        let model = checkpoint.trained(fresh).map_err(unkept)?;
        let state = checkpoint.state;
        let kept = state.best.map(|(steps_made, loss_nats)| Kept {
            steps_made,
            loss_nats,
            model: best,
        });
        self.best
            .take_up(kept, state.evaluations_without_improvement);
        self.last_good = Some((checkpoint.record.step, model.clone()));
        self.trainer.replace_model(model);
        self.trainer.optimizer.moments = checkpoint.moments;
        self.trainer.optimizer.updates = state.updates;
        self.trainer.step = checkpoint.record.step;
        self.test.before = state.before;
        self.validation.before = state.validation_before;
        self.history = checkpoint.history;
        self.clock = Clock {
            started_millis: watcher.now_millis() - state.elapsed_millis,
            training_millis: state.training_millis,
            test_scoring_millis: state.test_scoring_millis,
        };
        self.retell(watcher);
        self.evaluate_again(state.is_to_be_scored, state.is_to_be_measured, base)
    }

    /// What is left of an evaluation that was under way comes next.
    fn evaluate_again(
        &mut self,
        scores: bool,
        measures: bool,
        base: &Base,
    ) -> Result<(), EngineError> {
        let measuring = match measures {
            true => self.measurement(base)?,
            false => None,
        };
        let scoring = scores.then(|| self.scoring(RunStage::Training, Split::Validation));
        for work in [measuring, scoring].into_iter().flatten() {
            self.agenda.push_front(work);
        }
        Ok(())
    }

    /// What tells this run's data from others'.
    pub(super) fn mark(&mut self, base: &Base) -> Result<(), EngineError> {
        let content = (&*self.examples, &self.rehearsal_texts);
        let data = content_hash(&content).map_err(unkept)?;
        self.marks = Some(Marks::of(base, data));
        Ok(())
    }
}

fn other_model() -> EngineError {
    EngineError::new(ErrorKind::Model, CheckpointError::OtherModel)
}

fn unkept(reason: impl Into<Fault>) -> EngineError {
    EngineError::new(ErrorKind::State, reason)
}
