//! What can be asked of any strategy.

use super::field::{Field, Value};
use super::{AllSettings, Group, Leaves, Method, Strategy, StrategyKind};
use crate::faults::SettingsError;
use crate::settings::{Bound, Family};

impl Strategy {
    /// The word for it in flags, addresses and files.
    pub fn name(&self) -> &'static str {
        self.kind().name()
    }

    /// What is wrong with its own settings, whatever the model.
    pub fn problem(&self) -> Option<SettingsError> {
        let method = self.method();
        let mut bounds = method.bounds().into_iter();
        let out_of_bounds = bounds.find_map(Bound::problem);
        out_of_bounds.or_else(|| method.contradiction())
    }

    /// The same with another family's usual targets, or its `all-linear`, said in this family's names. Targets that
    /// somebody chose stay as they are.
    pub fn in_words_of(mut self, family: Family) -> Self {
        self.change(|method| method.say_in(family));
        self
    }

    /// As [`Self::in_words_of`], and of targets that somebody chose those that only another family has are said in this
    /// one's names too: a link that was made with a GPT-2 means the same layers of a BERT.
    pub fn translated(mut self, family: Family) -> Self {
        self.change(|method| method.translate(family));
        self
    }

    /// Learned vectors before every text; so many positions fewer are left to the text.
    pub fn virtual_tokens(&self) -> usize {
        self.method().virtual_tokens()
    }

    /// Whether a parameter of the base model or its head moves. Adapters always do.
    ///
    /// `name` is the parameter's path as Hugging Face writes it (`transformer.h.0.ln_1.weight`).
    pub fn trains(&self, name: &str) -> bool {
        self.method().trains(name)
    }

    /// Whether it leaves an adapter rather than a whole model.
    pub fn leaves_adapter(&self) -> bool {
        self.kind().facts().leaves != Leaves::WholeModel
    }

    /// Whether what it leaves can be added into the model's weights.
    pub fn can_be_merged(&self) -> bool {
        self.kind().facts().leaves == Leaves::MergeableAdapter
    }
}

impl StrategyKind {
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The strategy with its usual settings.
    pub fn usual(self) -> Strategy {
        AllSettings::default().strategy(self)
    }

    /// The fields of its settings, in the order of the form.
    pub fn fields(self) -> Vec<&'static Field> {
        self.usual().change(|method| {
            method
                .fields()
                .into_iter()
                .map(|(field, _)| field)
                .collect()
        })
    }

    /// The strategies of a group, in the order of the table.
    pub fn of(group: Group) -> impl Iterator<Item = Self> {
        let all = Self::ALL.into_iter();
        all.filter(move |kind| kind.facts().group == group)
    }
}

impl AllSettings {
    /// One with the settings of a strategy; what other methods share of those, they take too.
    pub fn of(strategy: &Strategy) -> Self {
        let mut all = Self::default();
        all.take(strategy);
        for field in strategy.kind().fields() {
            if let Some(text) = all.get(strategy.kind(), field.key) {
                // A name that no form could write stays with the method that has it.
                let _ = all.set(field.key, &text, Family::default());
            }
        }
        all
    }

    /// A setting as text: of this method where it has such a field, else of another that has.
    pub fn get(&self, kind: StrategyKind, key: &str) -> Option<String> {
        self.look(kind, key, |value| value.text())
    }

    /// The words that a setting can be, where it is one of some.
    pub fn choices(&self, kind: StrategyKind, key: &str) -> Option<&'static [&'static str]> {
        self.look(kind, key, |value| match value {
            Value::Choice(choice) => Some(choice.words()),
            _ => None,
        })?
    }

    /// The most that a page takes of a whole number.
    pub fn most(&self, kind: StrategyKind, key: &str) -> Option<usize> {
        self.look(kind, key, |value| match value {
            Value::Whole { most, .. } => Some(*most),
            _ => None,
        })?
    }

    fn look<T>(&self, kind: StrategyKind, key: &str, look: impl Fn(&Value<'_>) -> T) -> Option<T> {
        let kinds = std::iter::once(kind).chain(StrategyKind::ALL);
        let mut all = self.clone();
        let mut found = kinds.filter_map(|kind| {
            let mut each = all.each().into_iter();
            let (_, method) = each.find(|(other, _)| *other == kind)?;
            value(method, key).map(|value| look(&value))
        });
        found.next()
    }

    /// Changes a setting in every method that has it; `None` where none has.
    pub fn set(
        &mut self,
        key: &str,
        text: &str,
        family: Family,
    ) -> Option<Result<(), SettingsError>> {
        let mut outcome = None;
        for (_, method) in self.each() {
            if let Some(mut value) = value(method, key) {
                outcome = match (outcome, value.set(text, family)) {
                    (Some(Err(problem)), _) => Some(Err(problem)),
                    (_, set) => Some(set),
                };
            }
        }
        outcome
    }

    /// Says all modules in a family's names.
    pub fn translate(&mut self, family: Family) {
        for (_, method) in self.each() {
            method.translate(family);
        }
    }

    /// The fields of this reach that differ from the usual, of every method; each key once.
    pub fn unusual(&self, is_in: impl Fn(&Field) -> bool) -> Vec<&'static str> {
        let usual = Self::default();
        let mut keys: Vec<&'static str> = Vec::new();
        for kind in StrategyKind::ALL {
            for field in kind.fields() {
                let differs = self.get(kind, field.key) != usual.get(kind, field.key);
                if is_in(field) && differs && !keys.contains(&field.key) {
                    keys.push(field.key);
                }
            }
        }
        keys
    }
}

