//! The learner's own data, looked at before anything is trained on it, and what counting words reaches on data at hand.

use super::*;
use crate::data::own::{Counter, Inspected, inspect};
use crate::engine::baseline::Baseline;
use crate::faults::LoadError;
use crate::protocol::{DataChoice, DataProblem, DataReport, NamedUrl, WordCountScores};
use crate::settings::Task;

impl<H: Host> Server<H> {
    /// Reads a file as the learner has it read; tokens are counted for whom it may concern.
    async fn inspected(
        &self,
        file: &NamedUrl,
        choice: &DataChoice,
        reader: Option<&Base>,
    ) -> Result<Inspected, EngineError> {
        let bytes = self.host.fetch(&file.url, &mut |_, _| {}).await;
        let bytes = bytes.map_err(|reason| {
            let (file, reason) = (file.name.clone(), Box::new(reason));
            EngineError::new(ErrorKind::Network, LoadError::FileGone { file, reason })
        })?;
        let tokens = |text: &str| {
            let ids = reader.and_then(|base| base.tokenizer.text_ids(text, usize::MAX).ok());
            ids.map_or(0, |ids| ids.len())
        };
        let counter = reader.map(|base| Counter {
            context: base.positions(),
            tokens: &tokens,
        });
        let found = inspect(&file.name, &bytes, choice, counter);
        let mut found = found.map_err(|e| {
            let reason = Box::new(e.into());
            EngineError::new(ErrorKind::Data, AskError::Sentence { reason })
        })?;
        found.report.file.url.clone_from(&file.url);
        Ok(found)
    }
}

impl<H: Host> Server<H> {
    /// The same as a data set, with the task that it is for.
    pub(super) async fn own_dataset(
        &self,
        file: &NamedUrl,
        choice: &DataChoice,
    ) -> Result<(Task, Dataset), EngineError> {
        let found = self.inspected(file, choice, None).await?;
        let task = found.report.choice.task.unwrap_or_default();
        let why = match found.report.problem {
            Some(DataProblem::Unreadable(why)) => why,
            Some(DataProblem::Lacking(role)) => {
                let role = role.column().to_owned();
                LoadError::ColumnLacking { role }.into()
            }
            None => Fault::internal(""),
        };
        let dataset = found.dataset.ok_or_else(|| {
            let (file, reason) = (file.name.clone(), Box::new(why));
            EngineError::new(ErrorKind::Data, LoadError::FileUnusable { file, reason })
        })?;
        Ok((task, dataset))
    }
}

impl<H: Host> Answers<asks::InspectData> for Server<H> {
    async fn answer(
        &mut self,
        asks::InspectData { file, choice }: asks::InspectData,
        _id: Option<RequestId>,
    ) -> Result<Outcome<DataReport>, EngineError> {
        let reader = self.base.as_deref();
        Ok(self.inspected(&file, &choice, reader).await?.report.into())
    }
}

/// What is worked on before messages are let in.
const SLICE_MILLIS: f64 = 12.0;

impl<H: Host> Answers<asks::CountWords> for Server<H> {
    async fn answer(
        &mut self,
        asks::CountWords {}: asks::CountWords,
        _id: Option<RequestId>,
    ) -> Result<Outcome<Option<WordCountScores>>, EngineError> {
        let baseline = match self.dataset()?.as_ref() {
            Dataset::Labelled(data) => Baseline::of(data),
            _ => None,
        };
        let Some(mut baseline) = baseline else {
            return Ok(None.into());
        };
        let host = self.host.clone();
        let work = async move {
            loop {
                host.breathe().await;
                let until = host.now_millis() + SLICE_MILLIS;
                // At least once, however slow the clock's owner is.
                loop {
                    if let Some(scores) = baseline.advance() {
                        return Ok(Some(scores));
                    }
                    if host.now_millis() >= until {
                        break;
                    }
                }
            }
        };
        Ok(Outcome::Work(Box::pin(work)))
    }
}
