//! The settings form, and its form in an address: `strategy=lora&rank=8&lr=1e-3&seed=7`.

mod family;
mod values;

use family::not_for;
pub use family::refusal;
pub use values::{SCHEDULES, schedule_name};

use crate::faults::{Rule, SettingsError};
use crate::methods::AllSettings;
pub use crate::methods::export::short_number;
use crate::methods::field::{Field, Reach, parsed};
use crate::methods::targets::owned;
use crate::settings::{Family, ScheduleKind, Strategy, StrategyKind, Task, TrainingSettings};
use crate::ui::UNNAMED_DATASET;
use crate::ui::pages::routes::pairs;
use crate::ui::sources::datasets::{self, DataSource, SHIPPED, shipped};
use crate::ui::text::address as text;

/// Everything the form holds. The settings of a strategy not chosen are kept for when it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Of the model that the settings are for; modules are called in its words.
    pub family: Family,
    pub kind: StrategyKind,
    pub methods: AllSettings,
    /// What the lab trains on.
    pub dataset: DataSource,
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
        Self {
            family: Family::default(),
            kind: training.strategy.kind(),
            methods: AllSettings::of(&training.strategy),
            dataset: datasets::usual(),
            training,
        }
    }

    pub fn strategy(&self) -> Strategy {
        self.methods.strategy(self.kind)
    }

    /// What a run of these settings learns.
    pub fn task(&self) -> Task {
        self.dataset.task_of(self.family)
    }

    pub fn settings(&self) -> TrainingSettings {
        TrainingSettings {
            strategy: self.strategy(),
            ..self.training.clone()
        }
    }

    /// The settings in an address, and what in it could not be used: those stay at their defaults. The order in the
    /// address does not matter, except that of a key that is there twice.
    pub fn from_query(query: &str) -> (Self, Vec<String>) {
        let mut draft = Self::default();
        let mut problems = Vec::new();
        let mut settings: Vec<_> = pairs(query).into_iter().enumerate().collect();
        settings.sort_by(|(_, (one, _)), (_, (other, _))| rank(one).cmp(&rank(other)));
        for (place, (key, value)) in settings {
            if let Err(problem) = draft.try_set(&key, &value) {
                problems.push((place, text::setting(&key, &value, &problem)));
            }
        }
        problems.sort_by_key(|(place, _)| *place);
        let problems = problems.into_iter().map(|(_, problem)| problem);
        (draft, problems.collect())
    }

    /// As `from_query` for an address that somebody may have kept since before addresses named their data.
    pub fn from_address(query: &str) -> (Self, Vec<String>) {
        let (mut draft, problems) = Self::from_query(query);
        let names_data = pairs(query).iter().any(|(key, _)| key == "data");
        if !names_data && let Some(unnamed) = shipped(UNNAMED_DATASET) {
            draft.dataset = unnamed;
        }
        (draft, problems)
    }

    /// Changes one setting by its name in addresses, or says why it cannot be so.
    pub fn try_set(&mut self, key: &str, value: &str) -> Result<(), SettingsError> {
        let mut trial = self.clone();
        trial.set(key, value.trim())?;
        let most = MOST.iter().find(|(name, _)| *name == key);
        let most = most.map(|(_, most)| *most);
        if let Some(most) = most.or_else(|| trial.methods.most(trial.kind, key))
            && trial.get(key).parse::<usize>().is_ok_and(|n| n > most)
        {
            return Err(SettingsError::MustBe(Rule::AtMostHere(most)));
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

    /// What does not go together.
    fn combination(&self) -> Option<SettingsError> {
        let task = self.task();
        let training = &self.training;
        if training.balanced_classes
            && let Some(why) = task.refuses_class_weights()
        {
            let reason = Box::new(why);
            return Some(SettingsError::BalancedClasses { reason });
        }
        if matches!(task, Task::CausalLm | Task::MaskedLm) && self.kind == StrategyKind::Head {
            return Some(SettingsError::NoHeadToTrain);
        }
        None
    }

    /// One setting as text.
    pub fn get(&self, key: &str) -> String {
        match key {
            "data" => self.dataset.name().to_string(),
            "task" => self.task().name().to_string(),
            "strategy" => self.kind.name().to_string(),
            "schedule" => schedule_name(self.training.schedule).to_string(),
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
            _ => self.methods.get(self.kind, key).unwrap_or_default(),
        }
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), SettingsError> {
        let whole = || parsed::<usize>(value, Rule::Whole);
        let number = || parsed::<f64>(value, Rule::Number);
        let switch = || parsed::<bool>(value, Rule::Switch);
        match key {
            "data" => self.choose_data(value)?,
            "task" => self.check_task(value)?,
            "strategy" => self.choose_strategy(value)?,
            "schedule" => self.training.schedule = schedule_named(value)?,
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
            "best" => self.training.load_best_model_at_end = switch()?,
            "epochs" => self.training.num_train_epochs = number()?,
            "balanced" => self.training.balanced_classes = switch()?,
            "clip" => self.training.max_grad_norm = finite_norm(number()?),
            "seed" => self.training.seed = parsed(value, Rule::Whole)?,
            _ => {
                let set = self.methods.set(key, value, self.family);
                return set.unwrap_or(Err(SettingsError::NoSuchSetting));
            }
        }
        Ok(())
    }

    /// Takes a shipped set by its name; the set that is chosen may be any, and stays.
    fn choose_data(&mut self, value: &str) -> Result<(), SettingsError> {
        if value == self.dataset.name() {
            return Ok(());
        }
        let names = SHIPPED.map(|set| set.name);
        let set = shipped(value).ok_or_else(|| one_of(&names))?;
        if set.task_for(self.family).is_none() {
            return Err(not_for(&set, self.family));
        }
        self.dataset = set;
        Ok(())
    }

    /// The task follows from the data, so that an address can only say it, and not choose it.
    fn check_task(&self, value: &str) -> Result<(), SettingsError> {
        let task = self.task().name();
        // The model may turn out to be of another family.
        let is_anothers =
            |family: &Family| self.dataset.task_for(*family).map(Task::name) == Some(value);
        match value == task || Family::ALL.iter().any(is_anothers) {
            true => Ok(()),
            false => Err(SettingsError::MustBe(Rule::TaskOfData {
                task: task.to_owned(),
                data: self.dataset.name().to_owned(),
            })),
        }
    }

    fn choose_strategy(&mut self, value: &str) -> Result<(), SettingsError> {
        let names = StrategyKind::ALL.map(StrategyKind::name);
        let kind = StrategyKind::parse(value).ok_or_else(|| one_of(&names))?;
        if let Some(why) = refusal(kind, self.family) {
            return Err(why);
        }
        self.kind = kind;
        Ok(())
    }

    /// What `from_query` reads back. Everything a control can change is written out, so that a link keeps
    /// its meaning when defaults change. The learner's own data is in no address.
    pub fn to_query(&self) -> String {
        let mut query = self.query_of_settings();
        if self.dataset.own().is_none() {
            query += &format!("&data={}", self.get("data"));
            let task = self.get("task");
            if task != Self::default().get("task") {
                query += &format!("&task={task}");
            }
        }
        query
    }

    /// The same without the data, for a set that no address leads to.
    pub fn query_of_settings(&self) -> String {
        let of_strategy = form_fields(self.kind);
        let default = Self::default();
        let of_methods = self.methods.unusual(|field| field.reach == Reach::Address);
        let unusual = UNCONTROLLED
            .iter()
            .chain(&REMEDIES)
            .chain(&LOOP)
            .filter(|key| self.get(key) != default.get(key));
        let keys = ["strategy"]
            .iter()
            .chain(&of_strategy)
            .chain(&TRAINING)
            .chain(&of_methods)
            .chain(unusual);
        let parts: Vec<String> = keys.map(|key| format!("{key}={}", self.get(key))).collect();
        parts.join("&")
    }
}

fn one_of(names: &[&str]) -> SettingsError {
    SettingsError::MustBe(Rule::OneOf(owned(names)))
}

fn schedule_named(value: &str) -> Result<ScheduleKind, SettingsError> {
    let named = SCHEDULES.iter().find(|(name, _)| *name == value);
    named.map(|(_, kind)| *kind).ok_or_else(|| {
        let names = SCHEDULES.map(|(name, _)| name);
        SettingsError::MustBe(Rule::Either(owned(&names)))
    })
}

/// 0 and infinity both clip nothing; kept runs are JSON, which has no infinity.
fn finite_norm(norm: f64) -> f64 {
    if norm == f64::INFINITY { 0.0 } else { norm }
}

/// Others are judged by what these say, so that they are read before them, in this order.
const FIRST: [&str; 3] = ["data", "task", "strategy"];

/// When a setting of an address is read. After the first ones it is the alphabet: any order that is always the same.
fn rank(key: &str) -> (usize, &str) {
    let place = FIRST.iter().position(|first| *first == key);
    (place.unwrap_or(FIRST.len()), key)
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

/// Remedies against forgetting, in the order of the form. An address names those that are on.
pub const REMEDIES: [&str; 4] = ["replay", "ewc", "l2sp", "llrd"];

/// The settings of a strategy's own, in the order of the form.
pub fn form_fields(kind: StrategyKind) -> Vec<&'static str> {
    let fields = kind.fields().into_iter();
    let fields = fields.filter(|field: &&Field| field.is_in_form());
    fields.map(|field| field.key).collect()
}

/// Settings beside a method's own that only an address can change.
const UNCONTROLLED: [&str; 4] = ["length", "decay", "clip", "examples"];

/// Beyond these a page would only run out of memory or patience. A method's own stand with its fields.
const MOST: [(&str, usize); 7] = [
    ("accumulate", 64),
    ("epochs", 100),
    ("patience", 1000),
    ("warmup", 20_000),
    ("steps", 20_000),
    ("batch", 512),
    ("length", 1024),
];

#[cfg(test)]
mod tests;
