//! The line to the engine: brings a worker up, sends asks, feeds what it hears to the state.

mod asking;
pub mod device_choice;
mod loading;
pub mod watchdog;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::browser::worker::{Heard, WorkerPort};
use super::browser::{clock, download, extras, gpu, simd};
use super::state::{Cause, Engine, Loading, State};
use crate::protocol::{self, AskKind, BUILD_ID, DeviceKind, Event, Frame, Reply, asks};
use crate::ui::pages::routes::Route;
use crate::ui::sources::datasets::DataSource;
use crate::ui::sources::own_model::{ModelSource, OwnModel};
use crate::ui::sources::shipped_models::{Extra, is_missing};
use crate::ui::text;
use device_choice::{DeviceWish, choose};
use watchdog::{Verdict, Watch};

/// A worker that has not said a word by then will not.
const PATIENCE_MILLIS: u64 = 90_000;

/// How often the page sees whether the worker is still there.
const LOOK_EVERY_MILLIS: u64 = 1_000;

/// What the address asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Wishes {
    pub device: DeviceWish,
    /// A folder under `models/`; none takes what suits the device.
    pub model: Option<String>,
    /// How many workers compute, the engine's own among them; none leaves it to the machine.
    pub workers: Option<usize>,
    /// The GPU is asked for no more than WebGPU promises everywhere.
    pub least_limits: bool,
    /// The CPU engine without relaxed SIMD, also where the browser has it.
    pub plain_simd: bool,
    /// No run makes more steps.
    pub most_steps: Option<usize>,
    pub dataset: DataSource,
}

#[derive(Clone, Copy)]
pub struct EngineClient {
    state: RwSignal<State>,
    route: RwSignal<Route>,
    wishes: StoredValue<Wishes>,
    /// Models that not every site has.
    extras: RwSignal<Vec<Extra>>,
    /// Loaded instead of the shipped model, once the learner has chosen one.
    own_model: StoredValue<Option<OwnModel>>,
    port: StoredValue<Option<WorkerPort>, LocalStorage>,
    /// Counts workers, so that news of an old one is told apart.
    attempt: StoredValue<u32>,
    watch: StoredValue<Watch>,
    /// Loaded instead of the wished data set, for as long as runs that wait are to be made with it.
    lent_dataset: StoredValue<Option<DataSource>>,
    /// The same of the model.
    lent_model: StoredValue<Option<ModelSource>>,
    /// What the open lesson is about, unless the learner has chosen a model.
    lesson_model: StoredValue<Option<&'static str>>,
}

impl EngineClient {
    pub fn new(state: RwSignal<State>, route: RwSignal<Route>, wishes: Wishes) -> Self {
        Self {
            state,
            route,
            wishes: StoredValue::new(wishes),
            extras: RwSignal::default(),
            own_model: StoredValue::new(None),
            port: StoredValue::new_local(None),
            attempt: StoredValue::new(0),
            watch: StoredValue::new(Watch::default()),
            lent_dataset: StoredValue::new(None),
            lent_model: StoredValue::new(None),
            lesson_model: StoredValue::new(None),
        }
    }

    /// Picks a device and starts its engine.
    pub fn boot(self) {
        set_interval(
            move || self.look_after_worker(),
            std::time::Duration::from_millis(LOOK_EVERY_MILLIS),
        );
        self.choose_device();
    }

    fn choose_device(self) {
        let wish = self.wishes.with_value(|wishes| wishes.device);
        spawn_local(async move {
            let has_gpu_engine = download::program_bytes(GPU_ENGINE).await.is_some();
            let (device, cause) = choose(wish, gpu::find().await, has_gpu_engine);
            self.extras.set(extras::find().await);
            self.give_up_a_missing_model();
            if let Some(cause) = cause {
                self.state.update(|state| state.notices.add(cause));
            }
            self.start(device);
        });
    }

    /// The models that this site has and not every one.
    pub fn extras(self) -> RwSignal<Vec<Extra>> {
        self.extras
    }

    /// The address names a model that this site was built without.
    fn give_up_a_missing_model(self) {
        let wished = self.wishes.with_value(|wishes| wishes.model.clone());
        let is_missing = |name: &String| self.extras.with_untracked(|all| is_missing(name, all));
        let Some(name) = wished.filter(is_missing) else {
            return;
        };
        self.wishes.update_value(|wishes| wishes.model = None);
        let problem = text::address::model_missing(&name);
        self.state
            .update(|state| state.notices.add(Cause::Address(vec![problem])));
    }

