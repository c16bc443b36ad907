use crate::faults::{LikelyCause, PlanError, Rule, Setting, SettingsError};

pub fn settings(error: &SettingsError) -> String {
    match error {
        SettingsError::OutOfBounds { setting, is, must } => {
            format!("{} is {is}, but must be {}", name(*setting), rule(must))
        }
        SettingsError::MustBe(must) => format!("must be {}", rule(must)),
        SettingsError::NoSuchSetting => "there is no such setting".into(),
        SettingsError::Untargeted { name, targets } => format!(
            "--feedforward-modules names {name}, which is not among --target-modules {}",
            targets.join(",")
        ),
        SettingsError::RemediesOfHeadOnly => {
            "replay and EWC act on the language model, of which a head-only run trains nothing; leave them out"
                .into()
        }
        SettingsError::NoHeadToTrain => {
            "language modelling has no head of its own to train; choose another strategy".into()
        }
        SettingsError::ClassesAreWords { task } => format!(
            "the classes of {task} are the words themselves, whose frequencies are what it learns"
        ),
        SettingsError::ClassesArePlaces => {
            "the classes of question answering are places in a text, which have no frequency to balance"
                .into()
        }
        SettingsError::BalancedClasses { reason } => format!("balanced classes: {reason}"),
        SettingsError::DataOfOtherFamily { task, family } => {
            format!("is for {task}, which a {family} does not learn")
        }
        SettingsError::MethodOfOtherFamily {
            method,
            only,
            family,
        } => format!(
            "{method} is for {} only; a {family} takes other methods",
            only.join(" and ")
        ),
    }
}

/// Behind "must be".
fn rule(rule: &Rule) -> String {
    match rule {
        Rule::Whole => "a whole number".into(),
        Rule::Number => "a number".into(),
        Rule::Switch => "true or false".into(),
        Rule::AboveZero => "a number above 0".into(),
        Rule::FromZero => "a number from 0 up".into(),
        Rule::FromZeroBelowOne => "at least 0 and below 1".into(),
        Rule::FromZeroToOne => "from 0 to 1".into(),
        Rule::AboveZeroToOne => "above 0 and at most 1".into(),
        Rule::NormOrNone => "a number above 0, or 0 to clip nothing".into(),
        Rule::AtLeast(least) => format!("at least {least}"),
        Rule::AtMost(most) => format!("at most {most}"),
        Rule::AtMostHere(most) => format!("at most {most} here"),
        Rule::Modules { example } => {
            format!("module names with commas between them, such as {example}, or all-linear")
        }
        Rule::Either(words) => listed(words, "or"),
        Rule::OneOf(words) => format!("one of {}", words.join(", ")),
        Rule::TaskOfData { task, data } => format!("{task} with the data {data}"),
    }
}

fn name(setting: Setting) -> &'static str {
    match setting {
        Setting::LearningRate => "learning rate",
        Setting::TotalSteps => "number of steps",
        Setting::Epochs => "number of epochs",
        Setting::BatchSize => "batch size",
        Setting::GradientAccumulation => "gradient accumulation",
        Setting::MaxLength => "maximum length",
        Setting::WeightDecay => "weight decay",
        Setting::AdamBeta1 => "Adam beta1",
        Setting::AdamBeta2 => "Adam beta2",
        Setting::AdamEpsilon => "Adam epsilon",
        Setting::MaxGradNorm => "maximum gradient norm",
        Setting::L2SpAlpha => "L2-SP alpha",
        Setting::L2SpBeta => "L2-SP beta",
        Setting::EwcLambda => "EWC lambda",
        Setting::EwcSamples => "EWC samples",
        Setting::Replay => "replay",
        Setting::LayerWiseDecay => "layer-wise learning-rate decay",
        Setting::LoraRank => "LoRA rank",
        Setting::LoraAlpha => "LoRA alpha",
        Setting::LoraDropout => "LoRA dropout",
        Setting::Bottleneck => "bottleneck",
        Setting::VirtualTokens => "number of virtual tokens",
    }
}

pub fn plan(error: &PlanError) -> String {
    match error {
        PlanError::NothingMatched { targets, modules } => format!(
            "target modules {targets:?} match nothing in this model; it has {} in each block",
            listed(modules, "and")
        ),
        PlanError::RankTooLarge { rank, module, side } => format!(
            "rank {rank} is larger than the smaller side ({side}) of `{module}`; choose at most {side}"
        ),
        PlanError::TiedHead { targets } => format!(
            "target modules {targets:?} name lm_head, which is the token embedding itself here; an adapter cannot stand beside it, so leave it out"
        ),
        PlanError::BottleneckTooWide { bottleneck, width } => format!(
            "a bottleneck of {bottleneck} is no bottleneck in a model {width} wide; choose at most {width}"
        ),
        PlanError::NoRoom {
            virtual_tokens,
            positions,
        } => format!(
            "{virtual_tokens} virtual tokens leave no room for a text: the model has {positions} positions"
        ),
        PlanError::TooManyFrozenBlocks { frozen, blocks } => {
            format!("{frozen} frozen blocks, but the model has {blocks}")
        }
        PlanError::NoHead => {
            "a head-only run needs a head of its own, as classification and question answering have; the language-model head is the token embedding itself"
                .into()
        }
        PlanError::NotForFamily {
            strategy,
            only,
            family,
            others,
        } => format!(
            "the strategy {strategy} is for {} only; a {family} takes {}",
            only.join(" and "),
            others.join(", ")
        ),
    }
}

/// What most likely drove a run apart, and what to try.
pub(super) fn causes(causes: &[LikelyCause]) -> String {
    let said: Vec<String> = causes.iter().map(cause).collect();
    said.join("; ")
}

fn cause(cause: &LikelyCause) -> String {
    match cause {
        LikelyCause::HighRate {
            learning_rate,
            lower,
        } => {
            format!("a learning rate of {learning_rate:e} is likely too high here; try {lower:.1e}")
        }
        LikelyCause::NoWarmup { learning_rate } => format!(
            "without warmup the first steps are the boldest (this one at {learning_rate:.1e}); let a tenth of the steps warm up"
        ),
        LikelyCause::NoClipping => "gradients are not clipped; a norm of 1 is usual".into(),
        LikelyCause::LooseClipping { norm } => {
            format!("gradients are clipped only at a norm of {norm}; 1 is usual")
        }
    }
}

/// `a, b and c`.
pub(super) fn listed(names: &[String], and: &str) -> String {
    match names {
        [others @ .., last] if !others.is_empty() => {
            format!("{} {and} {last}", others.join(", "))
        }
        _ => names.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_stand_in_one_line() {
        let likely = [
            LikelyCause::HighRate {
                learning_rate: 0.5,
                lower: 1e-2,
            },
            LikelyCause::LooseClipping { norm: 100.0 },
        ];
        assert_eq!(
            causes(&likely),
            "a learning rate of 5e-1 is likely too high here; try 1.0e-2; \
             gradients are clipped only at a norm of 100; 1 is usual"
        );
    }
}
