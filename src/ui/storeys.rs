//! A model as a house: the storeys that a freezing line goes through, and the strategies side by side.

use super::draft::{Draft, StrategyKind};
use crate::protocol::ModelInfo;
use crate::settings::{
    Counts, Gpt2Sizes, Strategy, TrainingSettings, block_activation_bytes, count,
};

/// Classes of the reviews: the head has a row for each.
pub const LABELS: usize = 2;

/// Which model is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// The one that is loaded.
    Loaded(Gpt2Sizes),
    Gpt2Small,
}

impl Counted {
    pub fn sizes(self) -> Gpt2Sizes {
        match self {
            Self::Loaded(sizes) => sizes,
            Self::Gpt2Small => Gpt2Sizes::GPT2_SMALL,
        }
    }
}

/// The sizes of a loaded GPT-2; `None` for a model that is none.
pub fn sizes_of(model: &ModelInfo) -> Option<Gpt2Sizes> {
    let sizes = Gpt2Sizes::usual(model.vocabulary, model.context, model.width, model.layers);
    (count(&sizes, None, &Strategy::Full).total == model.total_parameters()).then_some(sizes)
}

/// A floor of the model, from the input upwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storey {
    pub name: StoreyName,
    pub parameters: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreyName {
    Embeddings,
    Block(usize),
    LastNorm,
    Head,
}

pub fn storeys(sizes: &Gpt2Sizes) -> Vec<Storey> {
    let mut names = vec![StoreyName::Embeddings];
    names.extend((0..sizes.blocks).map(StoreyName::Block));
    names.extend([StoreyName::LastNorm, StoreyName::Head]);
    let parameters = sizes.parameters(Some(LABELS));
    names
        .into_iter()
        .map(|name| Storey {
            name,
            parameters: parameters
                .iter()
                .filter(|(parameter, _)| storey_of(parameter) == name)
                .map(|(_, shape)| shape.iter().product::<usize>())
                .sum(),
        })
        .collect()
}

fn storey_of(parameter: &str) -> StoreyName {
    use crate::settings::strategy::block_of;
    match block_of(parameter) {
        Some(block) => StoreyName::Block(block),
        None if parameter.contains(".ln_f.") => StoreyName::LastNorm,
        None if parameter.starts_with("score.") => StoreyName::Head,
        None => StoreyName::Embeddings,
    }
}

/// The strategy that freezes the lowest `frozen` storeys. The head is new and always trains.
pub fn strategy_at(frozen: usize, blocks: usize) -> Strategy {
    match frozen {
        0 => Strategy::Full,
        n if n > blocks + 1 => Strategy::Head,
        n => Strategy::Partial {
            frozen_blocks: n - 1,
        },
    }
}

/// Where the line lies under a strategy; `None` for those that have none.
pub fn line_of(strategy: &Strategy, blocks: usize) -> Option<usize> {
    match strategy {
        Strategy::Full => Some(0),
        Strategy::Partial { frozen_blocks } => Some((frozen_blocks + 1).min(blocks + 1)),
        Strategy::Head => Some(blocks + 2),
        _ => None,
    }
}

/// What must be held at once while a run goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    pub weights: u64,
    pub gradients: u64,
    pub optimizer: u64,
    /// What the forward pass keeps for the backward pass, of the blocks that it goes back through.
    pub activations: u64,
}

impl Held {
    pub fn total(self) -> u64 {
        self.weights + self.gradients + self.optimizer + self.activations
    }
}

/// Bytes in float32 with the lowest `frozen` storeys frozen.
pub fn held(sizes: &Gpt2Sizes, heads: usize, frozen: usize, training: &TrainingSettings) -> Held {
    let counts = count(sizes, Some(LABELS), &strategy_at(frozen, sizes.blocks));
    // The embeddings are the lowest storey; what a block keeps is needed as soon as the block, or what lies below, trains.
    let crossed = sizes.blocks - frozen.saturating_sub(1).min(sizes.blocks);
    Held {
        weights: 4 * counts.total as u64,
        gradients: counts.gradient_bytes(),
        optimizer: counts.optimizer_bytes(),
        activations: crossed as u64 * block_activation_bytes(sizes, heads, training),
    }
}