/// The value under a name of addresses.
fn value<'a>(method: &'a mut dyn Method, key: &str) -> Option<Value<'a>> {
    let mut fields = method.fields().into_iter();
    let (_, value) = fields.find(|(field, _)| field.key == key && field.is_in_address())?;
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strategies_are_kept_under_the_names_that_others_hold() {
        let kept = |strategy: Strategy| serde_json::to_string(&strategy).unwrap();
        assert_eq!(kept(Strategy::Full), r#""Full""#);
        assert_eq!(kept(Strategy::BitFit), r#""BitFit""#);
        for (kind, json) in [
            (StrategyKind::Partial, r#"{"Partial":{"frozen_blocks":2}}"#),
            (StrategyKind::Prompt, r#"{"Prompt":{"virtual_tokens":8}}"#),
            (StrategyKind::Prefix, r#"{"Prefix":{"virtual_tokens":8}}"#),
            (
                StrategyKind::Adapter,
                r#"{"Adapter":{"placement":"Pfeiffer","bottleneck":16}}"#,
            ),
        ] {
            assert_eq!(kept(kind.usual()), json);
        }
        let old = r#"{"Lora":{"rank":4,"alpha":8.0,"dropout":0.0,"target_modules":["c_attn"]}}"#;
        assert!(matches!(
            serde_json::from_str(old).unwrap(),
            Strategy::Lora(lora) if lora.rank == 4 && !lora.use_dora
        ));
    }

    #[test]
    fn names_are_the_words_of_flags_and_addresses() {
        for held in [
            "lora", "full", "partial", "head", "bitfit", "adapter", "ia3", "prompt", "prefix",
        ] {
            assert!(StrategyKind::parse(held).is_some(), "{held}");
        }
        for kind in StrategyKind::ALL {
            assert_eq!(StrategyKind::parse(kind.name()), Some(kind));
            assert_eq!(kind.usual().kind(), kind);
            assert_eq!(kind.usual().problem(), None);
        }
        assert_eq!(StrategyKind::parse("magic"), None);
    }

    #[test]
    fn every_field_takes_what_it_says() {
        for kind in StrategyKind::ALL {
            let mut strategy = kind.usual();
            strategy.change(|method| {
                let texts: Vec<String> =
                    (method.fields().iter().map(|(_, value)| value.text())).collect();
                for ((field, mut value), text) in method.fields().into_iter().zip(texts) {
                    value.set(&text, Family::Gpt2).unwrap();
                    assert_eq!(value.text(), text, "{}", field.key);
                    assert!(value.set("?", Family::Gpt2).is_err(), "{}", field.key);
                }
            });
            assert_eq!(strategy, kind.usual());
        }
    }

    #[test]
    fn a_shared_setting_is_set_in_each_method_that_has_it() {
        let mut all = AllSettings::default();
        all.set("virtual", "5", Family::Gpt2).unwrap().unwrap();
        assert_eq!(
            (all.prompt.virtual_tokens, all.prefix.virtual_tokens),
            (5, 5)
        );
        assert_eq!(all, AllSettings::of(&all.strategy(StrategyKind::Prefix)));
        assert_eq!(all.get(StrategyKind::Full, "rank").as_deref(), Some("8"));
        assert_eq!(all.set("colour", "red", Family::Gpt2), None);
        // In an address, targets are not those of (IA)³.
        all.set("targets", "c_fc", Family::Gpt2).unwrap().unwrap();
        assert_eq!(all.ia3, Default::default());
        assert_eq!(all.lora.target_modules, ["c_fc"]);
    }
}
