//! Markdown of lessons to HTML: words with their explanations, links that lead somewhere, formulas as MathML, and
//! numbers of the model for the page to fill in.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};
use pulldown_latex::config::DisplayMode;
use pulldown_latex::{RenderConfig, Storage, push_mathml};

/// Around a number of the model; no text has these characters.
pub const SUM_OPEN: char = '\u{e000}';
pub const SUM_CLOSE: char = '\u{e001}';

/// What a text may name.
pub struct Known<'a> {
    /// Keys of the glossary.
    pub terms: Vec<&'a str>,
    /// Slugs.
    pub lessons: Vec<&'a str>,
}

/// The page's routes besides its lessons; the lab's may carry settings.
const ROUTES: [&str; 5] = ["#/", "#/lab", "#/results", "#/verify", "#/bench"];

/// Colours that stand for the two inks until the formula is MathML, where a class takes their place.
const INKS: [(&str, &str, &str, &str); 2] = [
    ("\\frozen{", "#000001", "rgb(0 0 1)", "frozen-ink"),
    ("\\trainable{", "#000002", "rgb(0 0 2)", "trainable-ink"),
];

/// A link to `term:rank` becomes a button that opens the glossary's entry, `$…$` a formula (with `\frozen{}` and
/// `\trainable{}` for the two inks), and code that begins with `=` a number of the model.
pub fn to_html(markdown: &str, known: &Known) -> Result<String, String> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_MATH;
    let mut inside_term = false;
    let events: Result<Vec<Event>, String> = Parser::new_ext(markdown, options)
        .map(|event| {
            Ok(match event {
                Event::Start(Tag::Link { ref dest_url, .. }) => {
                    match dest_url.strip_prefix("term:") {
                        Some(key) => {
                            inside_term = true;
                            term(key, known)?
                        }
                        None => {
                            check_link(dest_url, known)?;
                            event
                        }
                    }
                }
                Event::End(TagEnd::Link) if inside_term => {
                    inside_term = false;
                    raw("</button></dfn>".to_string())
                }
                Event::Code(code) if code.starts_with('=') => {
                    raw(format!("{SUM_OPEN}{}{SUM_CLOSE}", &code[1..]))
                }
                Event::InlineMath(latex) => raw(formula(&latex, DisplayMode::Inline)?),
                Event::DisplayMath(latex) => raw(formula(&latex, DisplayMode::Block)?),
                other => other,
            })
        })
        .collect();
    let mut out = String::new();
    html::push_html(&mut out, events?.into_iter());
    Ok(out)
}

fn raw(html: String) -> Event<'static> {
    Event::InlineHtml(CowStr::from(html))
}

fn term(key: &str, known: &Known) -> Result<Event<'static>, String> {
    if !known.terms.contains(&key) {
        return Err(format!("`{key}` is not in the glossary"));
    }
    Ok(raw(format!(
        "<dfn><button type=\"button\" class=\"term\" popovertarget=\"term-{key}\" popovertargetaction=\"show\">"
    )))
}

/// Other sites are not asked; a place of this page must exist.
fn check_link(url: &str, known: &Known) -> Result<(), String> {
    if url.starts_with("https://") {
        return Ok(());
    }
    let path = url.split('?').next().unwrap_or(url);
    let leads_somewhere = match path.strip_prefix("#/lesson/") {
        Some(slug) => known.lessons.contains(&slug),
        None => ROUTES.contains(&path) && (path == url || path == "#/lab"),
    };
    if leads_somewhere {
        return Ok(());
    }
    Err(format!(
        "the link `{url}` leads nowhere; there are {}, https://…, and #/lesson/ with {}",
        ROUTES.join(", "),
        known.lessons.join(", ")
    ))
}

/// LaTeX to MathML, which browsers draw and screen readers read.
fn formula(latex: &str, display_mode: DisplayMode) -> Result<String, String> {
    let mut text = latex.trim().to_string();
    if text.is_empty() {
        return Err("a formula is empty".to_string());
    }
    for (command, colour, ..) in INKS {
        text = text.replace(command, &format!("\\textcolor{{{colour}}}{{"));
    }
    let storage = Storage::new();
    let events: Vec<_> = pulldown_latex::Parser::new(&text, &storage).collect();
    if let Some(Err(error)) = events.iter().find(|event| event.is_err()) {
        return Err(format!("the formula `{latex}` cannot be read: {error}"));
    }
    let config = RenderConfig {
        display_mode,
        ..RenderConfig::default()
    };
    let mut math = String::new();
    push_mathml(&mut math, events.into_iter(), config)
        .map_err(|error| format!("the formula `{latex}` cannot be written: {error}"))?;
    for (_, _, colour, class) in INKS {
        let style = format!("style=\"color: {colour}\"");
        math = math.replace(&style, &format!("class=\"{class}\""));
    }
    Ok(math)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(markdown: &str) -> Result<String, String> {
        let known = Known {
            terms: vec!["rank"],
            lessons: vec!["lora"],
        };
        to_html(markdown, &known)
    }

    #[test]
    fn links_lead_somewhere_or_are_refused() {
        for good in [
            "#/lesson/lora",
            "#/lab?data=ner",
            "#/",
            "https://arxiv.org/abs/2106.09685",
            "term:rank",
        ] {
            assert!(html(&format!("[x]({good})")).is_ok(), "{good}");
        }
        for bad in [
            "#/lesson/lroa",
            "#/results?x=1",
            "results",
            "term:rnak",
            "http://example.org",
        ] {
            let problem = html(&format!("[x]({bad})")).unwrap_err();
            assert!(
                problem.contains(bad.trim_start_matches("term:")),
                "{problem}"
            );
        }
    }

    #[test]
    fn formulas_become_mathml_in_two_inks() {
        let math = html(r"$$\frozen{W} x + \trainable{B A} x$$").unwrap();
        assert!(
            math.contains("<math display=\"block\"><mrow class=\"frozen-ink\">"),
            "{math}"
        );
        assert!(
            math.contains("class=\"trainable-ink\"") && !math.contains("rgb("),
            "{math}"
        );
        assert!(html("so $x_i$ is").unwrap().contains("<msub>"));
    }

    #[test]
    fn formulas_that_cannot_be_read_are_refused() {
        assert!(html("$$ $$").unwrap_err().contains("empty"));
        let problem = html(r"$$\fraction{1}{2}$$").unwrap_err();
        assert!(problem.contains(r"\fraction"), "{problem}");
    }

    #[test]
    fn numbers_of_the_model_are_left_to_the_page() {
        let html = html("`=3 * width` and `c_attn`").unwrap();
        assert!(html.contains(&format!("{SUM_OPEN}3 * width{SUM_CLOSE}")));
        assert!(html.contains("<code>c_attn</code>"));
    }
}
