//! Remedies against forgetting: the Fisher information, and runs under each remedy and under all.
//!
//! The reference writes the penalties into its loss and lets autograd take them apart; we add their
//! gradients ourselves.

use serde::Deserialize;

use super::classifier::{classifier, objective};
use super::fine_tuning::prepared;
use crate::data::batch::Batch;
use crate::io::safetensors::NamedTensor;
use crate::model::gpt2::Gpt2;
use crate::model::numbers;
use crate::model::parameters;
use crate::settings::Remedies;
use crate::train::{Anchors, Fisher, GradientMap, Objective, Trainer};
use crate::verify::harness::CaseResult;
use crate::verify::harness::comparison::Comparison;
use crate::verify::harness::expected::{ExpectedTensors, OurTensors};
use crate::verify::harness::finding::Reporter;
use crate::verify::harness::inputs::batches;
use crate::verify::harness::one_step::same_name;
use crate::verify::harness::record::Record;
use crate::verify::harness::set::Set;
use crate::verify::harness::tolerance::{
    CLASSIFIER_TRAJECTORY, FISHER, TRAJECTORY, TrajectoryTolerance,
};
use crate::verify::harness::trajectory::{Course, Trajectory};

/// `remedies/texts.json`: general text, and what of it is replayed beside each step.
#[derive(Deserialize)]
struct Texts {
    fisher: Vec<Vec<i32>>,
    replay: Vec<Vec<Vec<i32>>>,
}

pub async fn run(set: &Set<'_>, reporter: &mut Reporter<'_>) -> CaseResult {
    let texts: Texts = set.json("remedies/texts.json")?;
    let model = set.model.clone().with_trainable(|_| true);
    check_fisher(set, fisher(&model, &texts), &model, reporter).await?;
    for stem in set.trajectories("remedies/full_", "") {
        let run = Setting {
            stem: &stem,
            model: &set.model,
            objective: Objective::CausalLm,
            tolerance: TRAJECTORY,
            batches: batches(set, "traj/batches.json")?,
        };
        run.check(set, &texts, reporter).await?;
    }
    for stem in set.trajectories("remedies/cls_", "") {
        let run = Setting {
            stem: &stem,
            model: &classifier(set)?,
            objective: objective(set)?,
            tolerance: CLASSIFIER_TRAJECTORY,
            batches: batches(set, "cls/batches.json")?,
        };
        run.check(set, &texts, reporter).await?;
    }
    Ok(())
}

fn fisher(model: &Gpt2, texts: &Texts) -> GradientMap {
    let mut fisher = Fisher::default();
    for text in &texts.fisher {
        fisher.add(model, &Batch::causal(vec![text.clone()]));
    }
    fisher.finish()
}

async fn check_fisher(
    set: &Set<'_>,
    fisher: GradientMap,
    model: &Gpt2,
    reporter: &mut Reporter<'_>,
) -> CaseResult {
    let expected = ExpectedTensors::load(set.library, &set.path("remedies/fisher"))?;
    let mut ours = OurTensors::new();
    for info in parameters::list(model) {
        if let Some(tensor) = fisher.get(&info.name) {
            let (name, shape) = (info.name, info.shape);
            let values = numbers::values(&name, tensor.clone()).await?;
            let tensor = NamedTensor {
                name: name.clone(),
                shape,
                values,
            };
            ours.insert(name, tensor);
        }
    }
    let case = set.case("remedies/fisher");
    let mut comparison = Comparison::new(&case, "Fisher information", FISHER);
    expected.compare_all(&ours, &mut comparison, &|_, _| true);
    reporter.quantity(comparison.finish());
    Ok(())
}

struct Setting<'a> {
    stem: &'a str,
    model: &'a Gpt2,
    objective: Objective,
    tolerance: TrajectoryTolerance,
    batches: Vec<Batch>,
}

impl Setting<'_> {
    async fn check(&self, set: &Set<'_>, texts: &Texts, reporter: &mut Reporter<'_>) -> CaseResult {
        let record = Record::read(set, self.stem)?;
        let (strategy, start) = prepared(self.model, &record, &set.path(self.stem))?;
        let run = Trajectory {
            case: set.case(self.stem),
            start,
            strategy,
            objective: self.objective,
            batches: &self.batches,
            tolerance: self.tolerance,
            name: same_name,
            finals: Some(set.path(&format!("{}_final", self.stem))),
        };
        let mut trainer = run.trainer(&record);
        anchor(&mut trainer, &record.remedies, texts);
        let steps = &self.batches[..record.losses.len().min(self.batches.len())];
        let replays = record.remedies.replay > 0.0;
        let replayed = texts.replay.iter().filter(|_| replays);
        let course = Course {
            steps: steps.chunks(1).collect(),
            replayed: replayed.map(|rows| Batch::causal(rows.clone())).collect(),
        };
        run.follow(set.library, &record, trainer, course, reporter)
            .await
    }
}

fn anchor(trainer: &mut Trainer<Gpt2>, remedies: &Remedies, texts: &Texts) {
    if remedies.anchors() {
        let fisher = match remedies.ewc_lambda > 0.0 {
            true => fisher(trainer.model(), texts),
            false => GradientMap::new(),
        };
        trainer.anchors = Some(Anchors::new(trainer.model(), remedies, &fisher));
    }
}
