//! What is wrong with the rows of a file, and which of them each mend would drop.

use std::collections::HashMap;

use super::near;
use super::rows::Row;
use crate::protocol::{Finding, FindingKind, MOST_GROUPS, Split};
use crate::settings::Task;

/// Rows are named by their place in the list that was looked at.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    pub kind: FindingKind,
    /// Rows that belong together.
    groups: Vec<Vec<usize>>,
    /// What the mend would drop.
    pub drops: Vec<usize>,
}

impl Fault {
    pub fn finding(&self, rows: &[Row]) -> Finding {
        let lines = |group: &Vec<usize>| group.iter().map(|i| rows[*i].line).collect();
        Finding {
            kind: self.kind,
            rows: self.groups.iter().map(Vec::len).sum(),
            groups: self.groups.iter().take(MOST_GROUPS).map(lines).collect(),
            drops: self.drops.len(),
        }
    }

    fn of_each(kind: FindingKind, rows: Vec<usize>) -> Option<Self> {
        (!rows.is_empty()).then(|| Self {
            kind,
            groups: rows.iter().map(|row| vec![*row]).collect(),
            drops: rows,
        })
    }
}

/// A fault of this kind, if the rows have it.
pub fn find(kind: FindingKind, rows: &[Row], task: Task) -> Option<Fault> {
    let places = |is: &dyn Fn(&Row) -> bool| (0..rows.len()).filter(|i| is(&rows[*i])).collect();
    match kind {
        FindingKind::Ragged => Fault::of_each(kind, places(&|row| row.is_ragged)),
        FindingKind::Empty => Fault::of_each(kind, places(&|row| row.is_empty && !row.is_ragged)),
        FindingKind::Contradictions => contradictions(rows, task),
        FindingKind::Duplicates => duplicates(rows),
        FindingKind::RareLabels => rare_labels(rows, task),
        FindingKind::AcrossSplits | FindingKind::NoRowsIn(_) => None,
    }
}

/// Rows of one text, for every text that occurs more than once.
fn repeated<'a>(rows: &'a [Row]) -> Vec<Vec<usize>> {
    let mut places: HashMap<&'a str, Vec<usize>> = HashMap::new();
    for (index, row) in rows.iter().enumerate() {
        if !row.is_empty && !row.is_ragged {
            places.entry(&row.text).or_default().push(index);
        }
    }
    let mut found: Vec<Vec<usize>> = places.into_values().filter(|g| g.len() > 1).collect();
    found.sort_unstable();
    found
}

fn contradictions(rows: &[Row], task: Task) -> Option<Fault> {
    let is_judged = matches!(
        task,
        Task::SequenceClassification | Task::MultiLabelClassification
    );
    if !is_judged {
        return None;
    }
    let differ = |group: &Vec<usize>| {
        group
            .iter()
            .any(|i| rows[*i].answer != rows[group[0]].answer)
    };
    let groups: Vec<Vec<usize>> = repeated(rows).into_iter().filter(differ).collect();
    (!groups.is_empty()).then(|| Fault {
        kind: FindingKind::Contradictions,
        drops: groups.concat(),
        groups,
    })
}

fn duplicates(rows: &[Row]) -> Option<Fault> {
    let mut groups = Vec::new();
    for group in repeated(rows) {
        let mut by_answer: HashMap<&str, Vec<usize>> = HashMap::new();
        for index in group {
            by_answer
                .entry(&rows[index].answer)
                .or_default()
                .push(index);
        }
        groups.extend(by_answer.into_values().filter(|same| same.len() > 1));
    }
    groups.sort_unstable();
    let drops = groups.iter().flat_map(|group| {
        let kept = group.iter().min_by_key(|i| (worth(rows[**i].split), **i));
        let kept = kept.copied();
        group.iter().copied().filter(move |i| Some(*i) != kept)
    });
    let mut drops: Vec<usize> = drops.collect();
    drops.sort_unstable();
    (!groups.is_empty()).then_some(Fault {
        kind: FindingKind::Duplicates,
        groups,
        drops,
    })
}

/// Which of several equal rows is kept: the test's first, so that it stays as it is.
fn worth(split: Option<Split>) -> usize {
    match split {
        Some(Split::Test) => 0,
        Some(Split::Validation) => 1,
        Some(Split::Train) | None => 2,
    }
}

/// Splits that a label should be in.
const FEWEST_ROWS: usize = 3;

fn rare_labels(rows: &[Row], task: Task) -> Option<Fault> {
    if task != Task::SequenceClassification {
        return None;
    }
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, row) in rows.iter().enumerate() {
        if !row.answer.is_empty() {
            places.entry(&row.answer).or_default().push(index);
        }
    }
    let mut groups: Vec<Vec<usize>> = places.into_values().collect();
    groups.retain(|group| group.len() < FEWEST_ROWS);
    groups.sort_unstable();
    (!groups.is_empty()).then(|| Fault {
        kind: FindingKind::RareLabels,
        drops: groups.concat(),
        groups,
    })
}

/// Held-out rows that training has too, each with its likes; `splits` are those that a run would take.
pub fn across_splits(rows: &[Row], splits: &[Split]) -> Option<Fault> {
    let texts: Vec<&str> = rows.iter().map(|row| &row.text[..]).collect();
    let found = near::across(&texts, splits);
    let mut drops: Vec<usize> = found.iter().flat_map(|(_, likes)| likes.clone()).collect();
    drops.sort_unstable();
    drops.dedup();
    let group = |(held_out, likes): (usize, Vec<usize>)| [vec![held_out], likes].concat();
    (!drops.is_empty()).then(|| Fault {
        kind: FindingKind::AcrossSplits,
        groups: found.into_iter().map(group).collect(),
        drops,
    })
}
