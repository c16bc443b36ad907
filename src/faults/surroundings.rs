//! Of the place in which the engine runs: network, files of the browser, GPU.

use serde::{Deserialize, Serialize};

use super::Fault;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum SurroundingsError {
    /// No server answers.
    NoAnswer,
    /// Not what was asked for, but a status and its name.
    Answered {
        status: u16,
        text: String,
    },
    EmptyAnswer,
    BrokeOff {
        received: u64,
    },
    /// The download ended before all that was announced had come.
    CutShort {
        received: u64,
        announced: u64,
    },
    /// A file of the learner's, since it was chosen.
    FileGone,
    /// A piece of a file that had been fetched.
    PieceGone {
        start: u64,
        end: u64,
    },
    /// As wgpu says.
    NoWebGpu {
        reason: String,
    },
    /// With what it was at; the reason is empty where the browser gives none.
    EngineStopped {
        reason: String,
    },
    Untrusted {
        gpu: String,
        reason: Distrust,
    },
}

/// Why a device is not to be trusted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Distrust {
    Wrong {
        step: usize,
        found: f32,
        expected: f32,
    },
    Broken(Box<Fault>),
}
