//! A worker that speaks bytes.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ErrorEvent, Event, MessageEvent, Worker, WorkerOptions, WorkerType};

/// What comes from a worker.
#[derive(Debug)]
pub enum Heard {
    /// A frame.
    Bytes(Vec<u8>),
    /// It is gone: its panic message, or what the browser said.
    Gone(String),
}

/// An open line to a worker; dropping it ends the worker.
pub struct WorkerPort {
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(Event)>,
}

impl WorkerPort {
    pub fn open(url: &str, hear: impl Fn(Heard) + Clone + 'static) -> Result<Self, JsValue> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(url, &options)?;
        let hear_message = hear.clone();
        let on_message = Closure::new(move |event: MessageEvent| {
            if let Some(heard) = read(&event.data()) {
                hear_message(heard);
            }
        });
        let on_error = Closure::new(move |event: Event| {
            event.prevent_default();
            hear(Heard::Gone(reason(&event)));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self {
            worker,
            _on_message: on_message,
            _on_error: on_error,
        })
    }

    /// Sends bytes and gives their buffer away.
    pub fn send(&self, bytes: &[u8]) -> Result<(), JsValue> {
        let array = Uint8Array::from(bytes);
        let buffer = array.buffer();
        self.worker
            .post_message_with_transfer(&array, &Array::of1(&buffer))
    }
}

impl Drop for WorkerPort {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

/// A frame, or the words of the worker's panic hook. Anything else is not meant for us.
fn read(data: &JsValue) -> Option<Heard> {
    if let Some(text) = data.as_string() {
        return text
            .strip_prefix("panic:")
            .map(|message| Heard::Gone(message.trim().to_string()));
    }
    let bytes = data.dyn_ref::<Uint8Array>()?;
    Some(Heard::Bytes(bytes.to_vec()))
}

/// A script that could not be fetched gives an event without a message.
fn reason(event: &Event) -> String {
    event
        .dyn_ref::<ErrorEvent>()
        .map(ErrorEvent::message)
        .map(|message| message.trim_start_matches("Uncaught ").to_string())
        .unwrap_or_default()
}
