//! The lesson format: front matter, prose, and fences that name widgets and checks.
//!
//! Plain `std`, because `src/build.rs` reads lessons with it and `cargo test` tests it.

use super::checks::{CheckSource, ChoiceSource, parse_check};
use super::conditions::{braced, condition, expression};
use super::measure::Expression;
use super::runs::{RunsSource, parse_runs};

/// A lesson as written, before its Markdown is turned into HTML.
#[derive(Debug, PartialEq)]
pub struct Source {
    pub slug: String,
    /// Its place in the chapter, from 1.
    pub number: u32,
    pub title: String,
    pub minutes: u32,
    pub objectives: Vec<String>,
    /// The lab's query string, for the settings that the lesson starts with.
    pub settings: String,
    /// The shipped model that it is about, where the learner has chosen none.
    pub model: Option<String>,
    pub pieces: Vec<Piece>,
}

#[derive(Debug, PartialEq)]
pub enum Piece {
    Prose(String),
    Widget {
        name: String,
        task: String,
    },
    Check(CheckSource),
    /// A choice made before the lesson's runs; they answer it.
    Guess(ChoiceSource),
    /// Runs to compare.
    Runs(RunsSource),
}

/// What fences may name.
pub struct Names<'a> {
    /// Each with the name of the check that it is itself, if it is one.
    pub widgets: Vec<(&'a str, Option<&'a str>)>,
    /// Folders of shipped models.
    pub models: Vec<&'a str>,
}

impl Names<'_> {
    fn has_widget(&self, name: &str) -> bool {
        self.widgets.iter().any(|(known, _)| *known == name)
    }
}

/// Reads one lesson.
pub fn parse(text: &str, names: &Names) -> Result<Source, String> {
    let (front, body) = split_front_matter(text)?;
    let field = |name: &str| {
        front
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
            .map(|value| value.trim().to_string())
            .filter(|value| !value.is_empty())
            .ok_or_else(|| format!("front matter has no `{name}`"))
    };
    let whole = |name: &str| {
        let value = field(name)?;
        value
            .parse::<u32>()
            .map_err(|_| format!("`{name}: {value}` is not a whole number"))
    };
    let objectives = objectives(front)?;
    let model = field("model").ok();
    if let Some(unknown) = model.as_deref().filter(|name| !names.models.contains(name)) {
        return Err(format!("`model: {unknown}` names no folder of www/models"));
    }
    let pieces = split_pieces(body, names)?;
    check_run_names(&pieces)?;
    Ok(Source {
        slug: field("slug")?,
        number: whole("number")?,
        title: field("title")?,
        minutes: whole("minutes")?,
        objectives,
        settings: field("settings").unwrap_or_default(),
        model,
        pieces,
    })
}

/// The list in the front matter, which has to have an entry.
fn objectives(front: &str) -> Result<Vec<String>, String> {
    let objectives: Vec<String> = front
        .lines()
        .skip_while(|line| line.trim() != "objectives:")
        .skip(1)
        .map_while(|line| line.trim().strip_prefix("- "))
        .map(str::to_string)
        .collect();
    match objectives.is_empty() {
        true => Err("front matter has no `objectives`".into()),
        false => Ok(objectives),
    }
}

/// Every run that a text or a condition names is one of the lesson's.
fn check_run_names(pieces: &[Piece]) -> Result<(), String> {
    let keys: Vec<&str> = pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Runs(set) => Some(&set.runs),
            _ => None,
        })
        .flatten()
        .map(|run| run.key.as_str())
        .collect();
    for (id, expression) in expressions(pieces)? {
        for run in expression.runs() {
            if !keys.contains(&run) {
                return Err(format!(
                    "`{id}` names the run `{run}`; the lesson has: {}",
                    keys.join(", ")
                ));
            }
        }
    }
    Ok(())
}

/// All that checks and guesses say about runs, each with the name of its block.
fn expressions(pieces: &[Piece]) -> Result<Vec<(&str, Expression<'_>)>, String> {
    let mut found = Vec::new();
    let mut read = |id, text| -> Result<(), String> {
        for inside in braced(text) {
            found.push((id, expression(inside)?));
        }
        Ok(())
    };
    let mut conditions = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Guess(guess) => {
                for answer in &guess.answers {
                    read(&*guess.id, &answer.why)?;
                }
            }
            Piece::Check(CheckSource::Measured {
                id,
                requires,
                met,
                missed,
                ..
            }) => {
                read(id, met)?;
                read(id, missed)?;
                for text in requires {
                    conditions.push((id.as_str(), condition(text)?.expression));
                }
            }
            _ => {}
        }
    }
    found.extend(conditions);
    Ok(found)
}