    /// A fresh worker on the same device.
    pub fn restart(self) {
        let device = self.state.with_untracked(|state| state.chosen_device);
        match device {
            Some(device) => self.start(device),
            None => self.choose_device(),
        }
    }

    /// A worker that has closed itself says nothing; after a while without an answer another takes its place.
    fn look_after_worker(self) {
        if self.port.with_value(Option::is_none) {
            return;
        }
        let (waiting, parameters, is_pinged) = self.state.with_untracked(|state| {
            let model = state.model.as_ref();
            let parameters = model.map_or(0, |model| model.total_parameters());
            (state.awaited(), parameters, state.is_asked(AskKind::Ping))
        });
        let now = clock::now_millis();
        let mut verdict = Verdict::Fine;
        self.watch
            .update_value(|watch| verdict = watch.look(now, waiting, parameters));
        match verdict {
            Verdict::Lost => self.replace_worker(),
            Verdict::Ping if !is_pinged => self.ask(asks::Ping {}),
            Verdict::Ping | Verdict::Fine => {}
        }
    }

    /// Gives a silent worker up and starts another.
    fn replace_worker(self) {
        let seconds = self.watch.with_value(Watch::silent_seconds);
        self.port.set_value(None);
        self.state.update(|state| state.give_up(seconds));
        self.restart();
    }

    fn start(self, device: DeviceKind) {
        self.port.set_value(None);
        self.attempt.update_value(|attempt| *attempt += 1);
        let attempt = self.attempt.get_value();
        self.state.update(|state| state.restart(device));
        spawn_local(async move {
            let engine = self.engine_for(device).await;
            self.fetch_program(engine, attempt).await;
            if self.attempt.get_value() == attempt {
                self.open(engine, attempt);
            }
        });
    }

