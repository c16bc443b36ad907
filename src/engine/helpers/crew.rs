//! The helpers that the engine has, and the step that it makes with them.

use super::Helper;
use super::deadline::{Deadline, PREPARING_MILLIS, patience_millis};
use super::letters::{Answer, Ask, Job, Letter};
use super::reader::{Reader, unexpected};
use crate::data::batch::Batch;
use crate::engine::bench::Bench;
use crate::engine::examples::{Answers, Examples};
use crate::engine::general::{General, Measuring};
use crate::faults::Fault;
use crate::model::any::Model;
use crate::model::network::Network;
use crate::protocol::{Split, Workload};
use crate::settings::even_parts;
use crate::train::{Found, Packing, Trainer};

/// The engine's helpers, in a fixed order.
pub struct Crew<H> {
    members: Vec<Member<H>>,
    /// Why helpers are no longer there, until it has been told.
    lost: Vec<Fault>,
    /// None could be started here; it is not tried again.
    gave_up: bool,
}

struct Member<H> {
    helper: H,
    has_model: bool,
    /// Answers that nobody has waited for yet.
    owed: usize,
}

impl<H: Helper> Member<H> {
    /// Waits for what was asked earlier.
    async fn settle(&mut self, deadline: &Deadline<impl Fn() -> f64>) -> Result<(), Fault> {
        while self.owed > 0 {
            match self.helper.answer(deadline.left_millis()).await?.words {
                Answer::Done => self.owed -= 1,
                other => return Err(unexpected(other)),
            }
        }
        Ok(())
    }
}

/// Units of a split that are to be scored.
pub struct Scored<'a> {
    pub examples: &'a Examples,
    pub trainer: &'a Trainer,
    /// The trainer's model, without autodiff.
    pub model: &'a Model,
    pub split: Split,
    pub units: &'a [Vec<usize>],
    /// None of these has been scored with the model as it is: helpers do not have it yet.
    pub is_first: bool,
}

impl<H: Helper> Crew<H> {
    /// Nobody beside the engine.
    pub fn none() -> Self {
        Self {
            members: Vec::new(),
            lost: Vec::new(),
            gave_up: false,
        }
    }

    /// Those who compute, the engine among them.
    pub fn workers(&self) -> usize {
        1 + self.members.len()
    }

    /// Starts helpers until there are so many, or lets some go.
    pub fn enlist(&mut self, count: usize, start: impl Fn() -> Result<H, Fault>) {
        self.members.truncate(count);
        while self.members.len() < count && !self.gave_up {
            match start() {
                Ok(helper) => self.members.push(Member {
                    helper,
                    has_model: false,
                    owed: 0,
                }),
                Err(reason) => {
                    self.lost.push(reason);
                    self.gave_up = true;
                }
            }
        }
    }

    /// The engine holds another model now.
    pub fn forget_model(&mut self) {
        for member in &mut self.members {
            member.has_model = false;
        }
    }

    /// Lets every helper get ready for a run, without waiting for it.
    pub fn prepare(&mut self, config: &str, weights: &H::Body, job: Job) {
        let load = Ask::Load {
            config: config.to_owned(),
        };
        let prepare = Ask::Prepare(Box::new(job));
        let mut asked = Vec::with_capacity(self.members.len());
        for Member {
            helper,
            has_model,
            owed,
        } in &mut self.members
        {
            let mut ask = |words: &Ask, weights| {
                *owed += 1;
                helper.ask(words, &[], weights)
            };
            let loaded = match std::mem::replace(has_model, true) {
                true => Ok(()),
                false => ask(&load, Some(weights)),
            };
            asked.push(loaded.and_then(|()| ask(&prepare, None)));
        }
        self.keep(asked);
    }

    /// The same for a benchmark.
    pub fn prepare_bench(&mut self, workload: Workload) {
        let mut asked = Vec::with_capacity(self.members.len());
        for member in &mut self.members {
            member.owed += 1;
            let prepare = Ask::PrepareBench(workload);
            asked.push(member.helper.ask(&prepare, &[], None));
        }
        self.keep(asked);
    }

