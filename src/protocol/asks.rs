//! Every question to the engine, each with its answer. `ask.rs` says how to add one.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::ask::{Outcome, Until, asks};
use super::shared;
use super::types::*;
use super::{
    AttentionReport, Blend, Brought, Classified, DataChoice, DataReport, EncoderInfo, EngineError,
    ExampleStep, Keeping, Located, MaskGuess, MatrixInsight, PromptScores, Reader, Reading,
    RequestId, RunId, Tagged, Updates, WordCountScores, Workspace,
};
use crate::settings::{Sampling, Strategy, TrainingSettings};

/// A question to the engine.
pub trait Ask: Into<Command> {
    type Answer;

    const KIND: AskKind;

    /// The answer, where `reply` is one to an ask of this kind.
    fn answer_in(reply: &Reply) -> Option<&Arc<Self::Answer>>;
}

/// Whoever answers asks of a kind: the engine.
#[allow(async_fn_in_trait)] // the engine is one task on one thread; its futures never cross threads
pub trait Answers<A: Ask> {
    /// `id` names the ask, for what is told before the answer.
    async fn answer(
        &mut self,
        ask: A,
        id: Option<RequestId>,
    ) -> Result<Outcome<A::Answer>, EngineError>;
}

asks! {
    // Models and data. URLs are absolute.

    /// Fetch the files of a model (`config.json`, `model.safetensors`, `tokenizer.json` or `vocab.json` with
    /// `merges.txt`) and make it the base. Weights that make a model are kept, and need not be fetched again. Tells
    /// `DownloadProgressed` on the way.
    LoadModel { name: String, place: ModelPlace } -> ModelInfo, until NextWorker;

    /// Fetch a file, and make it the data that runs learn from.
    LoadDataset { name: String, url: String, reading: Reading } -> DatasetInfo, until NextWorker;

    /// Look through a file of the learner's own.
    InspectData { file: NamedUrl, choice: DataChoice } -> DataReport, until NextWorker;

    /// What counting words reaches on the data at hand; nothing where its texts do not have one label each.
    CountWords {} -> Option<WordCountScores>, until NextWorker;

    /// Rows of the data at hand, by their places in a split. Places beyond its end are left out.
    ReadRows { split: Split, places: Vec<usize> } -> Vec<Example>, until NextWorker;

    /// Fetch text, and passages with a question each, on which runs measure what the model forgets. `GeneralTextLoaded`
    /// tells what the model at hand can be measured on, now and after another model has been loaded.
    LoadGeneralText {
        name: String,
        url: String,
        /// None where there are no passages.
        passages_url: Option<String>,
    } -> (), until NextWorker;

    /// Fetch a BERT and keep it beside the base. Tells `DownloadProgressed` on the way.
    LoadEncoder { name: String, place: ModelPlace } -> EncoderInfo, until NextWorker;

    // Runs.

    /// What a strategy would train on the loaded model, without training.
    PlanRun { strategy: Strategy } -> RunPlan, until NextModel;

    /// Fine-tune for the task of the loaded data set. Events of that run follow the answer.
    StartRun { settings: TrainingSettings, options: RunOptions } -> RunStart, until NextRun;

    /// Where checkpoints go, and whether there is a run to go on with.
    FindKeptRun {} -> Keeping, until NextRun;

    /// Go on with the kept run, on the model and the data that are loaded now: they have to be those it began with. Events
    /// of that run follow the answer, those before it was broken off among them.
    ResumeKeptRun {} -> RunStart, until NextRun;

    /// Throw the kept run away.
    DiscardKeptRun {} -> (), until NextRun;

    /// The whole workspace as a zip archive: texts that the page keeps, the learner's data, the kept run.
    PackWorkspace {
        name: String,
        texts: Vec<TextFile>,
        data_url: Option<String>,
    } -> Archive, until NextRun;

    /// Take such an archive apart. A run in it is kept here; the rest comes back to the page.
    UnpackWorkspace { url: String } -> Workspace, until NextRun;

    Pause { run_id: RunId } -> (), until NextRun;

    Resume { run_id: RunId } -> (), until NextRun;

    /// One step of a paused run.
    Step { run_id: RunId } -> (), until NextRun;

    Cancel { run_id: RunId } -> (), until NextRun;

    // The base model and what tuning did to it.

    /// What the model does with a text, layer by layer.
    Probe { text: String, weights: WeightsChoice } -> super::types::Probe, until NextModel;

    /// How far each matrix has moved in the last run.
    InspectUpdates {} -> Updates, until NextModel;

    /// One matrix of the last run's model.
    InspectMatrix { name: String } -> MatrixInsight, until NextModel;

    /// Tune a copy on one labelled text: a row for each step, and one for where they led.
    TrainOnExample {
        text: String,
        label: usize,
        steps: usize,
        learning_rate: f64,
    } -> Vec<ExampleStep>, until NextModel;

    /// Let the language model judge texts by the word that it would say.
    ScorePrompts {
        split: Split,
        shots: usize,
        most_examples: usize,
        seed: u64,
        weights: WeightsChoice,
    } -> PromptScores, until NextModel;

    /// What could stand for every `[MASK]` of a text, as the encoder has it; one entry each, in order.
    FillMask { text: String } -> Vec<MaskGuess>, until NextWorker;

    /// What each token of a text looks at, with the future forbidden or not.
    Attend { text: String, model: Reader, causal: bool } -> AttentionReport, until NextWorker;

    // The tuned model.

    /// Score one text with the tuned classifier, of one label or many.
    Classify { text: String } -> Classified, until NextRun;

    /// Find the entities of a text with the tuned model.
    Tag { text: String } -> Tagged, until NextRun;

    /// Find the answer to a question in a text with the tuned model.
    AskQuestion { question: String, context: String } -> Located, until NextRun;

    /// Let adapters that the engine keeps answer together, each times a weight; those not named are off.
    BlendAdapters {
        parts: Vec<BlendPart>,
        /// Adds their products into the weights.
        merged: bool,
    } -> Blend, until NextRun;

    /// Put an adapter from elsewhere beside the base, where it answers like what a run has made, and score it on a split of
    /// the data at hand. The files are those of PEFT's folder, or an archive with them.
    BringAdapter { name: String, files: Vec<NamedUrl>, split: Split } -> Brought, until NextRun;

    /// The tuned model as a zip archive, with files that the page has written in the same folder.
    TakeHome {
        /// Of the folder, and of the archive.
        name: String,
        base_name: String,
        /// An adapter added into the weights, where that can be: the whole model.
        is_merged: bool,
        files: Vec<TextFile>,
    } -> Archive, until NextRun;

    // Tools.

    /// Continue a prompt. Tells `TokenGenerated` on the way.
    Generate {
        prompt: String,
        max_new_tokens: usize,
        sampling: Sampling,
        weights: WeightsChoice,
    } -> Generated, until NextModel;

    /// Check this device against the reference implementation's numbers. Tells `CaseVerified` and
    /// `CaseNotRun` on the way.
    Verify { base_url: String } -> Verified, until NextWorker;

    /// Time a training step on fixed weights.
    Bench { workload: Workload, steps: usize } -> BenchReport, until NextWorker;

    /// Stop working on an ask until it is resumed. The answer names it.
    PauseWork { request_id: RequestId } -> RequestId, until NextWorker;

    ResumeWork { request_id: RequestId } -> RequestId, until NextWorker;

    /// Give up working on an ask; `Cancelled` tells that it is given up. Nothing is told where it has been answered
    /// already.
    CancelWork { request_id: RequestId } -> (), until NextWorker;

    /// Are you there? Answered between two units of work, whatever the engine is doing.
    Ping {} -> (), until NextWorker;
}
