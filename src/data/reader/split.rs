//! Train, validation and test, where a file does not say.

use std::collections::HashMap;

use crate::protocol::Split;
use crate::settings::Seed;

/// Of every ten texts of a label: seven to train on, one to validate, two to test.
const TRAIN_TENTHS: usize = 7;
const VALIDATION_TENTHS: usize = 1;

/// Fixed, so that a file is divided alike in the page and on the command line, today and tomorrow.
const SPLIT_SEED: u64 = 42;

pub fn parse_split(name: &str) -> Option<Split> {
    match name.to_ascii_lowercase().as_str() {
        "train" => Some(Split::Train),
        "validation" | "valid" | "val" | "dev" => Some(Split::Validation),
        "test" => Some(Split::Test),
        _ => None,
    }
}

/// A split for each `(label, text)`. Within a label the texts are ranked by a hash of each, so that
/// every label has the same shares, no matter in which order the file lists them. Equal texts stay on one side, also
/// where their labels differ: they rank together, under the first of their labels.
pub fn divide(rows: &[(usize, &str)]) -> Vec<Split> {
    let seed = Seed::new(SPLIT_SEED).fork("split");
    let mut labels: HashMap<&str, usize> = HashMap::new();
    for (label, text) in rows {
        let first = labels.entry(text).or_insert(*label);
        *first = (*first).min(*label);
    }
    let key = |(_, text): &(usize, &str)| (labels[text], seed.fork(text).next_u64());
    let keys: Vec<(usize, u64)> = rows.iter().map(key).collect();
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|&i| keys[i]);
    let mut splits = vec![Split::Train; rows.len()];
    for group in order.chunk_by(|&a, &b| keys[a].0 == keys[b].0) {
        let mut rank = 0;
        for same in group.chunk_by(|&a, &b| keys[a] == keys[b]) {
            for &i in same {
                splits[i] = split_at(rank, group.len());
            }
            rank += same.len();
        }
    }
    splits
}

/// Splits for rows of which each may name its own. The others get `whole`, or the split that a row of the same text
/// names; what is left is divided as [`divide`] has it.
pub fn fill_in(
    named: Vec<Option<Split>>,
    keys: &[(usize, &str)],
    whole: Option<Split>,
) -> Vec<Split> {
    if let Some(whole) = whole {
        return named.into_iter().map(|own| own.unwrap_or(whole)).collect();
    }
    let mut of_text: HashMap<&str, Split> = HashMap::new();
    for (own, (_, text)) in named.iter().zip(keys) {
        if let Some(split) = own {
            of_text.entry(text).or_insert(*split);
        }
    }
    let open = keys.iter().filter(|(_, text)| !of_text.contains_key(text));
    let open: Vec<(usize, &str)> = open.copied().collect();
    let mut divided = divide(&open).into_iter();
    let mut split = |(own, (_, text)): (Option<Split>, &(usize, &str))| {
        let known = own.or_else(|| of_text.get(text).copied());
        known.or_else(|| divided.next()).unwrap_or(Split::Train)
    };
    named.into_iter().zip(keys).map(&mut split).collect()
}

fn split_at(rank: usize, count: usize) -> Split {
    let upto = |tenths: usize| (count * tenths).div_ceil(10);
    match rank {
        r if r < upto(TRAIN_TENTHS) => Split::Train,
        r if r < upto(TRAIN_TENTHS + VALIDATION_TENTHS) => Split::Validation,
        _ => Split::Test,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_is_divided_in_the_same_shares_whatever_the_order() {
        let texts: Vec<String> = (0..200).map(|i| format!("text {i}")).collect();
        let rows: Vec<(usize, &str)> = texts
            .iter()
            .enumerate()
            .map(|(i, t)| (usize::from(i % 4 == 0), &t[..]))
            .collect();
        let splits = divide(&rows);
        for (label, count) in [(0, 150), (1, 50)] {
            let share = |split| {
                rows.iter()
                    .zip(&splits)
                    .filter(|(r, s)| r.0 == label && **s == split)
                    .count()
            };
            assert_eq!(share(Split::Train), count * 7 / 10);
            assert_eq!(share(Split::Validation), count / 10);
            assert_eq!(share(Split::Test), count / 5);
        }
        let backwards: Vec<(usize, &str)> = rows.iter().rev().copied().collect();
        let mut again = divide(&backwards);
        again.reverse();
        assert_eq!(again, splits);
    }

    #[test]
    fn equal_texts_are_never_on_both_sides() {
        let texts: Vec<String> = (0..40).map(|i| format!("text {}", i / 4)).collect();
        let rows: Vec<(usize, &str)> = texts.iter().map(|t| (0, &t[..])).collect();
        let splits = divide(&rows);
        assert!(
            splits
                .chunks(4)
                .all(|same| same.iter().all(|s| *s == same[0]))
        );
    }

    #[test]
    fn equal_texts_with_different_labels_are_never_on_both_sides() {
        let texts: Vec<String> = (0..60).map(|i| format!("text {}", i / 3)).collect();
        let rows: Vec<(usize, &str)> = (0..60).map(|i| (i % 3, &texts[i][..])).collect();
        let splits = divide(&rows);
        let together = |same: &[Split]| same.iter().all(|s| *s == same[0]);
        assert!(splits.chunks(3).all(together), "{splits:?}");
        assert!(splits.contains(&Split::Test) && splits.contains(&Split::Train));
    }

    #[test]
    fn rows_that_name_no_split_are_divided_apart_from_those_that_do() {
        let texts: Vec<String> = (0..30).map(|i| format!("text {}", i % 29)).collect();
        let keys: Vec<(usize, &str)> = texts.iter().map(|t| (0, &t[..])).collect();
        let mut named = vec![None; 30];
        named[..9].fill(Some(Split::Test));
        let splits = fill_in(named.clone(), &keys, None);
        assert_eq!(splits[29], Split::Test, "as its text says in row 0");
        let of = |split| splits[9..29].iter().filter(|s| **s == split).count();
        assert_eq!(
            [of(Split::Train), of(Split::Validation), of(Split::Test)],
            [14, 2, 4]
        );
        let whole = fill_in(named, &keys, Some(Split::Train));
        assert_eq!(whole.iter().filter(|s| **s == Split::Test).count(), 9);
    }

    /// The programs that the page writes divide alike: `ui::script::own` has the same letters.
    #[test]
    fn the_split_stays_as_it_is() {
        let texts: Vec<String> = (0..60).map(|i| format!("text {} ü", i % 50)).collect();
        let rows: Vec<(usize, &str)> = texts
            .iter()
            .enumerate()
            .map(|(i, t)| (i % 3, &t[..]))
            .collect();
        let letter = |split: &Split| match split {
            Split::Train => 't',
            Split::Validation => 'v',
            Split::Test => 'T',
        };
        let letters: String = divide(&rows).iter().map(letter).collect();
        assert_eq!(
            letters,
            "tTttttttTvtttttttttttTttttTttvtttvvtttTTTttTtvvttttTttttttTv"
        );
    }
}
