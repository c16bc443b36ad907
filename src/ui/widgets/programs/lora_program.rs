//! A LoRA adapter with PEFT, line by line.

use leptos::prelude::*;

use crate::ui::text::programs as text;
use crate::ui::widgets::Frame;
use crate::ui::widgets::programs::program_view::ProgramView;

pub const FRAME: Frame = Frame::Wide;

#[component]
pub fn LoraProgram() -> impl IntoView {
    view! { <ProgramView program=text::LORA label=text::LORA_LABEL id="lora-program" /> }
}
