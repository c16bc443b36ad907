//! The whole model: the encoder, the masked-word head, and a task's head, each where it has one.

use burn::prelude::*;

use super::super::heads::linear::LinearHead;
use super::super::network::Network;
use super::super::parts::{Pass, Tokens};
use super::super::weights::{StoredWeights, WeightSource};
use super::{BertConfig, BertModel, Linear, MaskedLmHead, Pooler};
use crate::faults::WeightError;
use crate::methods::{Beside, LinearAt};
use crate::settings::{Seed, Strategy};

/// `BertForMaskedLM` (`cls`), `BertForSequenceClassification` and `BertForTokenClassification` (`classifier`, on the
/// pooler or on every token) and `BertForQuestionAnswering` (`qa_outputs`) on one set of weights.
#[derive(Module, Debug)]
pub struct Bert {
    pub bert: BertModel,
    pub cls: Option<MaskedLmHead>,
    pub classifier: Option<LinearHead>,
    pub qa_outputs: Option<LinearHead>,
}

impl Bert {
    /// The encoder alone; heads and pooler are put on where they are wanted.
    pub fn load(
        config: &BertConfig,
        weights: &mut impl WeightSource,
        device: &Device,
    ) -> Result<Self, WeightError> {
        Ok(Self {
            bert: BertModel::load(config, weights, device)?,
            cls: None,
            classifier: None,
            qa_outputs: None,
        })
    }

    /// With the masked-word head and the pooler too, where they are stored.
    pub fn load_whole(
        config: &BertConfig,
        weights: &mut impl StoredWeights,
        device: &Device,
    ) -> Result<Self, WeightError> {
        let mut model = Self::load(config, weights, device)?;
        if weights.holds(MaskedLmHead::BIAS) {
            model.cls = Some(MaskedLmHead::load(config, weights, device)?);
        }
        if weights.holds(&format!("{}.weight", Pooler::NAME)) {
            model.bert.pooler = Some(Pooler::load(config.hidden_size, weights, device)?);
        }
        Ok(model)
    }

    pub fn with_masked_lm(mut self, head: MaskedLmHead) -> Self {
        self.cls = Some(head);
        self
    }

    pub fn with_pooler(mut self, pooler: Pooler) -> Self {
        self.bert.pooler = Some(pooler);
        self
    }

    pub fn with_classifier(mut self, classifier: LinearHead) -> Self {
        self.classifier = Some(classifier);
        self
    }

    /// Scores of every word at every position, `[batch · seq, vocab]`; `None` without the masked-word head.
    pub fn logits(&self, tokens: Tokens, pass: &mut Pass) -> Option<Tensor<2>> {
        let hidden = self.bert.forward(tokens, pass);
        self.words_at(hidden, pass)
    }

    /// The same for hidden states at hand: `[rows, hidden] → [rows, vocab]`.
    pub fn words_at(&self, hidden: Tensor<2>, pass: &mut Pass) -> Option<Tensor<2>> {
        let words = self.bert.embeddings.word_embeddings.weight.val();
        Some(self.cls.as_ref()?.forward(hidden, words, pass))
    }

    /// Scores of each label, `[batch, labels]`; `None` without a classification head.
    pub fn classify(&self, tokens: Tokens, pass: &mut Pass) -> Option<Tensor<2>> {
        pass.asked = Some(self.text_rows(tokens.ids, None));
        let read = self.bert.forward(tokens, pass);
        self.text_logits(read, pass)
    }

    /// With whatever modules the strategy adds. Its settings have been checked against the model.
    pub fn with_strategy(self, strategy: &Strategy, seed: &mut Seed) -> Self {
        let method = strategy.adapts();
        self.map_beside(|layer, old| method.beside(layer, seed).or(old))
    }

    /// A model whose modules beside linear layers have gone through `change`.
    pub fn map_beside(
        self,
        mut change: impl FnMut(&LinearAt, Option<Beside>) -> Option<Beside>,
    ) -> Self {
        self.map_linear(|path, mut linear| {
            let weight = linear.weight.val().transpose();
            linear.beside = change(&LinearAt { path, weight }, linear.beside);
            linear
        })
    }

    /// The model with every adapter added into its weight.
    pub fn merged(self) -> Self {
        self.map_linear(|_, linear| linear.merge())
    }

