//! Byte-level BPE as GPT-2 has it, by the `tokenizers` crate.

use std::collections::HashMap;

use ahash::AHashMap;
use tokenizers::decoders::byte_level::ByteLevel;
use tokenizers::models::bpe::BPE;
use tokenizers::processors::template::TemplateProcessing;
use tokenizers::tokenizer::{OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer as _};
use tokenizers::{AddedToken, Tokenizer as Inner};

use crate::faults::TokenizerError;

/// The token that ends a text, and pads where nothing else is there to pad with.
pub const END_OF_TEXT: &str = "<|endoftext|>";

/// BERT's marks: before a text, after it, instead of a word, and where nothing is.
pub const CLS: &str = "[CLS]";
pub const SEP: &str = "[SEP]";
pub const MASK: &str = "[MASK]";
pub const PAD: &str = "[PAD]";
const MARKS: [&str; 4] = [CLS, SEP, MASK, PAD];

/// The ids of BERT's marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    pub cls: i32,
    pub sep: i32,
    pub mask: i32,
    pub pad: i32,
}

impl Marks {
    /// How many stand around a text.
    pub const A_TEXT: usize = 2;

    pub fn around(&self, words: impl Iterator<Item = i32>) -> Vec<i32> {
        std::iter::once(self.cls)
            .chain(words)
            .chain(std::iter::once(self.sep))
            .collect()
    }
}

/// Text to ids and back.
#[derive(Clone)]
pub struct Tokenizer {
    inner: Inner,
    /// What a model of this tokenizer expects around a text: BERT's marks, or nothing.
    frame: Option<Marks>,
}

/// Ids with the place of each in the text, in Unicode code points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoding {
    pub ids: Vec<i32>,
    pub offsets: Vec<(usize, usize)>,
}

impl Tokenizer {
    fn of(inner: Inner) -> Self {
        Self { inner, frame: None }
    }

    /// The same for a BERT, whose texts stand between `[CLS]` and `[SEP]`.
    pub fn framing(self) -> Result<Self, TokenizerError> {
        Ok(Self {
            frame: Some(self.marks()?),
            ..self
        })
    }

    /// The marks that stand around texts, where any do.
    pub fn frame(&self) -> Option<Marks> {
        self.frame
    }

    /// How many tokens of a text's length are marks.
    pub fn marks_a_text(&self) -> usize {
        self.frame.map_or(0, |_| Marks::A_TEXT)
    }

    /// Ids as the model gets them: cut so that no more than `max_length` remain with the marks around them.
    pub fn framed(&self, mut ids: Vec<i32>, max_length: usize) -> Vec<i32> {
        ids.truncate(max_length.saturating_sub(self.marks_a_text()));
        match self.frame {
            Some(marks) => marks.around(ids.into_iter()),
            None => ids,
        }
    }

    /// The ids of a text as the model gets it, at most `max_length`.
    pub fn text_ids(&self, text: &str, max_length: usize) -> Result<Vec<i32>, TokenizerError> {
        Ok(self.framed(self.ids(text)?, max_length))
    }

    /// What `tokenizer.json` says of padding and truncation is dropped, as transformers drops it: batches are padded
    /// and texts are cut where they are put together, to what the model and the run allow.
    pub fn from_json(json: &str) -> Result<Self, TokenizerError> {
        let failed = |e: tokenizers::Error| unreadable(&["tokenizer.json"], e);
        let mut inner: Inner = json.parse().map_err(failed)?;
        inner.with_padding(None);
        inner.with_truncation(None).map_err(failed)?;
        Ok(Self::of(inner))
    }

    /// GPT-2's own two files; `merges.txt` with or without its `#version` line.
    pub fn from_vocab_and_merges(vocab: &str, merges: &str) -> Result<Self, TokenizerError> {
        let vocab: HashMap<String, u32> =
            serde_json::from_str(vocab).map_err(|e| unreadable(&["vocab.json"], e))?;
        let vocab: AHashMap<String, u32> = vocab.into_iter().collect();
        let merges = parse_merges(merges)?;
        let ends = vocab.contains_key(END_OF_TEXT);
        let model = BPE::builder()
            .vocab_and_merges(vocab, merges)
            .build()
            .map_err(|e| unreadable(&["vocab.json", "merges.txt"], e))?;
        let mut inner = byte_level(model);
        if ends {
            add_end_of_text(&mut inner)?;
        }
        Ok(Self::of(inner))
    }

    pub fn encode(&self, text: &str) -> Result<Encoding, TokenizerError> {
        let encoding = self
            .inner
            .encode_char_offsets(text, false)
            .map_err(|e| TokenizerError::Encoding(e.to_string()))?;
        Ok(Encoding {
            ids: encoding.get_ids().iter().map(|id| *id as i32).collect(),
            offsets: encoding.get_offsets().to_vec(),
        })
    }

    pub fn ids(&self, text: &str) -> Result<Vec<i32>, TokenizerError> {
        Ok(self.encode(text)?.ids)
    }

    /// Ids of words that are given one by one, and the word that each comes from. Every word is read as if a
    /// space stood before it, as amid a text (`add_prefix_space` with `is_split_into_words` in transformers).
    pub fn encode_words(&self, words: &[String]) -> Result<(Vec<i32>, Vec<usize>), TokenizerError> {
        let (mut ids, mut word_ids) = (Vec::new(), Vec::new());
        for (index, word) in words.iter().enumerate() {
            let own = match word.starts_with(char::is_whitespace) {
                true => self.ids(word)?,
                false => self.ids(&format!(" {word}"))?,
            };
            word_ids.extend(std::iter::repeat_n(index, own.len()));
            ids.extend(own);
        }
        Ok((ids, word_ids))
    }

