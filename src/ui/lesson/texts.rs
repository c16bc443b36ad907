//! The text of each lesson is a part of the page of its own.

use crate::lessons::{Lesson, texts};
use crate::ui::parts::{NotLoaded, part};

include!(concat!(env!("OUT_DIR"), "/lesson_parts.rs"));
