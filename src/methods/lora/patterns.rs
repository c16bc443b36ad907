//! What PEFT's `LoraConfig` says of single modules by pattern: beside which of a model's layers it stands, and with what rank
//! and alpha there. As PEFT's `check_target_module_exists` and `get_pattern_key` have it.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use fancy_regex::Regex;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::ModuleSize;
use crate::faults::{Allowed, PeftError};
use crate::io::peft::fields::{is_set, module_names, read, refuse};
use crate::methods::targets::names_module;

/// The fields that may name modules by pattern, or by the number of their block.
pub const FIELDS: [&str; 5] = [
    "rank_pattern",
    "alpha_pattern",
    "layers_to_transform",
    "layers_pattern",
    "exclude_modules",
];

#[derive(Deserialize)]
struct Fields {
    r: usize,
    lora_alpha: f64,
    target_modules: Value,
    #[serde(default)]
    exclude_modules: Value,
    #[serde(default)]
    layers_to_transform: Value,
    #[serde(default)]
    layers_pattern: Value,
    #[serde(default)]
    rank_pattern: Option<InOrder<usize>>,
    #[serde(default)]
    alpha_pattern: Option<InOrder<f64>>,
}

/// An object's fields in the order of the file: of two keys that fit, the first one counts.
struct InOrder<T>(Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for InOrder<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
            type Value = InOrder<T>;

            fn expecting(&self, to: &mut fmt::Formatter) -> fmt::Result {
                to.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<InOrder<T>, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(InOrder(fields))
            }
        }
        deserializer.deserialize_map(Fields(PhantomData))
    }
}

/// Modules by the ends of their paths, or by an expression for the whole of them.
enum Named {
    Nothing,
    Ends(Vec<String>),
    Whole(Regex),
}

/// Blocks by their numbers, which stand in a module's path behind one of the expressions.
struct Blocks {
    numbers: Vec<usize>,
    before: Vec<Regex>,
}

/// Whether `target_modules` is an expression, or a field of [`FIELDS`] says anything.
pub fn is_patterned(target_modules: &Value, rest: &serde_json::Map<String, Value>) -> bool {
    let is_expression = matches!(target_modules, Value::String(word) if word != "all-linear");
    is_expression || FIELDS.iter().filter_map(|f| rest.get(*f)).any(is_set)
}

/// Rank and alpha of every module of `linear`, the paths of a model's linear layers, that the configuration names.
/// `all_linear` are PEFT's `all-linear` in the words of the model.
///
/// # Errors
/// Names a field that is no expression, or of another type than PEFT has it.
pub fn by_module(
    json: &str,
    linear: &[String],
    all_linear: &[String],
) -> Result<BTreeMap<String, ModuleSize>, PeftError> {
    let fields: Fields = read(json)?;
    let targets = match &fields.target_modules {
        Value::String(word) if word == "all-linear" => Named::Ends(all_linear.to_vec()),
        other => Named::of("target_modules", other)?,
    };
    let excluded = Named::of("exclude_modules", &fields.exclude_modules)?;
    let blocks = Blocks::of(&fields)?;
    let ranks = keyed("rank_pattern", fields.rank_pattern)?;
    let alphas = keyed("alpha_pattern", fields.alpha_pattern)?;
    let stands = |path: &&String| {
        let is_in_blocks = || match (&blocks, &targets) {
            (Some(blocks), Named::Ends(names)) => names.contains(path) || blocks.hold(path),
            _ => true,
        };
        !excluded.names(path) && targets.names(path) && is_in_blocks()
    };
    let sized = |path: &String| {
        let own = ModuleSize {
            rank: of_first(&ranks, path).unwrap_or(fields.r),
            alpha: of_first(&alphas, path).unwrap_or(fields.lora_alpha),
        };
        match own.rank {
            0 => refuse("rank_pattern", 0, Allowed::AtLeastOne),
            _ => Ok((path.clone(), own)),
        }
    };
    linear.iter().filter(stands).map(sized).collect()
}

impl Named {
    fn of(field: &str, value: &Value) -> Result<Self, PeftError> {
        match value {
            Value::Null => Ok(Self::Nothing),
            Value::String(text) => Ok(Self::Whole(expression(field, &format!("^(?:{text})$"))?)),
            names => Ok(Self::Ends(module_names(field, names)?)),
        }
    }

    fn names(&self, path: &str) -> bool {
        match self {
            Self::Nothing => false,
            Self::Ends(names) => names_module(names, path),
            Self::Whole(expression) => matches(expression, path),
        }
    }
}

