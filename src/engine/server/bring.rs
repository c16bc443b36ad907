//! An adapter from elsewhere, put beside the base: it answers, and stands on the shelf, like what a run has made.

use burn::module::Module;

use super::shelf::adapter_parameters;
use super::*;
use crate::data::dataset::Dataset;
use crate::engine::adapter_files::AdapterFiles;
use crate::engine::examples::{Encoding, Examples};
use crate::engine::run::device_error;
use crate::faults::TunedError;
use crate::io::adapter::{self, Description};
use crate::io::peft::{head_module, head_outputs};
use crate::io::zip::Member;
use crate::model::network::Network;
use crate::protocol::{Brought, NamedUrl, Scores, Split, Unscored};
use crate::settings::{Family, Strategy, Task};

impl<H: Host> Answers<asks::BringAdapter> for Server<H> {
    async fn answer(
        &mut self,
        asks::BringAdapter { name, files, split }: asks::BringAdapter,
        id: Option<RequestId>,
    ) -> Result<Outcome<Brought>, EngineError> {
        self.refuse_while_running(Wish::BringAdapter)?;
        let wrong = |reason: Fault| {
            let (name, reason) = (name.clone(), Box::new(reason));
            EngineError::new(
                ErrorKind::Model,
                TunedError::AdapterUnusable { name, reason },
            )
        };
        let files = self.fetch_files(&files).await.map_err(wrong)?;
        let files = AdapterFiles::among(files).map_err(wrong)?;
        let base = Rc::clone(self.base()?);
        let (tuned, strategy) = adapted(&base, &files, self.dataset.as_deref()).map_err(wrong)?;
        let length = files.max_length.unwrap_or(usize::MAX);
        let fit = self.dataset.as_deref().ok_or(Unscored::NoData);
        let fit = fit.and_then(|data| examples(&base, &tuned, data, length, split));
        let brought = Brought {
            run_id: self.put_on_shelf(&name, &tuned, id),
            name,
            strategy,
            task: tuned.task,
            labels: tuned.labels.clone(),
            parameters: adapter_parameters(&tuned.model),
            split,
            scores: Err(Unscored::NoData),
        };
        let model = tuned.model.valid();
        self.tuned = Some(tuned);
        let host = self.host.clone();
        Ok(Outcome::Work(Box::pin(async move {
            let scores = scored(&host, &model, fit, split).await?;
            Ok(Brought { scores, ..brought })
        })))
    }
}

/// What the adapter comes to on the rows of the page's data, where these are of its task.
async fn scored(
    host: &impl Host,
    model: &Model,
    fit: Result<Examples, Unscored>,
    split: Split,
) -> Result<Result<Scores, Unscored>, EngineError> {
    let examples = match fit {
        Ok(examples) => examples,
        Err(why) => return Ok(Err(why)),
    };
    let breathe = async || host.breathe().await;
    let answers = examples.answer_all(model, split, breathe).await;
    Ok(Ok(examples.scores(&answers.map_err(device_error)?, split)))
}

impl<H: Host> Server<H> {
    async fn fetch_files(&self, files: &[NamedUrl]) -> Result<Vec<Member>, Fault> {
        let mut members = Vec::new();
        for NamedUrl { name, url } in files {
            let bytes = self.host.fetch(url, &mut |_, _| {}).await?;
            let name = name.clone();
            members.push(Member { name, bytes });
        }
        Ok(members)
    }
}

/// The base with the adapter beside it, and the adapter's method.
fn adapted(
    base: &Base,
    files: &AdapterFiles,
    data: Option<&Dataset>,
) -> Result<(Tuned, Strategy), Fault> {
    let described = adapter::describe(&files.config)?;
    let loaded = adapter::load(&files.config, files.weights.clone(), base.model.clone())?;
    let (model, strategy) = (loaded.model.no_grad(), loaded.strategy);
    let family = base.family();
    let data = data.map(|data| (data.task_for(family), data.labels()));
    let task = task_of(&described, data.map(|(task, _)| task), family);
    let outputs = outputs(&model, task);
    let of_data = data
        .filter(|(of_data, _)| *of_data == task)
        .map(|(_, labels)| labels);
    let named = [files.labels.as_deref(), of_data];
    let fitting = named
        .into_iter()
        .flatten()
        .find(|names| names.len() == outputs);
    let unnamed = || (0..outputs).map(|i| format!("LABEL_{i}")).collect();
    let tuned = Tuned {
        model,
        // With weights in the place of the base's it cannot be blended, nor saved as what stands beside the base.
        strategy: Some(strategy.clone()).filter(|_| !loaded.changes_base),
        task,
        labels: fitting.map_or_else(unnamed, <[String]>::to_vec),
    };
    Ok((tuned, strategy))
}

/// PEFT has one name for one label and for many: the data tells which. Without a name it is a language model's.
fn task_of(described: &Description, data: Option<Task>, family: Family) -> Task {
    let many = Some(Task::MultiLabelClassification);
    match described.task_type.as_deref() {
        Some("SEQ_CLS") if data == many => Task::MultiLabelClassification,
        Some("SEQ_CLS") => Task::SequenceClassification,
        Some("TOKEN_CLS") => Task::TokenClassification,
        Some("QUESTION_ANS") => Task::QuestionAnswering,
        _ => family.language_task(),
    }
}

/// Of the head, where the task has one whose outputs have names.
fn outputs(model: &Model, task: Task) -> usize {
    if task == Task::QuestionAnswering {
        return 0;
    }
    let module = head_module(model.family(), task);
    module
        .and_then(|module| head_outputs(model, module))
        .unwrap_or(0)
}

/// The rows of a split as the model reads them, if they are of its task and have its labels.
fn examples(
    base: &Base,
    tuned: &Tuned,
    data: &Dataset,
    length: usize,
    split: Split,
) -> Result<Examples, Unscored> {
    let task = data.task_for(base.family());
    if task != tuned.task {
        return Err(Unscored::OtherTask { data: task });
    }
    if data.labels() != tuned.labels {
        return Err(Unscored::OtherLabels {
            data: data.labels().to_vec(),
        });
    }
    let room = base.positions() - tuned.model.virtual_tokens();
    let encoding = Encoding {
        validates: true,
        ..Encoding::usual(base, room.min(length))
    };
    let examples = encoding.examples(data.clone());
    let examples = examples.map_err(|e| Unscored::Unreadable(e.into()))?;
    match examples.is_blank(split) {
        true => Err(Unscored::NoRows),
        false => Ok(examples),
    }
}
