//! Words of the control that loads a model of the learner's own.

use crate::protocol::DeviceKind;
use crate::settings::{Family, MemoryNeed};
use crate::ui::sources::own_model::{Facts, NotFetched, Problem};
use crate::ui::text::format;

/// Why there is nothing from an address.
fn not_fetched(reason: NotFetched) -> String {
    match reason {
        NotFetched::NoAnswer => "no answer".to_owned(),
        NotFetched::BrokeOff => "the answer broke off".to_owned(),
        NotFetched::Status(404) => "there is none (the server answered 404)".to_owned(),
        NotFetched::Status(status) => format!("the server answered {status}"),
    }
}

pub const TITLE: &str = "A model of your own";
pub const LEAD: &str = "Any GPT-2 or BERT in Hugging Face's files: from this machine, from the Hugging Face Hub, or from a folder on the web. Files that you choose stay on this machine; nothing is sent to the Hub but the request for the files.";
pub const FILES: &str = "Files";
pub const FILES_HELP: &str = "config.json, model.safetensors, and tokenizer.json or vocab.json with merges.txt; choose them together. Weights in several files come with their model.safetensors.index.json.";
pub const HUB_ID: &str = "Or an id on the Hugging Face Hub";
pub const HUB_ID_HELP: &str = "Such as google/bert_uncased_L-2_H-128_A-2 or openai-community/gpt2. Looking fetches its configuration alone; you see size and memory before the weights come.";
pub const HUB_ID_PLACEHOLDER: &str = "owner/name";
pub const ADDRESS: &str = "Or an address";
pub const ADDRESS_PLACEHOLDER: &str = "https://";
pub const ADDRESS_HELP: &str =
    "Of a folder with these files. It has to let other pages read it, as the Hub does.";
pub const LOOK: &str = "Look at it";
pub const LOAD: &str = "Load this model";
pub const LOOKING: &str = "Reading its configuration …";
pub const NAME: &str = "your model";
pub const BUSY: &str = "A run is going on; it has to end first.";

/// The most that a page may hold in one WebAssembly module.
const PAGE_LIMIT_BYTES: u64 = 4 << 30;

pub fn facts(facts: &Facts) -> String {
    let sizes = &facts.sizes;
    format!(
        "A {} of {} parameters: {} {} of width {} with {} heads, {} tokens in its vocabulary, texts of up to {} tokens.",
        sizes.family().title(),
        format::count(facts.parameters()),
        sizes.blocks(),
        blocks(sizes.family()),
        format::count(sizes.width()),
        facts.heads,
        format::count(sizes.vocabulary()),
        format::count(sizes.positions()),
    )
}

/// What the family's papers call its equal parts.
fn blocks(family: Family) -> &'static str {
    match family {
        Family::Gpt2 => "blocks",
        Family::Bert => "layers",
    }
}

/// `file_bytes` is known of a file, and of an address whose server says.
pub fn need(need: MemoryNeed, file_bytes: Option<u64>) -> String {
    let file = match file_bytes {
        Some(bytes) => format!("Its weights are a file of {}. ", format::bytes(bytes)),
        None => String::new(),
    };
    format!(
        "{file}With the settings above a run needs about {} of memory, {} of it for the weights.",
        format::bytes(need.total_bytes()),
        format::bytes(need.weights_bytes)
    )
}

pub fn peak(bytes: u64) -> String {
    format!(
        "Measured: up to the end of the last run the engine came to hold {}.",
        format::bytes(bytes)
    )
}

/// What stands against it on this engine.
pub fn caution(need: MemoryNeed, device: Option<DeviceKind>) -> Option<&'static str> {
    const SLOW_FROM_BYTES: u64 = 200_000_000;
    match device {
        _ if need.total_bytes() > PAGE_LIMIT_BYTES => Some(
            "That is more than the 4 GB that a page may hold. The command line, warmup finetune, has no such limit.",
        ),
        Some(DeviceKind::Cpu) if need.weights_bytes > SLOW_FROM_BYTES => Some(
            "On the CPU a model of this size takes many seconds a step. Set few steps and short texts.",
        ),
        _ => None,
    }
}

const MISSING_TOKENIZER: &str = "There is no tokenizer among the chosen files. Choose tokenizer.json, or vocab.json and merges.txt, with the others.";
const NO_HUB_ID: &str = "That is no id of the Hub. One is a name, or an owner and a name with a slash between them: openai-community/gpt2.";
const ONLY_PICKLED: &str = "Its weights are there as pytorch_model.bin alone, a format that can hold programs and is not read here. Save the model once with transformers, save_pretrained(…, safe_serialization=True), and choose the files.";
const NO_WEIGHTS: &str = "There is no model.safetensors beside config.json. Is this the folder of a whole model? An adapter alone has adapter_model.safetensors.";
const NO_ADDRESS: &str =
    "That is no address. It begins with https:// and ends at a folder with a model's files.";

pub fn problem(problem: &Problem) -> String {
    match problem {
        Problem::MissingFile(file) => {
            format!("{file} is not among the chosen files. Choose it together with the others.")
        }
        Problem::MissingTokenizer => MISSING_TOKENIZER.into(),
        Problem::Unreadable(reason) => {
            format!("config.json cannot be read: {reason}. Is it the configuration of a model?")
        }
        Problem::OtherArchitecture(name) => {
            format!(
                "config.json describes a model of the kind {name}; only gpt2 and bert can be loaded here."
            )
        }
        Problem::NotFetched(reason) => format!(
            "config.json could not be fetched: {}. Is the address that of a folder with a model's files, and may other pages read it?",
            not_fetched(*reason)
        ),
        Problem::NoHubId => NO_HUB_ID.into(),
        Problem::NotPublic(id) => format!(
            "The Hub shows no public model {id}. Look for a slip in the name; if the model is private, download its files with your account and choose them here."
        ),
        Problem::Gated(id) => format!(
            "The makers of {id} want to be asked first. Agree on its page on the Hub, download its files with your account, and choose them here."
        ),
        Problem::OnlyPickled => ONLY_PICKLED.into(),
        Problem::NoWeights => NO_WEIGHTS.into(),
        Problem::Pointer(bytes) => format!(
            "model.safetensors has only {bytes} bytes: it is the pointer that Git leaves in place of a large file. Fetch the file itself (git lfs pull), and choose that."
        ),
        Problem::NoAddress => NO_ADDRESS.into(),
    }
}
