//! What a model of given sizes consists of: names and shapes, no numbers. The page counts with them, and so
//! does the command line.

mod bert;
mod gpt2;

pub use bert::BertSizes;
pub use gpt2::Gpt2Sizes;

use super::Family;
use super::names;

/// Names of parameters and their shapes, in the model's own order.
pub type Shapes = Vec<(String, Vec<usize>)>;

/// A linear layer of a block: its name there, inputs, outputs.
pub type LinearLayer = (&'static str, usize, usize);

/// The sizes that decide every shape of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sizes {
    Gpt2(Gpt2Sizes),
    Bert(BertSizes),
}

impl From<Gpt2Sizes> for Sizes {
    fn from(sizes: Gpt2Sizes) -> Self {
        Self::Gpt2(sizes)
    }
}

impl From<BertSizes> for Sizes {
    fn from(sizes: BertSizes) -> Self {
        Self::Bert(sizes)
    }
}

impl<T: Copy + Into<Sizes>> From<&T> for Sizes {
    fn from(sizes: &T) -> Self {
        (*sizes).into()
    }
}

impl Sizes {
    pub fn family(&self) -> Family {
        match self {
            Self::Gpt2(_) => Family::Gpt2,
            Self::Bert(_) => Family::Bert,
        }
    }

    pub fn vocabulary(&self) -> usize {
        match self {
            Self::Gpt2(sizes) => sizes.vocabulary,
            Self::Bert(sizes) => sizes.vocabulary,
        }
    }

    pub fn positions(&self) -> usize {
        match self {
            Self::Gpt2(sizes) => sizes.positions,
            Self::Bert(sizes) => sizes.positions,
        }
    }

    pub fn width(&self) -> usize {
        match self {
            Self::Gpt2(sizes) => sizes.width,
            Self::Bert(sizes) => sizes.width,
        }
    }

    /// Width of the MLP's middle.
    pub fn inner(&self) -> usize {
        match self {
            Self::Gpt2(sizes) => sizes.inner,
            Self::Bert(sizes) => sizes.inner,
        }
    }

    pub fn blocks(&self) -> usize {
        match self {
            Self::Gpt2(sizes) => sizes.blocks,
            Self::Bert(sizes) => sizes.blocks,
        }
    }

    /// The linear layers of a block.
    pub fn linear_layers(&self) -> Vec<LinearLayer> {
        match self {
            Self::Gpt2(sizes) => sizes.linear_layers().to_vec(),
            Self::Bert(sizes) => sizes.linear_layers().to_vec(),
        }
    }

    /// The path of a module of a block.
    pub fn path(&self, block: usize, module: &str) -> String {
        self.family().path(block, module)
    }

    /// Every parameter under Hugging Face's name with its shape, in the model's own order; with a classification head
    /// for so many labels where a number is given.
    pub fn parameters(&self, labels: Option<usize>) -> Shapes {
        match self {
            Self::Gpt2(sizes) => sizes.parameters(labels),
            Self::Bert(sizes) => sizes.parameters(labels),
        }
    }

    /// The sizes of a model that lists its parameters, a task's head apart; `None` where the list is not that of a model
    /// of the family.
    pub fn of_list<'a>(
        family: Family,
        list: impl IntoIterator<Item = (&'a str, &'a [usize])>,
    ) -> Option<Self> {
        let list: Vec<_> = list
            .into_iter()
            .filter(|(name, _)| !names::is_head(name))
            .collect();
        let sizes = match family {
            Family::Gpt2 => Self::Gpt2(Gpt2Sizes::of_list(&list)?),
            Family::Bert => Self::Bert(BertSizes::of_list(&list)?),
        };
        let own = sizes.parameters(None);
        let is_whole = own.len() == list.len()
            && own.iter().all(|(name, shape)| {
                let mut others = list.iter();
                others.any(|(other, other_shape)| name == other && shape == other_shape)
            });
        is_whole.then_some(sizes)
    }

    /// The sizes that a `config.json` of the family gives, and the number of heads; `class` is transformers' name of what
    /// the weights were saved from.
    pub fn of_config(
        family: Family,
        config: &str,
        class: &str,
    ) -> Result<(Self, usize), serde_json::Error> {
        Ok(match family {
            Family::Gpt2 => {
                let (sizes, heads) = Gpt2Sizes::of_config(config)?;
                (sizes.into(), heads)
            }
            Family::Bert => {
                let (sizes, heads) = BertSizes::of_config(config, class)?;
                (sizes.into(), heads)
            }
        })
    }
}

/// The shape under a name, of a matrix.
fn matrix(list: &[(&str, &[usize])], name: &str) -> Option<[usize; 2]> {
    let (_, shape) = list.iter().find(|(other, _)| *other == name)?;
    <[usize; 2]>::try_from(*shape).ok()
}

fn block_count(list: &[(&str, &[usize])]) -> usize {
    let blocks = list.iter().filter_map(|(name, _)| names::block(name));
    blocks.max().map_or(0, |last| last + 1)
}

fn named(name: &str, shape: &[usize]) -> (String, Vec<usize>) {
    (name.to_owned(), shape.to_vec())
}

/// A weight, and the bias that every output of it has.
fn push_module(shapes: &mut Shapes, path: &str, weight: Vec<usize>, outputs: usize) {
    shapes.push((format!("{path}.weight"), weight));
    shapes.push((format!("{path}.bias"), vec![outputs]));
}

/// Layer norm: a factor and a bias a feature.
fn push_norm(shapes: &mut Shapes, path: &str, width: usize) {
    push_module(shapes, path, vec![width], width);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_off_a_list_and_only_off_a_whole_one() {
        for sizes in [
            Sizes::Gpt2(Gpt2Sizes::usual(11, 8, 6, 2)),
            Sizes::Bert(BertSizes {
                word_head: true,
                inner: 10,
                ..BertSizes::usual(11, 8, 6, 2)
            }),
            Sizes::Bert(BertSizes {
                pooler: false,
                ..BertSizes::usual(11, 8, 6, 3)
            }),
        ] {
            let list = sizes.parameters(None);
            let borrowed = || list.iter().map(|(name, shape)| (&name[..], &shape[..]));
            let family = sizes.family();
            assert_eq!(Sizes::of_list(family, borrowed()), Some(sizes));
            let head = [("score.weight", &[2_usize, 6][..])];
            let with_head = borrowed().chain(head);
            assert_eq!(Sizes::of_list(family, with_head), Some(sizes));
            assert_eq!(Sizes::of_list(family, borrowed().skip(3)), None);
        }
    }
}
