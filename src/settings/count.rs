//! How many parameters a strategy trains, by arithmetic on shapes: for models too large to be at
//! hand. `train::plan` tests it against prepared models, `warmup verify` against PEFT.

use super::{BottleneckSettings, Gpt2Sizes, Strategy};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    pub trainable: usize,
    pub total: usize,
}

impl Counts {
    pub fn share(self) -> f64 {
        self.trainable as f64 / self.total.max(1) as f64
    }

    /// Float32 bytes of the gradients.
    pub fn gradient_bytes(self) -> u64 {
        4 * self.trainable as u64
    }

    /// Float32 bytes of AdamW's two moments.
    pub fn optimizer_bytes(self) -> u64 {
        8 * self.trainable as u64
    }
}

/// Counts of the prepared model, with a classification head where `labels` says how many there are.
pub fn count(sizes: &Gpt2Sizes, labels: Option<usize>, strategy: &Strategy) -> Counts {
    let mut counts = Counts {
        trainable: 0,
        total: 0,
    };
    for (name, shape) in sizes.parameters(labels) {
        let own: usize = shape.iter().product();
        let added = beside(&name, &shape, strategy);
        counts.total += own + added;
        counts.trainable += added + if strategy.trains(&name) { own } else { 0 };
    }
    let more = elsewhere(sizes, strategy);
    Counts {
        trainable: counts.trainable + more,
        total: counts.total + more,
    }
}

/// What a strategy adds beside a weight `[inputs, outputs]`.
fn beside(name: &str, shape: &[usize], strategy: &Strategy) -> usize {
    let (Some(module), [d_in, d_out]) = (name.strip_suffix(".weight"), shape) else {
        return 0;
    };
    match strategy {
        _ if !module.contains(".h.") => 0,
        Strategy::Lora(lora) if lora.targets(module) => {
            lora.rank * (d_in + d_out) + if lora.use_dora { *d_out } else { 0 }
        }
        Strategy::Ia3(ia3) if ia3.is_feedforward(module) && ia3.targets(module) => *d_in,
        Strategy::Ia3(ia3) if ia3.targets(module) => *d_out,
        _ => 0,
    }
}

/// What a strategy adds that stands beside no single weight.
fn elsewhere(sizes: &Gpt2Sizes, strategy: &Strategy) -> usize {
    let (width, blocks) = (sizes.width, sizes.blocks);
    match strategy {
        Strategy::Adapter(BottleneckSettings {
            placement,
            bottleneck,
        }) => blocks * placement.per_block() * (2 * width * bottleneck + bottleneck + width),
        Strategy::Prompt { virtual_tokens } => virtual_tokens * width,
        Strategy::Prefix { virtual_tokens } => 2 * blocks * virtual_tokens * width,
        _ => 0,
    }
}
