//! The browser's side of the page: small wrappers, each about one thing.

pub mod chart_files;
pub mod clock;
pub mod download;
pub mod extras;
pub mod files;
pub mod gpu;
pub mod hover;
pub mod kept_files;
pub mod measure;
pub mod own_files;
pub mod place;
pub mod simd;
pub mod storage;
pub mod theme;
pub mod worker;
