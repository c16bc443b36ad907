//! What the engine can be given to load: shipped models, data sets, and models of the learner's own.

pub mod datasets;
pub mod own_model;
pub mod shipped_models;
