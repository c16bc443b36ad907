//! The command line from outside: the built program on a tiny model.

mod adapters;
mod bad_data;
mod bad_settings;
mod baseline;
mod bert;
mod encode;
mod inputs;
mod pretraining;
mod resuming;
mod round_trip;
mod support;
mod tasks;
mod training_loop;
