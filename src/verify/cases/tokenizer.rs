//! The byte-level BPE: encoding, places in the text, decoding; from either form of its files, and learnt
//! anew from its text.

use serde::Deserialize;

use super::words;
use crate::data::tokenizer::Tokenizer;
use crate::faults::{Fault, FileError, TokenizerError};
use crate::verify::harness::CaseResult;
use crate::verify::harness::comparison::Comparison;
use crate::verify::harness::error::in_file;
use crate::verify::harness::finding::Reporter;
use crate::verify::harness::library::Library;
use crate::verify::harness::tolerance::EXACT;

#[derive(Deserialize)]
struct Encodings {
    vocab_size: usize,
    items: Vec<Item>,
    decode: Vec<Decoding>,
}

#[derive(Deserialize)]
struct Item {
    text: String,
    ids: Vec<i32>,
    offsets: Vec<(usize, usize)>,
    pre: Vec<(usize, usize)>,
    decoded: String,
}

#[derive(Deserialize)]
struct Decoding {
    ids: Vec<i32>,
    text: String,
    text_skip_special: String,
}

/// A recording of ids alone, as a plain list.
#[derive(Deserialize)]
struct TextIds {
    text: String,
    ids: Vec<i32>,
}

pub fn run(library: &Library, folder: &str, reporter: &mut Reporter) -> CaseResult {
    let path = format!("{folder}encodings.json");
    if let Ok(items) = library.json::<Vec<TextIds>>(&path) {
        return ids_alone(library, folder, &items, reporter);
    }
    let encodings: Encodings = library.json(&path)?;
    let tokenizers = tokenizers(library, folder, encodings.vocab_size)?;
    let words_path = format!("{folder}words.json");
    if let (true, Some((_, tokenizer))) = (library.has(&words_path), tokenizers.first()) {
        words::run(library, &words_path, tokenizer, reporter)?;
    }
    for (name, tokenizer) in tokenizers {
        let check = Check {
            case: format!("{folder}{name}"),
            tokenizer,
            encodings: &encodings,
        };
        check.run(reporter).map_err(|e| in_file(&check.case, e))?;
    }
    Ok(())
}

fn ids_alone(
    library: &Library,
    folder: &str,
    items: &[TextIds],
    reporter: &mut Reporter,
) -> CaseResult {
    for (name, tokenizer) in tokenizers(library, folder, 0)? {
        let case = format!("{folder}{name}");
        let failed = |e: TokenizerError| in_file(&case, e);
        let compare =
            |what: &str| Comparison::new(&case, &format!("{what} {} texts", items.len()), EXACT);
        let (mut ids, mut back) = (compare("ids of"), compare("ids back to"));
        for item in items {
            let name = format!("{:?}", item.text);
            ids.equal(
                &name,
                &tokenizer.ids(&item.text).map_err(failed)?,
                &item.ids,
            );
            let text = tokenizer.decode(&item.ids, false).map_err(failed)?;
            back.equal(&name, &text, &item.text);
        }
        reporter.quantity(ids.finish());
        reporter.quantity(back.finish());
    }
    Ok(())
}

/// Every way to the tokenizer that the folder offers.
fn tokenizers(
    library: &Library,
    folder: &str,
    vocabulary: usize,
) -> Result<Vec<(&'static str, Tokenizer)>, Fault> {
    let path = |file: &str| format!("{folder}{file}");
    let has = |file: &str| library.has(&path(file));
    let at = |file: &str| {
        let path = path(file);
        move |e: TokenizerError| in_file(&path, e)
    };
    let mut found = Vec::new();
    if has("tokenizer.json") {
        let json = library.text(&path("tokenizer.json"))?;
        let tokenizer = Tokenizer::from_json(&json).map_err(at("tokenizer.json"))?;
        found.push(("tokenizer.json", tokenizer));
    }
    if has("vocab.json") || has("merges.txt") {
        let (vocab, merges) = (path("vocab.json"), path("merges.txt"));
        let (vocab, merges) = (library.text(&vocab)?, library.text(&merges)?);
        let tokenizer =
            Tokenizer::from_vocab_and_merges(&vocab, &merges).map_err(at("vocab.json"))?;
        found.push(("vocab.json + merges.txt", tokenizer));
    }
    if has("corpus.txt") {
        let corpus = library.text(&path("corpus.txt"))?;
        let learnt = Tokenizer::train(std::iter::once(corpus.as_str()), vocabulary);
        found.push(("learnt from corpus.txt", learnt.map_err(at("corpus.txt"))?));
    }
    match found.is_empty() {
        true => Err(FileError::Missing {
            path: path("tokenizer.json"),
        }
        .into()),
        false => Ok(found),
    }
}

struct Check<'a> {
    case: String,
    tokenizer: Tokenizer,
    encodings: &'a Encodings,
}

impl Check<'_> {
    fn run(&self, reporter: &mut Reporter) -> Result<(), TokenizerError> {
        let texts = self.encodings.items.len();
        let compare =
            |what: &str| Comparison::new(&self.case, &format!("{what} of {texts} texts"), EXACT);
        let (mut ids, mut offsets) = (compare("ids"), compare("offsets"));
        let (mut spans, mut decoded) = (compare("words before merging"), compare("decoding"));
        let mut size = Comparison::new(&self.case, "size of the vocabulary", EXACT);
        size.equal(
            "it",
            &self.tokenizer.vocabulary(),
            &self.encodings.vocab_size,
        );
        for item in &self.encodings.items {
            let name = format!("{:?}", item.text);
            let encoding = self.tokenizer.encode(&item.text)?;
            ids.equal(&name, &encoding.ids, &item.ids);
            offsets.equal(&name, &encoding.offsets, &item.offsets);
            spans.equal(&name, &self.tokenizer.word_spans(&item.text)?, &item.pre);
            decoded.equal(
                &name,
                &self.tokenizer.decode(&item.ids, false)?,
                &item.decoded,
            );
        }
        for comparison in [size, ids, offsets, spans, decoded] {
            reporter.quantity(comparison.finish());
        }
        reporter.quantity(self.decodings()?.finish());
        Ok(())
    }

    fn decodings(&self) -> Result<Comparison, TokenizerError> {
        let quantity = format!("decoding of {} lists of ids", self.encodings.decode.len());
        let mut comparison = Comparison::new(&self.case, &quantity, EXACT);
        for Decoding {
            ids,
            text,
            text_skip_special,
        } in &self.encodings.decode
        {
            let name = format!("{ids:?}");
            comparison.equal(&name, &self.tokenizer.decode(ids, false)?, text);
            let skipped = self.tokenizer.decode(ids, true)?;
            comparison.equal(
                &format!("{name} without special tokens"),
                &skipped,
                text_skip_special,
            );
        }
        Ok(comparison)
    }
}
