//! The settings form, and its form in an address: `strategy=lora&rank=8&lr=1e-3&seed=7`.

use super::DATASET;
use super::datasets::{SHIPPED, Shipped, shipped};
use super::routes::pairs;
use crate::settings::{
    BottleneckSettings, Ia3Settings, LoraSettings, Placement, ScheduleKind, Strategy, Task,
    TrainingSettings, expand_targets,
};

/// A strategy's name without its settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StrategyKind {
    Lora,
    Full,
    Partial,
    Head,
    BitFit,
    Ia3,
    Adapter,
    Prompt,
    Prefix,
}

impl StrategyKind {
    pub const ALL: [Self; 9] = [
        Self::Lora,
        Self::Full,
        Self::Partial,
        Self::Head,
        Self::BitFit,
        Self::Ia3,
        Self::Adapter,
        Self::Prompt,
        Self::Prefix,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Lora => "lora",
            Self::Full => "full",
            Self::Partial => "partial",
            Self::Head => "head",
            Self::BitFit => "bitfit",
            Self::Ia3 => "ia3",
            Self::Adapter => "adapter",
            Self::Prompt => "prompt",
            Self::Prefix => "prefix",
        }
    }

    /// The settings of its own, in the order of the form.
    pub fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Lora => &["rank", "alpha", "targets"],
            Self::Partial => &["freeze"],
            Self::Adapter => &["placement", "bottleneck"],
            Self::Prompt | Self::Prefix => &["virtual"],
            Self::Full | Self::Head | Self::BitFit | Self::Ia3 => &[],
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Schedules by the names that addresses and flags use.
pub const SCHEDULES: [(&str, ScheduleKind); 3] = [
    ("linear", ScheduleKind::Linear),
    ("cosine", ScheduleKind::Cosine),
    ("constant", ScheduleKind::Constant),
];

pub fn schedule_name(kind: ScheduleKind) -> &'static str {
    SCHEDULES
        .iter()
        .find(|(_, other)| *other == kind)
        .map_or("linear", |(name, _)| name)
}

/// Everything the form holds. The settings of a strategy not chosen are kept for when it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    pub kind: StrategyKind,
    pub lora: LoraSettings,
    pub frozen_blocks: usize,
    pub ia3: Ia3Settings,
    pub bottleneck: BottleneckSettings,
    /// Before the text, under prompt and prefix tuning.
    pub virtual_tokens: usize,
    /// What the lab trains on.
    pub dataset: &'static Shipped,
    /// All settings but the strategy.
    pub training: TrainingSettings,
}

impl Default for Draft {
    fn default() -> Self {
        Self::from_settings(TrainingSettings::default())
    }
}

impl Draft {
    pub fn from_settings(training: TrainingSettings) -> Self {
        let mut draft = Self {
            kind: StrategyKind::Lora,
            lora: LoraSettings::default(),
            frozen_blocks: 2,
            ia3: Ia3Settings::default(),
            bottleneck: BottleneckSettings::default(),
            virtual_tokens: 8,
            dataset: shipped(DATASET).unwrap_or(&SHIPPED[0]),
            training,
        };
        match draft.training.strategy.clone() {
            Strategy::Lora(lora) => draft.lora = lora,
            Strategy::Full => draft.kind = StrategyKind::Full,
            Strategy::Head => draft.kind = StrategyKind::Head,
            Strategy::BitFit => draft.kind = StrategyKind::BitFit,
            Strategy::Ia3(ia3) => {
                draft.kind = StrategyKind::Ia3;
                draft.ia3 = ia3;
            }
            Strategy::Adapter(bottleneck) => {
                draft.kind = StrategyKind::Adapter;
                draft.bottleneck = bottleneck;
            }
            Strategy::Prompt { virtual_tokens } => {
                draft.kind = StrategyKind::Prompt;
                draft.virtual_tokens = virtual_tokens;
            }
            Strategy::Prefix { virtual_tokens } => {
                draft.kind = StrategyKind::Prefix;
                draft.virtual_tokens = virtual_tokens;
            }
            Strategy::Partial { frozen_blocks } => {
                draft.kind = StrategyKind::Partial;
                draft.frozen_blocks = frozen_blocks;
            }
        }
        draft
    }

