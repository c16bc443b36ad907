//! Files that cannot be used: one clear line each.

use super::support::{fails, file, folder, model, path, reviews};

fn finetune<'a>(model: &'a str, data: &'a str, out: &'a str) -> Vec<&'a str> {
    let task = ["--task", "sequence-classification"];
    [
        &["finetune", "--model", model, "--data", data, "--out", out],
        &task[..],
    ]
    .concat()
}

#[test]
fn data_files() {
    let here = folder("bad_data");
    let (model, out) = (model(), path(&here, "out"));
    let cases: [(&str, &[u8], &[&str]); 8] = [
        ("empty.csv", b"", &["empty.csv is empty"]),
        ("page.csv", b"<!DOCTYPE html><p>404", &["web page"]),
        (
            "columns.csv",
            b"review,label\na,b\n",
            &["`text`", "`review`, `label`"],
        ),
        (
            "fields.csv",
            b"text,label\na,b\nNo, thanks,c\n",
            &["line 3", "3 fields"],
        ),
        (
            "latin.csv",
            b"text,label\nna\xc3\xafve caf\xe9,b\n",
            &["line 2", "UTF-8"],
        ),
        (
            "label.csv",
            b"text,label\na,b\nc,b\n",
            &["`b`", "two different labels"],
        ),
        (
            "split.csv",
            b"text,label,split\na,b,later\n",
            &["line 2", "`later`"],
        ),
        (
            "untrained.csv",
            b"text,label,split\na,b,test\nc,d,test\n",
            &["no row", "`train`"],
        ),
    ];
    for (name, content, words) in cases {
        let data = file(&here, name, content);
        fails(&finetune(&model, data.to_str().unwrap(), &out), words);
    }
    fails(
        &finetune(&model, "/nowhere/x.csv", &out),
        &["/nowhere/x.csv"],
    );
    let eval = file(&here, "eval.csv", "text,label\na,other\n");
    let data = reviews(&here);
    let arguments = [
        &finetune(&model, &data, &out)[..],
        &["--eval", eval.to_str().unwrap()],
    ]
    .concat();
    fails(&arguments, &["`other`", "negative, positive", "eval.csv"]);
}

/// A copy of the model with one file changed.
fn spoiled(name: &str, file_name: &str, change: impl Fn(Vec<u8>) -> Vec<u8>) -> String {
    let copy = folder(name);
    for file in ["config.json", "model.safetensors", "tokenizer.json"] {
        let mut bytes = std::fs::read(std::path::Path::new(&model()).join(file)).unwrap();
        if file == file_name {
            bytes = change(bytes);
        }
        std::fs::write(copy.join(file), bytes).unwrap();
    }
    copy.to_str().unwrap().to_owned()
}

fn replaced(from: &'static str, to: &'static str) -> impl Fn(Vec<u8>) -> Vec<u8> {
    move |bytes| {
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains(from), "{text}");
        text.replace(from, to).into_bytes()
    }
}

fn generates_not(model: &str, words: &[&str]) {
    fails(&["generate", "--model", model, "--prompt", "a"], words);
}

#[test]
fn model_folders() {
    generates_not("/nowhere", &["/nowhere: there is no such folder"]);
    let cut = spoiled("cut", "model.safetensors", |bytes| {
        bytes[..bytes.len() / 2].to_vec()
    });
    generates_not(&cut, &["cut short", "Fetch it again"]);
    let page = spoiled("page", "model.safetensors", |_| {
        b"<!doctype html>404".to_vec()
    });
    generates_not(&page, &["no safetensors file"]);
    let wide = spoiled(
        "wide",
        "config.json",
        replaced("\"n_positions\": 32", "\"n_positions\": 64"),
    );
    generates_not(&wide, &["wpe.weight", "[32, 16]", "[64, 16]"]);
    let bert = spoiled("bert", "config.json", replaced("\"gpt2\"", "\"bert\""));
    generates_not(&bert, &["config.json", "hidden_size"]);
    let llama = spoiled("llama", "config.json", |_| {
        br#"{"architectures":["LlamaForCausalLM"],"model_type":"llama","hidden_size":64}"#.to_vec()
    });
    generates_not(&llama, &["model_type is llama", "gpt2"]);
    let unnamed = spoiled("opt", "config.json", |_| {
        br#"{"architectures":["OPTForCausalLM"],"hidden_size":64}"#.to_vec()
    });
    generates_not(&unnamed, &["OPTForCausalLM", "only gpt2"]);
    let halved = spoiled("halved", "tokenizer.json", |_| b"".to_vec());
    std::fs::remove_file(format!("{halved}/tokenizer.json")).unwrap();
    generates_not(&halved, &["vocab.json"]);
    std::fs::write(format!("{halved}/vocab.json"), "{\"a\":0}").unwrap();
    generates_not(&halved, &["merges.txt"]);
    let broken = spoiled("broken", "config.json", |_| b"{".to_vec());
    generates_not(&broken, &["config.json"]);
    let mute = spoiled("mute", "tokenizer.json", |_| b"{}".to_vec());
    generates_not(&mute, &["tokenizer.json"]);
}

#[test]
fn adapters() {
    let here = folder("bad_adapter");
    let (model, out) = (model(), path(&here, "out"));
    let generate = [
        "generate",
        "--model",
        &model,
        "--prompt",
        "a",
        "--adapter",
        &out,
    ];
    fails(&generate, &["adapter_config.json"]);
    std::fs::create_dir_all(&out).unwrap();
    let adapter = here.join("out");
    file(
        &adapter,
        "adapter_config.json",
        "{\"peft_type\":\"PREFIX_TUNING\"}",
    );
    fails(&generate, &["adapter_model.safetensors"]);
    file(&adapter, "adapter_model.safetensors", [0; 4]);
    fails(&generate, &["adapter_config.json"]);
    let merge = [
        "merge",
        "--model",
        &model,
        "--adapter",
        &out,
        "--out",
        &model,
    ];
    fails(&merge, &[&out]);
    let data = reviews(&here);
    let evaluate = [
        "evaluate",
        "--model",
        &model,
        "--data",
        &data,
        "--task",
        "sequence-classification",
    ];
    fails(&evaluate, &["no head for sequence-classification"]);
}
