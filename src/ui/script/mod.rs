//! The settings on the page as a program in Python: the same run with transformers' `Trainer`, and PEFT or
//! `adapters` where the strategy is theirs. `tests/scripts` holds one for each strategy and task, as this writes it.

mod command;
mod examples;
mod own;
mod python;
mod strategy;
mod task;
#[cfg(test)]
mod tests;
mod trainer;

pub use command::command;
pub use python::data_url;

use self::python::short;
use super::draft::Draft;
use super::text::methods::words;
use super::text::scripts as text;
use crate::methods::export::Exported;
use crate::protocol::FileFormat;
use crate::settings::{Family, Task, TrainingSettings, WeightDecayOn};
use crate::ui::sources::datasets::DataSource;

/// What a program is made of.
struct Program<'a> {
    draft: &'a Draft,
    family: Family,
    task: Task,
    settings: TrainingSettings,
}

fn is_separated(format: FileFormat) -> bool {
    format.separator().is_some()
}

/// The whole program, for a model of this family.
pub fn script(draft: &Draft, family: Family) -> String {
    let settings = draft.settings();
    let program = Program {
        draft,
        family,
        task: draft.dataset.task_of(family),
        settings: TrainingSettings {
            strategy: settings.strategy.clone().translated(family),
            ..settings
        },
    };
    if !program.task.fits(family) {
        return text::no_program(program.task);
    }
    program.write()
}

impl Program<'_> {
    fn write(&self) -> String {
        [
            self.header(),
            self.imports(),
            self.tokenizer(),
            self.rows(),
            self.examples(),
            self.model(),
            self.strategy(),
            self.arguments(),
            self.metrics(),
            self.trainer(),
        ]
        .concat()
    }

    fn is_plain_text(&self) -> bool {
        match &self.draft.dataset {
            DataSource::Shipped(set) => set.ending == "txt",
            DataSource::Own(own) => own.is_running_text(),
        }
    }

    /// Whether the file of the data is written so.
    fn reads(&self, is: impl Fn(FileFormat) -> bool) -> bool {
        let format = match &self.draft.dataset {
            DataSource::Shipped(set) => match set.ending {
                "csv" => FileFormat::Commas,
                "jsonl" => FileFormat::JsonLines,
                _ => FileFormat::PlainText,
            },
            DataSource::Own(own) => own.report.choice.format.unwrap_or(FileFormat::PlainText),
        };
        is(format)
    }

    fn header(&self) -> String {
        let packages = match self.exported() {
            Exported::Adapters(_) => " adapters",
            Exported::Peft { .. } => " peft",
            Exported::Plain(_) => "",
        };
        let mut out = text::header(
            self.draft.kind.name(),
            words(self.draft.kind).option,
            self.settings.seed,
            packages,
            &self.data_words(),
        );
        for left_out in self.left_out() {
            out += &text::left_out(&left_out);
        }
        out
    }

    /// Settings of the page that `Trainer` does not have.
    fn left_out(&self) -> Vec<String> {
        let remedies = &self.settings.remedies;
        let mut out = Vec::new();
        if remedies.replay != 0.0 {
            out.push(text::replay(short(remedies.replay)));
        }
        if remedies.ewc_lambda != 0.0 {
            out.push(text::ewc(short(remedies.ewc_lambda), remedies.ewc_samples));
        }
        if remedies.l2_sp_alpha != 0.0 {
            out.push(text::l2_sp(
                short(remedies.l2_sp_alpha),
                short(remedies.l2_sp_beta),
            ));
        }
        if remedies.layer_wise_lr_decay != 1.0 {
            out.push(text::layer_rate(short(remedies.layer_wise_lr_decay)));
        }
        if self.settings.weight_decay_on == WeightDecayOn::Everything {
            out.push(text::DECAY_ON_ALL.into());
        }
        out
    }

    fn imports(&self) -> String {
        let mut out = self.standard_imports();
        out += "\n";
        if self.settings.balanced_classes {
            out += "import torch\n";
        }
        out += &match self.exported() {
            Exported::Peft { config, .. } => format!("from peft import {config}, get_peft_model\n"),
            Exported::Adapters(_) => "import adapters\n".into(),
            Exported::Plain(_) => String::new(),
        };
        out += &python::import("transformers", &self.names_of_transformers());
        out += &self.command_line();
        out
    }

    /// Of Python's own library, what this program uses.
    fn standard_imports(&self) -> String {
        let mut out = String::new();
        for (module, is_used) in [
            ("csv", self.reads(is_separated)),
            ("itertools", self.divides()),
            ("json", self.reads(|format| format == FileFormat::JsonLines)),
            ("math", self.tells_perplexity()),
            ("random", self.settings.max_train_samples > 0),
            ("re", self.task == Task::QuestionAnswering),
            ("string", self.task == Task::QuestionAnswering),
            ("sys", true),
        ] {
            if is_used {
                out += &format!("import {module}\n");
            }
        }
        out
    }

    fn names_of_transformers(&self) -> Vec<&'static str> {
        let mut names = vec![self.model_class(), "AutoTokenizer", self.collator()];
        if self.settings.strategy.virtual_tokens() > 0 {
            names.push("AutoConfig");
        }
        if self.settings.early_stopping_patience > 0 {
            names.push("EarlyStoppingCallback");
        }
        names.extend(["Trainer", "TrainingArguments", "set_seed"]);
        names
    }

    /// The model and the data file, which the program can be given in the place of the page's.
    fn command_line(&self) -> String {
        format!(
            "\nmodel_name = sys.argv[1] if len(sys.argv) > 1 else \"models/{model}\"\n\
             data_file = sys.argv[2] if len(sys.argv) > 2 else {data}\n",
            model = match self.family.is_decoder() {
                true => "nano",
                false => crate::ui::ENCODER,
            },
            data = python::string(&self.draft.dataset.file()),
        )
    }

    fn tokenizer(&self) -> String {
        let prefix = match self.task {
            // Each word as if a space stood before it; a tokenizer that knows no spaces takes no notice.
            Task::TokenClassification => ", add_prefix_space=True",
            _ => "",
        };
        let mut out = format!(
            "set_seed({seed})\n\n\
             tokenizer = AutoTokenizer.from_pretrained(model_name{prefix})\n",
            seed = self.settings.seed
        );
        out += match self.family.is_decoder() {
            true => text::PAD_WITH_END,
            false => text::SPECIAL_TOKENS,
        };
        let length = self.settings.max_length;
        out += &match self.settings.strategy.virtual_tokens() {
            0 => format!("length = {length}\n"),
            tokens => format!(
                "positions = AutoConfig.from_pretrained(model_name).max_position_embeddings\n\
                 length = min({length}, positions - {tokens})  # virtual tokens take positions from the text\n"
            ),
        };
        out
    }
}
