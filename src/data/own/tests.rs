use super::*;
use crate::data::dataset::Dataset;
use crate::protocol::{
    DataChoice, DataProblem, FileFormat, Finding, FindingKind, Mend, Role, RoleColumn, Split,
};
use crate::settings::Task;

fn read_with(file: &str, text: &str, choice: &DataChoice) -> Inspected {
    inspect(file, text.as_bytes(), choice, None).unwrap()
}

fn read(file: &str, text: &str) -> Inspected {
    read_with(file, text, &DataChoice::default())
}

fn mending(mends: &[Mend]) -> DataChoice {
    DataChoice {
        mends: mends.to_vec(),
        ..DataChoice::default()
    }
}

fn found(inspected: &Inspected, kind: FindingKind) -> Option<&Finding> {
    let mut all = inspected.report.findings.iter();
    all.find(|finding| finding.kind == kind)
}

/// So many rows of two labels, no two alike.
fn rows(count: usize) -> String {
    const WORDS: [&str; 7] = ["oak", "rain", "clock", "paper", "gull", "bread", "lamp"];
    let word = |i: usize, by: usize| WORDS[i / by % 7];
    (0..count)
        .map(|i| {
            let label = ["no", "yes"][i % 2];
            format!(
                "{} {} {} {i} {},{label}\n",
                word(i, 1),
                word(i, 7),
                i * i,
                i * 31
            )
        })
        .collect()
}

#[test]
fn a_spreadsheets_export_is_a_data_set_without_a_word_said() {
    let bytes = include_bytes!("../../../tests/inputs/excel-exports/windows-1252.csv");
    let found = inspect("export.csv", bytes, &DataChoice::default(), None).unwrap();
    assert_eq!(found.report.encoding, "Windows-1252");
    assert_eq!(found.report.choice.task, Some(Task::SequenceClassification));
    assert_eq!(found.report.rows, 8);
    assert_eq!(found.report.problem, None);
    assert_eq!(found.dataset.unwrap().labels().len(), 2);
    let bytes = include_bytes!("../../../tests/inputs/excel-exports/semicolons.csv");
    let found = inspect("export.csv", bytes, &DataChoice::default(), None).unwrap();
    assert_eq!(found.report.choice.format, Some(FileFormat::Semicolons));
    assert_eq!(found.report.preview.len(), 5);
}

#[test]
fn columns_of_any_name_can_be_chosen() {
    let csv = "first,second,third\nnice one,x,pos\nbad one,y,neg\nmeh one,z,neg\n";
    let column = |role, column| RoleColumn { role, column };
    let choice = DataChoice {
        task: Some(Task::SequenceClassification),
        columns: Some(vec![column(Role::Text, 0), column(Role::Label, 2)]),
        ..DataChoice::default()
    };
    let read = read_with("x.csv", csv, &choice);
    assert_eq!(read.report.problem, None);
    let Some(Dataset::Labelled(data)) = read.dataset else {
        panic!("labelled rows");
    };
    assert_eq!(data.labels, ["neg", "pos"]);
    assert_eq!(data.rows[0].text, "nice one");
    let without_label = DataChoice {
        columns: Some(vec![column(Role::Text, 0)]),
        ..choice
    };
    let read = read_with("x.csv", csv, &without_label);
    assert_eq!(read.report.problem, Some(DataProblem::Lacking(Role::Label)));
    assert!(read.dataset.is_none());
}

#[test]
fn a_sound_file_has_no_findings_and_a_split_in_every_label() {
    let read = read("x.csv", &format!("text,label\n{}", rows(100)));
    assert_eq!(read.report.findings, []);
    assert!(read.report.made_split);
    assert_eq!(read.report.splits, [70, 10, 20]);
    let yes = &read.report.balance[1];
    assert_eq!((yes.label.as_str(), yes.rows), ("yes", [35, 5, 10]));
}

#[test]
fn rows_that_are_ragged_or_empty_are_named_by_line_and_dropped() {
    let csv = format!(
        "text,label\n{},yes\nwhole,\na,b,c\n\nlast one,no\n",
        rows(20)
    );
    // The first added row is line 22, an empty text.
    let read_as_is = read("x.csv", &csv);
    let empty = found(&read_as_is, FindingKind::Empty).unwrap();
    assert_eq!(empty.groups, [vec![22], vec![23]]);
    let ragged = found(&read_as_is, FindingKind::Ragged).unwrap();
    assert_eq!(ragged.groups, [vec![24]]);
    let Some(DataProblem::Unreadable(why)) = &read_as_is.report.problem else {
        panic!("it cannot be used as it is");
    };
    assert!(why.to_string().contains("line 22"), "{why}");
    let mended = read_with(
        "x.csv",
        &csv,
        &mending(&[Mend::DropEmpty, Mend::DropRagged]),
    );
    assert_eq!(mended.report.problem, None);
    assert_eq!((mended.report.rows, mended.report.used_rows), (24, 21));
    assert_eq!(mended.report.dropped, [20, 21, 22]);
    assert_eq!(
        mended.report.mended,
        [(Mend::DropRagged, 1), (Mend::DropEmpty, 2)]
    );
}

