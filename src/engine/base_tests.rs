//! A model's files on their way in, good ones and bad ones.

mod kept;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;

use burn::prelude::Device;
use serde_json::Value;

use super::base::Base;
use super::helpers::Nobody;
use super::host::{Host, Stamp, check_received};
use super::keeping::{NoVault, tests::Memory};
use super::wait::block_on;
use crate::faults::Fault;
use crate::io::folder::base_tensors;
use crate::io::safetensors::{Precision, write};
use crate::model::gpt2::{Gpt2, Gpt2Config, RandomWeights};
use crate::model::network::Network;
use crate::protocol::{EngineError, ErrorKind, Event, Frame, ModelInfo, ModelPlace, NamedUrl};
use crate::settings::Seed;

/// Files by URL. A file that is `None` breaks off.
#[derive(Clone, Default)]
struct Files {
    files: BTreeMap<String, Option<Vec<u8>>>,
    /// What the server says of every file's version.
    version: Option<&'static str>,
    /// What was kept, by URL.
    store: RefCell<BTreeMap<String, (Vec<u8>, Stamp)>>,
}

impl Host for Files {
    type Body = Vec<u8>;
    type Helper = Nobody<Vec<u8>>;
    type Vault = Memory;

    fn now_millis(&self) -> f64 {
        0.0
    }
    async fn fetch(
        &self,
        url: &str,
        _progressed: &mut dyn FnMut(u64, Option<u64>),
    ) -> Result<Vec<u8>, Fault> {
        match self.files.get(url) {
            None => Err(Fault::foreign("the server answered 404 Not Found")),
            Some(None) => Ok(check_received(7, Some(10)).map(|()| Vec::new())?),
            Some(Some(bytes)) => Ok(bytes.clone()),
        }
    }
    async fn open(
        &self,
        url: &str,
        progressed: &mut dyn FnMut(u64, Option<u64>),
    ) -> Result<Vec<u8>, Fault> {
        self.fetch(url, progressed).await
    }
    fn join(&self, header: Vec<u8>, pieces: Vec<(Vec<u8>, u64)>) -> Result<Vec<u8>, Fault> {
        let rest = pieces
            .iter()
            .flat_map(|(file, start)| &file[*start as usize..]);
        Ok(header.iter().chain(rest).copied().collect())
    }
    async fn vault(&self) -> Result<Memory, NoVault> {
        Err(NoVault::Taken)
    }
    async fn version(&self, _url: &str) -> Option<String> {
        self.version.map(str::to_owned)
    }
    async fn kept(&self, url: &str) -> Option<(Vec<u8>, Stamp)> {
        self.store.borrow().get(url).cloned()
    }
    async fn keep(&self, url: &str, file: &Vec<u8>, stamp: &Stamp) {
        let kept = (file.clone(), stamp.clone());
        self.store.borrow_mut().insert(url.to_owned(), kept);
    }
    async fn breathe(&self) {}
    fn send(&self, _frame: Frame<Event>) -> Result<(), EngineError> {
        Ok(())
    }
}

/// GPT-2's own two tokenizer files where they are at hand, else the small ones of the reference cases; each with its
/// recorded encodings.
fn tokenizer_folder() -> PathBuf {
    match std::env::var_os("WARMUP_GPT2_TOKENIZER") {
        Some(folder) => folder.into(),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/reference/tokenizer"),
    }
}

fn read(file: &str) -> Vec<u8> {
    std::fs::read(tokenizer_folder().join(file)).unwrap()
}

fn config() -> Gpt2Config {
    let vocab: BTreeMap<String, u32> = serde_json::from_slice(&read("vocab.json")).unwrap();
    Gpt2Config::sized(vocab.len(), 8, 4, 1, 2)
}

fn weights(config: &Gpt2Config) -> Vec<u8> {
    let mut random = RandomWeights::new(Seed::new(1), 1);
    let model = Gpt2::load(config, &mut random, &Device::flex()).unwrap();
    write(&base_tensors(&model).unwrap(), Precision::F16).unwrap()
}