    pub fn strategy(&self) -> Strategy {
        match self.kind {
            StrategyKind::Lora => Strategy::Lora(self.lora.clone()),
            StrategyKind::Full => Strategy::Full,
            StrategyKind::Head => Strategy::Head,
            StrategyKind::BitFit => Strategy::BitFit,
            StrategyKind::Ia3 => Strategy::Ia3(self.ia3.clone()),
            StrategyKind::Adapter => Strategy::Adapter(self.bottleneck.clone()),
            StrategyKind::Prompt => Strategy::Prompt {
                virtual_tokens: self.virtual_tokens,
            },
            StrategyKind::Prefix => Strategy::Prefix {
                virtual_tokens: self.virtual_tokens,
            },
            StrategyKind::Partial => Strategy::Partial {
                frozen_blocks: self.frozen_blocks,
            },
        }
    }

    pub fn settings(&self) -> TrainingSettings {
        TrainingSettings {
            strategy: self.strategy(),
            ..self.training.clone()
        }
    }

    /// The settings in an address, and what in it could not be used: those stay at their defaults.
    pub fn from_query(query: &str) -> (Self, Vec<String>) {
        let mut draft = Self::default();
        let mut problems = Vec::new();
        for (key, value) in pairs(query) {
            if let Err(problem) = draft.try_set(&key, &value) {
                problems.push(format!("{key}={value}: {problem}"));
            }
        }
        (draft, problems)
    }

    /// Changes one setting by its name in addresses, or says why it cannot be so.
    pub fn try_set(&mut self, key: &str, value: &str) -> Result<(), String> {
        let mut trial = self.clone();
        trial.set(key, value.trim())?;
        if let Some((_, most)) = MOST.iter().find(|(name, _)| *name == key)
            && trial.get(key).parse::<usize>().is_ok_and(|n| n > *most)
        {
            return Err(format!("must be at most {most} here"));
        }
        if let Some(problem) = trial.settings().problem() {
            return Err(problem);
        }
        if let Some(problem) = trial.combination() {
            return Err(problem);
        }
        *self = trial;
        Ok(())
    }

    /// What does not go together, in words for the person who chose it.
    fn combination(&self) -> Option<String> {
        let task = self.dataset.task;
        let training = &self.training;
        if training.balanced_classes
            && let Some(why) = task.refuses_class_weights()
        {
            return Some(format!("balanced classes: {why}"));
        }
        if task == Task::CausalLm && self.kind == StrategyKind::Head {
            return Some(
                "language modelling has no head of its own to train; choose another strategy"
                    .into(),
            );
        }
        None
    }

