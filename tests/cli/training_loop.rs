//! How runs go and end: evaluation, early stopping, divergence, remedies, a sweep.

use serde_json::Value;

use super::support::{folder, model, path, reviews, succeeds, warmup};

/// A full run on the tiny reviews; its exit code, standard error and folder.
fn finetune(name: &str, settings: &[&str]) -> (Option<i32>, String, String) {
    let here = folder(name);
    let (model, data, out) = (model(), reviews(&here), path(&here, "out"));
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
        "--strategy",
        "full",
        "--batch-size",
        "4",
    ];
    let output = warmup(&[&fixed[..], settings].concat(), "");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), told, out)
}

fn json_file(path: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn lines(out: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(format!("{out}/metrics.jsonl")).unwrap();
    text.lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect()
}

#[test]
fn a_diverged_run_says_why_and_leaves_weights_that_work() {
    let settings = [
        "--learning-rate",
        "1e30",
        "--warmup-steps",
        "0",
        "--steps",
        "6",
    ];
    let (code, told, out) = finetune("diverged", &settings);
    assert_eq!(code, Some(3), "{told}");
    for word in [
        "diverged",
        "at step 2",
        "learning rate",
        "warmup",
        "after 0 steps",
    ] {
        assert!(told.contains(word), "{word}: {told}");
    }
    let summary = json_file(&format!("{out}/summary.json"));
    assert_eq!(
        (&summary["diverged_at"], &summary["kept_after"]),
        (&1.into(), &0.into())
    );
    assert!(summary["test"]["after"]["loss"].is_number());
    succeeds(&[
        "generate",
        "--model",
        &out,
        "--prompt",
        "a",
        "--max-new-tokens",
        "2",
    ]);
}

#[test]
fn patience_ends_a_run_at_the_best_weights() {
    let settings = [
        "--learning-rate",
        "0.3",
        "--warmup-steps",
        "0",
        "--steps",
        "80",
        "--eval-steps",
        "2",
        "--early-stopping-patience",
        "3",
        "--load-best-model-at-end",
    ];
    let (code, told, out) = finetune("patience", &settings);
    assert_eq!(code, Some(0), "{told}");
    let summary = json_file(&format!("{out}/summary.json"));
    let lines = lines(&out);
    let evaluations = lines.iter().filter_map(|line| line["eval_loss"].as_f64());
    let lowest = evaluations.fold(f64::INFINITY, f64::min);
    assert_eq!(summary["best_eval_loss"].as_f64(), Some(lowest));
    assert_eq!(
        summary["validation"]["after"]["loss"].as_f64(),
        Some(lowest)
    );
    let best = summary["best_step"].as_u64().unwrap();
    assert_eq!(summary["stopped_early_after"].as_u64(), Some(best + 6));
}

#[test]
fn every_remedy_at_once() {
    let settings = [
        "--steps",
        "5",
        "--gradient-accumulation-steps",
        "2",
        "--regularize",
        "l2sp,ewc",
        "--ewc-samples",
        "3",
        "--replay",
        "0.5",
        "--layer-wise-lr-decay",
        "0.8",
    ];
    let (code, told, out) = finetune("remedies", &settings);
    assert_eq!(code, Some(0), "{told}");
    let lines = lines(&out);
    assert_eq!(lines.len(), 5);
    assert!(
        lines
            .iter()
            .all(|line| line["remedy_loss"].as_f64() > Some(0.0))
    );
    let summary = json_file(&format!("{out}/summary.json"));
    assert_eq!(
        summary["settings"]["remedies"]["replay"].as_f64(),
        Some(0.5)
    );
}

#[test]
fn a_sweep_has_a_row_for_every_combination() {
    let here = folder("sweep");
    let (model, data, out) = (model(), reviews(&here), path(&here, "out"));
    let arguments = [
        "sweep",
        "--out",
        &out,
        "--grid",
        "strategy=full,lora",
        "--grid",
        "remedy=none,llrd:0.5",
        "--",
        "--model",
        &model,
        "--data",
        &data,
        "--task",
        "sequence-classification",
        "--steps",
        "2",
        "--rank",
        "2",
        "--general",
        &data,
    ];
    let told = succeeds(&arguments);
    assert!(told.contains("strategy=lora remedy=llrd:0.5"), "{told}");
    let table = std::fs::read_to_string(format!("{out}/sweep.csv")).unwrap();
    assert_eq!(table.lines().count(), 5, "{table}");
    let rows = std::fs::read_to_string(format!("{out}/sweep.jsonl")).unwrap();
    let last: Value = serde_json::from_str(rows.lines().last().unwrap()).unwrap();
    assert_eq!(last["remedy"], "llrd:0.5");
    assert!(last["perplexity_after"].as_f64() > Some(1.0), "{last}");
    assert!(!std::path::Path::new(&format!("{out}/004/adapter_model.safetensors")).exists());

    // Going on: what is finished stands, to the millisecond; what is not is made.
    std::fs::remove_file(format!("{out}/004/flags.json")).unwrap();
    succeeds(&arguments);
    let again = std::fs::read_to_string(format!("{out}/sweep.jsonl")).unwrap();
    let same = rows.lines().zip(again.lines()).map(|(a, b)| a == b);
    assert_eq!(same.collect::<Vec<_>>(), [true, true, true, false]);

    let wrong = warmup(
        &[
            "sweep",
            "--out",
            &out,
            "--grid",
            "strategy=magic",
            "--",
            "--model",
            &model,
            "--data",
            &data,
            "--task",
            "sequence-classification",
        ],
        "",
    );
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("strategy=magic"));
}

#[test]
fn gradient_checkpointing_changes_no_number_and_the_peak_of_memory_is_told() {
    let losses = |name: &str, more: &[&str]| {
        let settings = [&["--steps", "5", "--seed", "3"], more].concat();
        let (code, told, out) = finetune(name, &settings);
        assert_eq!(code, Some(0), "{told}");
        let summary = json_file(&format!("{out}/summary.json"));
        assert!(summary["peak_memory_bytes"].as_u64().unwrap() > 100_000);
        let losses = lines(&out);
        let losses = losses.iter().map(|line| line["loss"].as_f64().unwrap());
        (summary, losses.collect::<Vec<f64>>())
    };
    let (plain, expected) = losses("checkpointing_off", &[]);
    let (summary, ours) = losses("checkpointing_on", &["--gradient-checkpointing"]);
    assert_eq!(expected.len(), 5);
    for (a, b) in ours.iter().zip(&expected) {
        assert!((a - b).abs() < 1e-6, "{ours:?} {expected:?}");
    }
    let setting = |summary: &Value| summary["settings"]["gradient_checkpointing"].clone();
    assert_eq!(
        (setting(&plain), setting(&summary)),
        (Value::Null, true.into())
    );
    let after = |summary: &Value| summary["test"]["after"]["loss"].as_f64().unwrap();
    assert!((after(&plain) - after(&summary)).abs() < 1e-5);
}