/// A good model in GPT-2's own files, under the folder `m`.
fn good() -> Files {
    let config = config();
    let files = [
        ("m/config.json", serde_json::to_vec(&config).unwrap()),
        ("m/vocab.json", read("vocab.json")),
        ("m/merges.txt", read("merges.txt")),
        ("m/model.safetensors", weights(&config)),
    ];
    let files = files.map(|(url, bytes)| (url.to_owned(), Some(bytes)));
    Files {
        files: files.into(),
        version: Some("\"1\""),
        ..Files::default()
    }
}

fn fetch(files: &Files, place: ModelPlace) -> Result<(Base, ModelInfo), EngineError> {
    let device = Device::flex().autodiff();
    let mut silent = |_: &str, _, _| {};
    let (base, info, _) = block_on(Base::fetch(files, "mine", place, &device, &mut silent))?;
    Ok((base, info))
}

fn folder() -> ModelPlace {
    ModelPlace::Folder {
        url: "m/".to_owned(),
        sha256: None,
    }
}

/// The chosen files among those of `m`.
fn chosen(names: &[&str]) -> ModelPlace {
    let named = |name: &&str| NamedUrl {
        name: (*name).to_owned(),
        url: format!("m/{name}"),
    };
    ModelPlace::Files(names.iter().map(named).collect())
}

const ALL: [&str; 4] = [
    "config.json",
    "vocab.json",
    "merges.txt",
    "model.safetensors",
];

/// The one error of `m` with a file changed.
fn trouble(file: &str, change: impl Fn(Vec<u8>) -> Option<Vec<u8>>) -> EngineError {
    let mut files = good();
    let bytes = files.files.remove(&format!("m/{file}")).flatten();
    files
        .files
        .insert(format!("m/{file}"), change(bytes.unwrap_or_default()));
    fetch(&files, folder()).err().unwrap()
}

#[track_caller]
fn assert_says(error: &EngineError, kind: ErrorKind, words: &[&str]) {
    assert_eq!(error.kind, kind, "{error}");
    for word in words {
        assert!(error.to_string().contains(word), "{error}");
    }
}

#[test]
fn every_recorded_text_is_encoded_as_recorded_by_a_fetched_tokenizer() {
    let recorded: Value = serde_json::from_slice(&read("encodings.json")).unwrap();
    let items = recorded.get("items").unwrap_or(&recorded);
    let items = items.as_array().unwrap();
    assert!(items.len() >= 260);
    for place in [folder(), chosen(&ALL)] {
        let (base, _) = fetch(&good(), place).unwrap();
        for item in items {
            let text = item["text"].as_str().unwrap();
            let ids: Vec<i32> = serde_json::from_value(item["ids"].clone()).unwrap();
            assert_eq!(base.tokenizer.ids(text).unwrap(), ids, "{text:?}");
            assert_eq!(base.tokenizer.decode(&ids, false).unwrap(), text);
        }
    }
}

#[test]
fn files_may_be_chosen_one_by_one_and_each_that_is_missing_is_named() {
    assert!(fetch(&good(), chosen(&ALL)).is_ok());
    for missing in ALL {
        let rest: Vec<&str> = ALL.into_iter().filter(|name| *name != missing).collect();
        let error = fetch(&good(), chosen(&rest)).err().unwrap();
        assert_says(
            &error,
            ErrorKind::Model,
            &[missing, "is not among the chosen files"],
        );
    }
    let error = fetch(&good(), chosen(&["config.json", "model.safetensors"])).err();
    let words = [
        "no tokenizer",
        "tokenizer.json",
        "vocab.json and merges.txt",
    ];
    assert_says(&error.unwrap(), ErrorKind::Model, &words);
}

#[test]
fn a_folder_without_a_file_says_which() {
    for missing in ["config.json", "merges.txt", "model.safetensors"] {
        let mut files = good();
        files.files.remove(&format!("m/{missing}"));
        let error = fetch(&files, folder()).err().unwrap();
        assert_says(&error, ErrorKind::Network, &[missing, "404"]);
    }
}

#[test]
fn weights_that_are_cut_short_say_how_much_is_there() {
    let error = trouble("model.safetensors", |mut bytes| {
        bytes.truncate(bytes.len() - 5);
        Some(bytes)
    });
    assert_says(&error, ErrorKind::Model, &["cut short", "promises"]);
    let error = trouble("model.safetensors", |_| Some(b"<!doctype html>".to_vec()));
    assert_says(&error, ErrorKind::Model, &["no safetensors file"]);
}

