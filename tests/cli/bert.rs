//! A tiny BERT from the program itself: made, resumed, filled, fine-tuned by every strategy it takes.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value;

use super::support::{TINY, fails, file, folder, json, model, path, reviews, succeeds};

const TEXT: &str = "What a good film it was.\nIt was a bad film, and long.\n";

fn pretrain(corpus: &str, out: &str, more: &[&str]) -> Value {
    let fixed = [
        "pretrain",
        "--objective",
        "mlm",
        "--corpus",
        corpus,
        "--valid",
        corpus,
        "--out",
        out,
        "--vocab-size",
        "274",
    ];
    let told = succeeds(&[&fixed[..], &TINY, more].concat());
    serde_json::from_str(&told).unwrap_or_default()
}

/// Two layers, width 16, 32 positions, 274 tokens with the marks.
fn bert() -> String {
    static BERT: OnceLock<PathBuf> = OnceLock::new();
    let path = BERT.get_or_init(|| {
        let out = folder("bert");
        let corpus = file(&out, "corpus.txt", TEXT.repeat(40));
        let more = [
            "--steps",
            "150",
            "--warmup-steps",
            "10",
            "--learning-rate",
            "0.003",
            "--grow-context",
        ];
        let summary = pretrain(corpus.to_str().unwrap(), out.to_str().unwrap(), &more);
        // A guess among all tokens costs ln 274 = 5.6; how common each is, is soon learnt.
        assert!(
            summary["valid_loss_nats"].as_f64().unwrap() < 3.5,
            "{summary}"
        );
        assert!(
            summary["valid_words_hidden"].as_u64().unwrap() > 100,
            "{summary}"
        );
        out
    });
    path.to_str().unwrap().to_owned()
}

fn finetune(data: &str, out: &str, more: &[&str]) -> Value {
    let model = bert();
    let fixed = [
        "finetune",
        "--model",
        &model,
        "--data",
        data,
        "--out",
        out,
        "--task",
        "sequence-classification",
        "--steps",
        "200",
        "--learning-rate",
        "0.02",
        "--batch-size",
        "8",
    ];
    json(&[&fixed[..], more].concat())
}

fn evaluate(model: &str, adapter: Option<&str>, data: &str) -> Value {
    let fixed = [
        "evaluate",
        "--model",
        model,
        "--data",
        data,
        "--task",
        "sequence-classification",
    ];
    let beside = adapter.map_or(vec![], |adapter| vec!["--adapter", adapter]);
    json(&[&fixed[..], &beside].concat())
}

fn assert_near(a: &Value, b: &Value) {
    let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
    assert!((a - b).abs() < 1e-5, "{a} against {b}");
}

#[test]
fn a_cut_run_goes_on_as_if_never_stopped() {
    let here = folder("bert_resume");
    let corpus = file(&here, "corpus.txt", TEXT.repeat(20));
    let corpus = corpus.to_str().unwrap();
    let (whole, cut) = (path(&here, "whole"), path(&here, "cut"));
    let at_once = pretrain(corpus, &whole, &["--steps", "6"]);
    pretrain(corpus, &cut, &["--steps", "6", "--stop-after", "4"]);
    let resumed = pretrain(corpus, &cut, &["--steps", "6"]);
    assert_eq!(at_once, resumed);
    let weights = |out: &str| std::fs::read(Path::new(out).join("model.safetensors")).unwrap();
    assert_eq!(weights(&whole), weights(&cut));
}

#[test]
fn masks_are_filled() {
    let told = succeeds(&[
        "fill",
        "--model",
        &bert(),
        "--text",
        "What a good [MASK] it [MASK].",
        "--top-k",
        "3",
    ]);
    let lines: Vec<Value> = told
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let masks: Vec<u64> = lines.iter().map(|l| l["mask"].as_u64().unwrap()).collect();
    assert_eq!(masks, [0, 0, 0, 1, 1, 1]);
    assert!(lines[0]["score"].as_f64() >= lines[1]["score"].as_f64());
    assert!(
        lines[0]["sequence"]
            .as_str()
            .unwrap()
            .starts_with("What a good")
    );
}

#[test]
fn lora_stands_on_query_and_value_and_merges() {
    let here = folder("bert_lora");
    let (data, out, merged) = (reviews(&here), path(&here, "out"), path(&here, "merged"));
    let summary = finetune(&data, &out, &["--strategy", "lora", "--rank", "4"]);
    // 2 layers × 2 matrices × 4 × (16 + 16), and a head of 2 × 16 + 2.
    assert_eq!(summary["trainable_parameters"], 2 * 2 * 4 * 32 + 34);
    let (before, after) = (&summary["test"]["before"], &summary["test"]["after"]);
    assert!(before["loss"].as_f64().unwrap() > 0.6);
    assert_eq!(after["accuracy"], 1.0);
    assert_near(
        &evaluate(&bert(), Some(&out), &data)["loss"],
        &after["loss"],
    );
    succeeds(&[
        "merge",
        "--model",
        &bert(),
        "--adapter",
        &out,
        "--out",
        &merged,
    ]);
    assert_near(&evaluate(&merged, None, &data)["loss"], &after["loss"]);
}

