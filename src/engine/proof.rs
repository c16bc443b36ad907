//! The proof that frozen weights stood still: digests of the device's own tensors, read back.

use std::collections::BTreeMap;

use burn::prelude::*;
use sha2::{Digest, Sha256};

use crate::model::gpt2::Gpt2;
use crate::model::parameters;
use crate::protocol::FrozenProof;

/// Digests of a prepared model's tensors, frozen ones together and trainable ones apart.
pub struct Digests {
    frozen: Sha256,
    frozen_tensors: usize,
    frozen_parameters: usize,
    trainable: BTreeMap<String, Vec<u8>>,
}

impl Digests {
    /// Reads every tensor of `model` back from the device.
    pub async fn of(model: &Gpt2) -> Result<Self, String> {
        let mut digests = Self {
            frozen: Sha256::new(),
            frozen_tensors: 0,
            frozen_parameters: 0,
            trainable: BTreeMap::new(),
        };
        for (info, tensor) in parameters::flattened(model) {
            if info.trainable {
                let mut digest = Sha256::new();
                feed(&mut digest, tensor).await?;
                digests
                    .trainable
                    .insert(info.name, digest.finalize().to_vec());
            } else {
                feed(&mut digests.frozen, tensor).await?;
                digests.frozen_tensors += 1;
                digests.frozen_parameters += info.count();
            }
        }
        Ok(digests)
    }

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
            hash_before: hexadecimal(&before.frozen.finalize()),
            hash_after: hexadecimal(&after.frozen.finalize()),
            changed_trainable_tensors: changed,
            trainable_tensors: after.trainable.len(),
        }
    }
}

/// Reads a tensor back piece by piece: a copy of the largest whole would be felt.
async fn feed(digest: &mut Sha256, tensor: Tensor<1>) -> Result<(), String> {
    const PIECE: usize = 1 << 22;
    let [count] = tensor.dims();
    for start in (0..count).step_by(PIECE) {
        let piece = tensor.clone().slice(start..count.min(start + PIECE));
        let data = piece.into_data_async().await;
        digest.update(data.map_err(|e| format!("{e:?}"))?.as_bytes());
    }
    Ok(())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
