//! The engine behind the protocol: commands in, events out, a run going on between them.

mod checks;
mod commands;
mod loading;
mod reading;
mod shelf;
mod trying;

use std::rc::Rc;

use burn::prelude::Device;
use futures_channel::mpsc::UnboundedReceiver;
use futures_util::StreamExt;

use super::base::Base;
use super::general::{General, GeneralSource};
use super::host::Host;
use super::run::{Progress, Run, Watcher};
use crate::data::dataset::Dataset;
use crate::protocol::{
    BUILD_ID, Command, DeviceInfo, EngineError, ErrorKind, Event, Frame, PROTOCOL_VERSION,
    RequestId, RunId,
};
use shelf::{Kept, Tuned};

/// The page as a run sees it.
struct Page<'a, H> {
    host: &'a H,
    request_id: Option<RequestId>,
}

impl<H: Host> Watcher for Page<'_, H> {
    fn now_millis(&self) -> f64 {
        self.host.now_millis()
    }

    fn tell(&self, body: Event) {
        let request_id = self.request_id;
        self.host.send(Frame { request_id, body });
    }

    fn peak_memory_bytes(&self) -> Option<u64> {
        self.host.peak_memory_bytes()
    }
}

/// Commands on their way in.
pub type Inbox = UnboundedReceiver<Frame<Command>>;

/// One engine: a device, what is loaded on it, and at most one run.
pub struct Server<H> {
    host: H,
    device: Device,
    info: DeviceInfo,
    base: Option<Base>,
    /// The BERT beside the base, for what only an encoder answers where the base is none; it is never trained.
    encoder: Option<Base>,
    dataset: Option<Rc<Dataset>>,
    /// What runs measure forgetting on, as it was loaded, and as the base reads it.
    general_source: Option<GeneralSource>,
    general: Option<Rc<General>>,
    run: Option<Run>,
    /// The ask that the run answers.
    run_request: Option<RequestId>,
    /// What the last finished run left, or a blend of what several left.
    tuned: Option<Tuned>,
    /// Adapters of finished runs, the newest last.
    shelf: Vec<Kept>,
    next_run: u32,
}

impl<H: Host> Server<H> {
    pub fn new(host: H, device: Device, info: DeviceInfo) -> Self {
        Self {
            host,
            device: device.autodiff(),
            info,
            base: None,
            encoder: None,
            dataset: None,
            general_source: None,
            general: None,
            run: None,
            run_request: None,
            tuned: None,
            shelf: Vec::new(),
            next_run: 1,
        }
    }

    /// Says hello, then serves until the inbox is closed.
    pub async fn serve(mut self, mut inbox: Inbox) {
        self.host.send(Frame {
            request_id: None,
            body: Event::Ready {
                protocol_version: PROTOCOL_VERSION,
                build_id: BUILD_ID.to_owned(),
                device: self.info.clone(),
            },
        });
        loop {
            let going = self.run.as_ref().is_some_and(|run| !run.paused);
            let frame = if going {
                self.host.breathe().await;
                inbox.try_recv().ok()
            } else {
                match inbox.next().await {
                    Some(frame) => Some(frame),
                    None => return,
                }
            };
            match frame {
                Some(frame) => self.answer(frame).await,
                None => self.advance_run().await,
            }
        }
    }

    async fn answer(&mut self, frame: Frame<Command>) {
        let id = frame.request_id;
        if let Err(error) = self.obey(id, frame.body).await {
            self.host.send(Frame {
                request_id: id,
                body: Event::Failed(error),
            });
        }
    }

    /// One unit of the run's work.
    async fn advance_run(&mut self) {
        let (Some(run), Some(base)) = (&mut self.run, &self.base) else {
            return;
        };
        let page = Page {
            host: &self.host,
            request_id: self.run_request,
        };
        match run.advance(base, &page).await {
            Ok(Progress::Going) => {}
            Ok(Progress::Over) => {
                if let Some(run) = self.run.take() {
                    self.keep(&run);
                }
            }
            Err(error) => self.fail_run(error),
        }
    }

    /// Pauses once everything about the steps made so far has been told.
    async fn pause_run(&mut self, request_id: Option<RequestId>) {
        let Some(run) = &mut self.run else { return };
        run.pause();
        let page = Page {
            host: &self.host,
            request_id: self.run_request,
        };
        if let Err(error) = run.settle(&page).await {
            self.fail_run(error);
            return;
        }
        let (run_id, step) = (run.id, run.step());
        self.tell(request_id, Event::RunPaused { run_id, step });
    }

    fn fail_run(&mut self, error: EngineError) {
        if let Some(run) = self.run.take() {
            let (run_id, step) = (run.id, run.step());
            let diverged = error.kind == ErrorKind::Diverged;
            let last_good = run.last_good().filter(|_| diverged);
            let kept_step = last_good.as_ref().map(|(steps_made, _)| *steps_made);
            if let Some((_, model)) = last_good {
                self.tuned = Some(Tuned::of(&run, model));
            }
            let body = Event::RunFailed {
                run_id,
                step,
                error,
                kept_step,
            };
            self.tell(self.run_request, body);
        }
    }

    fn base(&self) -> Result<&Base, EngineError> {
        self.base.as_ref().ok_or_else(|| {
            EngineError::new(
                ErrorKind::State,
                "No model is loaded yet; wait for it, or load one.",
            )
        })
    }

    /// The run that a command names, if it is the one at hand.
    fn run(&mut self, id: RunId) -> Result<&mut Run, EngineError> {
        self.run.as_mut().filter(|run| run.id == id).ok_or_else(|| {
            EngineError::new(
                ErrorKind::State,
                format!("Run {} is over; start a new one.", id.0),
            )
        })
    }

    fn tell(&self, request_id: Option<RequestId>, body: Event) {
        self.host.send(Frame { request_id, body });
    }
}
