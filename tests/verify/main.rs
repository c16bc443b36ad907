//! The reference cases of `tests/reference`, on the CPU; and that the check itself can fail.
#![cfg(feature = "cli")]

mod frozen;
mod minilm;

use std::collections::BTreeMap;
use std::path::Path;

use burn::prelude::Device;
use warmup::engine::wait::block_on;
use warmup::io::peft::{AdapterConfig, BaseShape};
use warmup::settings::Family;
use warmup::verify::{CaseFiles, Finding, FolderFiles, MapFiles, Selection, Summary, verify};

const FIRST_WEIGHT: &str = "A/model/model.safetensors";

pub fn reference() -> FolderFiles {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference");
    FolderFiles::open(&folder).unwrap()
}

/// Set A and its shared files, in memory as a page has them.
fn small_set() -> BTreeMap<String, Vec<u8>> {
    let files = reference();
    let wanted = |path: &String| path.starts_with("A/");
    files
        .list()
        .into_iter()
        .filter(wanted)
        .map(|path| (path.clone(), files.read(&path).unwrap()))
        .collect()
}

fn run(files: &dyn CaseFiles, selection: Selection) -> (Vec<Finding>, Summary) {
    let mut findings = Vec::new();
    let mut sink = |finding| findings.push(finding);
    let breathe = || Box::pin(std::future::ready(())) as _;
    let summary = block_on(verify(
        files,
        &Device::flex(),
        selection,
        &mut sink,
        &breathe,
    ));
    (findings, summary)
}

/// Everything that is not as it should be, a line each.
fn complaints(findings: &[Finding]) -> Vec<String> {
    let complaint = |finding: &Finding| match finding {
        Finding::Quantity(row) if !row.ok => Some(format!("{}: {}", row.case, row.quantity)),
        Finding::CouldNotRun { case, reason } => Some(format!("{case} could not run: {reason}")),
        _ => None,
    };
    findings.iter().filter_map(complaint).collect()
}

#[test]
fn every_reference_case_is_reproduced() {
    let (findings, summary) = run(&reference(), Selection::All);
    let complaints = complaints(&findings);
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    assert!(summary.all_ok());
    for case in [
        "A/lm",
        "A/lora_r8",
        "A/traj",
        "A/cls",
        "A/token_cls",
        "A/token_cls/lora_r8/traj",
        "A/qa/lora_r8/traj",
        "A/multi_label/lora_r8/traj",
        "A/prompt/lora_r8/traj",
        "tokenizer/words.json",
        "A/gen",
        "B/lm",
        "B/cls",
        "schedules",
        "tokenizer",
    ] {
        let ran = |f: &Finding| matches!(f, Finding::Quantity(row) if row.case.starts_with(case));
        assert!(findings.iter().any(ran), "nothing was compared in {case}");
    }
}

#[test]
fn no_expected_number_lies_there_unread() {
    let (findings, _) = run(&reference(), Selection::All);
    for finding in findings {
        if let Finding::NotCovered { what, reason } = finding {
            let expected = reason.contains("expects nothing") || reason.contains("not covered yet");
            assert!(expected, "{what}: {reason}");
        }
    }
}

#[test]
fn a_changed_weight_is_noticed() {
    let mut files = small_set();
    let bytes = files.get_mut(FIRST_WEIGHT).unwrap();
    // The last float of the file, made larger by a thousandth.
    let last = bytes.len() - 4;
    let value = f32::from_le_bytes(bytes[last..].try_into().unwrap());
    bytes[last..].copy_from_slice(&(value * 1.001).to_le_bytes());
    let (findings, summary) = run(&MapFiles(files), Selection::Quick);
    assert!(summary.not_ok > 0 && summary.could_not_run == 0);
    assert!(
        complaints(&findings)
            .iter()
            .any(|line| line.starts_with("A/lm/batch: logits"))
    );
}

#[test]
fn the_quick_selection_runs_and_names_what_it_leaves_out() {
    let (findings, summary) = run(&MapFiles(small_set()), Selection::Quick);
    assert!(summary.all_ok(), "{}", complaints(&findings).join("\n"));
    let left_out = |f: &Finding| {
        matches!(f, Finding::NotCovered { what, reason }
            if what.contains("A/traj/full_wd0.json") && reason.contains("quick"))
    };
    assert!(findings.iter().any(left_out));
}

#[test]
fn a_case_that_cannot_be_run_is_named_with_its_file() {
    let broken = |change: fn(&mut BTreeMap<String, Vec<u8>>)| {
        let mut files = small_set();
        change(&mut files);
        let (findings, summary) = run(&MapFiles(files), Selection::Quick);
        assert!(summary.could_not_run > 0);
        complaints(&findings).join("\n")
    };
    let missing = broken(|files| {
        files.remove("A/lora_r8/grads.safetensors");
    });
    assert!(
        missing.contains("A/lora_r8/grads.safetensors is missing"),
        "{missing}"
    );
    let cut = broken(|files| files.get_mut(FIRST_WEIGHT).unwrap().truncate(10_000));
    assert!(
        cut.contains(FIRST_WEIGHT) && cut.contains("cut short"),
        "{cut}"
    );
    let empty = run(&MapFiles::default(), Selection::All).1;
    assert_eq!((empty.could_not_run, empty.quantities), (1, 0));
}

#[test]
fn a_file_of_an_unknown_kind_is_named() {
    let mut files = small_set();
    files.retain(|path, _| path.starts_with("A/model/") || path == "A/meta.json");
    files.insert("A/ia3_c_attn/fwd.safetensors".to_owned(), Vec::new());
    let (findings, _) = run(&MapFiles(files), Selection::All);
    let named = |f: &Finding| {
        matches!(f, Finding::NotCovered { what, reason }
            if what.contains("A/ia3_c_attn/fwd.safetensors") && reason.contains("no check"))
    };
    assert!(findings.iter().any(named), "{findings:?}");
}

#[test]
fn an_adapter_is_described_in_pefts_own_words() {
    let files = reference();
    const A: BaseShape = BaseShape {
        family: Family::Gpt2,
        layers: 2,
        heads: 2,
        width: 32,
    };
    for case in [
        "A/lora_r8",
        "A/cls/lora_r8",
        "A/dora_r4",
        "A/ia3",
        "A/prompt_3",
        "A/prefix_3",
    ] {
        let json = files
            .read(&format!("{case}/adapter/adapter_config.json"))
            .unwrap();
        let json = String::from_utf8(json).unwrap();
        let config = AdapterConfig::parse(&json).unwrap();
        assert_eq!(config.to_json(A), Some(json), "{case}");
    }
}
