//! BERT (Devlin et al. 2019) exactly as Hugging Face's `modeling_bert.py` computes it, without dropout.

mod attention;
mod config;
mod embeddings;
mod encoder;
mod heads;
mod init;
mod layer;
mod linear;
#[path = "bert.rs"]
mod model;
mod network;
mod output;

pub use attention::Attention;
pub use config::BertConfig;
pub use embeddings::Embeddings;
pub use encoder::{BertModel, Encoder, Pooler};
pub use heads::{MaskedLmHead, Predictions, Transform};
pub use init::RandomWeights;
pub use layer::{Feed, Layer};
pub use linear::Linear;
pub use model::Bert;
pub use output::Output;
