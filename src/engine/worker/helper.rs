//! Helpers as workers of the engine's worker: the engine's side. The other is `helping`.

use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures_util::StreamExt;
use futures_util::future::{Either, select};
use js_sys::{Array, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DedicatedWorkerGlobalScope, ErrorEvent, Event, MessageChannel, MessageEvent, MessagePort,
    Worker, WorkerOptions, WorkerType,
};

use super::blob::BlobSource;
use super::parcel::{self, Parcel};
use crate::engine::helpers::{Answer, Ask, Helper, Letter, from_bytes, to_bytes};
use crate::faults::{Fault, HelperError};

/// The name by which a worker knows that it is a helper. The script that starts workers goes by it too.
pub const NAME: &str = "helper";

/// Where that script leaves the helper's port.
pub(super) const PORT: &str = "port";

/// What comes from a helper.
enum Heard {
    Answer(Letter<Answer>),
    /// It is gone, for this reason.
    Gone(Fault),
}

/// A worker that helps; dropping it ends it.
pub struct WorkerHelper {
    scope: DedicatedWorkerGlobalScope,
    worker: Worker,
    port: MessagePort,
    heard: UnboundedReceiver<Heard>,
    _listeners: [Closure<dyn Fn(MessageEvent)>; 2],
    _on_error: Closure<dyn Fn(Event)>,
}

impl WorkerHelper {
    /// Starts one from the script that this worker was started from, on the module that is compiled already.
    pub fn start(scope: &DedicatedWorkerGlobalScope) -> Result<Self, HelperError> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name(NAME);
        let script = address(scope, "href").unwrap_or_default();
        let worker = Worker::new_with_options(&script, &options).map_err(failed)?;
        let channel = MessageChannel::new().map_err(failed)?;
        let (port, theirs) = (channel.port1(), channel.port2());
        let (hear, heard) = unbounded();

        let on_answer = listener(hear.clone(), |data| Parcel::read(data).map(answer_of));
        port.set_onmessage(Some(on_answer.as_ref().unchecked_ref()));
        // The helper's panic hook speaks to its worker, not through the port.
        let on_panic = listener(hear.clone(), |data| {
            data.as_string()
                .map(|words| Heard::Gone(Fault::foreign(words)))
        });
        worker.set_onmessage(Some(on_panic.as_ref().unchecked_ref()));
        let on_error = Closure::<dyn Fn(Event)>::new(move |event: Event| {
            event.prevent_default();
            // Whoever is gone has nothing more to hear.
            let _ = hear.unbounded_send(Heard::Gone(why_gone(&event).into()));
        });
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));

        greet(&worker, &theirs).map_err(failed)?;
        Ok(Self {
            scope: scope.clone(),
            worker,
            port,
            heard,
            _listeners: [on_answer, on_panic],
            _on_error: on_error,
        })
    }
}

/// Hands a new worker the compiled module and its end of the line.
fn greet(worker: &Worker, port: &MessagePort) -> Result<(), JsValue> {
    let hello = Object::new();
    Reflect::set(&hello, &"module".into(), &wasm_bindgen::module())?;
    Reflect::set(&hello, &PORT.into(), port)?;
    worker.post_message_with_transfer(&hello, &Array::of1(port))
}

fn failed(error: JsValue) -> HelperError {
    let reason = message_of(&error);
    HelperError::NotStarted { reason }
}

/// A script that cannot be fetched is told of by a plain event, without a message.
fn why_gone(event: &Event) -> HelperError {
    match event.dyn_ref::<ErrorEvent>() {
        Some(error) => HelperError::Stopped {
            reason: error.message(),
        },
        None => HelperError::Unfetched,
    }
}

/// What an error says, without the places in the code that it was thrown at.
fn message_of(error: &JsValue) -> Option<String> {
    let error = error.dyn_ref::<js_sys::Error>()?;
    Some(error.message().into())
}

fn listener(
    hear: UnboundedSender<Heard>,
    read: fn(&JsValue) -> Option<Heard>,
) -> Closure<dyn Fn(MessageEvent)> {
    Closure::new(move |event: MessageEvent| {
        if let Some(heard) = read(&event.data()) {
            let _ = hear.unbounded_send(heard);
        }
    })
}

fn answer_of(parcel: Parcel) -> Heard {
    match from_bytes(&parcel.words) {
        Ok(words) => Heard::Answer(Letter {
            words,
            numbers: parcel.numbers,
        }),
        Err(error) => Heard::Gone(error.into()),
    }
}

impl Helper for WorkerHelper {
    type Body = BlobSource;

    fn ask(
        &mut self,
        ask: &Ask,
        numbers: &[f32],
        weights: Option<&BlobSource>,
    ) -> Result<(), Fault> {
        let file = weights.map(BlobSource::blob);
        let sent = parcel::send(&self.port, &to_bytes(ask)?, numbers, file);
        sent.map_err(|error| {
            let reason = message_of(&error);
            HelperError::Unreachable { reason }.into()
        })
    }

    /// A worker that the browser ends says nothing, so that waiting has an end.
    async fn answer(&mut self, patience_millis: f64) -> Result<Letter<Answer>, Fault> {
        let mut timer = 0;
        let waited = Promise::new(&mut |resolve, _| {
            let millis = patience_millis as i32;
            let set = self
                .scope
                .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis);
            timer = set.unwrap_or_default();
        });
        let heard = select(self.heard.next(), JsFuture::from(waited)).await;
        self.scope.clear_timeout_with_handle(timer);
        match heard {
            Either::Left((Some(Heard::Answer(letter)), _)) => Ok(letter),
            Either::Left((Some(Heard::Gone(reason)), _)) => Err(reason),
            Either::Left((None, _)) => Err(HelperError::LineClosed.into()),
            Either::Right(_) => Err(HelperError::Silent.into()),
        }
    }
}

impl Drop for WorkerHelper {
    fn drop(&mut self) {
        self.port.close();
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

/// What this worker's own address wishes: the value of `?NAME=`.
pub(super) fn wish(scope: &DedicatedWorkerGlobalScope, name: &str) -> Option<String> {
    let search = address(scope, "search")?;
    let mut fields = search.trim_start_matches('?').split('&');
    fields.find_map(|field| {
        let value = field.strip_prefix(name)?.strip_prefix('=')?;
        Some(value.to_owned())
    })
}

/// A part of this worker's own address.
fn address(scope: &DedicatedWorkerGlobalScope, part: &str) -> Option<String> {
    let location = Reflect::get(scope, &"location".into()).ok()?;
    Reflect::get(&location, &part.into()).ok()?.as_string()
}
