//! AdamW's moments in a safetensors file, for any kind of run.

use std::collections::BTreeMap;

use burn::prelude::*;

use crate::faults::WeightError;
use crate::io::safetensors::{ByteSource, SafetensorsFile};
use crate::train::AdamW;
use crate::train::optimizer::Moments;

const FIRST: &str = "first_moment.";
const SECOND: &str = "second_moment.";

/// Both moments of every parameter that has any, flattened, under the names that they have in a file.
pub fn named(optimizer: &AdamW) -> Vec<(String, Tensor<1>)> {
    let both = |(name, moments): (&String, &Moments)| {
        let (first, second) = (moments.first.clone(), moments.second.clone());
        [
            (format!("{FIRST}{name}"), first),
            (format!("{SECOND}{name}"), second),
        ]
    };
    optimizer.moments.iter().flat_map(both).collect()
}

/// Whether a tensor of this name is a moment.
pub fn is_one(name: &str) -> bool {
    name.starts_with(FIRST) || name.starts_with(SECOND)
}

/// All moments that a file holds, on a device that does not differentiate.
pub fn read<S: ByteSource>(
    file: &mut SafetensorsFile<S>,
    device: &Device,
) -> Result<BTreeMap<String, Moments>, WeightError> {
    let mut moments = BTreeMap::new();
    for name in file.tensors().into_keys() {
        let Some(parameter) = name.strip_prefix(FIRST) else {
            continue;
        };
        let first = Tensor::from_data(file.read(&name)?, device);
        let second = file.read(&format!("{SECOND}{parameter}"))?;
        let second = Tensor::from_data(second, device);
        moments.insert(parameter.to_owned(), Moments { first, second });
    }
    Ok(moments)
}
