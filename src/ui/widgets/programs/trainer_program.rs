//! Fine-tuning with the `Trainer`, line by line.

use leptos::prelude::*;

use crate::ui::text::programs as text;
use crate::ui::widgets::Frame;
use crate::ui::widgets::programs::program_view::ProgramView;

pub const FRAME: Frame = Frame::Wide;

#[component]
pub fn TrainerProgram() -> impl IntoView {
    view! { <ProgramView program=text::TRAINER label=text::TRAINER_LABEL id="trainer-program" /> }
}
