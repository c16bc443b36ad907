//! GPT-2 as training and scoring see it.

use burn::module::Param;
use burn::prelude::*;

use super::super::heads::Head;
use super::super::heads::linear::LinearHead;
use super::super::heads::sequence_classification::{Score, text_rows};
use super::super::network::Network;
use super::super::parts::{Pass, Tokens};
use super::Gpt2;
use crate::methods::{Beside, LinearAt};
use crate::protocol::Speech;
use crate::settings::{Family, Seed, Strategy};

impl Network for Gpt2 {
    fn family(&self) -> Family {
        Family::Gpt2
    }

    fn architecture(&self) -> Option<&'static str> {
        let heads = [
            (self.score.is_some(), "GPT2ForSequenceClassification"),
            (self.classifier.is_some(), "GPT2ForTokenClassification"),
            (self.qa_outputs.is_some(), "GPT2ForQuestionAnswering"),
        ];
        let mut classes = heads.into_iter();
        classes.find_map(|(is_there, class)| is_there.then_some(class))
    }

    fn speech(&self) -> Speech {
        Speech::NextToken
    }

    fn hidden(&self, tokens: Tokens, pass: &mut Pass) -> Tensor<2> {
        self.transformer.forward(tokens, pass)
    }

    /// Its last token that is not padding.
    fn text_rows(&self, ids: &[Vec<i32>], pad: Option<i32>) -> Vec<i32> {
        text_rows(ids, pad)
    }

    fn text_logits(&self, read: Tensor<2>, _pass: &mut Pass) -> Option<Tensor<2>> {
        Some(self.score.as_ref()?.forward(read))
    }

    fn token_logits(&self, hidden: Tensor<2>) -> Option<Tensor<2>> {
        Some(self.classifier.as_ref()?.forward(hidden))
    }

    fn answer_logits(&self, hidden: Tensor<2>) -> Option<Tensor<2>> {
        Some(self.qa_outputs.as_ref()?.forward(hidden))
    }

    /// Of the next token.
    fn word_logits(&self, hidden: Tensor<2>, _pass: &mut Pass) -> Option<Tensor<2>> {
        Some(self.lm_head(hidden))
    }

    fn word_loss(&self, hidden: Tensor<2>, words: &[i32], _pass: &mut Pass) -> Option<Tensor<1>> {
        Some(self.next_token_loss(hidden, words))
    }

    fn with_only_head(self, head: Head, own_fits: bool, seed: &Seed) -> Self {
        let (width, device) = (self.d_model(), self.device());
        match head {
            Head::Text { labels } => {
                let own = self.score.clone().filter(|own| {
                    let rows = own.weight.lazy_shape()[0];
                    own_fits && rows == labels
                });
                let fresh = || Score::init(labels, width, &mut seed.fork("score"), &device);
                let head = own.unwrap_or_else(fresh);
                self.without_heads().with_score(head)
            }
            Head::Token { labels: outputs } => {
                let own = self.classifier.clone().filter(|_| own_fits);
                let mut seed = seed.fork("classifier");
                let head = LinearHead::own_or_fresh(own, [outputs, width], &mut seed, &device);
                self.without_heads().with_head("classifier", head)
            }
            Head::Answer => {
                let own = self.qa_outputs.clone().filter(|_| own_fits);
                let mut seed = seed.fork("qa_outputs");
                let head = LinearHead::own_or_fresh(own, [2, width], &mut seed, &device);
                self.without_heads().with_head("qa_outputs", head)
            }
            Head::Words => self.without_heads(),
        }
    }

    fn stripped_for(self, _head: Head) -> Self {
        self
    }

    /// The embeddings say words, and are always there.
    fn with_words_of(self, _other: &Self) -> Self {
        self
    }

    fn head_modules(&self) -> &'static [&'static str] {
        &["score", "classifier", "qa_outputs"]
    }

    fn with_stored_head(self, module: &str, weight: TensorData, bias: Option<TensorData>) -> Self {
        let device = self.device();
        match bias {
            None => self.with_score(Score {
                weight: Param::from_data(weight, &device),
            }),
            Some(bias) => self.with_head(module, LinearHead::of(weight, bias, &device)),
        }
    }

    fn with_strategy(self, strategy: &Strategy, seed: &mut Seed) -> Self {
        Gpt2::with_strategy(self, strategy, seed)
    }

    fn merged(self) -> Self {
        Gpt2::merged(self)
    }

    fn map_beside(
        self,
        change: &mut dyn FnMut(&LinearAt, Option<Beside>) -> Option<Beside>,
    ) -> Self {
        Gpt2::map_beside(self, change)
    }

    fn has_head(&self) -> bool {
        Gpt2::has_head(self)
    }

    fn virtual_tokens(&self) -> usize {
        self.transformer.virtual_tokens()
    }

    fn positions(&self) -> usize {
        self.transformer.wpe.weight.lazy_shape()[0]
    }

    fn blocks(&self) -> usize {
        self.transformer.h.len()
    }

    fn attention_heads(&self) -> usize {
        self.transformer.h.first().map_or(0, |b| b.attn.n_head)
    }

    fn width(&self) -> usize {
        self.d_model()
    }

    fn device(&self) -> Device {
        Gpt2::device(self)
    }
}
