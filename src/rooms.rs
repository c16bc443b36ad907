//! Which room imports which, read from the sources: none imports one that it must not know, and no two modules import each
//! other, a module and its own children apart.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src");

/// What a room may know beside itself. `methods` has a half beside `settings` and, in the engine, one beside `model` and `io`;
/// see `docs/architecture.md`.
const MAY_KNOW: [(&str, &[&str]); 16] = [
    ("faults", &[]),
    ("words", &["faults"]),
    ("stats", &[]),
    ("lessons", &[]),
    ("private_files", &[]),
    ("weights_store", &["private_files"]),
    ("settings", &["faults", "methods"]),
    ("protocol", &["faults", "settings"]),
    ("methods", &["faults", "io", "model", "settings"]),
    ("model", &["faults", "methods", "protocol", "settings"]),
    ("data", &["faults", "model", "protocol", "settings"]),
    (
        "io",
        &["data", "faults", "methods", "model", "protocol", "settings"],
    ),
    (
        "train",
        &["data", "faults", "methods", "model", "protocol", "settings"],
    ),
    (
        "verify",
        &[
            "data", "faults", "io", "methods", "model", "protocol", "settings", "train",
        ],
    ),
    (
        "engine",
        &[
            "data",
            "faults",
            "io",
            "methods",
            "model",
            "private_files",
            "protocol",
            "settings",
            "train",
            "verify",
            "weights_store",
        ],
    ),
    (
        "ui",
        &[
            "faults",
            "lessons",
            "methods",
            "private_files",
            "protocol",
            "settings",
            "stats",
            "weights_store",
            "words",
        ],
    ),
];

/// A module by the names on its path.
type Module = Vec<String>;

/// The modules of a crate, tests apart, and those that each imports.
struct Imports(BTreeMap<Module, BTreeSet<Module>>);

impl Imports {
    fn of(sources: &BTreeMap<Module, String>) -> Self {
        let imports = |module: &Module, source: &String| {
            let found = used(without_tests(source), module).into_iter();
            let known = found.filter_map(|path| innermost(path, sources));
            let others =
                known.filter(|other| !is_within(other, module) && !is_within(module, other));
            others.collect()
        };
        let each = sources.iter();
        Self(
            each.map(|(module, source)| (module.clone(), imports(module, source)))
                .collect(),
        )
    }

    /// All modules that `from` leads to.
    fn reached(&self, from: &Module) -> BTreeSet<&Module> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<&Module> = self.0[from].iter().collect();
        while let Some(module) = open.pop() {
            if reached.insert(module) {
                open.extend(&self.0[module]);
            }
        }
        reached
    }

    /// Modules that lead back to themselves.
    fn circles(&self) -> Vec<String> {
        let modules = self.0.keys();
        let circular = modules.filter(|module| self.reached(module).contains(module));
        circular.map(|module| module.join("::")).collect()
    }

    /// Rooms that import what they must not know.
    fn trespasses(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (module, imported) in &self.0 {
            let Some((_, may)) = MAY_KNOW.iter().find(|(room, _)| *room == module[0]) else {
                continue;
            };
            let forbidden = imported
                .iter()
                .filter(|other| other[0] != module[0] && !may.contains(&other[0].as_str()));
            found.extend(
                forbidden.map(|other| format!("{} → {}", module.join("::"), other.join("::"))),
            );
        }
        found
    }
}

fn is_within(module: &Module, outer: &Module) -> bool {
    module.starts_with(outer)
}

/// The module that a path leads into.
fn innermost(mut path: Module, modules: &BTreeMap<Module, String>) -> Option<Module> {
    while !path.is_empty() && !modules.contains_key(&path) {
        path.pop();
    }
    (!path.is_empty()).then_some(path)
}

fn without_tests(source: &str) -> &str {
    source
        .split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or_default()
}

/// The paths that a source's `use` lines name, from the crate's root.
fn used(source: &str, module: &Module) -> Vec<Module> {
    let statements = source.split("use ").skip(1);
    let trees = statements.filter_map(|text| Some(text.split_once(';')?.0));
    let tight = |tree: &str| tree.split_whitespace().collect::<String>();
    let paths = trees.flat_map(|tree| spread(&tight(tree)));
    paths.filter_map(|path| from_root(&path, module)).collect()
}

/// `a::{b, c::{d, e}}` as `a::b`, `a::c::d` and `a::c::e`.
fn spread(tree: &str) -> Vec<String> {
    let Some((before, rest)) = tree.split_once('{') else {
        return vec![tree.to_owned()];
    };
    let Some((inside, _)) = rest.rsplit_once('}') else {
        return vec![before.to_owned()];
    };
    let mut depth = 0;
    let branches = inside.split(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    let paths = branches.flat_map(|branch| spread(&format!("{before}{branch}")));
    paths.collect()
}

fn from_root(path: &str, module: &Module) -> Option<Module> {
    let mut names = path.split("::").peekable();
    let mut root = match names.next()? {
        "crate" => Vec::new(),
        "self" => module.clone(),
        "super" => module[..module.len() - 1].to_vec(),
        _ => return None,
    };
    while names.next_if_eq(&"super").is_some() {
        root.pop();
    }
    root.extend(names.map(str::to_owned));
    Some(root)
}

fn collect(folder: &Path, at: &Module, found: &mut BTreeMap<Module, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let is_outside = at.is_empty() && ["bin", "build", "lib"].contains(&name.as_str());
        if is_outside || name.contains("tests") || name.starts_with('.') {
            continue;
        }
        let mut module = at.clone();
        if name != "mod" {
            module.push(name);
        }
        if path.is_dir() {
            collect(&path, &module, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.insert(module, std::fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_room_knows_what_it_may_and_no_two_modules_know_each_other() {
    let mut sources = BTreeMap::new();
    collect(Path::new(SOURCES), &Vec::new(), &mut sources);
    let imports = Imports::of(&sources);
    let all: usize = imports.0.values().map(BTreeSet::len).sum();
    assert!(all > 1_500, "only {all} imports were found");
    assert_eq!(imports.trespasses(), [""; 0]);
    assert_eq!(imports.circles(), [""; 0]);
}

#[test]
fn what_is_imported_is_read_from_the_source() {
    let module = |path: &str| path.split("::").map(str::to_owned).collect::<Module>();
    let sources = [
        ("model", "use super::train;"),
        ("model::a", "pub use crate::model::{b::{B, C}, d::D as E};"),
        (
            "model::b",
            "use super::a::{self};\nuse super::super::train::T;",
        ),
        ("train", "#[cfg(test)]\nmod tests {\nuse crate::model::a;"),
    ];
    let sources = sources.map(|(path, source)| (module(path), source.to_owned()));
    let imports = Imports::of(&sources.into_iter().collect());
    assert_eq!(imports.circles(), ["model::a", "model::b"]);
    assert_eq!(imports.trespasses(), ["model → train", "model::b → train"]);
}
