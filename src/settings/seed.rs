//! Random numbers that are the same on every device: SplitMix64 (Steele, Lea & Flood 2014).
//!
//! Each run owns its generator, so that runs side by side never disturb each other.

use serde::{Deserialize, Serialize};

/// A seeded generator. Its whole state is one word, so a checkpoint can carry it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seed {
    state: u64,
}

impl Seed {
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// An independent stream for `purpose`, so that adding a draw in one place moves no other.
    pub fn fork(&self, purpose: &str) -> Self {
        let mut mixed = Self::new(self.state ^ 0x5851_F42D_4C95_7F2D);
        for byte in purpose.bytes() {
            mixed.state ^= u64::from(byte);
            mixed.state = mixed.next_u64();
        }
        mixed
    }

    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Uniform in `[0, 1)`.
    pub fn uniform(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Uniform in `0..end`.
    pub fn below(&mut self, end: usize) -> usize {
        debug_assert!(end > 0);
        ((u128::from(self.next_u64()) * end as u128) >> 64) as usize
    }

    /// Normal with mean 0 (Box and Muller).
    pub fn normal(&mut self, standard_deviation: f64) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (2.0 * std::f64::consts::PI * self.uniform()).cos() * standard_deviation
    }

    /// Fisher and Yates.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_splitmix64() {
        // First outputs for seed 1234567, as published with the reference implementation.
        let mut seed = Seed::new(1234567);
        assert_eq!(seed.next_u64(), 6457827717110365317);
        assert_eq!(seed.next_u64(), 3203168211198807973);
    }

    #[test]
    fn forks_are_independent_of_each_other_and_of_draws() {
        let seed = Seed::new(7);
        assert_eq!(seed.fork("a"), seed.fork("a"));
        assert_ne!(seed.fork("a"), seed.fork("b"));
    }

    #[test]
    fn normals_have_the_asked_spread() {
        let mut seed = Seed::new(3);
        let draws: Vec<f64> = (0..20_000).map(|_| seed.normal(0.02)).collect();
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / draws.len() as f64;
        assert!(mean.abs() < 5e-4);
        assert!((variance.sqrt() - 0.02).abs() < 5e-4);
    }

    #[test]
    fn shuffle_keeps_every_item() {
        let mut items: Vec<usize> = (0..100).collect();
        Seed::new(1).shuffle(&mut items);
        assert_ne!(items, (0..100).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
