//! Of what the page asks the engine for, and of the benchmark.

use serde::{Deserialize, Serialize};

use super::{BlendError, Fault, WeightError};

/// Why an ask cannot be met.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum AskError {
    /// Of a message between page and engine, as the encoder says.
    Unencodable {
        reason: String,
    },
    Undecodable {
        bytes: usize,
        reason: String,
    },
    /// The reason says it all; it becomes a sentence of its own.
    Sentence {
        reason: Box<Fault>,
    },
    NoModel,
    NoData,
    NoEncoder,
    NothingTuned,
    RunGoesOn {
        wish: Wish,
    },
    Base(BaseError),
    Load(LoadError),
    Tuned(TunedError),
    Tool(ToolError),
}

/// What has to wait while a run goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wish {
    LoadModel,
    LoadEncoder,
    LoadDataset,
    LoadGeneralText,
    StartRun,
    ResumeKeptRun,
    PackWorkspace,
    UnpackWorkspace,
    TrainOnExample,
    ScorePrompts,
    BlendAdapters,
    BringAdapter,
    TakeHome,
}

/// Of the base model, or of the encoder beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum BaseError {
    Unfetched {
        name: String,
        file: String,
        reason: Box<Fault>,
    },
    Unusable {
        name: String,
        reason: Box<Fault>,
    },
    /// A file, where files are chosen one by one.
    NotChosen {
        file: String,
    },
    /// The same of all files that could make a tokenizer.
    NoTokenizerChosen,
    /// The tokenizer has so many tokens, the weights know fewer.
    VocabularyTooLarge {
        tokens: usize,
        known: usize,
    },
    /// The starts of the checksums that the weights have, and should have.
    OtherWeights {
        file: String,
        found: String,
        wanted: String,
    },
    /// A GPT-2 where only a BERT will do.
    NotAnEncoder,
    /// A BERT where only a GPT-2 will do.
    NotADecoder {
        wish: DecoderWish,
    },
    NoSuchMatrix {
        name: String,
    },
}

/// What only a decoder does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DecoderWish {
    ContinueText,
    ForetellToken,
    BePrompted,
}

/// Of data sets, texts and files of the learner's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum LoadError {
    DataUnfetched {
        name: String,
        reason: Box<Fault>,
    },
    DataUnusable {
        name: String,
        reason: Box<Fault>,
    },
    /// A text on which forgetting is measured.
    TextUnusable {
        name: String,
        reason: Box<Fault>,
    },
    /// Such a text has nothing in it.
    TextEmpty,
    FileGone {
        file: String,
        reason: Box<Fault>,
    },
    FileUnusable {
        file: String,
        reason: Box<Fault>,
    },
    /// A column has to be chosen.
    ColumnLacking {
        role: String,
    },
    /// Only texts with one label each will do.
    NotLabelled {
        task: String,
    },
    NoSuchLabel {
        label: usize,
        labels: usize,
    },
}

/// Of what runs have made, and of adapters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum TunedError {
    /// Names of tasks.
    OtherTask {
        last: String,
        wanted: String,
    },
    AdapterUnusable {
        name: String,
        reason: Box<Fault>,
    },
    NothingToBlend,
    OffShelf {
        run: u32,
    },
    VolumeNotFinite {
        run: u32,
        volume: f64,
    },
    Unblendable(BlendError),
}

/// Of verifications and benchmarks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ToolError {
    ReferenceUnfetched { path: String, reason: Box<Fault> },
    ReferenceListDamaged { reason: String },
    BenchEnded { reason: Box<Fault> },
    BenchUnusable(FixtureError),
}

/// Weights of the benchmark that cannot be used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum FixtureError {
    Unreadable(String),
    OtherModel(OtherModel),
    CutShort {
        name: String,
        end: usize,
        found: usize,
    },
    Weights(WeightError),
}

/// In what `params.json` describes another model than the benchmark's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum OtherModel {
    /// As Rust writes them.
    Sizes { found: String, expected: String },
    Tokens {
        tokens: usize,
        targets: usize,
        expected: usize,
    },
    /// A tensor's shape makes another size than is noted beside it.
    Shape,
}

holds!(AskError {
    Base(BaseError),
    Load(LoadError),
    Tuned(TunedError),
    Tool(ToolError),
} => Fault);
holds!(TunedError {
    Unblendable(BlendError),
} => Fault);
holds!(ToolError {
    BenchUnusable(FixtureError),
} => Fault);
holds!(FixtureError {
    Weights(WeightError),
});
