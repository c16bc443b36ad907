//! What a model's layers and the strategies cost: parameters from the embeddings up to the head, and the memory of a run.

use crate::protocol::ModelInfo;
use crate::settings::names::{self, Place};
use crate::settings::{
    Counts, Gpt2Sizes, PartialSettings, Sizes, Strategy, StrategyKind, TrainingSettings,
    block_activation_bytes, count,
};
use crate::ui::draft::Draft;

/// Classes of the reviews: the head has a row for each.
pub const LABELS: usize = 2;

/// Which model is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// The one that is loaded.
    Loaded(Sizes),
    Gpt2Small,
}

impl Counted {
    pub fn sizes(self) -> Sizes {
        match self {
            Self::Loaded(sizes) => sizes,
            Self::Gpt2Small => Gpt2Sizes::GPT2_SMALL.into(),
        }
    }
}

/// The sizes of a loaded model; `None` where its parameters are not those of its family.
pub fn sizes_of(model: &ModelInfo) -> Option<Sizes> {
    let own = model.parameters.iter().filter(|p| !p.added);
    let list = own.map(|p| (&p.name[..], &p.shape[..]));
    Sizes::of_list(model.family, list)
}

/// The embeddings, a block, the last layer norm or the head: what a freezing line lies below or above. The page calls
/// it a storey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerGroup {
    pub place: Place,
    pub parameters: usize,
}

pub fn layer_groups(sizes: &Sizes) -> Vec<LayerGroup> {
    let mut groups: Vec<LayerGroup> = Vec::new();
    for (name, shape) in sizes.parameters(Some(LABELS)) {
        let (place, parameters) = (names::place(&name), shape.iter().product::<usize>());
        match groups.iter_mut().find(|group| group.place == place) {
            Some(group) => group.parameters += parameters,
            None => groups.push(LayerGroup { place, parameters }),
        }
    }
    groups.sort_by_key(|group| group.place);
    groups
}

/// The strategy that freezes the lowest `frozen` groups. The head is new and always trains.
pub fn strategy_at(frozen: usize, blocks: usize) -> Strategy {
    match frozen {
        0 => Strategy::Full,
        n if n > blocks + 1 => Strategy::Head,
        n => Strategy::Partial(PartialSettings {
            frozen_blocks: n - 1,
        }),
    }
}

/// Where the line lies under a strategy; `None` for those that have none.
pub fn line_of(strategy: &Strategy, blocks: usize) -> Option<usize> {
    match strategy {
        Strategy::Full => Some(0),
        Strategy::Partial(PartialSettings { frozen_blocks }) => {
            Some((frozen_blocks + 1).min(blocks + 1))
        }
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

/// Bytes in float32 with the lowest `frozen` groups frozen.
pub fn held(sizes: &Sizes, heads: usize, frozen: usize, training: &TrainingSettings) -> Held {
    let counts = count(sizes, Some(LABELS), &strategy_at(frozen, sizes.blocks()));
    // The embeddings are the lowest group; what a block keeps is needed as soon as the block, or what lies below, trains.
    let crossed = sizes.blocks() - frozen.saturating_sub(1).min(sizes.blocks());
    Held {
        weights: 4 * counts.total as u64,
        gradients: counts.gradient_bytes(),
        optimizer: counts.optimizer_bytes(),
        activations: crossed as u64 * block_activation_bytes(sizes, heads, training),
    }
}

/// What a strategy comes to on a model, with the settings of the form where it has any.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price {
    pub counts: Counts,
    /// Float32 bytes of what has to be kept of a run.
    pub saved_bytes: u64,
}

pub fn price(sizes: &Sizes, kind: StrategyKind, draft: &Draft) -> Price {
    let mut strategy = draft.methods.strategy(kind);
    if kind == StrategyKind::Partial {
        // Half of the blocks, whatever the model.
        strategy.change(|method| method.suit(sizes.blocks()));
    }
    let strategy = strategy.translated(sizes.family());
    let counts = count(sizes, Some(LABELS), &strategy);
    Price {
        counts,
        saved_bytes: 4 * match strategy.leaves_adapter() {
            true => counts.trainable,
            false => counts.total,
        } as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{ParameterInfo, Speech};
    use crate::settings::{BertSizes, Family};
    use crate::ui::state::fixture::model_info;

    /// The shipped model's.
    const NANO: Sizes = Sizes::Gpt2(Gpt2Sizes::usual(3072, 128, 128, 4));
    const MINILM: Sizes = Sizes::Bert(BertSizes::usual(30_522, 512, 384, 6));

    #[test]
    fn what_lies_above_the_line_is_what_the_strategy_trains() {
        for sizes in [NANO, Gpt2Sizes::GPT2_SMALL.into(), MINILM] {
            let blocks = sizes.blocks();
            let groups = layer_groups(&sizes);
            assert_eq!(groups.len(), blocks + 3);
            for frozen in 0..groups.len() {
                let strategy = strategy_at(frozen, blocks);
                let above: usize = groups[frozen..].iter().map(|s| s.parameters).sum();
                let counts = count(sizes, Some(LABELS), &strategy);
                assert_eq!(counts.trainable, above, "{frozen} of {blocks}");
                assert_eq!(line_of(&strategy, blocks), Some(frozen));
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
    fn a_bert_is_priced_in_its_own_words_and_a_gpt2_in_its() {
        let mut draft = Draft::default();
        draft.adopt(Family::Bert);
        let trains = |sizes: &Sizes| price(sizes, StrategyKind::Lora, &draft).counts.trainable;
        assert_eq!(trains(&MINILM), 6 * 2 * 8 * (384 + 384) + 770);
        assert_eq!(trains(&NANO), 45_312);
    }

    #[test]
    fn the_loaded_models_sizes_are_read_off_its_list() {
        let parameters = MINILM.parameters(None).into_iter();
        let parameters = parameters.map(|(name, shape)| ParameterInfo {
            name,
            shape,
            trainable: false,
            added: false,
        });
        let model = ModelInfo {
            family: Family::Bert,
            speech: Speech::Silent,
            layers: 6,
            heads: 12,
            width: 384,
            vocabulary: 30_522,
            context: 512,
            parameters: parameters.collect(),
            ..model_info("minilm")
        };
        assert_eq!(sizes_of(&model), Some(MINILM));
        let family = Family::Gpt2;
        assert_eq!(sizes_of(&ModelInfo { family, ..model }), None);
    }
}
