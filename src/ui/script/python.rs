//! Pieces of Python.

pub use crate::methods::export::short_number as short;
use crate::ui::pages::routes::encoded;

/// `from module import (…)`, in lines of a readable length.
pub fn import(module: &str, names: &[&str]) -> String {
    const WIDEST: usize = 88;
    let mut lines = vec![String::from("   ")];
    for (index, name) in names.iter().enumerate() {
        let end = if index + 1 == names.len() { ")" } else { "," };
        let last = lines.last().map_or(0, String::len);
        if last + name.len() + 2 > WIDEST {
            lines.push(String::from("   "));
        }
        if let Some(line) = lines.last_mut() {
            *line += &format!(" {name}{end}");
        }
    }
    format!("from {module} import (\n{}\n", lines.join("\n"))
}

/// A string.
pub fn string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Arguments of a call, a line each.
pub fn arguments(all: &[String]) -> String {
    all.iter().map(|one| format!("    {one},\n")).collect()
}

/// The program as an address that a link can download.
pub fn data_url(script: &str) -> String {
    format!("data:text/x-python;charset=utf-8,{}", encoded(script))
}
