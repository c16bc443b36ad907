//! One file a page.

pub mod bench;
pub mod home;
mod home_run;
pub mod lab;
pub mod results;
pub mod routes;
pub mod unknown;
pub mod verify;
