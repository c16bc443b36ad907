//! What a benchmark prints: one line of JSON.

use serde::Serialize;

use super::{Bench, WARMUP_STEPS, Workload};
use crate::engine::helpers::{Crew, Helper};
use crate::faults::Fault;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    pub workload: &'static str,
    pub device: &'static str,
    pub threads: usize,
    pub tokens_per_step: usize,
    pub first_step_ms: f64,
    pub median_step_ms: f64,
    pub min_step_ms: f64,
    pub timed_steps: usize,
    pub losses: Vec<f64>,
}

/// Makes the steps that warm up and then `steps` that count, by the clock `now_millis`. Messages are let in by `breathe`
/// after each, outside the time that is measured. Helpers have been asked to prepare the same workload.
pub async fn measure(
    mut bench: Bench,
    crew: &mut Crew<impl Helper>,
    workload: Workload,
    (device, threads): (&'static str, usize),
    steps: usize,
    (now_millis, breathe): (impl Fn() -> f64, impl AsyncFn()),
) -> Result<Report, Fault> {
    let count = WARMUP_STEPS + steps.max(1);
    let (mut times, mut losses) = (Vec::with_capacity(count), Vec::with_capacity(count));
    for _ in 0..count {
        let started = now_millis();
        let found = crew.bench_gradients(&bench, &now_millis).await?;
        let loss = bench.update(found).await?;
        times.push(rounded(now_millis() - started, 1e3));
        losses.push(rounded(f64::from(loss), 1e6));
        breathe().await;
    }
    let first_step_ms = times[0];
    let mut timed = times.split_off(WARMUP_STEPS);
    timed.sort_by(f64::total_cmp);
    Ok(Report {
        workload: workload.name(),
        device,
        threads,
        tokens_per_step: bench.tokens_per_step(),
        first_step_ms,
        median_step_ms: (timed[(timed.len() - 1) / 2] + timed[timed.len() / 2]) / 2.0,
        min_step_ms: timed[0],
        timed_steps: timed.len(),
        losses,
    })
}

fn rounded(value: f64, parts: f64) -> f64 {
    (value * parts).round() / parts
}
