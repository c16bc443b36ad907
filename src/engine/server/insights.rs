//! What the base model does with a text, and what a run has done to it.

use super::*;
use crate::data::labelled::{EncodedText, LabelledDataset};
use crate::engine::inspect;
use crate::engine::one_example::train_on_example;
use crate::engine::probe::probe;
use crate::engine::prompting::{Asked, score_prompts};
use crate::faults::LoadError;
use crate::protocol::{ExampleStep, MatrixInsight, Probe, PromptScores, Updates};

impl<H: Host> Answers<asks::Probe> for Server<H> {
    async fn answer(
        &mut self,
        asks::Probe { text, weights }: asks::Probe,
        _id: Option<RequestId>,
    ) -> Result<Outcome<Probe>, EngineError> {
        let base = self.base()?;
        let found = probe(base, &self.weights(base, weights)?, &text).await?;
        Ok(found.into())
    }
}

impl<H: Host> Answers<asks::InspectUpdates> for Server<H> {
    async fn answer(
        &mut self,
        _ask: asks::InspectUpdates,
        _id: Option<RequestId>,
    ) -> Result<Outcome<Updates>, EngineError> {
        let found = inspect::updates(&self.base()?.model, &self.tuned()?.model).await?;
        Ok(found.into())
    }
}

impl<H: Host> Answers<asks::InspectMatrix> for Server<H> {
    async fn answer(
        &mut self,
        asks::InspectMatrix { name }: asks::InspectMatrix,
        _id: Option<RequestId>,
    ) -> Result<Outcome<MatrixInsight>, EngineError> {
        let base = &self.base()?.model;
        let found = inspect::matrix(base, &self.tuned()?.model, &name).await?;
        Ok(found.into())
    }
}

impl<H: Host> Answers<asks::TrainOnExample> for Server<H> {
    async fn answer(
        &mut self,
        ask: asks::TrainOnExample,
        _id: Option<RequestId>,
    ) -> Result<Outcome<Vec<ExampleStep>>, EngineError> {
        self.refuse_while_running(Wish::TrainOnExample)?;
        let base = Rc::clone(self.base()?);
        let (label, labels) = (ask.label, labelled(self.dataset()?)?.labels.len());
        if label >= labels {
            let unknown = LoadError::NoSuchLabel { label, labels };
            return Err(EngineError::new(ErrorKind::Data, unknown));
        }
        let example = EncodedText {
            ids: base.text_ids(&ask.text, base.positions())?,
            label,
            hard: String::new(),
        };
        let host = self.host.clone();
        Ok(Outcome::Work(Box::pin(async move {
            let breathe = async || host.breathe().await;
            let (steps, rate) = (ask.steps, ask.learning_rate);
            train_on_example(&base, labels, example, steps, rate, breathe).await
        })))
    }
}

impl<H: Host> Answers<asks::ScorePrompts> for Server<H> {
    async fn answer(
        &mut self,
        ask: asks::ScorePrompts,
        _id: Option<RequestId>,
    ) -> Result<Outcome<PromptScores>, EngineError> {
        self.refuse_while_running(Wish::ScorePrompts)?;
        let (base, dataset) = (Rc::clone(self.base()?), Rc::clone(self.dataset()?));
        let model = self.weights(&base, ask.weights)?;
        let host = self.host.clone();
        Ok(Outcome::Work(Box::pin(async move {
            let breathe = async || host.breathe().await;
            let asked = Asked {
                split: ask.split,
                shots: ask.shots,
                most: ask.most_examples,
                seed: ask.seed,
            };
            score_prompts(&base, &model, labelled(&dataset)?, asked, breathe).await
        })))
    }
}

/// The data set, if its texts have one label each.
fn labelled(dataset: &Dataset) -> Result<&LabelledDataset, EngineError> {
    match dataset {
        Dataset::Labelled(dataset) => Ok(dataset),
        other => {
            let task = other.task().name().to_owned();
            Err(EngineError::new(
                ErrorKind::State,
                LoadError::NotLabelled { task },
            ))
        }
    }
}
