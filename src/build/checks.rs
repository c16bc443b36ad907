//! Checks and guesses of a lesson: a choice among answers, or conditions that the learner's runs have to meet.

use super::items::items;

#[derive(Debug, PartialEq)]
pub enum CheckSource {
    Choice(ChoiceSource),
    Measured {
        id: String,
        question: String,
        /// Conditions as `measure` reads them; all must hold of one run.
        requires: Vec<String>,
        waiting: String,
        met: String,
        missed: String,
    },
}

#[derive(Debug, PartialEq)]
pub struct ChoiceSource {
    pub id: String,
    pub question: String,
    pub answers: Vec<AnswerSource>,
}

#[derive(Debug, PartialEq)]
pub struct AnswerSource {
    pub text: String,
    pub right: bool,
    pub why: String,
}

/// `- [x] answer` or `- field: value`, each followed by indented lines that belong to it.
pub fn parse_check(id: &str, lines: &[&str]) -> Result<CheckSource, String> {
    let (question, items) = items(lines);
    let id = id.to_string();
    if items.iter().all(|(item, _)| item.starts_with('[')) {
        parse_choice(id, question, items)
    } else {
        parse_measured(id, question, &items)
    }
}

fn parse_choice(
    id: String,
    question: String,
    items: Vec<(String, String)>,
) -> Result<CheckSource, String> {
    let answers: Vec<AnswerSource> = items
        .into_iter()
        .map(|(item, why)| {
            let (right, text) = match (item.strip_prefix("[x] "), item.strip_prefix("[ ] ")) {
                (Some(text), _) => (true, text),
                (_, Some(text)) => (false, text),
                _ => return Err(format!("check `{id}`: `{item}` needs `[x]` or `[ ]`")),
            };
            if why.trim().is_empty() {
                return Err(format!("check `{id}`: `{text}` has no explanation"));
            }
            let text = text.to_string();
            Ok(AnswerSource { text, right, why })
        })
        .collect::<Result<_, _>>()?;
    if answers.iter().filter(|answer| answer.right).count() != 1 {
        return Err(format!("check `{id}` needs exactly one right answer"));
    }
    Ok(CheckSource::Choice(ChoiceSource {
        id,
        question,
        answers,
    }))
}

fn parse_measured(
    id: String,
    question: String,
    items: &[(String, String)],
) -> Result<CheckSource, String> {
    let field = |name: &str| {
        items
            .iter()
            .find_map(|(item, below)| {
                let value = item.strip_prefix(name)?.strip_prefix(':')?;
                Some(format!("{} {}", value.trim(), below.trim()))
            })
            .map(|value| value.trim().to_string())
            .ok_or_else(|| format!("check `{id}` has no `{name}`"))
    };
    let requires: Vec<String> = items
        .iter()
        .filter_map(|(item, _)| item.strip_prefix("require:"))
        .map(|condition| condition.trim().to_string())
        .collect();
    if requires.is_empty() {
        return Err(format!("check `{id}` has no `require`"));
    }
    Ok(CheckSource::Measured {
        requires,
        waiting: field("waiting")?,
        met: field("met")?,
        missed: field("missed")?,
        id: id.clone(),
        question,
    })
}
