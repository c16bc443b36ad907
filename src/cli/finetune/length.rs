//! How long inputs are.

use crate::cli::base::Base;
use crate::cli::error::CliError;
use crate::train::plan::PlanError;

/// The length asked for, or `usual` as far as the positions go that `virtual_tokens` leave.
pub fn max_length(
    base: &Base,
    asked: Option<usize>,
    usual: usize,
    virtual_tokens: usize,
) -> Result<usize, CliError> {
    let room = base.room(virtual_tokens);
    if room == 0 {
        return Err(CliError::new(PlanError::NoRoom {
            virtual_tokens,
            positions: base.config.n_positions,
        }));
    }
    let length = asked.unwrap_or(usual.min(room));
    base.check_length(length, virtual_tokens)?;
    if length == 0 {
        Err(CliError::new("--max-length is 0, but must be at least 1"))
    } else {
        Ok(length)
    }
}
