//! Clock, network and messages of a browser worker.

use std::rc::Rc;

use js_sys::{Array, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DedicatedWorkerGlobalScope, MessageChannel, ReadableStreamDefaultReader, RequestInit, Response,
};

use super::blob::{BlobParts, BlobSource, said};
use super::helper::WorkerHelper;
use super::vault::BrowserVault;
use crate::engine::host::{Host, Stamp, check_received};
use crate::engine::keeping::NoVault;
use crate::faults::{Fault, SurroundingsError};
use crate::io::safetensors::ByteSource;
use crate::protocol::{EngineError, Event, Frame, encode};
use crate::weights_store::{self, KeptFile};

pub struct BrowserHost {
    scope: DedicatedWorkerGlobalScope,
}

impl BrowserHost {
    pub fn new(scope: DedicatedWorkerGlobalScope) -> Rc<Self> {
        Rc::new(Self { scope })
    }

    /// The server's answer, if it is a good one.
    async fn request(&self, url: &str) -> Result<Response, SurroundingsError> {
        let answer = JsFuture::from(self.scope.fetch_with_str(url)).await;
        let answer = answer.map_err(|_| SurroundingsError::NoAnswer)?;
        let response: Response = answer.unchecked_into();
        if response.ok() {
            return Ok(response);
        }
        Err(SurroundingsError::Answered {
            status: response.status(),
            text: response.status_text(),
        })
    }
}

/// Hands the body over piece by piece, as it arrives; how much there was.
async fn receive(
    response: &Response,
    progressed: &mut dyn FnMut(u64, Option<u64>),
    take: &mut dyn FnMut(Uint8Array),
) -> Result<u64, Fault> {
    let total = content_length(response);
    let body = response.body().ok_or(SurroundingsError::EmptyAnswer)?;
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    let mut received = 0;
    loop {
        let piece = JsFuture::from(reader.read())
            .await
            .map_err(|_| SurroundingsError::BrokeOff { received })?;
        let done = Reflect::get(&piece, &"done".into()).is_ok_and(|d| d.is_truthy());
        if done {
            return Ok(received);
        }
        let value = Reflect::get(&piece, &"value".into()).map_err(said)?;
        let bytes = Uint8Array::new(&value);
        received += u64::from(bytes.length());
        take(bytes);
        progressed(received, total);
    }
}

/// The length that the server states. With a content encoding it is that of the packed bytes, which
/// says nothing of those that arrive here.
fn content_length(response: &Response) -> Option<u64> {
    let headers = response.headers();
    let packed = headers.get("content-encoding").ok().flatten();
    if packed.is_some_and(|encoding| encoding != "identity") {
        return None;
    }
    headers.get("content-length").ok().flatten()?.parse().ok()
}

impl Host for Rc<BrowserHost> {
    type Body = BlobSource;
    type Helper = WorkerHelper;
    type Vault = BrowserVault;

    fn now_millis(&self) -> f64 {
        self.scope.performance().map_or(0.0, |p| p.now())
    }

    async fn fetch(
        &self,
        url: &str,
        progressed: &mut dyn FnMut(u64, Option<u64>),
    ) -> Result<Vec<u8>, Fault> {
        let response = self.request(url).await?;
        let mut bytes = Vec::new();
        let mut take = |piece: Uint8Array| bytes.extend(piece.to_vec());
        receive(&response, progressed, &mut take).await?;
        Ok(bytes)
    }

    async fn open(
        &self,
        url: &str,
        progressed: &mut dyn FnMut(u64, Option<u64>),
    ) -> Result<BlobSource, Fault> {
        let response = self.request(url).await?;
        // A file on this machine is there already; its blob is a reference to it.
        if url.starts_with("blob:") {
            let blob = JsFuture::from(response.blob().map_err(said)?).await;
            let blob = blob.map_err(|_| SurroundingsError::FileGone)?;
            return BlobSource::new(blob.unchecked_into());
        }
        let mut parts = BlobParts::default();
        let mut take = |piece: Uint8Array| parts.push(&piece);
        let received = receive(&response, progressed, &mut take).await?;
        check_received(received, content_length(&response))?;
        BlobSource::new(parts.finish()?)
    }

    fn join(&self, header: Vec<u8>, pieces: Vec<(BlobSource, u64)>) -> Result<BlobSource, Fault> {
        BlobSource::joined(&header, &pieces)
    }

    async fn version(&self, url: &str) -> Option<String> {
        let init = RequestInit::new();
        init.set_method("HEAD");
        let answer = JsFuture::from(self.scope.fetch_with_str_and_init(url, &init)).await;
        let response: Response = answer.ok()?.unchecked_into();
        let header = |name| response.headers().get(name).ok().flatten();
        let dated = || {
            Some(format!(
                "{}, {}",
                header("last-modified")?,
                header("content-length")?
            ))
        };
        response.ok().then(|| header("etag").or_else(dated))?
    }

    async fn kept(&self, url: &str) -> Option<(BlobSource, Stamp)> {
        let (file, blob) = weights_store::find(url).await?;
        let stamp = Stamp {
            sha256: file.sha256,
            version: file.version,
        };
        Some((BlobSource::new(blob).ok()?, stamp))
    }

    async fn keep(&self, url: &str, file: &BlobSource, stamp: &Stamp) {
        let kept = KeptFile {
            url: url.to_owned(),
            sha256: stamp.sha256.clone(),
            bytes: file.len(),
            version: stamp.version.clone(),
        };
        // Without room for it, it is fetched again the next time.
        weights_store::keep(&kept, file.blob()).await;
    }

    /// One turn of the event loop. A message to oneself is not held back as a timer is.
    async fn breathe(&self) {
        let turn = Promise::new(&mut |resolve, _| {
            let Ok(channel) = MessageChannel::new() else {
                // Without channels there is no waiting to do either.
                drop(resolve.call0(&JsValue::NULL));
                return;
            };
            channel.port1().set_onmessage(Some(&resolve));
            drop(channel.port2().post_message(&JsValue::NULL));
        });
        drop(JsFuture::from(turn).await);
    }

    fn send(&self, frame: Frame<Event>) -> Result<(), EngineError> {
        let bytes = encode(&frame)?;
        let bytes = Uint8Array::from(&bytes[..]);
        // The buffer is handed over, not copied. A page that is gone misses nothing.
        let _ = self
            .scope
            .post_message_with_transfer(&bytes, &Array::of1(&bytes.buffer()));
        Ok(())
    }

    /// A GPU is not shared out: on it the engine works alone.
    #[cfg(not(feature = "engine-gpu"))]
    fn helpers_wanted(&self, weights_bytes: u64) -> usize {
        let place = super::machine::place(&self.scope);
        crate::engine::helpers::helpers_for(place, weights_bytes)
    }

    fn start_helper(&self) -> Result<WorkerHelper, Fault> {
        Ok(WorkerHelper::start(&self.scope)?)
    }

    async fn vault(&self) -> Result<BrowserVault, NoVault> {
        BrowserVault::open().await
    }

    /// A module's memory only grows, so its size is its peak. What a GPU holds is not in it.
    #[cfg(not(feature = "engine-gpu"))]
    fn peak_memory_bytes(&self) -> Option<u64> {
        const PAGE_BYTES: u64 = 65_536;
        Some(core::arch::wasm32::memory_size(0) as u64 * PAGE_BYTES)
    }
}
