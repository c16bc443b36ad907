//! The fields of PEFT's `PromptTuningConfig`.

use serde_json::{Map, Value, json};

use super::PromptSettings;
use crate::faults::PeftError;
use crate::io::peft::fields::object;
use crate::io::peft::{BaseShape, virtual_tokens};
use crate::methods::{PeftFormat, StoredSize, Strategy};

impl PeftFormat for PromptSettings {
    fn peft_type(&self) -> &'static str {
        "PROMPT_TUNING"
    }

    fn read(&self, json: &str) -> Result<Strategy, PeftError> {
        let virtual_tokens = virtual_tokens::parse(json)?;
        Ok(Strategy::Prompt(Self { virtual_tokens }))
    }

    fn fields(&self, base: BaseShape) -> Map<String, Value> {
        let mut fields = virtual_tokens::fields(self.virtual_tokens, base);
        fields.extend(object(json!({
            "peft_type": self.peft_type(),
            "prompt_tuning_init": "RANDOM",
            "prompt_tuning_init_text": null,
            "tokenizer_kwargs": null,
            "tokenizer_name_or_path": null,
        })));
        fields
    }

    fn size(&self) -> Option<StoredSize> {
        Some(virtual_tokens::size(self.virtual_tokens))
    }
}
