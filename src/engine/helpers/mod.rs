//! Data-parallel training: helpers that compute the gradients of a part of each batch beside the engine.
//!
//! A helper holds the same model and nothing else of the run. A step's trained values and its share of the rows go to it,
//! gradients come back, and the engine alone adds up, clips and updates. So a helper that dies takes nothing with it.

mod crew;
mod deadline;
mod hand;
mod letters;
mod number;
mod reader;
#[cfg(test)]
pub mod tests;

use std::convert::Infallible;
use std::marker::PhantomData;

use crate::faults::Fault;

pub use crew::{Crew, Scored};
pub use hand::Hand;
pub use letters::{Answer, Ask, Job, Letter, from_bytes, to_bytes};
pub use number::{Place, helpers_for};

/// A line to another worker. What is asked is answered in order.
#[allow(async_fn_in_trait)] // as in `Host`: one task on one thread
pub trait Helper {
    /// A file of weights, in a form that can be handed over.
    type Body;

    /// Hands something over without waiting; an error says why the helper is no use any more.
    fn ask(
        &mut self,
        ask: &Ask,
        numbers: &[f32],
        weights: Option<&Self::Body>,
    ) -> Result<(), Fault>;

    /// The answer to the oldest ask that has none; an error where none comes within the time.
    async fn answer(&mut self, patience_millis: f64) -> Result<Letter<Answer>, Fault>;
}

/// Where there are no helpers.
pub struct Nobody<B>(Infallible, PhantomData<B>);

impl<B> Helper for Nobody<B> {
    type Body = B;

    fn ask(&mut self, _: &Ask, _: &[f32], _: Option<&B>) -> Result<(), Fault> {
        match self.0 {}
    }

    async fn answer(&mut self, _: f64) -> Result<Letter<Answer>, Fault> {
        match self.0 {}
    }
}
