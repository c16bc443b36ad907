//! What single settings can be, and how they are written in an address.

use crate::settings::{Family, ScheduleKind};

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

    /// Why a model of this family cannot be tuned so, where it cannot.
    pub fn refused_by(self, family: Family) -> Option<&'static str> {
        let is_gpt2s = matches!(self, Self::Adapter | Self::Prompt | Self::Prefix);
        (is_gpt2s && family == Family::Bert).then_some(FOR_GPT2)
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

const FOR_GPT2: &str = "bottleneck adapters, prompt and prefix tuning are made for GPT-2 only; a BERT takes the others";

/// What target modules must be.
pub fn targets_rule(family: Family) -> &'static str {
    match family {
        Family::Gpt2 => {
            "module names with commas between them, such as c_attn,c_proj, or all-linear"
        }
        Family::Bert => "module names with commas between them, such as query,value, or all-linear",
    }
}

/// Module names with commas between them.
pub fn targets(text: &str, family: Family) -> Option<Vec<String>> {
    let names: Vec<String> = text
        .split(',')
        .map(|name| name.trim().to_string())
        .filter(|name| !name.is_empty())
        .collect();
    let plain = |name: &String| {
        name.chars()
            .all(|c| c.is_ascii_alphanumeric() || "._".contains(c))
    };
    let names = family.expand_targets(names);
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
