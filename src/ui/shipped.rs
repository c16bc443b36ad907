//! The models that come with the page, as their cards and configurations have them.

use crate::protocol::DeviceKind;
use crate::settings::{Gpt2Sizes, MemoryNeed, TrainingSettings, memory_need};
use crate::ui::ENCODER;

/// A GPT-2 under `models/`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shipped {
    pub name: &'static str,
    pub parameters: usize,
    /// Of the weights' file.
    pub file_bytes: u64,
    pub sha256: &'static str,
    /// On the held-out books.
    pub bits_per_byte: f64,
    pub sizes: Gpt2Sizes,
    pub heads: usize,
}

pub const SHIPPED: &[Shipped] = &[
    Shipped {
        name: "nano",
        parameters: 1_202_944,
        file_bytes: 2_410_880,
        sha256: "d80bcfcc471ebbe25b8cdc79a3ef9aa3e071ee0937cde91d2d53c02a0fa87b33",
        bits_per_byte: 1.586,
        sizes: Gpt2Sizes::usual(3072, 128, 128, 4),
        heads: 4,
    },
    Shipped {
        name: "small",
        parameters: 3_978_752,
        file_bytes: 7_962_568,
        sha256: "8df39dfbedea5a74143196384893e13b6e3574dc768031244822fe52cb20bfb1",
        bits_per_byte: 1.537,
        sizes: Gpt2Sizes::usual(3072, 128, 256, 4),
        heads: 8,
    },
];

/// The model for a device that has not been told another: the larger one wants a GPU.
pub fn usual_model(device: Option<DeviceKind>) -> &'static str {
    match device {
        Some(DeviceKind::WebGpu) => "small",
        Some(DeviceKind::Cpu) | None => "nano",
    }
}

/// The SHA-256 of the encoder's weights.
const ENCODER_SHA256: &str = "71255a01b86a2ce9653af8b83b7c77a2331e650bd8a19cb1821e82e1f2a71290";

/// The SHA-256 that the weights of a shipped model must have, in hexadecimal.
pub fn sha256_of(name: &str) -> Option<String> {
    let known = SHIPPED.iter().map(|shipped| (shipped.name, shipped.sha256));
    let mut all = known.chain([(ENCODER, ENCODER_SHA256)]);
    all.find(|(other, _)| *other == name)
        .map(|(_, sha256)| sha256.to_owned())
}

impl Shipped {
    /// What a run with these settings holds.
    pub fn need(&self, settings: &TrainingSettings) -> MemoryNeed {
        memory_need(&self.sizes, self.heads, settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    #[test]
    fn each_is_as_its_folder_says() {
        for shipped in SHIPPED {
            let read = |file: &str| -> serde_json::Value {
                let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/www/models");
                let path = format!("{folder}/{}/{file}", shipped.name);
                serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
            };
            let (summary, config) = (read("summary.json"), read("config.json"));
            let is = |field: &str| config[field].as_u64().unwrap() as usize;
            assert_eq!(
                summary["parameters"], shipped.parameters,
                "{}",
                shipped.name
            );
            assert_eq!(summary["weights_bytes"], shipped.file_bytes);
            let bits = summary["valid_bits_per_byte"].as_f64().unwrap();
            assert!((bits - shipped.bits_per_byte).abs() < 5e-4, "{bits}");
            let sizes = Gpt2Sizes::usual(
                is("vocab_size"),
                is("n_positions"),
                is("n_embd"),
                is("n_layer"),
            );
            assert_eq!((sizes, is("n_head")), (shipped.sizes, shipped.heads));
        }
    }

    #[test]
    fn checksums_are_those_of_the_files() {
        let names = SHIPPED.iter().map(|shipped| shipped.name).chain([ENCODER]);
        for name in names {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/www/models");
            let file = std::fs::read(format!("{folder}/{name}/model.safetensors")).unwrap();
            let found = format!("{:x}", Sha256::digest(file));
            assert_eq!(sha256_of(name), Some(found), "{name}");
        }
        assert_eq!(sha256_of("tiny"), None);
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
