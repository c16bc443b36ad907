//! What trains and what does not.

use super::Program;
use super::python::arguments;
use crate::methods::export::{Export, Exported};

impl Program<'_> {
    /// What the method says of itself.
    pub(super) fn exported(&self) -> Exported {
        self.settings.strategy.method().export(&Export {
            family: self.family,
            head: self.head(),
        })
    }

    pub(super) fn strategy(&self) -> String {
        match self.exported() {
            Exported::Plain(lines) | Exported::Adapters(lines) => lines,
            // PEFT trains the fresh head of a task along with the adapter.
            Exported::Peft {
                config,
                arguments: settings,
            } => format!(
                "model = get_peft_model(model, {config}(\n    task_type=\"{task}\",\n{settings}))\n",
                task = self.task.peft_name(),
                settings = arguments(&settings),
            ),
        }
    }
}
