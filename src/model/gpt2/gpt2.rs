//! The whole model: the transformer, the tied language-model head, and a task's head if it has one.

use burn::prelude::*;

use super::super::heads::linear::LinearHead;
use super::super::heads::sequence_classification::{Score, text_rows};
use super::super::ops::{head_cross_entropy, head_nll};
use super::super::parameters;
use super::super::parts::{Pass, Tokens};
use super::super::weights::WeightSource;
use super::{Conv1D, Gpt2Config, Transformer};
use crate::faults::WeightError;

/// `GPT2LMHeadModel`, and with a head also `GPT2ForSequenceClassification` (`score`),
/// `GPT2ForTokenClassification` (`classifier`) or `GPT2ForQuestionAnswering` (`qa_outputs`), on one set of
/// weights.
#[derive(Module, Debug)]
pub struct Gpt2 {
    pub transformer: Transformer,
    pub score: Option<Score>,
    pub classifier: Option<LinearHead>,
    pub qa_outputs: Option<LinearHead>,
}

impl Gpt2 {
    pub fn load(
        config: &Gpt2Config,
        weights: &mut impl WeightSource,
        device: &Device,
    ) -> Result<Self, WeightError> {
        Ok(Self {
            transformer: Transformer::load(config, weights, device)?,
            score: None,
            classifier: None,
            qa_outputs: None,
        })
    }

    /// The model without the head of any task.
    pub fn without_heads(self) -> Self {
        Self {
            transformer: self.transformer,
            score: None,
            classifier: None,
            qa_outputs: None,
        }
    }

    pub fn with_score(mut self, score: Score) -> Self {
        self.score = Some(score);
        self
    }

    /// With one of the heads that speak at every token: `classifier` or `qa_outputs`.
    pub fn with_head(mut self, name: &str, head: LinearHead) -> Self {
        match name {
            "qa_outputs" => self.qa_outputs = Some(head),
            _ => self.classifier = Some(head),
        }
        self
    }

    /// Whether a task's head is there.
    pub fn has_head(&self) -> bool {
        self.score.is_some() || self.classifier.is_some() || self.qa_outputs.is_some()
    }

    /// Scores of the next token after every position, `[batch · seq, vocab]`.
    pub fn logits(&self, tokens: Tokens, pass: &mut Pass) -> Tensor<2> {
        self.lm_head(self.transformer.forward(tokens, pass))
    }

    /// The head tied to the token embeddings: `[rows, d_model] → [rows, vocab]`.
    pub fn lm_head(&self, hidden: Tensor<2>) -> Tensor<2> {
        hidden.matmul(self.transformer.wte.weight.val().transpose())
    }

    /// What each hidden state's next token costs, `[rows, 1]`, for measuring; however large the vocabulary, its logits
    /// are never all there at once.
    pub fn next_token_nll(&self, hidden: Tensor<2>, tokens: &[i32]) -> Tensor<2> {
        head_nll(hidden, self.transformer.wte.weight.val(), tokens)
    }

    /// The mean of that, `[1]`, for training.
    pub fn next_token_loss(&self, hidden: Tensor<2>, tokens: &[i32]) -> Tensor<1> {
        head_cross_entropy(hidden, self.transformer.wte.weight.val(), tokens)
    }

    /// Scores of each label, `[batch, labels]`; `None` without a classification head.
    pub fn classify(&self, tokens: Tokens, pad: Option<i32>, pass: &mut Pass) -> Option<Tensor<2>> {
        let score = self.score.as_ref()?;
        pass.asked = Some(text_rows(tokens.ids, pad));
        Some(score.forward(self.transformer.forward(tokens, pass)))
    }

    /// Scores of each label for each token, `[batch · seq, labels]`; `None` without a head for it.
    pub fn classify_tokens(&self, tokens: Tokens, pass: &mut Pass) -> Option<Tensor<2>> {
        let head = self.classifier.as_ref()?;
        Some(head.forward(self.transformer.forward(tokens, pass)))
    }

    /// How well an answer would start and end at each token, `[batch · seq, 2]`; `None` without a head for it.
    pub fn answer_ends(&self, tokens: Tokens, pass: &mut Pass) -> Option<Tensor<2>> {
        let head = self.qa_outputs.as_ref()?;
        Some(head.forward(self.transformer.forward(tokens, pass)))
    }

    /// A model whose linear layers have gone through `change`, called with each one's path.
    pub fn map_linear(mut self, mut change: impl FnMut(&str, Conv1D) -> Conv1D) -> Self {
        self.transformer.h = self
            .transformer
            .h
            .into_iter()
            .enumerate()
            .map(|(i, mut block)| {
                let [c_attn, attn_c_proj, c_fc, mlp_c_proj] = linear_names(i);
                block.attn.c_attn = change(&c_attn, block.attn.c_attn);
                block.attn.c_proj = change(&attn_c_proj, block.attn.c_proj);
                block.mlp.c_fc = change(&c_fc, block.mlp.c_fc);
                block.mlp.c_proj = change(&mlp_c_proj, block.mlp.c_proj);
                block
            })
            .collect();
        self
    }

    /// The model with gradients asked for on exactly the parameters that `trains` names; adapters always.
    pub fn with_trainable(self, trains: impl Fn(&str) -> bool) -> Self {
        parameters::set_trainable(self, |name| parameters::is_adapter(name) || trains(name))
    }
}

fn linear_names(block: usize) -> [String; 4] {
    ["attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"]
        .map(|name| format!("transformer.h.{block}.{name}"))
}
