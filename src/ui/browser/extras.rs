//! Which models this site was built with beside those that every site has.

use super::own_files::fetch_text;
use crate::ui::sources::own_model::{CONFIG, Facts};
use crate::ui::sources::shipped_models::{Extra, extras_in};

/// None where there is no index, or nothing in it that can be read.
pub async fn find() -> Vec<Extra> {
    let index = fetch_text("models/index.json").await.unwrap_or_default();
    let mut extras = Vec::new();
    for (name, listed) in extras_in(&index) {
        let config = fetch_text(&format!("models/{name}/{CONFIG}")).await;
        if let Ok(facts) = Facts::parse(&config.unwrap_or_default()) {
            extras.push(Extra {
                name,
                file_bytes: listed.bytes,
                sha256: listed.sha256,
                facts,
            });
        }
    }
    extras
}
