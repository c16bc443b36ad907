//! GPT-2 (Radford et al. 2019) exactly as Hugging Face's `modeling_gpt2.py` computes it.

mod adapt;
mod attention;
mod block;
mod cache;
mod config;
mod conv1d;
mod init;
mod layer_norm;
mod mask;
mod mlp;
#[path = "gpt2.rs"]
mod model;
mod pass;
mod shapes;
#[cfg(test)]
mod tests;
mod token_ids;
mod transformer;

pub use attention::Attention;
pub use block::Block;
pub use cache::KvCache;
pub use config::{ConfigError, Gpt2Config, check_sizes};
pub use conv1d::Conv1D;
pub use init::RandomWeights;
pub use layer_norm::LayerNorm;
pub use mask::attention_bias;
pub use mlp::Mlp;
pub use model::Gpt2;
pub use pass::{Pass, Record};
pub use token_ids::{EndIds, check_ids};
pub(crate) use transformer::int_tensor;
pub use transformer::{Embedding, Frame, Tokens, Transformer};