    /// Waits until every helper is ready.
    async fn settle(&mut self, clock: impl Fn() -> f64) {
        if self.members.iter().all(|member| member.owed == 0) {
            return;
        }
        let deadline = Deadline::after(PREPARING_MILLIS, clock);
        let mut settled = Vec::with_capacity(self.members.len());
        for member in &mut self.members {
            settled.push(member.settle(&deadline).await);
        }
        self.keep(settled);
    }

    /// Forward and backward over a step's batches, spread over all workers. What a helper leaves undone is done here.
    /// `clock` counts milliseconds.
    pub async fn gradients(
        &mut self,
        trainer: &Trainer,
        micro_batches: &[Batch],
        replayed: Option<&Batch>,
        clock: impl Fn() -> f64,
    ) -> Result<Found, Fault> {
        self.settle(&clock).await;
        let shares = trainer.share_out(micro_batches, replayed, self.workers());
        let own = |worker: usize| Ok(trainer.gradients(shares[worker].iter()));
        let asks = shares.iter().map(|shares| {
            let shares = shares.clone();
            (!shares.is_empty()).then_some(Ask::Differentiate { shares })
        });
        self.spread(trainer.model(), asks, own, clock).await
    }

    /// The same for a step of a benchmark.
    pub async fn bench_gradients(
        &mut self,
        bench: &Bench,
        clock: impl Fn() -> f64,
    ) -> Result<Found, Fault> {
        self.settle(&clock).await;
        let rows: Vec<_> = even_parts(bench.rows(), self.workers()).collect();
        let own = |worker: usize| match rows[worker].is_empty() {
            true => Ok(Found::default()),
            false => bench.gradients(rows[worker].clone()),
        };
        let asks = rows.iter().map(|rows| {
            let rows = rows.clone();
            (!rows.is_empty()).then_some(Ask::DifferentiateBench { rows })
        });
        self.spread(bench.model()?, asks, own, clock).await
    }

    /// Gradients that all workers find together. `asks` says what each has to do, the engine first; `own` does what a
    /// worker with this number has to, here.
    async fn spread<M: Network>(
        &mut self,
        model: &M,
        asks: impl Iterator<Item = Option<Ask>>,
        own: impl Fn(usize) -> Result<Found, Fault>,
        clock: impl Fn() -> f64,
    ) -> Result<Found, Fault> {
        if self.members.is_empty() {
            return own(0);
        }
        let values = Packing::values(model).await?;
        let asked = self.ask_each(asks.skip(1), &values);
        let began = clock();
        let mut found = own(0)?;
        let reader = Reader::of(model);
        let read = |letter| reader.found(letter);
        let patience = patience_millis(clock() - began);
        let deadline = Deadline::after(patience, &clock);
        let answers = self.answers(asked, &deadline, read).await;
        // In the order of the helpers, whoever was ready first: the sum comes out the same each time.
        for (helper, answer) in answers.into_iter().enumerate() {
            found.add(match answer {
                Some(answer) => answer,
                None => own(helper + 1)?,
            });
        }
        Ok(found)
    }

    /// Scores the next units of a split, one for each worker; how many that were.
    pub async fn score(
        &mut self,
        scored: Scored<'_>,
        answers: &mut Answers,
        clock: impl Fn() -> f64,
    ) -> Result<usize, Fault> {
        let Scored {
            examples,
            trainer,
            model,
            split,
            units,
            is_first,
        } = scored;
        let own = async |unit: usize| {
            let mut found = examples.no_answers();
            let answered = examples.answer(model, split, &units[unit], &mut found);
            answered.await.map(|()| found)
        };
        let read = |answer| match answer {
            Answer::Scored(found) => Ok(found),
            other => Err(unexpected(other)),
        };
        let asks = units.iter().map(|unit| {
            let unit = unit.clone();
            Ask::Score { split, unit }
        });
        let values_of = is_first.then_some(trainer);
        let found = self.units(asks, values_of, own, read, clock).await?;
        let count = found.len();
        for found in found {
            answers.extend(found)?;
        }
        Ok(count)
    }