    /// The word in the files' names of the engine that this browser runs fastest.
    async fn engine_for(self, device: DeviceKind) -> &'static str {
        let wants_plain = self.wishes.with_value(|wishes| wishes.plain_simd);
        match device {
            DeviceKind::WebGpu => GPU_ENGINE,
            DeviceKind::Cpu if wants_plain || !simd::has_relaxed() => PLAIN_ENGINE,
            DeviceKind::Cpu => match download::program_bytes(RELAXED_ENGINE).await {
                Some(_) => RELAXED_ENGINE,
                None => PLAIN_ENGINE,
            },
        }
    }

    async fn fetch_program(self, engine: &str, attempt: u32) {
        let total_bytes = download::program_bytes(engine).await;
        let url = format!("engine/worker_{engine}_bg.wasm?v={BUILD_ID}");
        let show = |progress| {
            if self.attempt.get_value() == attempt {
                self.set_loading(Loading::Program, Some(progress));
            }
        };
        // If this fails, so will the worker, and it is the worker's failure that is reported.
        let _ = download::count_bytes(&url, total_bytes, show).await;
    }

    fn open(self, engine: &str, attempt: u32) {
        self.set_loading(Loading::Start, None);
        let mut url = format!("engine/start_{engine}.js?v={BUILD_ID}");
        if let Some(workers) = self.wishes.with_value(|wishes| wishes.workers) {
            url.push_str(&format!("&workers={workers}"));
        }
        if self.wishes.with_value(|wishes| wishes.least_limits) {
            url.push_str("&limits=default");
        }
        let hear = move |heard| {
            if self.attempt.get_value() == attempt {
                self.hear(heard);
            }
        };
        match WorkerPort::open(&url, hear) {
            Ok(port) => self.port.set_value(Some(port)),
            Err(error) => self.lose(&format!("{error:?}")),
        }
        let give_up = move || {
            if self.attempt.get_value() == attempt && self.is_starting() {
                self.lose(text::status::NEVER_ANSWERED);
            }
        };
        set_timeout(give_up, std::time::Duration::from_millis(PATIENCE_MILLIS));
    }

    fn set_loading(self, what: Loading, progress: Option<super::state::Progress>) {
        self.state
            .update(|state| state.engine = Engine::Loading { what, progress });
    }

    /// The worker has been fetched or is starting, and has not answered yet.
    fn is_starting(self) -> bool {
        self.state.with_untracked(|state| {
            state.device.is_none() && matches!(state.engine, Engine::Loading { .. })
        })
    }

    fn hear(self, heard: Heard) {
        self.watch.update_value(Watch::heard);
        match heard {
            Heard::Gone(reason) => self.lose(&reason),
            Heard::Bytes(bytes) => match protocol::decode::<Event>(&bytes) {
                Ok(frame) => self.take(frame),
                Err(error) => self.lose(&error.to_string()),
            },
        }
    }

    fn take(self, frame: Frame<Event>) {
        if let Event::Failed(error) = &frame.body
            && frame.request_id.is_none()
            && self.is_starting()
        {
            return self.lose(&error.to_string());
        }
        let asks_more = matches!(
            frame.body,
            Event::Ready { .. }
                | Event::Answered(Reply::LoadModel(_))
                | Event::RunFinished { .. }
                | Event::RunCancelled { .. }
                | Event::RunFailed { .. }
        );
        let has_started = matches!(
            frame.body,
            Event::Answered(Reply::StartRun(_) | Reply::ResumeKeptRun(_))
        );
        let asks_for_kept = self.changes_what_is_kept(&frame);
        let gone_wrong = device_fault(&frame.body);
        self.state.update(|state| state.apply(frame));
        if let Some(reason) = gone_wrong.filter(|_| self.has_chosen_gpu()) {
            return self.lose(&reason);
        }
        if has_started {
            self.cancel_late();
        }
        if asks_for_kept {
            self.ask(asks::FindKeptRun {});
        }
        if asks_more {
            self.load_what_is_needed();
        }
    }

    /// Whether there may be another run to go on with than before, or none any more.
    fn changes_what_is_kept(self, frame: &Frame<Event>) -> bool {
        let kind = |id| self.state.with_untracked(|state| state.answers.kind_of(id));
        match &frame.body {
            Event::Ready { .. }
            | Event::RunFinished { .. }
            | Event::RunCancelled { .. }
            | Event::RunFailed { .. }
            // With another model what was known is forgotten.
            | Event::Answered(Reply::LoadModel(_) | Reply::DiscardKeptRun(_)) => true,
            Event::Failed(_) => {
                let kind = frame.request_id.and_then(kind);
                matches!(kind, Some(AskKind::StartRun | AskKind::ResumeKeptRun))
            }
            _ => false,
        }
    }

    /// A run that was cancelled before the engine had given it an id.
    fn cancel_late(self) {
        let cancelled = self.state.with_untracked(|state| {
            let run = state.run.as_ref().filter(|run| run.is_cancelling())?;
            run.id
        });
        if let Some(run_id) = cancelled {
            self.ask(asks::Cancel { run_id });
        }
    }

    /// The worker is gone. Where the page chose the GPU by itself, the CPU takes over.
    fn lose(self, reason: &str) {
        let was_starting = self.is_starting();
        self.port.set_value(None);
        if !self.has_chosen_gpu() {
            return self.state.update(|state| state.crash(reason));
        }
        self.state.update(|state| match was_starting {
            true => state.notices.add(Cause::GpuFailed {
                reason: reason.to_string(),
            }),
            false => state.lose_gpu(reason),
        });
        self.start(DeviceKind::Cpu);
    }

    fn has_chosen_gpu(self) -> bool {
        let wish = self.wishes.with_value(|wishes| wishes.device);
        let device = self.state.with_untracked(|state| state.chosen_device);
        wish == DeviceWish::Auto && device == Some(DeviceKind::WebGpu)
    }
}

/// A run that ended because the device computes wrong or does not answer.
fn device_fault(event: &Event) -> Option<String> {
    match event {
        Event::RunFailed { error, .. } if error.kind == protocol::ErrorKind::Device => {
            Some(error.to_string())
        }
        _ => None,
    }
}

const GPU_ENGINE: &str = "gpu";
const PLAIN_ENGINE: &str = "cpu";
/// For the CPU too, with relaxed SIMD, which not every browser has, nor every site.
const RELAXED_ENGINE: &str = "cpu_relaxed";
