//! What the page notes of the learner's own file, whose bytes the browser keeps, to read it again after a reload.

use serde::{Deserialize, Serialize};

use crate::protocol::DataChoice;
use crate::ui::sources::own_data::OwnData;

/// Written after the bytes: without it they are no kept file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptData {
    /// Of the data set.
    pub name: String,
    pub file: String,
    pub bytes: u64,
    /// How the learner had it read.
    pub choice: DataChoice,
}

impl KeptData {
    pub fn of(own: &OwnData, bytes: u64) -> Self {
        Self {
            name: own.name.clone(),
            file: own.report.file.name.clone(),
            bytes,
            choice: own.report.choice.clone(),
        }
    }
}

/// The address without the data that it names and their task, where these are the kept file's: they come when it has been
/// read. Whether they are wanted: named, or nothing else is.
pub fn without_kept(query: &str, kept: Option<&KeptData>) -> (String, bool) {
    let named = |pair: &&str| pair.starts_with("data=");
    let own = |kept: &KeptData| {
        let name = crate::ui::pages::routes::pairs(query);
        name.iter()
            .any(|(key, value)| key == "data" && *value == kept.name)
    };
    let Some(kept) = kept else {
        return (query.to_owned(), false);
    };
    if own(kept) {
        let is_other = |pair: &&str| !pair.starts_with("data=") && !pair.starts_with("task=");
        let rest: Vec<&str> = query.split('&').filter(is_other).collect();
        return (rest.join("&"), true);
    }
    let names_none = !query.split('&').any(|pair| named(&pair));
    (query.to_owned(), names_none)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept() -> KeptData {
        KeptData {
            name: "my reviews.csv".into(),
            file: "my reviews.csv".into(),
            bytes: 9,
            choice: DataChoice::default(),
        }
    }

    #[test]
    fn an_address_that_names_the_kept_file_waits_for_it() {
        let query = "rank=4&data=my%20reviews.csv&task=causal-lm";
        let (rest, is_wanted) = without_kept(query, Some(&kept()));
        assert_eq!((&rest[..], is_wanted), ("rank=4", true));
        assert_eq!(without_kept("", Some(&kept())), (String::new(), true));
        let other = "data=topics&rank=4";
        assert_eq!(
            without_kept(other, Some(&kept())),
            (other.to_owned(), false)
        );
        assert_eq!(without_kept(query, None), (query.to_owned(), false));
    }
}
