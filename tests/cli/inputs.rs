//! Files and flags as people bring them: each once gave wrong results, a panic, or an error that helped nobody.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::support::{fails, file, folder, json, model, path, reviews, succeeds, warmup};

const NANO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/www/models/nano");

fn input(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/inputs");
    folder.join(name).to_str().unwrap().to_owned()
}

/// A short run with a tiny head; its summary, and what it said on standard error.
fn finetuned(here: &Path, data: &str, flags: &[&str]) -> (Value, String) {
    let (model, out) = (model(), path(here, "out"));
    let fixed = [
        "finetune", "--model", &model, "--data", data, "--out", &out, "--steps", "2",
    ];
    let task = ["--task", "sequence-classification", "--strategy", "head"];
    let output = warmup(&[&fixed[..], &task, flags].concat(), "");
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{told}");
    (serde_json::from_slice(&output.stdout).unwrap(), told)
}

fn saved_config(here: &Path) -> Value {
    let text = std::fs::read_to_string(here.join("out/config.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn data_files() {
    let here = folder("input_files");
    let (_, told) = finetuned(&here, &input("excel-exports/semicolons.csv"), &[]);
    assert!(told.contains("semicolons between the columns"), "{told}");
    let (_, told) = finetuned(&here, &input("excel-exports/windows-1252.csv"), &[]);
    assert!(told.contains("read as Windows-1252"), "{told}");
    let (summary, told) = finetuned(&here, &input("tsv-open-quote/reviews.tsv"), &[]);
    assert!(!told.contains("read as"), "{told}");
    let examples = |split: &str| summary[split]["after"]["examples"].as_u64().unwrap_or(0);
    let train = &summary["train"]["examples"];
    let train = train.as_u64().unwrap_or_else(|| panic!("{summary}"));
    assert_eq!(train + examples("validation") + examples("test"), 40);
    finetuned(&here, &input("empty-split-cells/partly.csv"), &[]);
}

#[test]
fn labels_that_are_numbers_keep_their_names() {
    let here = folder("input_labels");
    finetuned(&here, &input("integer-labels/queues.csv"), &[]);
    let names = saved_config(&here);
    for label in ["2", "10"] {
        assert_eq!(names["id2label"][label], label);
    }
}

#[test]
fn half_an_emoji_is_told_once() {
    let here = folder("input_emoji");
    let data = "{\"text\":\"a\",\"label\":\"x\"}\n{\"text\":\"b \\ud83d\",\"label\":\"y\"}\n";
    let data = file(&here, "x.jsonl", data);
    let (model, out) = (model(), path(&here, "out"));
    let fixed = ["finetune", "--model", &model, "--out", &out];
    let task = ["--task", "sequence-classification", "--data"];
    let data = [data.to_str().unwrap()];
    fails(
        &[&fixed[..], &task, &data].concat(),
        &["line 2: `\\ud83d` is half a character"],
    );
}

/// `evaluate` of nano on one line of text.
fn loss_beside_nano(here: &Path, adapter: &str) -> f64 {
    let text = "The old man walked down to the river and looked at the water for a long time.\n";
    let text = file(here, "text.txt", text);
    let text = text.to_str().unwrap();
    let fixed = ["evaluate", "--model", NANO, "--task", "causal-lm"];
    let files = ["--data", text, "--adapter", adapter];
    json(&[&fixed[..], &files].concat())["loss"]
        .as_f64()
        .unwrap()
}

fn refused_beside_nano(adapter: &str, words: &[&str]) {
    let fixed = ["generate", "--model", NANO, "--prompt", "a", "--adapter"];
    fails(&[&fixed[..], &[adapter]].concat(), words);
}

#[test]
fn adapters() {
    let here = folder("input_adapters");
    refused_beside_nano(&input("pissa-adapter"), &["init_lora_weights is pissa"]);
    refused_beside_nano(&input("empty-adapter"), &["holds no tensors"]);
    refused_beside_nano(
        &input("pickle-only-adapter"),
        &["adapter_model.bin is a pickle", "safe_serialization"],
    );
    // The same tensors under the names that PEFT saves.
    let named = input("adapter-name-in-keys");
    let renamed = here.join("renamed");
    std::fs::create_dir_all(&renamed).unwrap();
    let read = |name: &str| std::fs::read(Path::new(&named).join(name)).unwrap();
    file(&renamed, "adapter_config.json", read("adapter_config.json"));
    let weights = read("adapter_model.safetensors");
    file(
        &renamed,
        "adapter_model.safetensors",
        without_default(&weights),
    );
    let expected = loss_beside_nano(&here, renamed.to_str().unwrap());
    assert_eq!(loss_beside_nano(&here, &named), expected);
    let config = String::from_utf8(read("adapter_config.json")).unwrap();
    for rank in ["5", "1000000000000"] {
        let other = config.replace("\"r\": 4", &format!("\"r\": {rank}"));
        file(&renamed, "adapter_config.json", other);
        let is = format!("r is {rank}");
        refused_beside_nano(renamed.to_str().unwrap(), &[&is, "[4, 128]"]);
    }
}

/// A safetensors file with `.default` taken out of its tensors' names.
fn without_default(bytes: &[u8]) -> Vec<u8> {
    let (length, rest) = bytes.split_at(8);
    let length = u64::from_le_bytes(length.try_into().unwrap()) as usize;
    let (header, data) = rest.split_at(length);
    let header = String::from_utf8(header.to_vec()).unwrap();
    let header = header.replace(".default.", ".");
    [
        &(header.len() as u64).to_le_bytes(),
        header.as_bytes(),
        data,
    ]
    .concat()
}

/// A copy of the tiny model with its configuration changed.
fn with_config(name: &str, change: impl Fn(&mut Value)) -> PathBuf {
    let copy = folder(name);
    for name in ["config.json", "model.safetensors", "tokenizer.json"] {
        let bytes = std::fs::read(Path::new(&model()).join(name)).unwrap();
        file(&copy, name, bytes);
    }
    let text = std::fs::read_to_string(copy.join("config.json")).unwrap();
    let mut config: Value = serde_json::from_str(&text).unwrap();
    change(&mut config);
    file(&copy, "config.json", config.to_string());
    copy
}

fn generate(model: &Path) -> String {
    let model = model.to_str().unwrap();
    let length = ["--max-new-tokens", "8", "--greedy"];
    succeeds(
        &[
            &["generate", "--model", model, "--prompt", "It"],
            &length[..],
        ]
        .concat(),
    )
}

fn generates_not(model: &str, words: &[&str]) {
    fails(&["generate", "--model", model, "--prompt", "It"], words);
}

#[test]
fn ids_of_special_tokens() {
    let beyond = with_config("input_pad", |config| config["pad_token_id"] = json!(270));
    let told = ["pad_token_id is 270", "from 0 to 269"];
    generates_not(beyond.to_str().unwrap(), &told);
    // The token that is said first, among others that end a text.
    let plain = with_config("input_plain", |_| ());
    let encoded = warmup(
        &["encode", "--tokenizer", plain.to_str().unwrap()],
        &serde_json::to_string(generate(&plain).trim_end_matches('\n')).unwrap(),
    );
    let encoded: Value = serde_json::from_slice(&encoded.stdout).unwrap();
    let prompt = warmup(
        &["encode", "--tokenizer", plain.to_str().unwrap()],
        "\"It\"",
    );
    let prompt: Value = serde_json::from_slice(&prompt.stdout).unwrap();
    let first = encoded["ids"][prompt["ids"].as_array().unwrap().len()].clone();
    let ends = with_config("input_ends", |config| {
        config["eos_token_id"] = json!([0, first]);
    });
    assert!(generate(&ends).len() < generate(&plain).len());
}

#[test]
fn weights_in_shards() {
    let sharded = with_config("input_shards", |_| ());
    let whole = generate(&sharded);
    let weights = std::fs::read(sharded.join("model.safetensors")).unwrap();
    std::fs::remove_file(sharded.join("model.safetensors")).unwrap();
    let mut map = serde_json::Map::new();
    for (index, (names, bytes)) in halves(&weights).into_iter().enumerate() {
        let name = format!("model-0000{}-of-00002.safetensors", index + 1);
        names.into_iter().for_each(|tensor| {
            map.insert(tensor, json!(name));
        });
        file(&sharded, &name, bytes);
    }
    let index = json!({ "metadata": {}, "weight_map": map });
    file(&sharded, "model.safetensors.index.json", index.to_string());
    assert_eq!(generate(&sharded), whole);
    let second = "model-00002-of-00002.safetensors";
    std::fs::remove_file(sharded.join(second)).unwrap();
    generates_not(sharded.to_str().unwrap(), &[second]);
}

/// A safetensors file as two, each with the names of its tensors.
fn halves(bytes: &[u8]) -> Vec<(Vec<String>, Vec<u8>)> {
    let (length, rest) = bytes.split_at(8);
    let length = u64::from_le_bytes(length.try_into().unwrap()) as usize;
    let header: Value = serde_json::from_slice(&rest[..length]).unwrap();
    let tensors: Vec<(String, Value)> = header
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| *name != "__metadata__")
        .map(|(name, info)| (name.clone(), info.clone()))
        .collect();
    let half = |tensors: &[(String, Value)]| {
        let (mut header, mut data) = (serde_json::Map::new(), Vec::new());
        for (name, info) in tensors {
            let place = |i: usize| length + info["data_offsets"][i].as_u64().unwrap() as usize;
            let mut info = info.clone();
            let own = &rest[place(0)..place(1)];
            info["data_offsets"] = json!([data.len(), data.len() + own.len()]);
            data.extend(own);
            header.insert(name.clone(), info);
        }
        let header = Value::Object(header).to_string();
        let length = (header.len() as u64).to_le_bytes();
        let names = tensors.iter().map(|(name, _)| name.clone()).collect();
        (names, [&length[..], header.as_bytes(), &data].concat())
    };
    let (first, second) = tensors.split_at(tensors.len() / 2);
    vec![half(first), half(second)]
}

#[test]
fn what_is_no_model_and_what_is_no_adapter() {
    let pointer = with_config("input_pointer", |_| ());
    let told = std::fs::read(input("lfs-pointer/model.safetensors")).unwrap();
    file(&pointer, "model.safetensors", told);
    generates_not(pointer.to_str().unwrap(), &["Git LFS"]);
    std::fs::rename(
        pointer.join("model.safetensors"),
        pointer.join("pytorch_model.bin"),
    )
    .unwrap();
    generates_not(
        pointer.to_str().unwrap(),
        &["pytorch_model.bin is a pickle"],
    );
    generates_not("gpt2", &["gpt2: there is no such folder", "download"]);
    let adapter = input("adapter-name-in-keys");
    generates_not(&adapter, &["holds an adapter", "not a model"]);
    let (model, out) = (model(), path(&folder("input_merge"), "out"));
    let merge = [
        "merge",
        "--model",
        &model,
        "--adapter",
        &model,
        "--out",
        &out,
    ];
    fails(&merge, &[&model, "holds a model", "not an adapter"]);
}

/// What the finetune command says of settings, on the tiny reviews.
fn refused(name: &str, settings: &[&str], words: &[&str]) {
    let here = folder(name);
    let (model, data, out) = (model(), reviews(&here), path(&here, "out"));
    let fixed = [
        "finetune", "--model", &model, "--data", &data, "--out", &out,
    ];
    let task = ["--task", "sequence-classification"];
    fails(&[&fixed[..], &task, settings].concat(), words);
}

#[test]
fn numbers_of_settings() {
    for (flag, value, words) in [
        ("--weight-decay", "-1", ["weight decay is -1", "from 0 up"]),
        (
            "--weight-decay",
            "nan",
            ["weight decay is NaN", "from 0 up"],
        ),
        ("--adam-epsilon", "-1", ["epsilon is -1", "above 0"]),
        ("--adam-beta1", "-1", ["beta1 is -1", "below 1"]),
        ("--adam-beta2", "1.5", ["beta2 is 1.5", "below 1"]),
        (
            "--max-grad-norm",
            "-1",
            ["gradient norm is -1", "0 to clip nothing"],
        ),
        (
            "--max-grad-norm",
            "nan",
            ["gradient norm is NaN", "above 0"],
        ),
        ("--alpha", "0", ["alpha is 0", "above 0"]),
        ("--alpha", "-16", ["alpha is -16", "above 0"]),
        ("--warmup-steps", "1.5", ["--warmup-steps", "whole number"]),
        ("--warmup-steps", "-1", ["--warmup-steps", "whole number"]),
        ("--epochs", "1e300", ["number of steps", "at most"]),
    ] {
        refused("input_numbers", &[flag, value], &words);
    }
    let here = folder("input_flags");
    let data = reviews(&here);
    for norm in ["0", "inf"] {
        let flags = ["--max-grad-norm", norm, "--warmup-steps", "0.5"];
        let (summary, _) = finetuned(&here, &data, &flags);
        assert_eq!(summary["settings"]["max_grad_norm"], 0.0);
        assert_eq!(summary["settings"]["warmup_steps"], 1);
    }
}

#[test]
fn target_modules() {
    let name = "input_targets";
    let told = ["[\"c_porj\"] match nothing", "c_proj"];
    refused(name, &["--target-modules", "c_attn,c_porj"], &told);
    let told = ["[\"foo\"] match nothing"];
    refused(name, &["--target-modules", "all-linear,foo"], &told);
    let here = folder("input_spaces");
    let data = reviews(&here);
    let trained = |targets: &str| {
        let flags = ["--target-modules", targets];
        let (model, out) = (model(), path(&here, "out"));
        let fixed = [
            "finetune", "--model", &model, "--data", &data, "--out", &out, "--steps", "1",
        ];
        let task = ["--task", "sequence-classification"];
        json(&[&fixed[..], &task, &flags].concat())["trainable_parameters"].clone()
    };
    assert_eq!(trained("c_attn, c_proj"), trained("c_attn,c_proj"));
}

#[test]
fn a_closed_pipe_is_a_quiet_end() {
    let model = model();
    let generate = ["generate", "--model", &model, "--prompt", "a"];
    for arguments in [&["--help"][..], &["finetune", "--help"], &generate] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_warmup"))
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut told = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut told)
            .unwrap();
        assert_eq!(told, "", "{arguments:?}");
        assert_eq!(child.wait().unwrap().code(), Some(0), "{arguments:?}");
    }
}
