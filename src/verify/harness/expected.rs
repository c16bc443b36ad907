//! The reference's tensors: in full, or as a digest where they are large.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::comparison::Comparison;
use super::error::in_file;
use super::library::Library;
use crate::faults::Fault;
use crate::io::safetensors::NamedTensor;
use crate::model::numbers;

/// What is known of a large tensor: sums in float64 and some of its elements.
#[derive(Debug, Clone, Deserialize)]
struct Digest {
    shape: Vec<usize>,
    sum: f64,
    l2: f64,
    absmax: f64,
    idx: Vec<usize>,
    val: Vec<f64>,
}

#[derive(Debug, Clone)]
enum Expected {
    Full { shape: Vec<usize>, values: Vec<f32> },
    Digest(Digest),
}

/// The tensors of a case, from `X.safetensors`, from `X.summary.json`, or some from each.
pub struct ExpectedTensors {
    tensors: BTreeMap<String, Expected>,
}

/// Our tensors by the names the reference gives them.
pub type OurTensors = BTreeMap<String, NamedTensor>;

/// Which elements of a tensor are looked at.
pub type Choice<'a> = &'a dyn Fn(&str, usize) -> bool;

impl ExpectedTensors {
    /// Whether anything is stored under `stem`.
    pub fn exist(library: &Library, stem: &str) -> bool {
        library.has(&full_path(stem)) || library.has(&digest_path(stem))
    }

    pub fn load(library: &Library, stem: &str) -> Result<Self, Fault> {
        let (full, digest) = (full_path(stem), digest_path(stem));
        let mut tensors = BTreeMap::new();
        if library.has(&digest) {
            let digests: BTreeMap<String, Digest> = library.json(&digest)?;
            tensors.extend(
                digests
                    .into_iter()
                    .map(|(name, d)| (name, Expected::Digest(d))),
            );
        }
        if library.has(&full) || tensors.is_empty() {
            let mut file = library.tensors(&full)?;
            for (name, shape) in file.tensors() {
                let data = file.read(&name).map_err(|e| in_file(&full, e))?;
                let values = numbers::of(&name, &data).map_err(|e| in_file(&full, e))?;
                tensors.insert(name, Expected::Full { shape, values });
            }
        }
        Ok(Self { tensors })
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tensors.keys().map(String::as_str)
    }

    /// Compares the tensor `name`; a tensor that only one side has fails.
    pub fn compare(&self, name: &str, ours: &NamedTensor, into: &mut Comparison, choice: Choice) {
        let Some(expected) = self.tensors.get(name) else {
            return into.fail(format!("{name} is none of the reference's tensors"));
        };
        let shape = match expected {
            Expected::Full { shape, .. } => shape,
            Expected::Digest(digest) => &digest.shape,
        };
        if &ours.shape != shape {
            let found = &ours.shape;
            return into.fail(format!("{name} has shape {found:?}, expected {shape:?}"));
        }
        match expected {
            Expected::Full { values, .. } => {
                let pairs = ours.values.iter().zip(values).enumerate();
                let chosen = pairs.filter(|(i, _)| choice(name, *i));
                into.elements(
                    name,
                    chosen.map(|(i, (a, b))| (i, f64::from(*a), f64::from(*b))),
                );
            }
            Expected::Digest(digest) => digest.compare(name, &ours.values, into, choice),
        }
    }

    /// Compares all tensors; both sides must have the same names.
    pub fn compare_all(&self, ours: &OurTensors, into: &mut Comparison, choice: Choice) {
        for name in self.names().filter(|name| !ours.contains_key(*name)) {
            into.fail(format!("{name} is missing"));
        }
        for (name, tensor) in ours {
            self.compare(name, tensor, into, choice);
        }
    }
}

impl Digest {
    /// The chosen elements each, and where no element is left out the sums over all of them. Independent
    /// rounding errors add up as the root of their number.
    fn compare(&self, name: &str, ours: &[f32], into: &mut Comparison, choice: Choice) {
        let picked = self
            .idx
            .iter()
            .zip(&self.val)
            .filter(|(i, _)| choice(name, **i));
        into.elements(
            name,
            picked.map(|(i, expected)| {
                (
                    *i,
                    ours.get(*i).map_or(f64::NAN, |v| f64::from(*v)),
                    *expected,
                )
            }),
        );
        if !(0..ours.len()).all(|i| choice(name, i)) {
            return;
        }
        let tolerance = into.tolerance();
        let root = (ours.len() as f64).sqrt();
        let each = tolerance.absolute + tolerance.relative * self.l2 / root;
        let values = || ours.iter().map(|v| f64::from(*v));
        let l2 = values().map(|v| v * v).sum::<f64>().sqrt();
        let absmax = values().map(f64::abs).fold(0.0, f64::max);
        let (of_l2, of_absmax) = (tolerance.allows(self.l2), tolerance.allows(self.absmax));
        into.aggregate(
            &format!("sum of {name}"),
            values().sum(),
            self.sum,
            root * each,
        );
        into.aggregate(&format!("l2 norm of {name}"), l2, self.l2, of_l2);
        into.aggregate(
            &format!("largest of {name}"),
            absmax,
            self.absmax,
            of_absmax,
        );
    }
}

fn full_path(stem: &str) -> String {
    format!("{stem}.safetensors")
}

fn digest_path(stem: &str) -> String {
    format!("{stem}.summary.json")
}
