//! English.

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

use crate::faults::Fault;

pub fn fault(fault: &Fault) -> String {
    match fault {
        Fault::Data(error) => data(error),
        Fault::Tokenizer(error) => tokenizer(error),
        Fault::File(error) => file(error),
        Fault::Config(error) => config(error),
        Fault::Weights(error) => weights(error),
        Fault::Folder(error) => folder(error),
        Fault::Adapter(error) => adapter(error),
        Fault::Plan(error) => plan(error),
        Fault::Settings(error) => settings(error),
        Fault::Run(error) => run(error),
        Fault::Checkpoint(error) => checkpoint(error),
        Fault::Ask(error) => ask(error),
        Fault::Text(error) => text(error),
        Fault::Surroundings(error) => surroundings(error),
        Fault::Helper(error) => helper(error),
        Fault::Foreign(reason) | Fault::Internal(reason) => reason.clone(),
    }
}