    /// Where the words lie that merging never crosses, in Unicode code points.
    pub fn word_spans(&self, text: &str) -> Result<Vec<(usize, usize)>, TokenizerError> {
        let mut words = PreTokenizedString::from(text);
        if let Some(splitter) = self.inner.get_pre_tokenizer() {
            splitter
                .pre_tokenize(&mut words)
                .map_err(|e| TokenizerError::Encoding(e.to_string()))?;
        }
        let splits = words.get_splits(OffsetReferential::Original, OffsetType::Char);
        Ok(splits.into_iter().map(|(_, span, _)| span).collect())
    }

    /// Bytes that are no UTF-8 become U+FFFD.
    pub fn decode(&self, ids: &[i32], skip_special: bool) -> Result<String, TokenizerError> {
        let ids: Vec<u32> = ids.iter().map(|id| *id as u32).collect();
        self.inner
            .decode(&ids, skip_special)
            .map_err(|e| TokenizerError::Encoding(e.to_string()))
    }

    pub fn vocabulary(&self) -> usize {
        self.inner.get_vocab_size(true)
    }

    /// The id of `<|endoftext|>`, where the vocabulary has it.
    pub fn end_of_text(&self) -> Option<i32> {
        self.inner.token_to_id(END_OF_TEXT).map(|id| id as i32)
    }

    /// The id of a token, where the vocabulary has it.
    pub fn id(&self, token: &str) -> Option<i32> {
        self.inner.token_to_id(token).map(|id| id as i32)
    }

    /// The ids of BERT's marks, all of which the vocabulary must have.
    pub fn marks(&self) -> Result<Marks, TokenizerError> {
        let id = |mark: &str| {
            let missing = || TokenizerError::LacksMark {
                mark: mark.to_owned(),
            };
            self.id(mark).ok_or_else(missing)
        };
        Ok(Marks {
            cls: id(CLS)?,
            sep: id(SEP)?,
            mask: id(MASK)?,
            pad: id(PAD)?,
        })
    }

    /// The tokenizer with BERT's marks at the end of its vocabulary, and its way to put them around texts.
    /// `[MASK]` stands for a word with the space before it, as the words of this vocabulary have it.
    pub fn with_marks(mut self) -> Result<Self, TokenizerError> {
        let failed = |e: String| TokenizerError::Unreadable(e);
        self.inner
            .add_special_tokens(MARKS.map(|mark| AddedToken::from(mark, true).lstrip(mark == MASK)))
            .map_err(|e| failed(e.to_string()))?;
        let id = |mark| self.inner.token_to_id(mark).unwrap_or_default();
        let template = TemplateProcessing::builder()
            .try_single(format!("{CLS} $A {SEP}"))
            .and_then(|b| b.try_pair(format!("{CLS} $A {SEP} $B:1 {SEP}:1")))
            .map_err(failed)?
            .special_tokens(vec![(CLS, id(CLS)), (SEP, id(SEP))])
            .build()
            .map_err(|e| failed(e.to_string()))?;
        self.inner.with_post_processor(Some(template));
        Ok(self)
    }

    pub fn to_json(&self) -> Result<String, TokenizerError> {
        self.inner
            .to_string(true)
            .map_err(|e| TokenizerError::Unreadable(e.to_string()))
    }

    /// Learns a vocabulary of `vocab_size` from lines of text, `<|endoftext|>` last as in GPT-2.
    pub fn train<'a>(
        lines: impl Iterator<Item = &'a str> + Send,
        vocab_size: usize,
    ) -> Result<Self, TokenizerError> {
        use tokenizers::models::{TrainerWrapper, bpe::BpeTrainer};
        use tokenizers::pre_tokenizers::byte_level::ByteLevel as PreTokenizer;
        let failed = |e: tokenizers::Error| TokenizerError::Unreadable(e.to_string());
        let trainer = BpeTrainer::builder()
            .vocab_size(vocab_size - 1)
            .show_progress(false)
            .initial_alphabet(PreTokenizer::alphabet().into_iter().collect())
            .build();
        let mut trainer = TrainerWrapper::from(trainer);
        let mut inner = byte_level(BPE::default());
        inner.train(&mut trainer, lines).map_err(failed)?;
        add_end_of_text(&mut inner)?;
        Ok(Self::of(inner))
    }
}

fn unreadable(files: &[&str], reason: impl ToString) -> TokenizerError {
    TokenizerError::UnreadableFiles {
        files: files.iter().map(|file| (*file).to_owned()).collect(),
        reason: reason.to_string(),
    }
}

fn byte_level(model: BPE) -> Inner {
    let mut inner = Inner::new(model);
    inner
        .with_pre_tokenizer(Some(ByteLevel::new(false, true, true)))
        .with_post_processor(Some(ByteLevel::new(true, false, true)))
        .with_decoder(Some(ByteLevel::new(true, true, true)));
    inner
}

fn add_end_of_text(inner: &mut Inner) -> Result<(), TokenizerError> {
    inner
        .add_special_tokens([AddedToken::from(END_OF_TEXT, true)])
        .map(|_| ())
        .map_err(|e| TokenizerError::Unreadable(e.to_string()))
}

fn parse_merges(text: &str) -> Result<Vec<(String, String)>, TokenizerError> {
    text.lines()
        .enumerate()
        .filter(|(i, line)| !(line.is_empty() || (*i == 0 && line.starts_with("#version"))))
        .map(|(i, line)| match line.split_once(' ') {
            Some((left, right)) => Ok((left.to_owned(), right.to_owned())),
            None => Err(TokenizerError::Line {
                file: "merges.txt".to_owned(),
                line: i + 1,
                found: line.to_owned(),
            }),
        })
        .collect()
}

#[cfg(test)]
mod tests;
