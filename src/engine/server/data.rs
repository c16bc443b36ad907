//! Models, data sets and texts, fetched and read.

use super::*;
use crate::data::passages::{Passage, read_passages};
use crate::data::reader::read_texts;
use crate::data::stream::stream;
use crate::engine::examples::{peek, row};
use crate::engine::general::framed_windows;
use crate::engine::rehearsal::text_length;
use crate::faults::LoadError;
use crate::model::parameters;
use crate::protocol::{DatasetInfo, Example, GeneralTextInfo, ModelInfo, NamedUrl, Reading, Split};
use crate::settings::{Task, TrainingSettings};

/// Tokens of general text that a run scores each time: about half a second on a CPU in the browser.
const GENERAL_TOKENS: usize = 4096;

/// Larger models than the shipped ones score fewer, but not fewer than these.
const FEWEST_GENERAL_TOKENS: usize = 512;

/// Parameters up to which all of them are scored.
const SMALL_MODEL: usize = 4_000_000;

/// Tokens of general text that a model of so many parameters scores each time.
fn general_tokens(parameters: usize) -> usize {
    let share = SMALL_MODEL as f64 / parameters.max(1) as f64;
    let tokens = (GENERAL_TOKENS as f64 * share) as usize;
    tokens.clamp(FEWEST_GENERAL_TOKENS, GENERAL_TOKENS)
}

fn parameters_of(base: &Base) -> usize {
    parameters::list(&base.model)
        .iter()
        .map(|p| p.count())
        .sum()
}

/// Rows shown of a data set.
const EXAMPLES: usize = 8;

impl<H: Host> Answers<asks::LoadModel> for Server<H> {
    async fn answer(
        &mut self,
        asks::LoadModel { name, place }: asks::LoadModel,
        id: Option<RequestId>,
    ) -> Result<Outcome<ModelInfo>, EngineError> {
        self.refuse_while_running(Wish::LoadModel)?;
        let mut progressed = self.progress_teller(id);
        let fetched = Base::fetch(&self.host, &name, place, &self.device, &mut progressed).await;
        drop(progressed);
        let (base, info, weights) = fetched?;
        self.base = Some(Rc::new(base));
        self.weights = Some(weights);
        self.crew.forget_model();
        // Adapters stand on the weights they were trained beside.
        self.tuned = None;
        self.shelf.clear();
        self.read_general(id)?;
        Ok(info.into())
    }
}

impl<H: Host> Server<H> {
    /// What forgetting is measured on, as the base now reads it: ids of another tokenizer mean nothing.
    fn read_general(&mut self, id: Option<RequestId>) -> Result<(), EngineError> {
        self.general = None;
        self.beginning = None;
        let (Some(source), Some(base)) = (&self.general_source, &self.base) else {
            return Ok(());
        };
        let most = general_tokens(parameters_of(base));
        let read = General::of(source, base, most);
        let general = read.map_err(|e| EngineError::new(ErrorKind::Data, e))?;
        let Some(general) = general else {
            return Ok(());
        };
        let info = GeneralTextInfo {
            name: source.name.clone(),
            tokens: general.size(),
        };
        self.general = Some(Rc::new(general));
        self.tell(id, Event::GeneralTextLoaded(info));
        Ok(())
    }

    /// Texts for the remedies of an encoder, which cannot write its own: what of the general text is not measured on.
    pub(super) fn rehearsal_texts(
        &self,
        base: &Base,
        settings: &TrainingSettings,
    ) -> Result<Option<Vec<Vec<i32>>>, EngineError> {
        let Some(source) = self.general_source.as_ref() else {
            return Ok(None);
        };
        if base.family().is_decoder() || !settings.remedies.wants_text() {
            return Ok(None);
        }
        let ids = stream(&source.texts, &base.tokenizer);
        let ids = ids.map_err(|e| EngineError::new(ErrorKind::Data, e))?;
        let from = general_tokens(parameters_of(base)).min(ids.len());
        let length = text_length(settings, base.positions());
        let rows = framed_windows(&ids[from..], base, length);
        Ok((!rows.is_empty()).then_some(rows))
    }

    async fn fetch_passages(&self, url: &str) -> Result<Vec<Passage>, Fault> {
        let file = url.split(['?', '#']).next().unwrap_or(url);
        let bytes = self.host.fetch(url, &mut |_, _| {}).await?;
        Ok(read_passages(file, &bytes)?)
    }
}

