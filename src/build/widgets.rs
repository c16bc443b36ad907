//! The widgets as their folder has them. A file under `src/ui/widgets` that says how wide its frame is,
//! `pub const FRAME: Frame`, is a widget: lessons name it as the file is called, its component is the same in camel case, and
//! if it is itself a check it says which, `pub const CHECK: &str`.

use std::fs;

use super::{folders, names_in};

pub struct Widget {
    /// The folder that it stands in.
    room: String,
    pub name: String,
    /// The name of the check that the widget itself is.
    pub check: Option<String>,
}

const FOLDER: &str = "src/ui/widgets";

/// All of them, by name.
pub fn find() -> Result<Vec<Widget>, String> {
    let mut widgets: Vec<Widget> = Vec::new();
    for room in folders(FOLDER)? {
        let folder = format!("{FOLDER}/{room}");
        for name in names_in(&folder, ".rs")? {
            let path = format!("{folder}/{name}.rs");
            let text = fs::read_to_string(&path).map_err(|e| format!("{path}: {e}"))?;
            widgets.extend(read(&room, &name, &text).map_err(|e| format!("{path}: {e}"))?);
        }
    }
    widgets.sort_by(|a, b| a.name.cmp(&b.name));
    match widgets.windows(2).find(|pair| pair[0].name == pair[1].name) {
        Some([one, other]) => Err(format!(
            "{FOLDER}: `{}` is in {} and in {}; lessons could not tell which is meant",
            one.name, one.room, other.room
        )),
        _ => Ok(widgets),
    }
}

/// What the file says of itself; `None` where it is no widget.
fn read(room: &str, name: &str, text: &str) -> Result<Option<Widget>, String> {
    if !text.contains("\npub const FRAME: Frame = ") {
        return Ok(None);
    }
    let component = format!("#[component]\npub fn {}(", camel_case(name));
    if !text.contains(&component) {
        return Err(format!(
            "it has a FRAME, and no component `{}`",
            camel_case(name)
        ));
    }
    let check = text
        .split_once("\npub const CHECK: &str = \"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(check, _)| check.to_string());
    let (room, name) = (room.to_string(), name.to_string());
    Ok(Some(Widget { room, name, check }))
}

/// The enum, for `src/lessons`.
pub fn enum_code(widgets: &[Widget]) -> String {
    let variants = widgets
        .iter()
        .map(|widget| format!("{},", camel_case(&widget.name)));
    format!(
        "/// The widgets that a lesson may name.\n#[derive(Debug, Clone, Copy, PartialEq, Eq)]\npub enum Widget {{ {} }}\n",
        variants.collect::<String>(),
    )
}

/// What each looks like, for `src/ui/widgets`.
pub fn view_code(widgets: &[Widget]) -> String {
    let arms = |arm: fn(&str, &str) -> String| {
        let arms = widgets.iter().map(|Widget { room, name, .. }| {
            let variant = camel_case(name);
            format!(
                "Widget::{variant} => {},\n",
                arm(&format!("{room}::{name}"), &variant)
            )
        });
        arms.collect::<String>()
    };
    let frames = arms(|path, _| format!("{path}::FRAME"));
    let views = arms(|path, variant| format!("view! {{ <{path}::{variant} /> }}.into_any()"));
    format!(
        "pub fn frame(widget: Widget) -> Frame {{ match widget {{ {frames} }} }}\n\
         pub fn view(widget: Widget) -> AnyView {{ match widget {{ {views} }} }}\n"
    )
}

/// `loss_chart` → `LossChart`.
pub fn camel_case(name: &str) -> String {
    let words = name.split('_').filter(|word| !word.is_empty());
    words
        .map(|word| word[..1].to_uppercase() + &word[1..])
        .collect()
}
