//! Choosing next tokens, and continuing a prompt with them.

use crate::faults::Fault;
use crate::model::gpt2::Gpt2;
use crate::model::network::Network;
use crate::model::numbers;
use crate::model::parts::{KvCache, Pass, Tokens};
use crate::settings::{Sampling, Seed};

/// Probabilities of the next token, processed in the order of transformers' logits processors:
/// temperature, then top-k, then top-p, then softmax over what is left.
pub fn distribution(logits: &[f32], temperature: f64, top_k: usize, top_p: f64) -> Vec<f32> {
    let scaled: Vec<f32> = logits
        .iter()
        .map(|l| (f64::from(*l) / temperature) as f32)
        .collect();
    let mut kept: Vec<usize> = (0..scaled.len()).collect();
    kept.sort_by(|a, b| scaled[*b].total_cmp(&scaled[*a]).then(a.cmp(b)));
    if top_k > 0 && top_k < kept.len() {
        // Ties with the k-th stay, as `scores < top_k_scores[-1]` leaves them.
        let threshold = scaled[kept[top_k - 1]];
        kept.retain(|i| scaled[*i] >= threshold);
    }
    let highest = kept.first().map_or(0.0, |i| scaled[*i]);
    let weight = |i: usize| f64::from(scaled[i] - highest).exp();
    if top_p < 1.0 {
        let total: f64 = kept.iter().map(|i| weight(*i)).sum();
        let mut reached = 0.0;
        let mut enough = 0;
        for i in &kept {
            reached += weight(*i) / total;
            enough += 1;
            if reached >= top_p {
                break;
            }
        }
        kept.truncate(enough.max(1));
    }
    let total: f64 = kept.iter().map(|i| weight(*i)).sum();
    let mut probabilities = vec![0f32; scaled.len()];
    for i in kept {
        probabilities[i] = (weight(i) / total) as f32;
    }
    probabilities
}

/// The likeliest token; the first of equals.
pub fn greedy(logits: &[f32]) -> i32 {
    let best = logits
        .iter()
        .enumerate()
        .fold((0, f32::NEG_INFINITY), |best, (i, l)| {
            if *l > best.1 { (i, *l) } else { best }
        });
    best.0 as i32
}

/// Chooses tokens one after another, by its own seed.
pub struct Chooser {
    sampling: Sampling,
    seed: Seed,
}

impl Chooser {
    pub fn new(sampling: &Sampling) -> Self {
        let seed = match sampling {
            Sampling::Greedy => 0,
            Sampling::Draw { seed, .. } => *seed,
        };
        Self {
            sampling: sampling.clone(),
            seed: Seed::new(seed).fork("sampling"),
        }
    }

    pub fn choose(&mut self, logits: &[f32]) -> i32 {
        match &self.sampling {
            Sampling::Greedy => greedy(logits),
            Sampling::Draw {
                temperature,
                top_k,
                top_p,
                ..
            } => {
                let probabilities = distribution(logits, *temperature, *top_k, *top_p);
                let mut left = self.seed.uniform();
                let mut last = 0;
                for (id, p) in probabilities.iter().enumerate().filter(|(_, p)| **p > 0.0) {
                    last = id;
                    left -= f64::from(*p);
                    if left < 0.0 {
                        break;
                    }
                }
                last as i32
            }
        }
    }
}

/// A text growing token by token, each computed once.
pub struct Continuation {
    model: Gpt2,
    context: usize,
    virtual_tokens: usize,
    cache: KvCache,
    /// Prompt and continuation.
    pub ids: Vec<i32>,
    chooser: Chooser,
}

impl Continuation {
    /// `prompt` has at least one token; only as many of its last as leave one position free count.
    pub fn new(model: Gpt2, prompt: &[i32], sampling: &Sampling) -> Self {
        Self {
            context: model.positions(),
            virtual_tokens: model.transformer.virtual_tokens(),
            model,
            cache: KvCache::default(),
            ids: prompt.to_vec(),
            chooser: Chooser::new(sampling),
        }
    }

    /// The next token.
    pub async fn next(&mut self) -> Result<i32, Fault> {
        let logits = self.next_logits().await?;
        let id = self.chooser.choose(&logits);
        self.ids.push(id);
        Ok(id)
    }

    /// Up to `max_new_tokens` more tokens, ending with `stop` where that one is chosen.
    pub async fn until(
        &mut self,
        stop: Option<i32>,
        max_new_tokens: usize,
    ) -> Result<Vec<i32>, Fault> {
        let from = self.ids.len();
        while self.ids.len() < from + max_new_tokens {
            if Some(self.next().await?) == stop {
                break;
            }
        }
        Ok(self.ids[from..].to_vec())
    }

