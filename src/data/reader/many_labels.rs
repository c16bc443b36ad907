//! Texts with any number of labels: columns `text` and `labels`, the names with `;` between them.

use super::labels::{in_order, named_split};
use super::layout::Layout;
use super::split::fill_in;
use super::table::{Column, Row, Table, plain};
use crate::data::many_labels::{ManyLabelsDataset, ManyLabelsText};
use crate::faults::DataError;
use crate::protocol::Split;

/// Nothing between the separators, or nothing at all, is no label. In JSON Lines a list of names will do
/// too. `whole` is the split of a file that does not name its own.
pub fn read_many_labels(
    file_name: &str,
    bytes: &[u8],
    whole: Option<Split>,
) -> Result<ManyLabelsDataset, DataError> {
    let layout = Layout::of_labelled(file_name)?;
    many_labels_of(&Table::read(file_name, bytes, layout)?, whole)
}

/// The same of rows that are read.
pub fn many_labels_of(table: &Table, whole: Option<Split>) -> Result<ManyLabelsDataset, DataError> {
    let (text, labels) = (table.column("text")?, table.column("labels")?);
    let split = table.optional_column("split");
    let (mut texts, mut named, mut splits) = (Vec::new(), Vec::new(), Vec::new());
    for row in table.rows() {
        texts.push(row.filled(&text)?.to_owned());
        named.push(names(&row, &labels)?);
        splits.push(named_split(&row, split.as_ref())?);
    }
    if named.iter().all(Vec::is_empty) {
        return Err(DataError::NoLabels {
            file: table.file().to_owned(),
        });
    }
    Ok(dataset(texts, named, splits, whole))
}

/// Sorted, each once.
fn names(row: &Row, column: &Column) -> Result<Vec<String>, DataError> {
    let Some(field) = row.get(column)? else {
        // Not the same as an empty field: a column that was forgotten would pass for "no label".
        return row.filled(column).map(|_| Vec::new());
    };
    // A list may hold numbers too, as data sets with numbered labels do.
    let mut names: Vec<String> = match serde_json::from_str::<Vec<serde_json::Value>>(field) {
        Ok(list) if field.starts_with('[') => list.into_iter().map(plain).collect(),
        _ => field.split(';').map(str::to_owned).collect(),
    };
    names
        .iter_mut()
        .for_each(|name| *name = name.trim().to_owned());
    names.retain(|name| !name.is_empty());
    names.sort();
    names.dedup();
    Ok(names)
}

fn dataset(
    texts: Vec<String>,
    named: Vec<Vec<String>>,
    splits: Vec<Option<Split>>,
    whole: Option<Split>,
) -> ManyLabelsDataset {
    let labels = in_order(named.iter().flatten().cloned().collect());
    // Texts are divided within each combination of labels.
    let mut combinations: Vec<String> = named.iter().map(|names| names.join(";")).collect();
    combinations.sort();
    combinations.dedup();
    let stratum = |names: &Vec<String>| combinations.binary_search(&names.join(";"));
    let keys: Vec<(usize, &str)> = named
        .iter()
        .zip(&texts)
        .map(|(names, text)| (stratum(names).unwrap_or_default(), text.as_str()))
        .collect();
    let splits = fill_in(splits, &keys, whole);
    let rows = named
        .iter()
        .zip(texts.iter().zip(splits))
        .map(|(names, (text, split))| ManyLabelsText {
            text: text.clone(),
            has: labels.iter().map(|label| names.contains(label)).collect(),
            split,
        })
        .collect();
    ManyLabelsDataset { labels, rows }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_separated_by_semicolons_and_an_empty_field_is_none() {
        let csv = "text,labels,split\na,rude; spam ;,train\nb,,test\nc,spam,validation\n";
        let data = read_many_labels("x.csv", csv.as_bytes(), None).unwrap();
        assert_eq!(data.labels, ["rude", "spam"]);
        let has: Vec<_> = data.rows.iter().map(|row| row.has.clone()).collect();
        assert_eq!(has, [[true, true], [false, false], [false, true]]);
        assert_eq!(data.rows[1].split, Split::Test);
        let json = "{\"text\":\"a\",\"labels\":[\"spam\",\"rude\"],\"split\":\"train\"}\n\
                    {\"text\":\"b\",\"labels\":\"\",\"split\":\"test\"}\n\
                    {\"text\":\"c\",\"labels\":\"spam\",\"split\":\"validation\"}";
        assert_eq!(
            read_many_labels("x.jsonl", json.as_bytes(), None).unwrap(),
            data
        );
    }

    #[test]
    fn numbered_labels_in_a_list_stand_in_numeric_order() {
        let json = "{\"text\":\"a\",\"labels\":[10,2]}\n{\"text\":\"b\",\"labels\":[]}";
        let data = read_many_labels("x.jsonl", json.as_bytes(), None).unwrap();
        assert_eq!(data.labels, ["2", "10"]);
        assert_eq!(data.rows[0].has, [true, true]);
    }

    #[test]
    fn without_a_split_every_combination_is_divided() {
        let mut csv = String::from("text,labels\n");
        for i in 0..100 {
            csv += &format!("text {i},{}\n", ["", "a", "b", "a;b"][i % 4]);
        }
        let data = read_many_labels("x.csv", csv.as_bytes(), None).unwrap();
        for has in [[false, false], [true, true], [true, false]] {
            let of = |split| {
                data.rows
                    .iter()
                    .filter(move |r| r.split == split && r.has == has)
            };
            assert_eq!(of(Split::Test).count(), 5);
        }
    }

    #[test]
    fn no_label_anywhere_and_a_missing_field_are_told() {
        let error = read_many_labels("x.csv", b"text,labels\na,\n", None).unwrap_err();
        assert!(error.to_string().contains("no row has a label"), "{error}");
        let json = b"{\"text\":\"a\",\"labels\":\"x\"}\n{\"text\":\"b\",\"label\":\"x\"}";
        let error = read_many_labels("x.jsonl", json, None).unwrap_err();
        let message = error.to_string();
        assert!(
            message.contains("line 2") && message.contains("`labels`"),
            "{message}"
        );
    }
}
