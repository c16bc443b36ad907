//! This worker as a helper of another: the other side of `helper`.

use futures_channel::mpsc::unbounded;
use futures_util::StreamExt;
use js_sys::Reflect;
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent, MessagePort};

use super::blob::BlobSource;
use super::helper::PORT;
use super::parcel::{self, Parcel};
use crate::engine::helpers::{Answer, Hand, Letter, from_bytes, to_bytes};
use crate::faults::Fault;
use crate::protocol::EngineError;

/// Does what the engine's worker asks through the port.
pub fn start(scope: &DedicatedWorkerGlobalScope) -> Result<(), JsValue> {
    let port: MessagePort = Reflect::get(scope, &PORT.into())?.dyn_into()?;
    let (inbox, mut asks) = unbounded::<Parcel>();
    let listener = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some(parcel) = Parcel::read(&event.data()) {
            let _ = inbox.unbounded_send(parcel);
        }
    });
    port.set_onmessage(Some(listener.as_ref().unchecked_ref()));
    listener.forget();
    wasm_bindgen_futures::spawn_local(async move {
        let mut hand = match super::device::open().await {
            Ok((device, _)) => Ok(Hand::new(device)),
            Err(EngineError { fault, .. }) => Err(fault),
        };
        while let Some(parcel) = asks.next().await {
            let answered = match &mut hand {
                Ok(hand) => answer(hand, parcel).await,
                Err(fault) => Letter::of(Answer::Refused(fault.clone())),
            };
            // An engine that is gone needs no answer.
            if let Ok(words) = to_bytes(&answered.words) {
                let _ = parcel::send(&port, &words, &answered.numbers, None);
            }
        }
    });
    Ok(())
}

async fn answer(hand: &mut Hand, parcel: Parcel) -> Letter<Answer> {
    let refused = |reason: Fault| Letter::of(Answer::Refused(reason));
    let words = match from_bytes(&parcel.words) {
        Ok(words) => words,
        Err(error) => return refused(error.into()),
    };
    let weights = match parcel.file.map(BlobSource::new).transpose() {
        Ok(weights) => weights,
        Err(reason) => return refused(reason),
    };
    let numbers = parcel.numbers;
    hand.obey(Letter { words, numbers }, weights).await
}