impl<H: Host> Answers<asks::LoadGeneralText> for Server<H> {
    async fn answer(
        &mut self,
        ask: asks::LoadGeneralText,
        id: Option<RequestId>,
    ) -> Result<Outcome<()>, EngineError> {
        self.refuse_while_running(Wish::LoadGeneralText)?;
        let (name, url) = (&ask.name, &*ask.url);
        let unusable = |kind, reason: Fault| {
            let (name, reason) = (name.clone(), Box::new(reason));
            EngineError::new(kind, LoadError::TextUnusable { name, reason })
        };
        let file = url.split(['?', '#']).next().unwrap_or(url);
        let bytes = self.host.fetch(url, &mut |_, _| {}).await;
        let bytes = bytes.map_err(|reason| unusable(ErrorKind::Network, reason))?;
        let unreadable = |reason: Fault| unusable(ErrorKind::Data, reason);
        let texts = read_texts(file, &bytes).map_err(|e| unreadable(e.into()))?;
        let passages = match &ask.passages_url {
            Some(url) => self.fetch_passages(url).await.map_err(unreadable)?,
            None => Vec::new(),
        };
        if texts.texts.is_empty() {
            return Err(unreadable(LoadError::TextEmpty.into()));
        }
        self.general_source = Some(GeneralSource {
            name: ask.name,
            texts,
            passages,
        });
        self.read_general(id)?;
        Ok(().into())
    }
}

impl<H: Host> Server<H> {
    async fn fetch_dataset(
        &self,
        name: &str,
        url: &str,
        task: Task,
    ) -> Result<Dataset, EngineError> {
        let file = url.split(['?', '#']).next().unwrap_or(url);
        let bytes = self.host.fetch(url, &mut |_, _| {}).await;
        let bytes = bytes.map_err(|reason| {
            let (name, reason) = (name.to_owned(), Box::new(reason));
            EngineError::new(
                ErrorKind::Network,
                LoadError::DataUnfetched { name, reason },
            )
        })?;
        Dataset::read(task, file, &bytes).map_err(|e| {
            let (name, reason) = (name.to_owned(), Box::new(e.into()));
            EngineError::new(ErrorKind::Data, LoadError::DataUnusable { name, reason })
        })
    }
}

impl<H: Host> Answers<asks::LoadDataset> for Server<H> {
    async fn answer(
        &mut self,
        asks::LoadDataset { name, url, reading }: asks::LoadDataset,
        _id: Option<RequestId>,
    ) -> Result<Outcome<DatasetInfo>, EngineError> {
        self.refuse_while_running(Wish::LoadDataset)?;
        let (task, dataset) = match reading {
            Reading::OfTask(task) => (task, self.fetch_dataset(&name, &url, task).await?),
            Reading::Chosen { file, choice } => {
                let file = NamedUrl { name: file, url };
                self.own_dataset(&file, &choice).await?
            }
        };
        let rows = |split| dataset.rows_of(split).len();
        let info = DatasetInfo {
            name,
            task,
            labels: dataset.labels().to_vec(),
            train_rows: rows(Split::Train),
            validation_rows: rows(Split::Validation),
            test_rows: rows(Split::Test),
            examples: peek(&dataset, EXAMPLES),
        };
        self.dataset = Some(Rc::new(dataset));
        self.beginning = None;
        Ok(info.into())
    }
}

impl<H: Host> Answers<asks::ReadRows> for Server<H> {
    async fn answer(
        &mut self,
        asks::ReadRows { split, places }: asks::ReadRows,
        _id: Option<RequestId>,
    ) -> Result<Outcome<Vec<Example>>, EngineError> {
        let dataset = self.dataset()?;
        let rows = dataset.rows_of(split);
        let chosen = places.into_iter().filter_map(|place| rows.get(place));
        let read: Vec<Example> = chosen.map(|index| row(dataset, *index)).collect();
        Ok(read.into())
    }
}

#[cfg(test)]
mod tests {
    use super::general_tokens;

    #[test]
    fn large_models_score_less_general_text() {
        assert_eq!(general_tokens(1_200_000), 4096);
        assert_eq!(general_tokens(8_000_000), 2048);
        assert_eq!(general_tokens(124_439_808), 512);
    }
}
