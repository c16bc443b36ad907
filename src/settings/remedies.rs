//! Remedies against forgetting, as switches that combine.

use serde::{Deserialize, Serialize};

use super::bounds::Bound;
use super::names::{Place, place};
use crate::faults::{Setting, SettingsError};

/// What holds a run back from forgetting what the model knew. The default is none of it.
///
/// The penalties pull trained parameters towards θ₀, where they stood when the run began. For the base
/// weights those are the pre-trained values. An adapter has none, but LoRA, DoRA, IA³ and bottlenecks start
/// where they change nothing, so their start stands for the pre-trained model just the same (that of a
/// prompt or a prefix is only where it began). A fresh head stands for nothing yet; L2-SP's
/// [`Self::l2_sp_beta`] alone holds it, towards zero.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Remedies {
    /// L2-SP (Li et al. 2018): the loss grows by α/2 · ‖θ − θ₀‖². 0 is off.
    pub l2_sp_alpha: f64,
    /// L2-SP's β/2 · ‖w‖² on a fresh head; read only where alpha is above 0.
    pub l2_sp_beta: f64,
    /// EWC (Kirkpatrick et al. 2017): the loss grows by λ/2 · Σ F (θ − θ₀)², F the diagonal of the Fisher
    /// information of one predicted token, so that to second order λ weighs the nats by which the
    /// predictions have moved. 0 is off.
    pub ewc_lambda: f64,
    /// Texts from which F is estimated.
    pub ewc_samples: usize,
    /// Rows of general text beside each batch, as a share of its size; their language-model loss is added
    /// to the task's, weighted by the same share. 0 is off.
    pub replay: f64,
    /// Each block learns at this many times the rate of the block above it. 1 is off.
    pub layer_wise_lr_decay: f64,
}

impl Default for Remedies {
    fn default() -> Self {
        Self {
            l2_sp_alpha: 0.0,
            l2_sp_beta: 0.01,
            ewc_lambda: 0.0,
            ewc_samples: 64,
            replay: 0.0,
            layer_wise_lr_decay: 1.0,
        }
    }
}

impl Remedies {
    pub fn anchors(&self) -> bool {
        self.l2_sp_alpha > 0.0 || self.ewc_lambda > 0.0
    }

    /// Rows of general text beside a batch of `batch_size`.
    pub fn replayed_rows(&self, batch_size: usize) -> usize {
        (self.replay * batch_size as f64).ceil() as usize
    }

    /// Whether general text is needed before the first step.
    pub fn wants_text(&self) -> bool {
        self.ewc_lambda > 0.0 || self.replay > 0.0
    }

    /// What is wrong.
    pub fn problem(&self) -> Option<SettingsError> {
        let samples = || Bound::whole(Setting::EwcSamples, self.ewc_samples, usize::MAX);
        let samples = (self.ewc_lambda > 0.0).then(samples);
        let bounds = [
            Bound::from_zero(Setting::L2SpAlpha, self.l2_sp_alpha),
            Bound::from_zero(Setting::L2SpBeta, self.l2_sp_beta),
            Bound::from_zero(Setting::EwcLambda, self.ewc_lambda),
            Bound::from_zero_to_one(Setting::Replay, self.replay),
            Bound::above_zero_to_one(Setting::LayerWiseDecay, self.layer_wise_lr_decay),
        ];
        let mut bounds = bounds.into_iter().chain(samples);
        bounds.find_map(Bound::problem)
    }
}

/// What the learning rate of the parameter called `name` is multiplied by, in a model of `blocks` blocks.
///
/// Depth is counted from the top: what stands above the blocks (the head, the final layer norm) learns at
/// the full rate, the top block at `decay`, block i at decay^(blocks − i), and the embeddings, below all,
/// at decay^(blocks + 1). GPT-2's tied language-model head is the token embedding, and counts as one. An
/// adapter belongs to the block it stands in, a soft prompt to the embeddings, among which it stands.
pub fn layer_rate(name: &str, blocks: usize, decay: f64) -> f64 {
    let below = match place(name) {
        Place::Embeddings => blocks + 1,
        Place::Block(block) => blocks.saturating_sub(block),
        Place::LastNorm | Place::Pooler | Place::WordHead | Place::Head => 0,
    };
    decay.powi(below as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lower_blocks_learn_slower_and_the_embeddings_slowest() {
        let rate = |name| layer_rate(name, 3, 0.5);
        assert_eq!(rate("score.weight"), 1.0);
        assert_eq!(rate("transformer.ln_f.bias"), 1.0);
        assert_eq!(rate("transformer.h.2.attn.c_attn.weight"), 0.5);
        assert_eq!(rate("transformer.h.0.mlp.c_fc.lora.a"), 0.125);
        assert_eq!(rate("transformer.wte.weight"), 0.0625);
        assert_eq!(rate("transformer.wpe.weight"), 0.0625);
        assert_eq!(rate("transformer.prompt.weight"), 0.0625);
        assert_eq!(rate("transformer.h.2.attn.prefix.key"), 0.5);
    }

    #[test]
    fn impossible_strengths_say_which() {
        let wrong = |remedies: Remedies| remedies.problem().unwrap().to_string();
        let off = Remedies::default();
        assert_eq!(off.problem(), None);
        assert!(
            wrong(Remedies {
                l2_sp_alpha: -1.0,
                ..off
            })
            .starts_with("L2-SP alpha is -1")
        );
        assert!(wrong(Remedies { replay: 1.5, ..off }).starts_with("replay is 1.5"));
        let still = Remedies {
            layer_wise_lr_decay: 0.0,
            ..off
        };
        assert!(wrong(still).contains("above 0"));
    }

    #[test]
    fn any_share_replays_at_least_a_row() {
        let rows = |replay, size| {
            let remedies = Remedies {
                replay,
                ..Remedies::default()
            };
            remedies.replayed_rows(size)
        };
        assert_eq!((rows(0.0, 16), rows(0.01, 16), rows(0.25, 16)), (0, 1, 4));
    }
}
