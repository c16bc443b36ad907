//! Words of the methods: one entry each.

use crate::methods::Group;
use crate::settings::{Family, StrategyKind};

/// What the page calls a method.
pub struct Words {
    pub name: &'static str,
    /// In the list that it is chosen from.
    pub option: &'static str,
    /// What moves under it.
    pub moves: &'static str,
}

impl Words {
    fn new(name: &'static str, option: &'static str, moves: &'static str) -> Self {
        Self {
            name,
            option,
            moves,
        }
    }
}

pub fn words(kind: StrategyKind) -> Words {
    match kind {
        StrategyKind::Full => Words::new("Full", "Full: everything trains", "every weight"),
        StrategyKind::Partial => Words::new(
            "Partial",
            "Partial: first blocks frozen",
            "the upper half of the blocks and the head",
        ),
        StrategyKind::Head => Words::new("Head only", "Head only", "the head alone"),
        StrategyKind::BitFit => {
            Words::new("BitFit", "BitFit: biases only", "every bias, and the head")
        }
        StrategyKind::Lora => Words::new(
            "LoRA",
            "LoRA",
            "a thin pair beside some matrices, and the head",
        ),
        StrategyKind::Adapter => Words::new(
            "Bottleneck adapters",
            "Bottleneck adapters",
            "small new layers between the old, and the head",
        ),
        StrategyKind::Ia3 => Words::new(
            "IA³",
            "IA³: learned factors",
            "factors on what flows through, and the head",
        ),
        StrategyKind::Prompt => Words::new(
            "Prompt tuning",
            "Prompt tuning",
            "vectors before the text, and the head",
        ),
        StrategyKind::Prefix => Words::new(
            "Prefix tuning",
            "Prefix tuning",
            "vectors before the text in every block, and the head",
        ),
    }
}

pub fn group(group: Group) -> &'static str {
    match group {
        Group::Full => "Full",
        Group::Partial => "Partial",
        Group::ParameterEfficient => "Parameter-efficient",
    }
}

/// The words that one of a method's settings can be, where it is one of some.
pub fn choice(word: &'static str) -> &'static str {
    match word {
        "pfeiffer" => "Pfeiffer: after the MLP",
        "houlsby" => "Houlsby: after attention and MLP",
        other => other,
    }
}

/// Which methods a model of this family does not have; `None` where it has all.
pub fn not_for(family: Family) -> Option<String> {
    let names = StrategyKind::ALL.into_iter();
    let mut names: Vec<&str> = names
        .filter(|kind| !kind.is_for(family))
        .map(|kind| words(kind).name)
        .collect();
    let last = names.pop()?;
    let all = match names.is_empty() {
        true => last.to_owned(),
        false => format!("{} and {last}", names.join(", ")),
    };
    Some(format!("not for a {}: {all}", family.title()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::field::Field;
    use crate::ui::text::run::field;

    #[test]
    fn every_field_of_the_form_has_a_label_and_says_what_it_does() {
        let fields = StrategyKind::ALL.into_iter().flat_map(StrategyKind::fields);
        for Field { key, .. } in fields.filter(|field| field.is_in_form()) {
            let (label, _, help) = field(key);
            assert!(!label.is_empty() && !help.is_empty(), "{key}");
        }
    }

    #[test]
    fn what_a_family_does_not_have_is_said() {
        assert_eq!(not_for(Family::Gpt2), None);
        let bert = not_for(Family::Bert).unwrap();
        assert!(
            bert.ends_with("Bottleneck adapters, Prompt tuning and Prefix tuning"),
            "{bert}"
        );
    }
}
