//! Light or dark: the system's, until the learner chooses. `index.html` applies a stored choice before
//! the first paint.

use web_sys::Element;

const KEY: &str = "warmup.theme";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
}

impl Theme {
    pub fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub fn other(self) -> Self {
        match self {
            Self::Light => Self::Dark,
            Self::Dark => Self::Light,
        }
    }
}

/// The theme that shows now.
pub fn current() -> Theme {
    match root()
        .and_then(|root| root.get_attribute("data-theme"))
        .as_deref()
    {
        Some("dark") => Theme::Dark,
        Some("light") => Theme::Light,
        _ if system_is_dark() => Theme::Dark,
        _ => Theme::Light,
    }
}

/// Shows a theme and remembers it.
pub fn choose(theme: Theme) {
    if let Some(root) = root() {
        let _ = root.set_attribute("data-theme", theme.name());
    }
    // A browser without storage forgets the choice, which is what its owner asked of it.
    let storage = web_sys::window().and_then(|window| window.local_storage().ok().flatten());
    if let Some(storage) = storage {
        let _ = storage.set_item(KEY, theme.name());
    }
}

fn root() -> Option<Element> {
    web_sys::window()?.document()?.document_element()
}

fn system_is_dark() -> bool {
    web_sys::window()
        .and_then(|window| {
            window
                .match_media("(prefers-color-scheme: dark)")
                .ok()
                .flatten()
        })
        .is_some_and(|query| query.matches())
}
