//! How the two models read a text: hidden words found by the encoder, attention of either.

use super::*;
use crate::engine::attend::attend;
use crate::engine::fill::{Filled, encode, fill};
use crate::faults::{BaseError, FillError, TextError};
use crate::protocol::{AttentionReport, EncoderInfo, LabelProbability, MaskGuess, Reader};

/// Tokens told for each mask.
const CANDIDATES: usize = 8;

impl<H: Host> Answers<asks::LoadEncoder> for Server<H> {
    async fn answer(
        &mut self,
        asks::LoadEncoder { name, place }: asks::LoadEncoder,
        id: Option<RequestId>,
    ) -> Result<Outcome<EncoderInfo>, EngineError> {
        self.refuse_while_running(Wish::LoadEncoder)?;
        let mut progressed = self.progress_teller(id);
        // Asked for answers only: no graph is needed.
        let device = self.device.clone().inner();
        let fetched = Base::fetch(&self.host, &name, place, &device, &mut progressed).await;
        drop(progressed);
        let (encoder, info, _) = fetched?;
        if info.family.is_decoder() {
            let reason = Box::new(BaseError::NotAnEncoder.into());
            let unusable = BaseError::Unusable { name, reason };
            return Err(EngineError::new(ErrorKind::Model, unusable));
        }
        self.encoder = Some(encoder);
        let info = EncoderInfo {
            parameters: info.total_parameters(),
            name: info.name,
            layers: info.layers,
            heads: info.heads,
            width: info.width,
            vocabulary: info.vocabulary,
            context: info.context,
            weights_bytes: info.weights_bytes,
            load_millis: info.load_millis,
        };
        Ok(info.into())
    }
}

impl<H: Host> Answers<asks::FillMask> for Server<H> {
    async fn answer(
        &mut self,
        asks::FillMask { text }: asks::FillMask,
        _id: Option<RequestId>,
    ) -> Result<Outcome<Vec<MaskGuess>>, EngineError> {
        let encoder = self.encoder()?;
        let (Some(model), Some(marks)) = (encoder.model.encoder(), encoder.tokenizer.frame())
        else {
            return Err(explain(FillError::NoHead));
        };
        let ids = encode(&encoder.tokenizer, marks, encoder.positions(), &text).map_err(explain)?;
        let found = fill(model, ids, marks, CANDIDATES).await;
        let found = found.map_err(explain)?;
        let guess = |mask: Filled| MaskGuess {
            place: mask.place,
            candidates: mask
                .likeliest
                .iter()
                .map(|one| named(encoder, *one))
                .collect(),
        };
        let guesses: Vec<MaskGuess> = found.masks.into_iter().map(guess).collect();
        Ok(guesses.into())
    }
}

impl<H: Host> Answers<asks::Attend> for Server<H> {
    async fn answer(
        &mut self,
        ask: asks::Attend,
        _id: Option<RequestId>,
    ) -> Result<Outcome<AttentionReport>, EngineError> {
        let base = match ask.model {
            Reader::Encoder => self.encoder()?,
            Reader::Decoder => self.base()?,
        };
        let report = attend(base, &base.model, &ask.text, (ask.model, ask.causal)).await?;
        Ok(report.into())
    }
}

impl<H: Host> Server<H> {
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

    /// The encoder beside the base, or the base where that is one.
    fn encoder(&self) -> Result<&Base, EngineError> {
        let base = self.base.as_deref();
        let base = base.filter(|base| !base.family().is_decoder());
        let encoder = self.encoder.as_ref().or(base);
        encoder.ok_or_else(|| EngineError::new(ErrorKind::State, AskError::NoEncoder))
    }
}

fn named(encoder: &Base, (id, probability): (i32, f32)) -> LabelProbability {
    LabelProbability {
        label: encoder.tokenizer.decode(&[id], false).unwrap_or_default(),
        probability: probability.into(),
    }
}

fn explain(error: FillError) -> EngineError {
    match error {
        FillError::NoMask | FillError::TooLong { .. } => {
            EngineError::new(ErrorKind::Data, TextError::Unfillable(error))
        }
        FillError::Tokenizer(error) => EngineError::new(ErrorKind::Data, error),
        FillError::NoHead => EngineError::new(ErrorKind::Model, TextError::FillsNoMasks(error)),
        FillError::Device(reason) => EngineError::new(ErrorKind::Device, *reason),
    }
}