#[test]
fn a_download_that_breaks_off_says_so() {
    let error = trouble("model.safetensors", |_| None);
    assert_says(
        &error,
        ErrorKind::Network,
        &["model.safetensors", "7 of 10 bytes", "try again"],
    );
}

#[test]
fn another_architecture_is_named_before_its_weights_are_fetched() {
    let llama = r#"{"architectures":["LlamaForCausalLM"],"model_type":"llama","hidden_size":64,"vocab_size":32000}"#;
    let roberta =
        r#"{"architectures":["RobertaForMaskedLM"],"model_type":"roberta","hidden_size":64}"#;
    let unnamed = r#"{"architectures":["OPTForCausalLM"],"hidden_size":64}"#;
    let only = "is supported";
    for (config, word, remedy) in [
        (llama, "llama", only),
        (roberta, "roberta", "gpt2 or bert"),
        (unnamed, "OPTForCausalLM", only),
    ] {
        let mut files = good();
        files
            .files
            .insert("m/config.json".into(), Some(config.as_bytes().to_vec()));
        // Were they asked for, the error would be another.
        files.files.remove("m/model.safetensors");
        let error = fetch(&files, folder()).err().unwrap();
        assert_says(&error, ErrorKind::Model, &[word, remedy]);
    }
}

#[test]
fn a_vocabulary_that_does_not_fit_the_weights_is_noticed() {
    let with_vocabulary = |by: i64| {
        trouble("config.json", |bytes| {
            let mut config: Value = serde_json::from_slice(&bytes).unwrap();
            let size = config["vocab_size"].as_i64().unwrap();
            config["vocab_size"] = Value::from(size + by);
            Some(config.to_string().into_bytes())
        })
    };
    assert_says(
        &with_vocabulary(3),
        ErrorKind::Model,
        &["wte.weight", "has shape"],
    );
    assert_says(
        &with_vocabulary(-3),
        ErrorKind::Model,
        &["its tokenizer knows", "its weights only"],
    );
}

/// As transformers saves a large model, from an address and from chosen files; kept as the one file that they make.
#[test]
fn weights_in_several_files_are_put_together() {
    let mut files = good();
    let whole = files.files.remove("m/model.safetensors").flatten().unwrap();
    let whole = safetensors::SafeTensors::deserialize(&whole).unwrap();
    let tensors: Vec<_> = whole.tensors();
    let mut map = serde_json::Map::new();
    for (number, tensors) in tensors.chunks(tensors.len().div_ceil(2)).enumerate() {
        let name = format!("model-0000{}-of-00002.safetensors", number + 1);
        map.extend(
            tensors
                .iter()
                .map(|(tensor, _)| (tensor.clone(), name.clone().into())),
        );
        let own = tensors.iter().map(|(name, view)| (name, view));
        let bytes = safetensors::serialize(own, None).unwrap();
        files.files.insert(format!("m/{name}"), Some(bytes));
    }
    let index = serde_json::json!({ "weight_map": map }).to_string();
    let index_name = "model.safetensors.index.json";
    files
        .files
        .insert(format!("m/{index_name}"), Some(index.into_bytes()));

    let (base, info) = fetch(&files, folder()).unwrap();
    let (wanted, _) = fetch(&good(), folder()).unwrap();
    let tensors = |base: &Base| base_tensors(&base.model).unwrap();
    assert_eq!(tensors(&base), tensors(&wanted));
    assert!(!info.weights_were_kept);
    assert!(fetch(&files, folder()).unwrap().1.weights_were_kept);

    let first = "model-00001-of-00002.safetensors";
    let some = ["config.json", "vocab.json", "merges.txt", index_name, first];
    let error = fetch(&files, chosen(&some)).err().unwrap().to_string();
    assert!(
        error.contains("model-00002-of-00002.safetensors is not among the chosen"),
        "{error}"
    );
    let all = [&some[..], &["model-00002-of-00002.safetensors"]].concat();
    let (base, _) = fetch(&files, chosen(&all)).unwrap();
    assert_eq!(tensors(&base), tensors(&wanted));
}
