//! Names of parameters, as Hugging Face writes them, taken apart: where a tensor lies. `methods::names` tells what it does,
//! and what methods have added.

use super::Family;

/// Where a parameter lies, from the input upwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The tables of tokens and positions, and what else comes before the blocks.
    Embeddings,
    /// A block of GPT-2, a layer of BERT; counted from 0.
    Block(usize),
    /// GPT-2's layer norm after its blocks.
    LastNorm,
    /// BERT's layer on `[CLS]`.
    Pooler,
    /// BERT's head for hidden words.
    WordHead,
    /// The head of a task.
    Head,
}

/// Modules that Hugging Face's models put on top of a transformer for a task.
pub const HEADS: [&str; 3] = ["score", "classifier", "qa_outputs"];

/// Whether a parameter belongs to a task's head.
pub fn is_head(name: &str) -> bool {
    name.split_once('.')
        .is_some_and(|(module, _)| HEADS.contains(&module))
}

/// The index of the block that a parameter lies in, or `None` outside the blocks.
pub fn block(name: &str) -> Option<usize> {
    match place(name) {
        Place::Block(index) => Some(index),
        _ => None,
    }
}

/// Whose names these are. A head without the model's name is called the same in all families, and counts as the usual one's.
pub fn family(name: &str) -> Family {
    let is_its = |family: &Family| {
        let facts = family.facts();
        let above = facts.above.iter().map(|(part, _)| part);
        let parts = [&facts.prefix, &facts.blocks].into_iter();
        let mut parts = parts.chain(facts.embeddings).chain(above);
        parts.any(|part| name.starts_with(*part))
    };
    Family::ALL.into_iter().find(is_its).unwrap_or_default()
}

pub fn place(name: &str) -> Place {
    parted(name).0
}

/// Without the model's own name, which all names share: `h.0.attn.c_attn.weight`.
pub fn short(name: &str) -> &str {
    let mut all = Family::ALL.iter();
    all.find_map(|family| name.strip_prefix(family.facts().prefix))
        .unwrap_or(name)
}

/// The place, and the rest of the name behind it.
pub fn parted(name: &str) -> (Place, &str) {
    if is_head(name) {
        return (Place::Head, name);
    }
    let rest = short(name);
    let all = Family::ALL.map(Family::facts);
    for facts in all {
        let Some(numbered) = rest.strip_prefix(facts.blocks) else {
            continue;
        };
        let (index, inside) = numbered.split_once('.').unwrap_or((numbered, ""));
        if let Ok(index) = index.parse() {
            return (Place::Block(index), inside);
        }
    }
    let mut above = all.iter().flat_map(|facts| facts.above);
    let found = above.find(|(part, _)| rest.starts_with(*part));
    let place = found.map_or(Place::Embeddings, |(_, place)| *place);
    (place, rest.strip_prefix("embeddings.").unwrap_or(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tasks_head_is_a_head_and_nothing_else_is() {
        for head in ["score.weight", "classifier.bias", "qa_outputs.weight"] {
            assert!(is_head(head), "{head}");
        }
        for other in ["transformer.wte.weight", "scores.weight", "score"] {
            assert!(!is_head(other), "{other}");
        }
    }

    #[test]
    fn names_tell_the_family() {
        use crate::settings::{BertSizes, Gpt2Sizes, Sizes};
        for sizes in [
            Sizes::from(Gpt2Sizes::usual(5, 4, 2, 1)),
            BertSizes::usual(5, 4, 2, 1).into(),
        ] {
            for (name, _) in sizes.parameters(None) {
                assert_eq!(family(&name), sizes.family(), "{name}");
            }
        }
    }

    #[test]
    fn places_stand_in_the_order_of_the_computation() {
        use Place::*;
        let order = [
            Embeddings,
            Block(0),
            Block(10),
            LastNorm,
            Pooler,
            WordHead,
            Head,
        ];
        assert!(order.is_sorted());
    }
}
