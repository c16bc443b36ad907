//! Words of the control that takes in data of the learner's own, and of the report on it.

use crate::protocol::{
    DataProblem, DataReport, FileFormat, Finding, FindingKind, MOST_DATA_BYTES, Mend, Role,
    TokenCount, WordCountScores,
};
use crate::settings::Task;
use crate::ui::text::format;
use crate::ui::text::lab::split_name;

pub const TITLE: &str = "Data of your own";
pub const LEAD: &str = "A table with a text and a label in each row, or any other file of the kinds below. It is read here, in this page: nothing leaves your machine.";
pub const DROP: &str = "Drop a file here, or choose one";
pub const DROP_HELP: &str = "CSV, TSV, JSON Lines or plain text, up to 50 MB.";
pub const PASTE: &str = "Or paste rows";
pub const PASTE_HELP: &str = "As copied from a spreadsheet, or as CSV.";
pub const PASTED: &str = "pasted.txt";
pub const LOOK: &str = "Look at it";
pub const LOOKING: &str = "Reading the file …";
pub const USE: &str = "Use this data";
pub const IN_USE: &str = "The lab works on this data now.";
pub const BUSY: &str = "A run is going on; it has to end first.";
pub const MISFIT: &str =
    "The loaded model does not learn this: a BERT does not continue texts. Choose a GPT-2 below.";
pub const FORMAT: &str = "Written as";
pub const HEADER: &str = "First row";
pub const HEADER_CHOICES: [(bool, &str); 2] = [(true, "names the columns"), (false, "is data")];
pub const TASK: &str = "To be learnt";
pub const NO_COLUMN: &str = "none";
pub const PREVIEW: &str = "The first rows";
pub const BALANCE: &str = "Labels";
pub const BALANCE_COLUMNS: [&str; 5] = ["Label", "Rows", "Training", "Validation", "Test"];
pub const FINDINGS: &str = "What to look at before training";
pub const SOUND: &str = "Nothing is wrong with the rows: none is empty, none is there twice, and no text of the test stands in training.";
pub const UNDO: &str = "Undo";

pub fn too_large(bytes: u64) -> String {
    format!(
        "The file has {}; at most {} can be read here. Take a part of it.",
        format::bytes(bytes),
        format::bytes(MOST_DATA_BYTES)
    )
}

pub fn format_name(format: FileFormat) -> &'static str {
    match format {
        FileFormat::Commas => "columns with commas",
        FileFormat::Semicolons => "columns with semicolons",
        FileFormat::Tabs => "columns with tabs",
        FileFormat::JsonLines => "JSON Lines",
        FileFormat::PlainText => "plain text",
    }
}

pub fn task_name(task: Task) -> &'static str {
    match task {
        Task::SequenceClassification => "one label for each text",
        Task::MultiLabelClassification => "any number of labels for each text",
        Task::TokenClassification => "a tag for each word",
        Task::QuestionAnswering => "where the answer stands",
        Task::CausalLm => "what comes next",
        Task::MaskedLm => "which words are hidden",
    }
}

pub fn role(role: Role) -> &'static str {
    match role {
        Role::Text => "Text",
        Role::Label => "Label",
        Role::Labels => "Labels",
        Role::Prompt => "Prompt",
        Role::Completion => "Completion",
        Role::Question => "Question",
        Role::Context => "Context",
        Role::Answers => "Answers",
        Role::Tokens => "Words",
        Role::Tags => "Tags",
        Role::Split => "Split",
    }
}

/// The id of the field that chooses its column.
pub fn role_field(role: Role) -> &'static str {
    match role {
        Role::Text => "data-column-text",
        Role::Label => "data-column-label",
        Role::Labels => "data-column-labels",
        Role::Prompt => "data-column-prompt",
        Role::Completion => "data-column-completion",
        Role::Question => "data-column-question",
        Role::Context => "data-column-context",
        Role::Answers => "data-column-answers",
        Role::Tokens => "data-column-tokens",
        Role::Tags => "data-column-tags",
        Role::Split => "data-column-split",
    }
}

/// What a file is, where the cards of shipped sets stand.
pub fn card(report: &DataReport) -> String {
    let rows = format::count(report.used_rows);
    let dropped = match report.rows - report.used_rows {
        0 => String::new(),
        dropped => format!(" Left out: {}.", format::count(dropped)),
    };
    format!("Your own file {}, {rows} rows.{dropped}", report.file.name)
}

pub fn read_as(report: &DataReport) -> String {
    let format = report.choice.format.map_or("", format_name);
    format!(
        "{}: {} rows in {}, read as {format}.",
        report.file.name,
        format::count(report.rows),
        report.encoding
    )
}

pub fn splits(report: &DataReport) -> String {
    let [train, validation, test] = report.splits.map(format::count);
    let how = match report.made_split {
        true => {
            "The file names no split for some rows: those are divided by seed, every label in the same shares, equal texts together."
        }
        false => "The split is the file's own.",
    };
    format!(
        "{train} rows to train on, {validation} to check on during the run, {test} for the score. {how}"
    )
}

