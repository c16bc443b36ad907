//! Words explained, and help to decide.

pub mod decision_guide;
pub mod glossary;
