//! General text made ready for the remedies that need it, in units of work as small as a scored batch.

use burn::module::Module;

use super::base::Base;
use crate::faults::Fault;
use crate::model::any::Model;
use crate::model::sampling::sample_texts;
use crate::settings::{Seed, TrainingSettings};
use crate::train::gradients::GradientMap;
use crate::train::{Anchors, Fisher, Replay, Trainer};

/// Tokens of a text; shorter where the positions, less those of virtual tokens, hold fewer.
pub fn text_length(settings: &TrainingSettings, positions: usize) -> usize {
    const USUAL: usize = 64;
    let virtual_tokens = settings.strategy.virtual_tokens();
    USUAL.min(positions.saturating_sub(virtual_tokens)).max(2)
}

/// Texts that are sampled side by side.
const SAMPLED_TOGETHER: usize = 8;

/// Texts sampled from the base model itself (Robins 1995 calls it pseudo-rehearsal) unless some are
/// given, and EWC's Fisher information from them.
pub struct Rehearsal {
    texts: Vec<Vec<i32>>,
    wanted: usize,
    length: usize,
    seed: Seed,
    fisher: Fisher,
    fisher_wanted: usize,
}

impl Rehearsal {
    /// `given` are texts to use instead of the model's own, at least one.
    pub fn new(
        settings: &TrainingSettings,
        positions: usize,
        given: Option<Vec<Vec<i32>>>,
    ) -> Self {
        let remedies = &settings.remedies;
        let wanted = given
            .as_ref()
            .map_or_else(|| Replay::texts_wanted(settings), Vec::len);
        let fisher_wanted = match remedies.ewc_lambda > 0.0 {
            true => remedies.ewc_samples.min(wanted),
            false => 0,
        };
        Self {
            texts: given.unwrap_or_default(),
            wanted,
            length: text_length(settings, positions),
            seed: Seed::new(settings.seed).fork("rehearsal"),
            fisher: Fisher::default(),
            fisher_wanted,
        }
    }

    /// One unit of work; whether all is ready. `base` is the pre-trained model, `model` what will be trained.
    pub async fn advance(&mut self, base: &Base, model: &Model) -> Result<bool, Fault> {
        if self.texts.len() < self.wanted {
            let rows = SAMPLED_TOGETHER.min(self.wanted - self.texts.len());
            let decoder = base.model.decoder();
            let decoder = decoder.ok_or_else(|| Fault::internal("only a decoder writes text"))?;
            let (decoder, shape) = (decoder.valid(), [rows, self.length]);
            let sampled = sample_texts(&decoder, base.pad(), shape, &mut self.seed).await?;
            self.texts.extend(sampled);
        } else if let (Some(text), Some(language)) =
            (self.texts.get(self.fisher.texts()), base.language())
            && self.fisher.texts() < self.fisher_wanted
        {
            let seed = self.seed.fork(&format!("fisher {}", self.fisher.texts()));
            let batch = language.batch(vec![text.clone()], seed);
            self.fisher.add(model, &batch);
        }
        Ok(self.texts.len() >= self.wanted && self.fisher.texts() >= self.fisher_wanted)
    }

    /// Units done, and all of them.
    pub fn progress(&self) -> (usize, usize) {
        let groups = |texts: usize| texts.div_ceil(SAMPLED_TOGETHER);
        let done = groups(self.texts.len()) + self.fisher.texts();
        (done, groups(self.wanted) + self.fisher_wanted)
    }

    /// Anchors the trainer's model where it now stands; what is to be replayed.
    pub fn install(
        self,
        base: &Base,
        trainer: &mut Trainer,
        settings: &TrainingSettings,
    ) -> Option<Replay> {
        let fisher = match self.fisher_wanted {
            0 => GradientMap::new(),
            _ => self.fisher.finish(),
        };
        if settings.remedies.anchors() {
            let anchors = Anchors::new(trainer.model(), &settings.remedies, &fisher);
            trainer.anchors = Some(anchors);
        }
        Replay::new(self.texts, base.language()?, settings)
    }
}
