//! Frozen weights get no gradient: not one that is thrown away, but none that backward computed.
//!
//! burn's own `Tensor::grad` answers "none" for every tensor that does not ask for a gradient, whatever
//! backward did. So these tests look below it, into the container that backward filled.

use burn::module::Param;
use burn::prelude::*;
use burn_autodiff::Autodiff;
use burn_autodiff::checkpoint::strategy::NoCheckpointing;
use burn_backend::AutodiffBackend;
use burn_flex::Flex;
use warmup::data::batch::Batch;
use warmup::engine::wait::block_on;
use warmup::io::folder;
use warmup::io::read_back;
use warmup::model::gpt2::Gpt2;
use warmup::model::heads::Head;
use warmup::model::network::Network;
use warmup::model::parameters::{self, ParameterFn, for_each};
use warmup::model::parts::{Pass, Record, Tokens};
use warmup::settings::{LoraSettings, PartialSettings, Seed, Strategy, TrainingSettings};
use warmup::train::plan::prepare;
use warmup::train::{Learner, Objective, Trainer};

type Tracked = Autodiff<Flex, NoCheckpointing>;

const OBJECTIVE: Objective = Objective::SequenceClassification { pad: None };

fn prepared(strategy: &Strategy) -> Gpt2 {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/A/model");
    let device = Device::flex().autodiff();
    let (_, model) = folder::gpt2(&folder, &device).unwrap();
    let model = model.with_only_head(Head::Text { labels: 2 }, false, &Seed::new(1));
    prepare(model, strategy, &Seed::new(2)).unwrap()
}

fn batch() -> Batch {
    Batch {
        ids: vec![vec![3, 1, 4, 1, 5], vec![9, 2, 6, 5, 3]],
        mask: None,
        segments: None,
        labels: vec![vec![0], vec![1]],
    }
}

/// The parameters for which backward left a gradient in its container.
fn computed_by_backward(model: &Gpt2) -> Vec<String> {
    struct Finder {
        produced: burn_autodiff::grads::Gradients,
        found: Vec<String>,
    }
    impl ParameterFn for Finder {
        fn call<const D: usize>(&mut self, name: &str, param: &Param<Tensor<D>>) {
            let tensor = param.val().try_into_primitive::<Tracked>().unwrap();
            if self.produced.get::<Flex>(&tensor).is_some() {
                self.found.push(name.to_owned());
            }
        }
    }
    let loss = model.loss(OBJECTIVE, &batch(), &mut Pass::default());
    let produced = Tracked::backward(loss.try_into_primitive::<Tracked>().unwrap());
    for_each(
        model,
        Finder {
            produced,
            found: Vec::new(),
        },
    )
    .found
}

fn strategies() -> [Strategy; 4] {
    [
        Strategy::Full,
        Strategy::Partial(PartialSettings { frozen_blocks: 1 }),
        Strategy::Head,
        Strategy::Lora(LoraSettings::default()),
    ]
}

#[test]
fn backward_computes_gradients_for_what_trains_and_for_nothing_else() {
    for strategy in strategies() {
        let model = prepared(&strategy);
        let trained = parameters::list(&model).into_iter().filter(|p| p.trainable);
        let trained: Vec<String> = trained.map(|p| p.name).collect();
        assert!(!trained.is_empty());
        assert_eq!(computed_by_backward(&model), trained, "{}", strategy.name());
    }
}

#[test]
fn nothing_is_recorded_below_the_first_trained_block() {
    let recorded = |strategy: Strategy| {
        let model = prepared(&strategy);
        let mut record = Record::default();
        let mut pass = Pass {
            record: Some(&mut record),
            ..Pass::default()
        };
        let _ = model.classify(Tokens::new(&batch().ids), None, &mut pass);
        let hidden: Vec<bool> = record.hidden.iter().map(Tensor::is_tracked).collect();
        (hidden, record.final_hidden.is_some_and(|x| x.is_tracked()))
    };
    // The embeddings, the first and the second block; and `ln_f`.
    assert_eq!(recorded(Strategy::Full), (vec![true; 3], true));
    let partial = Strategy::Partial(PartialSettings { frozen_blocks: 1 });
    assert_eq!(recorded(partial), (vec![false, false, true], true));
    assert_eq!(recorded(Strategy::Head), (vec![false; 3], false));
    let lora = Strategy::Lora(LoraSettings::default());
    assert_eq!(recorded(lora), (vec![false, true, true], true));
}

#[test]
fn frozen_weights_get_no_optimizer_state_and_keep_every_bit() {
    for strategy in strategies() {
        let model = prepared(&strategy);
        let trains = |name: &str| strategy.trains(name) || name.contains(".lora.");
        let frozen = |name: &str| !trains(name);
        let before = block_on(read_back::parameters(&model, frozen)).unwrap();
        let settings = TrainingSettings {
            warmup_steps: 0,
            strategy: strategy.clone(),
            ..Default::default()
        };
        let mut trainer = Trainer::new(model, OBJECTIVE, &settings);
        for _ in 0..3 {
            trainer.advance(&batch());
        }
        assert!(
            trainer.optimizer.moments.keys().all(|name| trains(name)),
            "{}",
            strategy.name()
        );
        let after = block_on(read_back::parameters(trainer.model(), frozen)).unwrap();
        assert_eq!(before, after, "{}", strategy.name());
    }
}
