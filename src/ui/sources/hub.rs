//! Models on the Hugging Face Hub: from an id to addresses, and from the Hub's answers to what is wrong.

use super::own_model::{NotFetched, Problem};

const HUB: &str = "https://huggingface.co/";
/// The Hub's own limit for a name.
const MOST_LETTERS: usize = 96;

/// The folder with the files of the model of an id, `owner/name` or an old one's `name`, with `@revision` where another
/// than `main` is meant.
pub fn folder_of_id(id: &str) -> Option<String> {
    let (id, revision) = id.trim().split_once('@').unwrap_or((id.trim(), "main"));
    let parts: Vec<&str> = id.split('/').collect();
    let is_id = parts.len() <= 2 && parts.iter().all(|part| is_name(part)) && is_name(revision);
    is_id.then(|| format!("{HUB}{id}/resolve/{revision}/"))
}

fn is_name(part: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    (1..=MOST_LETTERS).contains(&part.len()) && part.chars().all(fits)
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
