//! Prompts with the completions to be learnt: columns `prompt` and `completion`.

use super::labels::named_split;
use super::layout::Layout;
use super::split::fill_in;
use super::table::Table;
use crate::data::prompts::Prompted;
use crate::faults::DataError;
use crate::protocol::Split;

/// `None` where the file has no such columns: it is plain text then. `whole` is the split of a file that does not
/// name its own.
pub fn read_prompts(
    file_name: &str,
    bytes: &[u8],
    whole: Option<Split>,
) -> Result<Option<Vec<Prompted>>, DataError> {
    let Some(layout) = Layout::of_texts(file_name)? else {
        return Ok(None);
    };
    let table = Table::read(file_name, bytes, layout)?;
    if !table.has("prompt") && !table.has("completion") {
        return Ok(None);
    }
    prompts_of(&table, whole).map(Some)
}

/// The same of rows that are read.
pub fn prompts_of(table: &Table, whole: Option<Split>) -> Result<Vec<Prompted>, DataError> {
    let (prompt, completion) = (table.column("prompt")?, table.column("completion")?);
    let split = table.optional_column("split");
    let (mut rows, mut named) = (Vec::new(), Vec::new());
    for row in table.rows() {
        row.filled(&prompt)?;
        row.filled(&completion)?;
        named.push(named_split(&row, split.as_ref())?);
        let as_it_stands = |column| Ok(row.raw(column)?.unwrap_or_default().to_owned());
        rows.push(Prompted {
            prompt: as_it_stands(&prompt)?,
            completion: as_it_stands(&completion)?,
            split: Split::Train,
        });
    }
    let keys: Vec<(usize, &str)> = rows.iter().map(|row| (0, row.prompt.as_str())).collect();
    let splits = fill_in(named, &keys, whole);
    for (row, split) in rows.iter_mut().zip(splits) {
        row.split = split;
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_kept_and_other_files_are_plain_text() {
        let csv = b"prompt,completion,split\nA?, b ,test\n";
        let read = read_prompts("x.csv", csv, None).unwrap().unwrap();
        assert_eq!(read[0].completion, " b ");
        assert_eq!(read[0].split, Split::Test);
        assert_eq!(read_prompts("x.csv", b"text\na\n", None).unwrap(), None);
        assert_eq!(read_prompts("x.txt", b"a\n", None).unwrap(), None);
    }

    #[test]
    fn a_prompt_needs_a_completion() {
        let error = read_prompts("x.csv", b"prompt,answer\na,b\n", None).unwrap_err();
        assert!(error.to_string().contains("`completion`"), "{error}");
        let json =
            b"{\"prompt\":\"a\",\"completion\":\"b\"}\n{\"prompt\":\"a\",\"completion\":\"\"}";
        let error = read_prompts("x.jsonl", json, None).unwrap_err();
        assert!(error.to_string().contains("line 2"), "{error}");
    }
}
