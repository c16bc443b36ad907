//! The proof that frozen weights stood still: digests of the device's own tensors, read back.

use std::collections::BTreeMap;

use burn::module::Module;
use burn::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::faults::Fault;
use crate::model::parameters;
use crate::protocol::{FrozenProof, ParameterInfo};

/// Digests of a prepared model's tensors, frozen ones together and trainable ones apart.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Digests {
    frozen: Vec<u8>,
    frozen_tensors: usize,
    frozen_parameters: usize,
    trainable: BTreeMap<String, Vec<u8>>,
}

/// Digests being made, a tensor at a time.
pub struct Digesting {
    left: std::vec::IntoIter<(ParameterInfo, Tensor<1>)>,
    all: usize,
    frozen: Sha256,
    digests: Digests,
}

impl Digesting {
    /// Of every tensor of `model`.
    pub fn of<M: Module>(model: &M) -> Self {
        let tensors = parameters::flattened(model);
        Self {
            all: tensors.len(),
            left: tensors.into_iter(),
            frozen: Sha256::new(),
            digests: Digests::default(),
        }
    }

    /// Reads the next tensors back, about so many numbers; whether all have been read.
    pub async fn advance(&mut self, numbers: usize) -> Result<bool, Fault> {
        let mut read = 0;
        while read < numbers {
            let Some((info, tensor)) = self.left.next() else {
                return Ok(true);
            };
            read += info.count();
            self.take(info, tensor).await?;
        }
        Ok(self.left.len() == 0)
    }

    /// Tensors read, and all of them.
    pub fn progress(&self) -> (usize, usize) {
        (self.all - self.left.len(), self.all)
    }

    pub fn finish(self) -> Digests {
        Digests {
            frozen: self.frozen.finalize().to_vec(),
            ..self.digests
        }
    }

    async fn take(&mut self, info: ParameterInfo, tensor: Tensor<1>) -> Result<(), Fault> {
        let found = &mut self.digests;
        if info.trainable {
            let mut digest = Sha256::new();
            feed(&mut digest, tensor).await?;
            let digest = digest.finalize().to_vec();
            found.trainable.insert(info.name, digest);
        } else {
            feed(&mut self.frozen, tensor).await?;
            found.frozen_tensors += 1;
            found.frozen_parameters += info.count();
        }
        Ok(())
    }
}

impl Digests {
    /// What a run left alone and what it moved.
    pub fn compare(before: Self, after: Self) -> FrozenProof {
        let changed = after
            .trainable
            .iter()
            .filter(|(name, d)| before.trainable.get(*name) != Some(d))
            .count();
        FrozenProof {
            tensors: before.frozen_tensors,
            parameters: before.frozen_parameters,
            hash_before: hexadecimal(&before.frozen),
            hash_after: hexadecimal(&after.frozen),
            changed_trainable_tensors: changed,
            trainable_tensors: after.trainable.len(),
        }
    }
}

/// Reads a tensor back piece by piece: a copy of the largest whole would be felt.
async fn feed(digest: &mut Sha256, tensor: Tensor<1>) -> Result<(), Fault> {
    const PIECE: usize = 1 << 22;
    let [count] = tensor.dims();
    for start in (0..count).step_by(PIECE) {
        let piece = tensor.clone().slice(start..count.min(start + PIECE));
        let data = piece.into_data_async().await;
        let data = data.map_err(|e| Fault::foreign(format!("{e:?}")))?;
        digest.update(data.as_bytes());
    }
    Ok(())
}

/// Two digits a byte.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
