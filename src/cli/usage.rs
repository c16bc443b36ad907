//! A wrong command line, answered in one line as every other error is.

const USAGE_ERROR: u8 = 2;

/// Prints help where it was asked for, else what is wrong; the exit code.
pub fn explain(error: &clap::Error) -> u8 {
    if !error.use_stderr() {
        print!("{error}");
        return 0;
    }
    let text = error.to_string();
    if error.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        eprint!("{text}");
    } else {
        eprintln!("warmup: {} (see --help)", one_line(&text));
    }
    USAGE_ERROR
}

/// What clap says, without its usage and hints to look further.
fn one_line(text: &str) -> String {
    let lines = text
        .lines()
        .map(str::trim)
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"))
        .filter(|line| !line.is_empty());
    let joined = lines.collect::<Vec<_>>().join(" ");
    joined.strip_prefix("error: ").unwrap_or(&joined).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_lines_become_one() {
        let text = "error: invalid value 'W9' for '--workload <WORKLOAD>'\n  [possible values: W1, W2]\n\n\
                    For more information, try '--help'.\n";
        assert_eq!(
            one_line(text),
            "invalid value 'W9' for '--workload <WORKLOAD>' [possible values: W1, W2]"
        );
    }
}
