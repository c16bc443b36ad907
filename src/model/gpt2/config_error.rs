//! What is wrong with a configuration.

/// A configuration that this model cannot be built from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("config.json cannot be read: {0}")]
    Unreadable(String),
    #[error("config.json: {field} is {found}, but only {supported} is supported")]
    Unsupported {
        field: &'static str,
        found: String,
        supported: &'static str,
    },
    #[error("config.json: {0}")]
    Impossible(String),
}
