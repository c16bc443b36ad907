//! Tags of words, answers in texts, many labels, completions: trained, saved, scored, merged and scored alike.

use std::path::Path;

use serde_json::{Value, json};

use super::support::{fails, file, folder, json, model, path, reviews, succeeds};

const TAGS: [&str; 2] = ["--task", "token-classification"];
const ANSWERS: [&str; 2] = ["--task", "question-answering"];
const MANY: [&str; 2] = ["--task", "multi-label-classification"];
const WORDS: [&str; 2] = ["--task", "causal-lm"];
const QUICK: [&str; 6] = [
    "--steps",
    "80",
    "--learning-rate",
    "0.02",
    "--batch-size",
    "8",
];

fn split(i: usize) -> &'static str {
    ["train", "train", "train", "validation", "test"][i % 5]
}

/// A name of one word or two, and a place. What a word is must show in what stands before it, since its first
/// token is often no more than the space that it begins with.
pub fn sentences(here: &Path) -> String {
    let lines = (0..60).map(|i| {
        let (name, tags) = match i % 2 {
            0 => (json!(["Eve"]), json!(["B-PER"])),
            _ => (json!(["Ada", "Bo"]), json!(["B-PER", "I-PER"])),
        };
        let list = |a: &Value, b: Value| {
            [a.as_array().unwrap().clone(), b.as_array().unwrap().clone()].concat()
        };
        let place = ["Rome", "Oslo", "Lyon"][i % 3];
        let tokens = list(&name, json!(["is", "in", place, "."]));
        let tags = list(&tags, json!(["O", "O", "B-LOC", "O"]));
        json!({ "tokens": tokens, "ner_tags": tags, "split": split(i) }).to_string()
    });
    written(here, "ner.jsonl", lines)
}

/// Who a film is by; some texts are longer than the model reads.
pub fn questions(here: &Path) -> String {
    let lines = (0..60).map(|i| {
        let name = ["Ada", "Bo", "Eve"][i % 3];
        let more = if i % 4 == 0 { " And a long film it was, and a good one, and then a bad one." } else { "" };
        let context = format!("film by {name}.{more}");
        let answers = json!({ "text": [name], "answer_start": [8] });
        let row = json!({ "id": i.to_string(), "question": "Who?", "context": context, "answers": answers, "split": split(i) });
        row.to_string()
    });
    written(here, "qa.jsonl", lines)
}

fn written(here: &Path, name: &str, lines: impl Iterator<Item = String>) -> String {
    let text: Vec<String> = lines.collect();
    let path = file(here, name, text.join("\n"));
    path.to_str().unwrap().to_owned()
}

pub fn moderation(here: &Path) -> String {
    let rows = (0..60).map(|i| {
        let (text, labels) = [
            ("It was a bad film", "bad"),
            ("It was a long film", "long"),
            ("It was a bad and long film", "bad;long"),
            ("It was a film", ""),
        ][i % 4];
        format!("{text},{labels},{}", split(i / 4))
    });
    let header = "text,labels,split".to_owned();
    written(here, "moderation.csv", std::iter::once(header).chain(rows))
}

/// Two prompts, each with the one right completion.
fn prompts(here: &Path) -> String {
    let rows = (0..40).map(|i| {
        let (prompt, completion) = [("Good?", "It was."), ("Bad?", "And long.")][i % 2];
        format!("{prompt},{completion},{}", split(i / 2))
    });
    let header = "prompt,completion,split".to_owned();
    written(here, "prompts.csv", std::iter::once(header).chain(rows))
}

fn finetune(data: &str, out: &str, task: &[&str], more: &[&str]) -> Value {
    let model = model();
    let fixed = ["finetune", "--model", &model, "--data", data, "--out", out];
    json(&[&fixed[..], task, more].concat())
}

fn evaluate(data: &str, task: &[&str], more: &[&str]) -> Value {
    json(&[&["evaluate", "--data", data], task, more].concat())
}

fn near(a: &Value, b: &Value) {
    let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
    assert!((a - b).abs() < 1e-5, "{a} against {b}");
}

