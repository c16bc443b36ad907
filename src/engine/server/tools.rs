//! Continued texts, verification and benchmarks: work that goes on between messages, and is paused and cancelled there.

use super::*;
use crate::engine::base::decoder;
use crate::engine::bench::{Bench, measure};
use crate::engine::run::device_error;
use crate::faults::{DecoderWish, ToolError};
use crate::model::gpt2::Gpt2;
use crate::model::sampling::Continuation;
use crate::protocol::{BenchReport, Generated, Verified};
use crate::verify::{Finding, MapFiles, Selection, verify};

impl<H: Host> Answers<asks::Generate> for Server<H> {
    async fn answer(
        &mut self,
        ask: asks::Generate,
        id: Option<RequestId>,
    ) -> Result<Outcome<Generated>, EngineError> {
        let base = Rc::clone(self.base()?);
        let model = self.weights(&base, ask.weights)?;
        let model = decoder(&model, DecoderWish::ContinueText)?.clone();
        let host = self.host.clone();
        Ok(Outcome::Work(Box::pin(generate(
            host, base, model, ask, id,
        ))))
    }
}

/// A token a unit.
async fn generate<H: Host>(
    host: H,
    base: Rc<Base>,
    model: Gpt2,
    ask: asks::Generate,
    request_id: Option<RequestId>,
) -> Result<Generated, EngineError> {
    let started = host.now_millis();
    let ids = base.prompt_ids(&ask.prompt)?;
    let prompt_length = ids.len();
    let decode = |ids: &[i32]| base.tokenizer.decode(ids, true).unwrap_or_default();
    let mut text = Continuation::new(model, &ids, &ask.sampling);
    let mut shown = decode(&ids);
    for _ in 0..ask.max_new_tokens {
        let token = text.next().await.map_err(device_error)?;
        if base.ends(token) {
            break;
        }
        // A character may take several tokens: only what is whole is shown.
        let now = decode(&text.ids);
        let fresh = now.strip_prefix(&shown);
        if let Some(fresh) = fresh.filter(|fresh| !fresh.ends_with('\u{FFFD}')) {
            let text = fresh.to_owned();
            let body = Event::TokenGenerated { text };
            host.send(Frame { request_id, body })?;
            shown = now;
        }
        host.breathe().await;
    }
    Ok(Generated {
        prompt: ask.prompt,
        text: decode(&text.ids),
        tokens: text.ids.len() - prompt_length,
        millis: host.now_millis() - started,
    })
}

impl<H: Host> Answers<asks::Verify> for Server<H> {
    /// Runs the reference cases here. A software adapter gets the quick selection: all of it would take an hour there.
    async fn answer(
        &mut self,
        asks::Verify { base_url }: asks::Verify,
        request_id: Option<RequestId>,
    ) -> Result<Outcome<Verified>, EngineError> {
        let selection = if self.info.is_software {
            Selection::Quick
        } else {
            Selection::All
        };
        let (host, device) = (self.host.clone(), self.device.clone().inner());
        let work = async move {
            let started = host.now_millis();
            let files = reference_files(&host, &base_url).await?;
            let breathe = || Box::pin(host.breathe()) as _;
            let mut told = Ok(());
            let mut tell = |finding| {
                if let Some(body) = finding_told(finding) {
                    told = told.clone().and(host.send(Frame { request_id, body }));
                }
            };
            let summary = verify(&files, &device, selection, &mut tell, &breathe).await;
            told?;
            Ok(Verified {
                passed: summary.quantities - summary.not_ok,
                failed: summary.not_ok + summary.could_not_run,
                millis: host.now_millis() - started,
            })
        };
        Ok(Outcome::Work(Box::pin(work)))
    }
}

/// What the page hears of a finding; nothing of what is not checked.
fn finding_told(finding: Finding) -> Option<Event> {
    match finding {
        Finding::Quantity(quantity) => Some(Event::CaseVerified(quantity)),
        Finding::CouldNotRun { case, reason } => Some(Event::CaseNotRun { case, reason }),
        Finding::NotCovered { .. } => None,
    }
}

