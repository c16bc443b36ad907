use super::support::{fails_on, model, warmup};

#[test]
fn a_string_a_line_gives_ids_and_offsets_a_line() {
    let output = warmup(
        &["encode", "--tokenizer", &model()],
        "\"a film\"\n\"caf\u{e9}\\n\"\n\"\"\n",
    );
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 3);
    let last = lines[0]["offsets"].as_array().unwrap().last().unwrap();
    assert_eq!(last[1], 6);
    assert_eq!(
        lines[0]["ids"].as_array().unwrap().len(),
        lines[0]["offsets"].as_array().unwrap().len()
    );
    assert_eq!(
        lines[1]["offsets"].as_array().unwrap().last().unwrap()[1],
        5,
        "in code points"
    );
    assert_eq!(lines[2]["ids"], serde_json::json!([]));
}

#[test]
fn a_line_that_is_no_json_string_is_named() {
    let encode = ["encode", "--tokenizer", &model()];
    fails_on(
        &encode,
        "\"fine\"\nnot quoted\n",
        &["line 2", "JSON string"],
    );
    fails_on(&encode, "{\"text\":\"a\"}\n", &["line 1"]);
    fails_on(&["encode", "--tokenizer", "/nowhere"], "", &["/nowhere"]);
}
