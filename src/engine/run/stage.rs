//! Which stage a run is in, and how far that is.

use super::*;
use crate::protocol::StageProgress;

const TELL_EVERY_MILLIS: f64 = 200.0;

/// When the stage began, and when its progress was last told.
#[derive(Default)]
pub struct StageClock {
    began_millis: f64,
    told_millis: f64,
}

impl Run {
    pub(super) fn enter(&mut self, host: &impl Host, stage: RunStage) {
        let now = host.now_millis();
        self.stage = StageClock {
            began_millis: now,
            told_millis: now,
        };
        let run_id = self.id;
        self.tell(host, Event::RunStageEntered { run_id, stage });
    }

    /// Tells how far the stage is, if that has not just been told.
    pub(super) fn tell_stage(&mut self, host: &impl Host) {
        let Some((done, all)) = self.units_of_stage() else {
            return;
        };
        let now = host.now_millis();
        if done == 0 || now - self.stage.told_millis < TELL_EVERY_MILLIS {
            return;
        }
        self.stage.told_millis = now;
        let per_unit = (now - self.stage.began_millis) / done as f64;
        let progress = StageProgress {
            done,
            all,
            remaining_millis: per_unit * (all - done) as f64,
        };
        let run_id = self.id;
        self.tell(host, Event::RunStageAdvanced { run_id, progress });
    }

    /// Units done and all of them; training counts in steps, and what it scores on the way is part of it.
    fn units_of_stage(&self) -> Option<(usize, usize)> {
        match &self.state {
            State::Scoring(scoring) if scoring.stage != RunStage::Training => {
                Some(scoring.progress())
            }
            State::Preparing(rehearsal) => Some(rehearsal.progress()),
            _ => None,
        }
    }
}
