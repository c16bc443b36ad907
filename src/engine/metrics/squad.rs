//! Exact match and F1 of an answer as SQuAD v1.1 counts them (Rajpurkar et al. 2016).

use std::collections::HashMap;

/// In lower case, without ASCII punctuation, without articles, with single spaces.
pub fn normalised(answer: &str) -> String {
    let kept: String = answer
        .to_lowercase()
        .chars()
        .filter(|c| !c.is_ascii_punctuation())
        .collect();
    without_articles(&kept)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// An article is one where it is a word of its own, whatever stands around it.
fn without_articles(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_letter = first.is_alphanumeric();
        let end = rest.find(|c: char| c.is_alphanumeric() != is_letter);
        let (run, after) = rest.split_at(end.unwrap_or(rest.len()));
        let is_article = matches!(run, "a" | "an" | "the");
        kept.push_str(if is_article { " " } else { run });
        rest = after;
    }
    kept
}

pub fn exact_match(answer: &str, truth: &str) -> bool {
    normalised(answer) == normalised(truth)
}

/// The harmonic mean of how much of the answer's words is right and how much of the truth's is there.
pub fn f1(answer: &str, truth: &str) -> f64 {
    let (answer, truth) = (normalised(answer), normalised(truth));
    let mut left: HashMap<&str, usize> = HashMap::new();
    for word in truth.split_whitespace() {
        *left.entry(word).or_default() += 1;
    }
    let mut shared = 0;
    for word in answer.split_whitespace() {
        if let Some(count) = left.get_mut(word).filter(|count| **count > 0) {
            *count -= 1;
            shared += 1;
        }
    }
    let words = answer.split_whitespace().count() + truth.split_whitespace().count();
    super::counts::share(2 * shared, words)
}

/// Against several right answers the best counts: exact match as 1 or 0, and F1.
pub fn best<'a>(answer: &str, truths: impl Iterator<Item = &'a str>) -> (f64, f64) {
    truths.fold((0.0, 0.0), |(exact, best), truth| {
        let is_exact = f64::from(u8::from(exact_match(answer, truth)));
        (f64::max(exact, is_exact), f64::max(best, f1(answer, truth)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each as `normalize_answer` of transformers 4.57.6 gives it, which has the official script's rules.
    #[test]
    fn answers_are_normalised_as_the_official_script_does() {
        for (answer, expected) in [
            ("The  Eiffel-Tower!", "eiffeltower"),
            ("an “apple” a–day, the end", "“apple” –day end"),
            ("A", ""),
            ("U.S.A.", "usa"),
            ("theatre of the  absurd\n", "theatre of absurd"),
            ("1,000 dollars", "1000 dollars"),
            ("naïve  The_x", "naïve thex"),
        ] {
            assert_eq!(normalised(answer), expected);
        }
    }

    /// As `compute_f1` and `compute_exact` there.
    #[test]
    fn words_count_as_often_as_they_are_shared() {
        for (answer, truth, expected) in [
            ("the cat sat", "a cat", 2.0 / 3.0),
            ("in the old town hall", "Old Town Hall", 6.0 / 7.0),
            ("Paris Paris", "Paris", 2.0 / 3.0),
            ("x y", "z", 0.0),
        ] {
            assert!((f1(answer, truth) - expected).abs() < 1e-12, "{answer}");
            assert!(!exact_match(answer, truth));
        }
        assert!(exact_match("the Old Town hall.", "Old town hall"));
        assert_eq!(best("Rome", ["Paris", "Rome"].into_iter()), (1.0, 1.0));
        assert_eq!(best("", ["the"].into_iter()), (1.0, 0.0));
    }
}
