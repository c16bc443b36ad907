//! Generation: greedy continuations, stopping, a batch padded on the left, and sampling distributions.

use serde::Deserialize;

use crate::faults::Fault;
use crate::io::safetensors::NamedTensor;
use crate::model::gpt2::Gpt2;
use crate::model::numbers;
use crate::model::parts::{KvCache, Pass, Tokens};
use crate::model::sampling::{Continuation, distribution, greedy};
use crate::settings::Sampling;
use crate::verify::harness::CaseResult;
use crate::verify::harness::comparison::{Comparison, exactly};
use crate::verify::harness::expected::ExpectedTensors;
use crate::verify::harness::finding::Reporter;
use crate::verify::harness::inputs::Input;
use crate::verify::harness::set::Set;
use crate::verify::harness::tolerance::{ACTIVATIONS, PROBABILITIES};

#[derive(Deserialize)]
struct Cases {
    greedy: Vec<Greedy>,
    left_padded_batch: LeftPadded,
    dist_prompt: Vec<i32>,
    dists: Vec<Settings>,
}

#[derive(Deserialize)]
struct Greedy {
    prompt: Vec<i32>,
    max_new_tokens: usize,
    new_tokens: Vec<i32>,
    top1_logit: Vec<f64>,
    top1_top2_margin: Vec<f64>,
    eos_id: i32,
    new_tokens_with_eos: Vec<i32>,
}

#[derive(Deserialize)]
struct LeftPadded {
    #[serde(flatten)]
    input: Input,
    new_tokens: Vec<Vec<i32>>,
}

#[derive(Deserialize)]
struct Settings {
    key: String,
    temperature: f64,
    top_k: usize,
    top_p: f64,
}

pub async fn run(set: &Set<'_>, reporter: &mut Reporter<'_>) -> CaseResult {
    let cases: Cases = set.json("gen/gen.json")?;
    let path = set.path("gen/gen.json");
    for case in &cases.greedy {
        reporter.breathe().await;
        let whole = [case.prompt.as_slice(), &case.new_tokens].concat();
        Input::of(vec![whole]).check(&path, &set.config)?;
        continuation(set, case, reporter).await?;
    }
    cases.left_padded_batch.input.check(&path, &set.config)?;
    left_padded(set, &cases.left_padded_batch, reporter).await?;
    Input::of(vec![cases.dist_prompt.clone()]).check(&path, &set.config)?;
    distributions(set, &cases, reporter).await
}

async fn continuation(set: &Set<'_>, case: &Greedy, reporter: &mut Reporter<'_>) -> CaseResult {
    let name = set.case(&format!("gen/greedy from {} tokens", case.prompt.len()));
    let start = || Continuation::new(set.model.clone(), &case.prompt, &Sampling::Greedy);
    let tokens = start().until(None, case.max_new_tokens).await?;
    reporter.quantity(exactly(&name, "tokens", &tokens, &case.new_tokens));
    let stopped = start()
        .until(Some(case.eos_id), case.max_new_tokens)
        .await?;
    let quantity = "tokens until the end token";
    reporter.quantity(exactly(
        &name,
        quantity,
        &stopped,
        &case.new_tokens_with_eos,
    ));

    // The reference's own tokens, so that one wrong choice does not change all that follow.
    let whole = [case.prompt.as_slice(), &case.new_tokens].concat();
    let rows = row_logits(&set.model, &whole).await?;
    let choosing = &rows[case.prompt.len() - 1..whole.len() - 1];
    let tops: Vec<(f64, f64)> = choosing.iter().map(|row| two_largest(row)).collect();
    let mut comparison = Comparison::new(&name, "largest logits", ACTIVATIONS);
    let largest: Vec<f64> = tops.iter().map(|(first, _)| *first).collect();
    comparison.series("largest logit", &largest, &case.top1_logit);
    reporter.quantity(comparison.finish());
    let mut comparison = Comparison::new(&name, "margins to the next largest", ACTIVATIONS);
    let margins: Vec<f64> = tops.iter().map(|(first, second)| first - second).collect();
    comparison.series("margin", &margins, &case.top1_top2_margin);
    reporter.quantity(comparison.finish());
    Ok(())
}

