//! A lesson's HTML as a constant: what stands as it is, and between it what the page works out.

use super::conditions::{expression, expression_code};
use super::html::{SUM_CLOSE, SUM_OPEN};
use super::sums;

/// HTML whose braces say what was measured: `{low.accuracy}`.
pub fn measured(html: &str) -> Result<String, String> {
    let mut spans = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((inside, after)) = after.split_once('}') else {
            return Err(format!("the brace before `{after}` is not closed"));
        };
        spans += &spans_of(before)?;
        let expression = expression_code(&expression(inside)?);
        spans += &format!("Span::Measured({expression}),");
        rest = after;
    }
    spans += &spans_of(rest)?;
    Ok(format!("Text(&[{spans}])"))
}

/// HTML whose braces are only braces.
pub fn plain(html: &str) -> Result<String, String> {
    Ok(format!("Text(&[{}])", spans_of(html)?))
}

/// HTML that says nothing of the model.
pub fn fixed(html: String) -> Result<String, String> {
    match html.contains(SUM_OPEN) {
        true => Err(format!(
            "`{html}` has a number of the model, which is not filled in there"
        )),
        false => Ok(html),
    }
}

fn spans_of(html: &str) -> Result<String, String> {
    let mut spans = String::new();
    for part in html.split_inclusive([SUM_OPEN, SUM_CLOSE]) {
        if let Some(sum) = part.strip_suffix(SUM_CLOSE) {
            let sum = sums::code(&sums::read(sum)?.sum());
            spans += &format!("Span::OfModel({sum}),");
        } else {
            let html = part.trim_end_matches(SUM_OPEN);
            if !html.is_empty() {
                spans += &format!("Span::Html({html:?}),");
            }
        }
    }
    Ok(spans)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_worked_out_stands_between_what_is_not() {
        let html = format!("<p>of {SUM_OPEN}width{SUM_CLOSE}, {{low.loss}}</p>");
        let code = measured(&html).unwrap();
        let (before, after) = code.split_once("Span::OfModel(Sum {").unwrap();
        assert_eq!(before, "Text(&[Span::Html(\"<p>of \"),");
        assert!(
            after.contains("Span::Html(\", \"),Span::Measured(Expression {"),
            "{code}"
        );
        assert!(after.ends_with("Span::Html(\"</p>\"),])"), "{code}");
        assert!(plain("{x}").unwrap().contains("Html(\"{x}\")"));
        assert_eq!(plain("").unwrap(), "Text(&[])");
    }

    #[test]
    fn what_cannot_be_worked_out_is_refused() {
        assert!(measured("{low.lsos}").unwrap_err().contains("low.lsos"));
        assert!(measured("{low.loss").unwrap_err().contains("not closed"));
        let sum = |sum| format!("{SUM_OPEN}{sum}{SUM_CLOSE}");
        assert!(plain(&sum("widht")).unwrap_err().contains("widht"));
        assert!(
            fixed(sum("width"))
                .unwrap_err()
                .contains("number of the model")
        );
    }
}
