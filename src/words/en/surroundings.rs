use super::fault;
use crate::faults::{Distrust, SurroundingsError};

pub fn surroundings(error: &SurroundingsError) -> String {
    match error {
        SurroundingsError::NoAnswer => {
            "no answer from the server; check the connection and try again".to_owned()
        }
        SurroundingsError::Answered { status, text } => {
            format!("the server answered {status} {text}")
        }
        SurroundingsError::EmptyAnswer => "the answer is empty".to_owned(),
        SurroundingsError::BrokeOff { received } => {
            format!("the download broke off after {received} bytes; try again")
        }
        SurroundingsError::CutShort {
            received,
            announced,
        } => format!("the download was cut short, {received} of {announced} bytes came; try again"),
        SurroundingsError::FileGone => "the file can no longer be read; choose it again".to_owned(),
        SurroundingsError::PieceGone { start, end } => {
            format!("bytes {start} to {end} of the file can no longer be read; load it again")
        }
        SurroundingsError::NoWebGpu { reason } => format!(
            "WebGPU cannot be had here: {reason}. Update the browser, or open this page with ?device=cpu."
        ),
        SurroundingsError::EngineStopped { reason } => format!("the engine stopped. {reason}")
            .trim_end()
            .to_owned(),
        SurroundingsError::Untrusted { gpu, reason } => format!(
            "The GPU ({gpu}) cannot be trusted: {}. Update its driver or the browser, or open this page with ?device=cpu.",
            distrust(reason)
        ),
    }
}

pub fn distrust(error: &Distrust) -> String {
    match error {
        Distrust::Wrong {
            step,
            found,
            expected,
        } => format!(
            "it computes wrong: step {step} of a training run whose losses are known has a loss of {found} instead of {expected}"
        ),
        Distrust::Broken(reason) => format!(
            "a training run whose losses are known broke off: {}",
            fault(reason)
        ),
    }
}
