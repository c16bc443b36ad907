//! Every strategy that leaves an adapter: trained, saved, read back; and what is wrong with a bad one.

use std::path::Path;

use serde_json::Value;

use super::support::{fails, folder, json, model, path, reviews, succeeds};

const NANO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/www/models/nano");

/// A short run on the reviews, its result in `here/name`.
fn trained(here: &Path, name: &str, flags: &[&str]) -> (String, Value) {
    let (model, data, out) = (model(), reviews(here), path(here, name));
    let fixed = [
        "finetune",
        "--model",
        &model,
        "--data",
        &data,
        "--out",
        &out,
        "--task",
        "sequence-classification",
        "--steps",
        "6",
        "--batch-size",
        "8",
        "--max-length",
        "20",
    ];
    let summary = json(&[&fixed[..], flags].concat());
    (out, summary)
}

fn loss(here: &Path, adapter: &str) -> f64 {
    let (model, data) = (model(), reviews(here));
    let scored = json(&[
        "evaluate",
        "--model",
        &model,
        "--adapter",
        adapter,
        "--data",
        &data,
        "--task",
        "sequence-classification",
    ]);
    scored["loss"].as_f64().unwrap()
}

#[test]
fn what_each_strategy_saves_is_all_it_takes() {
    let here = folder("adapters");
    // Two blocks of width 16, MLP 64; the head has 32.
    let strategies: [(&str, &[&str], u64); 5] = [
        (
            "dora",
            &[
                "--strategy",
                "lora",
                "--use-dora",
                "--rank",
                "2",
                "--target-modules",
                "c_attn",
            ],
            2 * (2 * 64 + 48),
        ),
        ("ia3", &["--strategy", "ia3"], 2 * (48 + 64)),
        (
            "houlsby",
            &[
                "--strategy",
                "adapter",
                "--placement",
                "houlsby",
                "--bottleneck",
                "4",
            ],
            4 * (2 * 64 + 4 + 16),
        ),
        (
            "prompt",
            &["--strategy", "prompt", "--num-virtual-tokens", "3"],
            3 * 16,
        ),
        (
            "prefix",
            &["--strategy", "prefix", "--num-virtual-tokens", "3"],
            2 * 2 * 3 * 16,
        ),
    ];
    for (name, flags, added) in strategies {
        let flags = [flags, &["--learning-rate", "0.05"]].concat();
        let (out, summary) = trained(&here, name, &flags);
        assert_eq!(summary["trainable_parameters"], added + 32, "{name}");
        let after = summary["test"]["after"]["loss"].as_f64().unwrap();
        let before = summary["test"]["before"]["loss"].as_f64().unwrap();
        assert!((loss(&here, &out) - after).abs() < 1e-5, "{name}");
        assert!((before - after).abs() > 1e-3, "{name} did not move");
    }
}

#[test]
fn what_cannot_be_merged_says_why() {
    let here = folder("unmergeable");
    for (strategy, reason) in [("prompt", "before the text"), ("adapter", "nonlinearity")] {
        let (out, _) = trained(
            &here,
            strategy,
            &["--strategy", strategy, "--learning-rate", "0.01"],
        );
        let (model, merged) = (model(), path(&here, "merged"));
        let merge = [
            "merge",
            "--model",
            &model,
            "--adapter",
            &out,
            "--out",
            &merged,
        ];
        fails(&merge, &[reason, "keep it beside the model"]);
    }
}

#[test]
fn adapters_are_switched_and_blended() {
    let here = folder("blend");
    let flags = [
        "--strategy",
        "lora",
        "--rank",
        "2",
        "--learning-rate",
        "0.05",
    ];
    let (one, _) = trained(&here, "one", &[&flags[..], &["--seed", "1"]].concat());
    let (ia3, _) = trained(
        &here,
        "ia3",
        &["--strategy", "ia3", "--learning-rate", "0.05"],
    );
    let model = model();
    let continued = |adapters: &[&str]| {
        let fixed = [
            "generate",
            "--model",
            &model,
            "--prompt",
            "It was",
            "--greedy",
            "--max-new-tokens",
            "12",
        ];
        succeeds(&[&fixed[..], adapters].concat())
    };
    let alone = continued(&["--adapter", &one]);
    let halves = [
        "--adapter",
        &one,
        "--adapter",
        &one,
        "--adapter-weights",
        "0.5,0.5",
    ];
    assert_eq!(continued(&halves), alone);
    let off = ["--adapter", &one, "--adapter-weights", "0"];
    assert_eq!(continued(&off), continued(&[]));

    let fixed = ["generate", "--model", &model, "--prompt", "It was"];
    let wrong = |adapters: &[&str], words: &[&str]| fails(&[&fixed[..], adapters].concat(), words);
    wrong(
        &["--adapter", &one, "--adapter", &ia3],
        &["ia3", "only plain LoRA"],
    );
    wrong(
        &["--adapter", &one, "--adapter-weights", "1,2"],
        &["--adapter-weights has 2 numbers for 1 adapters"],
    );
}

#[test]
fn a_bad_adapter_is_told_apart() {
    let here = folder("bad_adapters");
    let (out, _) = trained(&here, "out", &["--strategy", "lora", "--rank", "2"]);
    let generate = |base: &str, words: &[&str]| {
        fails(
            &[
                "generate",
                "--model",
                base,
                "--adapter",
                &out,
                "--prompt",
                "It",
            ],
            words,
        );
    };
    generate(NANO, &["does not fit this model", "made for", &model()]);

    let weights = Path::new(&out).join("adapter_model.safetensors");
    let mut bytes = std::fs::read(&weights).unwrap();
    let end = bytes.len();
    bytes[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
    std::fs::write(&weights, &bytes).unwrap();
    generate(&model(), &["not a finite number", "tensor `"]);
    std::fs::write(&weights, &bytes[..end / 2]).unwrap();
    generate(&model(), &["adapter_model.safetensors"]);
}
