//! A tiny model made by the program itself, and the running of it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// An empty folder of this name.
pub fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("cli")
        .join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

pub fn file(folder: &Path, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path
}

pub fn warmup(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_warmup"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that fails at once may have closed its input already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// Standard output of a run that went well.
pub fn succeeds(arguments: &[&str]) -> String {
    let output = warmup(arguments, "");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {complaint}");
    String::from_utf8(output.stdout).unwrap()
}

pub fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&succeeds(arguments)).unwrap()
}

/// The one line in which a run says what is wrong; it must hold all of `words`.
pub fn fails(arguments: &[&str], words: &[&str]) {
    fails_on(arguments, "", words);
}

pub fn fails_on(arguments: &[&str], input: &str, words: &[&str]) {
    let output = warmup(arguments, input);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        matches!(output.status.code(), Some(1 | 2)),
        "{arguments:?}: {:?}: {said}",
        output.status
    );
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with("warmup: "), "{said}");
    for word in words {
        assert!(said.contains(word), "`{word}` is not in: {said}");
    }
}

/// The shape of the models that tests pre-train.
pub const TINY: [&str; 10] = [
    "--context",
    "32",
    "--layers",
    "2",
    "--heads",
    "2",
    "--width",
    "16",
    "--batch-size",
    "4",
];

/// Two layers, width 16, 32 positions, 270 tokens.
pub fn model() -> String {
    static MODEL: OnceLock<PathBuf> = OnceLock::new();
    let path = MODEL.get_or_init(|| {
        let out = folder("model");
        let text = "What a good film it was.\nIt was a bad film, and long.\n".repeat(40);
        let corpus = file(&out, "corpus.txt", text);
        let corpus = corpus.to_str().unwrap();
        let files = [
            "pretrain",
            "--corpus",
            corpus,
            "--valid",
            corpus,
            "--out",
            out.to_str().unwrap(),
        ];
        let sizes = ["--vocab-size", "270", "--steps", "2"];
        succeeds(&[&files[..], &sizes, &TINY].concat());
        out
    });
    path.to_str().unwrap().to_owned()
}

/// Reviews that one word decides, with a column `split` and one of ten marked hard.
pub fn reviews(folder: &Path) -> String {
    let mut csv = String::from("text,label,split,hard\n");
    for i in 0..60 {
        let good = i % 2 == 0;
        let (word, label) = if good {
            ("good", "positive")
        } else {
            ("bad", "negative")
        };
        let split = ["train", "train", "train", "validation", "test"][i / 2 % 5];
        let hard = if i % 10 == 0 { "irony" } else { "" };
        csv += &format!("\"It was a {word} film, number {i}\",{label},{split},{hard}\n");
    }
    file(folder, "reviews.csv", csv)
        .to_str()
        .unwrap()
        .to_owned()
}

pub fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}
