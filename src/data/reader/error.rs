//! What may be wrong with a data file: where, and what to do.

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DataError {
    #[error("{file} is empty")]
    Empty { file: String },
    #[error(
        "{file} is a web page (HTML), not a data file; the address may be wrong, or the server answered with an error page"
    )]
    WebPage { file: String },
    #[error(
        "{file}, line {line}, character {character}: the byte 0x{byte:02X} is no text in UTF-8, and the file none in Windows-1252; save it as UTF-8 and try again"
    )]
    NotText {
        file: String,
        line: usize,
        character: usize,
        byte: u8,
    },
    #[error("{file} begins as UTF-16 but is damaged; save it as UTF-8 and try again")]
    BrokenUtf16 { file: String },
    #[error(
        "{file} holds zero bytes: it is no text, or UTF-16 without a byte order mark; save it as UTF-8 and try again"
    )]
    Binary { file: String },
    #[error("{file}: unknown kind of file; give one that ends in {supported}")]
    UnknownFormat {
        file: String,
        supported: &'static str,
    },
    #[error("{file} is a JSON list; save it as JSON Lines, one object a line")]
    JsonList { file: String },
    #[error("{file} has {megabytes} MB; at most {most} MB can be read here, take a part of it")]
    TooLarge {
        file: String,
        megabytes: usize,
        most: u64,
    },
    #[error("{file} has a header but no rows")]
    NoRows { file: String },
    #[error(
        "{file}: there is no column `{column}`; the columns are {}{hint}",
        listed(found)
    )]
    MissingColumn {
        file: String,
        column: String,
        found: Vec<String>,
        hint: &'static str,
    },
    #[error(
        "{file}, line {line}: there is no field `{column}`; the fields are {}",
        listed(found)
    )]
    MissingField {
        file: String,
        line: usize,
        column: String,
        found: Vec<String>,
    },
    #[error(
        "{file}, line {line}: {found} fields instead of {expected}; put a text that contains the separator or a quote in double quotes"
    )]
    FieldCount {
        file: String,
        line: usize,
        found: usize,
        expected: usize,
    },
    #[error("{file}, line {line}: `{column}` is empty; fill it in or delete the row")]
    EmptyField {
        file: String,
        line: usize,
        column: String,
    },
    #[error("{file}, line {line}: {reason}")]
    Line {
        file: String,
        line: usize,
        reason: String,
    },
    #[error(
        "{file}, line {line}: the split `{found}` is unknown; use train, validation (or valid, val, dev) or test, or leave it empty"
    )]
    UnknownSplit {
        file: String,
        line: usize,
        found: String,
    },
    #[error(
        "{file}: every row has the label `{label}`; a classifier needs at least two different labels"
    )]
    OneLabel { file: String, label: String },
    #[error("{file}: no row has a label; write their names into `labels`, with ; between them")]
    NoLabels { file: String },
}

fn listed(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
