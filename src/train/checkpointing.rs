//! Backward through the blocks one at a time, each computed again from what went into it (Chen et al. 2016).
//!
//! burn's own checkpointing recomputes operations that are bound by memory, one by one, and knows nothing of the
//! fused kernels. Here the forward pass is made without a graph and keeps the input of every block; backward then
//! builds one block's graph after the other. Dropout repeats, since a block's noise begins where it began before.

use burn::module::Module;
use burn::prelude::*;

use super::GradientMap;
use super::gradients::{add, collect};
use super::objective::{Objective, loss_of_hidden, weigh};
use crate::data::batch::Batch;
use crate::model::gpt2::{Frame, Gpt2};
use crate::model::parameters;
use crate::model::parts::{Noise, Pass};
use crate::settings::names::{self, Place, place};

/// What the forward pass leaves.
struct Kept {
    /// What went into each block, and what came out of the last, outside any graph.
    rows: Vec<Tensor<2>>,
    /// Where each block's noise began.
    noise: Vec<Option<Noise>>,
}

/// `weight` times the loss, without a graph, and the gradient of every parameter that trains.
pub fn checkpointed_gradients(
    model: &Gpt2,
    objective: Objective,
    batch: &Batch,
    pass: &mut Pass,
    weight: f64,
) -> (Tensor<1>, GradientMap) {
    let asked = objective.asks(model, batch);
    pass.asked = asked.clone();
    let mut kept = forward(&model.valid(), batch, pass);
    let lowest = Lowest::of(model);
    let transformer = &model.transformer;
    let mut again_asked = Pass {
        asked,
        ..Pass::default()
    };
    let (_, frame) = transformer.begin(batch.tokens(), &mut again_asked);

    let last = leaf(kept.rows.pop());
    let hidden = transformer.end(last.clone(), &frame, &mut Pass::default());
    let loss = loss_of_hidden(model, objective, hidden, batch, pass);
    let loss = weigh(loss, weight);
    let produced = loss.backward();
    let mut slope = last.grad(&produced);
    let mut gradients = collect(produced, model);
    let loss = loss.inner();

    for index in (0..transformer.h.len()).rev() {
        let (Some(above), true) = (slope.take(), lowest.reaches(index)) else {
            return (loss, gradients);
        };
        let input = leaf(kept.rows.pop());
        let mut noise = kept.noise.pop().flatten();
        let output = again(model, index, input.clone(), &frame, noise.as_mut());
        let produced = pulled(output, above).backward();
        slope = input.grad(&produced);
        add(&mut gradients, collect(produced, model));
    }
    if let (Some(above), Lowest::Embeddings) = (slope, lowest) {
        add(&mut gradients, of_embeddings(model, batch, above));
    }
    (loss, gradients)
}

/// Gradients of the embeddings, given the slope of what they gave.
fn of_embeddings(model: &Gpt2, batch: &Batch, slope: Tensor<2>) -> GradientMap {
    let (embedded, _) = model
        .transformer
        .begin(batch.tokens(), &mut Pass::default());
    let produced = pulled(embedded, slope).backward();
    collect(produced, model)
}

fn forward(plain: &Gpt2, batch: &Batch, pass: &mut Pass) -> Kept {
    let transformer = &plain.transformer;
    let (rows, frame) = transformer.begin(batch.tokens(), pass);
    let mut kept = Kept {
        rows: vec![rows.clone()],
        noise: Vec::new(),
    };
    let mut rows = rows;
    for (index, block) in transformer.h.iter().enumerate() {
        kept.noise.push(pass.noise.as_deref().cloned());
        rows = block.forward(rows, &frame, index, pass);
        kept.rows.push(rows.clone());
    }
    kept
}

/// A block's output with its graph.
fn again(
    model: &Gpt2,
    index: usize,
    input: Tensor<2>,
    frame: &Frame,
    noise: Option<&mut Noise>,
) -> Tensor<2> {
    let mut pass = Pass {
        noise,
        ..Pass::default()
    };
    model.transformer.h[index].forward(input, frame, index, &mut pass)
}

/// A tensor at which a graph begins.
fn leaf(rows: Option<Tensor<2>>) -> Tensor<2> {
    let rows = rows.expect("forward kept one input a block, and the last output");
    Tensor::from_inner(rows).require_grad()
}

/// A scalar whose derivative by `output` is `slope`.
fn pulled(output: Tensor<2>, slope: Tensor<2>) -> Tensor<1> {
    (output * Tensor::from_inner(slope)).sum()
}

/// How far down something trains.
enum Lowest {
    Embeddings,
    Block(usize),
    Nothing,
}

