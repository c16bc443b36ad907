use std::path::Path;

use serde_json::Value;

use super::support::{file, folder, json, model, path, reviews, succeeds};

const CLASSIFY: [&str; 2] = ["--task", "sequence-classification"];

fn metrics(out: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(Path::new(out).join("metrics.jsonl")).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn finetune(data: &str, out: &str, more: &[&str]) -> Value {
    let model = model();
    let fixed = ["finetune", "--model", &model, "--data", data, "--out", out];
    let summary = json(&[&fixed[..], more].concat());
    let written = std::fs::read_to_string(Path::new(out).join("summary.json")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), summary);
    summary
}

fn assert_near(a: &Value, b: &Value) {
    let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
    assert!((a - b).abs() < 1e-5, "{a} against {b}");
}

#[test]
fn lora_is_trained_scored_merged_and_scored_alike() {
    let here = folder("lora");
    let (data, out, merged) = (reviews(&here), path(&here, "out"), path(&here, "merged"));
    let general = file(&here, "general.txt", "It was a film.\n".repeat(20));
    let settings = [
        "--steps",
        "60",
        "--learning-rate",
        "0.02",
        "--rank",
        "4",
        "--batch-size",
        "8",
        "--target-modules",
        "c_attn,mlp.c_proj",
        "--schedule",
        "cosine",
        "--warmup-steps",
        "5",
        "--general",
        general.to_str().unwrap(),
    ];
    let summary = finetune(&data, &out, &[&CLASSIFY[..], &settings[..]].concat());

    // 2 layers × (c_attn 16→48, mlp.c_proj 64→16), rank 4, and a head of 2 × 16.
    assert_eq!(
        summary["trainable_parameters"],
        2 * 4 * (16 + 48 + 64 + 16) + 32
    );
    assert_eq!(summary["test"]["after"]["accuracy"], 1.0);
    assert_eq!(summary["test"]["after"]["examples"], 12);
    assert!(
        summary["validation"]["before"]["loss"].as_f64()
            > summary["validation"]["after"]["loss"].as_f64()
    );
    assert!(summary["general"]["perplexity_after"].as_f64().unwrap() > 1.0);
    let size = std::fs::metadata(path(&here, "out/adapter_model.safetensors"))
        .unwrap()
        .len();
    assert_eq!(summary["bytes_saved"], size);
    let lines = metrics(&out);
    assert_eq!(lines.len(), 60);
    assert_eq!(lines[0]["learning_rate"], 0.0);
    assert!(lines[59]["loss"].as_f64() < lines[0]["loss"].as_f64());
    for field in ["step", "epoch", "grad_norm", "step_millis"] {
        assert!(lines[59][field].as_f64().unwrap() > 0.0, "{field}");
    }

    let model = model();
    let evaluate =
        |model: &[&str]| json(&[&["evaluate", "--data", &data], &CLASSIFY[..], model].concat());
    let adapted = evaluate(&["--model", &model, "--adapter", &out]);
    assert_near(&adapted["loss"], &summary["test"]["after"]["loss"]);
    succeeds(&[
        "merge",
        "--model",
        &model,
        "--adapter",
        &out,
        "--out",
        &merged,
    ]);
    let whole = evaluate(&["--model", &merged]);
    assert_near(&whole["loss"], &adapted["loss"]);
    assert_eq!(whole["labels"], serde_json::json!(["negative", "positive"]));
    assert_eq!(
        evaluate(&["--model", &merged, "--split", "all"])["examples"],
        60
    );

    let generate = |model: &[&str]| {
        succeeds(
            &[
                &["generate", "--prompt", "It was", "--max-new-tokens", "12"],
                model,
            ]
            .concat(),
        )
    };
    let greedy = generate(&["--greedy", "--model", &model, "--adapter", &out]);
    assert!(greedy.starts_with("It was"));
    assert_eq!(greedy, generate(&["--greedy", "--model", &merged]));
    let drawn = [
        "--temperature",
        "0.9",
        "--top-k",
        "20",
        "--top-p",
        "0.95",
        "--seed",
        "3",
        "--model",
        &merged,
    ];
    assert_eq!(generate(&drawn), generate(&drawn));
}

