//! The workbench: settings, series of runs, the table of what they came to, and what runs are compared by.
//!
//! Test ids: `series`, its fields `repeat`, `seeds`, `sweep-key-0`, `sweep-values-0` and the same with 1, `series-told`,
//! `series-start`; `waiting`, `waiting-stop`; `run-table`; `test-seal`, `test-openings`; `overlay-training`,
//! `overlay-validation`, `gain-damage`; `luck`, `luck-a`, `luck-b`, `luck-split`, `luck-verdict`, `luck-show`, `luck-rows`;
//! `sureness`, `threshold`.

mod changed_rows;
mod comparison;
pub mod curves;
pub mod luck;
pub mod rows;
pub mod scatter;
pub mod seal;
pub mod series_form;
pub mod sureness;
pub mod table;
pub mod threshold;
pub mod waiting;
