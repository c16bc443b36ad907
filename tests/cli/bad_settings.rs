//! Settings that cannot be: one clear line each.

use super::support::{fails, folder, model, path, reviews};

fn fails_with(settings: &[&str], words: &[&str]) {
    let here = folder(&format!(
        "settings{}",
        settings.join("_").replace(['/', ' '], "")
    ));
    let (model, data, out) = (model(), reviews(&here), path(&here, "out"));
    let fixed = [
        "finetune", "--model", &model, "--data", &data, "--out", &out,
    ];
    let task = ["--task", "sequence-classification"];
    let task = if settings.contains(&"--task") {
        &[][..]
    } else {
        &task[..]
    };
    fails(&[&fixed[..], task, settings].concat(), words);
}

#[test]
fn the_tied_head_is_no_target() {
    fails_with(
        &["--target-modules", "c_attn,lm_head"],
        &["lm_head", "token embedding"],
    );
}

#[test]
fn what_is_planned_is_told_from_what_is_unknown() {
    fails_with(
        &["--task", "masked-lm"],
        &["masked-lm", "a GPT-2 fills no masks", "causal-lm"],
    );
    fails_with(&["--strategy", "magic"], &["magic", "possible values"]);
    fails_with(&["--device", "tpu"], &["tpu", "cpu, webgpu"]);
}

#[test]
fn strategies_that_do_not_fit_the_model() {
    fails_with(&["--target-modules", "q_proj"], &["q_proj", "c_attn"]);
    fails_with(&["--rank", "0"], &["rank", "at least 1"]);
    fails_with(&["--rank", "17"], &["rank 17", "at most 16"]);
    fails_with(
        &["--strategy", "partial", "--freeze-layers", "3"],
        &["3 frozen blocks", "has 2"],
    );
    fails_with(&["--task", "causal-lm", "--strategy", "head"], &["head"]);
    fails_with(
        &["--strategy", "ia3", "--target-modules", "c_attn"],
        &["--feedforward-modules", "mlp.c_proj", "c_attn"],
    );
    fails_with(
        &["--strategy", "adapter", "--bottleneck", "17"],
        &["bottleneck of 17", "at most 16"],
    );
    fails_with(
        &["--strategy", "adapter", "--bottleneck", "0"],
        &["bottleneck", "at least 1"],
    );
    fails_with(
        &["--strategy", "prompt", "--num-virtual-tokens", "4000"],
        &["4000 virtual tokens", "positions"],
    );
    fails_with(
        &[
            "--strategy",
            "prefix",
            "--num-virtual-tokens",
            "8",
            "--max-length",
            "30",
        ],
        &["--max-length is 30", "beside 8 virtual ones"],
    );
}

#[test]
fn numbers_out_of_range() {
    fails_with(&["--learning-rate", "NaN"], &["learning rate", "above 0"]);
    fails_with(&["--learning-rate", "0"], &["learning rate"]);
    fails_with(&["--steps", "0"], &["steps"]);
    fails_with(&["--steps", "many"], &["many", "--steps"]);
    fails_with(&["--epochs", "0"], &["--epochs"]);
    fails_with(&["--batch-size", "0"], &["--batch-size"]);
    fails_with(
        &["--max-length", "33"],
        &["--max-length is 33", "at most 32"],
    );
    fails_with(&["--max-length", "0"], &["--max-length"]);
    fails_with(&["--warmup-ratio", "2"], &["--warmup-ratio"]);
    fails_with(
        &["--warmup-ratio", "0.1", "--warmup-steps", "3"],
        &["cannot be used with"],
    );
}

#[test]
fn the_loop_and_the_remedies() {
    fails_with(&["--replay", "1.5"], &["replay is 1.5", "from 0 to 1"]);
    fails_with(&["--layer-wise-lr-decay", "0"], &["decay is 0", "above 0"]);
    fails_with(
        &["--regularize", "l2sp", "--l2sp-alpha=-1"],
        &["L2-SP alpha is -1", "from 0 up"],
    );
    fails_with(
        &["--strategy", "head", "--regularize", "ewc"],
        &["EWC", "head-only"],
    );
    fails_with(
        &["--gradient-accumulation-steps", "0"],
        &["accumulation is 0", "at least 1"],
    );
    fails_with(&["--load-best-model-at-end"], &["--eval-steps"]);
    fails_with(
        &["--early-stopping-patience", "2"],
        &["validation loss", "--eval-steps"],
    );
}

#[test]
fn other_commands() {
    let model = model();
    let generate = ["generate", "--model", &model, "--prompt", "a"];
    fails(
        &[&generate[..], &["--temperature", "0"]].concat(),
        &["--temperature", "--greedy"],
    );
    fails(&[&generate[..], &["--top-p", "1.5"]].concat(), &["--top-p"]);
    fails(&["generate", "--model", &model], &["--prompt"]);
    fails(&["bench", "--workload", "W3"], &["W3", "W1, W2"]);
    fails(
        &["bench", "--workload", "W1", "--weights", "/nowhere"],
        &["/nowhere/params.json"],
    );
    fails(&["fine-tune"], &["fine-tune"]);
    fails(
        &[
            "finetune",
            "--model",
            &model,
            "--data",
            "x.csv",
            "--task",
            "causal-lm",
            "--out",
            &model,
        ],
        &["choose another"],
    );
}
