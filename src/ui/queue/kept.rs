//! What the page notes beside a run that the engine keeps, to bring it back after a reload.

use serde::{Deserialize, Serialize};

use super::QueuedRun;
use crate::settings::TrainingSettings;
use crate::ui::learner::RunTag;
use crate::ui::sources::datasets::{DataSource, shipped};
use crate::ui::sources::own_model::{ModelSource, OwnModel};

/// A run, and what it was made with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptNote {
    pub settings: TrainingSettings,
    /// Of the data set; the file's where it is the learner's own.
    pub data: String,
    pub is_own_data: bool,
    pub model: KeptModel,
    /// When it was begun, since 1970.
    pub begun_millis: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum KeptModel {
    Shipped(String),
    Folder {
        name: String,
        base_url: String,
    },
    /// Files of the learner's own, whose addresses have gone with the page.
    Files(String),
}

/// What a kept run needs and the page has not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Needs {
    /// The learner's own file of this name.
    Data(String),
    /// The files of the model of this name.
    Model(String),
}

impl KeptModel {
    pub fn name(&self) -> &str {
        match self {
            Self::Shipped(name) | Self::Folder { name, .. } | Self::Files(name) => name,
        }
    }
}

impl KeptNote {
    pub fn of(run: &QueuedRun, begun_millis: f64) -> Self {
        let own = run.dataset.own();
        let named = || run.dataset.name().to_owned();
        Self {
            settings: run.settings.clone(),
            data: own.map_or_else(named, |own| own.report.file.name.clone()),
            is_own_data: own.is_some(),
            model: match &run.model {
                ModelSource::Shipped(name) => KeptModel::Shipped(name.clone()),
                ModelSource::Own(OwnModel::Folder { name, base_url }) => KeptModel::Folder {
                    name: name.clone(),
                    base_url: base_url.clone(),
                },
                ModelSource::Own(OwnModel::Files { name, .. }) => KeptModel::Files(name.clone()),
            },
            begun_millis,
        }
    }

    /// None where another version of the page wrote it.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The run to be gone on with, with what the page works with now where that is what it needs.
    pub fn queued(&self, data: &DataSource, model: &ModelSource) -> Result<QueuedRun, Needs> {
        let is_its = |data: &DataSource| {
            let own = data.own();
            own.is_some_and(|own| own.report.file.name == self.data)
        };
        let dataset = match self.is_own_data {
            true => Some(data.clone()).filter(is_its),
            false => shipped(&self.data),
        };
        let model = match &self.model {
            KeptModel::Shipped(name) => ModelSource::Shipped(name.clone()),
            KeptModel::Folder { name, base_url } => ModelSource::Own(OwnModel::Folder {
                name: name.clone(),
                base_url: base_url.clone(),
            }),
            KeptModel::Files(name) => match model {
                ModelSource::Own(OwnModel::Files { name: other, .. }) if other == name => {
                    model.clone()
                }
                _ => return Err(Needs::Model(name.clone())),
            },
        };
        Ok(QueuedRun {
            tag: RunTag::default(),
            settings: self.settings.clone(),
            evaluations: 0,
            start_paused: false,
            resumes: true,
            dataset: dataset.ok_or_else(|| Needs::Data(self.data.clone()))?,
            model,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::protocol::{FileFormat, NamedUrl};
    use crate::settings::Task;
    use crate::ui::sources::own_data::tests::{own, report};

    fn run(dataset: DataSource, model: ModelSource) -> QueuedRun {
        QueuedRun {
            tag: RunTag::default(),
            settings: TrainingSettings::default(),
            evaluations: 10,
            start_paused: true,
            resumes: false,
            dataset,
            model,
        }
    }

    fn files(url: &str) -> ModelSource {
        let (name, url) = ("model.safetensors".to_owned(), url.to_owned());
        ModelSource::Own(OwnModel::Files {
            name: "mine".into(),
            files: vec![NamedUrl { name, url }],
        })
    }

    fn again(run: &QueuedRun, data: &DataSource, model: &ModelSource) -> Result<QueuedRun, Needs> {
        let note = KeptNote::of(run, 1.0).text();
        KeptNote::parse(&note).unwrap().queued(data, model)
    }

    #[test]
    fn a_shipped_set_and_model_come_back_whatever_the_page_works_with() {
        let (reviews, topics) = (shipped("reviews").unwrap(), shipped("topics").unwrap());
        let (nano, small) = ("nano".to_owned(), "small".to_owned());
        let (nano, small) = (ModelSource::Shipped(nano), ModelSource::Shipped(small));
        let begun = run(reviews.clone(), nano.clone());
        let resumed = again(&begun, &topics, &small).unwrap();
        assert_eq!((&resumed.dataset, &resumed.model), (&reviews, &nano));
        assert!(resumed.resumes && !resumed.start_paused);
        assert_eq!(resumed.settings, begun.settings);
    }

    #[test]
    fn what_has_gone_with_the_page_is_asked_for_by_name() {
        let nano = ModelSource::Shipped("nano".into());
        let reviews = shipped("reviews").unwrap();
        let report = report(FileFormat::Commas, Task::SequenceClassification, &[]);
        let mine = DataSource::Own(Arc::new(own(report)));
        let begun = run(mine.clone(), nano.clone());
        let lacks = again(&begun, &reviews, &nano).unwrap_err();
        assert_eq!(lacks, Needs::Data("mine.csv".into()));
        assert_eq!(again(&begun, &mine, &nano).unwrap().dataset, mine);
        let begun = run(reviews.clone(), files("blob:1"));
        let lacks = again(&begun, &reviews, &nano).unwrap_err();
        assert_eq!(lacks, Needs::Model("mine".into()));
        // Chosen again, they lie elsewhere.
        let chosen = files("blob:2");
        assert_eq!(again(&begun, &reviews, &chosen).unwrap().model, chosen);
        assert_eq!(KeptNote::parse("{}"), None);
    }
}
