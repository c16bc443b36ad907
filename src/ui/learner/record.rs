//! A finished run, as much of it as lessons compare: kept in the browser, and recorded for replays.

use serde::{Deserialize, Serialize};

use crate::lessons::measure::What;
use crate::protocol::{GeneralScore, Scores, Split};
use crate::settings::{Family, Task};
use crate::ui::UNNAMED_DATASET;
use crate::ui::browser::clock;
use crate::ui::draft::Draft;
use crate::ui::pages::routes::{encoded, value_of};
use crate::ui::sources::datasets::shipped;
use crate::ui::sources::own_model::ModelSource;
use crate::ui::state::{Phase, Run, State};

/// Points kept of a curve.
const MOST_POINTS: usize = 120;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    pub lesson: String,
    pub key: String,
    /// As the lab's address has them.
    pub settings: String,
    pub model: String,
    /// What tells the model from every other, where its name does not: the address of one of the learner's own.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub model_id: String,
    /// When it ended, in milliseconds since 1970; 0 in records older than that was noted.
    #[serde(default)]
    pub made_at_millis: f64,
    pub device: String,
    /// How many labels there were to choose one from; 0 of another task. Records from before that was noted are of reviews.
    #[serde(default = "of_reviews")]
    pub classes: usize,
    pub trainable: usize,
    pub total: usize,
    pub steps: usize,
    pub seconds: f64,
    pub saved_bytes: u64,
    pub before: Figures,
    /// `None` where the run diverged.
    pub after: Option<Figures>,
    /// The same prompt continued before and after.
    pub sample_before: String,
    pub sample_after: String,
    pub curve: Vec<Point>,
    /// Steps made, and the loss on the validation split.
    pub validation: Vec<(usize, f64)>,
    /// Steps made, and the perplexity on the general text.
    pub general: Vec<(usize, f64)>,
    /// Steps made, and the share of questions that find their passage.
    #[serde(default)]
    pub retrieval: Vec<(usize, f64)>,
}

/// The model that a run began with, and the data that it learnt: figures of runs compare where both are the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    pub model: String,
    pub dataset: String,
}

/// Scores on the test split, and of what the model can do beside the task: one of the two.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    pub accuracy: f64,
    #[serde(deserialize_with = "number_or_null")]
    pub loss_nats: f64,
    pub perplexity: Option<f64>,
    /// The share of questions that find their passage.
    #[serde(default)]
    pub retrieval: Option<f64>,
}

impl Figures {
    fn of(scores: &Scores, perplexity: Option<f64>, retrieval: Option<f64>) -> Self {
        Self {
            accuracy: scores.accuracy,
            loss_nats: scores.loss_nats,
            perplexity,
            retrieval,
        }
    }
}

/// One step of the curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    pub step: usize,
    pub loss_nats: f32,
    pub learning_rate: f64,
    pub gradient_norm: f32,
}

impl RunRecord {
    /// Whether it learned to go on with texts or to fill them in, and not to answer from a list.
    pub fn is_of_language(&self) -> bool {
        let task = Draft::from_query(&self.settings).0.dataset.task();
        matches!(task, Task::CausalLm | Task::MaskedLm)
    }

    /// The record of a run that has ended, or none where it has not, or had not begun.
    pub fn of(run: &Run, state: &State) -> Option<Self> {
        let scores = run.scores_before(Split::Test)?;
        let plan = run.plan.as_deref()?;
        let (after, saved_bytes, millis) = match &run.phase {
            Phase::Finished { summary } => {
                let scores = &summary.test.after;
                let after = Figures::of(scores, run.perplexity_after(), run.retrieval_after());
                (Some(after), summary.adapter_bytes, summary.total_millis)
            }
            Phase::Failed { .. } if run.has_diverged() => (None, 0, 0.0),
            _ => return None,
        };
        Some(Self {
            lesson: run.tag.lesson.to_string(),
            key: run.tag.key.to_string(),
            settings: settings(run, state.family().unwrap_or_default()),
            model: state.model.as_ref()?.name.clone(),
            model_id: model_id(run),
            made_at_millis: clock::now_millis(),
            device: state.device.as_ref()?.description.clone(),
            classes: run.learnt.classes,
            trainable: plan.trainable_parameters(),
            total: plan.total_parameters(),
            steps: run.completed_steps(),
            seconds: millis / 1000.0,
            saved_bytes,
            before: Figures::of(&scores, run.perplexity_before(), run.retrieval_before()),
            after,
            sample_before: run.sample_before.clone().unwrap_or_default(),
            sample_after: run.sample_after.clone().unwrap_or_default(),
            curve: thinned(run),
            validation: run.validation_losses().filter(is_finite).collect(),
            general: general(run, GeneralScore::perplexity),
            retrieval: general(run, GeneralScore::retrieval),
        })
    }

