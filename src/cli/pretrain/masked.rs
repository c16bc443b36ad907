//! Learning to find hidden tokens: a BERT.

use std::path::Path;

use burn::prelude::*;
use serde_json::{Value, json};

use super::pairs::{self, Layout, Row};
use super::stages::Stages;
use super::words::{Found, commonest};
use super::work::{self, Work};
use super::{Arguments, PretrainSettings, Texts, Tokens, write_config};
use crate::cli::error::CliError;
use crate::cli::files;
use crate::data::batch::Batch;
use crate::data::masking::Masking;
use crate::data::tokenizer::{CLS, MASK, Marks, PAD, SEP, Tokenizer};
use crate::faults::WeightError;
use crate::io::folder::{self, HeldWeights};
use crate::io::safetensors::{NamedTensor, Precision, write};
use crate::model::bert::{Bert, BertConfig, MaskedLmHead, Pooler, RandomWeights};
use crate::model::network::Network;
use crate::model::parameters;
use crate::model::weights::WeightSource;
use crate::settings::Seed;
use crate::train::{Objective, Trainer};

/// How many marks BERT adds to a vocabulary.
const MARKS: usize = 4;
/// Of word embeddings taken over.
const WORD_DEVIATION: f32 = 0.04;
/// Texts of the validation text scored while training; the whole is scored at the end.
const QUICK_VALID_TEXTS: usize = 128;

struct HiddenWords<'a> {
    stages: Stages<'a>,
    marks: Marks,
    masking: Masking,
    layout: Layout,
    seed: Seed,
    /// Of held-out text.
    valid: Vec<Row>,
    /// The token that the training text has most.
    commonest: i32,
}

pub fn run(arguments: &Arguments, texts: Texts) -> Result<(), CliError> {
    let (settings, out) = (&arguments.settings, &arguments.out);
    settings.check()?;
    let learnt = settings.vocab_size.saturating_sub(MARKS);
    let finish_tokenizer = |tokenizer: Tokenizer| Ok(tokenizer.with_marks()?);
    let tokenizer = arguments.tokenizer(texts.train, learnt, finish_tokenizer)?;
    let marks = tokenizer.marks().map_err(|e| CliError::file(out, e))?;
    let config = settings.config(tokenizer.vocabulary(), &marks);
    write_configs(out, &config)?;
    let tokens = Tokens::of(texts, &tokenizer, out)?;
    let work = HiddenWords::new(settings, &tokens, marks, config.vocab_size);

    let device = Device::flex().autodiff();
    let mut weights = RandomWeights::for_narrow(Seed::new(settings.seed).fork("weights"));
    let layout = settings.layout();
    let mut model = load(&config, layout, &mut weights, &device)?;
    if let Some(folder) = &settings.word_embeddings {
        model = with_words_of(folder, model)?;
    }
    let model = model.with_trainable(|_| true);
    let objective = match layout {
        Layout::Single => Objective::MaskedLm,
        Layout::Pairs => Objective::MaskedLmAndNext,
    };
    let mut trainer = Trainer::new(model, objective, &settings.training());
    trainer.optimizer.muon = settings.muon;
    let resumed = |held: &mut HeldWeights| load(&config, layout, held, &device);
    match work::train(arguments, trainer, &work, resumed)? {
        Some(trainer) => finish(out, &config, trainer.model(), &work, settings),
        None => Ok(()),
    }
}

/// With the heads that the run trains, and a pooler where one of them reads it.
fn load(
    config: &BertConfig,
    layout: Layout,
    weights: &mut impl WeightSource,
    device: &Device,
) -> Result<Bert, WeightError> {
    let head = MaskedLmHead::load(config, weights, device)?;
    let model = Bert::load(config, weights, device)?;
    if layout == Layout::Single {
        return Ok(model.with_masked_lm(head));
    }
    let pooler = Pooler::load(config.hidden_size, weights, device)?;
    let head = head.with_next(config, weights, device)?;
    Ok(model.with_masked_lm(head).with_pooler(pooler))
}

/// The model with a GPT-2's word embeddings for the tokens that both know: their directions, around 0 and
/// in the spread of the random ones.
fn with_words_of(folder: &Path, model: Bert) -> Result<Bert, CliError> {
    let words = &model.bert.embeddings.word_embeddings.weight;
    let (own, device) = (words.val(), words.val().device());
    let (config, other) = folder::gpt2(folder, &device)?;
    let [count, width] = own.dims();
    let [known, other_width] = other.transformer.wte.weight.val().dims();
    if (known > count) || other_width != width {
        return Err(CliError::file(
            folder,
            format!(
                "--word-embeddings has {} words of width {other_width}, this run {count} of width {width}",
                config.vocab_size
            ),
        ));
    }
    let theirs = other.transformer.wte.weight.val();
    let centred = theirs.clone() - theirs.mean_dim(0);
    let spread = centred.clone().square().mean().sqrt().into_scalar::<f32>();
    let scaled = centred.mul_scalar(WORD_DEVIATION / spread);
    let all = Tensor::cat(vec![scaled, own.slice([known..count, 0..width])], 0);
    let all = all.into_data();
    let name = "bert.embeddings.word_embeddings.weight".to_owned();
    Ok(parameters::with_values(model, [(name, all)].into()))
}