/// The strategies in the order of the chapter: full, partial, parameter-efficient.
pub const FAMILIES: [&[StrategyKind]; 3] = [
    &[StrategyKind::Full],
    &[
        StrategyKind::Partial,
        StrategyKind::Head,
        StrategyKind::BitFit,
    ],
    &[
        StrategyKind::Lora,
        StrategyKind::Adapter,
        StrategyKind::Ia3,
        StrategyKind::Prompt,
        StrategyKind::Prefix,
    ],
];

/// What a strategy comes to on a model, with the settings of the form where it has any.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price {
    pub counts: Counts,
    /// Float32 bytes of what has to be kept of a run.
    pub saved_bytes: u64,
}

pub fn price(sizes: &Gpt2Sizes, kind: StrategyKind, draft: &Draft) -> Price {
    let strategy = match kind {
        // Half of the blocks, whatever the model.
        StrategyKind::Partial => Strategy::Partial {
            frozen_blocks: sizes.blocks / 2,
        },
        kind => Draft {
            kind,
            ..draft.clone()
        }
        .strategy(),
    };
    let counts = count(sizes, Some(LABELS), &strategy);
    let is_whole_model = matches!(
        kind,
        StrategyKind::Full | StrategyKind::Partial | StrategyKind::Head
    );
    Price {
        counts,
        saved_bytes: 4 * if is_whole_model {
            counts.total
        } else {
            counts.trainable
        } as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The shipped model's.
    const NANO: Gpt2Sizes = Gpt2Sizes::usual(3072, 128, 128, 4);

    #[test]
    fn what_lies_above_the_line_is_what_the_strategy_trains() {
        for sizes in [NANO, Gpt2Sizes::GPT2_SMALL] {
            let storeys = storeys(&sizes);
            assert_eq!(storeys.len(), sizes.blocks + 3);
            for frozen in 0..storeys.len() {
                let strategy = strategy_at(frozen, sizes.blocks);
                let above: usize = storeys[frozen..].iter().map(|s| s.parameters).sum();
                let counts = count(&sizes, Some(LABELS), &strategy);
                assert_eq!(counts.trainable, above, "{frozen} of {}", sizes.blocks);
                assert_eq!(line_of(&strategy, sizes.blocks), Some(frozen));
            }
        }
    }

    #[test]
    fn activations_are_kept_above_the_line_alone() {
        let training = TrainingSettings::default();
        let at = |frozen| held(&NANO, 4, frozen, &training).activations;
        assert_eq!(at(0), 4 * block_activation_bytes(&NANO, 4, &training));
        // Freezing the embeddings spares no block.
        assert_eq!(at(1), at(0));
        assert_eq!(at(3), at(0) / 2);
        assert_eq!(at(5), 0);
        assert_eq!(at(6), 0);
    }

    #[test]
    fn the_counts_of_the_results_page() {
        let trains = |kind| price(&NANO, kind, &Draft::default()).counts.trainable;
        assert_eq!(trains(StrategyKind::Full), 1_203_200);
        assert_eq!(trains(StrategyKind::Partial), 397_056);
        assert_eq!(trains(StrategyKind::Head), 256);
        assert_eq!(trains(StrategyKind::BitFit), 6_016);
        assert_eq!(trains(StrategyKind::Lora), 45_312);
    }

    #[test]
    fn every_strategy_stands_in_the_table_once() {
        let listed: Vec<StrategyKind> = FAMILIES.into_iter().flatten().copied().collect();
        for kind in StrategyKind::ALL {
            assert_eq!(listed.iter().filter(|other| **other == kind).count(), 1);
        }
    }
}
