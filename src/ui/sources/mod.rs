//! What the engine can be given to load: shipped models and data sets, and models and data of the learner's own.

pub mod datasets;
pub mod hub;
pub mod kept_data;
pub mod own_data;
pub mod own_model;
pub mod shipped_models;
