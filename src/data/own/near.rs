//! Texts in training that stand, with few words changed, in validation or test too: what a model scores on those it
//! has learnt by heart.
//!
//! Texts are compared as sets of words and pairs of words, by what share of both together is common (Jaccard). Only
//! pairs that can be near enough are compared: of two sets with a share of t or more in common, each has one of its
//! rarest (1 - t) of members in the other's (prefix filtering, Chaudhuri, Ganti & Kaushik 2006).

use std::collections::HashMap;

use crate::data::words::numbered_words;
use crate::protocol::Split;

/// The share of common words and pairs from which texts are nearly the same: one word changed in ten gives 0.73.
const NEAR: f64 = 0.7;

/// Comparisons a text, so that a file of texts from one template ends too.
const MOST_COMPARISONS: usize = 300;

/// For each held-out text that training has nearly the same: its place, and those of the training texts.
pub fn across(texts: &[&str], splits: &[Split]) -> Vec<(usize, Vec<usize>)> {
    let sets = ranked_sets(texts);
    let is_training = |index: &usize| splits[*index] == Split::Train;
    let mut holders: HashMap<u32, Vec<usize>> = HashMap::new();
    for index in (0..texts.len()).filter(is_training) {
        for rank in prefix(&sets[index]) {
            holders.entry(*rank).or_default().push(index);
        }
    }
    let held_out = (0..texts.len()).filter(|index| !is_training(index));
    let found = held_out.filter_map(|index| {
        let own = &sets[index];
        let holders = prefix(own).iter().filter_map(|rank| holders.get(rank));
        let mut others: Vec<usize> = holders.flatten().copied().take(MOST_COMPARISONS).collect();
        others.sort_unstable();
        others.dedup();
        others.retain(|other| likeness(own, &sets[*other]) >= NEAR);
        (!others.is_empty()).then_some((index, others))
    });
    found.collect()
}

/// The members of each text's set, the rarest over all texts first.
fn ranked_sets(texts: &[&str]) -> Vec<Vec<u32>> {
    let mut sets: Vec<Vec<u64>> = texts
        .iter()
        .map(|text| numbered_words(text, true))
        .collect();
    let mut counts: HashMap<u64, usize> = HashMap::new();
    for set in &mut sets {
        set.sort_unstable();
        set.dedup();
        for member in set.iter() {
            *counts.entry(*member).or_default() += 1;
        }
    }
    let mut order: Vec<(usize, u64)> = counts.into_iter().map(|(m, count)| (count, m)).collect();
    order.sort_unstable();
    let ranks = order.iter().enumerate();
    let ranks: HashMap<u64, u32> = ranks.map(|(rank, (_, m))| (*m, rank as u32)).collect();
    let ranked = |set: Vec<u64>| {
        let mut ranked: Vec<u32> = set.iter().map(|member| ranks[member]).collect();
        ranked.sort_unstable();
        ranked
    };
    sets.into_iter().map(ranked).collect()
}

fn prefix(set: &[u32]) -> &[u32] {
    let length = set.len() - (NEAR * set.len() as f64).ceil() as usize + 1;
    &set[..length.min(set.len())]
}

/// Of two sorted sets.
fn likeness(a: &[u32], b: &[u32]) -> f64 {
    let (mut i, mut j, mut common) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                common += 1;
                i += 1;
                j += 1;
            }
        }
    }
    common as f64 / (a.len() + b.len() - common).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_changed_word_of_ten_is_near_and_another_text_is_not() {
        let texts = [
            "the film was long and loud and I left early on",
            "an entirely different text about a bakery in the rain",
            "The film was long, and loud, and I left early!",
            "the film was a delight",
        ];
        let splits = [Split::Train, Split::Train, Split::Test, Split::Validation];
        assert_eq!(across(&texts, &splits), [(2, vec![0])]);
        let all_training = [Split::Train; 4];
        assert!(across(&texts, &all_training).is_empty());
    }

    #[test]
    fn every_pair_that_is_near_is_found() {
        // Each text held out is one of the training texts with its third word changed.
        let train = |i: usize| format!("review {i} says that place number {} was worth it", i * 7);
        let held = |i: usize| format!("review {i} claims that place number {} was worth it", i * 7);
        let texts: Vec<String> = (0..50).map(train).chain((0..50).map(held)).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let mut splits = vec![Split::Train; 50];
        splits.extend([Split::Test; 50]);
        let found = across(&texts, &splits);
        let exact = (50..100).filter(|i| {
            let sets = ranked_sets(&texts);
            (0..50).any(|j| likeness(&sets[*i], &sets[j]) >= NEAR)
        });
        assert_eq!(found.len(), exact.count());
    }

    #[test]
    fn texts_without_words_are_like_nothing() {
        let splits = [Split::Train, Split::Test];
        assert!(across(&["!!", "??"], &splits).is_empty());
    }
}
