//! Texts as weighted counts of words: tf-idf as scikit-learn has it, smoothed and of length 1.

use std::collections::HashMap;

use crate::data::words::numbered_words;

/// Rows with few columns that are not 0.
pub struct Sparse {
    /// Where each row begins, and the end.
    starts: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f64>,
    pub width: usize,
}

impl Sparse {
    pub fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    pub fn row(&self, row: usize) -> impl Iterator<Item = (usize, f64)> {
        let span = self.starts[row]..self.starts[row + 1];
        let columns = self.columns[span.clone()].iter().map(|c| *c as usize);
        columns.zip(self.values[span].iter().copied())
    }
}

/// Columns and their weights, learnt from the training texts alone.
pub struct Features {
    with_pairs: bool,
    /// Column and weight of each word or pair.
    known: HashMap<u64, (u32, f64)>,
}

/// Weights, over all classes, that are learnt at most; of more words and pairs the commonest are kept.
const MOST_WEIGHTS: usize = 2_000_000;

impl Features {
    pub fn of(texts: &[&str], with_pairs: bool, classes: usize) -> Self {
        let mut texts_with: HashMap<u64, usize> = HashMap::new();
        for text in texts {
            let mut own = numbered_words(text, with_pairs);
            own.sort_unstable();
            own.dedup();
            for word in own {
                *texts_with.entry(word).or_default() += 1;
            }
        }
        let mut words: Vec<(usize, u64)> = texts_with.into_iter().map(|(w, n)| (n, w)).collect();
        // The commonest first; words as rare in an order that is always the same.
        words.sort_unstable_by(|a, b| b.cmp(a));
        words.truncate(MOST_WEIGHTS / classes.max(1));
        let weight = |count: usize| ((1 + texts.len()) as f64 / (1 + count) as f64).ln() + 1.0;
        let columns = words.into_iter().enumerate();
        Self {
            with_pairs,
            known: columns
                .map(|(column, (count, word))| (word, (column as u32, weight(count))))
                .collect(),
        }
    }

    pub fn count(&self) -> usize {
        self.known.len()
    }

    /// The rows of texts; the last column is 1 for all, for the intercept.
    pub fn rows<'a>(&self, texts: impl Iterator<Item = &'a str>) -> Sparse {
        let mut rows = Sparse {
            starts: vec![0],
            columns: Vec::new(),
            values: Vec::new(),
            width: self.known.len() + 1,
        };
        for text in texts {
            self.add(text, &mut rows);
        }
        rows
    }

    fn add(&self, text: &str, rows: &mut Sparse) {
        let words = numbered_words(text, self.with_pairs);
        let mut found: Vec<(u32, f64)> = words
            .iter()
            .filter_map(|word| self.known.get(word).copied())
            .collect();
        found.sort_unstable_by_key(|(column, _)| *column);
        let start = rows.values.len();
        for same in found.chunk_by(|a, b| a.0 == b.0) {
            rows.columns.push(same[0].0);
            rows.values
                .push(same.iter().map(|(_, weight)| weight).sum());
        }
        let own = &mut rows.values[start..];
        let length = own.iter().map(|v| v * v).sum::<f64>().sqrt();
        if length > 0.0 {
            own.iter_mut().for_each(|value| *value /= length);
        }
        rows.columns.push(self.known.len() as u32);
        rows.values.push(1.0);
        rows.starts.push(rows.values.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of scikit-learn's `TfidfVectorizer` (smoothed, l2), worked out by its formula.
    #[test]
    fn rare_words_weigh_more_and_rows_have_length_1() {
        let features = Features::of(&["a b", "a c"], false, 2);
        assert_eq!(features.count(), 3);
        let rows = features.rows(["a b b", "zzz"].into_iter());
        let mut values: Vec<f64> = rows.row(0).map(|(_, value)| value).collect();
        assert_eq!(values.pop(), Some(1.0), "the intercept");
        let (common, rare) = (1.0f64, 2.0 * ((3.0f64 / 2.0).ln() + 1.0));
        let length = (common * common + rare * rare).sqrt();
        values.sort_by(f64::total_cmp);
        assert!((values[0] - common / length).abs() < 1e-12);
        assert!((values[1] - rare / length).abs() < 1e-12);
        assert_eq!(rows.row(1).count(), 1, "unknown words are nothing");
    }

    #[test]
    fn the_commonest_words_are_kept_where_there_are_too_many() {
        let features = Features::of(&["a b", "a c"], false, MOST_WEIGHTS);
        assert_eq!(features.count(), 1);
        let rows = features.rows(["a"].into_iter());
        assert_eq!(rows.row(0).count(), 2);
    }
}