    /// One setting as text.
    pub fn get(&self, key: &str) -> String {
        match key {
            "data" => self.dataset.name.to_string(),
            "task" => self.dataset.task.name().to_string(),
            "strategy" => self.kind.name().to_string(),
            "schedule" => schedule_name(self.training.schedule).to_string(),
            "rank" => self.lora.rank.to_string(),
            "alpha" => self.lora.alpha.to_string(),
            "dropout" => self.lora.dropout.to_string(),
            "rslora" => self.lora.use_rslora.to_string(),
            "dora" => self.lora.use_dora.to_string(),
            "placement" => self.bottleneck.placement.name().to_string(),
            "bottleneck" => self.bottleneck.bottleneck.to_string(),
            "virtual" => self.virtual_tokens.to_string(),
            "targets" => self.lora.target_modules.join(","),
            "freeze" => self.frozen_blocks.to_string(),
            "l2sp" => short_number(self.training.remedies.l2_sp_alpha),
            "ewc" => short_number(self.training.remedies.ewc_lambda),
            "replay" => short_number(self.training.remedies.replay),
            "llrd" => short_number(self.training.remedies.layer_wise_lr_decay),
            "lr" => short_number(self.training.learning_rate),
            "warmup" => self.training.warmup_steps.to_string(),
            "steps" => self.training.total_steps.to_string(),
            "batch" => self.training.batch_size.to_string(),
            "length" => self.training.max_length.to_string(),
            "decay" => self.training.weight_decay.to_string(),
            "clip" => self.training.max_grad_norm.to_string(),
            "seed" => self.training.seed.to_string(),
            "examples" => self.training.max_train_samples.to_string(),
            "accumulate" => self.training.gradient_accumulation_steps.to_string(),
            "evaluate" => self.training.eval_steps.to_string(),
            "patience" => self.training.early_stopping_patience.to_string(),
            "best" => self.training.load_best_model_at_end.to_string(),
            "epochs" => short_number(self.training.num_train_epochs),
            "balanced" => self.training.balanced_classes.to_string(),
            _ => String::new(),
        }
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        let not = |must: &str| format!("must be {must}");
        let whole = || value.parse::<usize>().map_err(|_| not("a whole number"));
        let number = || value.parse::<f64>().map_err(|_| not("a number"));
        match key {
            "data" => {
                let names: Vec<&str> = SHIPPED.iter().map(|set| set.name).collect();
                self.dataset =
                    shipped(value).ok_or_else(|| not(&format!("one of {}", names.join(", "))))?;
            }
            "task" => {
                let task = self.dataset.task.name();
                if value != task {
                    return Err(not(&format!("{task} with the data {}", self.dataset.name)));
                }
            }
            "strategy" => {
                self.kind = StrategyKind::parse(value).ok_or_else(|| {
                    let names = StrategyKind::ALL.map(StrategyKind::name);
                    not(&format!("one of {}", names.join(", ")))
                })?;
            }
            "schedule" => {
                self.training.schedule = SCHEDULES
                    .iter()
                    .find(|(name, _)| *name == value)
                    .map(|(_, kind)| *kind)
                    .ok_or_else(|| not("linear, cosine or constant"))?;
            }
            "rank" => self.lora.rank = whole()?,
            "alpha" => self.lora.alpha = number()?,
            "dropout" => self.lora.dropout = number()?,
            "rslora" => {
                self.lora.use_rslora = value.parse().map_err(|_| not("true or false"))?;
            }
            "dora" => {
                self.lora.use_dora = value.parse().map_err(|_| not("true or false"))?;
            }
            "placement" => {
                self.bottleneck.placement =
                    Placement::parse(value).ok_or_else(|| not("houlsby or pfeiffer"))?;
            }
            "bottleneck" => self.bottleneck.bottleneck = whole()?,
            "virtual" => self.virtual_tokens = whole()?,
            "targets" => self.lora.target_modules = targets(value).ok_or_else(|| not(TARGETS))?,
            "freeze" => self.frozen_blocks = whole()?,
            "l2sp" => self.training.remedies.l2_sp_alpha = number()?,
            "ewc" => self.training.remedies.ewc_lambda = number()?,
            "replay" => self.training.remedies.replay = number()?,
            "llrd" => self.training.remedies.layer_wise_lr_decay = number()?,
            "lr" => self.training.learning_rate = number()?,
            "warmup" => self.training.warmup_steps = whole()?,
            "steps" => self.training.total_steps = whole()?,
            "batch" => self.training.batch_size = whole()?,
            "length" => self.training.max_length = whole()?,
            "decay" => self.training.weight_decay = number()?,
            "examples" => self.training.max_train_samples = whole()?,
            "accumulate" => self.training.gradient_accumulation_steps = whole()?,
            "evaluate" => self.training.eval_steps = whole()?,
            "patience" => self.training.early_stopping_patience = whole()?,
            "best" => {
                let wished = value.parse().map_err(|_| not("true or false"))?;
                self.training.load_best_model_at_end = wished;
            }
            "epochs" => self.training.num_train_epochs = number()?,
            "balanced" => {
                self.training.balanced_classes = value.parse().map_err(|_| not("true or false"))?;
            }
            "clip" => self.training.max_grad_norm = number()?,
            "seed" => {
                self.training.seed = value.parse().map_err(|_| not("a whole number"))?;
            }
            _ => return Err("there is no such setting".into()),
        }
        Ok(())
    }

    /// What `from_query` reads back. Everything a control can change is written out, so that a link keeps
    /// its meaning when defaults change.
    pub fn to_query(&self) -> String {
        let of_strategy = self.kind.fields();
        let default = Self::default();
        let unusual = UNCONTROLLED
            .iter()
            .chain(&REMEDIES)
            .chain(&LOOP)
            .chain(&DATA)
            .filter(|key| self.get(key) != default.get(key));
        let keys = ["strategy"]
            .iter()
            .chain(of_strategy)
            .chain(&TRAINING)
            .chain(unusual);
        let parts: Vec<String> = keys.map(|key| format!("{key}={}", self.get(key))).collect();
        parts.join("&")
    }
}

/// The settings that every strategy has, in the order of the form.
pub const TRAINING: [&str; 6] = ["lr", "schedule", "warmup", "steps", "batch", "seed"];

/// How the loop goes, in the order of the form. An address names those that are not as usual.
pub const LOOP: [&str; 6] = [
    "epochs",
    "accumulate",
    "evaluate",
    "patience",
    "best",
    "balanced",
];

/// What is learnt, where it is not film reviews.
const DATA: [&str; 2] = ["data", "task"];

/// Remedies against forgetting, in the order of the form. An address names those that are on.
pub const REMEDIES: [&str; 4] = ["replay", "ewc", "l2sp", "llrd"];

/// Settings that only an address can change.
const UNCONTROLLED: [&str; 7] = [
    "dropout", "rslora", "dora", "length", "decay", "clip", "examples",
];