fn split_front_matter(text: &str) -> Result<(&str, &str), String> {
    text.strip_prefix("---\n")
        .and_then(|rest| rest.split_once("\n---\n"))
        .ok_or_else(|| "a lesson begins with front matter between two lines of `---`".into())
}

fn split_pieces(body: &str, names: &Names) -> Result<Vec<Piece>, String> {
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
        pieces.push(fenced(kind, name, &inside, names)?);
    }
    if !prose.trim().is_empty() {
        pieces.push(Piece::Prose(prose));
    }
    Ok(pieces)
}

/// The piece that a fence of this kind holds.
fn fenced(kind: &str, name: &str, inside: &[&str], names: &Names) -> Result<Piece, String> {
    Ok(match kind {
        "widget" => {
            let name = name.replace('-', "_");
            if !names.has_widget(&name) {
                return Err(format!(
                    "unknown widget `{name}`; there are: {}",
                    names
                        .widgets
                        .iter()
                        .map(|(known, _)| *known)
                        .collect::<Vec<_>>()
                        .join(", ")
                ));
            }
            let task = inside.join("\n");
            Piece::Widget { name, task }
        }
        "runs" => Piece::Runs(parse_runs(name, inside, &names.models)?),
        "guess" => match parse_check(name, inside)? {
            CheckSource::Choice(choice) => Piece::Guess(choice),
            CheckSource::Measured { .. } => {
                return Err(format!("guess `{name}` needs answers, `- [ ] …`"));
            }
        },
        _ => Piece::Check(parse_check(name, inside)?),
    })
}

fn fence(line: &str) -> Option<(&str, &str)> {
    let (kind, name) = line.strip_prefix("```")?.split_once(' ')?;
    matches!(kind, "widget" | "check" | "runs" | "guess").then_some((kind, name.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRONT: &str =
        "---\ntitle: T\nslug: t\nnumber: 1\nminutes: 5\nobjectives:\n- one\n- two\n---\n";

    fn read(body: &str) -> Result<Source, String> {
        let names = Names {
            widgets: vec![("loss_chart", None)],
            models: vec!["nano", "mini-bert"],
        };
        parse(&format!("{FRONT}{body}"), &names)
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
    fn a_lesson_may_be_about_one_of_the_shipped_models() {
        let read = |model: &str| {
            let text = FRONT.replace("slug: t\n", &format!("slug: t\nmodel: {model}\n"));
            let (widgets, models) = (Vec::new(), vec!["nano"]);
            parse(&text, &Names { widgets, models })
        };
        assert_eq!(read("nano").unwrap().model.as_deref(), Some("nano"));
        assert!(read("maxi").unwrap_err().contains("`model: maxi`"));
    }

    #[test]
    fn missing_front_matter_is_refused() {
        let parse = |text: &str| {
            let (widgets, models) = (Vec::new(), Vec::new());
            parse(text, &Names { widgets, models }).unwrap_err()
        };
        assert!(parse("Hello").contains("front matter"));
        assert!(parse(&FRONT.replace("slug: t\n", "")).contains("slug"));
    }

    #[test]
    fn runs_have_keys_and_texts_may_name_no_others() {
        let runs =
            "```runs rates\nCompare.\n- low: Too low | lr=1e-5\n- high: Too high | lr=1\n```\n";
        let lesson = read(runs).unwrap();
        let Piece::Runs(RunsSource { runs: presets, .. }) = &lesson.pieces[0] else {
            panic!("{lesson:?}");
        };
        assert_eq!(presets[1].label, "Too high");
        assert_eq!(presets[1].settings, "lr=1");
        let guess = "```guess g\nWhich?\n- [x] a\n  It was {hihg.loss}.\n- [ ] b\n  No.\n```\n";
        let error = read(&format!("{runs}{guess}")).unwrap_err();
        assert!(
            error.contains("hihg") && error.contains("low, high"),
            "{error}"
        );
    }
}
