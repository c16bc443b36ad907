//! What goes between the engine's worker and its helpers: bytes, numbers, and sometimes a file.

use js_sys::{Array, Float32Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, MessagePort};

/// A message that has come.
pub struct Parcel {
    pub words: Vec<u8>,
    pub numbers: Vec<f32>,
    pub file: Option<Blob>,
}

impl Parcel {
    /// `None` of something that is none.
    pub fn read(data: &JsValue) -> Option<Self> {
        let parts = data.dyn_ref::<Array>()?;
        Some(Self {
            words: parts.get(0).dyn_ref::<Uint8Array>()?.to_vec(),
            numbers: parts.get(1).dyn_ref::<Float32Array>()?.to_vec(),
            file: parts.get(2).dyn_into().ok(),
        })
    }
}

/// Sends a message. The buffers are handed over, not copied again; of a file only a reference goes.
pub fn send(
    port: &MessagePort,
    words: &[u8],
    numbers: &[f32],
    file: Option<&Blob>,
) -> Result<(), JsValue> {
    let (words, numbers) = (Uint8Array::from(words), Float32Array::from(numbers));
    let buffers = Array::of2(&words.buffer(), &numbers.buffer());
    let file = file.map_or(JsValue::UNDEFINED, JsValue::from);
    port.post_message_with_transferable(&Array::of3(&words, &numbers, &file), &buffers)
}
