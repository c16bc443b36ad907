//! Sentences word by word with a tag for each: JSON Lines with `tokens` and `ner_tags`.

use super::labels::named_split;
use super::layout::Layout;
use super::split::fill_in;
use super::table::{Column, Row, Table};
use crate::data::tagged::{TaggedDataset, TaggedSentence};
use crate::faults::{DataError, LineError};
use crate::protocol::Split;

/// A row before tags are numbered.
struct RawSentence {
    words: Vec<String>,
    tags: Vec<String>,
    split: Option<Split>,
}

/// Reads `{"tokens": ["Ada", "left"], "ner_tags": ["B-PER", "O"]}` a line, with `split` where it is; `whole` is
/// the split of a file that does not name its own.
pub fn read_tagged(
    file_name: &str,
    bytes: &[u8],
    whole: Option<Split>,
) -> Result<TaggedDataset, DataError> {
    let layout = Layout::of_lists(file_name)?;
    tagged_of(&Table::read(file_name, bytes, layout)?, whole)
}

/// The same of rows that are read.
pub fn tagged_of(table: &Table, whole: Option<Split>) -> Result<TaggedDataset, DataError> {
    let (words, tags) = (table.column("tokens")?, table.column("ner_tags")?);
    let split = table.optional_column("split");
    let rows = table
        .rows()
        .map(|row| sentence(&row, &words, &tags, split.as_ref()));
    Ok(dataset(rows.collect::<Result<_, _>>()?, whole))
}

fn sentence(
    row: &Row,
    words: &Column,
    tags: &Column,
    split: Option<&Column>,
) -> Result<RawSentence, DataError> {
    let list = |column: &Column, name: &str| {
        let text = row.filled(column)?;
        serde_json::from_str::<Vec<String>>(text).map_err(|_| {
            row.wrong(LineError::NotStrings {
                column: name.to_owned(),
                found: text.to_owned(),
            })
        })
    };
    let (words, tags) = (list(words, "tokens")?, list(tags, "ner_tags")?);
    if words.len() != tags.len() {
        return Err(row.wrong(LineError::UnevenTags {
            tokens: words.len(),
            tags: tags.len(),
        }));
    }
    if words.iter().any(|word| word.trim().is_empty()) || words.is_empty() {
        return Err(row.wrong(LineError::EmptyTokens));
    }
    if let Some(tag) = tags.iter().find(|tag| !is_tag(tag)) {
        return Err(row.wrong(LineError::UnknownTag { tag: tag.clone() }));
    }
    Ok(RawSentence {
        words,
        tags,
        split: named_split(row, split)?,
    })
}

fn is_tag(tag: &str) -> bool {
    let typed = ["B-", "I-"].iter().find_map(|mark| tag.strip_prefix(mark));
    tag == "O" || typed.is_some_and(|kind| !kind.is_empty())
}

fn dataset(rows: Vec<RawSentence>, whole: Option<Split>) -> TaggedDataset {
    let mut labels: Vec<String> = rows.iter().flat_map(|row| row.tags.clone()).collect();
    labels.sort();
    labels.dedup();
    let texts: Vec<String> = rows.iter().map(|row| row.words.join(" ")).collect();
    // Every kind of entity shall be on every side: sentences are ranked within their first entity's tag.
    let first_entity = |row: &RawSentence| row.tags.iter().find(|tag| *tag != "O").cloned();
    let number = |tag: &String| labels.binary_search(tag).unwrap_or_default();
    let keys: Vec<(usize, &str)> = rows
        .iter()
        .zip(&texts)
        .map(|(row, text)| {
            let stratum = first_entity(row).map_or(labels.len(), |tag| number(&tag));
            (stratum, text.as_str())
        })
        .collect();
    let splits = fill_in(rows.iter().map(|row| row.split).collect(), &keys, whole);
    let numbered = rows.iter().map(|row| row.tags.iter().map(number).collect());
    let rows = numbered
        .collect::<Vec<Vec<usize>>>()
        .into_iter()
        .zip(&rows)
        .zip(splits)
        .map(|((tags, row), split)| TaggedSentence {
            words: row.words.clone(),
            tags,
            split,
        })
        .collect();
    TaggedDataset { labels, rows }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(line: &str) -> String {
        let good = "{\"tokens\":[\"Ada\"],\"ner_tags\":[\"B-PER\"]}\n";
        let both = format!("{good}{line}\n");
        let error = read_tagged("x.jsonl", both.as_bytes(), None).unwrap_err();
        let message = error.to_string();
        assert!(message.contains("line 2"), "{message}");
        message
    }

    #[test]
    fn tags_are_numbered_in_alphabetical_order() {
        let json = "{\"tokens\":[\"Ada\",\"left\"],\"ner_tags\":[\"B-PER\",\"O\"],\"split\":\"test\"}\n\
                    {\"tokens\":[\"Port\",\"Lowell\"],\"ner_tags\":[\"B-LOC\",\"I-LOC\"],\"split\":\"train\"}\n";
        let data = read_tagged("ner.jsonl", json.as_bytes(), None).unwrap();
        assert_eq!(data.labels, ["B-LOC", "B-PER", "I-LOC", "O"]);
        assert_eq!(data.rows[0].tags, [1, 3]);
        assert_eq!(data.rows[1].tags, [0, 2]);
        assert_eq!(data.rows[0].split, Split::Test);
    }

    #[test]
    fn what_is_wrong_with_a_row_is_told_with_its_line() {
        let message = error("{\"tokens\":[\"a\",\"b\"],\"ner_tags\":[\"O\"]}");
        assert!(message.contains("2 tokens but 1 tags"), "{message}");
        let message = error("{\"tokens\":[\"a\"],\"ner_tags\":[3]}");
        assert!(message.contains("list of strings"), "{message}");
        let message = error("{\"tokens\":[\"a\"],\"ner_tags\":[\"PER\"]}");
        assert!(message.contains("`PER`"), "{message}");
        let message = error("{\"tokens\":[\" \"],\"ner_tags\":[\"O\"]}");
        assert!(message.contains("empty"), "{message}");
        let message = error("{\"words\":[\"a\"],\"ner_tags\":[\"O\"]}");
        assert!(message.contains("`tokens`"), "{message}");
        let message = read_tagged("x.csv", b"a,b\n1,2\n", None).unwrap_err();
        assert!(message.to_string().contains(".jsonl"), "{message}");
    }
}
