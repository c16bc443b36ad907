//! Target modules: the names by which a method says beside which linear layers it stands.

use crate::settings::Family;

/// PEFT's rule: whether one of `names` is the module's path or the end of it behind a dot. So `c_proj` names both
/// projections of a block, `attn.c_proj` and `mlp.c_proj`.
pub fn names_module(names: &[String], module_path: &str) -> bool {
    names.iter().any(|name| {
        module_path
            .strip_suffix(name.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

/// Those of `targets` that name none of the modules that an adapter can stand beside.
///
/// A part that matches nothing is a slip (`c_porj`): a run that leaves it out in silence is another run than was asked
/// for.
pub fn unmatched_targets(targets: &[String], module_paths: &[impl AsRef<str>]) -> Vec<String> {
    let is_matched = |target: &String| {
        let name = std::slice::from_ref(target);
        let mut paths = module_paths.iter();
        paths.any(|path| names_module(name, path.as_ref()))
    };
    let unmatched = targets.iter().filter(|target| !is_matched(target));
    unmatched.cloned().collect()
}

/// The usual targets of a method in each family.
pub type Usual = fn(Family) -> &'static [&'static str];

/// What [`super::Method::say_in`] does where the targets are all that has names in it.
pub fn say_in(family: Family, targets: &mut Vec<String>, usual: Usual) {
    let mut others = Family::ALL.into_iter().filter(|other| *other != family);
    let said = others.find_map(|other| {
        if targets == usual(other) {
            Some(usual(family))
        } else {
            (targets == other.linear_modules()).then(|| family.linear_modules())
        }
    });
    if let Some(own) = said {
        *targets = owned(own);
    }
}

/// What [`super::Method::translate`] does where the targets are all that has names in it.
pub fn translate(family: Family, targets: &mut Vec<String>, usual: Usual) {
    say_in(family, targets, usual);
    let named = std::mem::take(targets).into_iter();
    let own = named.flat_map(|name| family.own_names(name)).collect();
    *targets = family.expand_targets(own);
}

pub fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_that_matches_nothing_is_named() {
        let modules = ["transformer.h.0.attn.c_attn", "transformer.h.0.mlp.c_proj"];
        let unmatched = |targets: &[&str]| unmatched_targets(&owned(targets), &modules);
        assert!(unmatched(&["c_attn", "mlp.c_proj"]).is_empty());
        assert_eq!(unmatched(&["c_attn", "c_porj", "foo"]), ["c_porj", "foo"]);
        assert_eq!(unmatched(&["attn.c_proj"]), ["attn.c_proj"]);
        assert_eq!(unmatched(&["proj"]), ["proj"]);
    }

    #[test]
    fn a_longer_suffix_picks_one_projection() {
        let targets = |name: &str, path: &str| names_module(&owned(&[name]), path);
        assert!(targets("c_proj", "transformer.h.0.attn.c_proj"));
        assert!(targets("c_proj", "transformer.h.0.mlp.c_proj"));
        assert!(!targets("c_proj", "transformer.h.0.mlp.c_fc"));
        assert!(targets("attn.c_proj", "transformer.h.3.attn.c_proj"));
        assert!(!targets("attn.c_proj", "transformer.h.3.mlp.c_proj"));
        assert!(!targets("attn.c_proj", "transformer.h.3.cross_attn.c_proj"));
    }
}
