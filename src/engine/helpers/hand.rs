//! What a helper does with what it is asked.

use std::ops::Range;

use burn::module::Module;
use burn::prelude::*;

use super::letters::{Answer, Ask, Job, Letter};
use crate::engine::bench::Bench;
use crate::engine::examples::Examples;
use crate::engine::general::{General, Measuring};
use crate::engine::run::prepared;
use crate::faults::Fault;
use crate::io::folder;
use crate::io::safetensors::ByteSource;
use crate::model::any::{Model, ModelConfig};
use crate::model::numbers;
use crate::protocol::{Split, Workload};
use crate::train::{Found, Packing, Share, Trainer};

/// A helper's whole state.
pub struct Hand {
    device: Device,
    model: Option<Model>,
    work: Option<Work>,
    bench: Option<(Bench, Packing)>,
}

/// A run's model. The trainer's optimizer is never used: updates are the engine's.
struct Work {
    trainer: Trainer,
    packing: Packing,
    examples: Examples,
    general: Option<General>,
    /// The trainer's model for inference, as long as it stands still.
    still: Option<Model>,
    /// The same, set to measure what it can do beside the task.
    measuring: Option<Measuring>,
}

impl Work {
    /// Takes the engine's values over.
    fn take_values(&mut self, values: &[f32]) -> Result<(), Fault> {
        let model = self.trainer.model().clone();
        let model = self.packing.with_values(model, values)?;
        self.trainer.replace_model(model);
        self.still = None;
        self.measuring = None;
        Ok(())
    }
}

impl Hand {
    pub fn new(device: Device) -> Self {
        Self {
            device: device.autodiff(),
            model: None,
            work: None,
            bench: None,
        }
    }

    /// Does what is asked. `weights` come with `Load`.
    pub async fn obey(
        &mut self,
        letter: Letter<Ask>,
        weights: Option<impl ByteSource + 'static>,
    ) -> Letter<Answer> {
        let answer = match letter.words {
            Ask::Load { config } => self.load(&config, weights).map(Letter::of),
            Ask::Prepare(job) => self.prepare(*job).map(Letter::of),
            Ask::PrepareBench(workload) => self.prepare_bench(workload).map(Letter::of),
            Ask::DifferentiateBench { rows } => {
                self.differentiate_bench(rows, &letter.numbers).await
            }
            Ask::Differentiate { shares } => self.differentiate(&shares, &letter.numbers).await,
            Ask::Score { split, unit } => {
                let scored = self.score(split, &unit, &letter.numbers).await;
                scored.map(Letter::of)
            }
            Ask::Measure { unit } => {
                let measured = self.measure(unit, &letter.numbers).await;
                measured.map(Letter::of)
            }
        };
        answer.unwrap_or_else(|reason| Letter::of(Answer::Refused(reason)))
    }

    fn load(
        &mut self,
        config: &str,
        weights: Option<impl ByteSource + 'static>,
    ) -> Result<Answer, Fault> {
        // The old model makes room first.
        self.work = None;
        self.model = None;
        let weights = weights.ok_or_else(|| Fault::internal("the weights did not come along"))?;
        let config = ModelConfig::parse(config)?;
        let model = folder::build(&config, weights, &self.device)?;
        self.model = Some(model.no_grad());
        Ok(Answer::Done)
    }

    fn prepare(&mut self, job: Job) -> Result<Answer, Fault> {
        self.work = None;
        self.bench = None;
        let base = self.model.as_ref();
        let base = base.ok_or_else(|| Fault::internal("no model has been loaded"))?;
        let examples = job.examples;
        let shape = (examples.task(), examples.labels().len());
        let model = prepared(base, shape, &job.settings, job.keeps_head).map_err(|e| e.fault)?;
        let packing = Packing::of(&model);
        let mut trainer = Trainer::new(model, examples.objective(), &job.settings);
        trainer.class_weights = job.class_weights;
        self.work = Some(Work {
            trainer,
            packing,
            examples,
            general: job.general,
            still: None,
            measuring: None,
        });
        Ok(Answer::Done)
    }

    async fn differentiate(
        &mut self,
        shares: &[Share],
        values: &[f32],
    ) -> Result<Letter<Answer>, Fault> {
        let work = self.work()?;
        work.take_values(values)?;
        let found = work.trainer.gradients(shares.iter());
        answer_of(found, &work.packing).await
    }

    fn prepare_bench(&mut self, workload: Workload) -> Result<Answer, Fault> {
        self.work = None;
        let bench = Bench::new(workload, &self.device)?;
        let packing = Packing::of(bench.model()?);
        self.bench = Some((bench, packing));
        Ok(Answer::Done)
    }

    async fn differentiate_bench(
        &mut self,
        rows: Range<usize>,
        values: &[f32],
    ) -> Result<Letter<Answer>, Fault> {
        let bench = self.bench.as_mut();
        let (bench, packing) =
            bench.ok_or_else(|| Fault::internal("no benchmark has been prepared"))?;
        bench.take_values(packing, values)?;
        answer_of(bench.gradients(rows)?, packing).await
    }

    fn work(&mut self) -> Result<&mut Work, Fault> {
        let work = self.work.as_mut();
        work.ok_or_else(|| Fault::internal("no run has been prepared"))
    }

    async fn score(
        &mut self,
        split: Split,
        unit: &[usize],
        values: &[f32],
    ) -> Result<Answer, Fault> {
        let work = self.work()?;
        if !values.is_empty() {
            work.take_values(values)?;
        }
        let trainer = &work.trainer;
        let model = work.still.get_or_insert_with(|| trainer.model().valid());
        let mut found = work.examples.no_answers();
        work.examples.answer(model, split, unit, &mut found).await?;
        Ok(Answer::Scored(found))
    }

    async fn measure(&mut self, unit: usize, values: &[f32]) -> Result<Answer, Fault> {
        let base = self.model.clone();
        let work = self.work()?;
        if !values.is_empty() {
            work.take_values(values)?;
        }
        let (Some(base), Some(general)) = (base, &work.general) else {
            return Err(Fault::internal("there is nothing to measure on"));
        };
        let measuring = match work.measuring.take() {
            Some(measuring) => measuring,
            None => Measuring::new(general, work.trainer.model().valid(), &base)?,
        };
        let measured = measuring.measure(general, unit).await;
        work.measuring = Some(measuring);
        measured.map(Answer::Measured)
    }
}

async fn answer_of(found: Found, packing: &Packing) -> Result<Letter<Answer>, Fault> {
    let Found {
        loss,
        replayed_loss,
        gradients,
    } = found;
    let packed = packing.pack(gradients).await?;
    let words = Answer::Gradients {
        present: packed.present,
        loss: number(loss).await?,
        replayed_loss: number(replayed_loss).await?,
    };
    Ok(Letter {
        words,
        numbers: packed.numbers,
    })
}

async fn number(tensor: Option<Tensor<1>>) -> Result<Option<f32>, Fault> {
    match tensor {
        Some(tensor) => numbers::value("loss", tensor).await.map(Some),
        None => Ok(None),
    }
}
