//! How long inputs are.

use crate::cli::base::Base;
use crate::cli::error::CliError;

/// The length asked for, or `usual` as far as the model's positions go.
pub fn max_length(base: &Base, asked: Option<usize>, usual: usize) -> Result<usize, CliError> {
    let length = asked.unwrap_or(usual.min(base.config.n_positions));
    base.check_length(length)?;
    if length == 0 {
        Err(CliError::new("--max-length is 0, but must be at least 1"))
    } else {
        Ok(length)
    }
}
