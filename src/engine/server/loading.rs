//! Models, data sets and texts, fetched and read.

use super::*;
use crate::data::reader::read_texts;
use crate::data::stream::stream;
use crate::engine::base::Place;
use crate::engine::examples::peek;
use crate::protocol::{DatasetInfo, GeneralTextInfo, Split};
use crate::settings::Task;

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

/// Rows shown of a data set.
const EXAMPLES: usize = 8;

impl<H: Host> Server<H> {
    pub(super) async fn load_model(
        &mut self,
        id: Option<RequestId>,
        name: &str,
        place: Place,
    ) -> Result<(), EngineError> {
        self.refuse_while_running("load a model")?;
        let mut progressed = self.progress_teller(id);
        let base = Base::fetch(&self.host, name, place, &self.device, &mut progressed).await?;
        drop(progressed);
        let info = base.info.clone();
        self.base = Some(base);
        // Ids of another tokenizer mean nothing now, and adapters stand on the weights they were trained beside.
        self.general = None;
        self.tuned = None;
        self.shelf.clear();
        self.tell(id, Event::ModelLoaded(info));
        Ok(())
    }

    pub(super) async fn load_general(
        &mut self,
        id: Option<RequestId>,
        name: &str,
        url: &str,
    ) -> Result<(), EngineError> {
        self.refuse_while_running("load a text")?;
        let unusable = |kind, reason: String| {
            let message = format!("The text \"{name}\" cannot be used: {reason}.");
            EngineError::new(kind, message)
        };
        let file = url.split(['?', '#']).next().unwrap_or(url);
        let bytes = self.host.fetch(url, &mut |_, _| {}).await;
        let bytes = bytes.map_err(|reason| unusable(ErrorKind::Network, reason))?;
        let unreadable = |reason: String| unusable(ErrorKind::Data, reason);
        let texts = read_texts(file, &bytes).map_err(|e| unreadable(e.to_string()))?;
        let base = self.base()?;
        let mut ids = stream(&texts, &base.tokenizer).map_err(|e| unreadable(e.to_string()))?;
        ids.truncate(general_tokens(base.info.total_parameters()));
        if ids.len() < 2 {
            return Err(unreadable("it has no two tokens".to_owned()));
        }
        let info = GeneralTextInfo {
            name: name.to_owned(),
            tokens: ids.len() - 1,
        };
        self.general = Some(ids.into());
        self.tell(id, Event::GeneralTextLoaded(info));
        Ok(())
    }

    pub(super) async fn load_dataset(
        &mut self,
        id: Option<RequestId>,
        name: &str,
        url: &str,
        task: Task,
    ) -> Result<(), EngineError> {
        self.refuse_while_running("load a data set")?;
        let file = url.split(['?', '#']).next().unwrap_or(url);
        let bytes = self
            .host
            .fetch(url, &mut |_, _| {})
            .await
            .map_err(|reason| {
                let message = format!("The data set \"{name}\" could not be fetched: {reason}.");
                EngineError::new(ErrorKind::Network, message)
            })?;
        let dataset = Dataset::read(task, file, &bytes).map_err(|e| {
            EngineError::new(
                ErrorKind::Data,
                format!("The data set \"{name}\" cannot be used: {e}."),
            )
        })?;
        let rows = |split| dataset.rows_of(split).len();
        let info = DatasetInfo {
            name: name.to_owned(),
            task,
            labels: dataset.labels().to_vec(),
            train_rows: rows(Split::Train),
            validation_rows: rows(Split::Validation),
            test_rows: rows(Split::Test),
            examples: peek(&dataset, EXAMPLES),
        };
        self.dataset = Some(Rc::new(dataset));
        self.tell(id, Event::DatasetLoaded(info));
        Ok(())
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
