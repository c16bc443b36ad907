//! Models elsewhere, above all on the Hugging Face Hub: from an id or an address to a folder of files, and from the Hub's answers
//! to what is wrong.

use super::own_model::{CONFIG, NotFetched, Problem, WEIGHTS};

const HUB: &str = "https://huggingface.co/";
/// The Hub's own limit for a name.
const MOST_LETTERS: usize = 96;

/// The folder with the files of the model of an id, `owner/name` or an old one's `name`, with `@revision` where another
/// than `main` is meant.
pub fn folder_of_id(id: &str) -> Option<String> {
    let (id, revision) = id.trim().split_once('@').unwrap_or((id.trim(), "main"));
    let parts: Vec<&str> = id.split('/').collect();
    let is_id = parts.len() <= 2 && parts.iter().all(|part| is_name(part)) && is_name(revision);
    is_id.then(|| files_of(id, revision))
}

fn files_of(id: &str, revision: &str) -> String {
    format!("{HUB}{id}/resolve/{revision}/")
}

fn is_name(part: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    (1..=MOST_LETTERS).contains(&part.len()) && part.chars().all(fits)
}

/// The folder that an address means, with a slash at its end. The page of a model on the Hub means its files.
pub fn folder_of(address: &str) -> Option<String> {
    let address = address.trim().split(['?', '#']).next()?;
    let whole = address.starts_with("https://") || address.starts_with("http://");
    if !whole {
        return None;
    }
    let folder = match address.rsplit_once('/') {
        Some((folder, last)) if [CONFIG, WEIGHTS].contains(&last) => folder,
        _ => address.trim_end_matches('/'),
    };
    let Some(path) = folder.strip_prefix(HUB) else {
        return Some(format!("{folder}/"));
    };
    let parts: Vec<&str> = path.split('/').collect();
    Some(match parts[..] {
        [owner, name] => files_of(&format!("{owner}/{name}"), "main"),
        [owner, name, "tree" | "blob", revision] => files_of(&format!("{owner}/{name}"), revision),
        _ => format!("{folder}/"),
    })
}

/// The id of a model whose files lie in a folder of the Hub.
fn id_of(folder: &str) -> Option<&str> {
    folder
        .strip_prefix(HUB)?
        .split_once("/resolve/")
        .map(|(id, _)| id)
}

/// What it means that a folder's configuration could not be had.
pub fn no_configuration(folder: &str, reason: NotFetched) -> Problem {
    match (id_of(folder), reason) {
        (Some(id), NotFetched::Status(401)) => Problem::NotPublic(id.to_owned()),
        (Some(id), NotFetched::Status(403)) => Problem::Gated(id.to_owned()),
        _ => Problem::NotFetched(reason),
    }
}

#[cfg(test)]
mod tests {
    use super::super::own_model::name_of;
    use super::*;

    #[test]
    fn an_id_leads_to_its_files() {
        for (id, files) in [
            (
                "openai-community/gpt2",
                "openai-community/gpt2/resolve/main/",
            ),
            (" gpt2 ", "gpt2/resolve/main/"),
            (
                "google/bert_uncased_L-2_H-128_A-2",
                "google/bert_uncased_L-2_H-128_A-2/resolve/main/",
            ),
            ("owner/name@v1.0", "owner/name/resolve/v1.0/"),
        ] {
            assert_eq!(folder_of_id(id).unwrap(), format!("{HUB}{files}"));
        }
        for id in [
            "",
            "a/b/c",
            "/gpt2",
            "a/",
            "two words",
            "https://huggingface.co/gpt2",
            "a/b@",
            "a/../b",
        ] {
            assert_eq!(folder_of_id(id), None, "{id}");
        }
    }

    #[test]
    fn the_page_of_a_model_means_its_files() {
        let files = "https://huggingface.co/openai-community/gpt2/resolve/main/";
        for address in [
            "https://huggingface.co/openai-community/gpt2",
            " https://huggingface.co/openai-community/gpt2/tree/main ",
            files,
            "https://huggingface.co/openai-community/gpt2/resolve/main/config.json?download=true",
        ] {
            assert_eq!(folder_of(address).as_deref(), Some(files), "{address}");
        }
        assert_eq!(name_of(files), "gpt2");
        let own = folder_of("http://localhost:8000/models/mine").unwrap();
        assert_eq!(own, "http://localhost:8000/models/mine/");
        assert_eq!(name_of(&own), "mine");
        assert_eq!(folder_of("gpt2"), None);
    }

    #[test]
    fn the_hubs_answers_are_told_apart() {
        let folder = folder_of_id("owner/name").unwrap();
        let of = |status| no_configuration(&folder, NotFetched::Status(status));
        assert_eq!(of(401), Problem::NotPublic("owner/name".into()));
        assert_eq!(of(403), Problem::Gated("owner/name".into()));
        assert_eq!(of(404), Problem::NotFetched(NotFetched::Status(404)));
        let own = no_configuration("http://localhost/m/", NotFetched::Status(401));
        assert_eq!(own, Problem::NotFetched(NotFetched::Status(401)));
    }
}
