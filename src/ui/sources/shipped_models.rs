//! The models that come with the page, as their cards and configurations have them.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::protocol::DeviceKind;
use crate::settings::{BertSizes, Family, Gpt2Sizes, Sizes};
use crate::ui::sources::own_model::Facts;

/// A model under `models/` that every site has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shipped {
    pub name: &'static str,
    pub parameters: usize,
    /// Of the weights' file.
    pub file_bytes: u64,
    pub sha256: &'static str,
    pub skill: Skill,
    pub sizes: Sizes,
    pub heads: usize,
}

/// What pre-training came to, on text that was held out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Skill {
    /// It goes on with texts, and spends so many bits on a byte of them.
    BitsPerByte(HeldOut, f64),
    /// It fills in hidden words of them, and is right with this share.
    HiddenWords(HeldOut, f64),
}

/// What a model was measured on, of the kind that it has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeldOut {
    Stories,
    ModernEnglish,
}

pub const SHIPPED: &[Shipped] = &[
    Shipped {
        name: "nano",
        parameters: 1_202_944,
        file_bytes: 2_410_880,
        sha256: "d80bcfcc471ebbe25b8cdc79a3ef9aa3e071ee0937cde91d2d53c02a0fa87b33",
        skill: Skill::BitsPerByte(HeldOut::Stories, 1.586),
        sizes: Sizes::Gpt2(Gpt2Sizes::usual(3072, 128, 128, 4)),
        heads: 4,
    },
    Shipped {
        name: "small",
        parameters: 3_978_752,
        file_bytes: 7_962_568,
        sha256: "8df39dfbedea5a74143196384893e13b6e3574dc768031244822fe52cb20bfb1",
        skill: Skill::BitsPerByte(HeldOut::Stories, 1.537),
        sizes: Sizes::Gpt2(Gpt2Sizes::usual(3072, 128, 256, 4)),
        heads: 8,
    },
    Shipped {
        name: "modern",
        parameters: 1_874_688,
        file_bytes: 3_754_368,
        sha256: "cf953f426ac7cbb3794c7403b8fab2f36a418256e3b481d51db2ae5b0978edee",
        skill: Skill::BitsPerByte(HeldOut::ModernEnglish, 1.647),
        sizes: Sizes::Gpt2(Gpt2Sizes::usual(8192, 256, 128, 4)),
        heads: 4,
    },
    Shipped {
        name: "modern-small",
        parameters: 5_322_240,
        file_bytes: 10_649_544,
        sha256: "c6147a7293270263e1d8d928ed4ebe675caeedac7cb335ea20397c01824560c2",
        skill: Skill::BitsPerByte(HeldOut::ModernEnglish, 1.599),
        sizes: Sizes::Gpt2(Gpt2Sizes::usual(8192, 256, 256, 4)),
        heads: 8,
    },
    Shipped {
        name: "mini-bert",
        parameters: 1_900_548,
        file_bytes: 3_809_592,
        sha256: "7433d8aed4d03e59cb2f744017162be6ae328bf7a7cec017d1ec8d781e945f9a",
        skill: Skill::HiddenWords(HeldOut::ModernEnglish, 0.264),
        sizes: Sizes::Bert(BertSizes {
            word_head: true,
            ..BertSizes::usual(8196, 128, 128, 4)
        }),
        heads: 4,
    },
];

/// Models that a site has only where they could be had when it was built.
pub const EXTRAS: &[&str] = &["minilm"];

/// One of them that this site has.
#[derive(Debug, Clone, PartialEq)]
pub struct Extra {
    pub name: &'static str,
    pub file_bytes: u64,
    pub sha256: String,
    pub facts: Facts,
}

/// A model in `models/index.json`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Listed {
    pub sha256: String,
    pub bytes: u64,
}

/// The extras that an index lists; none where it is no index.
pub fn extras_in(index: &str) -> Vec<(&'static str, Listed)> {
    let mut all: BTreeMap<String, Listed> = serde_json::from_str(index).unwrap_or_default();
    let found = EXTRAS.iter().map(|name| Some((*name, all.remove(*name)?)));
    found.flatten().collect()
}

/// Whose kind a model is that this project ships, on every site or on some.
pub fn family_of(name: &str) -> Option<Family> {
    let shipped = SHIPPED.iter().find(|shipped| shipped.name == name);
    let always = shipped.map(|shipped| shipped.sizes.family());
    // Every extra is a BERT.
    always.or_else(|| EXTRAS.contains(&name).then_some(Family::Bert))
}

/// The model for a device that has not been told another: the larger one wants a GPU.
pub fn usual_model(device: Option<DeviceKind>) -> &'static str {
    match device {
        Some(DeviceKind::WebGpu) => "modern-small",
        Some(DeviceKind::Cpu) | None => "nano",
    }
}

