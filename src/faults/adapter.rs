//! Of adapters: files that cannot be loaded or saved, and adapters that cannot be blended.

use serde::{Deserialize, Serialize};

use super::{Fault, WeightError};

/// Why there is no adapter, or none can be kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum AdapterError {
    Peft(PeftError),
    Own(OwnError),
    /// Among the chosen files there are the configurations of several, at these paths.
    Several {
        configs: Vec<String>,
    },
    /// The chosen files are those of a model.
    WholeModel,
    /// Weights without a configuration.
    WeightsAlone,
    /// Neither weights nor a configuration.
    NoConfig,
    ConfigNotText,
    /// A configuration beside weights that are pickled.
    PickledWeights,
    /// A configuration without weights.
    ConfigAlone,
    /// What a run made, an adapter or a whole model.
    Unsaved {
        reason: Box<Fault>,
    },
}

/// Why an adapter cannot be loaded or saved in PEFT's format.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum PeftError {
    Config(String),
    Unsupported {
        field: String,
        found: String,
        supported: Allowed,
    },
    NothingMatched {
        targets: Vec<String>,
        /// Those that each block has.
        modules: Vec<String>,
    },
    Weights(WeightError),
    Missing {
        name: String,
        /// The first names in the file.
        found: Vec<String>,
        /// How many names come behind those.
        more: usize,
    },
    OtherSize {
        field: String,
        is: usize,
        name: String,
        shape: Vec<usize>,
    },
    /// The base is named where the file names it.
    AnotherBase {
        reason: WeightError,
        base: Option<String>,
    },
    NoFormat {
        strategy: String,
    },
    NoPlace {
        name: String,
    },
    NoHead {
        task_type: String,
        head: String,
    },
    NoPooler,
    UntiedHead {
        name: String,
    },
    ReadBack(Box<Fault>),
}

/// Why an adapter cannot be loaded or saved in the project's own format.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum OwnError {
    Config {
        field: String,
        found: String,
        expected: Allowed,
    },
    Weights(WeightError),
    NoPlace {
        name: String,
    },
}

/// What a field of an `adapter_config.json` may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Allowed {
    OneOf(Vec<String>),
    Unset,
    AtLeastOne,
    WholeFromOne,
    FromZeroBelowOne,
    /// A start of LoRA that leaves the base's weights as they are.
    HarmlessStart,
    ModuleNames,
    SomeOfTargets,
    BlockNumbers,
    /// A regular expression, as Python has them.
    Expression,
    /// A method for which there is the project's own format.
    OwnMethod,
}

/// Why adapters cannot be blended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum BlendError {
    Nothing,
    /// Counted from 1.
    NotLora {
        number: usize,
    },
}

impl PeftError {
    pub fn read_back(reason: Fault) -> Self {
        Self::ReadBack(Box::new(reason))
    }
}

impl Allowed {
    pub fn one_of(values: &[&str]) -> Self {
        Self::OneOf(values.iter().map(|value| (*value).to_owned()).collect())
    }
}

holds!(AdapterError {
    Peft(PeftError),
    Own(OwnError),
});
holds!(PeftError {
    Weights(WeightError),
});
holds!(OwnError {
    Weights(WeightError),
});