    /// A model whose linear layers have gone through `change`, called with each one's path: all but the
    /// classifier, which fine-tuning trains as it is.
    pub fn map_linear(mut self, mut change: impl FnMut(&str, Linear) -> Linear) -> Self {
        let layers = self.bert.encoder.layer.into_iter().enumerate();
        self.bert.encoder.layer = layers
            .map(|(i, mut layer)| {
                let mut at =
                    |name: &str, linear| change(&format!("bert.encoder.layer.{i}.{name}"), linear);
                let mut attention = layer.attention;
                let mut heads = attention.self_attention;
                heads.query = at("attention.self.query", heads.query);
                heads.key = at("attention.self.key", heads.key);
                heads.value = at("attention.self.value", heads.value);
                attention.self_attention = heads;
                attention.output.dense = at("attention.output.dense", attention.output.dense);
                layer.attention = attention;
                layer.intermediate.dense = at("intermediate.dense", layer.intermediate.dense);
                layer.output.dense = at("output.dense", layer.output.dense);
                layer
            })
            .collect();
        self.bert.pooler = self.bert.pooler.map(|mut pooler| {
            pooler.dense = change(Pooler::NAME, pooler.dense);
            pooler
        });
        self.cls = self.cls.map(|mut cls| {
            let transform = &mut cls.predictions.transform;
            transform.dense = change("cls.predictions.transform.dense", transform.dense.clone());
            cls
        });
        self
    }

    pub fn width(&self) -> usize {
        self.bert.embeddings.word_embeddings.weight.lazy_shape()[1]
    }

    pub fn device(&self) -> Device {
        self.bert.embeddings.word_embeddings.weight.val().device()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::Lora;
    use crate::model::bert::RandomWeights;
    use crate::model::parameters;
    use crate::settings::LoraSettings;

    fn tiny() -> Bert {
        let config = BertConfig::sized(11, 8, 6, 2, 2);
        let (device, mut weights) = (Device::flex(), RandomWeights::new(Seed::new(1)));
        let head = MaskedLmHead::load(&config, &mut weights, &device).unwrap();
        let pooler = Pooler::load(6, &mut weights, &device).unwrap();
        let classifier = LinearHead::load("classifier", 3, 6, &mut weights, &device).unwrap();
        Bert::load(&config, &mut weights, &device)
            .unwrap()
            .with_masked_lm(head)
            .with_pooler(pooler)
            .with_classifier(classifier)
    }

    #[test]
    fn parameters_have_hugging_faces_names() {
        let names: Vec<String> = parameters::list(&tiny())
            .into_iter()
            .map(|p| p.name)
            .collect();
        for expected in [
            "bert.embeddings.word_embeddings.weight",
            "bert.embeddings.LayerNorm.weight",
            "bert.encoder.layer.0.attention.self.query.weight",
            "bert.encoder.layer.1.attention.output.LayerNorm.bias",
            "bert.pooler.dense.bias",
            "cls.predictions.transform.LayerNorm.weight",
            "cls.predictions.bias",
            "classifier.weight",
        ] {
            assert!(names.iter().any(|n| n == expected), "{expected}: {names:?}");
        }
    }

    #[test]
    fn padding_changes_nothing() {
        let model = tiny();
        let (short, long) = ([vec![1, 2, 3]], [vec![1, 2, 3, 9, 9]]);
        let mask = [vec![true, true, true, false, false]];
        let first = |tokens| -> Vec<f32> {
            let logits = model.logits(tokens, &mut Pass::default()).unwrap();
            logits
                .slice([0..3, 0..11])
                .into_data()
                .try_to_vec()
                .unwrap()
        };
        let (plain, padded) = (
            first(Tokens::padded(&short, None)),
            first(Tokens::padded(&long, Some(&mask))),
        );
        let apart = plain.iter().zip(&padded).map(|(a, b)| (a - b).abs());
        assert!(apart.fold(0.0, f32::max) < 1e-6, "{plain:?} {padded:?}");
    }

    #[test]
    fn query_and_value_are_targets_in_every_layer_and_merging_keeps_the_answers() {
        let settings = LoraSettings {
            rank: 2,
            target_modules: vec!["query".into(), "value".into()],
            ..Default::default()
        };
        let adapted = tiny().with_strategy(&Strategy::Lora(settings), &mut Seed::new(2));
        // B starts as zero; something else shows whether merging adds the right product.
        let adapted = adapted.map_beside(|_, beside| {
            Beside::map_lora(beside, |lora| Lora {
                b: lora.b.map(|b| b + 0.5),
                ..lora
            })
        });
        let added = parameters::list(&adapted);
        let added = added.iter().filter(|p| p.name.ends_with(".lora.a"));
        assert_eq!(added.count(), 4);
        let ids = [vec![1, 2, 3]];
        let answers = |model: &Bert| -> Vec<f32> {
            let logits = model.classify(Tokens::padded(&ids, None), &mut Pass::default());
            logits.unwrap().into_data().try_to_vec().unwrap()
        };
        let (beside, merged) = (answers(&adapted), answers(&adapted.clone().merged()));
        assert_ne!(beside, answers(&tiny()));
        for (a, b) in beside.iter().zip(&merged) {
            assert!((a - b).abs() < 1e-6, "{beside:?} {merged:?}");
        }
    }
}
