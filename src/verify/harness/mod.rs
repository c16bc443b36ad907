//! What all reference cases need: their files, sets and inputs, the comparison with its tolerance, and the report.

pub mod adapter;
pub mod comparison;
pub mod error;
pub mod expected;
pub mod files;
pub mod finding;
pub mod inputs;
pub mod library;
pub mod one_step;
pub mod record;
pub mod set;
pub mod tolerance;
pub mod trajectory;
pub mod uncovered;

use crate::faults::Fault;

/// What a case gives back when it could be run.
pub type CaseResult = Result<(), Fault>;
