//! Whether a device computes what it should: steps of training whose losses are known, before anything is entrusted to it.
//! Drivers have been met that give a plausible loss, the same at every step, and say nothing.

use burn::prelude::Device;

use super::bench::Bench;
use crate::data::batch::Batch;
use crate::faults::{Distrust, Fault};
use crate::model::gpt2::{Gpt2, Gpt2Config, RandomWeights};
use crate::protocol::Workload;
use crate::settings::{ScheduleKind, Seed, Strategy, TrainingSettings};
use crate::train::{Objective, Trainer};

/// A run whose losses are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sample {
    /// The benchmark's; the losses are PyTorch's.
    Bench(Workload),
    /// Everything of a GPT-2 with two blocks of width 32; the losses are our CPU's.
    Tiny,
}

/// The loss before each step; LoRA's first, which is dearest to the page.
const KNOWN: [(Sample, [f32; 3]); 2] = [
    (
        Sample::Bench(Workload::W2),
        [7.656_821, 7.649_128, 7.638_993],
    ),
    (
        Sample::Bench(Workload::W1),
        [7.656_821, 7.346_887, 7.080_656],
    ),
];
/// Seconds even where a step of the benchmark takes ten.
const KNOWN_TINY: (Sample, [f32; 3]) = (Sample::Tiny, [4.123_668, 3.727_898, 3.447_872]);
/// Devices add up in other orders; a wrong kernel is further off by far.
const TOLERANCE: f32 = 1e-3;
/// Some faults come and go: the steps are made again and again for so long.
const MILLIS: f64 = 1000.0;

/// Makes the known steps on `device`; on a software adapter, which is slow, those of a tiny model, once.
///
/// # Errors
/// Says which loss was wrong, or how the steps broke off.
pub async fn self_check(
    device: &Device,
    is_software: bool,
    now_millis: impl Fn() -> f64,
) -> Result<(), Distrust> {
    let steps = async |sample, count| losses(sample, count, device).await;
    match is_software {
        true => compared(KNOWN_TINY, &steps).await,
        false => repeated(&steps, now_millis).await,
    }
}

/// All that is known, until the time is over.
async fn repeated(
    steps: &impl AsyncFn(Sample, usize) -> Result<Vec<f32>, Fault>,
    now_millis: impl Fn() -> f64,
) -> Result<(), Distrust> {
    let started = now_millis();
    loop {
        for known in KNOWN {
            compared(known, steps).await?;
        }
        if now_millis() - started >= MILLIS {
            return Ok(());
        }
    }
}

async fn compared(
    (sample, known): (Sample, [f32; 3]),
    steps: &impl AsyncFn(Sample, usize) -> Result<Vec<f32>, Fault>,
) -> Result<(), Distrust> {
    let found = steps(sample, known.len()).await;
    let found = found.map_err(|reason| Distrust::Broken(Box::new(reason)))?;
    for (step, (expected, found)) in known.into_iter().zip(found).enumerate() {
        // What is not a number is near nothing.
        let is_near = (found - expected).abs() <= TOLERANCE;
        if !is_near {
            return Err(Distrust::Wrong {
                step,
                found,
                expected,
            });
        }
    }
    Ok(())
}

/// The losses of so many steps.
async fn losses(sample: Sample, count: usize, device: &Device) -> Result<Vec<f32>, Fault> {
    match sample {
        Sample::Bench(workload) => losses_of_bench(workload, count, device).await,
        Sample::Tiny => losses_of_tiny(count, device).await,
    }
}

async fn losses_of_tiny(count: usize, device: &Device) -> Result<Vec<f32>, Fault> {
    const VOCABULARY: usize = 61;
    let config = Gpt2Config::sized(VOCABULARY, 16, 32, 2, 2);
    let mut weights = RandomWeights::new(Seed::new(1), config.n_layer);
    let model = Gpt2::load(&config, &mut weights, &device.clone().autodiff())?;
    let settings = TrainingSettings {
        strategy: Strategy::Full,
        learning_rate: 1e-2,
        schedule: ScheduleKind::Constant,
        warmup_steps: 0,
        ..TrainingSettings::default()
    };
    let model = model.with_trainable(|_| true);
    let mut trainer = Trainer::new(model, Objective::CausalLm, &settings);
    let row = |first: usize| (0..12).map(move |i| ((first + 7 * i) % VOCABULARY) as i32);
    let batch = Batch::causal(vec![row(0).collect(), row(3).collect()]);
    let mut losses = Vec::with_capacity(count);
    for _ in 0..count {
        losses.push(trainer.advance(&batch).read().await?.loss_nats);
    }
    Ok(losses)
}

async fn losses_of_bench(
    workload: Workload,
    count: usize,
    device: &Device,
) -> Result<Vec<f32>, Fault> {
    let mut bench = Bench::new(workload, device)?;
    let mut losses = Vec::with_capacity(count);
    for _ in 0..count {
        let found = bench.gradients(0..bench.rows())?;
        losses.push(bench.update(found).await?);
    }
    Ok(losses)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::engine::wait::block_on;

    #[test]
    fn the_tiny_models_losses_are_the_ones_noted() {
        let found = block_on(losses(Sample::Tiny, 3, &Device::flex())).unwrap();
        let near = found
            .iter()
            .zip(KNOWN_TINY.1)
            .all(|(a, b)| (a - b).abs() < 1e-5);
        assert!(near, "{found:?}");
    }

    #[test]
    fn the_cpu_is_trusted() {
        let clock = Cell::new(0.0);
        let now = || clock.replace(clock.get() + MILLIS);
        assert_eq!(block_on(self_check(&Device::flex(), false, now)), Ok(()));
        assert_eq!(block_on(self_check(&Device::flex(), true, now)), Ok(()));
    }

    /// As SPIR-V on SwiftShader does: the first loss is near, and no update arrives.
    #[test]
    fn a_device_whose_updates_are_lost_is_found_out() {
        let stuck = async |_, count| Ok(vec![7.656_8; count]);
        let found = block_on(compared(KNOWN[0], &stuck));
        assert!(
            matches!(found, Err(Distrust::Wrong { step: 1, .. })),
            "{found:?}"
        );
        let dead = async |_, count| Ok(vec![f32::NAN; count]);
        assert!(block_on(compared(KNOWN[0], &dead)).is_err());
        let lost = async |_, _| Err(Fault::foreign("device lost"));
        let found = block_on(compared(KNOWN[0], &lost));
        let reason = Box::new(Fault::foreign("device lost"));
        assert_eq!(found, Err(Distrust::Broken(reason)));
    }

    #[test]
    fn a_fault_that_comes_later_is_found_within_the_time() {
        let (clock, rounds) = (Cell::new(0.0), Cell::new(0));
        let now = || clock.replace(clock.get() + 100.0);
        let flaky = async |sample: Sample, _| {
            rounds.set(rounds.get() + 1);
            let known = KNOWN.into_iter().find(|(known, _)| *known == sample);
            let mut losses = known.unwrap().1;
            if rounds.get() == 7 {
                losses[2] += 0.1;
            }
            Ok(losses.to_vec())
        };
        assert!(block_on(repeated(&flaky, now)).is_err());
        assert_eq!(rounds.get(), 7);
    }
}
