//! What the parameter-efficient strategies add to the model, each beginning as the base model or near it.

use burn::prelude::*;

use super::super::adapters::bottleneck::Bottleneck;
use super::super::adapters::ia3::Ia3;
use super::super::adapters::lora::Lora;
use super::super::adapters::virtual_tokens::{Prefix, SoftPrompt};
use super::Gpt2;
use crate::settings::{BottleneckSettings, Ia3Settings, LoraSettings, Placement, Seed, Strategy};

impl Gpt2 {
    /// With whatever modules the strategy adds. Its settings have been checked against the model.
    pub fn with_strategy(self, strategy: &Strategy, seed: &mut Seed) -> Self {
        match strategy {
            Strategy::Lora(lora) => self.with_lora(lora, seed),
            Strategy::Ia3(ia3) => self.with_ia3(ia3),
            Strategy::Adapter(bottleneck) => self.with_bottleneck(bottleneck, seed),
            Strategy::Prompt { virtual_tokens } => self.with_prompt(*virtual_tokens, seed),
            Strategy::Prefix { virtual_tokens } => self.with_prefix(*virtual_tokens, seed),
            Strategy::Full | Strategy::Partial { .. } | Strategy::Head | Strategy::BitFit => self,
        }
    }

    /// With LoRA beside every module that the settings target.
    pub fn with_lora(self, settings: &LoraSettings, seed: &mut Seed) -> Self {
        self.map_linear(|path, mut linear| {
            if settings.targets(path) {
                linear.lora = Some(Lora::init(linear.weight.val(), settings, seed));
            }
            linear
        })
    }

    /// With (IA)³'s factors on every module that the settings target.
    pub fn with_ia3(self, settings: &Ia3Settings) -> Self {
        self.map_linear(|path, mut linear| {
            if settings.targets(path) {
                let weight = linear.weight.val();
                let feedforward = settings.is_feedforward(path);
                linear.ia3 = Some(Ia3::init(weight.dims(), feedforward, &weight.device()));
            }
            linear
        })
    }

    /// With bottleneck adapters in every block.
    pub fn with_bottleneck(mut self, settings: &BottleneckSettings, seed: &mut Seed) -> Self {
        let (d_model, device) = (self.d_model(), self.device());
        for block in &mut self.transformer.h {
            let mut fresh = || Some(Bottleneck::init(d_model, settings, seed, &device));
            if settings.placement == Placement::Houlsby {
                block.attn_adapter = fresh();
            }
            block.mlp_adapter = fresh();
        }
        self
    }

    /// With learned embeddings before every text.
    pub fn with_prompt(mut self, virtual_tokens: usize, seed: &mut Seed) -> Self {
        let words = self.transformer.wte.weight.val();
        self.transformer.prompt = Some(SoftPrompt::init(virtual_tokens, &words, seed));
        self
    }

    /// With learned keys and values before every text's, in every block.
    pub fn with_prefix(mut self, virtual_tokens: usize, seed: &mut Seed) -> Self {
        let (d_model, device) = (self.d_model(), self.device());
        for block in &mut self.transformer.h {
            block.attn.prefix = Some(Prefix::init(virtual_tokens, d_model, seed, &device));
        }
        self
    }

    /// The model with everything multiplied into its weights that can be: LoRA and (IA)³.
    pub fn merged(self) -> Self {
        self.map_linear(|_, linear| linear.merge())
    }

    pub fn d_model(&self) -> usize {
        self.transformer.wte.weight.lazy_shape()[1]
    }

    pub fn device(&self) -> Device {
        self.transformer.wte.weight.val().device()
    }
}
