//! Of settings, of strategies that do not fit a model, and of runs that were driven apart.

use serde::{Deserialize, Serialize};

/// A setting that cannot be so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum SettingsError {
    /// A number that is none of those that it may be.
    OutOfBounds {
        setting: Setting,
        is: f64,
        must: Rule,
    },
    /// What was written for a setting. Whoever tells of it names both.
    MustBe(Rule),
    NoSuchSetting,
    /// A feed-forward module of (IA)³ that is none of its targets.
    Untargeted {
        name: String,
        targets: Vec<String>,
    },
    /// Remedies that act on the language model, in a run of the head alone.
    RemediesOfHeadOnly,
    NoHeadToTrain,
    /// Why its classes cannot be weighed: they are words.
    ClassesAreWords {
        task: String,
    },
    /// The same of questions.
    ClassesArePlaces,
    BalancedClasses {
        reason: Box<SettingsError>,
    },
    /// Data for what no model of the family learns.
    DataOfOtherFamily {
        task: String,
        family: String,
    },
    /// A method that no model of the family can be tuned by. `method` is what the page calls it.
    MethodOfOtherFamily {
        method: String,
        only: Vec<String>,
        family: String,
    },
}

/// What a setting must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rule {
    Whole,
    Number,
    Switch,
    AboveZero,
    FromZero,
    FromZeroBelowOne,
    FromZeroToOne,
    AboveZeroToOne,
    /// Above 0, or 0 to clip nothing.
    NormOrNone,
    AtLeast(usize),
    AtMost(usize),
    /// As much as the page takes.
    AtMostHere(usize),
    Modules {
        example: String,
    },
    /// One of a few words.
    Either(Vec<String>),
    /// One of many words.
    OneOf(Vec<String>),
    TaskOfData {
        task: String,
        data: String,
    },
}

/// The numbers of the settings that have bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Setting {
    LearningRate,
    TotalSteps,
    Epochs,
    BatchSize,
    GradientAccumulation,
    MaxLength,
    WeightDecay,
    AdamBeta1,
    AdamBeta2,
    AdamEpsilon,
    MaxGradNorm,
    L2SpAlpha,
    L2SpBeta,
    EwcLambda,
    EwcSamples,
    Replay,
    LayerWiseDecay,
    LoraRank,
    LoraAlpha,
    LoraDropout,
    Bottleneck,
    VirtualTokens,
}

/// A strategy that does not fit the model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PlanError {
    NothingMatched {
        targets: Vec<String>,
        modules: Vec<String>,
    },
    RankTooLarge {
        rank: usize,
        module: String,
        side: usize,
    },
    TiedHead {
        targets: Vec<String>,
    },
    BottleneckTooWide {
        bottleneck: usize,
        width: usize,
    },
    NoRoom {
        virtual_tokens: usize,
        positions: usize,
    },
    TooManyFrozenBlocks {
        frozen: usize,
        blocks: usize,
    },
    NoHead,
    NotForFamily {
        strategy: String,
        only: Vec<String>,
        family: String,
        others: Vec<String>,
    },
}

/// What most likely drove a run apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum LikelyCause {
    HighRate {
        learning_rate: f64,
        /// One to try instead.
        lower: f64,
    },
    /// `learning_rate` is that of the step.
    NoWarmup {
        learning_rate: f64,
    },
    NoClipping,
    LooseClipping {
        norm: f64,
    },
}
