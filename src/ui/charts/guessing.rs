//! What a model that knows nothing of a task scores.

use super::plot::Level;
use crate::ui::text::charts as text;

/// The loss of giving each of so many labels the same probability; nothing where there are none to choose from.
pub fn guessing(classes: usize) -> Option<Level> {
    (classes > 1).then(|| Level {
        name: text::LOSS_GUESSING,
        y: (classes as f64).ln(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_by_the_number_of_labels() {
        assert_eq!(guessing(2).unwrap().y, std::f64::consts::LN_2);
        assert!((guessing(5).unwrap().y - 1.609).abs() < 1e-3);
        assert_eq!(guessing(0), None);
    }
}
