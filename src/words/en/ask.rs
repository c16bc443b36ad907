use super::{blend, weights};
use crate::faults::{
    AskError, BaseError, DecoderWish, FixtureError, LoadError, OtherModel, ToolError, TunedError,
    Wish,
};

pub fn ask(error: &AskError) -> String {
    match error {
        AskError::Unencodable { reason } => {
            format!("a message could not be encoded: {reason}. Reload the page.")
        }
        AskError::Undecodable { bytes, reason } => {
            format!("a message of {bytes} bytes could not be read: {reason}. Reload the page.")
        }
        AskError::Sentence { reason } => format!("{reason}."),
        AskError::NoModel => "No model is loaded yet; wait for it, or load one.".to_owned(),
        AskError::NoData => "No data set is loaded yet; wait for it, or load one.".to_owned(),
        AskError::NoEncoder => "No encoder is loaded yet; wait for it, or load a BERT.".to_owned(),
        AskError::NothingTuned => "Nothing is fine-tuned yet; make a run first.".to_owned(),
        AskError::RunGoesOn { wish } => format!(
            "A run is going on; cancel it or let it end to {}.",
            wished(*wish)
        ),
        AskError::Base(error) => base(error),
        AskError::Load(error) => load(error),
        AskError::Tuned(error) => tuned(error),
        AskError::Tool(error) => tool(error),
    }
}

fn wished(wish: Wish) -> &'static str {
    match wish {
        Wish::LoadModel => "load a model",
        Wish::LoadEncoder => "load an encoder",
        Wish::LoadDataset => "load a data set",
        Wish::LoadGeneralText => "load a text",
        Wish::StartRun => "start another",
        Wish::ResumeKeptRun => "go on with another",
        Wish::PackWorkspace => "save the workspace",
        Wish::UnpackWorkspace => "open a workspace",
        Wish::TrainOnExample => "train on one example",
        Wish::ScorePrompts => "ask the model",
        Wish::BlendAdapters => "change the adapters",
        Wish::BringAdapter => "bring an adapter",
        Wish::TakeHome => "take a result home",
    }
}

fn base(error: &BaseError) -> String {
    match error {
        BaseError::Unfetched { name, file, reason } => {
            format!("The model \"{name}\" could not be fetched: {file}: {reason}.")
        }
        BaseError::Unusable { name, reason } => {
            format!("The model \"{name}\" cannot be used: {reason}.")
        }
        BaseError::NotChosen { file } => {
            format!("{file} is not among the chosen files; choose it with the others")
        }
        BaseError::NoTokenizerChosen => {
            "there is no tokenizer among the chosen files; choose tokenizer.json, or vocab.json and merges.txt".to_owned()
        }
        BaseError::VocabularyTooLarge { tokens, known } => format!(
            "its tokenizer knows {tokens} tokens, its weights only {known}; take both from one model"
        ),
        BaseError::OtherWeights {
            file,
            found,
            wanted,
        } => format!(
            "{file} is another file (SHA-256 {found}…) than the page was made for ({wanted}…); reload the page, and if that does not help, tell who runs it"
        ),
        BaseError::NotAnEncoder => {
            "it is a GPT-2, which fills no masks; the encoder must be a BERT".to_owned()
        }
        BaseError::NotADecoder { wish } => format!(
            "A BERT cannot {}: it reads a text in both directions and says no next token. Load a GPT-2 for that.",
            wished_of_decoder(*wish)
        ),
        BaseError::NoSuchMatrix { name } => format!(
            "The model has no matrix \"{name}\"; choose one from the parameter map."
        ),
    }
}

fn wished_of_decoder(wish: DecoderWish) -> &'static str {
    match wish {
        DecoderWish::ContinueText => "continue a text",
        DecoderWish::ForetellToken => "foretell the next token",
        DecoderWish::BePrompted => "be asked by a prompt",
    }
}

fn load(error: &LoadError) -> String {
    match error {
        LoadError::DataUnfetched { name, reason } => {
            format!("The data set \"{name}\" could not be fetched: {reason}.")
        }
        LoadError::DataUnusable { name, reason } => {
            format!("The data set \"{name}\" cannot be used: {reason}.")
        }
        LoadError::TextUnusable { name, reason } => {
            format!("The text \"{name}\" cannot be used: {reason}.")
        }
        LoadError::TextEmpty => "it holds no text".to_owned(),
        LoadError::FileGone { file, reason } => {
            format!("{file} cannot be read any more: {reason}. Choose it again.")
        }
        LoadError::FileUnusable { file, reason } => format!("{file} cannot be used: {reason}."),
        LoadError::ColumnLacking { role } => format!("no column is its {role}"),
        LoadError::NotLabelled { task } => {
            format!("This needs texts with one label each; the data set loaded is for {task}.")
        }
        LoadError::NoSuchLabel { label, labels } => {
            format!("The data set has {labels} labels; there is no label {label}.")
        }
    }
}

fn tuned(error: &TunedError) -> String {
    match error {
        TunedError::OtherTask { last, wanted } => {
            format!("The last run was for {last}; make one for {wanted} first.")
        }
        TunedError::AdapterUnusable { name, reason } => {
            format!("The adapter \"{name}\" cannot be used: {reason}.")
        }
        TunedError::NothingToBlend => "Name at least one adapter.".to_owned(),
        TunedError::OffShelf { run } => {
            format!("The adapter of run {run} is not on the shelf any more.")
        }
        TunedError::VolumeNotFinite { run, volume } => {
            format!("The volume of run {run} is {volume}, but must be a number.")
        }
        TunedError::Unblendable(error) => blend(error),
    }
}

fn tool(error: &ToolError) -> String {
    match error {
        ToolError::ReferenceUnfetched { path, reason } => {
            format!("The reference file {path} could not be fetched: {reason}.")
        }
        ToolError::ReferenceListDamaged { reason } => {
            format!("The list of reference files is damaged: {reason}.")
        }
        ToolError::BenchEnded { reason } => format!("The benchmark ended early: {reason}."),
        ToolError::BenchUnusable(error) => fixture(error),
    }
}

pub fn fixture(error: &FixtureError) -> String {
    match error {
        FixtureError::Unreadable(reason) => format!("params.json cannot be read: {reason}"),
        FixtureError::OtherModel(other) => {
            format!("params.json describes another model: {}", difference(other))
        }
        FixtureError::CutShort { name, end, found } => format!(
            "params.bin is cut short: tensor `{name}` ends at number {end}, but there are {found}"
        ),
        FixtureError::Weights(error) => format!("the benchmark's weights: {}", weights(error)),
    }
}

fn difference(other: &OtherModel) -> String {
    match other {
        OtherModel::Sizes { found, expected } => format!("{found} instead of {expected}"),
        OtherModel::Tokens {
            tokens,
            targets,
            expected,
        } => format!("{tokens} tokens and {targets} targets instead of {expected}"),
        OtherModel::Shape => "a tensor's shape and size disagree".to_owned(),
    }
}