/// Beyond these a page would only run out of memory or patience.
const MOST: [(&str, usize); 11] = [
    ("accumulate", 64),
    ("epochs", 100),
    ("patience", 1000),
    ("bottleneck", 1024),
    ("virtual", 256),
    ("rank", 1024),
    ("freeze", 1024),
    ("warmup", 20_000),
    ("steps", 20_000),
    ("batch", 512),
    ("length", 1024),
];

const TARGETS: &str = "module names with commas between them, such as c_attn,c_proj, or all-linear";

/// Module names with commas between them.
pub fn targets(text: &str) -> Option<Vec<String>> {
    let names: Vec<String> = text
        .split(',')
        .map(|name| name.trim().to_string())
        .filter(|name| !name.is_empty())
        .collect();
    let plain = |name: &String| {
        name.chars()
            .all(|c| c.is_ascii_alphanumeric() || "._".contains(c))
    };
    let names = expand_targets(names);
    (!names.is_empty() && names.iter().all(plain)).then_some(names)
}

/// The shorter of `0.001` and `1e-3`; both read back to the same number.
pub fn short_number(value: f64) -> String {
    let (plain, scientific) = (format!("{value}"), format!("{value:e}"));
    if scientific.len() < plain.len() {
        scientific
    } else {
        plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_the_settings_and_reads_back() {
        let (draft, problems) = Draft::from_query(
            "strategy=lora&rank=4&alpha=16&lr=1e-3&warmup=20&steps=200&batch=16&schedule=cosine&seed=9",
        );
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(draft.lora.rank, 4);
        assert_eq!(draft.training.learning_rate, 1e-3);
        assert_eq!(draft.training.schedule, ScheduleKind::Cosine);
        assert_eq!(Draft::from_query(&draft.to_query()), (draft, vec![]));
    }

    #[test]
    fn bad_values_are_named_and_leave_the_default() {
        let (draft, problems) =
            Draft::from_query("rank=0&lr=fast&strategy=magic&steps=50&colour=red");
        let default = Draft::default();
        assert_eq!(draft.lora.rank, default.lora.rank);
        assert_eq!(draft.training.learning_rate, default.training.learning_rate);
        assert_eq!(draft.training.total_steps, 50);
        assert_eq!(problems.len(), 4);
        assert!(problems[0].contains("rank=0"));
        assert!(problems[2].contains("lora, full, partial, head, bitfit"));
    }

    #[test]
    fn remedies_stand_in_the_address_when_they_are_on() {
        let (draft, problems) = Draft::from_query("strategy=full&replay=0.25&ewc=30");
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(draft.settings().remedies.replay, 0.25);
        let query = draft.to_query();
        assert!(
            query.contains("replay=0.25&ewc=30") && !query.contains("l2sp"),
            "{query}"
        );
        assert_eq!(Draft::from_query(&query).0, draft);
        let (_, problems) = Draft::from_query("llrd=7");
        assert_eq!(problems.len(), 1, "{problems:?}");
    }

    #[test]
    fn data_and_loop_stand_in_the_address() {
        let query = "data=ner&task=token-classification&epochs=3&accumulate=2&balanced=true";
        let (draft, problems) = Draft::from_query(query);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(draft.dataset.name, "ner");
        assert_eq!(draft.settings().num_train_epochs, 3.0);
        assert_eq!(Draft::from_query(&draft.to_query()), (draft, vec![]));
    }

    #[test]
    fn what_does_not_go_together_is_refused_with_the_reason() {
        for (query, reason) in [
            ("data=qa&balanced=true", "places in a text"),
            ("data=instructions&strategy=head", "no head of its own"),
            ("data=qa&task=causal-lm", "question-answering"),
            ("data=nothing", "one of reviews"),
        ] {
            let (_, problems) = Draft::from_query(query);
            assert_eq!(problems.len(), 1, "{query}");
            assert!(problems[0].contains(reason), "{problems:?}");
        }
    }

    #[test]
    fn partial_keeps_its_blocks() {
        let (draft, _) = Draft::from_query("strategy=partial&freeze=3");
        assert_eq!(draft.strategy(), Strategy::Partial { frozen_blocks: 3 });
        assert!(draft.to_query().contains("freeze=3"));
    }

    #[test]
    fn numbers_in_addresses_are_short_and_exact() {
        assert_eq!(short_number(1e-3), "1e-3");
        assert_eq!(short_number(0.25), "0.25");
        assert_eq!(short_number(2e-3).parse::<f64>(), Ok(2e-3));
    }
}