#[test]
fn every_other_strategy_trains_and_is_read_back() {
    let here = folder("bert_strategies");
    let data = reviews(&here);
    let mut counts = Vec::new();
    for strategy in ["head", "bitfit", "partial", "full"] {
        let out = path(&here, strategy);
        let summary = finetune(&data, &out, &["--strategy", strategy]);
        counts.push(summary["trainable_parameters"].as_u64().unwrap());
        let again = match strategy {
            "bitfit" => evaluate(&bert(), Some(&out), &data),
            _ => evaluate(&out, None, &data),
        };
        assert_near(&again["loss"], &summary["test"]["after"]["loss"]);
    }
    assert!(counts.is_sorted(), "{counts:?}");
    assert_eq!(counts[0], 34);
}

#[test]
fn what_a_bert_cannot_do_is_said() {
    let here = folder("bert_bad");
    let (data, out, bert) = (reviews(&here), path(&here, "out"), bert());
    let finetune = ["finetune", "--model", &bert, "--data", &data, "--out", &out];
    let classify = ["--task", "sequence-classification"];
    let with =
        |more: &[&'static str]| -> Vec<&str> { [&finetune[..], &classify[..], more].concat() };
    fails(
        &[&finetune[..], &["--task", "causal-lm"]].concat(),
        &["causal-lm", "BERT"],
    );
    fails(
        &with(&["--target-modules", "c_attn"]),
        &["c_attn", "query, key, value and dense"],
    );
    fails(
        &with(&["--max-length", "99"]),
        &["--max-length is 99", "32"],
    );
    fails(&with(&["--strategy", "prefix"]), &["prefix", "GPT-2 only"]);
    fails(&with(&["--regularize", "ewc"]), &["general text", "BERT"]);
    fails(
        &with(&["--gradient-checkpointing"]),
        &["--gradient-checkpointing", "GPT-2 only"],
    );
    fails(
        &["fill", "--model", &bert, "--text", "no hole"],
        &["[MASK]"],
    );
    fails(
        &["fill", "--model", &model(), "--text", "a [MASK]"],
        &["GPT-2", "generate"],
    );
    fails(
        &["generate", "--model", &bert, "--prompt", "a"],
        &["bert", "gpt2"],
    );
    let other = folder("bert_other");
    file(&other, "config.json", r#"{"model_type":"roberta"}"#);
    let other = other.to_str().unwrap();
    fails(
        &["fill", "--model", other, "--text", "a [MASK]"],
        &["roberta", "gpt2 or bert"],
    );
}

/// A run of `task` on data of its own, and the same figures from the adapter read back.
fn learns(here: &Path, task: &str, data: &str, figure: &str) -> Value {
    let (model, out) = (bert(), path(here, task));
    let beside = ["--model", &model, "--data", data, "--task", task];
    let settings = [
        "--steps",
        "600",
        "--learning-rate",
        "0.003",
        "--batch-size",
        "8",
        "--target-modules",
        "all-linear",
    ];
    let summary = json(&[&["finetune", "--out", &out], &beside[..], &settings].concat());
    let after = &summary["test"]["after"];
    let before = summary["test"]["before"]["loss"].as_f64();
    assert!(after["loss"].as_f64() < before, "{summary}");
    let again = json(&[&["evaluate", "--adapter", &out], &beside[..]].concat());
    if task == "masked-lm" {
        // Of running text all is scored, not the last tenth that the run kept apart.
        let untuned = json(&[&["evaluate"], &beside[..]].concat());
        assert!(
            again["loss"].as_f64() < untuned["loss"].as_f64(),
            "{again} {untuned}"
        );
        return after.clone();
    }
    assert_near(&again["loss"], &after["loss"]);
    assert_eq!(again[figure], after[figure], "{again}");
    after.clone()
}

#[test]
fn tags_answers_many_labels_and_hidden_words_are_learnt() {
    let here = folder("bert_tasks");
    let tags = super::tasks::sentences(&here);
    let entities = learns(&here, "token-classification", &tags, "f1");
    assert!(entities["f1"].as_f64() > Some(0.5), "{entities}");
    let questions = super::tasks::questions(&here);
    let answers = learns(&here, "question-answering", &questions, "f1");
    assert!(answers["f1"].as_f64() > Some(0.5), "{answers}");
    let posts = super::tasks::moderation(&here);
    learns(&here, "multi-label-classification", &posts, "micro_f1");
    // Not the text it was pre-trained on, of which there is nothing left to learn.
    let new = "The end was good and the start was bad.\nThen the bad was at the end.\n";
    let text = file(&here, "text.txt", new.repeat(40));
    let text = text.to_str().unwrap();
    learns(&here, "masked-lm", text, "token_accuracy");
}

#[test]
fn forgetting_is_measured_on_hidden_words_and_held_by_remedies() {
    let here = folder("bert_general");
    let data = reviews(&here);
    let text = file(&here, "text.txt", TEXT.repeat(20));
    let text = text.to_str().unwrap();
    let general = |out: &str, more: &[&str]| -> (f64, f64) {
        let told = ["--strategy", "full", "--general", text, "--seed", "1"];
        let summary = finetune(&data, &path(&here, out), &[&told[..], more].concat());
        let of = |when: &str| summary["general"][when].as_f64().unwrap();
        (of("perplexity_before"), of("perplexity_after"))
    };
    let (before, careless) = general("careless", &[]);
    let (same, held) = general("held", &["--replay", "1.0", "--replay-text", text]);
    assert_eq!(before, same);
    let told = format!("{before} {held} {careless}");
    assert!(held < 1.1 * before && careless > 1.5 * before, "{told}");
}
