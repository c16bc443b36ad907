//! Ids of special tokens in a `config.json`.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::faults::ConfigError;

/// The ids that end a text: none, one, or a list, as chat models have it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EndIds(Vec<i32>);

impl EndIds {
    /// The one that is put behind a text.
    pub fn first(&self) -> Option<i32> {
        self.0.first().copied()
    }

    /// Whether a text that is being generated ends with this token.
    pub fn contains(&self, id: i32) -> bool {
        self.0.contains(&id)
    }

    pub fn iter(&self) -> impl Iterator<Item = i32> {
        self.0.iter().copied()
    }
}

impl From<Option<i32>> for EndIds {
    fn from(id: Option<i32>) -> Self {
        Self(id.into_iter().collect())
    }
}

impl<'de> Deserialize<'de> for EndIds {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a token id or a list of them")]
        enum Stored {
            One(Option<i32>),
            Several(Vec<i32>),
        }
        Ok(match Stored::deserialize(from)? {
            Stored::One(id) => id.into(),
            Stored::Several(ids) => Self(ids),
        })
    }
}

impl Serialize for EndIds {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match &self.0[..] {
            [] => to.serialize_none(),
            [one] => to.serialize_i32(*one),
            several => several.serialize(to),
        }
    }
}

/// Refuses ids for which the embedding has no row; each with its name in the file.
pub fn check_ids(
    vocabulary: usize,
    ids: impl Iterator<Item = (&'static str, i32)>,
) -> Result<(), ConfigError> {
    let is_token = |id: i32| usize::try_from(id).is_ok_and(|id| id < vocabulary);
    let mut wrong = ids.filter(|(_, id)| !is_token(*id));
    match wrong.next() {
        None => Ok(()),
        Some((field, id)) => Err(ConfigError::NoToken {
            field: field.to_owned(),
            id,
            vocabulary,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_id_a_list_or_none_go_in_and_out() {
        for (json, ids) in [("null", vec![]), ("7", vec![7]), ("[7,0]", vec![7, 0])] {
            let read: EndIds = serde_json::from_str(json).unwrap();
            assert_eq!(read, EndIds(ids));
            assert_eq!(serde_json::to_string(&read).unwrap(), json);
        }
        let error = serde_json::from_str::<EndIds>("\"end\"").unwrap_err();
        assert!(error.to_string().contains("a list of them"), "{error}");
    }
}
