//! What stands in the way of a case, which is worse than a case whose numbers are off.

use crate::faults::{Fault, FileError};

/// Something wrong with a file of the cases.
pub fn in_file(path: &str, reason: impl Into<Fault>) -> Fault {
    FileError::within(path, reason).into()
}

/// The same, in words for whoever mends the file.
pub fn wrong(path: &str, reason: impl ToString) -> Fault {
    in_file(path, Fault::internal(reason))
}