/// The files that `index.json` names, a list of paths.
async fn reference_files<H: Host>(host: &H, base_url: &str) -> Result<MapFiles, EngineError> {
    let folder_url = base_url.trim_end_matches('/');
    let fetch = async |path: &str| {
        let url = format!("{folder_url}/{path}");
        let fetched = host.fetch(&url, &mut |_, _| {}).await;
        fetched.map_err(|reason| {
            let (path, reason) = (path.to_owned(), Box::new(reason));
            EngineError::new(
                ErrorKind::Network,
                ToolError::ReferenceUnfetched { path, reason },
            )
        })
    };
    let index = fetch("index.json").await?;
    let paths: Vec<String> = serde_json::from_slice(&index).map_err(|e| {
        let reason = e.to_string();
        EngineError::new(ErrorKind::Data, ToolError::ReferenceListDamaged { reason })
    })?;
    let mut files = MapFiles::default();
    for path in paths {
        let bytes = fetch(&path).await?;
        files.0.insert(path, bytes);
    }
    Ok(files)
}

impl<H: Host> Answers<asks::Bench> for Server<H> {
    /// Times steps of a workload, a step a unit.
    async fn answer(
        &mut self,
        asks::Bench { workload, steps }: asks::Bench,
        _id: Option<RequestId>,
    ) -> Result<Outcome<BenchReport>, EngineError> {
        let failed = |reason: Fault| {
            let reason = Box::new(reason);
            EngineError::new(ErrorKind::Device, ToolError::BenchEnded { reason })
        };
        let (host, device) = (self.host.clone(), self.device.clone());
        let kind = self.info.kind.name();
        let work = async move {
            // Its own helpers: a run's may be in the midst of something, and go when this is given up.
            let mut crew = Crew::none();
            crew.enlist(host.helpers_wanted(0), || host.start_helper());
            crew.prepare_bench(workload);
            let place = (kind, crew.workers());
            let clock = || host.now_millis();
            let breathe = async || host.breathe().await;
            let bench = Bench::new(workload, &device).map_err(|e| failed(e.into()))?;
            breathe().await;
            let report = measure(bench, &mut crew, workload, place, steps, (clock, breathe)).await;
            let json = serde_json::to_string(&report.map_err(failed)?);
            let json = json.map_err(|e| failed(Fault::foreign(e)))?;
            Ok(BenchReport { json })
        };
        Ok(Outcome::Work(Box::pin(work)))
    }
}

impl<H: Host> Answers<asks::PauseWork> for Server<H> {
    async fn answer(
        &mut self,
        asks::PauseWork { request_id }: asks::PauseWork,
        _id: Option<RequestId>,
    ) -> Result<Outcome<RequestId>, EngineError> {
        self.backlog.pause(request_id, true);
        Ok(request_id.into())
    }
}

impl<H: Host> Answers<asks::ResumeWork> for Server<H> {
    async fn answer(
        &mut self,
        asks::ResumeWork { request_id }: asks::ResumeWork,
        _id: Option<RequestId>,
    ) -> Result<Outcome<RequestId>, EngineError> {
        self.backlog.pause(request_id, false);
        Ok(request_id.into())
    }
}

impl<H: Host> Answers<asks::CancelWork> for Server<H> {
    async fn answer(
        &mut self,
        asks::CancelWork { request_id }: asks::CancelWork,
        _id: Option<RequestId>,
    ) -> Result<Outcome<()>, EngineError> {
        if self.backlog.cancel(request_id) {
            self.tell(Some(request_id), Event::Cancelled);
        }
        Ok(().into())
    }
}

impl<H: Host> Answers<asks::Ping> for Server<H> {
    async fn answer(
        &mut self,
        _ask: asks::Ping,
        _id: Option<RequestId>,
    ) -> Result<Outcome<()>, EngineError> {
        Ok(().into())
    }
}
