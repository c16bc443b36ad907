//! The runs that the learner has made, and what they say of a lesson's conditions.

use serde::{Deserialize, Serialize};

use super::RunRecord;
use crate::lessons::Measured;
use crate::lessons::measure::{Condition, Expression, Kind, Quantity};
use crate::ui::format;

/// Kept in the browser; older ones go first.
const MOST_RECORDS: usize = 60;

/// Newest last.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Shelf {
    records: Vec<RunRecord>,
}

/// How the learner's runs stand to a check.
#[derive(Debug, Clone, PartialEq)]
pub enum Standing {
    /// The runs that it speaks of have not been made.
    Waiting,
    /// Met by this run.
    Met(Box<RunRecord>),
    /// Not met; the newest run that could be measured.
    Missed(Box<RunRecord>),
}

impl Shelf {
    /// A run made again with the same settings takes the old one's place; a preset has one place.
    pub fn put(&mut self, record: RunRecord) {
        self.records.retain(|old| {
            let same_place = (&old.lesson, &old.key) == (&record.lesson, &record.key);
            !(same_place && (!record.key.is_empty() || old.settings == record.settings))
        });
        self.records.push(record);
        let excess = self.records.len().saturating_sub(MOST_RECORDS);
        self.records.drain(..excess);
    }

    pub fn records(&self) -> &[RunRecord] {
        &self.records
    }

    pub fn of_lesson(&self, lesson: &str) -> impl DoubleEndedIterator<Item = &RunRecord> {
        self.records.iter().filter(move |run| run.lesson == lesson)
    }

    /// The newest run of a preset.
    pub fn find(&self, lesson: &str, key: &str) -> Option<&RunRecord> {
        self.of_lesson(lesson).rev().find(|run| run.key == key)
    }

    pub fn forget_lesson(&mut self, lesson: &str) {
        self.records.retain(|run| run.lesson != lesson);
    }

    /// The value of `quantity` in `lesson`, where no key means `candidate`.
    pub fn measure(
        &self,
        lesson: &str,
        candidate: Option<&RunRecord>,
        quantity: &Quantity,
    ) -> Option<f64> {
        match &quantity.run {
            Some(key) => self.find(lesson, key)?.measure(quantity.what),
            None => candidate?.measure(quantity.what),
        }
    }

    /// Whether one of the lesson's runs meets all that the check requires.
    pub fn standing(&self, lesson: &str, check: &Measured) -> Standing {
        let conditions: Vec<Condition> = check
            .requires
            .iter()
            .filter_map(|text| Condition::parse(text).ok())
            .collect();
        let mut newest = None;
        for run in self.of_lesson(lesson).rev() {
            let values: Option<Vec<f64>> = conditions
                .iter()
                .map(|condition| {
                    condition
                        .expression
                        .value(|quantity| self.measure(lesson, Some(run), quantity))
                })
                .collect();
            let Some(values) = values else { continue };
            let is_met = conditions
                .iter()
                .zip(values)
                .all(|(condition, value)| condition.is_met_by(value));
            if is_met {
                return Standing::Met(Box::new(run.clone()));
            }
            newest = newest.or(Some(run));
        }
        newest.map_or(Standing::Waiting, |run| {
            Standing::Missed(Box::new(run.clone()))
        })
    }
}

/// A text with what stands in braces measured; an unknown value is a dash.
pub fn fill(text: &str, measure: impl Fn(&Quantity) -> Option<f64>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((inside, after)) = after.split_once('}') else {
            break;
        };
        out.push_str(before);
        let expression = Expression::parse(inside).ok();
        let value = expression.as_ref().and_then(|e| e.value(&measure));
        let kind = expression.map_or(Kind::Count, |e| e.kind());
        out.push_str(&value.map_or_else(|| "–".to_string(), |value| show(kind, value)));
        rest = after;
    }
    out + rest
}

/// A value as its kind reads best.
pub fn show(kind: Kind, value: f64) -> String {
    match kind {
        Kind::Percent => format::percent(value),
        Kind::Perplexity => format::perplexity(value),
        Kind::Loss => format::loss(value),
        Kind::Seconds => format::duration(value * 1000.0),
        Kind::Count => format::count(value as usize),
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::tests::record;
    use super::*;

    fn shelf() -> Shelf {
        let mut shelf = Shelf::default();
        shelf.put(record("forgetting", "careless", 0.70, 148.0));
        shelf.put(record("forgetting", "", 0.60, 50.0));
        shelf
    }

    const REMEDY: Measured = Measured {
        id: "remedy",
        question: "",
        requires: &[
            "gain / careless.gain >= 95%",
            "damage / careless.damage <= 10%",
        ],
        waiting: "",
        met: "",
        missed: "",
    };

    #[test]
    fn any_run_of_the_lesson_may_meet_a_check() {
        let mut shelf = shelf();
        assert!(
            matches!(shelf.standing("forgetting", &REMEDY), Standing::Missed(run) if run.key.is_empty())
        );
        shelf.put(record("forgetting", "", 0.695, 57.0));
        shelf.put(record("forgetting", "", 0.5, 49.0));
        assert!(
            matches!(shelf.standing("forgetting", &REMEDY), Standing::Met(run) if run.after.unwrap().accuracy == 0.695)
        );
        assert_eq!(shelf.standing("lora", &REMEDY), Standing::Waiting);
    }

    #[test]
    fn a_preset_has_one_place_and_attempts_one_each() {
        let mut shelf = shelf();
        shelf.put(record("forgetting", "careless", 0.66, 140.0));
        shelf.put(record("forgetting", "", 0.60, 51.0));
        shelf.put(record("forgetting", "", 0.61, 52.0));
        let keys: Vec<&str> = shelf
            .of_lesson("forgetting")
            .map(|run| run.key.as_str())
            .collect();
        assert_eq!(keys, ["careless", "", ""]);
    }

    #[test]
    fn texts_are_filled_with_what_was_measured() {
        let shelf = shelf();
        let run = shelf.find("forgetting", "").unwrap();
        let measure = |q: &Quantity| shelf.measure("forgetting", Some(run), q);
        let text =
            "{accuracy}, {gain / careless.gain} of the gain; {none.loss}; {careless.perplexity}";
        assert_eq!(fill(text, measure), "60.0%, 50.0% of the gain; –; 148.0");
    }
}
