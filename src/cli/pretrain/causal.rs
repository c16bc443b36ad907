//! Learning to foretell the next token: a GPT-2.

use std::path::Path;

use burn::prelude::{Device, TensorData};
use serde_json::{Value, json};

use super::stages::Stages;
use super::work::{self, Work};
use super::{Arguments, PretrainSettings, Texts, Tokens, embeddings, grow, write_config};
use crate::cli::error::CliError;
use crate::cli::files;
use crate::data::batch::Batch;
use crate::io::folder;
use crate::io::safetensors::{Precision, write};
use crate::model::gpt2::{Gpt2, Gpt2Config, RandomWeights};
use crate::model::parts::{Pass, Tokens as Input};
use crate::settings::Seed;
use crate::train::loss::nll;
use crate::train::{Objective, Trainer};

/// Tokens of the validation text scored while training; the whole is scored at the end.
const QUICK_VALID_TOKENS: usize = 16_384;

struct NextToken<'a> {
    stages: Stages<'a>,
    tokens: &'a Tokens,
    context: usize,
    /// Length of the validation text.
    valid_bytes: usize,
}

pub fn run(arguments: &Arguments, texts: Texts) -> Result<(), CliError> {
    let (settings, out) = (&arguments.settings, &arguments.out);
    // First of all: a file that does not fit is told before a long text is cut into tokens.
    let words = embeddings::read(settings, out)?;
    let tokenizer = arguments.tokenizer(texts.train, settings.vocab_size, Ok)?;
    let config = config(settings, tokenizer.end_of_text());
    write_config(
        out,
        &config,
        json!({ "architectures": ["GPT2LMHeadModel"] }),
    )?;
    let tokens = Tokens::of(texts, &tokenizer, out)?;

    let device = Device::flex().autodiff();
    let model = fresh(settings, &config, words, &device)?.with_trainable(|_| true);
    let mut trainer = Trainer::new(model, Objective::CausalLm, &settings.training());
    trainer.optimizer.muon = settings.muon;
    let work = NextToken {
        stages: Stages::new(settings, &tokens.train, 0),
        tokens: &tokens,
        context: settings.context,
        valid_bytes: texts.valid.len(),
    };
    let load = |held: &mut folder::HeldWeights| Gpt2::load(&config, held, &device);
    match work::train(arguments, trainer, &work, load)? {
        Some(trainer) => finish(out, trainer.model(), &work, settings),
        None => Ok(()),
    }
}

/// What a run begins with: noise, a smaller model grown, or noise around the token embeddings `words`,
/// `[vocabulary, width]`.
fn fresh(
    settings: &PretrainSettings,
    config: &Gpt2Config,
    words: Option<TensorData>,
    device: &Device,
) -> Result<Gpt2, CliError> {
    if let Some(folder) = &settings.grow_from {
        let mut grown = grow::doubled(folder, settings)?;
        return Ok(Gpt2::load(config, &mut grown, device)?);
    }
    let seed = Seed::new(settings.seed).fork("weights");
    let mut weights = RandomWeights::new(seed, settings.layers);
    let noise = Gpt2::load(config, &mut weights, device)?;
    Ok(match words {
        Some(words) => embeddings::put(noise, words),
        None => noise,
    })
}

fn config(settings: &PretrainSettings, end_of_text: Option<i32>) -> Gpt2Config {
    Gpt2Config {
        bos_token_id: end_of_text,
        eos_token_id: end_of_text.into(),
        pad_token_id: end_of_text,
        ..Gpt2Config::sized(
            settings.vocab_size,
            settings.context,
            settings.width,
            settings.layers,
            settings.heads,
        )
    }
}

impl Work for NextToken<'_> {
    type Model = Gpt2;

    fn batch(&self, step: usize) -> Batch {
        Batch::causal(self.stages.batch(step))
    }

    fn measure(&self, model: &Gpt2) -> Value {
        let valid = &self.tokens.valid;
        let quick = &valid[..QUICK_VALID_TOKENS.min(valid.len())];
        let bits = bits_per_token(model, quick, self.context);
        let bytes_per_token = self.valid_bytes as f64 / valid.len() as f64;
        json!({ "valid_bits_per_byte": bits / bytes_per_token })
    }
}