#[test]
fn equal_texts_are_duplicates_or_contradictions() {
    let csv = format!(
        "text,label\nsame,yes\nsame,no\ntwice,no\ntwice,no\n{}",
        rows(20)
    );
    let as_is = read("x.csv", &csv);
    let differing = found(&as_is, FindingKind::Contradictions).unwrap();
    assert_eq!(
        (&differing.groups[..], differing.drops),
        (&[vec![2, 3]][..], 2)
    );
    let equal = found(&as_is, FindingKind::Duplicates).unwrap();
    assert_eq!((&equal.groups[..], equal.drops), (&[vec![4, 5]][..], 1));
    let mends = [Mend::DropDuplicates, Mend::DropContradictory];
    let mended = read_with("x.csv", &csv, &mending(&mends));
    assert_eq!(mended.report.used_rows, 21);
    assert_eq!(mended.report.findings, []);
}

#[test]
fn of_duplicates_the_test_keeps_its_row() {
    let csv = "text,label,split\nsame words,a,train\nsame words,a,test\nother,b,train\nthird,b,validation\n";
    let read = read_with("x.csv", csv, &mending(&[Mend::DropDuplicates]));
    assert_eq!(read.report.splits, [1, 1, 1]);
}

#[test]
fn what_training_shares_with_the_test_is_found_and_taken_from_training() {
    let text = "the ferry was late again and nobody told us why";
    let other = "the ferry was late again and nobody told me why";
    let csv = format!(
        "text,label,split\n{text},no,train\n{other},no,test\nquite another thing,yes,train\nsomething else,yes,validation\n"
    );
    let as_is = read("x.csv", &csv);
    let shared = found(&as_is, FindingKind::AcrossSplits).unwrap();
    assert_eq!((&shared.groups[..], shared.drops), (&[vec![3, 2]][..], 1));
    let mended = read_with("x.csv", &csv, &mending(&[Mend::DropFromTraining]));
    assert_eq!(mended.report.splits, [1, 1, 1]);
    assert_eq!(mended.dataset.unwrap().rows_of(Split::Train), [1]);
}

#[test]
fn a_split_without_rows_can_be_made_anew() {
    let csv: String = rows(40)
        .lines()
        .map(|row| format!("{row},train\n"))
        .collect();
    let csv = format!("text,label,split\n{csv}");
    let as_is = read("x.csv", &csv);
    assert!(found(&as_is, FindingKind::NoRowsIn(Split::Test)).is_some());
    let mended = read_with("x.csv", &csv, &mending(&[Mend::DivideAnew]));
    assert_eq!(mended.report.splits, [28, 4, 8]);
    assert_eq!(mended.report.choice.column(Role::Split), None);
}

#[test]
fn a_rare_label_is_named() {
    let csv = format!("text,label\n{}one of a kind,maybe\n", rows(20));
    let as_is = read("x.csv", &csv);
    let rare = found(&as_is, FindingKind::RareLabels).unwrap();
    assert_eq!(rare.groups, [vec![22]]);
    let mended = read_with("x.csv", &csv, &mending(&[Mend::DropRareLabels]));
    assert_eq!(mended.report.balance.len(), 2);
}

#[test]
fn every_task_is_read() {
    for (name, task) in [
        ("topics.csv", Task::SequenceClassification),
        ("moderation.csv", Task::MultiLabelClassification),
        ("ner.jsonl", Task::TokenClassification),
        ("qa.jsonl", Task::QuestionAnswering),
        ("instructions.jsonl", Task::CausalLm),
        ("beekeeping.txt", Task::CausalLm),
    ] {
        let path = format!("{}/www/data/{name}", env!("CARGO_MANIFEST_DIR"));
        let bytes = std::fs::read(path).unwrap();
        let read = inspect(name, &bytes, &DataChoice::default(), None).unwrap();
        let report = read.report;
        assert_eq!(report.choice.task, Some(task), "{name}");
        // Two of the librarian's questions are much alike, and one is in training.
        let known = usize::from(name == "instructions.jsonl");
        assert_eq!(
            report.findings.len(),
            known,
            "{name}: {:?}",
            report.findings
        );
        let own = read
            .dataset
            .unwrap_or_else(|| panic!("{name}: {:?}", report.problem));
        let usual = Dataset::read(task, name, &bytes).unwrap();
        assert_eq!(own.splits(), usual.splits(), "{name}");
        assert_eq!(own.labels(), usual.labels(), "{name}");
    }
}

#[test]
fn tokens_are_counted_against_the_context() {
    let csv = "text,label\none two,a\none two three four,b\none,a\none,b\n";
    let count = |text: &str| text.split_whitespace().count();
    let counter = Counter {
        context: 3,
        tokens: &count,
    };
    let choice = DataChoice::default();
    let report = inspect("x.csv", csv.as_bytes(), &choice, Some(counter)).unwrap();
    let tokens = report.report.tokens.unwrap();
    assert_eq!((tokens.rows, tokens.longest), (4, 4));
    assert_eq!((tokens.mean, tokens.over), (2.0, 0.25));
}

#[test]
fn what_is_no_file_of_rows_is_refused() {
    let refused = |file: &str, bytes: &[u8]| {
        let error = inspect(file, bytes, &DataChoice::default(), None).err();
        error.unwrap().to_string()
    };
    assert!(refused("x.csv", b"").contains("empty"));
    assert!(refused("x.csv", b"<html>").contains("web page"));
    assert!(refused("x.xlsx", b"PK\x03\x04\0\0").contains("zero bytes"));
    assert!(refused("x.csv", b"text,label\n").contains("no rows"));
    let open = refused("x.csv", b"text,label\n\"a,b\nc,d\n");
    assert!(open.contains("line 2"), "{open}");
}