#[test]
fn full_partial_and_head_write_whole_folders() {
    let here = folder("whole");
    let data = reviews(&here);
    let mut trainable = Vec::new();
    for strategy in [
        &["full"][..],
        &["partial", "--freeze-layers", "1"],
        &["head"],
    ] {
        let out = path(&here, strategy[0]);
        let settings = [&CLASSIFY[..], &["--steps", "12", "--strategy"], strategy].concat();
        let summary = finetune(&data, &out, &settings);
        trainable.push(summary["trainable_parameters"].as_u64().unwrap());
        let arguments = [
            &["evaluate", "--model", &out, "--data", &data],
            &CLASSIFY[..],
        ]
        .concat();
        assert_near(&json(&arguments)["loss"], &summary["test"]["after"]["loss"]);
    }
    assert!(trainable[0] > trainable[1] && trainable[1] > trainable[2]);
    assert_eq!(trainable[2], 32);
}

#[test]
fn a_run_repeats_and_another_file_may_be_measured_on() {
    let here = folder("repeat");
    let data = reviews(&here);
    let eval = file(
        &here,
        "eval.jsonl",
        "{\"text\":\"a good film\",\"label\":\"positive\"}\n",
    );
    let run = |out: &str| {
        let settings = [
            "--epochs",
            "1",
            "--dropout",
            "0.1",
            "--eval",
            eval.to_str().unwrap(),
        ];
        let summary = finetune(
            &data,
            &path(&here, out),
            &[&CLASSIFY[..], &settings[..]].concat(),
        );
        assert_eq!(summary["test"]["after"]["examples"], 1);
        metrics(&path(&here, out))
            .iter()
            .map(|m| m["loss"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(run("first"), run("second"));
}

#[test]
fn a_language_model_is_tuned_and_measured() {
    let here = folder("language");
    let text = file(
        &here,
        "text.txt",
        "A bad film is a long film.\n\n".repeat(60),
    );
    let (text, out) = (text.to_str().unwrap(), path(&here, "out"));
    let settings = [
        "--task",
        "causal-lm",
        "--steps",
        "30",
        "--learning-rate",
        "0.02",
    ];
    let summary = finetune(text, &out, &settings);
    let loss = |when: &str| summary["test"][when]["loss"].as_f64().unwrap();
    assert!(loss("after") < loss("before"));
    let model = model();
    let evaluated = json(&[
        "evaluate",
        "--model",
        &model,
        "--adapter",
        &out,
        "--data",
        text,
        "--task",
        "causal-lm",
    ]);
    let perplexity = evaluated["perplexity"].as_f64().unwrap();
    assert!((evaluated["loss"].as_f64().unwrap().exp() - perplexity).abs() < 1e-6 * perplexity);
}

#[test]
fn bitfit_saves_its_biases_alone_and_they_are_all_it_takes() {
    let here = folder("bitfit");
    let (data, out, merged) = (reviews(&here), path(&here, "out"), path(&here, "merged"));
    let settings = [
        "--strategy",
        "bitfit",
        "--steps",
        "60",
        "--learning-rate",
        "0.01",
        "--batch-size",
        "8",
    ];
    let summary = finetune(&data, &out, &[&CLASSIFY[..], &settings[..]].concat());

    // 2 layers × (ln_1 16, c_attn 48, c_proj 16, ln_2 16, c_fc 64, c_proj 16), ln_f 16, and a head of 2 × 16.
    let trained = 2 * (16 + 48 + 16 + 16 + 64 + 16) + 16 + 32;
    assert_eq!(summary["trainable_parameters"], trained);
    assert!(summary["bytes_saved"].as_u64().unwrap() < 8 * trained + 4096);
    assert!(
        summary["test"]["after"]["loss"].as_f64() < summary["test"]["before"]["loss"].as_f64(),
        "{summary}"
    );

    let model = model();
    let evaluate =
        |model: &[&str]| json(&[&["evaluate", "--data", &data], &CLASSIFY[..], model].concat());
    let adapted = evaluate(&["--model", &model, "--adapter", &out]);
    assert_near(&adapted["loss"], &summary["test"]["after"]["loss"]);
    let merging = ["merge", "--model", &model, "--adapter", &out];
    succeeds(&[&merging[..], &["--out", &merged]].concat());
    assert_near(&evaluate(&["--model", &merged])["loss"], &adapted["loss"]);
}
