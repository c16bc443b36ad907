//! What can go wrong, as data: which fault it is and the facts about it. Sentences are `words`' business, so that the engine
//! knows no language and the page says each fault in its own.

/// `From` of an error into the one that holds it, as a variant: `holds!(Outer { Variant(Inner), … })`. With `=> Fault` it becomes a
/// fault as well, by way of the outer one.
macro_rules! holds {
    ($outer:ident { $($variant:ident($inner:ty),)* }) => {
        $(impl From<$inner> for $outer {
            fn from(error: $inner) -> Self {
                Self::$variant(error)
            }
        })*
    };
    ($outer:ident { $($variant:ident($inner:ty),)* } => Fault) => {
        $(impl From<$inner> for Fault {
            fn from(error: $inner) -> Self {
                $outer::$variant(error).into()
            }
        })*
    };
}

mod adapter;
mod ask;
mod checkpoint;
mod data;
mod file;
mod helper;
mod model;
mod settings;
mod surroundings;
mod text;

use serde::{Deserialize, Serialize};

pub use adapter::*;
pub use ask::*;
pub use checkpoint::*;
pub use data::*;
pub use file::*;
pub use helper::*;
pub use model::*;
pub use settings::*;
pub use surroundings::*;
pub use text::*;

/// Any of them. A fault that has another as its reason holds it in a `Box`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Fault {
    Data(DataError),
    Tokenizer(TokenizerError),
    File(FileError),
    Config(ConfigError),
    Weights(WeightError),
    Folder(FolderError),
    Adapter(AdapterError),
    Plan(PlanError),
    Settings(SettingsError),
    Run(RunError),
    Checkpoint(CheckpointError),
    Ask(AskError),
    Text(TextError),
    Surroundings(SurroundingsError),
    Helper(HelperError),
    /// What a library, a browser or the system says, in its own words.
    Foreign(String),
    /// What cannot happen unless this program is wrong; said as it stands, for whoever mends it.
    Internal(String),
}

impl Fault {
    pub fn foreign(reason: impl ToString) -> Self {
        Self::Foreign(reason.to_string())
    }

    pub fn internal(reason: impl ToString) -> Self {
        Self::Internal(reason.to_string())
    }
}

holds!(Fault {
    Data(DataError),
    Tokenizer(TokenizerError),
    File(FileError),
    Config(ConfigError),
    Weights(WeightError),
    Folder(FolderError),
    Adapter(AdapterError),
    Plan(PlanError),
    Settings(SettingsError),
    Run(RunError),
    Checkpoint(CheckpointError),
    Ask(AskError),
    Text(TextError),
    Surroundings(SurroundingsError),
    Helper(HelperError),
});
