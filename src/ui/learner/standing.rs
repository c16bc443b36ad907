//! What the learner's runs say of a lesson's conditions.

use super::run_history::ground_of;
use super::{Ground, RunHistory, RunRecord};
use crate::lessons::Measured;
use crate::lessons::measure::{Condition, Quantity};

/// How the learner's runs stand to a check.
#[derive(Debug, Clone, PartialEq)]
pub enum Standing {
    /// The runs that it speaks of have not been made.
    Waiting,
    /// They have been made, but with different models or data: these.
    Apart(Vec<Ground>),
    /// Met by this run.
    Met(Box<RunRecord>),
    /// Not met; the newest run that could be measured.
    Missed(Box<RunRecord>),
}

impl RunHistory {
    /// The value of `quantity` in `lesson`, of runs on this ground, where no key means `candidate`.
    pub fn measure(
        &self,
        lesson: &str,
        ground: &Ground,
        candidate: Option<&RunRecord>,
        quantity: &Quantity,
    ) -> Option<f64> {
        match quantity.run {
            Some(key) => self.find_on(lesson, key, ground)?.measure(quantity.what),
            None => candidate?.measure(quantity.what),
        }
    }

    /// Whether one of the lesson's runs meets all that the check requires. It is only compared with runs of the same
    /// model and data.
    pub fn standing(&self, lesson: &str, check: &Measured) -> Standing {
        let conditions = check.requires;
        let (mut missed, mut apart) = (None, None);
        for (age, run) in self.candidates(lesson, conditions).enumerate() {
            match self.values(lesson, run, conditions) {
                Some(values) if are_met(conditions, &values) => {
                    return Standing::Met(Box::new(run.clone()));
                }
                Some(_) => missed = missed.or(Some(run)),
                // What the learner has just made says more than an older run that missed.
                None if age == 0 => apart = self.grounds_beside(lesson, run, conditions),
                None => {}
            }
        }
        match (apart, missed) {
            (Some(grounds), _) => Standing::Apart(grounds),
            (None, Some(run)) => Standing::Missed(Box::new(run.clone())),
            (None, None) => Standing::Waiting,
        }
    }

    /// The runs that may meet the conditions, the newest first. A run that others are compared with is none of them.
    fn candidates(
        &self,
        lesson: &str,
        conditions: &[Condition<'static>],
    ) -> impl Iterator<Item = &RunRecord> {
        let are_compared = conditions.iter().any(|c| c.expression.is_about_any_run());
        let named: Vec<&str> = named(conditions).collect();
        let runs = self.of_lesson(lesson).rev();
        runs.filter(move |run| !are_compared || !named.contains(&&*run.key))
    }

    /// What the conditions speak of, for this run and those of its ground.
    fn values(&self, lesson: &str, run: &RunRecord, conditions: &[Condition]) -> Option<Vec<f64>> {
        let ground = run.ground();
        let measure = |quantity: &Quantity| self.measure(lesson, &ground, Some(run), quantity);
        let values = conditions.iter().map(|c| c.expression.value(measure));
        values.collect()
    }

    /// The grounds of this run and of those that the conditions name, where all have been made on more than one.
    fn grounds_beside(
        &self,
        lesson: &str,
        run: &RunRecord,
        conditions: &[Condition],
    ) -> Option<Vec<Ground>> {
        let mut grounds = vec![run.ground()];
        for key in named(conditions) {
            let expected = ground_of(lesson, key, &grounds[0]);
            let ground = self.find(lesson, key, Some(&expected.model))?.ground();
            if ground != expected && !grounds.contains(&ground) {
                grounds.push(ground);
            }
        }
        (grounds.len() > 1).then_some(grounds)
    }
}

/// The keys of the runs that conditions name.
fn named<'a>(conditions: &[Condition<'a>]) -> impl Iterator<Item = &'a str> {
    conditions.iter().flat_map(|c| c.expression.runs())
}

fn are_met(conditions: &[Condition], values: &[f64]) -> bool {
    let mut both = conditions.iter().zip(values);
    both.all(|(condition, value)| condition.is_met_by(*value))
}