impl Lowest {
    fn of(model: &Gpt2) -> Self {
        let listed = parameters::list(model);
        let trained = || listed.iter().filter(|p| p.trainable);
        if trained().any(|p| place(&p.name) == Place::Embeddings) {
            return Self::Embeddings;
        }
        trained()
            .filter_map(|p| names::block(&p.name))
            .min()
            .map_or(Self::Nothing, Self::Block)
    }

    fn reaches(&self, block: usize) -> bool {
        match self {
            Self::Embeddings => true,
            Self::Block(lowest) => block >= *lowest,
            Self::Nothing => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::Beside;
    use crate::model::gpt2::{Gpt2Config, RandomWeights};
    use crate::model::heads::Head;
    use crate::model::network::Network;
    use crate::settings::{
        BottleneckSettings, LoraSettings, Placement, Seed, Strategy, StrategyKind,
    };
    use crate::train::{Learner, plan};

    const PAD: i32 = 0;

    fn strategies() -> Vec<Strategy> {
        let lora = LoraSettings {
            dropout: 0.3,
            ..LoraSettings::default()
        };
        let mut strategies: Vec<Strategy> = StrategyKind::ALL.map(StrategyKind::usual).into();
        strategies.push(Strategy::Lora(LoraSettings {
            use_dora: true,
            ..lora.clone()
        }));
        strategies.push(Strategy::Lora(lora));
        strategies.push(Strategy::Adapter(BottleneckSettings {
            placement: Placement::Houlsby,
            bottleneck: 3,
        }));
        strategies
    }

    fn model(strategy: &Strategy) -> Gpt2 {
        let config = Gpt2Config::sized(19, 24, 16, 3, 2);
        let mut weights = RandomWeights::new(Seed::new(5), 3);
        let device = Device::flex().autodiff();
        let model = Gpt2::load(&config, &mut weights, &device)
            .unwrap()
            .no_grad();
        let seed = Seed::new(6);
        let model = model.with_only_head(Head::Text { labels: 3 }, false, &seed);
        let model = plan::prepare(model, strategy, &seed).unwrap();
        // Off the start, at which half of LoRA's gradients are zero.
        model.map_beside(|_, beside| {
            Beside::map_lora(beside, |mut lora| {
                lora.b = lora.b.map(|b| {
                    let moved = b.clone().detach().zeros_like().add_scalar(0.05);
                    moved.set_require_grad(b.is_require_grad())
                });
                lora
            })
        })
    }

    fn batch(objective: Objective) -> Batch {
        let rows: [(&[i32], i32); 2] = [(&[3, 1, 4, 1, 5, 9], 2), (&[2, 6, 5, 3], 0)];
        match objective {
            Objective::CausalLm => Batch::causal(vec![vec![3, 1, 4, 1, 5], vec![2, 6, 5, 3, 5]]),
            _ => Batch::classification(&rows, PAD),
        }
    }

    fn values(tensor: &Tensor<1>) -> Vec<f32> {
        tensor.clone().into_data().try_to_vec().unwrap()
    }

    /// Every parameter that trains gets the gradient that it gets without checkpointing, and the noise ends where it
    /// would have ended.
    fn compare(strategy: &Strategy, objective: Objective) {
        let (model, batch) = (model(strategy), batch(objective));
        let run = |checkpointing| {
            let mut noise = Noise::new(&Seed::new(11), 0..2);
            let mut pass = Pass {
                noise: Some(&mut noise),
                ..Pass::default()
            };
            let (loss, found) = model.gradients(objective, &batch, &mut pass, 0.5, checkpointing);
            (values(&loss)[0], found, noise)
        };
        let ((plain_loss, plain, plain_noise), (loss, ours, noise)) = (run(false), run(true));
        assert!((plain_loss - loss).abs() < 1e-6, "{loss} {plain_loss}");
        assert_eq!(plain_noise, noise);
        assert!(plain.keys().eq(ours.keys()), "{strategy:?}");
        let mut moved = 0;
        for (name, expected) in &plain {
            for (a, b) in values(&ours[name]).iter().zip(values(expected)) {
                assert!((a - b).abs() < 1e-6, "{strategy:?} {name}: {a} against {b}");
                moved += usize::from(b.abs() > 1e-5);
            }
        }
        assert!(moved > 10, "{strategy:?}: {moved} gradients to compare");
    }

    #[test]
    fn gradients_are_those_of_one_graph_for_every_strategy() {
        for strategy in strategies() {
            compare(
                &strategy,
                Objective::SequenceClassification { pad: Some(PAD) },
            );
            if strategy != Strategy::Head {
                compare(&strategy, Objective::CausalLm);
            }
        }
    }
}
