//! Words of the widgets that look into the model.

use crate::ui::text::format;

pub const WAITING: &str = "Waiting for the model …";

pub const NEXT_TOKEN_LABEL: &str = "Text so far";
pub const NEXT_TOKEN_START: &str = "The king and the";
pub const NEXT_TOKEN_ASK: &str = "What comes next?";
pub const TOKENS: &str = "The text in tokens; a dot is a space";
pub const LOOKS: &str = "The stronger a piece is coloured, the more the last one looks at it before it guesses: attention in the last block, all attention heads together.";

pub const SURE_GOAL: &str =
    "To reach, measured here: a text after which the trained model gives one piece more than 50%.";

/// A token's share of the last one's attention.
pub fn look(share: f32) -> String {
    format!("{:.0}% of what the last piece looks at", share * 100.0)
}

pub const TRAINED: &str = "Pre-trained";
pub const UNTRAINED: &str = "The same network, untrained";

pub fn append(token: &str) -> String {
    format!("Put {token} behind the text")
}

pub const EXAMPLE: &str = "The example";
pub const EXAMPLE_RATE: &str = "Learning rate";
pub const EXAMPLE_STEPS: &str = "Make eight steps";
pub const EXAMPLE_COLUMNS: [&str; 5] = [
    "Step",
    "p of the true label",
    "Loss, −ln p",
    "Gradient norm",
    "‖Δθ‖ / ‖θ‖",
];
pub const EXAMPLE_EMPTY: &str = "The steps appear here, one row each.";

pub fn true_label(label: &str) -> String {
    format!("Its true label: {label}.")
}

pub const UPDATES_ASK: &str = "Measure how far each matrix moved";
pub const UPDATES_NEED_RUN: &str = "This needs a finished run.";
pub const UPDATES_EMPTY: &str = "The measurements appear here.";
pub const UPDATES_COLUMNS: [&str; 4] = ["Tensor", "‖θ‖ before", "‖Δθ‖", "‖Δθ‖ / ‖θ‖"];

pub fn updates_in_all(relative: f64) -> String {
    format!(
        "In all: ‖Δθ‖ / ‖θ‖ = {}. The largest moves, relative to the matrix:",
        format::percent(relative)
    )
}

pub const MATRIX: &str = "Matrix";
pub const MATRIX_LOOK: &str = "Look at it";
pub const MATRIX_EMPTY: &str = "The drawings appear here.";
pub const MATRIX_W: &str = "W, as pre-trained";
pub const MATRIX_UPDATE: &str = "ΔW, what the run added";
pub const MATRIX_A: &str = "A";
pub const MATRIX_B: &str = "B";
pub const SINGULAR: &str = "Singular values of ΔW";
pub const SINGULAR_AXIS: &str = "singular value";
pub const SINGULAR_INDEX: &str = "number";

/// How concentrated an update is.
pub fn concentration(rank: usize, share: f64, side: usize) -> String {
    format!(
        "The first {rank} of {side} singular values hold {} of the update's squared length.",
        format::percent(share)
    )
}

pub fn scale(most: f32) -> String {
    format!(
        "Orange is above zero, blue below; full colour is {}.",
        format::plain(f64::from(most), 4)
    )
}

pub const SKETCH_LABEL: &str = "Your curve. Points";
pub const SKETCH_YOURS: &str = "your guess";
pub const SKETCH_MEASURED: &str = "your run";
pub const SKETCH_GUESSING: &str = "guessing";
pub const SKETCH_INVITE: &str = "Drag the points. They are kept, and your run is drawn over them.";

pub fn sketch_point(step: usize, loss: f64) -> String {
    format!("at step {step}: {}", format::loss(loss))
}

pub fn sketch_gap(gap: f64) -> String {
    format!(
        "On average your curve is {} nats away from what was measured.",
        format::plain(gap, 2)
    )
}
