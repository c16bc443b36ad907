//! What the page notes of the learner's own file, whose bytes the browser keeps, to read it again after a reload.

use serde::{Deserialize, Serialize};

use crate::protocol::DataChoice;
use crate::ui::pages::routes::value_of;
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
    /// The lab works with it, and not with a shipped set.
    pub is_used: bool,
}

impl KeptData {
    pub fn of(own: &OwnData, bytes: u64) -> Self {
        Self {
            name: own.name.clone(),
            file: own.report.file.name.clone(),
            bytes,
            choice: own.report.choice.clone(),
            is_used: true,
        }
    }

    /// Whether the lab works with it again, opened with this address.
    pub fn is_wanted(&self, query: &str) -> bool {
        self.is_used && value_of(query, "data").is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_names_other_data_goes_before_the_kept_file() {
        let kept = KeptData {
            name: "my reviews.csv".into(),
            file: "my reviews.csv".into(),
            bytes: 9,
            choice: DataChoice::default(),
            is_used: true,
        };
        assert!(kept.is_wanted("rank=4"));
        assert!(!kept.is_wanted("rank=4&data=topics"));
        let left = KeptData {
            is_used: false,
            ..kept
        };
        assert!(!left.is_wanted(""));
    }
}
