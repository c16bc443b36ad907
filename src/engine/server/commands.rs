//! What the server does with each command.

use super::*;
use crate::data::labelled::EncodedText;
use crate::data::reader::{read_labelled, read_texts};
use crate::data::stream::stream;
use crate::engine::base::Place;
use crate::engine::evaluate::answer_batch;
use crate::engine::inspect;
use crate::engine::one_example::train_on_example;
use crate::engine::probe::probe;
use crate::engine::prompting::score_prompts;
use crate::engine::run::{device_error, prepared};
use crate::engine::sample::Continuation;
use crate::protocol::{
    DatasetInfo, Example, ExampleStep, GeneralTextInfo, LabelProbability, RunOptions, Split,
    WeightsChoice,
};
use crate::settings::{Sampling, Strategy, TrainingSettings};
use crate::train::plan;

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
    pub(super) async fn obey(
        &mut self,
        id: Option<RequestId>,
        command: Command,
    ) -> Result<(), EngineError> {
        match command {
            Command::LoadModel { name, base_url } => {
                self.load_model(id, &name, Place::Folder(base_url)).await
            }
            Command::LoadModelFiles { name, files } => {
                self.load_model(id, &name, Place::Files(files)).await
            }
            Command::LoadDataset { name, url } => self.load_dataset(id, &name, &url).await,
            Command::LoadGeneralText { name, url } => self.load_general(id, &name, &url).await,
            Command::PlanRun { strategy } => self.plan_run(id, strategy),
            Command::Generate {
                prompt,
                max_new_tokens,
                sampling,
                weights,
            } => {
                self.generate(id, &prompt, max_new_tokens, &sampling, weights)
                    .await
            }
            Command::Classify { text } => self.classify(id, &text).await,
            Command::StartRun { settings, options } => self.start_run(id, settings, options),
            Command::Pause { run_id } => {
                self.run(run_id)?;
                self.pause_run(id).await;
                Ok(())
            }
            Command::Resume { run_id } => {
                self.run(run_id)?.paused = false;
                self.tell(id, Event::RunResumed { run_id });
                Ok(())
            }
            Command::Step { run_id } => {
                self.run(run_id)?.step_once();
                Ok(())
            }
            Command::Cancel { run_id } => {
                let step = self.run(run_id)?.step();
                self.run = None;
                self.tell(id, Event::RunCancelled { run_id, step });
                Ok(())
            }
            Command::Probe { text, weights } => {
                let base = self.base()?;
                let found = probe(base, &self.weights(base, weights)?, &text).await?;
                self.tell(id, Event::Probed(found));
                Ok(())
            }
            Command::InspectUpdates => {
                let found = inspect::updates(&self.base()?.model, self.tuned_model()?).await?;
                self.tell(id, Event::UpdatesInspected(found));
                Ok(())
            }
            Command::InspectMatrix { name } => {
                let base = &self.base()?.model;
                let found = inspect::matrix(base, self.tuned_model()?, &name).await?;
                self.tell(id, Event::MatrixInspected(found));
                Ok(())
            }
            Command::TrainOnExample {
                text,
                label,
                steps,
                learning_rate,
            } => {
                let rows = self
                    .train_on_example(&text, label, steps, learning_rate)
                    .await?;
                self.tell(id, Event::ExampleTrained(rows));
                Ok(())
            }
            Command::ScorePrompts {
                shots,
                most_examples,
                seed,
                weights,
            } => {
                self.refuse_while_running("ask the model")?;
                let base = self.base()?;
                let model = self.weights(base, weights)?;
                let sizes = (shots, most_examples);
                let found = score_prompts(base, &model, self.labelled()?, sizes, seed).await?;
                self.tell(id, Event::PromptsScored(found));
                Ok(())
            }
            Command::LoadEncoder { name, base_url } => {
                self.load_encoder(id, &name, Place::Folder(base_url)).await
            }
            Command::FillMask { text } => self.fill_mask(id, &text).await,
            Command::Attend {
                text,
                model,
                causal,
            } => self.attend(id, &text, model, causal).await,
            Command::Verify { base_url } => self.verify(id, &base_url).await,
            Command::Bench { workload, steps } => self.bench(id, workload, steps).await,
        }
    }

    async fn load_model(
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
        // Ids of another tokenizer mean nothing now.
        self.general = None;
        self.tuned = None;
        self.tell(id, Event::ModelLoaded(info));
        Ok(())
    }

    async fn load_general(
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

    async fn load_dataset(
        &mut self,
        id: Option<RequestId>,
        name: &str,
        url: &str,
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
        let dataset = read_labelled(file, &bytes).map_err(|e| {
            EngineError::new(
                ErrorKind::Data,
                format!("The data set \"{name}\" cannot be used: {e}."),
            )
        })?;
        let rows = |split| dataset.split(split).count();
        let info = DatasetInfo {
            name: name.to_owned(),
            labels: dataset.labels.clone(),
            train_rows: rows(Split::Train),
            validation_rows: rows(Split::Validation),
            test_rows: rows(Split::Test),
            examples: dataset
                .split(Split::Train)
                .take(EXAMPLES)
                .map(|row| Example {
                    text: row.text.clone(),
                    label: dataset.labels[row.label].clone(),
                })
                .collect(),
        };
        self.dataset = Some((name.to_owned(), dataset));
        self.tell(id, Event::DatasetLoaded(info));
        Ok(())
    }

    fn plan_run(&self, id: Option<RequestId>, strategy: Strategy) -> Result<(), EngineError> {
        let settings = TrainingSettings {
            strategy,
            ..TrainingSettings::default()
        };
        if let Some(problem) = settings.problem() {
            return Err(EngineError::new(ErrorKind::Settings, problem));
        }
        let labels = self.dataset.as_ref().map_or(2, |(_, d)| d.labels.len());
        let model = prepared(self.base()?, labels, &settings)?;
        self.tell(
            id,
            Event::RunPlanned(plan::describe(&model, &settings.strategy)),
        );
        Ok(())
    }

    fn start_run(
        &mut self,
        id: Option<RequestId>,
        settings: TrainingSettings,
        options: RunOptions,
    ) -> Result<(), EngineError> {
        self.refuse_while_running("start another")?;
        let base = self.base()?;
        let dataset = self.labelled()?;
        let run_id = RunId(self.next_run);
        let now = self.host.now_millis();
        let (mut run, run_plan) = Run::new(run_id, id, base, dataset, settings, options, now)?;
        run.general = self.general.clone();
        self.next_run += 1;
        self.run = Some(run);
        self.tell(
            id,
            Event::RunStarted {
                run_id,
                plan: run_plan,
            },
        );
        Ok(())
    }

    async fn generate(
        &self,
        id: Option<RequestId>,
        prompt: &str,
        max_new_tokens: usize,
        sampling: &Sampling,
        weights: WeightsChoice,
    ) -> Result<(), EngineError> {
        let started = self.host.now_millis();
        let base = self.base()?;
        let ids = base.prompt_ids(prompt)?;
        let prompt_length = ids.len();
        let model = &self.weights(base, weights)?;
        let decode = |ids: &[i32]| base.tokenizer.decode(ids, true).unwrap_or_default();
        let mut text = Continuation::new(model, &base.config, &ids, sampling);
        let mut shown = decode(&ids);
        for _ in 0..max_new_tokens {
            let token = text.next().await.map_err(device_error)?;
            if Some(token) == base.tokenizer.end_of_text() {
                break;
            }
            // A character may take several tokens: only what is whole is shown.
            let now = decode(&text.ids);
            if let Some(fresh) = now
                .strip_prefix(&shown)
                .filter(|f| !f.ends_with('\u{FFFD}'))
            {
                self.tell(
                    id,
                    Event::TokenGenerated {
                        text: fresh.to_owned(),
                    },
                );
                shown = now;
            }
            self.host.breathe().await;
        }
        let body = Event::GenerationFinished {
            prompt: prompt.to_owned(),
            text: decode(&text.ids),
            tokens: text.ids.len() - prompt_length,
            millis: self.host.now_millis() - started,
        };
        self.tell(id, body);
        Ok(())
    }

    async fn classify(&self, id: Option<RequestId>, text: &str) -> Result<(), EngineError> {
        let base = self.base()?;
        let (model, labels) = self.tuned.as_ref().ok_or_else(nothing_tuned)?;
        let mut ids = base.prompt_ids(text)?;
        let virtual_tokens = model.transformer.virtual_tokens();
        ids.truncate(base.config.n_positions.saturating_sub(virtual_tokens));
        let text = EncodedText {
            ids,
            label: 0,
            hard: String::new(),
        };
        let answers = answer_batch(model, &[text], &[0], base.pad())
            .await
            .map_err(device_error)?;
        let answer = answers
            .first()
            .ok_or_else(|| device_error("no answer".into()))?;
        let body = Event::TextClassified {
            label: labels[answer.label()].clone(),
            probabilities: labels
                .iter()
                .zip(&answer.probabilities)
                .map(|(label, p)| LabelProbability {
                    label: label.clone(),
                    probability: *p,
                })
                .collect(),
        };
        self.tell(id, body);
        Ok(())
    }

    async fn train_on_example(
        &self,
        text: &str,
        label: usize,
        steps: usize,
        learning_rate: f64,
    ) -> Result<Vec<ExampleStep>, EngineError> {
        self.refuse_while_running("train on one example")?;
        let base = self.base()?;
        let labels = self.labelled()?.labels.len();
        if label >= labels {
            let message = format!("The data set has {labels} labels; there is no label {label}.");
            return Err(EngineError::new(ErrorKind::Data, message));
        }
        let mut ids = base.prompt_ids(text)?;
        ids.truncate(base.config.n_positions);
        let example = EncodedText {
            ids,
            label,
            hard: String::new(),
        };
        train_on_example(base, labels, example, steps, learning_rate).await
    }

    /// The weights that answer; the base model's where nothing is tuned.
    fn weights(&self, base: &Base, choice: WeightsChoice) -> Result<Gpt2, EngineError> {
        match (choice, &self.tuned) {
            (WeightsChoice::Tuned, Some((model, _))) => Ok(model.clone()),
            (WeightsChoice::Random, _) => base.untrained(),
            _ => Ok(base.model.clone()),
        }
    }

    fn tuned_model(&self) -> Result<&Gpt2, EngineError> {
        let tuned = self.tuned.as_ref().map(|(model, _)| model);
        tuned.ok_or_else(nothing_tuned)
    }

    fn labelled(&self) -> Result<&LabelledDataset, EngineError> {
        let dataset = self.dataset.as_ref().map(|(_, dataset)| dataset);
        dataset.ok_or_else(|| {
            EngineError::new(
                ErrorKind::State,
                "No data set is loaded yet; wait for it, or load one.",
            )
        })
    }

    pub(super) fn refuse_while_running(&self, wish: &str) -> Result<(), EngineError> {
        match self.run {
            None => Ok(()),
            Some(_) => Err(EngineError::new(
                ErrorKind::State,
                format!("A run is going on; cancel it or let it end to {wish}."),
            )),
        }
    }
}

fn nothing_tuned() -> EngineError {
    EngineError::new(
        ErrorKind::State,
        "Nothing is fine-tuned yet; make a run first.",
    )
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
