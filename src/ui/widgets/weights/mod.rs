//! Tensors: where they are, how far they moved, and what was added to them.

pub mod adapter_shelf;
pub mod frozen_proof;
pub mod matrix_lens;
pub mod parameter_map;
pub mod update_norms;