pub fn tokens(count: &TokenCount) -> String {
    let over = match count.over {
        0.0 => "all fit into".to_owned(),
        over => format!("{} are longer than", format::percent(over)),
    };
    format!(
        "{} tokens in a text on average, {} in the longest; {over} the {} that the model reads at once.",
        format::plain(count.mean, 1),
        format::count(count.longest),
        format::count(count.context)
    )
}

pub fn finding(finding: &Finding) -> String {
    let rows = format::count(finding.rows);
    match finding.kind {
        FindingKind::Ragged => format!("Rows with another number of fields than the first: {rows}."),
        FindingKind::Empty => {
            format!("Rows without a text, or without what is to be answered: {rows}.")
        }
        FindingKind::Duplicates => {
            format!("Rows that say the same as another, answer and all: {rows}.")
        }
        FindingKind::Contradictions => {
            format!("Rows with the text of another row and a different label: {rows}.")
        }
        FindingKind::AcrossSplits => {
            "Texts of validation or test stand, word for word or nearly, in training too: the score would count what was learnt by heart.".to_owned()
        }
        FindingKind::RareLabels => {
            format!("Rows whose label fewer than three rows have: {rows}.")
        }
        FindingKind::NoRowsIn(split) => format!("No row is for {}.", split_name(split)),
    }
}

/// The lines of the file that a finding is about.
pub fn lines(finding: &Finding) -> Option<String> {
    const SHOWN: usize = 6;
    let group = |lines: &Vec<usize>| {
        let lines: Vec<String> = lines.iter().take(SHOWN).map(usize::to_string).collect();
        lines.join(" and ")
    };
    let shown: Vec<String> = finding.groups.iter().take(SHOWN).map(group).collect();
    if shown.is_empty() {
        return None;
    }
    let are_pairs = finding.groups.iter().any(|group| group.len() > 1);
    let between = if are_pairs { "; " } else { ", " };
    let more = if finding.groups.len() > SHOWN {
        " …"
    } else {
        ""
    };
    Some(format!("Lines {}{more}", shown.join(between)))
}

/// What a mend's button says.
pub fn mend(finding: &Finding) -> String {
    let drops = format::count(finding.drops);
    match finding.kind.mend() {
        Mend::DivideAnew => "Divide all rows anew".to_owned(),
        Mend::DropDuplicates => format!("Keep one of each (drop {drops})"),
        Mend::DropFromTraining => format!("Take them out of training ({drops})"),
        _ => format!("Leave them out ({drops})"),
    }
}

/// What a mend did.
pub fn mended(mend: Mend, rows: usize) -> String {
    let what = match mend {
        Mend::DivideAnew => return "All rows are divided anew.".to_owned(),
        Mend::DropFromTraining => {
            return format!("Rows taken out of training: {}.", format::count(rows));
        }
        Mend::DropRagged => "with another number of fields",
        Mend::DropEmpty => "with nothing in them",
        Mend::DropContradictory => "with contradictory labels",
        Mend::DropDuplicates => "that were there twice",
        Mend::DropRareLabels => "with rare labels",
    };
    format!("Rows left out, {what}: {}.", format::count(rows))
}

pub fn problem(problem: &DataProblem) -> String {
    match problem {
        DataProblem::Lacking(lacking) => format!(
            "Which column is the {}? Choose it above.",
            role(*lacking).to_lowercase()
        ),
        DataProblem::Unreadable(why) => {
            let why = why.to_string();
            let end = if why.ends_with('.') { "" } else { "." };
            format!("It cannot be used as it is: {why}{end}")
        }
    }
}

pub const WORDS: &str = "Counting words";
pub const WORDS_GOING: &str = "Counting words, to see what a fine-tuned model has to beat …";

pub fn words(scores: &WordCountScores) -> String {
    let pairs = if scores.with_pairs {
        " and pairs of neighbours"
    } else {
        ""
    };
    let (split, rows, _, commonest) = scores.to_choose_by();
    format!(
        "of the {} {} rows is what logistic regression on the counts of {} words{pairs} gets right, learnt from the {} training rows. Always the commonest label: {}. A fine-tuned model that stays below is not worth its cost.",
        format::count(rows),
        split_name(split),
        format::count(scores.features),
        format::count(scores.train_rows),
        format::percent(commonest)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Split;

    fn found(kind: FindingKind, groups: &[&[usize]], drops: usize) -> Finding {
        Finding {
            kind,
            rows: groups.iter().map(|group| group.len()).sum(),
            groups: groups.iter().map(|group| group.to_vec()).collect(),
            drops,
        }
    }

    #[test]
    fn lines_that_belong_together_stand_together() {
        let pairs = found(FindingKind::Duplicates, &[&[2, 5], &[7, 9]], 2);
        assert_eq!(lines(&pairs).as_deref(), Some("Lines 2 and 5; 7 and 9"));
        let single = found(FindingKind::Empty, &[&[2], &[5]], 2);
        assert_eq!(lines(&single).as_deref(), Some("Lines 2, 5"));
        assert_eq!(mend(&single), "Leave them out (2)");
        let none = found(FindingKind::NoRowsIn(Split::Test), &[], 0);
        assert_eq!(lines(&none), None);
        assert_eq!(finding(&none), "No row is for test.");
    }
}