#[cfg(test)]
mod tests {
    use super::super::record::tests::record;
    use super::super::run_history::tests::{history, with_model};
    use super::*;
    use crate::lessons::measure::{Bound, Expression, Operation, What};
    use crate::lessons::{self, Text};

    const NOTHING: Text = Text(&[]);

    /// A property of a run as a share of the careless run's.
    const fn share_of(what: What, bound: Bound) -> Condition<'static> {
        let run = Some("careless");
        Condition {
            expression: Expression {
                left: Quantity { run: None, what },
                right: Some((Operation::Over, Quantity { run, what })),
            },
            bound,
        }
    }

    const REMEDY: Measured = Measured {
        id: "remedy",
        question: NOTHING,
        requires: &[
            share_of(What::Gain, Bound::AtLeast(0.95)),
            share_of(What::Damage, Bound::AtMost(0.1)),
        ],
        waiting: NOTHING,
        met: NOTHING,
        missed: NOTHING,
    };

    #[test]
    fn any_run_of_the_lesson_may_meet_a_check() {
        let mut history = history();
        assert!(
            matches!(history.standing("forgetting", &REMEDY), Standing::Missed(run) if run.key.is_empty())
        );
        history.put(record("forgetting", "", 0.695, 57.0));
        history.put(record("forgetting", "", 0.5, 49.0));
        assert!(
            matches!(history.standing("forgetting", &REMEDY), Standing::Met(run) if run.after.unwrap().accuracy == 0.695)
        );
        assert_eq!(history.standing("lora", &REMEDY), Standing::Waiting);
    }

    #[test]
    fn runs_of_different_models_are_not_compared() {
        let mut history = RunHistory::default();
        history.put(with_model(
            "small",
            record("forgetting", "careless", 0.9, 148.0),
        ));
        // As good as it gets, beside another model's careless run.
        history.put(record("forgetting", "", 0.9, 49.0));
        let Standing::Apart(grounds) = history.standing("forgetting", &REMEDY) else {
            panic!("it cannot be compared");
        };
        let models: Vec<&str> = grounds.iter().map(|ground| ground.model.as_str()).collect();
        assert_eq!(models, ["nano", "small"]);
        history.put(record("forgetting", "careless", 0.9, 148.0));
        assert!(matches!(
            history.standing("forgetting", &REMEDY),
            Standing::Met(_)
        ));
        // The other model's run has kept its place.
        assert_eq!(history.of_lesson("forgetting").count(), 3);
    }

    #[test]
    fn presets_that_name_their_models_are_compared_across_them() {
        let lesson = lessons::whole("encoder-or-decoder").unwrap();
        let made = |key: &str, model: &str, accuracy: f64| {
            let mut run = with_model(model, record(lesson.slug, key, accuracy, 50.0));
            run.settings += "&data=opinions";
            run
        };
        let both = lesson.measured("both-learned").unwrap();
        let mut history = RunHistory::default();
        history.put(made("encoder", "mini-bert", 0.68));
        assert_eq!(history.standing(lesson.slug, both), Standing::Waiting);
        history.put(made("decoder", "modern", 0.72));
        assert!(matches!(
            history.standing(lesson.slug, both),
            Standing::Met(_)
        ));
        let keys = ["encoder", "decoder"];
        assert!(history.common_ground(lesson.slug, &keys).is_some());
        // The wrong model under the preset's key is no run of the preset.
        let mut history = RunHistory::default();
        history.put(made("encoder", "mini-bert", 0.68));
        history.put(made("decoder", "small", 0.62));
        assert_eq!(history.standing(lesson.slug, both), Standing::Waiting);
    }

    #[test]
    fn runs_on_different_data_are_not_compared() {
        let mut history = history();
        let mut run = record("forgetting", "", 0.9, 49.0);
        run.settings += "&data=topics";
        history.put(run);
        assert!(matches!(
            history.standing("forgetting", &REMEDY),
            Standing::Apart(_)
        ));
    }
}