    pub fn ground(&self) -> Ground {
        let model = match self.model_id.as_str() {
            "" => &self.model,
            id => id,
        };
        let dataset = value_of(&self.settings, "data");
        Ground {
            model: model.to_string(),
            dataset: dataset.unwrap_or_else(|| UNNAMED_DATASET.to_string()),
        }
    }

    /// A measured property, where the run has it.
    pub fn measure(&self, what: What) -> Option<f64> {
        let after = self.after;
        match what {
            What::Accuracy => Some(after?.accuracy),
            What::AccuracyBefore => Some(self.before.accuracy),
            What::Gain => Some(after?.accuracy - self.before.accuracy),
            What::Share => Some(self.trainable as f64 / self.total.max(1) as f64),
            What::Perplexity => after?.perplexity,
            What::PerplexityBefore => self.before.perplexity,
            What::Retrieval => after?.retrieval,
            What::RetrievalBefore => self.before.retrieval,
            What::Damage => self.damage(),
            What::Loss => Some(after?.loss_nats),
            What::Seconds => Some(self.seconds),
            What::Trainable => Some(self.trainable as f64),
            What::Steps => Some(self.steps as f64),
        }
    }
}

impl RunRecord {
    /// The rise of the perplexity; of a model that has none, how many percentage points of the questions no longer find
    /// their passage.
    fn damage(&self) -> Option<f64> {
        let (before, after) = (self.before, self.after?);
        let of_language = || Some(after.perplexity? - before.perplexity?);
        let of_retrieval = || Some(100.0 * (before.retrieval? - after.retrieval?));
        of_language().or_else(of_retrieval)
    }
}

/// One kind of score of what the model can do beside the task, along the run.
fn general(run: &Run, of: fn(GeneralScore) -> Option<f64>) -> Vec<(usize, f64)> {
    let scores = run.general.iter();
    scores
        .filter_map(|(step, score)| Some((*step, of(*score)?)))
        .filter(is_finite)
        .collect()
}

fn of_reviews() -> usize {
    2
}

/// JSON has no NaN, the loss of an empty split, and writes null.
fn number_or_null<'de, D: serde::Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or(f64::NAN))
}

fn is_finite((_, value): &(usize, f64)) -> bool {
    value.is_finite()
}

/// The identity of a model whose name is not one: a shipped model's is.
fn model_id(run: &Run) -> String {
    match &run.learnt.source {
        Some(source @ ModelSource::Own(_)) => source.id().to_string(),
        Some(ModelSource::Shipped(_)) | None => String::new(),
    }
}

/// The settings as an address, with the data that the run learnt.
fn settings(run: &Run, family: Family) -> String {
    let mut draft = Draft::from_settings(run.settings.clone());
    draft.family = family;
    match shipped(&run.learnt.dataset) {
        Some(set) => {
            draft.dataset = set;
            draft.to_query()
        }
        // A file of the learner's own, which no address leads to, but which is other ground than the shipped sets.
        None if !run.learnt.dataset.is_empty() => {
            let settings = draft.query_of_settings();
            format!("{settings}&data={}", encoded(&run.learnt.dataset))
        }
        None => draft.query_of_settings(),
    }
}

