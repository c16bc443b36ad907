//! BERT: hidden words and labels of texts.

mod adapter;
mod cases;
mod hidden;
mod run;

use burn::prelude::Device;

use super::masks;
use crate::faults::Fault;
use crate::io::folder::build_bert;
use crate::model::bert::{Bert, BertConfig};
use crate::model::network::Network;
use crate::model::parts::{Pass, Tokens};
use crate::train::Objective;
use crate::verify::Selection;
use crate::verify::harness::CaseResult;
use crate::verify::harness::error::in_file;
use crate::verify::harness::finding::Reporter;
use crate::verify::harness::library::Library;
use cases::Kind;

/// Whether the set's model is a BERT.
pub fn is_set(library: &Library, name: &str) -> bool {
    let config = library.json::<serde_json::Value>(&format!("{name}model/config.json"));
    config.is_ok_and(|config| config["model_type"] == "bert")
}

pub async fn run(
    library: &Library<'_>,
    name: &str,
    device: &Device,
    selection: Selection,
    reporter: &mut Reporter<'_>,
) {
    let device = device.clone().autodiff();
    let masked = Kind {
        library,
        folder: format!("{name}mlm/"),
        model: format!("{name}model/"),
        objective: Objective::MaskedLm,
    };
    let classifier = Kind {
        library,
        folder: format!("{name}cls/"),
        model: format!("{name}cls/model/"),
        objective: Objective::SequenceClassification { pad: None },
    };
    let outcome = check_encoder(&masked, name, &device, reporter).await;
    reporter.settle(&format!("{name}model"), outcome).await;
    let has_cases = |kind: &Kind| library.has(&kind.case("cases.json"));
    for kind in [masked, classifier].into_iter().filter(has_cases) {
        let outcome = run_kind(&kind, &device, selection, reporter).await;
        reporter.settle(&kind.folder, outcome).await;
    }
}

/// What needs no head: hidden states and masks.
async fn check_encoder(
    kind: &Kind<'_>,
    set: &str,
    device: &Device,
    reporter: &mut Reporter<'_>,
) -> CaseResult {
    let (config, model) = read_model(kind, device)?;
    let limits = (config.max_position_embeddings, config.vocab_size);
    hidden::run(kind, set, &model, limits, reporter).await?;
    let forward = |ids: &[Vec<i32>], pass: &mut Pass| {
        model.bert.forward(Tokens::new(ids), pass);
    };
    masks::run(kind.library, set, &forward, reporter).await
}

async fn run_kind(
    kind: &Kind<'_>,
    device: &Device,
    selection: Selection,
    reporter: &mut Reporter<'_>,
) -> CaseResult {
    let (config, model) = read_model(kind, device)?;
    let cases = kind.cases(&config)?;
    cases::check(kind, &cases, &model, reporter).await?;
    if selection == Selection::All {
        run::check_all(kind, &config, &model, reporter).await?;
    }
    for name in crate::verify::harness::set::adapters(kind.library, &kind.folder) {
        let folder = format!("{}{name}/", kind.folder);
        adapter::check(kind, &folder, &cases, (&config, &model), reporter).await?;
    }
    Ok(())
}

/// A model with all gradients off.
fn read_model(kind: &Kind, device: &Device) -> Result<(BertConfig, Bert), Fault> {
    let path = format!("{}config.json", kind.model);
    let config = BertConfig::parse(&kind.library.text(&path)?);
    let config = config.map_err(|e| in_file(&path, e))?;
    let path = format!("{}model.safetensors", kind.model);
    let model =
        build_bert(&config, kind.library.bytes(&path)?, device).map_err(|e| in_file(&path, e))?;
    Ok((config, model.with_trainable(|_| false)))
}
