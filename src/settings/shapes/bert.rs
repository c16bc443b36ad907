//! A BERT in shapes.

use serde::Deserialize;

use super::{LinearLayer, Shapes, block_count, matrix, named, push_module, push_norm};

/// The sizes that decide every shape of a BERT, and which parts it has on top.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BertSizes {
    pub vocabulary: usize,
    pub positions: usize,
    /// Segments of a text: two in every BERT.
    pub token_types: usize,
    pub width: usize,
    /// Width of the MLP's middle.
    pub inner: usize,
    pub blocks: usize,
    /// The layer on `[CLS]`; a classifier always gets one.
    pub pooler: bool,
    /// The head that fills in hidden words; a classifier does without.
    pub word_head: bool,
}

/// What its `config.json` says of them.
#[derive(Deserialize)]
struct Config {
    vocab_size: usize,
    max_position_embeddings: usize,
    hidden_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    intermediate_size: usize,
    #[serde(default = "two")]
    type_vocab_size: usize,
}

fn two() -> usize {
    2
}

impl BertSizes {
    /// `bert-base-uncased` of 2018, without the heads of its pre-training.
    pub const BERT_BASE: Self = Self::usual(30_522, 512, 768, 12);

    /// With an MLP four times as wide and a pooler, as BERT has them.
    pub const fn usual(vocabulary: usize, positions: usize, width: usize, blocks: usize) -> Self {
        Self {
            vocabulary,
            positions,
            token_types: 2,
            width,
            inner: 4 * width,
            blocks,
            pooler: true,
            word_head: false,
        }
    }

    /// The linear layers of a block: name, inputs, outputs.
    pub fn linear_layers(&self) -> [LinearLayer; 6] {
        let (width, inner) = (self.width, self.inner);
        [
            ("attention.self.query", width, width),
            ("attention.self.key", width, width),
            ("attention.self.value", width, width),
            ("attention.output.dense", width, width),
            ("intermediate.dense", width, inner),
            ("output.dense", inner, width),
        ]
    }

    /// Every parameter under Hugging Face's name with its shape, `[outputs, inputs]` where it is a linear layer's, in
    /// the model's own order; as a classifier of so many labels where a number is given.
    pub fn parameters(&self, labels: Option<usize>) -> Shapes {
        let width = self.width;
        let table =
            |name: &str, rows| named(&format!("bert.embeddings.{name}.weight"), &[rows, width]);
        let mut shapes = vec![
            table("word_embeddings", self.vocabulary),
            table("position_embeddings", self.positions),
            table("token_type_embeddings", self.token_types),
        ];
        push_norm(&mut shapes, "bert.embeddings.LayerNorm", width);
        (0..self.blocks).for_each(|block| self.push_block(&mut shapes, block));
        let square = vec![width, width];
        if self.pooler || labels.is_some() {
            push_module(&mut shapes, "bert.pooler.dense", square.clone(), width);
        }
        match labels {
            Some(labels) => push_module(&mut shapes, "classifier", vec![labels, width], labels),
            None if self.word_head => {
                shapes.push(named("cls.predictions.bias", &[self.vocabulary]));
                push_module(
                    &mut shapes,
                    "cls.predictions.transform.dense",
                    square,
                    width,
                );
                push_norm(&mut shapes, "cls.predictions.transform.LayerNorm", width);
            }
            None => {}
        }
        shapes
    }

    fn push_block(&self, shapes: &mut Shapes, block: usize) {
        for (name, d_in, d_out) in self.linear_layers() {
            let path = format!("bert.encoder.layer.{block}.{name}");
            push_module(shapes, &path, vec![d_out, d_in], d_out);
            if let Some(output) = path.strip_suffix("output.dense") {
                push_norm(shapes, &format!("{output}output.LayerNorm"), self.width);
            }
        }
    }

    pub(super) fn of_list(list: &[(&str, &[usize])]) -> Option<Self> {
        let table = |name: &str| matrix(list, &format!("bert.embeddings.{name}.weight"));
        let [vocabulary, width] = table("word_embeddings")?;
        let [positions, _] = table("position_embeddings")?;
        let [token_types, _] = table("token_type_embeddings")?;
        let [inner, _] = matrix(list, "bert.encoder.layer.0.intermediate.dense.weight")?;
        let has = |part: &str| list.iter().any(|(name, _)| name.starts_with(part));
        Some(Self {
            vocabulary,
            positions,
            token_types,
            width,
            inner,
            blocks: block_count(list),
            pooler: has("bert.pooler."),
            word_head: has("cls."),
        })
    }

    /// With the number of heads. As transformers builds the class: one for hidden words has their head and no pooler, one
    /// for pre-training has both.
    pub(super) fn of_config(json: &str, class: &str) -> Result<(Self, usize), serde_json::Error> {
        let read: Config = serde_json::from_str(json)?;
        let sizes = Self {
            vocabulary: read.vocab_size,
            positions: read.max_position_embeddings,
            token_types: read.type_vocab_size,
            width: read.hidden_size,
            inner: read.intermediate_size,
            blocks: read.num_hidden_layers,
            pooler: class != "BertForMaskedLM",
            word_head: ["BertForMaskedLM", "BertForPreTraining"].contains(&class),
        };
        Ok((sizes, read.num_attention_heads))
    }
}
