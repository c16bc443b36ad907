use crate::faults::{DataError, LineError, SeparatorHint, TokenizerError};

pub fn data(error: &DataError) -> String {
    match error {
        DataError::Empty { file } => format!("{file} is empty"),
        DataError::WebPage { file } => format!(
            "{file} is a web page (HTML), not a data file; the address may be wrong, or the server answered with an error page"
        ),
        DataError::NotText {
            file,
            line,
            character,
            byte,
        } => format!(
            "{file}, line {line}, character {character}: the byte 0x{byte:02X} is no text in UTF-8, and the file none in Windows-1252; save it as UTF-8 and try again"
        ),
        DataError::NotUtf8 { file } => format!("{file} is not text in UTF-8"),
        DataError::BrokenUtf16 { file } => {
            format!("{file} begins as UTF-16 but is damaged; save it as UTF-8 and try again")
        }
        DataError::Binary { file } => format!(
            "{file} holds zero bytes: it is no text, or UTF-16 without a byte order mark; save it as UTF-8 and try again"
        ),
        DataError::UnknownFormat { file, supported } => {
            let supported = any_of(supported);
            format!("{file}: unknown kind of file; give one that ends in {supported}")
        }
        DataError::JsonList { file } => {
            format!("{file} is a JSON list; save it as JSON Lines, one object a line")
        }
        DataError::TooLarge {
            file,
            megabytes,
            most,
        } => format!(
            "{file} has {megabytes} MB; at most {most} MB can be read here, take a part of it"
        ),
        DataError::NoRows { file } => format!("{file} has a header but no rows"),
        DataError::MissingColumn {
            file,
            column,
            found,
            hint,
        } => format!(
            "{file}: there is no column `{column}`; the columns are {}{}",
            listed(found),
            hint.map_or("", separator_hint)
        ),
        DataError::Line { file, line, reason } => {
            format!("{file}, line {line}: {}", in_line(reason))
        }
        DataError::OneLabel { file, label } => format!(
            "{file}: every row has the label `{label}`; a classifier needs at least two different labels"
        ),
        DataError::NoLabels { file } => format!(
            "{file}: no row has a label; write their names into `labels`, with ; between them"
        ),
    }
}

fn separator_hint(hint: SeparatorHint) -> &'static str {
    match hint {
        SeparatorHint::Commas => " (columns of a .csv are separated by commas)",
        SeparatorHint::Tabs => " (columns of a .tsv are separated by tabs)",
    }
}

fn in_line(error: &LineError) -> String {
    match error {
        LineError::MissingField { column, found } => format!(
            "there is no field `{column}`; the fields are {}",
            listed(found)
        ),
        LineError::FieldCount { found, expected } => format!(
            "{found} fields instead of {expected}; put a text that contains the separator or a quote in double quotes"
        ),
        LineError::EmptyField { column } => {
            format!("`{column}` is empty; fill it in or delete the row")
        }
        LineError::UnknownSplit { found } => format!(
            "the split `{found}` is unknown; use train, validation (or valid, val, dev) or test, or leave it empty"
        ),
        LineError::OpenQuote => quote("is never closed"),
        LineError::QuoteAmidText { line } => quote(&format!(
            "meets the next one on line {line}, in the middle of a text"
        )),
        LineError::HalfCharacter { escape } => format!(
            "`{escape}` is half a character, such as an emoji that was cut in two; write the other half beside it or delete it"
        ),
        LineError::NoObject { reason, character } => {
            format!("this is no JSON object: {reason}, at character {character} of the line")
        }
        LineError::NotStrings { column, found } => {
            format!("`{column}` must be a list of strings, not {found}")
        }
        LineError::UnevenTags { tokens, tags } => {
            format!("{tokens} tokens but {tags} tags; every token needs one")
        }
        LineError::EmptyTokens => "`tokens` must hold words, none of them empty".to_owned(),
        LineError::UnknownTag { tag } => {
            format!("the tag `{tag}` is not O, nor B- or I- with a type behind it, as B-PER")
        }
        LineError::NotAnswers { reason } => {
            format!("`answers` must be {{\"text\": [..], \"answer_start\": [..]}}: {reason}")
        }
        LineError::UnevenAnswers { texts, starts } => format!(
            "`answers` has {texts} texts and {starts} starts; give as many of each, at least one"
        ),
        LineError::AnswerElsewhere { answer, start } => format!(
            "the answer `{answer}` does not stand at character {start} of the context; count Unicode characters from 0"
        ),
        LineError::NotPassage { reason } => {
            format!("a line must be an object with `passage` and `question`: {reason}")
        }
    }
}

fn quote(what: &str) -> String {
    format!(
        "the quote that a field begins with here {what}; put quotes on both sides of the text and double those within it"
    )
}

fn listed(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

fn any_of(names: &[String]) -> String {
    match names {
        [others @ .., last] if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => names.concat(),
    }
}

pub fn tokenizer(error: &TokenizerError) -> String {
    match error {
        TokenizerError::Unreadable(reason) => format!("the tokenizer cannot be read: {reason}"),
        TokenizerError::UnreadableFiles { files, reason } => format!(
            "the tokenizer cannot be read: {}: {reason}",
            files.join(" and ")
        ),
        TokenizerError::LacksMark { mark } => {
            format!("the tokenizer cannot be read: its vocabulary has no {mark}")
        }
        TokenizerError::Line { file, line, found } => {
            format!("{file}, line {line}: `{found}` is not two tokens with a space between")
        }
        TokenizerError::Encoding(reason) => format!("a text cannot be encoded: {reason}"),
    }
}
