//! BERT as training and scoring see it.

use burn::prelude::*;

use super::super::heads::Head;
use super::super::heads::linear::LinearHead;
use super::super::network::Network;
use super::super::ops::nll;
use super::super::parts::{Pass, Tokens};
use super::{Bert, Pooler};
use crate::methods::{Beside, LinearAt};
use crate::protocol::Speech;
use crate::settings::{Family, Seed, Strategy};

impl Network for Bert {
    fn family(&self) -> Family {
        Family::Bert
    }

    fn architecture(&self) -> Option<&'static str> {
        if self.qa_outputs.is_some() {
            return Some("BertForQuestionAnswering");
        }
        self.classifier.as_ref()?;
        // A classifier of texts reads the pooler, one of tokens has none.
        Some(match self.bert.pooler {
            Some(_) => "BertForSequenceClassification",
            None => "BertForTokenClassification",
        })
    }

    fn speech(&self) -> Speech {
        match self.cls {
            Some(_) => Speech::MaskedWord,
            None => Speech::Silent,
        }
    }

    fn hidden(&self, tokens: Tokens, pass: &mut Pass) -> Tensor<2> {
        self.bert.forward(tokens, pass)
    }

    /// `[CLS]`, its first.
    fn text_rows(&self, ids: &[Vec<i32>], _pad: Option<i32>) -> Vec<i32> {
        let seq = ids.first().map_or(0, Vec::len);
        (0..ids.len()).map(|text| (text * seq) as i32).collect()
    }

    /// By what the pooler makes of it.
    fn text_logits(&self, read: Tensor<2>, pass: &mut Pass) -> Option<Tensor<2>> {
        let (pooler, classifier) = (self.bert.pooler.as_ref()?, self.classifier.as_ref()?);
        let [texts, _] = read.dims();
        Some(classifier.forward(pooler.forward(read, texts, pass)))
    }

    fn token_logits(&self, hidden: Tensor<2>) -> Option<Tensor<2>> {
        Some(self.classifier.as_ref()?.forward(hidden))
    }

    fn answer_logits(&self, hidden: Tensor<2>) -> Option<Tensor<2>> {
        Some(self.qa_outputs.as_ref()?.forward(hidden))
    }

    fn next_logits(&self, hidden: Tensor<2>, batch: usize, pass: &mut Pass) -> Option<Tensor<2>> {
        let head = self.cls.as_ref()?.seq_relationship.as_ref()?;
        let pooled = self.bert.pooler.as_ref()?.forward(hidden, batch, pass);
        Some(head.forward(pooled))
    }

    /// Of the word that stood there.
    fn word_logits(&self, hidden: Tensor<2>, pass: &mut Pass) -> Option<Tensor<2>> {
        self.words_at(hidden, pass)
    }

    fn word_loss(&self, hidden: Tensor<2>, words: &[i32], pass: &mut Pass) -> Option<Tensor<1>> {
        Some(nll(self.words_at(hidden, pass)?, words).mean())
    }

    /// A pooler is made where the head reads one and the checkpoint has none.
    fn with_only_head(self, head: Head, own_fits: bool, seed: &Seed) -> Self {
        let (width, device) = (self.width(), self.device());
        let mut model = self.stripped_for(head);
        let own_classifier = model.classifier.take().filter(|_| own_fits);
        let own_answers = model.qa_outputs.take().filter(|_| own_fits);
        match head {
            Head::Text { labels } => {
                let fresh = || Pooler::init(width, &mut seed.fork("pooler"), &device);
                model.bert.pooler.get_or_insert_with(fresh);
                let (shape, mut seed) = ([labels, width], seed.fork("score"));
                let head = LinearHead::own_or_fresh(own_classifier, shape, &mut seed, &device);
                model.classifier = Some(head);
            }
            Head::Token { labels } => {
                let (shape, mut seed) = ([labels, width], seed.fork("classifier"));
                let head = LinearHead::own_or_fresh(own_classifier, shape, &mut seed, &device);
                model.classifier = Some(head);
            }
            Head::Answer => {
                let (shape, mut seed) = ([2, width], seed.fork("qa_outputs"));
                let head = LinearHead::own_or_fresh(own_answers, shape, &mut seed, &device);
                model.qa_outputs = Some(head);
            }
            Head::Words => {}
        }
        model
    }

    fn stripped_for(mut self, head: Head) -> Self {
        if head != Head::Words {
            self.cls = None;
        }
        if !matches!(head, Head::Text { .. }) {
            self.bert.pooler = None;
        }
        self
    }

    fn with_words_of(mut self, other: &Self) -> Self {
        self.cls = self.cls.or_else(|| other.cls.clone());
        self
    }

    fn head_modules(&self) -> &'static [&'static str] {
        &["classifier", "qa_outputs"]
    }

    fn with_stored_head(
        mut self,
        module: &str,
        weight: TensorData,
        bias: Option<TensorData>,
    ) -> Self {
        let outputs = weight.shape()[0];
        let bias = bias.unwrap_or_else(|| TensorData::new(vec![0f32; outputs], [outputs]));
        let head = Some(LinearHead::of(weight, bias, &self.device()));
        match module {
            "qa_outputs" => self.qa_outputs = head,
            _ => self.classifier = head,
        }
        self
    }

    fn with_strategy(self, strategy: &Strategy, seed: &mut Seed) -> Self {
        Bert::with_strategy(self, strategy, seed)
    }

    fn merged(self) -> Self {
        Bert::merged(self)
    }

    fn map_beside(
        self,
        change: &mut dyn FnMut(&LinearAt, Option<Beside>) -> Option<Beside>,
    ) -> Self {
        Bert::map_beside(self, change)
    }

    fn has_head(&self) -> bool {
        self.classifier.is_some() || self.qa_outputs.is_some()
    }

    fn virtual_tokens(&self) -> usize {
        0
    }

    fn positions(&self) -> usize {
        let table = &self.bert.embeddings.position_embeddings;
        table.weight.lazy_shape()[0]
    }

    fn blocks(&self) -> usize {
        self.bert.encoder.layer.len()
    }

    fn attention_heads(&self) -> usize {
        let first = self.bert.encoder.layer.first();
        first.map_or(0, |layer| layer.attention.self_attention.heads)
    }

    fn width(&self) -> usize {
        Bert::width(self)
    }

    fn device(&self) -> Device {
        Bert::device(self)
    }
}
