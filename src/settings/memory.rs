//! How much memory fine-tuning needs, by arithmetic on shapes. `docs/real-gpt2.md` sets it beside measured peaks.

use super::names::{Place, place};
use super::{Sizes, TrainingSettings, count};

const FLOAT_BYTES: u64 = 4;

/// Logits that are held at most, wherever the vocabulary is large.
const LOGITS_HELD: usize = 1 << 23;

/// Float32 bytes while a run goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoryNeed {
    pub weights_bytes: u64,
    /// Gradients and AdamW's two moments of what trains.
    pub training_bytes: u64,
    /// What forward keeps for backward.
    pub activation_bytes: u64,
}

impl MemoryNeed {
    pub fn total_bytes(self) -> u64 {
        self.weights_bytes + self.training_bytes + self.activation_bytes
    }
}

/// For batches that are full.
pub fn memory_need(
    sizes: impl Into<Sizes>,
    heads: usize,
    settings: &TrainingSettings,
) -> MemoryNeed {
    let sizes = sizes.into();
    let strategy = settings.strategy.clone().translated(sizes.family());
    let counts = count(sizes, None, &strategy);
    let length = settings.max_length.min(sizes.positions());
    let rows = settings.batch_size * length;
    let checkpointed = settings.checkpoints(counts.total);
    let of_a_block = rows * kept_in_a_block(&sizes, heads, length);
    let of_blocks = if checkpointed {
        // The input of each, and one of them with its gradients.
        (sizes.blocks() + 1) * rows * sizes.width() + 2 * of_a_block
    } else {
        sizes.blocks() * of_a_block
    };
    let logits = (words_told(&sizes, rows) * sizes.vocabulary()).min(LOGITS_HELD);
    MemoryNeed {
        weights_bytes: FLOAT_BYTES * counts.total as u64,
        training_bytes: counts.gradient_bytes() + counts.optimizer_bytes(),
        activation_bytes: FLOAT_BYTES * (of_blocks + logits) as u64,
    }
}

/// Positions at which a language loss says which word stands there: all of them in a decoder, in an encoder the hidden
/// ones, 15 in 100, where it has the head for it.
fn words_told(sizes: &Sizes, rows: usize) -> usize {
    let parameters = sizes.parameters(None);
    let mut places = parameters.iter().map(|(name, _)| place(name));
    match sizes.family().is_decoder() {
        true => rows,
        false if places.any(|place| place == Place::WordHead) => rows * 15 / 100,
        false => 0,
    }
}

/// Float32 bytes that one block keeps of a batch, where the backward pass goes through it.
pub fn block_activation_bytes(sizes: &Sizes, heads: usize, settings: &TrainingSettings) -> u64 {
    let length = settings.max_length.min(sizes.positions());
    let rows = settings.batch_size * length;
    FLOAT_BYTES * (rows * kept_in_a_block(sizes, heads, length)) as u64
}

/// Numbers a token: two layer norms, queries, keys and values, attention's output and projection, the MLP's middle
/// before and after its GELU, its output, two sums, and the attention probabilities.
fn kept_in_a_block(sizes: &Sizes, heads: usize, length: usize) -> usize {
    10 * sizes.width() + 2 * sizes.inner() + heads * length
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{BertSizes, Gpt2Sizes, Strategy};

    fn need(gradient_checkpointing: bool) -> MemoryNeed {
        let settings = TrainingSettings {
            batch_size: 4,
            max_length: 128,
            gradient_checkpointing: Some(gradient_checkpointing),
            ..TrainingSettings::default()
        };
        memory_need(Gpt2Sizes::GPT2_SMALL, 12, &settings)
    }

    /// Peaks of `warmup finetune` on such a model, as docs/real-gpt2.md has them: 581 MB with checkpointing and 886 MB
    /// without.
    #[test]
    fn is_near_what_was_measured() {
        for (checkpointing, measured_bytes) in [(true, 581e6), (false, 886e6)] {
            let ours = need(checkpointing).total_bytes() as f64;
            assert!((ours / measured_bytes - 1.0).abs() < 0.15, "{ours}");
        }
    }

    #[test]
    fn a_full_batch_keeps_about_as_much_as_full_tuning_of_gpt2_small_trains() {
        let settings = TrainingSettings {
            batch_size: 16,
            max_length: 128,
            ..TrainingSettings::default()
        };
        let sizes = Sizes::from(Gpt2Sizes::GPT2_SMALL);
        let kept = 12 * block_activation_bytes(&sizes, 12, &settings);
        assert_eq!(kept, 12 * 4 * 16 * 128 * (10 * 768 + 2 * 3072 + 12 * 128));
        let trains = count(sizes, None, &crate::settings::Strategy::Full);
        let trains = trains.gradient_bytes() + trains.optimizer_bytes();
        assert!(
            (kept as f64 / trains as f64 - 1.0).abs() < 0.05,
            "{kept} {trains}"
        );
    }

    #[test]
    fn lora_needs_little_beside_the_weights() {
        let need = need(true);
        assert!(need.weights_bytes > 124_439_808 * 4 && need.weights_bytes < 126_000_000 * 4);
        assert!(need.training_bytes < need.weights_bytes / 40);
    }

    #[test]
    fn a_bert_is_counted_in_its_own_words() {
        let minilm = BertSizes::usual(30_522, 512, 384, 6);
        let need = |strategy| {
            let settings = TrainingSettings {
                strategy,
                ..TrainingSettings::default()
            };
            memory_need(minilm, 12, &settings)
        };
        let lora = need(Strategy::Lora(Default::default()));
        // Two pairs of rank 8 in each layer, where GPT-2's names would have matched nothing.
        let pairs = 6 * 2 * 8 * (384 + 384);
        assert_eq!(lora.training_bytes, 12 * pairs);
        assert_eq!(lora.weights_bytes, 4 * (22_713_216 + pairs));
        assert!(need(Strategy::Full).training_bytes > 250_000_000);
    }
}
