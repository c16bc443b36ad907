//! Parameters of the real GPT-2 under each method, as transformers and PEFT count them; from shapes alone.

use serde::Deserialize;

use crate::settings::{
    BottleneckSettings, Counts, Family, Gpt2Sizes, Ia3Settings, LoraSettings, PartialSettings,
    Placement, PrefixSettings, PromptSettings, Strategy, count,
};
use crate::verify::harness::CaseResult;
use crate::verify::harness::comparison::Comparison;
use crate::verify::harness::error::wrong;
use crate::verify::harness::finding::Reporter;
use crate::verify::harness::library::Library;
use crate::verify::harness::tolerance::EXACT;

#[derive(Deserialize)]
struct Cases {
    base_total: usize,
    lora: Vec<LoraCase>,
    freeze: Vec<FreezeCase>,
    #[serde(default)]
    other: Vec<MethodCase>,
    #[serde(default)]
    bottleneck: Vec<BottleneckCase>,
}

/// Names, or the one word that stands for many.
#[derive(Deserialize)]
#[serde(untagged)]
enum Targets {
    Names(Vec<String>),
    Word(String),
}

impl Targets {
    fn names(&self) -> Vec<String> {
        Family::Gpt2.expand_targets(match self {
            Self::Names(names) => names.clone(),
            Self::Word(word) => vec![word.clone()],
        })
    }
}

#[derive(Deserialize)]
struct LoraCase {
    target_modules: Targets,
    r: usize,
    trainable: usize,
    total: usize,
}

impl LoraCase {
    fn is_on_tied_head(&self) -> bool {
        let names = self.target_modules.names();
        names.iter().any(|name| name == TIED_HEAD)
    }
}

#[derive(Deserialize)]
struct FreezeCase {
    model: String,
    frozen: String,
    trainable: usize,
    total: usize,
}

#[derive(Deserialize)]
struct MethodCase {
    method: String,
    trainable: usize,
    total: usize,
}

#[derive(Deserialize)]
struct BottleneckCase {
    kind: String,
    bottleneck: usize,
    trainable: usize,
    total: usize,
}

/// Labels of the classifier that was counted: transformers' default.
const LABELS: usize = 2;

/// PEFT puts an adapter beside it if asked; here it is refused, since it is the token embedding.
const TIED_HEAD: &str = "lm_head";

pub fn run(library: &Library, path: &str, reporter: &mut Reporter) -> CaseResult {
    let cases: Cases = library.json(path)?;
    let case = path.trim_end_matches(".json");
    let gpt2 = Gpt2Sizes::GPT2_SMALL;
    let whole = count(gpt2, None, &Strategy::Full).total;
    let mut base = Comparison::new(case, "all parameters of gpt2", EXACT);
    base.equal("base_total", &whole, &cases.base_total);
    reporter.quantity(base.finish());

    let (on_head, in_blocks): (Vec<&LoraCase>, Vec<&LoraCase>) =
        (cases.lora.iter()).partition(|one| one.is_on_tied_head());
    in_the_blocks(&in_blocks, &gpt2, case, reporter);
    frozen(&cases.freeze, &gpt2, path, reporter)?;
    classifiers(&cases.other, &gpt2, case, reporter);
    other_methods(&cases.other, &gpt2, case, reporter);
    bottlenecks(&cases.bottleneck, &gpt2, case, reporter);

    let left: Vec<&str> = (cases.other.iter())
        .map(|one| one.method.as_str())
        .filter(|method| classifier_rank(method).is_none() && strategy(method).is_none())
        .chain((!on_head.is_empty()).then_some("LoRA beside the tied lm_head"))
        .collect();
    if !left.is_empty() {
        let names = format!("{path}: {}", left.join("; "));
        reporter.not_covered(names, "methods that are not there yet");
    }
    Ok(())
}

/// LoRA on matrices of the blocks.
fn in_the_blocks(cases: &[&LoraCase], gpt2: &Gpt2Sizes, case: &str, reporter: &mut Reporter) {
    let quantity = format!("LoRA, {} settings", cases.len());
    let mut comparison = Comparison::new(case, &quantity, EXACT);
    for one in cases {
        let targets = one.target_modules.names();
        let name = format!("{targets:?}, rank {}", one.r);
        let ours = count(gpt2, None, &lora(targets, one.r));
        comparison.equal(&name, &pair(ours), &(one.trainable, one.total));
    }
    reporter.quantity(comparison.finish());
}

