//! The lesson format: front matter, prose, and fences that name widgets and checks.
//!
//! Plain `std`, because `src/build.rs` reads lessons with it and `cargo test` tests it.

/// A lesson as written, before its Markdown is turned into HTML.
#[derive(Debug, PartialEq)]
pub struct Source {
    pub slug: String,
    pub title: String,
    pub minutes: u32,
    pub objectives: Vec<String>,
    /// The lab's query string, for the settings that the lesson starts with.
    pub settings: String,
    pub pieces: Vec<Piece>,
}

#[derive(Debug, PartialEq)]
pub enum Piece {
    Prose(String),
    Widget { name: String, task: String },
    Check(CheckSource),
}

#[derive(Debug, PartialEq)]
pub enum CheckSource {
    Choice {
        id: String,
        question: String,
        answers: Vec<AnswerSource>,
    },
    Measured {
        id: String,
        question: String,
        least_accuracy: f64,
        most_share: f64,
        waiting: String,
        met: String,
        missed: String,
    },
}

#[derive(Debug, PartialEq)]
pub struct AnswerSource {
    pub text: String,
    pub right: bool,
    pub why: String,
}

/// Reads one lesson; `widgets` are the names that a fence may use.
pub fn parse(text: &str, widgets: &[String]) -> Result<Source, String> {
    let (front, body) = split_front_matter(text)?;
    let field = |name: &str| {
        front
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
            .map(|value| value.trim().to_string())
            .filter(|value| !value.is_empty())
            .ok_or_else(|| format!("front matter has no `{name}`"))
    };
    let minutes = field("minutes")?;
    let objectives: Vec<String> = front
        .lines()
        .skip_while(|line| line.trim() != "objectives:")
        .skip(1)
        .map_while(|line| line.trim().strip_prefix("- "))
        .map(str::to_string)
        .collect();
    if objectives.is_empty() {
        return Err("front matter has no `objectives`".into());
    }
    Ok(Source {
        slug: field("slug")?,
        title: field("title")?,
        minutes: minutes
            .parse()
            .map_err(|_| format!("`minutes: {minutes}` is not a whole number"))?,
        objectives,
        settings: field("settings").unwrap_or_default(),
        pieces: split_pieces(body, widgets)?,
    })
}

fn split_front_matter(text: &str) -> Result<(&str, &str), String> {
    text.strip_prefix("---\n")
        .and_then(|rest| rest.split_once("\n---\n"))
        .ok_or_else(|| "a lesson begins with front matter between two lines of `---`".into())
}

fn split_pieces(body: &str, widgets: &[String]) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut prose = String::new();
    let mut lines = body.lines();
    while let Some(line) = lines.next() {
        let Some((kind, name)) = fence(line) else {
            prose.push_str(line);
            prose.push('\n');
            continue;
        };
        let inside: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        if !prose.trim().is_empty() {
            pieces.push(Piece::Prose(std::mem::take(&mut prose)));
        }
        prose.clear();
        pieces.push(match kind {
            "widget" => {
                let name = name.replace('-', "_");
                if !widgets.contains(&name) {
                    return Err(format!(
                        "unknown widget `{name}`; there are: {}",
                        widgets.join(", ")
                    ));
                }
                let task = inside.join("\n");
                Piece::Widget { name, task }
            }
            _ => Piece::Check(parse_check(name, &inside)?),
        });
    }
    if !prose.trim().is_empty() {
        pieces.push(Piece::Prose(prose));
    }
    Ok(pieces)
}

fn fence(line: &str) -> Option<(&str, &str)> {
    let (kind, name) = line.strip_prefix("```")?.split_once(' ')?;
    matches!(kind, "widget" | "check").then_some((kind, name.trim()))
}

/// Lines before the first `- ` are the question; then `- [x] answer` or `- field: value`, each followed
/// by indented lines that belong to it.
fn parse_check(id: &str, lines: &[&str]) -> Result<CheckSource, String> {
    let mut question = String::new();
    let mut items: Vec<(String, String)> = Vec::new();
    for line in lines {
        if let Some(item) = line.strip_prefix("- ") {
            items.push((item.trim().to_string(), String::new()));
        } else if let Some((_, below)) = items.last_mut() {
            below.push_str(line.trim());
            below.push('\n');
        } else {
            question.push_str(line);
            question.push('\n');
        }
    }
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
    Ok(CheckSource::Choice {
        id,
        question,
        answers,
    })
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
    let number = |name: &str| {
        field(name)?
            .parse::<f64>()
            .map_err(|_| format!("check `{id}`: `{name}` is not a number"))
    };
    Ok(CheckSource::Measured {
        least_accuracy: number("least-accuracy")?,
        most_share: number("most-share")?,
        waiting: field("waiting")?,
        met: field("met")?,
        missed: field("missed")?,
        id: id.clone(),
        question,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRONT: &str = "---\ntitle: T\nslug: t\nminutes: 5\nobjectives:\n- one\n- two\n---\n";

    fn read(body: &str) -> Result<Source, String> {
        parse(&format!("{FRONT}{body}"), &["loss_chart".to_string()])
    }

    #[test]
    fn prose_and_widgets_alternate() {
        let lesson = read("Hello.\n\n```widget loss-chart\nDo this.\n```\nBye.\n").unwrap();
        assert_eq!(lesson.objectives, ["one", "two"]);
        assert_eq!(lesson.pieces.len(), 3);
        assert_eq!(
            lesson.pieces[1],
            Piece::Widget {
                name: "loss_chart".into(),
                task: "Do this.".into()
            }
        );
    }

    #[test]
    fn an_unknown_widget_is_refused_by_name() {
        let error = read("```widget los_chart\n```\n").unwrap_err();
        assert!(error.contains("los_chart") && error.contains("loss_chart"));
    }

    #[test]
    fn missing_front_matter_is_refused() {
        assert!(parse("Hello", &[]).unwrap_err().contains("front matter"));
        let without_slug = FRONT.replace("slug: t\n", "");
        assert!(parse(&without_slug, &[]).unwrap_err().contains("slug"));
    }

    #[test]
    fn every_answer_needs_an_explanation_and_one_is_right() {
        let good = "```check q\nWhy?\n- [x] a\n  Yes.\n- [ ] b\n  No.\n```\n";
        assert!(read(good).is_ok());
        assert!(
            read(&good.replace("  No.\n", ""))
                .unwrap_err()
                .contains("no explanation")
        );
        assert!(
            read(&good.replace("[x]", "[ ]"))
                .unwrap_err()
                .contains("exactly one")
        );
    }

    #[test]
    fn a_measured_check_carries_its_bounds() {
        let body = "```check m\nDid it?\n- least-accuracy: 0.75\n- most-share: 0.1\n\
                    - waiting: run\n- met: yes\n- missed: no\n```\n";
        let lesson = read(body).unwrap();
        assert!(matches!(
            &lesson.pieces[0],
            Piece::Check(CheckSource::Measured { least_accuracy, most_share, .. })
                if *least_accuracy == 0.75 && *most_share == 0.1
        ));
    }
}