/// The SHA-256 that the weights of a model under `models/` must have, in hexadecimal.
pub fn sha256_of(name: &str, extras: &[Extra]) -> Option<String> {
    let always = SHIPPED.iter().map(|shipped| (shipped.name, shipped.sha256));
    let extra = extras.iter().map(|extra| (extra.name, &extra.sha256[..]));
    let mut all = always.chain(extra);
    all.find(|(other, _)| *other == name)
        .map(|(_, sha256)| sha256.to_owned())
}

/// Whether a site without it is asked for a model that others have.
pub fn is_missing(name: &str, extras: &[Extra]) -> bool {
    EXTRAS.contains(&name) && !extras.iter().any(|extra| extra.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Strategy, count};
    use crate::ui::ENCODER;
    use sha2::{Digest, Sha256};

    fn read(name: &str, file: &str) -> String {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/www/models");
        std::fs::read_to_string(format!("{folder}/{name}/{file}")).unwrap()
    }

    /// The file has the identity for a pooler, which nothing has trained.
    fn as_trained(sizes: Sizes) -> Sizes {
        match sizes {
            Sizes::Bert(sizes) => Sizes::Bert(BertSizes {
                pooler: false,
                ..sizes
            }),
            gpt2 => gpt2,
        }
    }

    #[test]
    fn each_is_as_its_folder_says() {
        for shipped in SHIPPED {
            let summary: serde_json::Value =
                serde_json::from_str(&read(shipped.name, "summary.json")).unwrap();
            let name = shipped.name;
            let trained = count(as_trained(shipped.sizes), None, &Strategy::Full).total;
            assert_eq!(summary["parameters"], trained, "{name}");
            assert_eq!(summary["weights_bytes"], shipped.file_bytes);
            let (field, claimed) = match shipped.skill {
                Skill::BitsPerByte(_, bits) => ("valid_bits_per_byte", bits),
                Skill::HiddenWords(_, share) => ("valid_accuracy", share),
            };
            let measured = summary[field].as_f64().unwrap();
            assert!((measured - claimed).abs() < 5e-4, "{name}: {measured}");
            let facts = Facts::parse(&read(name, "config.json")).unwrap();
            let is = |sizes: Sizes| {
                (
                    sizes.family(),
                    sizes.width(),
                    sizes.blocks(),
                    sizes.vocabulary(),
                )
            };
            assert_eq!(is(facts.sizes), is(shipped.sizes), "{name}");
            assert_eq!(facts.heads, shipped.heads);
            let counted = count(shipped.sizes, None, &Strategy::Full).total;
            assert_eq!(counted, shipped.parameters, "{name}");
        }
    }

    #[test]
    fn checksums_are_those_of_the_files() {
        for shipped in SHIPPED {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/www/models");
            let path = format!("{folder}/{}/model.safetensors", shipped.name);
            let found = format!("{:x}", Sha256::digest(std::fs::read(path).unwrap()));
            assert_eq!(shipped.sha256, found, "{}", shipped.name);
        }
        assert!(sha256_of(ENCODER, &[]).is_some());
        assert_eq!(sha256_of("tiny", &[]), None);
    }

    #[test]
    fn an_extra_is_there_where_the_index_lists_it() {
        let index =
            r#"{"nano":{"sha256":"00","bytes":1},"minilm":{"sha256":"ab","bytes":16000000}}"#;
        let [(name, listed)] = &extras_in(index)[..] else {
            panic!("{:?}", extras_in(index));
        };
        assert_eq!((*name, listed.bytes), ("minilm", 16_000_000));
        for nothing in [
            "",
            "<!doctype html>",
            "{}",
            r#"{"nano":{"sha256":"0","bytes":1}}"#,
        ] {
            assert_eq!(extras_in(nothing), [], "{nothing}");
        }
        let config = r#"{"model_type":"bert","vocab_size":12200,"max_position_embeddings":512,"hidden_size":384,
            "num_hidden_layers":6,"num_attention_heads":12,"intermediate_size":1536}"#;
        let extras = [Extra {
            name,
            file_bytes: listed.bytes,
            sha256: listed.sha256.clone(),
            facts: Facts::parse(config).unwrap(),
        }];
        assert_eq!(sha256_of("minilm", &extras).as_deref(), Some("ab"));
        assert!(is_missing("minilm", &[]) && !is_missing("minilm", &extras));
        assert!(!is_missing("nano", &[]) && !is_missing("my-own", &[]));
    }

    #[test]
    fn the_usual_models_are_among_them() {
        for device in [None, Some(DeviceKind::Cpu), Some(DeviceKind::WebGpu)] {
            let usual = usual_model(device);
            assert!(
                SHIPPED.iter().any(|shipped| shipped.name == usual),
                "{usual}"
            );
        }
    }
}