    /// Measures the next units of what the trainer's model can do beside the task; whether that was all.
    pub async fn measure(
        &mut self,
        measuring: &mut Measuring,
        general: &General,
        trainer: &Trainer,
        clock: impl Fn() -> f64,
    ) -> Result<bool, Fault> {
        let left = measuring.left();
        let values_of = (left.start == 0).then_some(trainer);
        let asks = left.clone().map(|unit| Ask::Measure { unit });
        let own = async |unit: usize| measuring.measure(general, left.start + unit).await;
        let read = |answer| match answer {
            Answer::Measured(found) => Ok(found),
            other => Err(unexpected(other)),
        };
        for found in self.units(asks, values_of, own, read, clock).await? {
            measuring.take(found)?;
        }
        Ok(measuring.left().is_empty())
    }

    /// The first of some units of work, one for each worker: what each came to, in order. `values_of` is given where the
    /// helpers do not have the model's values yet; `own` does a unit here.
    async fn units<T>(
        &mut self,
        asks: impl Iterator<Item = Ask>,
        values_of: Option<&Trainer>,
        own: impl AsyncFn(usize) -> Result<T, Fault>,
        read: impl Fn(Answer) -> Result<T, Fault>,
        clock: impl Fn() -> f64,
    ) -> Result<Vec<T>, Fault> {
        self.settle(&clock).await;
        let asks: Vec<Ask> = asks.take(self.workers()).collect();
        let count = asks.len();
        let values = match values_of {
            Some(trainer) if count > 1 => Packing::values(trainer.model()).await?,
            _ => Vec::new(),
        };
        let asked = self.ask_each(asks.into_iter().skip(1).map(Some), &values);
        let began = clock();
        let mut found = Vec::with_capacity(count);
        if count > 0 {
            found.push(own(0).await?);
        }
        let deadline = Deadline::after(patience_millis(clock() - began), &clock);
        let read = |letter: Letter<Answer>| read(letter.words).map(Some);
        let answers = self.answers(asked, &deadline, read).await;
        for (unit, answer) in (1..count).zip(answers) {
            found.push(match answer.flatten() {
                Some(answer) => answer,
                None => own(unit).await?,
            });
        }
        Ok(found)
    }

    /// Hands an ask to each helper that there is one for; whether it was asked, or why it could not be.
    fn ask_each(
        &mut self,
        asks: impl Iterator<Item = Option<Ask>>,
        numbers: &[f32],
    ) -> Vec<Result<bool, Fault>> {
        let members = self.members.iter_mut().zip(asks);
        members
            .map(|(member, ask)| match ask {
                Some(ask) => member.helper.ask(&ask, numbers, None).map(|()| true),
                None => Ok(false),
            })
            .collect()
    }

    /// What the helpers that were asked answer, in their order. Those that fail are let go.
    async fn answers<T: Default>(
        &mut self,
        asked: Vec<Result<bool, Fault>>,
        deadline: &Deadline<impl Fn() -> f64>,
        read: impl Fn(Letter<Answer>) -> Result<T, Fault>,
    ) -> Vec<Option<T>> {
        let mut answers = Vec::with_capacity(self.members.len());
        let nobody_asked = std::iter::repeat_with(|| Ok(false));
        for (member, asked) in self
            .members
            .iter_mut()
            .zip(asked.into_iter().chain(nobody_asked))
        {
            answers.push(match asked {
                Ok(true) => member
                    .helper
                    .answer(deadline.left_millis())
                    .await
                    .and_then(&read),
                Ok(false) => Ok(T::default()),
                Err(reason) => Err(reason),
            });
        }
        self.keep(answers)
    }

    /// Lets those go that failed; what the others gave, in order.
    fn keep<T>(&mut self, outcomes: Vec<Result<T, Fault>>) -> Vec<Option<T>> {
        let members = std::mem::take(&mut self.members);
        let mut given = Vec::with_capacity(outcomes.len());
        for (member, outcome) in members.into_iter().zip(outcomes) {
            match outcome {
                Ok(value) => {
                    self.members.push(member);
                    given.push(Some(value));
                }
                Err(reason) => {
                    self.lost.push(reason);
                    given.push(None);
                }
            }
        }
        given
    }

    /// Why helpers have been lost since this was last asked.
    pub fn take_lost(&mut self) -> Vec<Fault> {
        std::mem::take(&mut self.lost)
    }
}
