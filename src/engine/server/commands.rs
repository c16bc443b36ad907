//! What the server does with each command.

use super::*;
use crate::data::labelled::EncodedText;
use crate::data::labelled::LabelledDataset;
use crate::engine::base::Place;
use crate::engine::inspect;
use crate::engine::one_example::train_on_example;
use crate::engine::probe::probe;
use crate::engine::prompting::score_prompts;
use crate::engine::run::{Setup, planned};
use crate::model::any::Model;
use crate::protocol::{ExampleStep, RunOptions, WeightsChoice};
use crate::settings::{Strategy, Task, TrainingSettings};

impl<H: Host> Server<H> {
    pub(super) async fn obey(
        &mut self,
        id: Option<RequestId>,
        command: Command,
    ) -> Result<(), EngineError> {
        match command {
            Command::LoadModel {
                name,
                base_url,
                sha256,
            } => {
                let place = Place::Folder {
                    url: base_url,
                    sha256,
                };
                self.load_model(id, &name, place).await
            }
            Command::LoadModelFiles { name, files } => {
                self.load_model(id, &name, Place::Files(files)).await
            }
            Command::LoadDataset { name, url, task } => {
                self.load_dataset(id, &name, &url, task).await
            }
            Command::LoadGeneralText {
                name,
                url,
                passages_url,
            } => {
                self.load_general(id, &name, &url, passages_url.as_deref())
                    .await
            }
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
                self.run(run_id)?.resume();
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
            Command::LoadEncoder {
                name,
                base_url,
                sha256,
            } => {
                let place = Place::Folder {
                    url: base_url,
                    sha256,
                };
                self.load_encoder(id, &name, place).await
            }
            Command::FillMask { text } => self.fill_mask(id, &text).await,
            Command::Attend {
                text,
                model,
                causal,
            } => self.attend(id, &text, model, causal).await,
            Command::Verify { base_url } => self.verify(id, &base_url).await,
            Command::Bench { workload, steps } => self.bench(id, workload, steps).await,
            Command::Tag { text } => self.tag(id, &text).await,
            Command::AskQuestion { question, context } => {
                self.ask_question(id, &question, &context).await
            }
            Command::BlendAdapters { parts, merged } => self.blend(id, parts, merged),
            Command::Ping => {
                self.tell(id, Event::Ponged);
                Ok(())
            }
        }
    }

    fn plan_run(&self, id: Option<RequestId>, strategy: Strategy) -> Result<(), EngineError> {
        let settings = TrainingSettings {
            strategy,
            ..TrainingSettings::default()
        };
        if let Some(problem) = settings.problem() {
            return Err(EngineError::new(ErrorKind::Settings, problem));
        }
        let shape = match &self.dataset {
            Some(dataset) => (dataset.task(), dataset.labels().len()),
            None => (Task::SequenceClassification, 2),
        };
        let base = self.base()?;
        let settings = TrainingSettings {
            strategy: base.family().in_own_words(settings.strategy),
            ..settings
        };
        self.tell(id, Event::RunPlanned(planned(base, shape, &settings)?));
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
        let setup = Setup {
            rehearsal_texts: self.rehearsal_texts(base, &settings)?,
            base,
            rows: Rc::clone(self.dataset()?),
            settings,
            options,
            general: self.general.clone(),
            keeps_head: false,
            only_trains: false,
        };
        let run_id = RunId(self.next_run);
        let page = Page {
            host: &self.host,
            request_id: id,
        };
        let (run, plan) = setup.run(run_id, &page)?;
        self.next_run += 1;
        let total_steps = run.settings().total_steps;
        self.run = Some(run);
        self.run_request = id;
        let body = Event::RunStarted {
            run_id,
            plan,
            total_steps,
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
        let example = EncodedText {
            ids: base.text_ids(text, base.positions())?,
            label,
            hard: String::new(),
        };
        train_on_example(base, labels, example, steps, learning_rate).await
    }

    /// The weights that answer; the base model's where nothing is tuned.
    pub(super) fn weights(&self, base: &Base, choice: WeightsChoice) -> Result<Model, EngineError> {
        match (choice, &self.tuned) {
            (WeightsChoice::Tuned, Some(tuned)) => Ok(tuned.model.clone()),
            (WeightsChoice::Random, _) => base.untrained(),
            _ => Ok(base.model.clone()),
        }
    }

    fn tuned_model(&self) -> Result<&Model, EngineError> {
        Ok(&self.tuned()?.model)
    }

    pub(super) fn tuned(&self) -> Result<&Tuned, EngineError> {
        self.tuned.as_ref().ok_or_else(|| {
            EngineError::new(
                ErrorKind::State,
                "Nothing is fine-tuned yet; make a run first.",
            )
        })
    }

    fn dataset(&self) -> Result<&Rc<Dataset>, EngineError> {
        self.dataset.as_ref().ok_or_else(|| {
            EngineError::new(
                ErrorKind::State,
                "No data set is loaded yet; wait for it, or load one.",
            )
        })
    }

    /// The data set, if its texts have one label each.
    fn labelled(&self) -> Result<&LabelledDataset, EngineError> {
        match self.dataset()?.as_ref() {
            Dataset::Labelled(dataset) => Ok(dataset),
            other => Err(EngineError::new(
                ErrorKind::State,
                format!(
                    "This needs texts with one label each; the data set loaded is for {}.",
                    other.task().name()
                ),
            )),
        }
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
