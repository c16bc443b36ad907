//! Records as texts: patterns such as `{text}\nIt was {verdict}.`, one drawn for each record.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::settings::Seed;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forms {
    /// Patterns; `{name}` is a field of the record, or what `words` has for one.
    pub forms: Vec<String>,
    #[serde(default)]
    words: BTreeMap<String, Wording>,
}

/// How a field's values are said.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wording {
    field: String,
    /// For each value, ways to say it.
    say: BTreeMap<String, Vec<String>>,
}

impl Forms {
    /// A form drawn from those that the record can fill; none where it can fill none.
    pub fn render(&self, record: &Map<String, Value>, seed: &mut Seed) -> Option<String> {
        let fillable: Vec<&String> = self
            .forms
            .iter()
            .filter(|form| self.fill(form, record, &mut seed.clone()).is_some())
            .collect();
        if fillable.is_empty() {
            return None;
        }
        let form = fillable[seed.below(fillable.len())];
        self.fill(form, record, seed)
    }

    fn fill(&self, form: &str, record: &Map<String, Value>, seed: &mut Seed) -> Option<String> {
        let mut text = String::new();
        let mut rest = form;
        while let Some((before, behind)) = rest.split_once('{') {
            let (name, behind) = behind.split_once('}')?;
            text.push_str(before);
            text.push_str(&self.value(name, record, seed)?);
            rest = behind;
        }
        text.push_str(rest);
        Some(text)
    }

    fn value(&self, name: &str, record: &Map<String, Value>, seed: &mut Seed) -> Option<String> {
        let Some(wording) = self.words.get(name) else {
            return plain(record.get(name)?);
        };
        let ways = wording.say.get(&plain(record.get(&wording.field)?)?)?;
        (!ways.is_empty()).then(|| ways[seed.below(ways.len())].clone())
    }
}

/// A value as text; lists with commas between, nothing for what is empty.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => (!text.trim().is_empty()).then(|| text.trim().to_owned()),
        Value::Array(values) => {
            let values: Option<Vec<String>> = values.iter().map(plain).collect();
            values.filter(|v| !v.is_empty()).map(|v| v.join(", "))
        }
        Value::Null | Value::Object(_) => None,
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(json: &str) -> Forms {
        serde_json::from_str(json).unwrap()
    }

    fn record(json: &str) -> Map<String, Value> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn only_forms_that_can_be_filled_are_drawn() {
        let forms = forms(r#"{"forms": ["{title}: {text}", "{text}"]}"#);
        let seen = |json: &str| -> std::collections::BTreeSet<String> {
            let draw = |n| forms.render(&record(json), &mut Seed::new(n));
            (0..20).filter_map(draw).collect()
        };
        assert_eq!(seen(r#"{"text": "b"}"#).len(), 1);
        assert_eq!(seen(r#"{"title": " ", "text": "b"}"#).len(), 1);
        assert_eq!(seen(r#"{"title": "a", "text": "b"}"#).len(), 2);
        assert!(seen(r#"{"title": "a"}"#).is_empty());
    }

    #[test]
    fn lists_and_numbers_are_said_plainly() {
        let forms = forms(r#"{"forms": ["{stars} of 5: {moods}"]}"#);
        let text = forms.render(
            &record(r#"{"stars": 4, "moods": ["joy", "love"]}"#),
            &mut Seed::new(1),
        );
        assert_eq!(text.as_deref(), Some("4 of 5: joy, love"));
    }
}
