//! The encoder beside the base, asked as the page asks.

use burn::prelude::Device;

use super::server_tests::{errors, folder as model_folder, load, say};
use crate::data::tokenizer::Tokenizer;
use crate::io::folder::base_tensors;
use crate::io::safetensors::{Precision, write};
use crate::model::bert::{Bert, BertConfig, MaskedLmHead, Pooler, RandomWeights};
use crate::protocol::*;
use crate::settings::{Family, Seed};

const TEXT: &str = "a [MASK] film was a [MASK] film";

/// A tiny BERT in the folder `b`; `nohead` is the same without the head that finds words.
pub(super) fn files(tokenizer: &Tokenizer) -> Vec<(String, Vec<u8>)> {
    let json = tokenizer.to_json().unwrap();
    let tokenizer = Tokenizer::from_json(&json).unwrap().with_marks().unwrap();
    let config = BertConfig::sized(tokenizer.vocabulary(), 24, 16, 2, 2);
    let (device, mut weights) = (Device::flex(), RandomWeights::new(Seed::new(3)));
    let head = MaskedLmHead::load(&config, &mut weights, &device).unwrap();
    let bare = Bert::load(&config, &mut weights, &device).unwrap();
    let bytes = |model: &Bert| write(&base_tensors(model).unwrap(), Precision::F32).unwrap();
    let folder = |name: &str, weights: Vec<u8>| {
        let json = serde_json::to_vec(&config).unwrap();
        let tokenizer = tokenizer.to_json().unwrap().into_bytes();
        [
            (format!("{name}/config.json"), json),
            (format!("{name}/tokenizer.json"), tokenizer),
            (format!("{name}/model.safetensors"), weights),
        ]
    };
    let without = folder("nohead", bytes(&bare));
    let pooler = Pooler::identity(16, &device);
    let whole = bare.with_masked_lm(head).with_pooler(pooler);
    let whole = folder("b", bytes(&whole));
    whole.into_iter().chain(without).collect()
}

fn load_encoder(folder: &str) -> Command {
    Command::LoadEncoder(asks::LoadEncoder {
        name: "tiny-bert".into(),
        place: model_folder(folder),
    })
}

fn fill(text: &str) -> Command {
    Command::FillMask(asks::FillMask { text: text.into() })
}

fn attend(model: Reader, causal: bool) -> Command {
    Command::Attend(asks::Attend {
        text: "a good film".into(),
        model,
        causal,
    })
}

fn refusal(commands: Vec<Command>) -> String {
    let events = say(commands);
    errors(&events).first().map(|e| e.to_string()).unwrap()
}

#[test]
fn every_mask_gets_eight_tokens_the_likeliest_first() {
    let events = say(vec![load_encoder("b"), fill(TEXT)]);
    let Some(Event::Answered(Reply::LoadEncoder(info))) = events.get(1) else {
        panic!("{events:?}");
    };
    assert_eq!((info.layers, info.heads, info.width), (2, 2, 16));
    let Some(Event::Answered(Reply::FillMask(guesses))) = events.last() else {
        panic!("{events:?}");
    };
    assert_eq!(guesses.len(), 2);
    assert!(0 < guesses[0].place && guesses[0].place < guesses[1].place);
    for guess in guesses.iter() {
        let shares: Vec<f64> = guess.candidates.iter().map(|c| c.probability).collect();
        assert_eq!(shares.len(), 8);
        assert!(
            shares.is_sorted_by(|a, b| a >= b) && shares[7] > 0.0,
            "{shares:?}"
        );
        assert!(shares.iter().sum::<f64>() < 1.0);
    }
}

#[test]
fn what_stands_after_a_mask_changes_what_fills_it() {
    let first = |text: &str| {
        let events = say(vec![load_encoder("b"), fill(text)]);
        match events.into_iter().next_back() {
            Some(Event::Answered(Reply::FillMask(guesses))) => guesses[0].candidates.clone(),
            other => panic!("{other:?}"),
        }
    };
    assert_ne!(first("a [MASK] film"), first("a [MASK] number"));
}

#[test]
fn what_cannot_be_filled_is_told_with_what_to_do() {
    let told = refusal(vec![load_encoder("b"), fill("a good film")]);
    assert!(told.contains("write [MASK] where"), "{told}");
    let told = refusal(vec![load_encoder("b"), fill(&"film [MASK] ".repeat(30))]);
    assert!(told.contains("at most 22; shorten it"), "{told}");
    let told = refusal(vec![load_encoder("nohead"), fill(TEXT)]);
    assert!(told.contains("masked-word head"), "{told}");
    let told = refusal(vec![fill(TEXT)]);
    assert!(told.contains("No encoder is loaded yet"), "{told}");
}

#[test]
fn a_gpt2_is_no_encoder_and_a_bert_may_be_the_base() {
    let told = refusal(vec![load_encoder("m")]);
    assert!(
        told.contains("it is a GPT-2") && told.contains("must be a BERT"),
        "{told}"
    );
    let events = say(vec![
        load_base("b"),
        // No encoder beside it: the base itself fills masks.
        fill(TEXT),
    ]);
    assert!(errors(&events).is_empty(), "{events:?}");
    let loaded = events.iter().find_map(|event| match event {
        Event::Answered(Reply::LoadModel(info)) => Some((info.family, info.speech)),
        _ => None,
    });
    assert_eq!(loaded, Some((Family::Bert, Speech::MaskedWord)));
    assert!(matches!(
        events.last(),
        Some(Event::Answered(Reply::FillMask(_)))
    ));
    let told = refusal(vec![
        load_base("b"),
        Command::Generate(asks::Generate {
            prompt: "a".into(),
            max_new_tokens: 2,
            sampling: crate::settings::Sampling::Greedy,
            weights: WeightsChoice::Base,
        }),
    ]);
    assert!(told.contains("both directions"), "{told}");
}

fn load_base(folder: &str) -> Command {
    Command::LoadModel(asks::LoadModel {
        name: "tiny-bert".into(),
        place: model_folder(folder),
    })
}

#[test]
fn attention_goes_as_the_mask_lets_it() {
    for reader in [Reader::Encoder, Reader::Decoder] {
        for causal in [false, true] {
            let mut commands = load();
            commands.extend([load_encoder("b"), attend(reader, causal)]);
            let events = say(commands);
            let Some(Event::Answered(Reply::Attend(report))) = events.last() else {
                panic!("{events:?}");
            };
            assert_eq!((report.reader, report.causal), (reader, causal));
            check(report);
        }
    }
}

/// Every row sums to 1, and the future is looked at exactly where it may be.
fn check(report: &AttentionReport) {
    let size = report.tokens.len();
    assert!(size >= 3);
    assert_eq!(
        report.values.len(),
        report.layers * report.heads * size * size
    );
    for layer in 0..report.layers {
        for head in 0..report.heads {
            for (query, row) in report.map(layer, head).chunks(size).enumerate() {
                assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-5);
                let ahead: f32 = row[query + 1..].iter().sum();
                let is_last = query + 1 == size;
                assert_eq!(ahead > 0.0, !report.causal && !is_last, "{report:?}");
            }
        }
    }
}

#[test]
fn a_text_too_long_to_draw_is_refused() {
    let ask = Command::Attend(asks::Attend {
        text: "good film ".repeat(40),
        model: Reader::Decoder,
        causal: true,
    });
    let told = refusal(load().into_iter().chain([ask]).collect());
    assert!(told.contains("at most 32. Shorten it"), "{told}");
}
