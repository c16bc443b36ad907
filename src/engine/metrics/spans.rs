//! The likeliest answer among the tokens of a text.

use serde::{Deserialize, Serialize};

/// A stretch of tokens, both ends in it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Span {
    pub start: usize,
    pub end: usize,
    /// The sum of the two ends' logits.
    pub score: f32,
}

/// The best pair of a start and an end that does not lie before it, of at most `longest` tokens.
pub fn best_span(starts: &[f32], ends: &[f32], longest: usize) -> Option<Span> {
    let mut best: Option<Span> = None;
    for (start, of_start) in starts.iter().enumerate() {
        for (end, of_end) in ends.iter().enumerate().skip(start).take(longest) {
            let score = of_start + of_end;
            if best.is_none_or(|best| score > best.score) {
                best = Some(Span { start, end, score });
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_before_its_start_or_too_far_away_is_no_answer() {
        let starts = [0.0, 1.0, 5.0, 0.0];
        let ends = [9.0, 2.0, 0.0, 1.0];
        let best = |longest| best_span(&starts, &ends, longest).map(|s| (s.start, s.end));
        assert_eq!(best(30), Some((0, 0)), "9 with 0, not with 5");
        let ends = [1.0, 2.0, 0.0, 7.0];
        let span = |longest| best_span(&starts, &ends, longest).map(|s| (s.start, s.end));
        assert_eq!(span(2), Some((2, 3)));
        assert_eq!(span(1), Some((3, 3)));
        assert_eq!(best_span(&[], &[], 5), None);
    }
}