    async fn next_logits(&mut self) -> Result<Vec<f32>, Fault> {
        let is_full = self.cache.len() >= self.context;
        if is_full {
            self.cache = KvCache::default();
        }
        let from = if self.cache.is_empty() {
            // At first all that fits with a place for the next token. Where positions have ended, the last three
            // quarters, so that the cache is not made anew for every token.
            let most = match is_full {
                true => self.context - self.context / 4,
                false => self.context - 1,
            };
            let room = most.saturating_sub(self.virtual_tokens);
            self.ids.len().saturating_sub(room.max(1))
        } else {
            self.ids.len() - 1
        };
        let rows = [self.ids[from..].to_vec()];
        let mut pass = Pass {
            cache: Some(&mut self.cache),
            ..Pass::default()
        };
        let hidden = self
            .model
            .transformer
            .forward(Tokens::new(&rows), &mut pass);
        let [count, d_model] = hidden.dims();
        let last = hidden.slice([count - 1..count, 0..d_model]);
        numbers::values("logits", self.model.lm_head(last)).await
    }
}

/// Texts `[rows, length]` drawn from the model's own distribution, token for token, side by side; each
/// begins with `start`.
pub async fn sample_texts(
    model: &Gpt2,
    start: i32,
    [rows, length]: [usize; 2],
    seed: &mut Seed,
) -> Result<Vec<Vec<i32>>, Fault> {
    let mut texts = vec![vec![start]; rows];
    let mut cache = KvCache::default();
    while texts.first().is_some_and(|text| text.len() < length) {
        let newest: Vec<Vec<i32>> = texts.iter().map(|t| t[t.len() - 1..].to_vec()).collect();
        let mut pass = Pass {
            cache: Some(&mut cache),
            ..Pass::default()
        };
        let logits = model.logits(Tokens::new(&newest), &mut pass);
        let logits = numbers::values("logits", logits).await?;
        for (text, logits) in texts.iter_mut().zip(logits.chunks(logits.len() / rows)) {
            text.push(draw(logits, seed.uniform()));
        }
    }
    Ok(texts)
}

/// The token at which the probabilities have added up to more than `upto`.
fn draw(logits: &[f32], upto: f64) -> i32 {
    let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let weight = |logit: &f32| f64::from(logit - highest).exp();
    let mut left = upto * logits.iter().map(weight).sum::<f64>();
    let at = logits.iter().position(|logit| {
        left -= weight(logit);
        left < 0.0
    });
    at.unwrap_or(logits.len().saturating_sub(1)) as i32
}

#[cfg(test)]
mod tests {
    use burn::prelude::Device;

    use super::*;
    use crate::engine::wait::block_on;
    use crate::model::gpt2::{Gpt2Config, RandomWeights};

    #[test]
    fn draws_follow_the_probabilities() {
        let logits = [0.0, 3f32.ln(), f32::NEG_INFINITY];
        assert_eq!(draw(&logits, 0.2), 0);
        assert_eq!(draw(&logits, 0.3), 1);
        assert_eq!(draw(&logits, 0.999), 1);
    }

    #[test]
    fn texts_side_by_side_are_what_each_alone_would_be_given() {
        let config = Gpt2Config::sized(30, 12, 8, 2, 2);
        let mut weights = RandomWeights::new(Seed::new(5), 2);
        let model = Gpt2::load(&config, &mut weights, &Device::flex()).unwrap();
        let texts = |seed| {
            let mut seed = Seed::new(seed);
            block_on(sample_texts(&model, 29, [3, 12], &mut seed)).unwrap()
        };
        let drawn = texts(1);
        assert_eq!(drawn, texts(1));
        assert_ne!(drawn, texts(2));
        // Row 1's second token from the model without a cache, and the draw it had.
        let mut seed = Seed::new(1);
        let draws: Vec<f64> = (0..6).map(|_| seed.uniform()).collect();
        let rows = [drawn[1][..2].to_vec()];
        let logits = model.logits(Tokens::new(&rows), &mut Pass::default());
        let logits: Vec<f32> = logits.into_data().try_to_vec().unwrap();
        assert_eq!(drawn[1][2], draw(&logits[30..], draws[4]));
        assert!(drawn.iter().all(|text| text.len() == 12 && text[0] == 29));
    }

    #[test]
    fn top_k_and_top_p_keep_the_likeliest() {
        let logits = [0.0, 1.0, 2.0, 3.0];
        let two = distribution(&logits, 1.0, 2, 1.0);
        assert_eq!(two[..2], [0.0, 0.0]);
        assert!((two[2] + two[3] - 1.0).abs() < 1e-6);
        // The likeliest has 0.64 of the whole: it alone reaches a half.
        assert_eq!(distribution(&logits, 1.0, 0, 0.5), [0.0, 0.0, 0.0, 1.0]);
    }

    #[test]
    fn the_same_seed_draws_the_same_tokens() {
        let sampling = Sampling::Draw {
            temperature: 1.0,
            top_k: 0,
            top_p: 1.0,
            seed: 5,
        };
        let draw = || {
            let mut chooser = Chooser::new(&sampling);
            (0..50)
                .map(|_| chooser.choose(&[0.1, 0.2, 0.3]))
                .collect::<Vec<_>>()
        };
        assert_eq!(draw(), draw());
        assert!(draw().iter().any(|id| *id != draw()[0]));
    }
}
