//! A LoRA adapter with PEFT, line by line.

use leptos::prelude::*;

use crate::ui::controls::program_view::ProgramView;
use crate::ui::text::programs as text;

#[component]
pub fn LoraProgram() -> impl IntoView {
    view! { <ProgramView program=text::LORA label=text::LORA_LABEL id="lora-program" /> }
}
