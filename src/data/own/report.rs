//! From a file and how it is to be read to what is in it, and to a data set where it is one.

use super::columns::{guess, guess_for};
use super::faults::{Fault, across_splits, find};
use super::rows::{Row, View};
use super::sheet::Sheet;
use crate::data::dataset::Dataset;
use crate::data::reader::{Record, Table, TextEnd};
use crate::faults::DataError;
use crate::protocol::{
    DataChoice, DataProblem, DataReport, FileFormat, Finding, FindingKind, LabelBalance,
    MOST_DATA_BYTES, Mend, NamedUrl, Role, Split, TokenCount,
};
use crate::settings::Task;

/// Counts tokens as the model at hand reads texts.
pub struct Counter<'a> {
    pub context: usize,
    pub tokens: &'a dyn Fn(&str) -> usize,
}

/// What was found, and the data set, where the file is one.
pub struct Inspected {
    pub report: DataReport,
    pub dataset: Option<Dataset>,
}

const SPLITS: [Split; 3] = [Split::Train, Split::Validation, Split::Test];

/// Reads `file` as `choice` has it, and guesses what the choice leaves open. An error only where there are no rows at all.
pub fn inspect(
    file: &str,
    bytes: &[u8],
    choice: &DataChoice,
    counter: Option<Counter>,
) -> Result<Inspected, DataError> {
    if bytes.len() as u64 > MOST_DATA_BYTES {
        return Err(DataError::TooLarge {
            file: file.to_owned(),
            megabytes: bytes.len() >> 20,
            most: MOST_DATA_BYTES >> 20,
        });
    }
    let sheet = Sheet::open(file, bytes, choice)?;
    let (task, choice) = settled(&sheet, choice);
    let mut found = Inspection {
        report: blank(&sheet, choice),
        task,
        sheet: &sheet,
    };
    let dataset = found.examine();
    if let Some(counter) = counter {
        found.count_tokens(&counter);
    }
    Ok(Inspected {
        report: found.report,
        dataset,
    })
}

/// The choice with guesses for what it leaves open.
fn settled(sheet: &Sheet, choice: &DataChoice) -> (Task, DataChoice) {
    let (task, guessed) = match choice.task {
        Some(task) => (task, guess_for(sheet, task)),
        None => guess(sheet),
    };
    let width = sheet.names.len();
    let chosen = choice.columns.clone().unwrap_or(guessed);
    let mut columns: Vec<_> = chosen.into_iter().filter(|c| c.column < width).collect();
    let mut mends = choice.mends.clone();
    mends.sort_unstable();
    mends.dedup();
    if mends.contains(&Mend::DivideAnew) {
        columns.retain(|known| known.role != Role::Split);
    }
    let choice = DataChoice {
        format: Some(sheet.format),
        has_header: Some(sheet.has_header),
        task: Some(task),
        columns: Some(columns),
        mends,
    };
    (task, choice)
}

/// Rows and characters that are shown of a file.
const PREVIEW_ROWS: usize = 5;
const PREVIEW_CHARACTERS: usize = 160;

fn blank(sheet: &Sheet, choice: DataChoice) -> DataReport {
    let shown = |record: &Record| record.fields.iter().map(|field| cut(field)).collect();
    DataReport {
        file: NamedUrl {
            name: sheet.file.clone(),
            url: String::new(),
        },
        encoding: sheet.encoding.map_or("UTF-8", |e| e.name()).to_owned(),
        choice,
        columns: sheet.names.clone(),
        preview: sheet.records.iter().take(PREVIEW_ROWS).map(shown).collect(),
        rows: sheet.records.len(),
        used_rows: sheet.records.len(),
        dropped: Vec::new(),
        taken_from_training: Vec::new(),
        mended: Vec::new(),
        findings: Vec::new(),
        tokens: None,
        balance: Vec::new(),
        splits: [0; 3],
        made_split: false,
        problem: None,
    }
}

fn cut(field: &str) -> String {
    let mut cut: String = field.chars().take(PREVIEW_CHARACTERS).collect();
    if cut.len() < field.len() {
        cut.push('…');
    }
    cut
}

/// A file under examination.
struct Inspection<'a> {
    sheet: &'a Sheet,
    task: Task,
    report: DataReport,
}

/// Faults that rows have whatever their splits.
const FAULTS: [FindingKind; 5] = [
    FindingKind::Ragged,
    FindingKind::Empty,
    FindingKind::Contradictions,
    FindingKind::Duplicates,
    FindingKind::RareLabels,
];

