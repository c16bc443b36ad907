//! A quiet end where whoever reads the output has had enough of it, as `head` has after some lines.

/// The system's number for a pipe that nobody reads any more.
const CLOSED: &str = if cfg!(windows) {
    "(os error 232)"
} else {
    "(os error 32)"
};

/// `println!` panics when its pipe is closed. For that panic alone the program just ends; there is nobody to tell.
pub fn end_quietly_when_closed() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        match panic.payload_as_str().and_then(exit_code) {
            Some(code) => std::process::exit(code),
            None => usual(panic),
        }
    }));
}

/// For the message of such a panic. Without a reader of standard error a run may have been under way: no success.
fn exit_code(message: &str) -> Option<i32> {
    let stream = message.strip_prefix("failed printing to ")?;
    let is_closed = message.contains(CLOSED);
    is_closed.then(|| i32::from(!stream.starts_with("stdout")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_closed_pipe_ends_quietly() {
        let message = |what: &str| format!("failed printing to {what}");
        let broken = message(&format!("stdout: Broken pipe {CLOSED}"));
        assert_eq!(exit_code(&broken), Some(0));
        let broken = message(&format!("stderr: Broken pipe {CLOSED}"));
        assert_eq!(exit_code(&broken), Some(1));
        assert_eq!(
            exit_code(&message("stdout: No space left (os error 28)")),
            None
        );
        assert_eq!(exit_code(&format!("something else {CLOSED}")), None);
    }
}
