//! What goes along with a run's weights: the model card, and its figures as CSV and JSON.

use serde_json::{Map, Value, json};

use super::form::Form;
use crate::protocol::{
    DatasetInfo, RunSummary, Scores, Split, SplitSummary, TextFile, WordCountScores,
};
use crate::settings::Family;
use crate::ui::draft::Draft;
use crate::ui::state::Run;
use crate::ui::text::lab::split_name;
use crate::ui::text::take_home as text;

/// What is known of a finished run and of what it was made on.
pub struct Facts<'a> {
    pub run: &'a Run,
    pub summary: &'a RunSummary,
    /// The adapter is added into the weights.
    pub is_merged: bool,
    /// The scores that go along: what is sealed stays so.
    pub split: Split,
    pub scores: &'a SplitSummary,
    pub model: &'a str,
    pub family: Family,
    /// The data set, if it is still at hand.
    pub data: Option<&'a DatasetInfo>,
    pub words: Option<WordCountScores>,
}

impl Facts<'_> {
    pub fn files(&self) -> Vec<TextFile> {
        let file = |name: &str, text: String| TextFile {
            name: name.to_owned(),
            text,
        };
        vec![
            file("README.md", self.card()),
            file("metrics.csv", self.steps()),
            file("metrics.json", format!("{:#}\n", self.figures())),
        ]
    }

    /// The name of the archive and of the folder in it.
    pub fn name(&self) -> String {
        let strategy = self.run.settings.strategy.name();
        let plain = |c: char| {
            if c.is_ascii_alphanumeric() || "-_".contains(c) {
                c
            } else {
                '-'
            }
        };
        let data = &self.run.learnt.dataset;
        let data = data.rsplit_once('.').map_or(&data[..], |(stem, _)| stem);
        let data: String = data.chars().map(plain).collect();
        let merged = if self.is_merged { "-merged" } else { "" };
        format!("{strategy}-{}-{data}{merged}", self.model.replace(' ', "-"))
    }

    /// As the command line's `metrics.jsonl` has them, a row a step.
    fn steps(&self) -> String {
        let mut out = String::from("step,epoch,loss,learning_rate,grad_norm,step_millis\n");
        for step in &self.run.steps {
            out += &format!(
                "{},{},{},{},{},{}\n",
                step.step,
                step.epoch,
                step.loss_nats,
                step.learning_rate,
                step.gradient_norm,
                step.step_millis
            );
        }
        out
    }

    fn figures(&self) -> Value {
        let plan = self.run.plan.as_deref();
        let mut figures = json!({
            "model": self.model,
            "data": self.run.learnt.dataset,
            "task": self.run.learnt.task.name(),
            "settings": self.settings(),
            "max_length": self.run.settings.max_length,
            "steps": self.run.completed_steps(),
            "trainable_parameters": plan.map(|plan| plan.trainable_parameters()),
            "total_parameters": plan.map(|plan| plan.total_parameters()),
            "split": split_name(self.split),
            "before": of_scores(&self.scores.before),
            "after": of_scores(&self.scores.after),
            "perplexity_before": self.run.perplexity_before(),
            "perplexity_after": self.run.perplexity_after(),
            "training_seconds": self.summary.training_millis / 1000.0,
        });
        if let Some(data) = self.data.filter(|data| !data.labels.is_empty()) {
            figures["labels"] = json!(data.labels);
        }
        if let Some(words) = self.words_accuracy() {
            figures["word_counts_accuracy"] = json!(words);
        }
        figures
    }

    /// Names and values as addresses have them.
    fn settings(&self) -> Map<String, Value> {
        let mut draft = Draft::from_settings(self.run.settings.clone());
        draft.family = self.family;
        let pairs = crate::ui::pages::routes::pairs(&draft.to_query()).into_iter();
        let own = pairs.filter(|(key, _)| !["data", "task"].contains(&key.as_str()));
        own.map(|(key, value)| (key, Value::String(value)))
            .collect()
    }

    fn card(&self) -> String {
        let form = Form::of(&self.run.settings.strategy, self.is_merged);
        let mut out = text::front(self.model, form);
        out += &text::title(
            self.run.settings.strategy.name(),
            self.model,
            &self.run.learnt.dataset,
        );
        out += text::WHENCE;
        if let Some(data) = self.data {
            out += &text::data(data);
        }
        let rows = self.settings().into_iter();
        let rows = rows.map(|(key, value)| (key, value.as_str().unwrap_or_default().to_owned()));
        out += &text::table(text::SETTINGS, rows);
        out += &text::table(&text::figures(self.split), self.figure_rows().into_iter());
        out += &text::loading(form, self.run.learnt.task);
        out
    }

    fn figure_rows(&self) -> Vec<(String, String)> {
        let (before, after) = (&self.scores.before, &self.scores.after);
        let pairs = before.figures().into_iter().zip(after.figures());
        let mut rows: Vec<(String, String)> = pairs
            .map(|((name, before), (_, after))| {
                (name.to_owned(), text::before_after(name, before, after))
            })
            .collect();
        rows.push((text::rows(self.split), after.examples.to_string()));
        if let Some(words) = self.words_accuracy() {
            rows.push((text::WORDS.to_owned(), text::percent(words)));
        }
        rows
    }

    /// What counting words reaches on the same split.
    fn words_accuracy(&self) -> Option<f64> {
        let words = self.words?;
        Some(match self.split {
            Split::Validation => words.validation_accuracy,
            Split::Train | Split::Test => words.accuracy,
        })
    }
}

