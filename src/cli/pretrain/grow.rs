//! A trained GPT-2 made twice as wide, so that it still says the same (Net2Net, Chen et al. 2015).

use std::collections::BTreeMap;
use std::path::Path;

use burn::prelude::Device;

use super::PretrainSettings;
use crate::cli::error::CliError;
use crate::faults::Fault;
use crate::io::folder::{HeldWeights, base_tensors, gpt2};
use crate::io::safetensors::NamedTensor;
use crate::model::gpt2::{Gpt2, Gpt2Config};
use crate::settings::names::{self, Place};

/// Part of an input's weight that its first copy gets: the fractions of the multiples of the golden ratio,
/// spread evenly over 0 to 1 and another one for every weight. With one share for a whole row, AdamW,
/// which takes no notice of scale, would move both copies alike for ever.
const GOLDEN: f64 = 0.618_033_988_749_894_9;

/// The weights of the model in `folder` at twice its width, which `settings` must ask for.
pub fn doubled(folder: &Path, settings: &PretrainSettings) -> Result<HeldWeights, CliError> {
    let (config, small) = gpt2(folder, &Device::flex())?;
    check(&config, settings).map_err(|e| CliError::file(folder, e))?;
    Ok(twice_as_wide(&small)?)
}

fn check(small: &Gpt2Config, settings: &PretrainSettings) -> Result<(), String> {
    let inner = small.n_inner.unwrap_or(4 * small.n_embd);
    if inner != 4 * small.n_embd {
        let found = small.n_embd;
        return Err(format!(
            "--grow-from needs an MLP four times as wide as the model, not {inner} beside {found}"
        ));
    }
    for (flag, given, wanted) in [
        ("--width", settings.width, 2 * small.n_embd),
        ("--heads", settings.heads, 2 * small.n_head),
        ("--layers", settings.layers, small.n_layer),
        ("--context", settings.context, small.n_positions),
        ("--vocab-size", settings.vocab_size, small.vocab_size),
    ] {
        if given != wanted {
            return Err(format!(
                "--grow-from doubles width and heads and keeps the rest: give {flag} {wanted} instead of {given}"
            ));
        }
    }
    Ok(())
}

/// Every feature twice: `[x; x]` has the mean and the variance of `x`, so every LayerNorm goes on as before.
/// What reads a feature shares its weight between the copies. `ln_f` is halved, for the tied head adds both
/// copies up.
fn twice_as_wide(small: &Gpt2) -> Result<HeldWeights, Fault> {
    let grown = base_tensors(small)?.into_iter().map(grow);
    let grown = grown.map(|tensor| (tensor.name.clone(), tensor));
    Ok(HeldWeights(grown.collect::<BTreeMap<_, _>>()))
}

fn grow(tensor: NamedTensor) -> NamedTensor {
    let packed = if tensor.name.contains("c_attn") { 3 } else { 1 };
    let wide = outputs_twice(tensor, packed);
    if names::place(&wide.name) == Place::LastNorm {
        let values = wide.values.iter().map(|v| v / 2.0).collect();
        return NamedTensor { values, ..wide };
    }
    let reads = wide.name.contains(".c_") && wide.shape.len() == 2;
    if reads { inputs_shared(wide) } else { wide }
}

/// The last dimension, in each of its `packed` parts, once more behind itself.
fn outputs_twice(tensor: NamedTensor, packed: usize) -> NamedTensor {
    let mut shape = tensor.shape;
    let width = shape.last().map_or(1, |last| last / packed).max(1);
    let parts = tensor.values.chunks(width);
    let values = parts.flat_map(|part| [part, part].concat()).collect();
    if let Some(last) = shape.last_mut() {
        *last *= 2;
    }
    NamedTensor {
        shape,
        values,
        ..tensor
    }
}

/// `[in, out] → [2 · in, out]`, a weight's two parts adding up to it.
fn inputs_shared(mut tensor: NamedTensor) -> NamedTensor {
    let share = |index: usize| (((index + 1) as f64 * GOLDEN).fract()) as f32;
    let numbered = tensor.values.iter().enumerate();
    let first: Vec<f32> = numbered.map(|(i, w)| w * share(i)).collect();
    let second = tensor.values.iter().zip(&first).map(|(w, part)| w - part);
    let second: Vec<f32> = second.collect();
    tensor.values = [first, second].concat();
    tensor.shape[0] *= 2;
    tensor
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::gpt2::RandomWeights;
    use crate::model::parts::{Pass, Tokens};
    use crate::settings::Seed;

    const SMALL: [usize; 5] = [11, 6, 4, 2, 2];

    fn sized([vocab, context, width, layers, heads]: [usize; 5]) -> Gpt2Config {
        Gpt2Config::sized(vocab, context, width, layers, heads)
    }

    fn small() -> Gpt2 {
        let mut weights = RandomWeights::new(Seed::new(3), 2);
        Gpt2::load(&sized(SMALL), &mut weights, &Device::flex()).unwrap()
    }

    fn logits(model: &Gpt2) -> Vec<f32> {
        let ids = [vec![1, 5, 2, 7, 10], vec![3, 3, 0, 9, 4]];
        let logits = model.logits(Tokens::new(&ids), &mut Pass::default());
        logits.into_data().try_to_vec().unwrap()
    }

    #[test]
    fn the_grown_model_says_the_same() {
        let (small, mut weights) = (small(), twice_as_wide(&small()).unwrap());
        let config = sized([11, 6, 8, 2, 4]);
        let wide = Gpt2::load(&config, &mut weights, &Device::flex()).unwrap();
        let pairs = logits(&small).into_iter().zip(logits(&wide));
        let apart = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(apart < 1e-4, "{apart}");
    }

    #[test]
    fn no_two_copies_share_alike() {
        let HeldWeights(grown) = twice_as_wide(&small()).unwrap();
        let fc = &grown["transformer.h.0.mlp.c_fc.weight"];
        assert_eq!(fc.shape, [8, 32]);
        let (first, second) = fc.values.split_at(4 * 32);
        let mut shares: Vec<f32> = first.iter().zip(second).map(|(a, b)| a / (a + b)).collect();
        shares.sort_by(f32::total_cmp);
        assert!(shares.windows(2).all(|pair| pair[1] - pair[0] > 1e-3));
    }

    #[test]
    fn other_sizes_are_named() {
        use clap::Parser;
        #[derive(Parser)]
        struct Flags {
            #[command(flatten)]
            settings: PretrainSettings,
        }
        let wrong = |flags: &str| {
            let flags = format!("x --vocab-size 11 --context 6 --layers 2 {flags}");
            let settings = Flags::parse_from(flags.split(' ')).settings;
            check(&sized(SMALL), &settings).err().unwrap_or_default()
        };
        assert!(wrong("--width 16 --heads 4").contains("--width 8 instead of 16"));
        assert!(wrong("--width 8 --heads 2").contains("--heads 4 instead of 2"));
        assert_eq!(wrong("--width 8 --heads 4"), "");
    }
}
