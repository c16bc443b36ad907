//! A lesson's set of runs: `runs id`, `runs id with minilm`, or `runs id across models`, a preset a line.

use super::items::items;

/// Runs to make and compare.
#[derive(Debug, PartialEq)]
pub struct RunsSource {
    pub id: String,
    pub task: String,
    pub are_across_models: bool,
    pub runs: Vec<PresetSource>,
}

/// `- key: Label | lr=1e-3&steps=60`, or with `model=mini-bert&` first.
#[derive(Debug, PartialEq)]
pub struct PresetSource {
    pub key: String,
    pub label: String,
    /// The shipped model that it is made with; without one, the model at hand.
    pub model: Option<String>,
    /// What differs from the lesson's own settings.
    pub settings: String,
}

/// Where the runs of a set have their models from.
#[derive(Clone, Copy)]
enum Models<'a> {
    /// The model at hand.
    Chosen,
    /// All of them from this one, whatever is at hand.
    One(&'a str),
    /// Each names its own, since the point is to compare models.
    Own,
}

impl<'a> Models<'a> {
    /// The name of the set, and what its fence says behind it.
    fn of(fence: &'a str) -> Result<(&'a str, Self), String> {
        let (id, rest) = fence.split_once(' ').unwrap_or((fence, ""));
        let models = match (rest, rest.strip_prefix("with ")) {
            ("", _) => Self::Chosen,
            ("across models", _) => Self::Own,
            (_, Some(model)) => Self::One(model.trim()),
            _ => {
                return Err(format!(
                    "runs `{id}`: `{rest}` is neither `across models` nor `with MODEL`"
                ));
            }
        };
        Ok((id, models))
    }
}

/// Reads what a fence of the kind `runs` holds; `known` are the folders of shipped models.
pub fn parse_runs(fence: &str, lines: &[&str], known: &[&str]) -> Result<RunsSource, String> {
    let (id, models) = Models::of(fence)?;
    let (task, items) = items(lines);
    let runs = items
        .iter()
        .map(|(item, _)| parse_preset(item, models, known))
        .collect::<Result<Vec<_>, String>>()
        .map_err(|problem| format!("runs `{id}`: {problem}"))?;
    if runs.is_empty() {
        return Err(format!("runs `{id}` has none, `- key: Label | settings`"));
    }
    Ok(RunsSource {
        id: id.to_string(),
        task,
        are_across_models: matches!(models, Models::Own),
        runs,
    })
}

fn parse_preset(item: &str, models: Models, known: &[&str]) -> Result<PresetSource, String> {
    let (key, rest) = item
        .split_once(": ")
        .ok_or_else(|| format!("`{item}` has no `key: `"))?;
    let (label, settings) = rest.split_once('|').unwrap_or((rest, ""));
    let (named, settings): (Vec<&str>, Vec<&str>) = settings
        .trim()
        .split('&')
        .filter(|pair| !pair.is_empty())
        .partition(|pair| pair.starts_with("model="));
    let named = named.first().map(|pair| &pair["model=".len()..]);
    let model = match (models, named) {
        (Models::Chosen | Models::One(_), Some(_)) => {
            return Err(format!(
                "`{key}` names a model; say `across models` behind the set's name"
            ));
        }
        (Models::Own, None) => return Err(format!("`{key}` names no model, `model=…`")),
        (Models::Chosen, None) => None,
        (Models::One(model), None) | (Models::Own, Some(model)) => Some(model),
    };
    if let Some(model) = model.filter(|model| !known.contains(model)) {
        let known = known.join(", ");
        return Err(format!(
            "`{model}` is not a shipped model; there are: {known}"
        ));
    }
    Ok(PresetSource {
        key: key.trim().to_string(),
        label: label.trim().to_string(),
        model: model.map(str::to_string),
        settings: settings.join("&"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 2] = ["nano", "mini-bert"];

    fn read(fence: &str, first: &str) -> Result<RunsSource, String> {
        let first = format!("- one: One | {first}");
        parse_runs(fence, &["Compare.", &first], &KNOWN)
    }

    #[test]
    fn runs_compare_models_only_where_the_fence_says_so() {
        let set = read("both across models", "model=nano&lr=1e-3").unwrap();
        assert!(set.are_across_models && set.id == "both");
        assert_eq!(set.runs[0].model.as_deref(), Some("nano"));
        assert_eq!(set.runs[0].settings, "lr=1e-3");
        for (fence, first, named) in [
            ("both", "model=nano", "across models"),
            ("both across", "model=nano", "across"),
            ("both across models", "lr=1", "names no model"),
            ("both across models", "model=maxi", "nano, mini-bert"),
        ] {
            let problem = read(fence, first).unwrap_err();
            assert!(problem.contains(named), "{problem}");
        }
    }

    #[test]
    fn a_set_may_have_one_model_whatever_is_at_hand() {
        let set = read("real with mini-bert", "lr=1e-3").unwrap();
        assert!(!set.are_across_models);
        assert_eq!(set.runs[0].model.as_deref(), Some("mini-bert"));
        assert_eq!(read("own", "lr=1e-3").unwrap().runs[0].model, None);
        for (fence, first, named) in [
            ("real with maxi", "lr=1", "nano, mini-bert"),
            ("real with nano", "model=nano", "across models"),
        ] {
            let problem = read(fence, first).unwrap_err();
            assert!(problem.contains(named), "{problem}");
        }
    }
}
