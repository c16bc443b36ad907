//! What training, scoring and saving ask of a model, whichever it is.

use burn::module::Module;
use burn::prelude::*;

use super::heads::Head;
use super::parameters;
use super::parts::{Pass, Tokens};
use crate::methods::{Beside, LinearAt};
use crate::protocol::Speech;
use crate::settings::{Family, Seed, Strategy};

/// A transformer with the heads that it has.
pub trait Network: Module {
    fn family(&self) -> Family;

    /// transformers' class for it with the head that it has; none where no task has put one on.
    fn architecture(&self) -> Option<&'static str>;

    fn speech(&self) -> Speech;

    /// Hidden states of the last layer for the tokens given: `[batch, seq] → [batch · seq, width]`, or those alone that the
    /// pass asks for.
    fn hidden(&self, tokens: Tokens, pass: &mut Pass) -> Tensor<2>;

    /// The token that stands for each text, counted through `[batch · seq]`. `pad` is the id that pads, where the model
    /// must know it to find a text's last token.
    fn text_rows(&self, ids: &[Vec<i32>], pad: Option<i32>) -> Vec<i32>;

    /// Scores of each label of a text, of the hidden state that stands for it: `[batch, width] → [batch, labels]`; `None`
    /// without such a head.
    fn text_logits(&self, read: Tensor<2>, pass: &mut Pass) -> Option<Tensor<2>>;

    /// Scores of each label of a token: `[rows, width] → [rows, labels]`; `None` without such a head.
    fn token_logits(&self, hidden: Tensor<2>) -> Option<Tensor<2>>;

    /// How well an answer would start and end: `[rows, width] → [rows, 2]`; `None` without such a head.
    fn answer_logits(&self, hidden: Tensor<2>) -> Option<Tensor<2>>;

    /// How well a row's second text follows its first or is a stranger to it: `[batch · seq, width] → [batch, 2]`;
    /// `None` without such a head, which only a BERT in pre-training has.
    fn next_logits(
        &self,
        _hidden: Tensor<2>,
        _batch: usize,
        _pass: &mut Pass,
    ) -> Option<Tensor<2>> {
        None
    }

    /// Scores of each word of the vocabulary: `[rows, width] → [rows, vocab]`; `None` where the model says no words.
    fn word_logits(&self, hidden: Tensor<2>, pass: &mut Pass) -> Option<Tensor<2>>;

    /// Mean cross-entropy, `[1]`, of a word for each hidden state, `[rows, width]`.
    fn word_loss(&self, hidden: Tensor<2>, words: &[i32], pass: &mut Pass) -> Option<Tensor<1>>;

    /// The model with the head that a task needs and no other: its own where `own_fits` says that one with as many
    /// outputs will do, else a fresh one from the seed.
    fn with_only_head(self, head: Head, own_fits: bool, seed: &Seed) -> Self;

    /// The model without what a task with such a head does not ask: BERT's masked-word head, and its pooler where
    /// nothing reads it, as in transformers' classes.
    fn stripped_for(self, head: Head) -> Self;

    /// With `other`'s own way to say words, where this one has none: a run's model is stripped of it, and what it does
    /// to the encoder shows there.
    fn with_words_of(self, other: &Self) -> Self;

    /// The modules that a task's head may be, each in this model's own name.
    fn head_modules(&self) -> &'static [&'static str];

    /// With the values of one of those: `weight: [outputs, width]`, `bias: [outputs]` where the module has one.
    fn with_stored_head(self, module: &str, weight: TensorData, bias: Option<TensorData>) -> Self;

    /// With whatever modules the strategy adds. Its settings have been checked against the model.
    fn with_strategy(self, strategy: &Strategy, seed: &mut Seed) -> Self;

    /// The model with everything multiplied into its weights that stands beside them.
    fn merged(self) -> Self;

    /// The model whose modules beside linear layers have gone through `change`, called for every layer that can have one.
    fn map_beside(
        self,
        change: &mut dyn FnMut(&LinearAt, Option<Beside>) -> Option<Beside>,
    ) -> Self;

    /// Whether a task's head is there.
    fn has_head(&self) -> bool;

    /// Learned vectors that stand before every text.
    fn virtual_tokens(&self) -> usize;

    /// The most tokens that go in at once, virtual ones counted.
    fn positions(&self) -> usize;

    fn blocks(&self) -> usize;

    fn attention_heads(&self) -> usize;

    fn width(&self) -> usize;

    fn device(&self) -> Device;

    /// The model with gradients asked for on exactly the parameters that `trains` names; adapters always.
    fn with_trainable(self, trains: impl Fn(&str) -> bool) -> Self {
        parameters::set_trainable(self, |name| parameters::is_adapter(name) || trains(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bert::{self, Bert, BertConfig};
    use crate::model::gpt2::{Gpt2, Gpt2Config, RandomWeights};
    use crate::model::parts::{Record, select_rows};
    use crate::settings::StrategyKind;

    /// A pass that is asked for some rows gives what these are among all.
    fn gives_what_is_asked<M: Network>(model: &M, name: &str) {
        let ids = [vec![3, 1, 4, 1, 5, 9], vec![2, 6, 5, 3, 0, 0]];
        let mask: Vec<Vec<bool>> = ids
            .iter()
            .map(|row| row.iter().map(|id| *id != 0).collect())
            .collect();
        let tokens = || Tokens::masked(&ids, &mask);
        let rows = vec![1, 4, 5, 6, 9];
        let all = model.hidden(tokens(), &mut Pass::default());
        let all = select_rows(all, &rows);
        for record in [None, Some(&mut Record::default())] {
            let mut pass = Pass {
                asked: Some(rows.clone()),
                record,
                ..Pass::default()
            };
            let asked = model.hidden(tokens(), &mut pass);
            let difference = (asked - all.clone()).abs().max().into_scalar::<f32>();
            assert!(difference < 1e-6, "{name}: {difference}");
        }
    }

    #[test]
    fn the_last_layer_gives_the_rows_that_are_asked_for() {
        let device = Device::flex();
        let (config, mut seed) = (Gpt2Config::sized(19, 24, 16, 3, 2), Seed::new(6));
        for kind in StrategyKind::ALL {
            let mut weights = RandomWeights::new(Seed::new(5), 3);
            let model = Gpt2::load(&config, &mut weights, &device).unwrap();
            let model = Network::with_strategy(model, &kind.usual(), &mut seed);
            gives_what_is_asked(&model, kind.name());
        }
        let config = BertConfig::sized(11, 8, 6, 2, 2);
        let mut weights = bert::RandomWeights::new(Seed::new(1));
        let model = Bert::load(&config, &mut weights, &device).unwrap();
        gives_what_is_asked(&model, "bert");
    }
}
