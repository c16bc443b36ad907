//! The models that come with the page, as their cards and configurations have them.

use crate::settings::{Gpt2Sizes, MemoryNeed, TrainingSettings, memory_need};

/// A GPT-2 under `models/`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shipped {
    pub name: &'static str,
    pub parameters: usize,
    /// Of the weights' file.
    pub file_bytes: u64,
    /// On the held-out books.
    pub bits_per_byte: f64,
    pub sizes: Gpt2Sizes,
    pub heads: usize,
}

pub const SHIPPED: &[Shipped] = &[Shipped {
    name: "nano",
    parameters: 1_202_944,
    file_bytes: 2_410_880,
    bits_per_byte: 1.586,
    sizes: Gpt2Sizes::usual(3072, 128, 128, 4),
    heads: 4,
}];

impl Shipped {
    /// What a run with these settings holds.
    pub fn need(&self, settings: &TrainingSettings) -> MemoryNeed {
        memory_need(&self.sizes, self.heads, settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::DEFAULT_MODEL;

    #[test]
    fn each_is_as_its_folder_says() {
        let folders = [(
            include_str!("../../www/models/nano/summary.json"),
            include_str!("../../www/models/nano/config.json"),
        )];
        assert_eq!(SHIPPED.len(), folders.len());
        for (shipped, (summary, config)) in SHIPPED.iter().zip(folders) {
            let summary: serde_json::Value = serde_json::from_str(summary).unwrap();
            let config: serde_json::Value = serde_json::from_str(config).unwrap();
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
    fn the_usual_model_is_among_them() {
        assert!(SHIPPED.iter().any(|shipped| shipped.name == DEFAULT_MODEL));
    }
}
