//! The fields of PEFT's `PrefixTuningConfig`.

use serde_json::{Map, Value, json};

use super::PrefixSettings;
use crate::faults::PeftError;
use crate::io::peft::fields::object;
use crate::io::peft::{BaseShape, virtual_tokens};
use crate::methods::{PeftFormat, StoredSize, Strategy};

impl PeftFormat for PrefixSettings {
    fn peft_type(&self) -> &'static str {
        "PREFIX_TUNING"
    }

    fn read(&self, json: &str) -> Result<Strategy, PeftError> {
        let virtual_tokens = virtual_tokens::parse(json)?;
        Ok(Strategy::Prefix(Self { virtual_tokens }))
    }

    fn fields(&self, base: BaseShape) -> Map<String, Value> {
        let mut fields = virtual_tokens::fields(self.virtual_tokens, base);
        fields.extend(object(json!({
            "peft_type": self.peft_type(),
            "encoder_hidden_size": base.width,
            "prefix_projection": false,
        })));
        fields
    }

    fn size(&self) -> Option<StoredSize> {
        Some(virtual_tokens::size(self.virtual_tokens))
    }
}
