//! The flags of the methods, a flag for each field of the table. They go through the parser that addresses go through.

use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::cli::error::CliError;
use crate::methods::StrategyKind;
use crate::methods::field::{Field, Value};
use crate::settings::{Family, Strategy};

/// What was given of the methods' own flags: names and values.
pub struct MethodArguments {
    given: Vec<(&'static str, String)>,
}

impl MethodArguments {
    /// The strategy with what was given, for a model of a family with so many blocks.
    pub fn strategy(
        &self,
        kind: StrategyKind,
        (family, blocks): (Family, usize),
    ) -> Result<Strategy, CliError> {
        let mut strategy = kind.usual();
        strategy.change(|method| {
            method.suit(blocks);
            for (field, mut value) in method.fields() {
                if let Some((flag, text)) = self.given.iter().find(|(flag, _)| *flag == field.flag)
                {
                    let set = value.set(text, family);
                    set.map_err(|must| CliError::new(format!("--{flag} is {text}, but {must}")))?;
                }
            }
            Ok::<(), CliError>(())
        })?;
        Ok(strategy.in_words_of(family))
    }
}

/// A flag that some methods share.
struct Flag {
    field: &'static Field,
    /// On or off, without a value.
    is_switch: bool,
    /// What it is in each method if it is not given, where that does not go by the model.
    usual: Vec<String>,
}

impl Flag {
    fn argument(self) -> Arg {
        let Field {
            flag, alias, help, ..
        } = *self.field;
        let value_name = flag.replace('-', "_").to_uppercase();
        let argument = Arg::new(flag).long(flag).aliases(alias);
        if self.is_switch {
            return argument.action(ArgAction::SetTrue).help(help);
        }
        let help = match self.usual.is_empty() {
            true => help.to_owned(),
            false => format!("{help} [{}]", self.usual.join("; ")),
        };
        let argument = argument.allow_negative_numbers(true);
        argument.value_name(value_name).help(help)
    }

    fn given(&self, matches: &ArgMatches) -> Option<(&'static str, String)> {
        let flag = self.field.flag;
        let text = match self.is_switch {
            true => matches.get_flag(flag).then(|| true.to_string()),
            false => matches.get_one::<String>(flag).cloned(),
        };
        Some((flag, text?))
    }
}

/// The flags of all methods, each once.
fn flags() -> Vec<Flag> {
    let mut flags: Vec<Flag> = Vec::new();
    for kind in StrategyKind::ALL {
        let fixed = fixed(kind);
        kind.usual().change(|method| {
            for (field, value) in method.fields() {
                let known = flags.iter_mut().find(|one| one.field.flag == field.flag);
                let usual = format!("{}: {}", kind.name(), value.text());
                let usual = fixed.contains(&field.flag).then_some(usual);
                match known {
                    Some(known) => known.usual.extend(usual),
                    None => flags.push(Flag {
                        field,
                        is_switch: matches!(value, Value::Switch(_)),
                        usual: usual.into_iter().collect(),
                    }),
                }
            }
        });
    }
    flags
}

/// The flags whose usual value is the same for every model.
fn fixed(kind: StrategyKind) -> Vec<&'static str> {
    let values = |blocks| {
        kind.usual().change(|method| {
            method.suit(blocks);
            let fields = method.fields().into_iter();
            let values = fields.map(|(field, value)| (field.flag, value.text()));
            values.collect::<Vec<_>>()
        })
    };
    let (small, large) = (values(2), values(64));
    let same = small
        .into_iter()
        .zip(large)
        .filter(|(one, other)| one == other);
    same.map(|((flag, _), _)| flag).collect()
}

impl clap::Args for MethodArguments {
    fn augment_args(command: Command) -> Command {
        command.args(flags().into_iter().map(Flag::argument))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl clap::FromArgMatches for MethodArguments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let flags = flags();
        let given = flags.iter().filter_map(|flag| flag.given(matches));
        Ok(Self {
            given: given.collect(),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    #[command(no_binary_name = true)]
    struct Flags {
        #[command(flatten)]
        method: MethodArguments,
    }

    fn strategy(kind: StrategyKind, flags: &str) -> Result<Strategy, String> {
        let flags = Flags::parse_from(flags.split_whitespace());
        let strategy = flags.method.strategy(kind, (Family::Gpt2, 4));
        strategy.map_err(|error| error.to_string())
    }

    #[test]
    fn a_flag_sets_the_field_of_the_method_that_was_chosen() {
        let flags =
            "--r 4 --lora-alpha 3 --use-dora --target-modules all-linear --num-virtual-tokens 5";
        let Ok(Strategy::Lora(lora)) = strategy(StrategyKind::Lora, flags) else {
            panic!("no LoRA");
        };
        assert_eq!((lora.rank, lora.alpha, lora.use_dora), (4, 3.0, true));
        assert_eq!(lora.target_modules, ["c_attn", "c_fc", "c_proj"]);
        let prefix = strategy(StrategyKind::Prefix, flags).unwrap();
        assert_eq!(prefix.virtual_tokens(), 5);
        let partial = strategy(StrategyKind::Partial, "").unwrap();
        let half = crate::settings::PartialSettings { frozen_blocks: 2 };
        assert_eq!(partial, Strategy::Partial(half));
    }

    #[test]
    fn a_value_that_cannot_be_is_told_with_its_flag() {
        let refused = |kind, flags| strategy(kind, flags).unwrap_err();
        let rank = refused(StrategyKind::Lora, "--rank many");
        assert_eq!(rank, "--rank is many, but must be a whole number");
        let placement = refused(StrategyKind::Adapter, "--placement here");
        assert!(placement.contains("pfeiffer or houlsby"), "{placement}");
    }
}
