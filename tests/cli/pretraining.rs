//! What a GPT-2's pre-training begins with, and in what windows it reads.

use std::path::Path;

use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView, serialize_to_file};
use serde_json::Value;

use super::support::{TINY, fails, file, folder, json, path, succeeds};

const VOCABULARY: usize = 270;
const WIDTH: usize = 16;
const TEXT: &str = "What a good film it was.\nIt was a bad film, and long.\n";

/// The command line of a run into this folder.
fn flags(here: &Path, out: &str, more: &[&str]) -> Vec<String> {
    let corpus = file(here, "corpus.txt", TEXT.repeat(40));
    let (corpus, out) = (corpus.to_str().unwrap(), path(here, out));
    let vocabulary = VOCABULARY.to_string();
    let files = ["pretrain", "--corpus", corpus, "--valid", corpus];
    let own = ["--out", &out, "--vocab-size", &vocabulary];
    let all = [&files[..], &own, &TINY, more].concat();
    all.into_iter().map(str::to_owned).collect()
}

fn borrowed(flags: &[String]) -> Vec<&str> {
    flags.iter().map(String::as_str).collect()
}

fn pretrain(here: &Path, out: &str, more: &[&str]) -> Value {
    json(&borrowed(&flags(here, out, more)))
}

fn refused(here: &Path, more: &[&str], words: &[&str]) {
    fails(&borrowed(&flags(here, "refused", more)), words);
}

/// A file with one tensor of float16 numbers between 1/32 and 1/16; its path and its bytes.
fn embeddings(here: &Path, tensor: &str, shape: [usize; 2]) -> (String, Vec<u8>) {
    let count = (shape[0] * shape[1]) as u16;
    let numbers = (0..count).flat_map(|i| (0x2800 + i % 1024).to_le_bytes());
    let bytes: Vec<u8> = numbers.collect();
    let path = path(here, "embeddings.safetensors");
    let view = TensorView::new(Dtype::F16, shape.to_vec(), &bytes).unwrap();
    serialize_to_file([(tensor, view)], None, Path::new(&path)).unwrap();
    (path, bytes)
}

#[test]
fn a_run_begins_with_the_embeddings_and_reads_them_once() {
    let here = folder("pretrain_embeddings");
    let (path, given) = embeddings(&here, "wte.weight", [VOCABULARY, WIDTH]);
    // At this rate two steps move no weight by as much as float32 can tell.
    let begun = ["--embeddings", &path, "--learning-rate", "1e-9"];
    let all = [&begun[..], &["--steps", "2"]].concat();
    let cut = [&all[..], &["--stop-after", "1"]].concat();
    succeeds(&borrowed(&flags(&here, "out", &cut)));
    std::fs::remove_file(&path).unwrap();
    let summary = pretrain(&here, "out", &all);
    assert_eq!(summary["settings"]["embeddings"], path.as_str());
    let bytes = std::fs::read(here.join("out/model.safetensors")).unwrap();
    let written = SafeTensors::deserialize(&bytes).unwrap();
    let words = written.tensor("transformer.wte.weight").unwrap();
    assert_eq!(words.shape(), [VOCABULARY, WIDTH]);
    assert!(words.data() == given);
}

#[test]
fn embeddings_that_do_not_fit_are_refused() {
    let here = folder("pretrain_misfits");
    let gone = path(&here, "gone.safetensors");
    refused(&here, &["--embeddings", &gone], &["gone.safetensors"]);
    let text = file(&here, "text.safetensors", TEXT);
    refused(
        &here,
        &["--embeddings", text.to_str().unwrap()],
        &["text.safetensors", "no safetensors file"],
    );
    let (other, _) = embeddings(&here, "wpe.weight", [VOCABULARY, WIDTH]);
    refused(
        &here,
        &["--embeddings", &other],
        &["`wte.weight`", "[270, 16]", "none of that name"],
    );
    let (narrow, _) = embeddings(&here, "wte.weight", [VOCABULARY, 8]);
    let with_narrow = ["--embeddings", &narrow];
    refused(&here, &with_narrow, &["[270, 8]", "[270, 16]"]);
    refused(
        &here,
        &[&with_narrow[..], &["--objective", "mlm"]].concat(),
        &["--objective clm", "--word-embeddings"],
    );
    refused(
        &here,
        &[&with_narrow[..], &["--grow-from", &gone]].concat(),
        &["--grow-from", "leave out --embeddings"],
    );
}

#[test]
fn windows_that_grow_leave_the_tokens_of_a_step_as_they_are() {
    let here = folder("pretrain_windows");
    let steps = ["--steps", "10"];
    let level = pretrain(&here, "level", &steps);
    let grown = pretrain(&here, "grown", &[&steps[..], &["--grow-context"]].concat());
    assert_eq!(level["tokens_seen"], 10 * 4 * 32);
    assert_eq!(grown["tokens_seen"], level["tokens_seen"]);
    let weights = |out: &str| std::fs::read(here.join(out).join("model.safetensors")).unwrap();
    assert!(weights("grown") != weights("level"));
}