fn write_configs(out: &Path, config: &BertConfig) -> Result<(), CliError> {
    let more = json!({
        "architectures": ["BertForMaskedLM"],
        "attention_probs_dropout_prob": 0.0,
        "hidden_dropout_prob": 0.0,
    });
    write_config(out, config, more)?;
    let tokenizer = json!({
        "cls_token": CLS,
        "mask_token": MASK,
        "model_max_length": config.max_position_embeddings,
        "pad_token": PAD,
        "sep_token": SEP,
        "tokenizer_class": "PreTrainedTokenizerFast",
    });
    let text = serde_json::to_string_pretty(&tokenizer)? + "\n";
    files::write(&out.join("tokenizer_config.json"), text)
}

impl PretrainSettings {
    fn config(&self, vocabulary: usize, marks: &Marks) -> BertConfig {
        BertConfig {
            pad_token_id: Some(marks.pad),
            ..BertConfig::sized(
                vocabulary,
                self.context,
                self.width,
                self.layers,
                self.heads,
            )
        }
    }

    fn check(&self) -> Result<(), CliError> {
        let marks = self.layout().marks();
        if self.context <= marks + 1 {
            return Err(CliError::new(format!(
                "--context is {}, but must be above {}: [CLS] and [SEP] take {marks} places",
                self.context,
                marks + 1
            )));
        }
        if self.next_sentence && self.batch_size < 2 {
            return Err(CliError::new(
                "--next-sentence takes strange texts from other rows of the batch: give --batch-size 2 or more",
            ));
        }
        if !(self.mlm_probability > 0.0 && self.mlm_probability <= 1.0) {
            return Err(CliError::new(format!(
                "--mlm-probability is {}, but must be above 0 and at most 1",
                self.mlm_probability
            )));
        }
        Ok(())
    }
}

impl<'a> HiddenWords<'a> {
    fn new(
        settings: &PretrainSettings,
        tokens: &'a Tokens,
        marks: Marks,
        vocabulary: usize,
    ) -> Self {
        let layout = settings.layout();
        let words = settings.context - layout.marks();
        let seed = Seed::new(settings.seed);
        let texts = tokens.valid.chunks_exact(words);
        let texts = texts.map(|text| text.iter().map(|id| i32::from(*id)).collect());
        let texts: Vec<Vec<i32>> = texts.collect();
        Self {
            stages: Stages::new(settings, &tokens.train, layout.marks()),
            marks,
            masking: Masking {
                probability: settings.mlm_probability,
                ..Masking::usual(&marks, vocabulary)
            },
            layout,
            seed: seed.fork("masks"),
            valid: layout.rows(&texts, &marks, seed.fork("valid pairs")),
            commonest: commonest(tokens.train.iter().map(|id| i32::from(*id))),
        }
    }
}

impl Work for HiddenWords<'_> {
    type Model = Bert;

    fn batch(&self, step: usize) -> Batch {
        let seed = self.seed.fork(&format!("step {step}"));
        let windows = self.stages.batch(step);
        let rows = self.layout.rows(&windows, &self.marks, seed.fork("pairs"));
        pairs::hide(&rows, self.masking, seed)
    }

    fn measure(&self, model: &Bert) -> Value {
        let quick = &self.valid[..QUICK_VALID_TEXTS.min(self.valid.len())];
        let found = Found::of(model, quick, self.masking, &self.seed, self.commonest);
        json!({
            "valid_loss_nats": found.mean_nats(),
            "valid_accuracy": found.accuracy(),
            "valid_accuracy_of_commonest": found.of_commonest(),
            "valid_next_accuracy": found.next_accuracy(),
        })
    }
}

/// The model as hidden words alone would have trained it.
fn without_pairs(model: &Bert) -> Bert {
    let mut words = model.clone();
    words.bert.pooler = None;
    if let Some(head) = &mut words.cls {
        head.seq_relationship = None;
    }
    words
}

/// Writes what ships: float16 weights, and the figures of the card. A classifier needs a pooler; the one that goes with them is
/// the identity before its tanh. Hidden words train none, and from the one that second texts train a classifier learns less
/// (docs/pretraining.md).
fn finish(
    out: &Path,
    config: &BertConfig,
    model: &Bert,
    work: &HiddenWords,
    settings: &PretrainSettings,
) -> Result<(), CliError> {
    let count = |tensors: &[NamedTensor]| tensors.iter().map(|t| t.values.len()).sum::<usize>();
    let words = without_pairs(model);
    let parameters = count(&folder::base_tensors(&words)?);
    let identity = Pooler::identity(config.hidden_size, &words.device());
    let pooled = words.with_pooler(identity);
    let bytes = write(&folder::base_tensors(&pooled)?, Precision::F16)?;
    files::write(&out.join("model.safetensors"), &bytes)?;
    let weights_bytes = bytes.len();
    let shipped = folder::build_bert(config, bytes, &Device::flex())?;
    let of = |model: &Bert| {
        let (rows, commonest) = (&work.valid, work.commonest);
        Found::of(model, rows, work.masking, &work.seed, commonest)
    };
    let found = of(&shipped);
    let summary = json!({
        "parameters": parameters,
        "weights_bytes": weights_bytes,
        "steps": settings.steps,
        "tokens_seen": work.stages.tokens(settings.steps),
        "valid_words_hidden": found.asked,
        "valid_loss_nats": found.mean_nats(),
        "valid_accuracy": found.accuracy(),
        "valid_accuracy_of_commonest": found.of_commonest(),
        "valid_next_accuracy": of(model).next_accuracy(),
        "settings": settings,
    });
    let text = serde_json::to_string_pretty(&summary)? + "\n";
    files::write(&out.join("summary.json"), &text)?;
    print!("{text}");
    Ok(())
}
