//! Small parts that pages and widgets are made of.

pub mod answered;
pub mod ask_form;
pub mod data_reading;
pub mod data_report;
pub mod encoder_line;
pub mod engine_status;
pub mod field;
pub mod goal;
pub mod goes_on;
pub mod honesty_badge;
pub mod html;
pub mod kept_weights;
pub mod model_picker;
pub mod notices;
pub mod number;
pub mod own_data;
pub mod own_model;
pub mod passed;
pub mod run_buttons;
pub mod slider;
pub mod term;
pub mod text_field;
pub mod theme_toggle;
pub mod work_buttons;
