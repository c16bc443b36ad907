//! What may be wrong with a data file: where, and what to do.

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DataError {
    #[error("{file} is empty")]
    Empty { file: String },
    #[error(
        "{file} is a web page (HTML), not a data file; the address may be wrong, or the server answered with an error page"
    )]
    WebPage { file: String },
    #[error("{file}, line {line}: byte {byte} is not UTF-8; save the file as UTF-8 and try again")]
    NotUtf8 {
        file: String,
        line: usize,
        byte: usize,
    },
    #[error("{file}: unknown kind of file; give one that ends in {supported}")]
    UnknownFormat {
        file: String,
        supported: &'static str,
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
    #[error("{file}, line {line}: the split `{found}` is unknown; use train, validation or test")]
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
