//! The weights and tokens of the benchmark, made in memory or read from the files of the other engines.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::mulberry::Mulberry;
use crate::faults::{FixtureError, OtherModel, WeightError};
use crate::io::safetensors::NamedTensor;
use crate::model::gpt2::Gpt2Config;

pub const LORA_RANK: usize = 8;
const LAYERS: usize = 4;
const HEADS: usize = 4;
const WIDTH: usize = 128;
const VOCABULARY: usize = 2048;
const CONTEXT: usize = 64;
const BATCH: usize = 8;
const DEVIATION: f64 = 0.02;

/// Tensors under the names that the other engines give them (`h0_attn_w`, `h0_attn_w_A`).
#[derive(Debug, Clone, PartialEq)]
pub struct Fixture {
    tensors: BTreeMap<String, NamedTensor>,
    inputs: Vec<i32>,
    targets: Vec<i32>,
}

impl Fixture {
    pub fn config() -> Gpt2Config {
        Gpt2Config::sized(VOCABULARY, CONTEXT, WIDTH, LAYERS, HEADS)
    }

    /// Draws in the order of the script that made the files, from its three seeds.
    pub fn generate() -> Self {
        let mut fixture = Self {
            tensors: BTreeMap::new(),
            inputs: Vec::new(),
            targets: Vec::new(),
        };
        fixture.generate_base(&mut Mulberry::new(1234));
        fixture.generate_lora(&mut Mulberry::new(777));
        fixture.generate_tokens(&mut Mulberry::new(42));
        fixture
    }

    fn generate_base(&mut self, draws: &mut Mulberry) {
        let mut normal = |fixture: &mut Self, name: String, shape: [usize; 2]| {
            let values = draws.normals(shape[0] * shape[1], DEVIATION);
            fixture.put(name, shape.to_vec(), values);
        };
        normal(self, "wte".into(), [VOCABULARY, WIDTH]);
        normal(self, "wpe".into(), [CONTEXT, WIDTH]);
        for block in 0..LAYERS {
            for (name, d_in, d_out) in [("attn", 1, 3), ("proj", 1, 1), ("fc", 1, 4), ("fc2", 4, 1)]
            {
                normal(
                    self,
                    format!("h{block}_{name}_w"),
                    [d_in * WIDTH, d_out * WIDTH],
                );
                self.level(format!("h{block}_{name}_b"), d_out * WIDTH, 0.0);
            }
            self.layer_norm(&format!("h{block}_ln1"));
            self.layer_norm(&format!("h{block}_ln2"));
        }
        self.layer_norm("lnf");
    }

    fn layer_norm(&mut self, name: &str) {
        self.level(format!("{name}_g"), WIDTH, 1.0);
        self.level(format!("{name}_b"), WIDTH, 0.0);
    }

    fn generate_lora(&mut self, draws: &mut Mulberry) {
        for block in 0..LAYERS {
            for (name, d_in, d_out) in [("attn", 1, 3), ("proj", 1, 1), ("fc2", 4, 1)] {
                let (d_in, d_out) = (d_in * WIDTH, d_out * WIDTH);
                let a = draws.normals(d_in * LORA_RANK, DEVIATION);
                let b = vec![0.0; LORA_RANK * d_out];
                self.put(format!("h{block}_{name}_w_A"), vec![d_in, LORA_RANK], a);
                self.put(format!("h{block}_{name}_w_B"), vec![LORA_RANK, d_out], b);
            }
        }
    }

    fn generate_tokens(&mut self, draws: &mut Mulberry) {
        for _ in 0..BATCH {
            let row: Vec<i32> = (0..=CONTEXT)
                .map(|_| (draws.uniform() * VOCABULARY as f64) as i32)
                .collect();
            self.inputs.extend(&row[..CONTEXT]);
            self.targets.extend(&row[1..]);
        }
    }

    fn level(&mut self, name: String, length: usize, value: f32) {
        self.put(name, vec![length], vec![value; length]);
    }

    fn put(&mut self, name: String, shape: Vec<usize>, values: Vec<f32>) {
        self.tensors.insert(
            name.clone(),
            NamedTensor {
                name,
                shape,
                values,
            },
        );
    }

    /// The files that `export_params.mjs` writes.
    pub fn read(params_json: &str, params_bin: &[u8]) -> Result<Self, FixtureError> {
        let files: Files = serde_json::from_str(params_json)
            .map_err(|e| FixtureError::Unreadable(e.to_string()))?;
        files.check()?;
        let numbers: Vec<f32> = params_bin
            .as_chunks::<4>()
            .0
            .iter()
            .map(|b| f32::from_le_bytes(*b))
            .collect();
        let mut fixture = Self {
            tensors: BTreeMap::new(),
            inputs: files.x,
            targets: files.y,
        };
        for (name, place) in files.tensors {
            let (end, found) = (place.off + place.n, numbers.len());
            let values = numbers
                .get(place.off..end)
                .ok_or_else(|| FixtureError::CutShort {
                    name: name.clone(),
                    end,
                    found,
                })?;
            let name = name
                .split_once(':')
                .map_or(&name[..], |(_, name)| name)
                .to_owned();
            fixture.put(name, place.shape, values.to_vec());
        }
        Ok(fixture)
    }

    /// Takes a tensor out, by its name in the other engines.
    pub fn take(&mut self, name: &str) -> Result<NamedTensor, WeightError> {
        self.tensors
            .remove(name)
            .ok_or_else(|| WeightError::Missing {
                name: name.to_owned(),
            })
    }

    /// `[batch][seq]`
    pub fn ids(&self) -> Vec<Vec<i32>> {
        self.inputs.chunks(CONTEXT).map(<[i32]>::to_vec).collect()
    }

    /// The answer at every position, `[batch · seq]`.
    pub fn targets(&self) -> &[i32] {
        &self.targets
    }
}

#[derive(Deserialize)]
struct Files {
    cfg: Sizes,
    tensors: BTreeMap<String, Place>,
    x: Vec<i32>,
    y: Vec<i32>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sizes {
    n_layer: usize,
    n_head: usize,
    d: usize,
    vocab: usize,
    ctx: usize,
    batch: usize,
    lora_r: usize,
}

/// Where a tensor lies in `params.bin`, counted in numbers.
#[derive(Deserialize)]
struct Place {
    shape: Vec<usize>,
    off: usize,
    n: usize,
}

impl Files {
    fn check(&self) -> Result<(), FixtureError> {
        let expected = Sizes {
            n_layer: LAYERS,
            n_head: HEADS,
            d: WIDTH,
            vocab: VOCABULARY,
            ctx: CONTEXT,
            batch: BATCH,
            lora_r: LORA_RANK,
        };
        let (tokens, targets) = (self.x.len(), self.y.len());
        let other = if self.cfg != expected {
            OtherModel::Sizes {
                found: format!("{:?}", self.cfg),
                expected: format!("{expected:?}"),
            }
        } else if tokens != BATCH * CONTEXT || targets != tokens {
            OtherModel::Tokens {
                tokens,
                targets,
                expected: BATCH * CONTEXT,
            }
        } else if self
            .tensors
            .values()
            .any(|t| t.shape.iter().product::<usize>() != t.n)
        {
            OtherModel::Shape
        } else {
            return Ok(());
        };
        Err(FixtureError::OtherModel(other))
    }
}
