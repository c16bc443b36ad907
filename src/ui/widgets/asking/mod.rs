//! Questions that the learner puts to the loaded model.

pub mod attention_map;
pub mod classify_box;
pub mod fill_mask;
pub mod generate_box;
pub mod next_token;
pub mod prompting;
pub mod try_box;
