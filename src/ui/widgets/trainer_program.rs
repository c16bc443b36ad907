//! Fine-tuning with the `Trainer`, line by line.

use leptos::prelude::*;

use crate::ui::controls::program_view::ProgramView;
use crate::ui::text::programs as text;

#[component]
pub fn TrainerProgram() -> impl IntoView {
    view! { <ProgramView program=text::TRAINER label=text::TRAINER_LABEL id="trainer-program" /> }
}