impl Inspection<'_> {
    /// Mends rows, looks for faults among the others, and makes a data set of them.
    fn examine(&mut self) -> Option<Dataset> {
        if let Some(role) = self.report.choice.lacking(self.task) {
            self.report.problem = Some(DataProblem::Lacking(role));
            return None;
        }
        let choice = self.report.choice.clone();
        let mut rows = View::of(self.sheet, self.task, &choice).rows(self.sheet);
        for kind in FAULTS {
            if !self.looks_for(kind) {
                continue;
            }
            let Some(fault) = find(kind, &rows, self.task) else {
                continue;
            };
            match choice.mends.contains(&kind.mend()) {
                true => self.mend(&fault, &mut rows),
                false => self.report.findings.push(fault.finding(&rows)),
            }
        }
        self.report.used_rows = rows.len();
        let mut dataset = match self.dataset_of(&rows) {
            Ok(dataset) => dataset,
            Err(error) => {
                self.report.problem = Some(DataProblem::Unreadable(error.into()));
                return None;
            }
        };
        if !matches!(dataset, Dataset::Text(_)) {
            self.report.made_split = rows.iter().any(|row| row.split.is_none());
            self.compare_splits(&mut dataset, &mut rows);
        }
        self.describe(&dataset);
        Some(dataset)
    }

    /// In running prose lines repeat, as headings do.
    fn looks_for(&self, kind: FindingKind) -> bool {
        kind != FindingKind::Duplicates || self.sheet.format != FileFormat::PlainText
    }

    fn mend(&mut self, fault: &Fault, rows: &mut Vec<Row>) {
        let count = fault.drops.len();
        self.report.mended.push((fault.kind.mend(), count));
        let places = fault.drops.iter().map(|row| rows[*row].index);
        let dropped = match fault.kind {
            FindingKind::AcrossSplits => &mut self.report.taken_from_training,
            _ => &mut self.report.dropped,
        };
        dropped.extend(places);
        dropped.sort_unstable();
        let keeps = kept(rows.len(), &fault.drops);
        let mut keeps = keeps.iter();
        rows.retain(|_| keeps.next().is_none_or(|keep| *keep));
    }

    /// A split stays as it was made when rows go: made anew it would move others.
    fn compare_splits(&mut self, dataset: &mut Dataset, rows: &mut Vec<Row>) {
        let splits = dataset.splits();
        if let Some(fault) = across_splits(rows, &splits) {
            if self.report.choice.mends.contains(&Mend::DropFromTraining) {
                dataset.keep(&kept(rows.len(), &fault.drops));
                self.mend(&fault, rows);
                self.report.used_rows = rows.len();
            } else {
                self.report.findings.push(fault.finding(rows));
            }
        }
        for split in SPLITS {
            if dataset.rows_of(split).is_empty() {
                self.report.findings.push(Finding {
                    kind: FindingKind::NoRowsIn(split),
                    rows: 0,
                    groups: Vec::new(),
                    drops: 0,
                });
            }
        }
    }

    fn dataset_of(&self, rows: &[Row]) -> Result<Dataset, DataError> {
        let names = (0..self.sheet.names.len()).map(|column| self.read_as(column));
        let records = rows.iter().map(|row| self.sheet.records[row.index].clone());
        let table = Table::of_records(&self.sheet.file, names.collect(), records.collect());
        let end = match self.sheet.format {
            FileFormat::PlainText => TextEnd::NewLine,
            _ => TextEnd::EndOfText,
        };
        Dataset::of_table(self.task, &table, end)
    }

    /// The name under which readers find a column. Unless it has a role they shall not find it, but for the marks of
    /// hard rows.
    fn read_as(&self, column: usize) -> String {
        const HARD: &str = "hard";
        let columns = self.report.choice.columns.iter().flatten();
        let mut roles = columns.filter(|known| known.column == column);
        let own = &self.sheet.names[column];
        match roles.next() {
            Some(known) => known.role.column().to_owned(),
            None if own.eq_ignore_ascii_case(HARD) => HARD.to_owned(),
            None => format!("({own})"),
        }
    }

    fn describe(&mut self, dataset: &Dataset) {
        let splits = dataset.splits();
        let count = |of: Split| splits.iter().filter(|split| **split == of).count();
        self.report.splits = SPLITS.map(count);
        let mut balance: Vec<LabelBalance> = dataset
            .labels()
            .iter()
            .map(|label| LabelBalance {
                label: label.clone(),
                rows: [0; 3],
            })
            .collect();
        for (row, split) in splits.iter().enumerate() {
            for label in dataset.labels_of(row) {
                balance[label].rows[*split as usize] += 1;
            }
        }
        self.report.balance = balance;
    }

    /// Of long files some rows, evenly taken.
    fn count_tokens(&mut self, counter: &Counter) {
        const MOST_ROWS: usize = 2000;
        if matches!(self.report.problem, Some(DataProblem::Lacking(_))) {
            return;
        }
        let rows = View::of(self.sheet, self.task, &self.report.choice).rows(self.sheet);
        let counted = rows.iter().step_by(rows.len().div_ceil(MOST_ROWS).max(1));
        let with_answer = self.report.choice.column(Role::Completion).is_some();
        let lengths: Vec<usize> = counted
            .map(|row| {
                let answer = if with_answer { &row.answer[..] } else { "" };
                (counter.tokens)(&row.text) + (counter.tokens)(answer)
            })
            .collect();
        let over = lengths.iter().filter(|l| **l > counter.context).count();
        let of = lengths.len().max(1) as f64;
        self.report.tokens = Some(TokenCount {
            rows: lengths.len(),
            mean: lengths.iter().sum::<usize>() as f64 / of,
            longest: lengths.iter().copied().max().unwrap_or(0),
            context: counter.context,
            over: over as f64 / of,
        });
    }
}

/// Which of so many rows stay.
fn kept(rows: usize, drops: &[usize]) -> Vec<bool> {
    let mut kept = vec![true; rows];
    for row in drops {
        kept[*row] = false;
    }
    kept
}
