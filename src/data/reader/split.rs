//! Train, validation and test, where a file does not say.

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
        "validation" => Some(Split::Validation),
        "test" => Some(Split::Test),
        _ => None,
    }
}

/// A split for each `(label, text)`. Within a label the texts are ranked by a hash of each, so that
/// every label has the same shares, no matter in which order the file lists them; equal texts rank
/// together and stay on one side.
pub fn divide(rows: &[(usize, &str)]) -> Vec<Split> {
    let seed = Seed::new(SPLIT_SEED).fork("split");
    let hashes: Vec<u64> = rows
        .iter()
        .map(|(_, text)| seed.fork(text).next_u64())
        .collect();
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|&i| (rows[i].0, hashes[i]));
    let mut splits = vec![Split::Train; rows.len()];
    for group in order.chunk_by(|&a, &b| rows[a].0 == rows[b].0) {
        let mut rank = 0;
        for same in group.chunk_by(|&a, &b| hashes[a] == hashes[b]) {
            for &i in same {
                splits[i] = split_at(rank, group.len());
            }
            rank += same.len();
        }
    }
    splits
}

/// Splits for rows of which each may name its own: `whole` for the others, or a hash's as [`divide`] has it.
pub fn fill_in(
    named: Vec<Option<Split>>,
    keys: &[(usize, &str)],
    whole: Option<Split>,
) -> Vec<Split> {
    let divided = match whole {
        Some(split) => vec![split; named.len()],
        None => divide(keys),
    };
    let both = named.into_iter().zip(divided);
    both.map(|(named, other)| named.unwrap_or(other)).collect()
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
}
