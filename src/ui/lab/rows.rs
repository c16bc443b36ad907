//! What stands in the table of runs, and in which order. Pure.

use crate::protocol::Split;
use crate::stats::spread::{Spread, spread};
use crate::ui::learner::lab_runs::Group;
use crate::ui::learner::{LabRun, LabRuns, SplitScore};

/// A row: a run by itself, or the runs of a group together.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// None for a run by itself.
    pub group: Option<Group>,
    /// At least one.
    pub runs: Vec<LabRun>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Column {
    #[default]
    Number,
    Name,
    Validation,
    Test,
    General,
    Time,
}

/// By which column, and whether the other way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sort {
    pub column: Column,
    pub is_reversed: bool,
}

impl Sort {
    /// After a click on a column.
    pub fn clicked(self, column: Column) -> Self {
        Self {
            column,
            is_reversed: self.column == column && !self.is_reversed,
        }
    }
}

impl Row {
    pub fn name(&self) -> &str {
        match &self.group {
            Some(group) => &group.name,
            None => &self.runs[0].name,
        }
    }

    /// Scores on a split that may be looked at: of the test split those that have been opened.
    pub fn scores(&self, split: Split) -> impl Iterator<Item = &SplitScore> {
        let may_be_seen = move |run: &&LabRun| split != Split::Test || run.is_opened;
        let seen = self.runs.iter().filter(may_be_seen);
        seen.filter_map(move |run| run.score(split))
    }

    /// Of the runs that have one.
    pub fn score(&self, split: Split) -> Option<Spread> {
        spread(self.scores(split).map(|score| score.after))
    }

    /// The rise of what is forgotten, in the measure's own unit.
    pub fn damage(&self) -> Option<Spread> {
        spread(self.runs.iter().filter_map(damage))
    }

    /// Of all its runs together.
    pub fn seconds(&self) -> f64 {
        self.runs.iter().map(|run| run.record.seconds).sum()
    }

    pub fn is_pinned(&self) -> bool {
        self.runs.iter().any(|run| run.is_pinned)
    }

    fn number(&self) -> usize {
        self.runs.iter().map(|run| run.number).min().unwrap_or(0)
    }

    /// Small first: the best score, the least forgotten, the shortest.
    fn key(&self, column: Column) -> f64 {
        let of_score = |split| {
            let falls = self.scores(split).any(SplitScore::falls_when_better);
            let sign = if falls { 1.0 } else { -1.0 };
            self.score(split).map_or(f64::INFINITY, |s| sign * s.mean)
        };
        match column {
            Column::Number | Column::Name => self.number() as f64,
            Column::Validation => of_score(Split::Validation),
            Column::Test => of_score(Split::Test),
            Column::General => self.damage().map_or(f64::INFINITY, |s| s.mean),
            Column::Time => self.seconds(),
        }
    }
}

/// What the run cost beside its task.
pub fn damage(run: &LabRun) -> Option<f64> {
    run.record.measure(crate::lessons::measure::What::Damage)
}

/// Rows as they are sorted, those that are pinned before all others. A group of one run left is that run.
pub fn rows(runs: &LabRuns, sort: Sort) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for run in runs.runs() {
        let group = run.group.and_then(|number| runs.group(number));
        let same = |row: &&mut Row| group.is_some() && row.group.as_ref() == group;
        match rows.iter_mut().find(same) {
            Some(row) => row.runs.push(run.clone()),
            None => rows.push(Row {
                group: group.cloned(),
                runs: vec![run.clone()],
            }),
        }
    }
    for row in rows.iter_mut().filter(|row| row.runs.len() == 1) {
        row.group = None;
    }
    rows.sort_by(|a, b| {
        let by_value = match sort.column {
            Column::Name => a.name().cmp(b.name()),
            column => a.key(column).total_cmp(&b.key(column)),
        };
        let by_value = match sort.is_reversed {
            true => by_value.reverse(),
            false => by_value,
        };
        b.is_pinned().cmp(&a.is_pinned()).then(by_value)
    });
    rows
}

/// A line of the table: a row, or one of the runs of a group that stands open, below it.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub row: Row,
    pub is_member: bool,
}

impl Line {
    /// A line with another key is drawn anew. Ticks, pins and notes are not among it: they follow the signal, and a control
    /// that is drawn anew would lose the keyboard's place.
    pub fn key(&self) -> (Option<usize>, bool, Vec<(usize, bool)>) {
        let group = self.row.group.as_ref().map(|group| group.number);
        let runs = self.row.runs.iter();
        let runs = runs.map(|run| (run.number, run.is_opened)).collect();
        (group, self.is_member, runs)
    }
}

