//! Entities in a row of tags, found and counted as seqeval's default mode does.
//!
//! A tag is a mark and a type: `B-PER` begins an entity, `I-PER` goes on with one, `O` is none. What the marks say
//! is taken leniently: an `I-` with nothing of its type before it begins an entity too. An entity is right only
//! with both ends and its type.

use std::collections::BTreeMap;

use super::Counts;

/// Words `start..=end` of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entity<'a> {
    pub kind: &'a str,
    pub start: usize,
    pub end: usize,
}

pub fn entities<'a>(tags: &[&'a str]) -> Vec<Entity<'a>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut before = ("O", "");
    // A last `O` ends whatever is still open.
    for (i, tag) in tags.iter().chain([&"O"]).enumerate() {
        let tag = parts(tag);
        if ends(before, tag) {
            found.push(Entity {
                kind: before.1,
                start,
                end: i - 1,
            });
        }
        if begins(before, tag) {
            start = i;
        }
        before = tag;
    }
    found
}

/// Mark and type; a type that is missing is `_`.
fn parts(tag: &str) -> (&str, &str) {
    let after_mark = tag.char_indices().nth(1).map_or(tag.len(), |(at, _)| at);
    let (mark, rest) = tag.split_at(after_mark);
    let kind = rest.split_once('-').map_or(rest, |(_, kind)| kind);
    (mark, if kind.is_empty() { "_" } else { kind })
}

/// Whether an entity that goes up to `before` ends there. `E` and `S` are the marks of a last and of a lone word.
fn ends(before: (&str, &str), tag: (&str, &str)) -> bool {
    match before.0 {
        "O" | "." => false,
        "E" | "S" => true,
        "B" | "I" if matches!(tag.0, "B" | "S" | "O") => true,
        _ => before.1 != tag.1,
    }
}

fn begins(before: (&str, &str), tag: (&str, &str)) -> bool {
    match tag.0 {
        "O" | "." => false,
        "B" | "S" => true,
        "E" | "I" if matches!(before.0, "E" | "S" | "O") => true,
        _ => before.1 != tag.1,
    }
}

/// Adds a sentence to the counts of each type.
pub fn count<'a>(truth: &[&'a str], answer: &[&'a str], counts: &mut BTreeMap<String, Counts>) {
    let (truth, answer) = (entities(truth), entities(answer));
    let mut note = |entity: &Entity, answered, there| {
        let counts = counts.entry(entity.kind.to_owned()).or_default();
        counts.note(answered, there);
    };
    for entity in &truth {
        note(entity, answer.contains(entity), true);
    }
    for entity in answer.iter().filter(|entity| !truth.contains(entity)) {
        note(entity, true, false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(tags: &str) -> Vec<(&str, usize, usize)> {
        let tags: Vec<&str> = tags.split(' ').collect();
        let found = entities(&tags);
        found.iter().map(|e| (e.kind, e.start, e.end)).collect()
    }

    /// Each as seqeval 1.2.2's `get_entities` gives it.
    #[test]
    fn awkward_rows_are_read_as_seqeval_reads_them() {
        assert_eq!(found("O I-PER I-PER O"), [("PER", 1, 2)]);
        assert_eq!(found("B-PER I-LOC I-LOC"), [("PER", 0, 0), ("LOC", 1, 2)]);
        assert_eq!(found("B-PER B-PER I-PER"), [("PER", 0, 0), ("PER", 1, 2)]);
        assert_eq!(found("I-PER I-LOC O"), [("PER", 0, 0), ("LOC", 1, 1)]);
        assert_eq!(found("B-PER O I-PER"), [("PER", 0, 0), ("PER", 2, 2)]);
        assert_eq!(found("I-A B-A I-A"), [("A", 0, 0), ("A", 1, 2)]);
        assert_eq!(
            found("B-A I-B B-B I-A"),
            [("A", 0, 0), ("B", 1, 1), ("B", 2, 2), ("A", 3, 3)]
        );
        assert_eq!(
            found("E-A S-A B-A E-A I-A"),
            [("A", 0, 0), ("A", 1, 1), ("A", 2, 3), ("A", 4, 4)]
        );
        assert_eq!(found("O"), []);
    }

    const TRUTH: [&str; 12] = [
        "I-A I-B O B-B B-A",
        "B-A",
        "I-A B-B",
        "B-B I-B O I-B",
        "O B-A B-B I-A",
        "B-B B-A O",
        "I-B I-B B-B",
        "B-A O O",
        "B-A B-A B-A I-A",
        "B-A I-B B-A B-A B-A B-B",
        "O I-A B-B B-A B-A",
        "O I-A I-A I-B I-B",
    ];
    const ANSWER: [&str; 12] = [
        "I-A I-A O B-B B-A",
        "B-A",
        "I-A O",
        "B-B I-A O I-B",
        "O B-A B-B I-A",
        "B-B B-A O",
        "I-B B-B B-B",
        "B-A O O",
        "B-A I-A O I-A",
        "B-A I-B B-A I-A B-A O",
        "O I-A B-B B-A B-A",
        "B-B I-A I-A I-B O",
    ];

    /// Twelve sentences of random tags, counted by seqeval 1.2.2's `classification_report`.
    #[test]
    fn precision_recall_and_f1_are_seqevals() {
        let mut counts = BTreeMap::new();
        for (truth, answer) in TRUTH.iter().zip(&ANSWER) {
            let split = |tags: &'static str| tags.split(' ').collect::<Vec<_>>();
            count(&split(truth), &split(answer), &mut counts);
        }
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} against {b}");
        near(counts["A"].precision(), 0.7222222222222222);
        near(counts["A"].recall(), 0.6842105263157895);
        near(counts["B"].f1(), 0.56);
        let all = Counts::together(counts.values());
        assert_eq!((all.support, all.answered), (32, 30));
        near(all.precision(), 0.6666666666666666);
        near(all.recall(), 0.625);
        near(all.f1(), 0.6451612903225806);
    }
}
