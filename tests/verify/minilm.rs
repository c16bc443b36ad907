//! all-MiniLM-L6-v2, a real BERT, against what transformers and PEFT compute with it (`minilm/`, made by
//! `tests/reference/minilm.py`), and the small form of it that the page ships. Weights are not in this repository:
//! `./dev` fetches them into its cache, and where they are not there these tests say so and pass.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use burn::prelude::Device;
use warmup::data::tokenizer::Tokenizer;
use warmup::io::folder;
use warmup::io::safetensors::{NamedTensor, Precision, SafetensorsFile, write};
use warmup::model::any::Model;
use warmup::model::network::Network;
use warmup::model::parts::{Pass, Tokens};
use warmup::verify::{CaseFiles, Finding, FolderFiles, MapFiles, Selection};

use super::{complaints, run};

const HEAD: &str = "minilm/cls/model/head.safetensors";

#[test]
fn hidden_states_tokens_and_an_adapters_run_agree_with_transformers() {
    let Some(original) = cached("original") else {
        return;
    };
    let (findings, summary) = run(&set(&original), Selection::All);
    let complaints = complaints(&findings);
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    assert!(summary.all_ok());
    for case in [
        "minilm/hidden/long",
        "minilm/cls/batch",
        "minilm/cls/lora_r2/traj_wd0",
        "minilm/tokenizer/tokenizer.json",
    ] {
        let ran = |f: &Finding| matches!(f, Finding::Quantity(row) if row.case.starts_with(case));
        assert!(findings.iter().any(ran), "nothing was compared in {case}");
    }
}

#[test]
fn the_small_form_says_nearly_the_same_of_a_text() {
    // Some of the texts are in scripts and languages whose pieces were cut: those are farthest apart.
    let (Some(original), Some(small)) = (cached("original"), cached("small")) else {
        return;
    };
    let texts = texts();
    let sentences: Vec<&String> = texts
        .iter()
        .filter(|t| (40..400).contains(&t.len()))
        .collect();
    let (whole, cut) = (vectors(&original, &sentences), vectors(&small, &sentences));
    let alike: Vec<f32> = whole.iter().zip(&cut).map(|(a, b)| cosine(a, b)).collect();
    let mean = alike.iter().sum::<f32>() / alike.len() as f32;
    assert!(
        alike.len() > 80 && mean > 0.985,
        "{mean} over {}",
        alike.len()
    );
}

/// Pieces that are not kept fall into smaller ones, down to single characters, so no word is lost.
#[test]
fn the_small_vocabulary_spells_what_the_whole_one_spells() {
    let (Some(original), Some(small)) = (cached("original"), cached("small")) else {
        return;
    };
    let (whole, cut) = (tokenizer(&original), tokenizer(&small));
    assert_eq!((whole.vocabulary(), cut.vocabulary()), (30_522, 23_500));
    for text in texts() {
        let read = |t: &Tokenizer| t.decode(&t.ids(&text).unwrap(), false).unwrap();
        assert_eq!(read(&cut), read(&whole));
    }
}

/// A folder of the model in the cache of `./dev`.
fn cached(name: &str) -> Option<PathBuf> {
    let own = std::env::var_os("WARMUP_CACHE").map(PathBuf::from);
    let usual = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache/warmup"));
    let folder = own.or_else(usual)?.join("minilm").join(name);
    if folder.join("model.safetensors").exists() {
        return Some(folder);
    }
    let notice = format!(
        "skipped: {} has no MiniLM; `./dev build` fetches it\n",
        folder.display()
    );
    // Not by `eprintln!`, of which the test runner shows nothing.
    std::io::stderr().write_all(notice.as_bytes()).ok()?;
    None
}

fn expected() -> FolderFiles {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verify/minilm");
    FolderFiles::open(&folder).unwrap()
}

fn texts() -> Vec<String> {
    let json = expected().read("tokenizer/encodings.json").unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let items = json["items"].as_array().unwrap().iter();
    items
        .map(|item| item["text"].as_str().unwrap().to_owned())
        .collect()
}

/// The set as the generator writes it: the expected numbers with the model beside them.
fn set(original: &Path) -> MapFiles {
    let expected = expected();
    let mut files: BTreeMap<String, Vec<u8>> = expected
        .list()
        .into_iter()
        .map(|path| (format!("minilm/{path}"), expected.read(&path).unwrap()))
        .collect();
    let weights = std::fs::read(original.join("model.safetensors")).unwrap();
    let head = files.remove(HEAD).unwrap();
    let classifier = with_head(weights.clone(), head);
    let tokenizer = std::fs::read(original.join("tokenizer.json")).unwrap();
    files.insert("minilm/model/model.safetensors".to_owned(), weights);
    files.insert("minilm/cls/model/model.safetensors".to_owned(), classifier);
    files.insert("minilm/tokenizer/tokenizer.json".to_owned(), tokenizer);
    MapFiles(files)
}

fn with_head(weights: Vec<u8>, head: Vec<u8>) -> Vec<u8> {
    let mut tensors = all_tensors(weights, "bert.");
    tensors.extend(all_tensors(head, ""));
    write(&tensors, Precision::F32).unwrap()
}

fn all_tensors(bytes: Vec<u8>, prefix: &str) -> Vec<NamedTensor> {
    let mut file = SafetensorsFile::open(bytes).unwrap();
    let mut tensors = Vec::new();
    for (name, shape) in file.tensors() {
        if name.ends_with("position_ids") {
            continue;
        }
        let values = file.read(&name).unwrap().try_to_vec::<f32>().unwrap();
        let name = format!("{prefix}{name}");
        tensors.push(NamedTensor {
            name,
            shape,
            values,
        });
    }
    tensors
}

fn tokenizer(folder: &Path) -> Tokenizer {
    folder::tokenizer(folder).unwrap()
}

/// Each text as the mean of its tokens' hidden states, which is what the model was trained to compare.
fn vectors(folder: &Path, texts: &[&String]) -> Vec<Vec<f32>> {
    let (_, model) = folder::model(folder, &Device::flex()).unwrap();
    let tokenizer = tokenizer(folder);
    let marks = tokenizer.marks().unwrap();
    texts
        .iter()
        .map(|text| {
            let ids = tokenizer.ids(text).unwrap();
            mean_state(&model, marks.around(ids.into_iter()))
        })
        .collect()
}

fn mean_state(model: &Model, ids: Vec<i32>) -> Vec<f32> {
    let tokens = Tokens::new(std::slice::from_ref(&ids));
    let states = model.hidden(tokens, &mut Pass::default());
    let mean = states.mean_dim(0);
    mean.into_data().try_to_vec::<f32>().unwrap()
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}