pub fn lines(rows: &[Row]) -> Vec<Line> {
    let mut lines = Vec::new();
    for row in rows {
        lines.push(Line {
            row: row.clone(),
            is_member: false,
        });
        let is_open = row.group.as_ref().is_some_and(|group| group.is_open);
        let members = row.runs.iter().filter(|_| is_open);
        lines.extend(members.map(|run| Line {
            row: Row {
                group: None,
                runs: vec![run.clone()],
            },
            is_member: true,
        }));
    }
    lines
}

/// What is drawn of the ticked runs: the runs of a closed group together, all others one by one.
pub fn drawn(runs: &LabRuns) -> Vec<Row> {
    let mut drawn = Vec::new();
    for row in rows(runs, Sort::default()) {
        let Row { group, mut runs } = row;
        runs.retain(|run| run.is_ticked);
        let stands_together = group.as_ref().is_some_and(|group| !group.is_open);
        if stands_together && runs.len() > 1 {
            drawn.push(Row { group, runs });
        } else {
            let single = |run| Row {
                group: None,
                runs: vec![run],
            };
            drawn.extend(runs.into_iter().map(single));
        }
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::learner::lab_runs::Ended;
    use crate::ui::learner::lab_runs::tests::{ended, name};

    /// Two single runs and a group of three, the group in the middle.
    fn runs() -> LabRuns {
        let mut runs = LabRuns::default();
        runs.put(ended("rank=2", 0.75), name);
        let group = runs.new_group("3 seeds".into(), false);
        for (seed, accuracy) in [(1, 0.6), (2, 0.9), (3, 0.66)] {
            let run = ended(&format!("seed={seed}"), accuracy);
            let run = Ended {
                group: Some(group),
                ..run
            };
            runs.put(run, name);
        }
        runs.put(ended("rank=4", 0.71), name);
        runs
    }

    fn names(rows: &[Row]) -> Vec<&str> {
        rows.iter().map(Row::name).collect()
    }

    #[test]
    fn a_group_is_one_row_with_its_mean_and_reach() {
        let rows = rows(&runs(), Sort::default());
        assert_eq!(names(&rows), ["run 1", "3 seeds", "run 5"]);
        let spread = rows[1].score(Split::Validation).unwrap();
        assert!((spread.mean - 0.72).abs() < 1e-12);
        assert_eq!((spread.lowest, spread.highest), (0.6, 0.9));
        assert_eq!(rows[1].score(Split::Test), None, "sealed");
    }

    #[test]
    fn the_best_comes_first_and_what_is_pinned_before_it() {
        let mut runs = runs();
        let best = Sort::default().clicked(Column::Validation);
        assert_eq!(names(&rows(&runs, best)), ["run 1", "3 seeds", "run 5"]);
        let worst = best.clicked(Column::Validation);
        assert_eq!(names(&rows(&runs, worst)), ["run 5", "3 seeds", "run 1"]);
        runs.change(5, |run| run.is_pinned = true);
        assert_eq!(names(&rows(&runs, best)), ["run 5", "run 1", "3 seeds"]);
    }

    #[test]
    fn a_closed_group_is_drawn_together_and_an_open_one_run_by_run() {
        let mut runs = runs();
        assert_eq!(drawn(&runs).len(), 3);
        runs.change(2, |run| run.is_ticked = false);
        assert_eq!(drawn(&runs)[1].runs.len(), 2);
        runs.change_group(1, |group| group.is_open = true);
        assert_eq!(names(&drawn(&runs)), ["run 1", "run 3", "run 4", "run 5"]);
    }

    #[test]
    fn an_open_group_has_a_line_for_each_run_and_a_tick_draws_none_anew() {
        let mut runs = runs();
        assert_eq!(lines(&rows(&runs, Sort::default())).len(), 3);
        runs.change_group(1, |group| group.is_open = true);
        let keys = |runs: &LabRuns| {
            let lines = lines(&rows(runs, Sort::default()));
            lines.iter().map(Line::key).collect::<Vec<_>>()
        };
        let before = keys(&runs);
        assert_eq!(before.len(), 6);
        runs.change(2, |run| run.is_ticked = false);
        assert_eq!(keys(&runs), before);
        runs.open_test(&[2]);
        assert_ne!(keys(&runs), before);
    }

    #[test]
    fn a_group_with_one_run_left_is_that_run() {
        let mut runs = runs();
        runs.delete(2);
        runs.delete(3);
        assert_eq!(
            names(&rows(&runs, Sort::default())),
            ["run 1", "run 4", "run 5"]
        );
    }
}
