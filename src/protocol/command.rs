//! What the page asks of the engine.

use serde::{Deserialize, Serialize};

use super::RunId;
use super::insight::Reader;
use crate::settings::{Sampling, Strategy, Task, TrainingSettings};

/// Imperatives. URLs are absolute.
#[allow(clippy::large_enum_variant)] // a command lives for the moment between its message and its answer
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Fetch a model folder (`config.json`, `model.safetensors`, `tokenizer.json` or `vocab.json` with `merges.txt`) and
    /// make it the base. Weights that make a model are kept, and need not be fetched again.
    /// Answered by `DownloadProgressed`…, `ModelLoaded`.
    LoadModel {
        name: String,
        base_url: String,
        /// What the weights must be, in hexadecimal; none where any will do.
        sha256: Option<String>,
    },
    /// Fetch a file of the form that the task reads. Answered by `DatasetLoaded`.
    LoadDataset {
        name: String,
        url: String,
        task: Task,
    },
    /// Fetch text, and passages with a question each, on which runs measure what the model forgets; the engine takes
    /// what the model at hand can be measured on, also after another model has been loaded. Answered by `GeneralTextLoaded`.
    LoadGeneralText {
        name: String,
        url: String,
        /// None where there are no passages.
        passages_url: Option<String>,
    },
    /// What a strategy would train on the loaded model, without training. Answered by `RunPlanned`.
    PlanRun {
        strategy: Strategy,
    },
    /// Continue a prompt. Answered by `TokenGenerated`…, `GenerationFinished`.
    Generate {
        prompt: String,
        max_new_tokens: usize,
        sampling: Sampling,
        weights: WeightsChoice,
    },
    /// Score one text with the tuned classifier, of one label or many. Answered by `TextClassified`.
    Classify {
        text: String,
    },
    /// Fine-tune for the task of the loaded data set. Answered by `RunStarted`, then events of that run.
    StartRun {
        settings: TrainingSettings,
        options: RunOptions,
    },
    Pause {
        run_id: RunId,
    },
    Resume {
        run_id: RunId,
    },
    /// One step of a paused run.
    Step {
        run_id: RunId,
    },
    Cancel {
        run_id: RunId,
    },
    /// What the model does with a text, layer by layer. Answered by `Probed`.
    Probe {
        text: String,
        weights: WeightsChoice,
    },
    /// How far each matrix has moved in the last run. Answered by `UpdatesInspected`.
    InspectUpdates,
    /// One matrix of the last run's model. Answered by `MatrixInspected`.
    InspectMatrix {
        name: String,
    },
    /// Tune a copy on one labelled text. Answered by `ExampleTrained`.
    TrainOnExample {
        text: String,
        label: usize,
        steps: usize,
        learning_rate: f64,
    },
    /// Let the language model judge test reviews by the word it would say. Answered by `PromptsScored`.
    ScorePrompts {
        shots: usize,
        most_examples: usize,
        seed: u64,
        weights: WeightsChoice,
    },
    /// Check this device against the reference implementation's numbers. Answered by `CaseVerified`…, `VerificationFinished`.
    Verify {
        base_url: String,
    },
    /// Time a training step on fixed weights. Answered by `BenchFinished`.
    Bench {
        workload: Workload,
        steps: usize,
    },
    /// Find the entities of a text with the tuned model. Answered by `TextTagged`.
    Tag {
        text: String,
    },
    /// Find the answer to a question in a text with the tuned model. Answered by `QuestionAnswered`.
    AskQuestion {
        question: String,
        context: String,
    },
    /// Let adapters that the engine keeps answer together, each times a weight; those not named are off.
    /// `merged` adds their products into the weights. Answered by `AdaptersBlended`.
    BlendAdapters {
        parts: Vec<BlendPart>,
        merged: bool,
    },
    /// Make a model the base whose files were chosen one by one; each lies at an address of its own. Answered as
    /// `LoadModel`.
    LoadModelFiles {
        name: String,
        files: Vec<NamedUrl>,
    },
    /// Fetch the folder of a BERT and keep it beside the base. Answered by `DownloadProgressed`…, `EncoderLoaded`.
    LoadEncoder {
        name: String,
        base_url: String,
        sha256: Option<String>,
    },
    /// What could stand for every `[MASK]` of a text, as the encoder has it. Answered by `MaskFilled`.
    FillMask {
        text: String,
    },
    /// What each token of a text looks at, with the future forbidden or not. Answered by `Attended`.
    Attend {
        text: String,
        model: Reader,
        causal: bool,
    },
    /// Are you there? Answered by `Ponged` between two units of work, whatever the engine is doing.
    Ping,
}

/// What an adapter counts in a blend.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BlendPart {
    pub run_id: RunId,
    pub weight: f64,
}

/// A file and where it can be fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedUrl {
    pub name: String,
    pub url: String,
}

/// Which weights answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum WeightsChoice {
    /// As shipped.
    Base,
    /// As the last run left them; the base where there was none.
    Tuned,
    /// The same network as it is before any training, drawn from a fixed seed.
    Random,
}

/// What a run does besides training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunOptions {
    /// Score the validation split so many times, evenly over the run, where the settings do not say how often; 0 never.
    /// `TrainingSettings::evaluation_interval` gives the steps between, once the number of steps is known.
    pub evaluations: usize,
    /// Continue this text before and after.
    pub sample_prompt: String,
    pub sample_tokens: usize,
    /// Start paused, for going step by step.
    pub start_paused: bool,
}

/// The benchmark's fixed work: the same weights, batch and maths as in other engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Workload {
    /// Full fine-tuning.
    W1,
    /// LoRA r 8 on `c_attn` and both `c_proj`.
    W2,
}

impl Workload {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "W1" => Some(Self::W1),
            "W2" => Some(Self::W2),
            _ => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::W1 => "W1",
            Self::W2 => "W2",
        }
    }
}
