//! The engine behind the protocol: asks in, answers and events out, a run and longer work going on between them.

mod backlog;
mod bring;
mod data;
mod insights;
mod keeping;
mod own_data;
mod reading;
mod runs;
mod shelf;
mod take_home;
mod tools;
mod tuned;
mod workspace;

use std::rc::Rc;

use burn::prelude::Device;
use futures_channel::mpsc::UnboundedReceiver;
use futures_util::StreamExt;

use super::base::Base;
use super::general::{General, GeneralSource};
use super::helpers::Crew;
use super::host::Host;
use super::run::{Beginning, Progress, Run, Watcher};
use crate::data::dataset::Dataset;
use crate::faults::{AskError, Fault, Wish};
use crate::model::any::Model;
use crate::protocol::{
    Answers, BUILD_ID, Command, DeviceInfo, EngineError, ErrorKind, Event, Frame, Outcome,
    PROTOCOL_VERSION, Reply, RequestId, RunId, WeightsChoice, asks,
};
use backlog::Backlog;
use shelf::{Kept, Tuned};

/// Commands on their way in.
pub type Inbox = UnboundedReceiver<Frame<Command>>;

/// One engine: a device, what is loaded on it, and at most one run.
pub struct Server<H: Host> {
    host: H,
    device: Device,
    info: DeviceInfo,
    base: Option<Rc<Base>>,
    /// The file that the base was made of, for helpers to make theirs of.
    weights: Option<H::Body>,
    crew: Crew<H::Helper>,
    /// The BERT beside the base, for what only an encoder answers where the base is none; it is never trained.
    encoder: Option<Base>,
    dataset: Option<Rc<Dataset>>,
    /// What runs measure forgetting on, as it was loaded, and as the base reads it.
    general_source: Option<GeneralSource>,
    general: Option<Rc<General>>,
    /// What the last run found out before its first step, on this base, these data and this text.
    beginning: Option<Beginning>,
    run: Option<Run>,
    /// The ask that the run answers.
    run_request: Option<RequestId>,
    /// Where runs are kept.
    keeping: keeping::Place<H::Vault>,
    /// How the run that is going is kept; none where it is not.
    kept: Option<keeping::Kept>,
    /// What the last finished run left, or a blend of what several left.
    tuned: Option<Tuned>,
    /// Adapters of finished runs, the newest last.
    shelf: Vec<Kept>,
    next_run: u32,
    /// Asks that are worked on between messages.
    backlog: Backlog,
}

/// What the server turns to next.
#[allow(clippy::large_enum_variant)] // it lives until it is answered
enum Turn {
    Asked(Frame<Command>),
    WorkEnded(Option<RequestId>, Result<Reply, EngineError>),
    Run,
    /// Nobody will ask any more, and nothing is left to do.
    Over,
}

impl<H: Host> Server<H> {
    pub fn new(host: H, device: Device, info: DeviceInfo) -> Self {
        Self {
            host,
            device: device.autodiff(),
            info,
            base: None,
            weights: None,
            crew: Crew::none(),
            encoder: None,
            dataset: None,
            general_source: None,
            general: None,
            beginning: None,
            run: None,
            run_request: None,
            keeping: keeping::Place::Unknown,
            kept: None,
            tuned: None,
            shelf: Vec::new(),
            next_run: 1,
            backlog: Backlog::default(),
        }
    }

    /// Says hello, then serves until the inbox is closed.
    pub async fn serve(mut self, mut inbox: Inbox) {
        let ready = Event::Ready {
            protocol_version: PROTOCOL_VERSION,
            build_id: BUILD_ID.to_owned(),
            device: self.info.clone(),
        };
        self.tell(None, ready);
        loop {
            match self.next_turn(&mut inbox).await {
                Turn::Asked(frame) => self.answer_frame(frame).await,
                Turn::WorkEnded(id, result) => self.tell_answer(id, result),
                Turn::Run => self.advance_run().await,
                Turn::Over => return,
            }
        }
    }

    /// Messages come first, then longer asks, then the run.
    async fn next_turn(&mut self, inbox: &mut Inbox) -> Turn {
        if self.backlog.has_work() {
            return self.backlog.work(inbox).await;
        }
        let going = self.run.as_ref().is_some_and(|run| !run.paused);
        if !going {
            return inbox.next().await.map_or(Turn::Over, Turn::Asked);
        }
        self.host.breathe().await;
        inbox.try_recv().map_or(Turn::Run, Turn::Asked)
    }

    async fn answer_frame(&mut self, frame: Frame<Command>) {
        let id = frame.request_id;
        match frame.body.answered_by(self, id).await {
            Ok(Outcome::Answer(reply)) => self.tell_answer(id, Ok(reply)),
            Ok(Outcome::Work(work)) => self.backlog.add(id, work),
            Err(error) => self.tell_answer(id, Err(error)),
        }
    }

    fn tell_answer(&self, id: Option<RequestId>, result: Result<Reply, EngineError>) {
        self.tell(id, result.map_or_else(Event::Failed, Event::Answered));
    }

    fn base(&self) -> Result<&Rc<Base>, EngineError> {
        let base = self.base.as_ref();
        base.ok_or_else(|| EngineError::new(ErrorKind::State, AskError::NoModel))
    }

    fn dataset(&self) -> Result<&Rc<Dataset>, EngineError> {
        let dataset = self.dataset.as_ref();
        dataset.ok_or_else(|| EngineError::new(ErrorKind::State, AskError::NoData))
    }

    /// The weights that answer; the base model's where nothing is tuned.
    fn weights(&self, base: &Base, choice: WeightsChoice) -> Result<Model, EngineError> {
        match (choice, &self.tuned) {
            (WeightsChoice::Tuned, Some(tuned)) => Ok(tuned.model.clone()),
            (WeightsChoice::Random, _) => base.untrained(),
            _ => Ok(base.model.clone()),
        }
    }

    fn tuned(&self) -> Result<&Tuned, EngineError> {
        let tuned = self.tuned.as_ref();
        tuned.ok_or_else(|| EngineError::new(ErrorKind::State, AskError::NothingTuned))
    }

    fn refuse_while_running(&self, wish: Wish) -> Result<(), EngineError> {
        match self.run {
            None => Ok(()),
            Some(_) => Err(EngineError::new(
                ErrorKind::State,
                AskError::RunGoesOn { wish },
            )),
        }
    }

    /// What cannot be sent fails the ask that it is about.
    fn tell(&self, request_id: Option<RequestId>, body: Event) {
        if let Err(error) = self.host.send(Frame { request_id, body }) {
            let body = Event::Failed(error);
            // An error is small: where even that cannot be sent, nothing can.
            let _ = self.host.send(Frame { request_id, body });
        }
    }
}