/// Trains, then scores the adapter and the merged model, which must agree; the test split's metrics.
fn round_trip(here: &Path, data: &str, task: &[&str], architecture: &str) -> Value {
    let (out, merged) = (path(here, "out"), path(here, "merged"));
    let summary = finetune(data, &out, task, &QUICK);
    let after = &summary["test"]["after"];
    let before = summary["test"]["before"]["loss"].as_f64();
    assert!(after["loss"].as_f64() < before, "{summary}");
    let model = model();
    let adapted = evaluate(data, task, &["--model", &model, "--adapter", &out]);
    near(&adapted["loss"], &after["loss"]);
    let merging = [
        "merge",
        "--model",
        &model,
        "--adapter",
        &out,
        "--out",
        &merged,
    ];
    succeeds(&merging);
    let whole = evaluate(data, task, &["--model", &merged]);
    near(&whole["loss"], &adapted["loss"]);
    let config = std::fs::read_to_string(path(here, "merged/config.json")).unwrap();
    assert!(config.contains(architecture), "{config}");
    succeeds(&[
        "generate",
        "--model",
        &model,
        "--adapter",
        &out,
        "--prompt",
        "It was",
        "--greedy",
        "--max-new-tokens",
        "3",
    ]);
    after.clone()
}

fn adapter_config(here: &Path) -> Value {
    let text = std::fs::read_to_string(path(here, "out/adapter_config.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn tags_are_learnt_and_entities_counted() {
    let here = folder("tags");
    let metrics = round_trip(
        &here,
        &sentences(&here),
        &TAGS,
        "GPT2ForTokenClassification",
    );
    assert_eq!(
        (&metrics["f1"], &metrics["accuracy"]),
        (&json!(1.0), &json!(1.0))
    );
    assert_eq!(metrics["labels"], json!(["B-LOC", "B-PER", "I-PER", "O"]));
    assert_eq!(metrics["by_type"]["PER"]["support"], 12);
    assert_eq!(
        (&metrics["words"], &metrics["cut_words"]),
        (&json!(66), &json!(0))
    );
    let config = adapter_config(&here);
    assert_eq!(config["task_type"], "TOKEN_CLS");
    assert_eq!(config["modules_to_save"], json!(["classifier", "score"]));
}

#[test]
fn answers_are_found_in_windows() {
    let here = folder("answers");
    let metrics = round_trip(
        &here,
        &questions(&here),
        &ANSWERS,
        "GPT2ForQuestionAnswering",
    );
    assert_eq!(
        (&metrics["exact_match"], &metrics["f1"]),
        (&json!(1.0), &json!(1.0))
    );
    assert_eq!(
        (&metrics["questions"], &metrics["cut_questions"]),
        (&json!(12), &json!(0))
    );
    assert!(metrics["windows"].as_u64() > Some(12), "{metrics}");
    assert_eq!(
        adapter_config(&here)["modules_to_save"],
        json!(["qa_outputs"])
    );
}

#[test]
fn many_labels_are_given_each_by_itself() {
    let here = folder("many");
    let data = moderation(&here);
    let metrics = round_trip(&here, &data, &MANY, "multi_label_classification");
    assert_eq!(
        (&metrics["micro_f1"], &metrics["macro_f1"]),
        (&json!(1.0), &json!(1.0))
    );
    assert_eq!(
        metrics["confusion"],
        json!([[[6, 0], [0, 6]], [[6, 0], [0, 6]]])
    );
    assert_eq!(adapter_config(&here)["task_type"], "SEQ_CLS");
    let merged = path(&here, "merged");
    let single = ["--task", "sequence-classification", "--data", &data];
    fails(
        &[&["evaluate", "--model", &merged], &single[..]].concat(),
        &["trained for multi-label-classification"],
    );
}

#[test]
fn completions_are_learnt_and_said() {
    let here = folder("completions");
    let (data, out) = (prompts(&here), path(&here, "full"));
    round_trip(&here, &data, &WORDS, "GPT2LMHeadModel");
    let settings = [&["--strategy", "full"], &QUICK[..]].concat();
    let summary = finetune(&data, &out, &WORDS, &settings);
    let after = &summary["test"]["after"];
    assert_eq!(after["token_accuracy"], 1.0, "{summary}");
    let found = evaluate(&data, &WORDS, &["--model", &out]);
    near(&found["perplexity"], &after["perplexity"]);
    let prompt = ["--prompt", "Bad?", "--greedy", "--max-new-tokens", "20"];
    let said = succeeds(&[&["generate", "--model", &out], &prompt[..]].concat());
    assert_eq!(said.trim_end(), "Bad? And long.");
}

#[test]
fn every_strategy_saves_a_head_that_is_found_again() {
    let here = folder("task_strategies");
    let data = sentences(&here);
    let model = model();
    for strategy in ["full", "partial", "head", "bitfit"] {
        let out = path(&here, strategy);
        let summary = finetune(
            &data,
            &out,
            &TAGS,
            &["--steps", "6", "--strategy", strategy],
        );
        let found = match strategy {
            "bitfit" => evaluate(&data, &TAGS, &["--model", &model, "--adapter", &out]),
            _ => evaluate(&data, &TAGS, &["--model", &out]),
        };
        near(&found["loss"], &summary["test"]["after"]["loss"]);
        if strategy == "head" {
            // Four tags, width 16, and a bias.
            assert_eq!(summary["trainable_parameters"], 4 * 16 + 4);
        }
    }
}

#[test]
fn rare_classes_can_count_as_much_as_frequent_ones() {
    let here = folder("weights");
    let balanced = ["--class-weights", "balanced", "--steps", "2"];
    let run = |data: &str, out: &str, task: &[&str]| {
        let summary = finetune(data, &path(&here, out), task, &balanced);
        summary["train"]["class_weights"].clone()
    };
    let csv =
        "text,label,split\ngood,a,train\nfilm,a,train\nlong,a,train\nbad,b,train\nbad,b,test\n";
    let data = file(&here, "x.csv", csv);
    let single = ["--task", "sequence-classification"];
    let near = |found: Value, expected: &[f64]| {
        let found: Vec<f64> = serde_json::from_value(found).unwrap();
        let pairs = found.iter().zip(expected);
        assert_eq!(found.len(), expected.len());
        pairs.for_each(|(a, b)| assert!((a - b).abs() < 1e-6, "{found:?}"));
    };
    near(
        run(data.to_str().unwrap(), "single", &single),
        &[4.0 / 6.0, 2.0],
    );
    // 36 sentences to train on, 18 of them with a second name: 36 places, 36 first names, 18 second ones, 108 others.
    let words = 198.0;
    let expected = [36.0, 36.0, 18.0, 108.0].map(|n| words / (4.0 * n));
    near(run(&sentences(&here), "tags", &TAGS), &expected);
    near(run(&moderation(&here), "many", &MANY), &[1.0, 1.0]);
}

#[test]
fn what_makes_no_sense_is_refused_with_the_reason() {
    let here = folder("senseless");
    let (model, out) = (model(), path(&here, "out"));
    let (questions, prompts) = (questions(&here), prompts(&here));
    let run = |data: &str, task: &[&str], more: &[&str], words: &[&str]| {
        let fixed = ["finetune", "--model", &model, "--data", data, "--out", &out];
        fails(&[&fixed[..], task, more].concat(), words);
    };
    let balanced = ["--class-weights", "balanced"];
    run(
        &questions,
        &ANSWERS,
        &balanced,
        &["--class-weights", "places in a text"],
    );
    run(
        &prompts,
        &WORDS,
        &balanced,
        &["--class-weights", "words themselves"],
    );
    run(
        &prompts,
        &WORDS,
        &["--strategy", "head"],
        &["head of its own"],
    );
    run(
        &questions,
        &ANSWERS,
        &["--doc-stride", "40"],
        &["--doc-stride is 40", "below"],
    );
    run(
        &prompts,
        &WORDS,
        &["--max-length", "3"],
        &["nothing to train on", "--max-length 3"],
    );
    run(&prompts, &TAGS, &[], &[".jsonl"]);
    run(&questions, &TAGS, &[], &["line 1", "`tokens`"]);
    run(&reviews(&here), &MANY, &[], &["no column `labels`"]);
    let scoring = [
        "evaluate",
        "--model",
        &model,
        "--data",
        &questions,
        "--task",
        "question-answering",
    ];
    fails(&scoring, &["no head for question-answering", "qa_outputs"]);
}

#[test]
fn another_file_may_be_measured_on() {
    let here = folder("eval_tags");
    let data = sentences(&here);
    let other = written(
        &here,
        "other.jsonl",
        std::iter::once(
            json!({ "tokens": ["Eve", "left"], "ner_tags": ["B-PER", "O"] }).to_string(),
        ),
    );
    let more = ["--steps", "1", "--eval", &other];
    let summary = finetune(&data, &path(&here, "out"), &TAGS, &more);
    assert_eq!(summary["test"]["after"]["words"], 2);
    let unknown = written(
        &here,
        "unknown.jsonl",
        std::iter::once(json!({ "tokens": ["May"], "ner_tags": ["B-DATE"] }).to_string()),
    );
    let (model, out) = (model(), path(&here, "out2"));
    let fixed = [
        "finetune", "--model", &model, "--data", &data, "--out", &out,
    ];
    fails(
        &[&fixed[..], &TAGS, &["--eval", &unknown]].concat(),
        &["unknown.jsonl", "`B-DATE`", "B-PER"],
    );
}