/// The lowest blocks frozen, the rest trained.
fn frozen(
    cases: &[FreezeCase],
    gpt2: &Gpt2Sizes,
    path: &str,
    reporter: &mut Reporter,
) -> CaseResult {
    let quantity = format!("frozen blocks, {} settings", cases.len());
    let mut comparison = Comparison::new(path.trim_end_matches(".json"), &quantity, EXACT);
    for one in cases {
        let frozen_blocks = frozen_blocks(&one.frozen)
            .ok_or_else(|| wrong(path, format!("`{}` names no number", one.frozen)))?;
        let labels = (one.model == "SEQ_CLS").then_some(LABELS);
        let ours = count(
            gpt2,
            labels,
            &Strategy::Partial(PartialSettings { frozen_blocks }),
        );
        let name = format!("{}, {}", one.model, one.frozen);
        comparison.equal(&name, &pair(ours), &(one.trainable, one.total));
    }
    reporter.quantity(comparison.finish());
    Ok(())
}

/// What neither LoRA nor frozen blocks are, as far as it is there.
fn other_methods(cases: &[MethodCase], gpt2: &Gpt2Sizes, case: &str, reporter: &mut Reporter) {
    let methods = (cases.iter())
        .filter_map(|one| Some((one, strategy(&one.method)?)))
        .collect::<Vec<_>>();
    if methods.is_empty() {
        return;
    }
    let quantity = format!("IA3, prompts and prefixes, {} settings", methods.len());
    let mut comparison = Comparison::new(case, &quantity, EXACT);
    for (one, strategy) in methods {
        let ours = pair(count(gpt2, None, &strategy));
        comparison.equal(&one.method, &ours, &(one.trainable, one.total));
    }
    reporter.quantity(comparison.finish());
}

fn bottlenecks(cases: &[BottleneckCase], gpt2: &Gpt2Sizes, case: &str, reporter: &mut Reporter) {
    if cases.is_empty() {
        return;
    }
    let quantity = format!("bottleneck adapters, {} settings", cases.len());
    let mut comparison = Comparison::new(case, &quantity, EXACT);
    for one in cases {
        let placement = if one.kind.starts_with("houlsby") {
            Placement::Houlsby
        } else {
            Placement::Pfeiffer
        };
        let ours = count(
            gpt2,
            None,
            &Strategy::Adapter(BottleneckSettings {
                placement,
                bottleneck: one.bottleneck,
            }),
        );
        let name = format!("{}, {}", one.kind, one.bottleneck);
        comparison.equal(&name, &pair(ours), &(one.trainable, one.total));
    }
    reporter.quantity(comparison.finish());
}

/// LoRA under a classifier. PEFT keeps the head it found beside the copy that it trains, and counts both.
fn classifiers(cases: &[MethodCase], gpt2: &Gpt2Sizes, case: &str, reporter: &mut Reporter) {
    let found: Vec<(usize, &MethodCase)> = cases
        .iter()
        .filter_map(|one| Some((classifier_rank(&one.method)?, one)))
        .collect();
    if found.is_empty() {
        return;
    }
    let quantity = format!("LoRA with a head, {} settings", found.len());
    let mut comparison = Comparison::new(case, &quantity, EXACT);
    for (rank, one) in found {
        let targets = LoraSettings::default().target_modules;
        let ours = count(gpt2, Some(LABELS), &lora(targets, rank));
        let ours = (ours.trainable, ours.total + LABELS * gpt2.width);
        comparison.equal(&one.method, &ours, &(one.trainable, one.total));
    }
    reporter.quantity(comparison.finish());
}

fn lora(target_modules: Vec<String>, rank: usize) -> Strategy {
    Strategy::Lora(LoraSettings {
        rank,
        target_modules,
        ..LoraSettings::default()
    })
}

fn pair(counts: Counts) -> (usize, usize) {
    (counts.trainable, counts.total)
}

/// The number in `embeddings + first 3 blocks`.
fn frozen_blocks(words: &str) -> Option<usize> {
    words.split_whitespace().find_map(|word| word.parse().ok())
}

/// The rank in `LoRA SEQ_CLS c_attn+c_proj r=8 (score saved too)`; none for other methods.
fn classifier_rank(method: &str) -> Option<usize> {
    let rest = method.strip_prefix("LoRA SEQ_CLS c_attn+c_proj r=")?;
    rest.split_whitespace().next()?.parse().ok()
}

/// What `prompt tuning, 8 virtual tokens` and its like stand for; none for other methods.
fn strategy(method: &str) -> Option<Strategy> {
    if method.starts_with("IA3 (peft default for gpt2") {
        return Some(Strategy::Ia3(Ia3Settings::default()));
    }
    let tokens = |rest: &str| rest.split_whitespace().next()?.parse().ok();
    if let Some(rest) = method.strip_prefix("prompt tuning, ") {
        let virtual_tokens = tokens(rest)?;
        return Some(Strategy::Prompt(PromptSettings { virtual_tokens }));
    }
    let virtual_tokens = tokens(method.strip_prefix("prefix tuning, ")?)?;
    Some(Strategy::Prefix(PrefixSettings { virtual_tokens }))
}
