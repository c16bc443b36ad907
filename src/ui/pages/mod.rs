//! One file a page.

mod bench;
mod home;
mod home_run;
mod lab;
mod results;
pub mod routes;
pub mod shown;
mod unknown;
mod verify;
