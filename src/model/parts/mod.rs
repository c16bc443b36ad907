//! What the models have in common: what goes in, what a pass carries along, and the layers that both use.

mod cache;
mod embedding;
mod layer_norm;
mod mask;
mod noise;
mod pass;
mod rows;
mod tokens;

pub use cache::KvCache;
pub use embedding::Embedding;
pub(crate) use embedding::int_tensor;
pub use layer_norm::LayerNorm;
pub use mask::attention_bias;
pub use noise::Noise;
pub use pass::{Pass, Record};
pub use rows::select_rows;
pub use tokens::Tokens;
