//! GPT-2 (Radford et al. 2019) exactly as Hugging Face's `modeling_gpt2.py` computes it.

mod adapt;
mod attention;
mod block;
mod config;
mod conv1d;
mod init;
mod mlp;
#[path = "gpt2.rs"]
mod model;
mod network;
mod shapes;
mod token_ids;
mod transformer;

pub use attention::Attention;
pub use block::Block;
pub use config::{Gpt2Config, check_sizes};
pub use conv1d::Conv1D;
pub use init::RandomWeights;
pub use mlp::Mlp;
pub use model::Gpt2;
pub use token_ids::{EndIds, check_ids};
pub use transformer::{Frame, Transformer};