impl Blocks {
    fn of(fields: &Fields) -> Result<Option<Self>, PeftError> {
        let number = |value: &Value| value.as_u64().map(|number| number as usize);
        let numbers: Option<Vec<usize>> = match &fields.layers_to_transform {
            Value::Null => return Ok(None),
            Value::Array(all) if all.is_empty() => return Ok(None),
            Value::Array(all) => all.iter().map(number).collect(),
            one => number(one).map(|number| vec![number]),
        };
        let Some(numbers) = numbers else {
            let found = &fields.layers_to_transform;
            return refuse("layers_to_transform", found, Allowed::BlockNumbers);
        };
        let field = "layers_pattern";
        let before = match &fields.layers_pattern {
            Value::Null => Vec::new(),
            Value::String(one) => vec![one.clone()],
            names => module_names(field, names)?,
        };
        let before = match before.is_empty() {
            true => vec![r"[^.]*".to_owned()],
            false => before,
        };
        let number_behind = |name: String| expression(field, &format!(r"^.*\.{name}\.(\d+)\."));
        let before = before.into_iter().map(number_behind);
        Ok(Some(Self {
            numbers,
            before: before.collect::<Result<_, _>>()?,
        }))
    }

    fn hold(&self, path: &str) -> bool {
        let number = |before: &Regex| {
            let found = before.captures(path).ok()??;
            found.get(1)?.as_str().parse().ok()
        };
        let number: Option<usize> = self.before.iter().find_map(number);
        number.is_some_and(|number| self.numbers.contains(&number))
    }
}

/// Values by PEFT's expressions for the ends of paths.
fn keyed<T>(field: &str, values: Option<InOrder<T>>) -> Result<Vec<(Regex, T)>, PeftError> {
    let values = values.map(|InOrder(fields)| fields);
    let end = |(key, value): (String, T)| {
        let expression = expression(field, &format!(r"^(?:.*\.)?(?:{key})$"))?;
        Ok((expression, value))
    };
    values.into_iter().flatten().map(end).collect()
}

fn of_first<T: Copy>(keyed: &[(Regex, T)], path: &str) -> Option<T> {
    let found = keyed.iter().find(|(key, _)| matches(key, path));
    found.map(|(_, value)| *value)
}

/// One that takes too long to try matches nothing.
fn matches(expression: &Regex, path: &str) -> bool {
    expression.is_match(path).unwrap_or(false)
}

fn expression(field: &str, text: &str) -> Result<Regex, PeftError> {
    Regex::new(text).or_else(|error| {
        let found = format!("{text} ({error})");
        refuse(field, found, Allowed::Expression)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINEAR: [&str; 4] = ["attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"];

    /// The paths in two blocks that are named, with their ranks and alphas; `c_attn`, `c_proj` and `c_fc` are all linear ones.
    fn named(fields: &str) -> Result<Vec<String>, String> {
        let json = format!(r#"{{"r": 8, "lora_alpha": 16, {fields}}}"#);
        let paths = |block| LINEAR.map(|module| format!("transformer.h.{block}.{module}"));
        let linear = [paths(0), paths(1)].concat();
        let all = ["c_attn", "c_proj", "c_fc"].map(str::to_owned);
        let found = by_module(&json, &linear, &all).map_err(|e| e.to_string())?;
        let said = |(path, at): (String, ModuleSize)| {
            let path = path.trim_start_matches("transformer.h.").to_owned();
            format!("{path} {}/{}", at.alpha, at.rank)
        };
        Ok(found.into_iter().map(said).collect())
    }

    #[test]
    fn an_expression_is_for_the_whole_path() {
        let found = named(r#""target_modules": ".*\\.[01]\\.attn\\.c_(attn|proj)""#).unwrap();
        assert_eq!(found.len(), 4);
        assert_eq!(found[1], "0.attn.c_proj 16/8");
        assert!(named(r#""target_modules": "c_attn""#).unwrap().is_empty());
        let ahead = r#""target_modules": ".*\\.(?!0\\.)\\d\\.mlp\\.c_fc""#;
        assert_eq!(named(ahead).unwrap(), ["1.mlp.c_fc 16/8"]);
        let error = named(r#""target_modules": "c_attn(""#).unwrap_err();
        assert!(error.contains("target_modules is ^(?:c_attn()$"), "{error}");
    }

    #[test]
    fn blocks_go_by_their_numbers() {
        let of = |more: &str| named(&format!(r#""target_modules": ["c_fc"], {more}"#)).unwrap();
        assert_eq!(of(r#""layers_to_transform": [1]"#), ["1.mlp.c_fc 16/8"]);
        let one = r#""layers_to_transform": 0, "layers_pattern": "h""#;
        assert_eq!(of(one), ["0.mlp.c_fc 16/8"]);
        let other = r#""layers_to_transform": 0, "layers_pattern": ["layers"]"#;
        assert!(of(other).is_empty());
        assert_eq!(of(r#""layers_to_transform": []"#).len(), 2);
    }

    #[test]
    fn ranks_and_alphas_go_by_the_first_key_that_fits() {
        let found = named(
            r#""target_modules": "all-linear", "exclude_modules": ["mlp.c_proj"],
               "rank_pattern": {"c_attn": 2, "h.1.mlp.c_fc": 4}, "alpha_pattern": {"attn\\..*": 3, "c_attn": 5}"#,
        );
        let expected = [
            "0.attn.c_attn 3/2",
            "0.attn.c_proj 3/8",
            "0.mlp.c_fc 16/8",
            "1.attn.c_attn 3/2",
            "1.attn.c_proj 3/8",
            "1.mlp.c_fc 16/4",
        ];
        assert_eq!(found.unwrap(), expected);
    }
}
