//! The engine inside a dedicated Web Worker.

mod blob;
mod browser;
#[cfg(not(feature = "engine-gpu"))]
#[path = "worker/cpu.rs"]
mod device;
#[cfg(feature = "engine-gpu")]
#[path = "worker/gpu.rs"]
mod device;
#[cfg(feature = "engine-gpu")]
mod faults;
mod helper;
mod helping;
#[cfg(feature = "engine-gpu")]
mod limits;
#[cfg(not(feature = "engine-gpu"))]
mod machine;
mod parcel;
mod vault;

use std::rc::Rc;

use futures_channel::mpsc::unbounded;
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use super::server::Server;
use crate::protocol::{Command, EngineError, Event, Frame, decode};
use browser::BrowserHost;

unsafe extern "C" {
    fn __wasm_call_ctors();
}

/// Starts the worker: hello to the page once the device is there, then serving. A worker with a helper's name helps
/// another one instead.
pub fn start() {
    // cubecl registers its operations through static constructors. Unless something that an export
    // reaches calls this, the linker runs every constructor again at each call into the module: 25
    // times slower (see docs/performance.md).
    // SAFETY: called once, first, on the only thread.
    unsafe { __wasm_call_ctors() };
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    report_panics(scope.clone());
    #[cfg(feature = "engine-gpu")]
    faults::report(scope.clone());
    if scope.name() == helper::NAME {
        if let Err(error) = helping::start(&scope) {
            wasm_bindgen::throw_val(error);
        }
        return;
    }

    let host = BrowserHost::new(scope.clone());
    let (inbox, outbox) = unbounded::<Frame<Command>>();
    let refusals = host.clone();
    let listener = Closure::<dyn Fn(MessageEvent)>::new(move |message: MessageEvent| {
        let bytes = Uint8Array::new(&message.data()).to_vec();
        match decode::<Command>(&bytes) {
            // The server outlives every message, so the channel is open.
            Ok(frame) => drop(inbox.unbounded_send(frame)),
            Err(error) => refuse(&refusals, error),
        }
    });
    scope.set_onmessage(Some(listener.as_ref().unchecked_ref()));
    listener.forget();

    wasm_bindgen_futures::spawn_local(async move {
        match device::open().await {
            Ok((device, info)) => Server::new(host, device, info).serve(outbox).await,
            Err(error) => refuse(&host, error),
        }
    });
}

fn refuse(host: &Rc<BrowserHost>, error: EngineError) {
    // An error is small, and can always be encoded.
    let _ = super::host::Host::send(
        host,
        Frame {
            request_id: None,
            body: Event::Failed(error),
        },
    );
}

/// A panic reaches the console as ever, and the page as a string it can tell from a frame.
fn report_panics(scope: DedicatedWorkerGlobalScope) {
    let scope = Panicky(scope);
    std::panic::set_hook(Box::new(move |info| {
        console_error_panic_hook::hook(info);
        let words = JsValue::from_str(&format!("panic: {info}"));
        // Nothing is left to do where even this fails.
        let _ = scope.get().post_message(&words);
    }));
}

/// The scope, where what holds it must be able to cross threads.
struct Panicky(DedicatedWorkerGlobalScope);
// SAFETY: the worker has one thread; the hook only asks for these bounds in general.
unsafe impl Send for Panicky {}
unsafe impl Sync for Panicky {}
impl Panicky {
    fn get(&self) -> &DedicatedWorkerGlobalScope {
        &self.0
    }
}
