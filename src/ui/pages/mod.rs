//! One file a page.

pub mod bench;
pub mod home;
pub mod lab;
pub mod results;
pub mod routes;
pub mod unknown;
pub mod verify;
