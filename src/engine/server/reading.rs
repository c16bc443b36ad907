//! How the two models read a text: hidden words found by the encoder, attention of either.

use super::*;
use crate::engine::attend::{by_decoder, by_encoder};
use crate::engine::base::Place;
use crate::engine::fill::{FillError, Filled, encode, fill};
use crate::protocol::{LabelProbability, MaskGuess, Reader};

/// Tokens told for each mask.
const CANDIDATES: usize = 8;

impl<H: Host> Server<H> {
    pub(super) async fn load_encoder(
        &mut self,
        id: Option<RequestId>,
        name: &str,
        place: Place,
    ) -> Result<(), EngineError> {
        self.refuse_while_running("load an encoder")?;
        let mut progressed = self.progress_teller(id);
        // Asked for answers only: no graph is needed.
        let device = self.device.clone().inner();
        let encoder = Encoder::fetch(&self.host, name, place, &device, &mut progressed).await?;
        drop(progressed);
        let info = encoder.info.clone();
        self.encoder = Some(encoder);
        self.tell(id, Event::EncoderLoaded(info));
        Ok(())
    }

    /// Tells how far the files of a model have come.
    pub(super) fn progress_teller(
        &self,
        request_id: Option<RequestId>,
    ) -> impl FnMut(&str, u64, Option<u64>) {
        move |file, received_bytes, total_bytes| {
            let body = Event::DownloadProgressed {
                file: file.to_owned(),
                received_bytes,
                total_bytes,
            };
            self.tell(request_id, body);
        }
    }

    pub(super) async fn fill_mask(
        &self,
        id: Option<RequestId>,
        text: &str,
    ) -> Result<(), EngineError> {
        let encoder = self.encoder()?;
        let longest = encoder.config.max_position_embeddings;
        let ids = encode(&encoder.tokenizer, encoder.marks, longest, text).map_err(explain)?;
        let found = fill(&encoder.model, ids, encoder.marks, CANDIDATES).await;
        let found = found.map_err(explain)?;
        let guess = |mask: Filled| MaskGuess {
            place: mask.place,
            candidates: mask
                .likeliest
                .iter()
                .map(|one| named(encoder, *one))
                .collect(),
        };
        let guesses = found.masks.into_iter().map(guess).collect();
        self.tell(id, Event::MaskFilled(guesses));
        Ok(())
    }

    pub(super) async fn attend(
        &self,
        id: Option<RequestId>,
        text: &str,
        reader: Reader,
        causal: bool,
    ) -> Result<(), EngineError> {
        let report = match reader {
            Reader::Encoder => by_encoder(self.encoder()?, text, causal).await?,
            Reader::Decoder => {
                let base = self.base()?;
                by_decoder(base, &base.model, text, causal).await?
            }
        };
        self.tell(id, Event::Attended(report));
        Ok(())
    }

    fn encoder(&self) -> Result<&Encoder, EngineError> {
        self.encoder.as_ref().ok_or_else(|| {
            let message = "No encoder is loaded yet; wait for it, or load a BERT.";
            EngineError::new(ErrorKind::State, message)
        })
    }
}

fn named(encoder: &Encoder, (id, probability): (i32, f32)) -> LabelProbability {
    LabelProbability {
        label: encoder.tokenizer.decode(&[id], false).unwrap_or_default(),
        probability: probability.into(),
    }
}

fn explain(error: FillError) -> EngineError {
    let (kind, message) = match &error {
        FillError::NoMask | FillError::TooLong { .. } => {
            (ErrorKind::Data, format!("The text {error}."))
        }
        FillError::Tokenizer(_) => (ErrorKind::Data, error.to_string()),
        FillError::NoHead => (
            ErrorKind::Model,
            format!(
                "This encoder fills no masks: {error}. Load one that was pre-trained on masked words."
            ),
        ),
        FillError::Device(reason) => (ErrorKind::Device, reason.clone()),
    };
    EngineError::new(kind, message)
}
