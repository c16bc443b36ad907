//! How many parameters a strategy trains, by arithmetic on shapes: for models too large to be at
//! hand. `train::plan` tests it against prepared models, `warmup verify` against PEFT.

use super::{Sizes, Strategy};
use crate::methods::ModelShape;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    pub trainable: usize,
    pub total: usize,
}

impl Counts {
    pub fn share(self) -> f64 {
        self.trainable as f64 / self.total.max(1) as f64
    }

    /// Float32 bytes of the gradients.
    pub fn gradient_bytes(self) -> u64 {
        4 * self.trainable as u64
    }

    /// Float32 bytes of AdamW's two moments.
    pub fn optimizer_bytes(self) -> u64 {
        8 * self.trainable as u64
    }
}

/// Counts of the prepared model, with a classification head where `labels` says how many there are. The strategy's
/// targets are in the words of the model's family.
pub fn count(sizes: impl Into<Sizes>, labels: Option<usize>, strategy: &Strategy) -> Counts {
    let sizes = sizes.into();
    let own = sizes.parameters(labels);
    let added = strategy.added(&ModelShape::of(&sizes, &own));
    let trained = own.iter().filter(|(name, _)| strategy.trains(name));
    let added = numbers(&added);
    Counts {
        trainable: numbers(trained) + added,
        total: numbers(&own) + added,
    }
}

/// The numbers in tensors of these shapes.
fn numbers<'a>(shapes: impl IntoIterator<Item = &'a (String, Vec<usize>)>) -> usize {
    let sizes = shapes.into_iter();
    sizes
        .map(|(_, shape)| shape.iter().product::<usize>())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{BertSizes, Family, Ia3Settings, LoraSettings, PartialSettings};

    /// sentence-transformers' all-MiniLM-L6-v2.
    const MINILM: BertSizes = BertSizes::usual(30_522, 512, 384, 6);

    fn lora(names: &[&str]) -> Strategy {
        Strategy::Lora(LoraSettings {
            target_modules: names.iter().map(|name| (*name).to_owned()).collect(),
            ..LoraSettings::default()
        })
    }

    #[test]
    fn known_berts_have_as_many_as_they_are_known_for() {
        assert_eq!(count(MINILM, None, &Strategy::Full).total, 22_713_216);
        assert_eq!(
            count(BertSizes::BERT_BASE, None, &Strategy::Full).total,
            109_482_240
        );
        // Ours, with a head for hidden words and an identity for a pooler, which its card does not count.
        let mini_bert = BertSizes {
            word_head: true,
            ..BertSizes::usual(8196, 128, 128, 4)
        };
        assert_eq!(
            count(mini_bert, None, &Strategy::Full).total,
            1_884_036 + 128 * 129
        );
    }

    /// `dense` names the pooler's layer too, as PEFT has it.
    #[test]
    fn lora_on_minilm_trains_as_many_as_a_run_of_it_did() {
        let all = lora(&["query", "key", "value", "dense"]);
        let with_head = count(MINILM, Some(2), &all);
        assert_eq!(with_head.trainable, 338_690);
        assert_eq!(with_head.total, 22_713_216 + 338_690);
        let usual = Strategy::Lora(LoraSettings::default());
        let usual = count(MINILM, Some(2), &usual.in_words_of(Family::Bert));
        assert_eq!(usual.trainable, 6 * 2 * 8 * (384 + 384) + 770);
    }

    #[test]
    fn each_strategy_trains_what_it_says_of_a_bert() {
        let trains = |strategy: Strategy| count(MINILM, Some(2), &strategy).trainable;
        assert_eq!(trains(Strategy::Head), 770);
        assert_eq!(trains(Strategy::Full), 22_713_216 + 770);
        let (width, inner) = (384, 1536);
        let layer = 4 * width * (width + 1) + 2 * width * inner + inner + width + 4 * width;
        let pooler = width * (width + 1);
        let upper_half = Strategy::Partial(PartialSettings { frozen_blocks: 3 });
        assert_eq!(trains(upper_half), 3 * layer + pooler + 770);
        // Biases: the first norm's; four of attention, two norms, inner and output in each layer; the pooler's.
        let biases = width + 6 * (4 * width + 2 * width + inner + width) + width;
        assert_eq!(trains(Strategy::BitFit), biases + 770);
        let ia3 = Strategy::Ia3(Ia3Settings::default()).in_words_of(Family::Bert);
        // Keys, values, and what both layers called output.dense read.
        assert_eq!(trains(ia3), 6 * (2 * width + width + inner) + 770);
    }

    #[test]
    fn a_table_that_is_named_gets_no_adapter() {
        let named = count(MINILM, None, &lora(&["word_embeddings"]));
        assert_eq!(named.trainable, 0);
    }
}
