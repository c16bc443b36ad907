//! Whose run it is.

/// Which lesson a run belongs to, and which of its presets it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RunTag {
    /// Empty for runs of the lab.
    pub lesson: &'static str,
    /// Empty for the run of a lesson's own panel.
    pub key: &'static str,
    /// The group of the lab's runs that it was asked for in.
    pub group: Option<usize>,
}

impl RunTag {
    pub fn is_of_the_lab(self) -> bool {
        self.lesson.is_empty()
    }
}
