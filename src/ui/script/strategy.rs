//! What trains and what does not.

use super::Program;
use super::python::{arguments, names, short};
use crate::settings::{BottleneckSettings, LoraSettings, Placement, Strategy};

impl Program<'_> {
    pub(super) fn strategy(&self) -> String {
        match &self.settings.strategy {
            Strategy::Full => "# Full: nothing is frozen.\n".into(),
            Strategy::Partial { frozen_blocks } => self.partial(*frozen_blocks),
            Strategy::Head => trains(&self.is_head().unwrap_or_else(|| "False".into())),
            Strategy::BitFit => {
                let biases = "name.endswith(\".bias\")".to_string();
                trains(&match self.is_head() {
                    Some(head) => format!("{biases} or {head}"),
                    None => biases,
                })
            }
            Strategy::Adapter(bottleneck) => adapter(bottleneck),
            Strategy::Lora(settings) => self.peft("LoraConfig", &self.lora(settings)),
            Strategy::Ia3(ia3) => {
                let targets = names(&ia3.target_modules);
                let feedforward = names(&ia3.feedforward_modules);
                let settings = [
                    format!("target_modules={targets}"),
                    format!("feedforward_modules={feedforward}"),
                ];
                self.peft("IA3Config", &settings)
            }
            Strategy::Prompt { virtual_tokens } => {
                self.peft("PromptTuningConfig", &[tokens(*virtual_tokens)])
            }
            Strategy::Prefix { virtual_tokens } => {
                self.peft("PrefixTuningConfig", &[tokens(*virtual_tokens)])
            }
        }
    }

    /// The fresh head's parameters, where the task has one.
    fn is_head(&self) -> Option<String> {
        let head = self.head()?;
        Some(format!("name.startswith(\"{head}.\")"))
    }

    fn partial(&self, blocks: usize) -> String {
        let (embeddings, block) = match self.is_bert() {
            true => ("\"bert.embeddings.\"", "bert.encoder.layer."),
            false => (
                "\"transformer.wte.\", \"transformer.wpe.\"",
                "transformer.h.",
            ),
        };
        format!(
            "# Partial: the embeddings and the first {blocks} blocks are frozen.\n\
             frozen = [{embeddings}]\n\
             frozen += [f\"{block}{{block}}.\" for block in range({blocks})]\n\
             for name, parameter in model.named_parameters():\n    \
                 parameter.requires_grad = not name.startswith(tuple(frozen))\n"
        )
    }

    fn lora(&self, lora: &LoraSettings) -> Vec<String> {
        let mut settings = vec![
            format!("r={}", lora.rank),
            format!("lora_alpha={}", short(lora.alpha)),
            format!("lora_dropout={}", short(lora.dropout)),
            format!("target_modules={}", names(&lora.target_modules)),
        ];
        if !self.is_bert() {
            // GPT-2 keeps its matrices lying on their side.
            settings.push("fan_in_fan_out=True".into());
        }
        if lora.use_rslora {
            settings.push("use_rslora=True".into());
        }
        if lora.use_dora {
            settings.push("use_dora=True".into());
        }
        settings
    }

    /// PEFT trains the fresh head of a task along with the adapter.
    fn peft(&self, config: &str, settings: &[String]) -> String {
        format!(
            "model = get_peft_model(model, {config}(\n    task_type=\"{task}\",\n{settings}))\n",
            task = self.task.peft_name(),
            settings = arguments(settings),
        )
    }
}

fn trains(condition: &str) -> String {
    format!(
        "for name, parameter in model.named_parameters():\n    \
             parameter.requires_grad = {condition}\n"
    )
}

fn tokens(count: usize) -> String {
    format!("num_virtual_tokens={count}")
}

fn adapter(settings: &BottleneckSettings) -> String {
    let config = match settings.placement {
        Placement::Houlsby => "double_seq_bn",
        Placement::Pfeiffer => "seq_bn",
    };
    format!(
        "# The library takes a factor and rounds down; the half keeps {n} from becoming {less}.\n\
         factor = model.config.hidden_size / ({n} + 0.5)\n\
         adapters.init(model)\n\
         model.add_adapter(\"task\", config=f\"{config}[reduction_factor={{factor}}]\")\n\
         model.train_adapter(\"task\")\n",
        n = settings.bottleneck,
        less = settings.bottleneck - 1,
    )
}
