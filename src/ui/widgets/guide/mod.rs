//! Words explained, and help to decide.

pub mod advice;
pub mod decision_guide;
pub mod glossary;
