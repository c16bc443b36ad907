//! What lies among the cases and was not checked, named with the reason.

use std::collections::BTreeMap;

use super::finding::Reporter;
use super::library::Library;
use crate::verify::Selection;

/// Names every file that no check has read, gathered by reason.
pub fn report(library: &Library, selection: Selection, reporter: &mut Reporter) {
    let mut by_reason: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for path in library.unread() {
        by_reason
            .entry(reason(&path, selection))
            .or_default()
            .push(path);
    }
    for (reason, paths) in by_reason {
        reporter.not_covered(paths.join(", "), reason);
    }
}

fn reason(path: &str, selection: Selection) -> &'static str {
    let file = path.rsplit('/').next().unwrap_or(path);
    match file {
        "README.md" | "meta.json" | "noise.json" | "generation_config.json" => {
            "describes the cases and expects nothing"
        }
        _ if file.ends_with(".py") || file.starts_with("spec") => {
            "describes the cases and expects nothing"
        }
        _ if selection == Selection::Quick => "left out of the quick selection",
        _ => "no check reads this kind of file",
    }
}