/// Logits after each of `ids`.
async fn row_logits(model: &Gpt2, ids: &[i32]) -> Result<Vec<Vec<f32>>, Fault> {
    let rows = [ids.to_vec()];
    let logits = model.logits(Tokens::new(&rows), &mut Pass::default());
    let [_, vocabulary] = logits.dims();
    let values = numbers::values("logits", logits).await?;
    Ok(values.chunks(vocabulary).map(<[f32]>::to_vec).collect())
}

fn two_largest(row: &[f32]) -> (f64, f64) {
    let start = (f64::NEG_INFINITY, f64::NEG_INFINITY);
    row.iter()
        .map(|v| f64::from(*v))
        .fold(start, |(first, second), value| {
            if value > first {
                (value, first)
            } else {
                (first, second.max(value))
            }
        })
}

/// Texts of different lengths side by side, ended flush right, grown through one cache.
async fn left_padded(set: &Set<'_>, case: &LeftPadded, reporter: &mut Reporter<'_>) -> CaseResult {
    let rows = case.input.input_ids.len();
    let all_real = vec![vec![true; case.input.input_ids[0].len()]; rows];
    let mut mask = case.input.attention_mask.clone().unwrap_or(all_real);
    let mut positions: Vec<Vec<i32>> = mask.iter().map(|row| positions_of(row)).collect();
    let mut ids = case.input.input_ids.clone();
    let mut cache = KvCache::default();
    let mut ours = vec![Vec::new(); rows];
    for _ in 0..case.new_tokens.first().map_or(0, Vec::len) {
        reporter.breathe().await;
        let tokens = Tokens {
            ids: &ids,
            attention_mask: Some(&mask),
            position_ids: Some(&positions),
            token_type_ids: None,
        };
        let next = next_of_each(&set.model, tokens, &mut cache).await?;
        for (row, id) in next.iter().enumerate() {
            let last = positions[row].last().copied().unwrap_or(0);
            ours[row].push(*id);
            mask[row].push(true);
            positions[row] = vec![last + 1];
            ids[row] = vec![*id];
        }
    }
    let name = set.case("gen/batch padded on the left");
    reporter.quantity(exactly(&name, "tokens", &ours, &case.new_tokens));
    Ok(())
}

/// Real tokens counted from 0; what padding gets is of no account.
fn positions_of(mask: &[bool]) -> Vec<i32> {
    let mut seen = -1;
    mask.iter()
        .map(|real| {
            seen += i32::from(*real);
            seen.max(0)
        })
        .collect()
}

async fn next_of_each(
    model: &Gpt2,
    tokens: Tokens<'_>,
    cache: &mut KvCache,
) -> Result<Vec<i32>, Fault> {
    let width = tokens.ids[0].len();
    let mut pass = Pass {
        cache: Some(cache),
        ..Pass::default()
    };
    let logits = model.logits(tokens, &mut pass);
    let [_, vocabulary] = logits.dims();
    let values = numbers::values("logits", logits).await?;
    let last_rows = values.chunks(vocabulary).skip(width - 1).step_by(width);
    Ok(last_rows.map(greedy).collect())
}

async fn distributions(set: &Set<'_>, cases: &Cases, reporter: &mut Reporter<'_>) -> CaseResult {
    let expected = ExpectedTensors::load(set.library, &set.path("gen/dists"))?;
    let name = set.case("gen/dists");
    let rows = row_logits(&set.model, &cases.dist_prompt).await?;
    let logits = rows.last().cloned().unwrap_or_default();
    for Settings {
        key,
        temperature,
        top_k,
        top_p,
    } in &cases.dists
    {
        let values = distribution(&logits, *temperature, *top_k, *top_p);
        let ours = NamedTensor {
            name: key.clone(),
            shape: vec![values.len()],
            values,
        };
        let mut comparison = Comparison::new(&name, key, PROBABILITIES);
        expected.compare(key, &ours, &mut comparison, &|_, _| true);
        reporter.quantity(comparison.finish());
    }
    Ok(())
}
