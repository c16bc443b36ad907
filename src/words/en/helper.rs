use crate::faults::HelperError;

pub fn helper(error: &HelperError) -> String {
    match error {
        HelperError::NoneHere => "there are no helpers here".to_owned(),
        HelperError::NotStarted { reason } => {
            format!("it could not be started: {}", given(reason))
        }
        HelperError::Unfetched => "its program could not be fetched".to_owned(),
        HelperError::Stopped { reason } => format!("it stopped: {reason}"),
        HelperError::Unreachable { reason } => format!("it cannot be reached: {}", given(reason)),
        HelperError::LineClosed => "its line is closed".to_owned(),
        HelperError::Silent => "it gave no answer in time".to_owned(),
        HelperError::Unencodable { reason } => {
            format!("a message could not be encoded: {reason}")
        }
        HelperError::Undecodable { bytes, reason } => {
            format!("a message of {bytes} bytes could not be read: {reason}")
        }
    }
}

fn given(reason: &Option<String>) -> &str {
    reason.as_deref().unwrap_or("no reason is given")
}
