//! Which stage a run is in, and how far that is.

use super::works::Work;
use super::*;
use crate::protocol::StageProgress;

const TELL_EVERY_MILLIS: f64 = 200.0;

/// When the stage began, and when its progress was last told.
#[derive(Default)]
pub struct StageClock {
    began_millis: f64,
    told_millis: f64,
    is_running: bool,
}

impl StageClock {
    /// What is left is reckoned from here: a stage may score two splits, one after the other.
    pub fn begin(&mut self, now_millis: f64) {
        self.began_millis = now_millis;
    }
}

impl Run {
    /// Tells of a stage that is another than the one before.
    pub(super) fn enter(&mut self, stage: RunStage, watcher: &impl Watcher) {
        if self.stage_clock.is_running && stage == self.stage {
            return;
        }
        let now = watcher.now_millis();
        self.stage = stage;
        self.stage_clock = StageClock {
            began_millis: now,
            told_millis: now,
            is_running: true,
        };
        let run_id = self.id;
        watcher.tell(Event::RunStageEntered { run_id, stage });
    }

    /// Tells how far the stage is, if that has not just been told. Training counts in steps, and what it scores on the
    /// way is part of it.
    pub(super) fn tell_stage(&mut self, work: &Work, watcher: &impl Watcher) {
        let (done, all) = match work {
            Work::Score(scoring) if scoring.stage != RunStage::Training => scoring.progress(),
            Work::Prepare(rehearsal) => rehearsal.progress(),
            _ => return,
        };
        let now = watcher.now_millis();
        if done == 0 || now - self.stage_clock.told_millis < TELL_EVERY_MILLIS {
            return;
        }
        self.stage_clock.told_millis = now;
        let per_unit = (now - self.stage_clock.began_millis) / done as f64;
        let progress = StageProgress {
            done,
            all,
            remaining_millis: per_unit * (all - done) as f64,
        };
        let run_id = self.id;
        watcher.tell(Event::RunStageAdvanced { run_id, progress });
    }
}