fn of_scores(scores: &Scores) -> Value {
    let figures = scores.figures().into_iter();
    let mut all: Map<String, Value> = figures
        .map(|(name, value)| (name.replace('-', "_"), json!(value)))
        .collect();
    all.insert("loss".to_owned(), json!(scores.loss_nats));
    all.insert("examples".to_owned(), json!(scores.examples));
    Value::Object(all)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::protocol::{Confusion, FrozenProof, RequestId, StepMetrics, TaskScores};
    use crate::settings::{Task, TrainingSettings};
    use crate::ui::state::{Learnt, Phase};

    fn scores(accuracy: f64) -> Scores {
        Scores {
            examples: 8,
            loss_nats: 0.5,
            accuracy,
            hard_accuracy: None,
            hard_examples: 0,
            own: TaskScores::Classes { macro_f1: accuracy },
        }
    }

    fn finished() -> Run {
        let learnt = Learnt {
            dataset: "my shop.csv".into(),
            task: Task::SequenceClassification,
            classes: 2,
            source: None,
        };
        let mut run = Run::new(RequestId(1), TrainingSettings::default(), learnt);
        run.steps = vec![StepMetrics {
            step: 0,
            epoch: 0.1,
            loss_nats: 0.7,
            learning_rate: 1e-4,
            gradient_norm: 1.5,
            remedy_loss_nats: 0.0,
            step_millis: 12.0,
        }];
        run.phase = Phase::Finished {
            summary: Arc::new(summary()),
        };
        run
    }

    fn summary() -> RunSummary {
        RunSummary {
            test: split_summary(0.75),
            validation: Some(split_summary(0.875)),
            frozen_proof: FrozenProof {
                tensors: 0,
                parameters: 0,
                hash_before: String::new(),
                hash_after: String::new(),
                changed_trainable_tensors: 0,
                trainable_tensors: 0,
            },
            training_millis: 1000.0,
            total_millis: 2000.0,
            adapter_bytes: 10,
            peak_memory_bytes: None,
        }
    }

    fn split_summary(accuracy_after: f64) -> SplitSummary {
        SplitSummary {
            before: scores(0.5),
            after: scores(accuracy_after),
            confusion: Confusion { counts: Vec::new() },
            by_label: Vec::new(),
            mistakes: Vec::new(),
            verdicts: Default::default(),
            classes: None,
        }
    }

    fn facts(run: &Run, split: Split) -> Facts<'_> {
        Facts {
            run,
            summary: run.summary().unwrap(),
            is_merged: false,
            split,
            scores: run.came_to(split).unwrap(),
            model: "nano",
            family: Family::Gpt2,
            data: None,
            words: None,
        }
    }

    #[test]
    fn what_is_sealed_does_not_go_along() {
        let run = finished();
        let files = facts(&run, Split::Validation).files();
        let card = &files[0].text;
        assert!(card.contains("## On the validation split"), "{card}");
        assert!(card.contains("| accuracy | 50.0% → 87.5% |"), "{card}");
        assert!(files.iter().all(|file| !file.text.contains("75.0%")));
        let figures: Value = serde_json::from_str(&files[2].text).unwrap();
        assert_eq!(figures["split"], "validation");
        assert_eq!(figures["after"]["accuracy"], 0.875);
    }

    #[test]
    fn a_merged_adapter_is_a_whole_model() {
        let run = finished();
        let merged = Facts {
            is_merged: true,
            ..facts(&run, Split::Test)
        };
        assert_eq!(merged.name(), "lora-nano-my-shop-merged");
        let card = &merged.files()[0].text;
        assert!(card.contains("library_name: transformers"), "{card}");
        assert!(
            card.contains("AutoModelForSequenceClassification"),
            "{card}"
        );
        assert!(!card.contains("from peft"), "{card}");
    }

    #[test]
    fn card_and_figures_tell_what_the_run_was() {
        let run = finished();
        let facts = facts(&run, Split::Test);
        assert_eq!(facts.name(), "lora-nano-my-shop");
        let files = facts.files();
        let names: Vec<&str> = files.iter().map(|file| &file.name[..]).collect();
        assert_eq!(names, ["README.md", "metrics.csv", "metrics.json"]);
        let card = &files[0].text;
        assert!(
            card.starts_with("---\nbase_model: nano\nlibrary_name: peft\n"),
            "{card}"
        );
        assert!(card.contains("| rank | 8 |"), "{card}");
        assert!(card.contains("| accuracy | 50.0% → 75.0% |"), "{card}");
        assert_eq!(
            files[1].text.lines().nth(1),
            Some("0,0.1,0.7,0.0001,1.5,12")
        );
        let figures: Value = serde_json::from_str(&files[2].text).unwrap();
        assert_eq!(figures["settings"]["strategy"], "lora");
        assert_eq!(figures["after"]["accuracy"], 0.75);
    }
}
