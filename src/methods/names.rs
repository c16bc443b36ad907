//! Names of parameters with what methods add beside a model's own: what a parameter does, and which matrix it stands beside.
//! `settings::names` tells where it lies.

use super::{Adds, StrategyKind};
use crate::settings::names::{Place, parted};

/// What a parameter does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A vector a token, position or segment: looked up, not multiplied.
    Table,
    /// A linear layer of a block's attention.
    Attention,
    /// A linear layer of a block's MLP.
    FeedForward,
    Norm,
    /// A linear layer outside the blocks that belongs to the pre-trained model.
    Dense,
    Head,
    /// Of a module that a method has added.
    Adapter,
}

/// Whether a parameter belongs to a module that a method has put beside the base model's.
pub fn is_adapter(name: &str) -> bool {
    added_by(name).is_some()
}

/// The method that has added a parameter, and what stands before its word in the name: `transformer.h.0.attn.c_attn` of
/// `transformer.h.0.attn.c_attn.lora.a`.
fn added_by(name: &str) -> Option<(StrategyKind, &str)> {
    let adds = |kind: &StrategyKind| kind.facts().adds != Adds::Nothing;
    let mut start = 0;
    // The last part is the parameter's own.
    for part in name.split('.').take(name.matches('.').count()) {
        let is_its = |kind: &StrategyKind| {
            let before = part.strip_suffix(kind.name());
            before.is_some_and(|rest| rest.is_empty() || rest.ends_with('_'))
        };
        let mut kinds = StrategyKind::ALL.into_iter().filter(adds);
        if let Some(kind) = kinds.find(is_its) {
            return Some((kind, name[..start].trim_end_matches('.')));
        }
        start += part.len() + 1;
    }
    None
}

/// The module beside which a parameter stands that a method has added; `None` for every other parameter.
pub fn beside(name: &str) -> Option<&str> {
    let (kind, module) = added_by(name)?;
    (kind.facts().adds == Adds::BesideLayers).then_some(module)
}

pub fn kind(name: &str) -> Kind {
    let (place, inside) = parted(name);
    let is_norm = inside.contains("LayerNorm") || inside.starts_with("ln_");
    match place {
        _ if is_adapter(name) => Kind::Adapter,
        Place::Head => Kind::Head,
        _ if is_norm => Kind::Norm,
        Place::Embeddings => Kind::Table,
        Place::Block(_) if inside.starts_with("att") => Kind::Attention,
        Place::Block(_) => Kind::FeedForward,
        Place::LastNorm | Place::Pooler | Place::WordHead => Kind::Dense,
    }
}

/// Whether LoRA and (IA)³ can stand beside the weight of this name.
pub fn is_linear(name: &str) -> bool {
    let multiplies = matches!(
        kind(name),
        Kind::Attention | Kind::FeedForward | Kind::Dense
    );
    multiplies && name.ends_with(".weight")
}

/// The path of the module that a parameter belongs to; for what stands beside a matrix, the matrix's own module:
/// `transformer.h.0.attn.c_attn.lora.a` → `transformer.h.0.attn.c_attn`.
pub fn module(name: &str) -> &str {
    let layer = || {
        name.strip_suffix(".weight")
            .or_else(|| name.strip_suffix(".bias"))
    };
    beside(name).or_else(layer).unwrap_or(name)
}

/// What a module is called in its block, where there is little room: `attn.c_attn`, `query`, `attention.output`.
pub fn label(name: &str) -> &str {
    let inside = parted(module(name)).1;
    let inside = inside.strip_prefix("attention.self.").unwrap_or(inside);
    inside.strip_suffix(".dense").unwrap_or(inside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::names::place;

    #[test]
    fn names_of_both_families_are_taken_apart() {
        use Kind::*;
        use Place::{Block, Embeddings, LastNorm, Pooler, WordHead};
        for (name, where_, what, called) in [
            ("transformer.wte.weight", Embeddings, Table, "wte"),
            ("transformer.h.0.ln_1.weight", Block(0), Norm, "ln_1"),
            (
                "transformer.h.11.attn.c_attn.weight",
                Block(11),
                Attention,
                "attn.c_attn",
            ),
            (
                "transformer.h.0.mlp.c_proj.bias",
                Block(0),
                FeedForward,
                "mlp.c_proj",
            ),
            ("transformer.ln_f.bias", LastNorm, Norm, "ln_f"),
            ("score.weight", Place::Head, Head, "score"),
            (
                "bert.embeddings.word_embeddings.weight",
                Embeddings,
                Table,
                "word_embeddings",
            ),
            (
                "bert.embeddings.LayerNorm.bias",
                Embeddings,
                Norm,
                "LayerNorm",
            ),
            (
                "bert.encoder.layer.5.attention.self.query.weight",
                Block(5),
                Attention,
                "query",
            ),
            (
                "bert.encoder.layer.5.attention.output.dense.weight",
                Block(5),
                Attention,
                "attention.output",
            ),
            (
                "bert.encoder.layer.5.attention.output.LayerNorm.weight",
                Block(5),
                Norm,
                "attention.output.LayerNorm",
            ),
            (
                "bert.encoder.layer.0.intermediate.dense.weight",
                Block(0),
                FeedForward,
                "intermediate",
            ),
            (
                "bert.encoder.layer.0.output.dense.bias",
                Block(0),
                FeedForward,
                "output",
            ),
            ("bert.pooler.dense.weight", Pooler, Dense, "pooler"),
            (
                "cls.predictions.transform.dense.weight",
                WordHead,
                Dense,
                "cls.predictions.transform",
            ),
            (
                "cls.predictions.transform.LayerNorm.weight",
                WordHead,
                Norm,
                "cls.predictions.transform.LayerNorm",
            ),
            ("classifier.bias", Place::Head, Head, "classifier"),
            // A checkpoint without a head names its parts without the model.
            (
                "encoder.layer.2.output.LayerNorm.bias",
                Block(2),
                Norm,
                "output.LayerNorm",
            ),
            ("h.3.mlp.c_fc.weight", Block(3), FeedForward, "mlp.c_fc"),
        ] {
            assert_eq!(
                (place(name), kind(name), label(name)),
                (where_, what, called),
                "{name}"
            );
        }
    }

    #[test]
    fn what_a_method_adds_belongs_to_the_matrix_beside_it() {
        let query = "bert.encoder.layer.1.attention.self.query";
        for (name, path) in [
            (
                "transformer.h.0.attn.c_attn.lora.a",
                "transformer.h.0.attn.c_attn",
            ),
            (
                "bert.encoder.layer.1.attention.self.query.ia3.factors",
                query,
            ),
            ("bert.encoder.layer.1.attention.self.query.weight", query),
        ] {
            assert_eq!(module(name), path);
        }
        for name in [
            "transformer.h.0.mlp_adapter.down.weight",
            "transformer.prompt.tokens",
            "transformer.h.2.attn.prefix.key",
        ] {
            assert_eq!((kind(name), beside(name)), (Kind::Adapter, None), "{name}");
        }
        assert_eq!(beside("transformer.h.0.attn.c_attn.weight"), None);
        assert_eq!(place("transformer.prompt.tokens"), Place::Embeddings);
        assert_eq!(label("transformer.h.0.attn.c_attn.lora.b"), "attn.c_attn");
    }
}
