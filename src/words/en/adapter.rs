use super::settings::listed;
use super::{fault, weights};
use crate::faults::{AdapterError, Allowed, BlendError, OwnError, PeftError};

pub fn adapter(error: &AdapterError) -> String {
    match error {
        AdapterError::Peft(error) => peft(error),
        AdapterError::Own(error) => own(error),
        AdapterError::Several { configs } => format!(
            "there are {} adapters in it ({}); choose the files of one",
            configs.len(),
            configs.join(", ")
        ),
        AdapterError::WholeModel => {
            "these are the files of a whole model; unpack them, and choose them as a model of your own".to_owned()
        }
        AdapterError::WeightsAlone => {
            "adapter_config.json is missing; choose it together with adapter_model.safetensors".to_owned()
        }
        AdapterError::NoConfig => "there is no adapter_config.json among the files".to_owned(),
        AdapterError::ConfigNotText => "adapter_config.json is not text in UTF-8".to_owned(),
        AdapterError::PickledWeights => {
            "its weights are in Python's own format, adapter_model.bin; save the adapter with safe_serialization=True, which makes adapter_model.safetensors".to_owned()
        }
        AdapterError::ConfigAlone => {
            "adapter_model.safetensors is missing; choose it together with adapter_config.json".to_owned()
        }
        AdapterError::Unsaved { reason } => {
            format!("What the run made cannot be saved: {}.", fault(reason))
        }
    }
}

pub fn peft(error: &PeftError) -> String {
    match error {
        PeftError::Config(reason) => format!("adapter_config.json cannot be read: {reason}"),
        PeftError::Unsupported {
            field,
            found,
            supported,
        } => format!(
            "adapter_config.json: {field} is {found}, but only {} is supported",
            allowed(supported)
        ),
        PeftError::NothingMatched { targets, modules } => format!(
            "adapter_config.json: target_modules {targets:?} match nothing in this model; it has {} in each block",
            listed(modules, "and")
        ),
        PeftError::Weights(error) => format!("adapter_model.safetensors: {}", weights(error)),
        PeftError::Missing { name, found, more } => format!(
            "adapter_model.safetensors holds no `{name}`; it holds {}",
            stored(found, *more)
        ),
        PeftError::OtherSize {
            field,
            is,
            name,
            shape,
        } => format!(
            "adapter_config.json: {field} is {is}, but `{name}` in adapter_model.safetensors has the shape {shape:?}; do the two files belong together?"
        ),
        PeftError::AnotherBase { reason, base } => format!(
            "adapter_model.safetensors does not fit this model: {}. The adapter was made for {}",
            weights(reason),
            base_named(base.as_deref())
        ),
        PeftError::NoFormat { strategy } => {
            format!("PEFT has no format for the strategy {strategy}")
        }
        PeftError::NoPlace { name } => format!(
            "adapter_model.safetensors holds `{name}`, for which this adapter's settings leave no place"
        ),
        PeftError::NoHead { task_type, head } => format!(
            "this adapter is for {task_type}, but neither it nor the model has the head for that (`{head}`)"
        ),
        PeftError::NoPooler => {
            "this adapter is for BERT's classifier, which reads the pooler's output, and the model's folder holds no pooler (bert.pooler.dense)".to_owned()
        }
        PeftError::UntiedHead { name } => format!(
            "adapter_model.safetensors holds a `{name}` apart from the token embedding, which is the head of this model"
        ),
        PeftError::ReadBack(reason) => fault(reason),
    }
}

/// Names of tensors, the first ones one by one.
fn stored(names: &[String], more: usize) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let told = quoted.join(", ");
    match more {
        0 => told,
        more => format!("{told} and {more} more"),
    }
}

fn base_named(base: Option<&str>) -> String {
    base.map_or_else(|| "another".to_owned(), |name| format!("`{name}`"))
}

pub fn own(error: &OwnError) -> String {
    match error {
        OwnError::Config {
            field,
            found,
            expected,
        } => format!(
            "adapter_config.json: {field} is {found}, but must be {}",
            allowed(expected)
        ),
        OwnError::Weights(error) => format!("adapter_model.safetensors: {}", weights(error)),
        OwnError::NoPlace { name } => {
            format!("adapter_model.safetensors holds `{name}`, for which this method has no place")
        }
    }
}

/// Behind "must be", or before "is supported".
fn allowed(allowed: &Allowed) -> String {
    let said = match allowed {
        Allowed::OneOf(values) => return listed(values, "or"),
        Allowed::Unset => "unset",
        Allowed::AtLeastOne => "at least 1",
        Allowed::WholeFromOne => "a whole number from 1",
        Allowed::FromZeroBelowOne => "at least 0 and below 1",
        Allowed::HarmlessStart => {
            "true, false, gaussian, eva or orthogonal; others change the base's weights, and \
             save_pretrained(.., path_initial_model_for_weight_conversion=..) makes a plain LoRA of them"
        }
        Allowed::ModuleNames => "a list of module names, or all-linear",
        Allowed::SomeOfTargets => "some of target_modules",
        Allowed::BlockNumbers => "a block's number or a list of them",
        Allowed::Expression => "an expression of Python's re",
        Allowed::OwnMethod => "a method of this format",
    };
    said.to_owned()
}

pub fn blend(error: &BlendError) -> String {
    match error {
        BlendError::Nothing => "there is no adapter to blend".to_owned(),
        BlendError::NotLora { number } => format!(
            "adapter {number} cannot be blended: only plain LoRA adds a product to the weights (not DoRA, (IA)³, bottleneck adapters, prompts or prefixes)"
        ),
    }
}
