//! What the page and the engine worker say to each other: exhaustive enums in postcard bytes.
//!
//! Every ask carries a request id, and its answer, of the type that the ask itself names (`ask::Ask`), carries it back;
//! so does what is told before the answer. Every event of a run carries its run id. The first event is `Ready`, with a version and a build id: a page that meets a
//! worker of another build says "please reload" and misreads nothing.

pub mod ask;
pub mod asks;
pub mod brought;
pub mod choices;
pub mod codec;
pub mod error;
pub mod event;
pub mod insight;
pub mod keeping;
pub mod own_data;
mod shared;
pub mod software;
pub mod tasks;
pub mod tools;
pub mod types;
pub mod verdicts;

pub use ask::{Outcome, Until, Work};
pub use asks::{Answers, Ask, AskKind, Command, Reply};
pub use brought::{Brought, Unscored};
pub use codec::{decode, encode};
pub use error::{EngineError, ErrorKind};
pub use event::Event;
pub use insight::*;
pub use keeping::*;
pub use own_data::*;
pub use types::*;
pub use verdicts::{ClassAnswers, RowVerdicts};

use serde::{Deserialize, Serialize};

/// Raised whenever an ask, an answer or an event changes shape.
pub const PROTOCOL_VERSION: u32 = 14;

/// The same in all modules of one build; set by `./dev build` from a hash of the sources.
pub const BUILD_ID: &str = match option_env!("WARMUP_BUILD_ID") {
    Some(id) => id,
    None => "development",
};

/// Ties an answer to its ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RequestId(pub u32);

/// One run of fine-tuning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RunId(pub u32);

/// What travels: a body, and the ask it belongs to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Frame<T> {
    pub request_id: Option<RequestId>,
    pub body: T,
}
