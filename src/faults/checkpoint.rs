//! Of runs, of their checkpoints, and of the place where these are kept.

use serde::{Deserialize, Serialize};

use super::{Fault, LikelyCause};

/// Why a run cannot begin or go on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum RunError {
    Unfit(Unfit),
    /// No row of the training split has anything to learn within so many tokens.
    NothingToTrainOn {
        length: usize,
    },
    /// Hidden words are to be scored by a BERT without its pre-training's head.
    NoMaskedWordHead,
    /// Virtual tokens leave no two positions to the text.
    OnePosition,
    /// Numbers are past what float32 holds. The step is counted from 0.
    Diverged {
        step: usize,
        loss_nats: f32,
        gradient_norm: f32,
        causes: Vec<LikelyCause>,
    },
    DeviceSilent {
        reason: Box<Fault>,
    },
    /// A command names a run that is not the one at hand.
    Over {
        run: u32,
    },
}

/// Why settings do not go with the model or the data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Unfit {
    /// Running text is to train a BERT without its pre-training's head.
    NoMaskedWordHead,
    /// By their names in files.
    OtherFamily { task: String, family: String },
    /// Tokens of the longest input, and those that the model reads.
    TooLong { length: usize, positions: usize },
    /// Early stopping or the best model go by a validation loss that is never found.
    NothingToWatch,
    /// A BERT's activations cannot be computed anew.
    GradientCheckpointing,
    /// EWC or replay are to act on a BERT that says no words.
    NoLanguageHead,
    /// EWC or replay need general text, and none has been loaded.
    NoGeneralText,
    /// An adapter is to judge texts on a BERT without a pooler.
    NoPooler,
    /// Classes of this task cannot be balanced.
    Unweighable { reason: Box<Fault> },
}

/// Why a run cannot be gone on with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum CheckpointError {
    /// A safetensors file of something else.
    NoCheckpoint,
    OtherVersion,
    DamagedRecord {
        reason: String,
    },
    DamagedState,
    LacksSteps,
    /// No tensor of this name, or one of another shape.
    LacksParameter {
        name: String,
    },
    /// Parameters that the run does not train.
    SpareParameters,
    NotFinite {
        name: String,
    },
    OtherSettings {
        differing: Vec<DifferingSetting>,
    },
    OtherModel,
    OtherData,
    Keeping(KeepingError),
}

/// A setting in which a run is not the one that a checkpoint is of; values in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DifferingSetting {
    pub name: String,
    pub wanted: String,
    pub saved: String,
}

/// Why a run, or a whole workspace, cannot be kept, or cannot be taken from where it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum KeepingError {
    CannotResume {
        reason: Box<Fault>,
    },
    NothingKept,
    /// The file of a checkpoint has vanished.
    Gone,
    /// Another tab has the store.
    Taken,
    /// A run that is brought along would replace the one that is kept.
    Occupied,
    /// This tab has no store.
    Storeless,
    CannotPack {
        reason: Box<Fault>,
    },
    CannotUnpack {
        reason: Box<Fault>,
    },
    /// No workspace has a file of this name.
    StrangeFile {
        name: String,
    },
    /// The browser has no private files here.
    NoStore,
    StoreFull,
    /// The browser's store gives no reason.
    Unexplained,
}

holds!(RunError {
    Unfit(Unfit),
} => Fault);
holds!(CheckpointError {
    Keeping(KeepingError),
} => Fault);
