//! From rows of text to examples of token ids.

use super::{Examples, Kind, Splits};
use crate::data::dataset::Dataset;
use crate::data::language::Language;
use crate::data::prompts::{self, EncodedPrompt, Prompted};
use crate::data::questions::{self, Cutting, Question};
use crate::data::reader::Texts;
use crate::data::stream::{hold_out, stream, windows};
use crate::data::tokenizer::Tokenizer;
use crate::engine::base::Base;
use crate::faults::TokenizerError;
use crate::protocol::Split;
use crate::settings::Seed;

/// How a data set becomes examples.
#[derive(Clone, Copy)]
pub struct Encoding<'a> {
    pub tokenizer: &'a Tokenizer,
    /// How the model learns running text; none where it says no words.
    pub language: Option<Language>,
    pub pad: i32,
    /// Tokens of the longest input.
    pub length: usize,
    /// Positions that the model has.
    pub context: usize,
    /// Question answering: tokens that neighbouring windows share.
    pub doc_stride: usize,
    /// Question answering: tokens of the longest answer that is considered.
    pub longest_answer: usize,
    /// Plain text: keep a tenth of it to evaluate on as the run goes.
    pub validates: bool,
    /// Plain text to measure on, instead of the last tenth.
    pub test_text: Option<&'a Texts>,
    /// Decides which words of running text are hidden, where any are.
    pub seed: u64,
}

/// Tokens of the longest answer that is considered, where nobody says.
pub const LONGEST_ANSWER: usize = 30;

impl<'a> Encoding<'a> {
    /// With what is usual for inputs of `length` tokens.
    pub fn usual(base: &'a Base, length: usize) -> Self {
        Self {
            tokenizer: &base.tokenizer,
            language: base.language(),
            pad: base.pad(),
            length,
            context: base.positions(),
            doc_stride: length / 3,
            longest_answer: LONGEST_ANSWER,
            validates: false,
            test_text: None,
            seed: 0,
        }
    }

    pub fn examples(self, dataset: Dataset) -> Result<Examples, TokenizerError> {
        let (tokenizer, length) = (self.tokenizer, self.length);
        let kind = match dataset {
            Dataset::Labelled(data) => Kind::Classes {
                splits: each(|split| data.encode(split, tokenizer, length))?,
                labels: data.labels,
            },
            Dataset::ManyLabels(data) => Kind::ManyLabels {
                splits: each(|split| data.encode(split, tokenizer, length))?,
                labels: data.labels,
            },
            Dataset::Tagged(data) => Kind::Tags {
                splits: each(|split| data.encode(split, tokenizer, length))?,
                labels: data.labels,
            },
            Dataset::Questions(rows) => self.questions(&rows)?,
            Dataset::Prompts(rows) => self.prompts(&rows)?,
            Dataset::Text(texts) => self.text(&texts)?,
        };
        let pad = self.pad;
        Ok(Examples { kind, pad })
    }

    fn questions(self, rows: &[Question]) -> Result<Kind, TokenizerError> {
        let cutting = Cutting {
            max_length: self.length,
            stride: self.doc_stride,
        };
        let of = |split| rows.iter().filter(move |row| row.split == split);
        let encode = |split| {
            let own: Vec<&Question> = of(split).collect();
            questions::encode(&own, self.tokenizer, cutting)
        };
        Ok(Kind::Questions {
            questions: each(|split| Ok(of(split).cloned().collect()))?,
            windows: each(encode)?,
            longest: self.longest_answer,
        })
    }

    fn prompts(self, rows: &[Prompted]) -> Result<Kind, TokenizerError> {
        let mut cut = [0; 3];
        let splits = each(|split| {
            let (kept, lost) = self.prompts_of(rows, split)?;
            cut[split as usize] = lost;
            Ok(kept)
        })?;
        Ok(Kind::Prompts { splits, cut })
    }

    /// The rows of a split, and how many were lost.
    fn prompts_of(
        self,
        rows: &[Prompted],
        split: Split,
    ) -> Result<(Vec<EncodedPrompt>, usize), TokenizerError> {
        let (mut kept, mut lost) = (Vec::new(), 0);
        for row in rows.iter().filter(|row| row.split == split) {
            let row = prompts::encode(row, self.tokenizer, self.length)?;
            match row.filter(|row| row.predicted() > 0) {
                Some(row) => kept.push(row),
                None => lost += 1,
            }
        }
        Ok((kept, lost))
    }

    /// The last tenth is measured on before and after, the tenth before it as the run goes.
    fn text(self, texts: &Texts) -> Result<Kind, TokenizerError> {
        let mut train = stream(texts, self.tokenizer)?;
        let test = match self.test_text {
            Some(text) => stream(text, self.tokenizer)?,
            None => hold_out(&mut train),
        };
        let validation = match self.validates {
            true => hold_out(&mut train),
            false => Vec::new(),
        };
        if let Some(Language::HiddenTokens(masking)) = self.language {
            let cut = |ids: Vec<i32>| self.framed_windows(&ids);
            return Ok(Kind::Hidden {
                splits: Splits {
                    train: cut(train),
                    validation: cut(validation),
                    test: cut(test),
                },
                masking,
                seed: Seed::new(self.seed).fork("hidden words"),
            });
        }
        let whole = |ids: Vec<i32>| if ids.len() > 1 { vec![ids] } else { Vec::new() };
        Ok(Kind::Text {
            splits: Splits {
                train: windows(&train, self.length.max(2)),
                validation: whole(validation),
                test: whole(test),
            },
            context: self.context,
        })
    }

    fn framed_windows(self, ids: &[i32]) -> Vec<Vec<i32>> {
        let room = self.length.saturating_sub(self.tokenizer.marks_a_text());
        let rows = windows(ids, room.max(2)).into_iter();
        rows.map(|row| self.tokenizer.framed(row, self.length))
            .collect()
    }
}

fn each<T>(
    mut of: impl FnMut(Split) -> Result<Vec<T>, TokenizerError>,
) -> Result<Splits<T>, TokenizerError> {
    Ok(Splits {
        train: of(Split::Train)?,
        validation: of(Split::Validation)?,
        test: of(Split::Test)?,
    })
}
