//! Frames to bytes and back.

use serde::{Serialize, de::DeserializeOwned};

use super::{EngineError, ErrorKind, Frame};
use crate::faults::AskError;

/// A frame as postcard bytes.
pub fn encode<T: Serialize>(frame: &Frame<T>) -> Result<Vec<u8>, EngineError> {
    postcard::to_allocvec(frame).map_err(|e| {
        let reason = e.to_string();
        EngineError::new(ErrorKind::Protocol, AskError::Unencodable { reason })
    })
}

/// The frame in `bytes`.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<Frame<T>, EngineError> {
    postcard::from_bytes(bytes).map_err(|e| {
        let (bytes, reason) = (bytes.len(), e.to_string());
        EngineError::new(ErrorKind::Protocol, AskError::Undecodable { bytes, reason })
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Command, Event, RequestId, RunId, asks};
    use super::*;

    #[test]
    fn a_command_survives_the_trip() {
        let frame = Frame {
            request_id: Some(RequestId(9)),
            body: Command::from(asks::Pause { run_id: RunId(3) }),
        };
        assert_eq!(decode::<Command>(&encode(&frame).unwrap()).unwrap(), frame);
    }

    #[test]
    fn half_a_message_is_an_error_with_its_length() {
        let frame = Frame {
            request_id: None,
            body: Event::RunPaused {
                run_id: RunId(3),
                step: 1234,
            },
        };
        let bytes = encode(&frame).unwrap();
        let error = decode::<Event>(&bytes[..bytes.len() - 1]).unwrap_err();
        let words = format!("{} bytes", bytes.len() - 1);
        assert!(error.to_string().contains(&words));
    }
}