/// Mean bits a token costs. Windows overlap by half, so that every scored token but the first few sees
/// at least half a context; each token is scored once.
fn bits_per_token(model: &Gpt2, tokens: &[u16], context: usize) -> f64 {
    const ROWS: usize = 16;
    let stride = context / 2;
    let starts: Vec<usize> = (0..tokens.len().saturating_sub(stride))
        .step_by(stride)
        .collect();
    let (mut total_nats, mut scored) = (0f64, 0usize);
    for chunk in starts.chunks(ROWS) {
        for (ids, from) in same_length_rows(chunk, tokens, context, stride) {
            let labels: Vec<i32> = ids.iter().flat_map(|row| row[1..].to_vec()).collect();
            let (rows, seq) = (ids.len(), ids[0].len());
            let hidden = model
                .transformer
                .forward(Input::new(&ids), &mut Pass::default());
            let [_, d_model] = hidden.dims();
            let hidden = hidden
                .inner()
                .reshape([rows, seq, d_model])
                .slice([0..rows, 0..seq - 1])
                .reshape([rows * (seq - 1), d_model]);
            let head = model.transformer.wte.weight.val().inner().transpose();
            let losses: Vec<f32> = nll(hidden.matmul(head), &labels)
                .into_data()
                .try_to_vec()
                .unwrap_or_default();
            for (row, from) in losses.chunks(seq - 1).zip(from) {
                total_nats += row[from..].iter().map(|v| f64::from(*v)).sum::<f64>();
                scored += row.len() - from;
            }
        }
    }
    total_nats / scored as f64 / std::f64::consts::LN_2
}

/// The windows at `starts`, grouped by length (only the last may be short), each with the index of its
/// first prediction that counts.
fn same_length_rows(
    starts: &[usize],
    tokens: &[u16],
    context: usize,
    stride: usize,
) -> Vec<(Vec<Vec<i32>>, Vec<usize>)> {
    let mut groups: Vec<(Vec<Vec<i32>>, Vec<usize>)> = Vec::new();
    for &start in starts {
        let end = (start + context).min(tokens.len());
        let ids: Vec<i32> = tokens[start..end].iter().map(|t| i32::from(*t)).collect();
        // Prediction i scores token i + 1 of the window.
        let from = if start == 0 { 0 } else { context - stride - 1 };
        match groups.last_mut() {
            Some((rows, froms)) if rows[0].len() == ids.len() => {
                rows.push(ids);
                froms.push(from);
            }
            _ => groups.push((vec![ids], vec![from])),
        }
    }
    groups
}

/// Writes what ships: float16 weights, and the figures of the card.
fn finish(
    out: &Path,
    model: &Gpt2,
    work: &NextToken,
    settings: &PretrainSettings,
) -> Result<(), CliError> {
    let tensors = folder::base_tensors(model)?;
    let parameters: usize = tensors.iter().map(|t| t.values.len()).sum();
    let bytes = write(&tensors, Precision::F16)?;
    let path = out.join("model.safetensors");
    files::write(&path, &bytes)?;
    let (_, shipped) = folder::gpt2(out, &Device::flex())?;
    let valid = &work.tokens.valid;
    let per_token = bits_per_token(&shipped, valid, settings.context);
    let summary = json!({
        "parameters": parameters,
        "weights_bytes": bytes.len(),
        "steps": settings.steps,
        "tokens_seen": work.stages.tokens(settings.steps),
        "valid_loss_nats_per_token": per_token * std::f64::consts::LN_2,
        "valid_bits_per_byte": per_token * valid.len() as f64 / work.valid_bytes as f64,
        "settings": settings,
    });
    let path = out.join("summary.json");
    let text = serde_json::to_string_pretty(&summary)? + "\n";
    files::write(&path, &text)?;
    print!("{text}");
    Ok(())
}