/// Every nth step, the last one always.
fn thinned(run: &Run) -> Vec<Point> {
    let stride = run.steps.len().div_ceil(MOST_POINTS).max(1);
    let last = run.steps.len().saturating_sub(1);
    run.steps
        .iter()
        .enumerate()
        .filter(|(index, _)| index.is_multiple_of(stride) || *index == last)
        .filter(|(_, step)| step.loss_nats.is_finite())
        .map(|(_, step)| Point {
            step: step.step,
            loss_nats: step.loss_nats,
            learning_rate: step.learning_rate,
            gradient_norm: step.gradient_norm,
        })
        .collect()
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::protocol::RequestId;
    use crate::settings::TrainingSettings;
    use crate::ui::state::Learnt;

    pub fn record(lesson: &str, key: &str, accuracy: f64, perplexity: f64) -> RunRecord {
        let figures = |accuracy, perplexity| Figures {
            accuracy,
            loss_nats: 0.6,
            perplexity: Some(perplexity),
            retrieval: None,
        };
        RunRecord {
            lesson: lesson.into(),
            key: key.into(),
            settings: format!("strategy=full&seed={accuracy}"),
            model: "nano".into(),
            model_id: String::new(),
            made_at_millis: 0.0,
            device: "CPU".into(),
            classes: 2,
            trainable: 10,
            total: 100,
            steps: 60,
            seconds: 12.0,
            saved_bytes: 40,
            before: figures(0.5, 48.0),
            after: Some(figures(accuracy, perplexity)),
            sample_before: String::new(),
            sample_after: String::new(),
            curve: Vec::new(),
            validation: Vec::new(),
            general: Vec::new(),
            retrieval: Vec::new(),
        }
    }

    #[test]
    fn damage_to_retrieval_is_in_points() {
        let mut record = record("x", "", 0.9, 0.0);
        let figures = |retrieval| Figures {
            perplexity: None,
            retrieval: Some(retrieval),
            ..record.before
        };
        (record.before, record.after) = (figures(0.95), Some(figures(0.9)));
        assert!((record.measure(What::Damage).unwrap() - 5.0).abs() < 1e-9);
        assert_eq!(record.measure(What::Retrieval), Some(0.9));
        assert_eq!(record.measure(What::Perplexity), None);
    }

    #[test]
    fn a_record_of_earlier_days_is_read() {
        let text = serde_json::to_string(&record("x", "", 0.7, 58.0)).unwrap();
        let old = text
            .replace(",\"retrieval\":null", "")
            .replace(",\"retrieval\":[]", "");
        assert!(!old.contains("retrieval"));
        assert_eq!(
            serde_json::from_str::<RunRecord>(&old).unwrap(),
            record("x", "", 0.7, 58.0)
        );
    }

    #[test]
    fn gain_and_damage_are_rises() {
        let record = record("x", "", 0.7, 58.0);
        assert!((record.measure(What::Gain).unwrap() - 0.2).abs() < 1e-12);
        assert_eq!(record.measure(What::Damage), Some(10.0));
        assert_eq!(record.measure(What::Share), Some(0.1));
    }

    #[test]
    fn the_data_of_a_run_stands_in_its_address() {
        let run = |dataset: &str| {
            let learnt = Learnt {
                dataset: dataset.into(),
                ..Learnt::default()
            };
            Run::new(RequestId(1), TrainingSettings::default(), learnt)
        };
        let settings = |dataset| settings(&run(dataset), Family::Gpt2);
        let topics = settings("topics");
        assert!(topics.contains("data=topics"), "{topics}");
        assert_ne!(topics, settings("reviews"));
        assert!(settings("reviews").contains("data=reviews"));
        assert!(settings("opinions").contains("data=opinions"));
    }

    #[test]
    fn the_ground_of_a_run_is_its_model_and_its_data() {
        let mut run = record("x", "", 0.7, 58.0);
        let on = |model: &str, dataset: &str| Ground {
            model: model.into(),
            dataset: dataset.into(),
        };
        assert_eq!(run.ground(), on("nano", "reviews"));
        run.settings += "&data=topics";
        run.model_id = "https://example.org/a/nano/".into();
        assert_eq!(run.ground(), on("https://example.org/a/nano/", "topics"));
    }

    #[test]
    fn a_record_of_an_older_page_is_read() {
        let mut json = serde_json::to_value(record("x", "low", 0.7, 58.0)).unwrap();
        json.as_object_mut().unwrap().remove("made_at_millis");
        let read: RunRecord = serde_json::from_value(json).unwrap();
        assert_eq!(read, record("x", "low", 0.7, 58.0));
    }

    #[test]
    fn a_diverged_run_has_no_result() {
        let mut record = record("x", "", 0.7, 58.0);
        record.after = None;
        assert_eq!(record.measure(What::Accuracy), None);
        assert_eq!(record.measure(What::AccuracyBefore), Some(0.5));
    }

    #[test]
    fn a_record_goes_through_json() {
        let record = record("x", "low", 0.7, 58.0);
        let text = serde_json::to_string(&record).unwrap();
        assert_eq!(serde_json::from_str::<RunRecord>(&text).unwrap(), record);
    }

    #[test]
    fn a_loss_that_is_no_number_is_read_back() {
        let mut kept = record("lora", "", 0.5, 40.0);
        kept.before.loss_nats = f64::NAN;
        let text = serde_json::to_string(&kept).unwrap();
        let read: RunRecord = serde_json::from_str(&text).unwrap();
        assert!(read.before.loss_nats.is_nan());
        assert_eq!(read.after, kept.after);
    }
}
