//! What a masked run reads in a row: one text between its marks, or two.

use crate::data::batch::Batch;
use crate::data::masking::Masking;
use crate::data::tokenizer::Marks;
use crate::settings::Seed;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub ids: Vec<i32>,
    pub second: Option<Second>,
}

/// The second of a row's two texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Second {
    pub from: usize,
    /// It does not follow the first, but was taken from another row.
    pub is_strange: bool,
}

/// How windows of text become rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    Single,
    /// Two texts, of which the second follows the first in one row of two (Devlin et al. 2019).
    Pairs,
}

impl Layout {
    pub fn marks(self) -> usize {
        match self {
            Self::Single => Marks::A_TEXT,
            Self::Pairs => Marks::A_TEXT + 1,
        }
    }

    /// Rows of windows that are all of one length; `seed` decides where they are cut and which get a stranger.
    pub fn rows(self, windows: &[Vec<i32>], marks: &Marks, mut seed: Seed) -> Vec<Row> {
        let numbered = windows.iter().enumerate();
        let single = |text: &[i32]| Row {
            ids: marks.around(text.iter().copied()),
            second: None,
        };
        match self {
            Self::Single => windows.iter().map(|text| single(text)).collect(),
            Self::Pairs => numbered
                .map(|(i, text)| {
                    let quarter = text.len() / 4;
                    let cut = quarter + seed.below(text.len() - 2 * quarter);
                    let is_strange = windows.len() > 1 && seed.below(2) == 1;
                    let other = &windows[(i + usize::from(is_strange)) % windows.len()];
                    let mut ids = marks.around(text[..cut].iter().copied());
                    let from = ids.len();
                    ids.extend(&other[cut..]);
                    ids.push(marks.sep);
                    let second = Some(Second { from, is_strange });
                    Row { ids, second }
                })
                .collect(),
        }
    }
}

/// The rows with words hidden; where they have two texts, the label of `[CLS]` is 1 for a stranger, else 0.
pub fn hide(rows: &[Row], masking: Masking, seed: Seed) -> Batch {
    let ids = rows.iter().map(|row| row.ids.clone()).collect();
    let mut batch = masking.hide(ids, None, seed);
    for (row, labels) in rows.iter().zip(&mut batch.labels) {
        if let Some(second) = row.second {
            labels[0] = i32::from(second.is_strange);
        }
    }
    let begins: Vec<Option<usize>> = rows.iter().map(|row| Some(row.second?.from)).collect();
    batch.with_pairs(&begins)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKS: Marks = Marks {
        cls: 1000,
        sep: 1001,
        mask: 1002,
        pad: 1003,
    };

    #[test]
    fn a_second_text_goes_on_where_the_first_ends_or_is_a_strangers() {
        let window = |first: i32| (first..first + 20).collect::<Vec<i32>>();
        let windows: Vec<Vec<i32>> = (0..40).map(|i| window(i * 20)).collect();
        let rows = Layout::Pairs.rows(&windows, &MARKS, Seed::new(4));
        let mut strangers = 0;
        for (row, window) in rows.iter().zip(&windows) {
            let Second { from, is_strange } = row.second.unwrap();
            assert_eq!(row.ids.len(), 20 + Layout::Pairs.marks());
            assert_eq!((row.ids[0], row.ids[from - 1]), (MARKS.cls, MARKS.sep));
            assert_eq!(row.ids.last(), Some(&MARKS.sep));
            let (first, second) = (&row.ids[1..from - 1], &row.ids[from..row.ids.len() - 1]);
            assert_eq!(first, &window[..first.len()]);
            assert_eq!(second == &window[first.len()..], !is_strange);
            strangers += usize::from(is_strange);
        }
        assert!((10..30).contains(&strangers), "{strangers}");
    }

    #[test]
    fn the_label_of_cls_tells_a_stranger_and_the_second_text_has_type_one() {
        let windows = vec![vec![1, 2, 3, 4], vec![5, 6, 7, 8]];
        let rows = Layout::Pairs.rows(&windows, &MARKS, Seed::new(1));
        let masking = Masking::usual(&MARKS, 1004);
        let batch = hide(&rows, masking, Seed::new(2));
        let segments = batch.segments.unwrap();
        for (i, row) in rows.iter().enumerate() {
            let second = row.second.unwrap();
            assert_eq!(batch.labels[i][0], i32::from(second.is_strange));
            let ones = segments[i].iter().filter(|segment| **segment == 1).count();
            assert_eq!(ones, row.ids.len() - second.from);
        }
        let single = Layout::Single.rows(&windows, &MARKS, Seed::new(1));
        assert_eq!(hide(&single, masking, Seed::new(2)).segments, None);
    }
}
