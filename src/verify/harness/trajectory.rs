//! A training run step by step against the reference's, to the last weight.

use super::comparison::{Comparison, exactly};
use super::expected::{Choice, ExpectedTensors, OurTensors};
use super::finding::Reporter;
use super::library::Library;
use super::record::Record;
use super::tolerance::{
    EXACT, FINAL_IDLE_BIAS, FINAL_WEIGHTS, SCHEDULE, Tolerance, TrajectoryTolerance,
};
use crate::data::batch::Batch;
use crate::faults::Fault;
use crate::io::read_back;
use crate::io::safetensors::NamedTensor;
use crate::model::gpt2::Gpt2;
use crate::model::numbers;
use crate::model::parameters;
use crate::model::parts::Pass;
use crate::protocol::VerifiedQuantity;
use crate::settings::{Strategy, WeightDecayOn};
use crate::train::{Learner, Objective, Trainer};

/// A run to be made.
pub struct Trajectory<'a, M: Learner> {
    pub case: String,
    /// With gradients asked for.
    pub start: M,
    pub strategy: Strategy,
    pub objective: Objective,
    pub batches: &'a [Batch],
    pub tolerance: TrajectoryTolerance,
    /// The reference's name of a parameter.
    pub name: fn(&str) -> String,
    /// Path of the final weights without their ending, if they are to be compared.
    pub finals: Option<String>,
}

/// What a run goes over.
pub struct Course<'a> {
    /// The micro-batches of each step.
    pub steps: Vec<&'a [Batch]>,
    /// Text replayed beside each step; none at all, or some for each.
    pub replayed: Vec<Batch>,
}

/// Numbers of every step.
#[derive(Default)]
struct Steps {
    losses: Vec<f64>,
    remedy_losses: Vec<f64>,
    learning_rates: Vec<f64>,
    gradient_norms: Vec<f64>,
}

impl<M: Learner> Trajectory<'_, M> {
    pub async fn check(
        &self,
        library: &Library<'_>,
        record: &Record,
        reporter: &mut Reporter<'_>,
    ) -> Result<(), Fault> {
        let course = Course {
            steps: self.batches.chunks(1).collect(),
            replayed: Vec::new(),
        };
        let trainer = self.trainer(record);
        self.follow(library, record, trainer, course, reporter)
            .await
    }

    /// At the start, with the record's settings.
    pub fn trainer(&self, record: &Record) -> Trainer<M> {
        let settings = record.settings(self.strategy.clone());
        Trainer::new(self.start.clone(), self.objective, &settings)
    }

    /// Trains over the course and compares.
    pub async fn follow(
        &self,
        library: &Library<'_>,
        record: &Record,
        mut trainer: Trainer<M>,
        course: Course<'_>,
        reporter: &mut Reporter<'_>,
    ) -> Result<(), Fault> {
        self.check_what_trains(record, reporter);
        let steps = steps(&mut trainer, &course, reporter).await?;
        self.check_steps(&steps, record, reporter);
        let model = trainer.into_model();
        self.check_final_loss(&model, record, reporter).await?;
        reporter.breathe().await;
        self.check_frozen(&model, reporter).await?;
        reporter.breathe().await;
        self.check_finals(library, &model, reporter).await
    }

    fn check_steps(&self, steps: &Steps, record: &Record, reporter: &mut Reporter<'_>) {
        let TrajectoryTolerance {
            losses: of_losses,
            gradient_norms: of_norms,
        } = self.tolerance;
        let mut report = |quantity: &str, tolerance, ours: &[f64], expected: &[f64]| {
            reporter.quantity(self.series(quantity, tolerance, ours, expected));
        };
        report(
            "learning rates",
            SCHEDULE,
            &steps.learning_rates,
            &record.lrs,
        );
        report("losses", of_losses, &steps.losses, &record.losses);
        if !record.remedy_losses.is_empty() {
            let expected = &record.remedy_losses;
            report(
                "what remedies add",
                of_losses,
                &steps.remedy_losses,
                expected,
            );
        }
        report(
            "gradient norms",
            of_norms,
            &steps.gradient_norms,
            &record.grad_norms,
        );
    }

    /// The loss after the last step, where the reference has it.
    async fn check_final_loss(
        &self,
        end: &M,
        record: &Record,
        reporter: &mut Reporter<'_>,
    ) -> Result<(), Fault> {
        if let (Some(expected), Some(batch)) = (record.final_loss_on_batch0, self.batches.first()) {
            let loss = end.loss(self.objective, batch, &mut Pass::default());
            let loss = super::one_step::as_f64(&numbers::values("loss", loss).await?);
            let tolerance = self.tolerance.losses;
            reporter.quantity(self.series("final loss", tolerance, &loss, &[expected]));
        }
        Ok(())
    }

    fn series(
        &self,
        quantity: &str,
        tolerance: Tolerance,
        ours: &[f64],
        expected: &[f64],
    ) -> VerifiedQuantity {
        let mut comparison = Comparison::new(&self.case, quantity, tolerance);
        comparison.series(quantity, ours, expected);
        comparison.finish()
    }

    fn check_what_trains(&self, record: &Record, reporter: &mut Reporter<'_>) {
        let listed = parameters::list(&self.start);
        let trained = || listed.iter().filter(|p| p.trainable);
        let mut names: Vec<String> = trained().map(|p| (self.name)(&p.name)).collect();
        names.sort();
        let mut comparison = Comparison::new(&self.case, "what trains", EXACT);
        comparison.equal("list of trained tensors", &names, &record.trainable);
        let count: usize = trained().map(|p| p.count()).sum();
        comparison.equal("number of trained parameters", &count, &record.n_trainable);
        let total: usize = listed.iter().map(|p| p.count()).sum();
        comparison.equal("number of parameters", &total, &record.n_total);
        if let Some(expected) = &record.decayed {
            let decays = trained().filter(|p| WeightDecayOn::Matrices.applies_to(&p.name));
            let mut names: Vec<String> = decays.map(|p| (self.name)(&p.name)).collect();
            names.sort();
            comparison.equal("list of tensors that decay", &names, expected);
        }
        reporter.quantity(comparison.finish());
    }

    /// Frozen weights have not moved by a bit.
    async fn check_frozen(&self, end: &M, reporter: &mut Reporter<'_>) -> Result<(), Fault> {
        let listed = parameters::list(&self.start);
        let frozen: Vec<&str> = listed
            .iter()
            .filter(|p| !p.trainable)
            .map(|p| p.name.as_str())
            .collect();
        if frozen.is_empty() {
            return Ok(());
        }
        let before = read_back::parameters(&self.start, |name| frozen.contains(&name)).await?;
        let after = read_back::parameters(end, |name| frozen.contains(&name)).await?;
        let quantity = format!("{} frozen tensors, before and after", frozen.len());
        let mut comparison = Comparison::new(&self.case, &quantity, EXACT);
        for (before, after) in before.iter().zip(&after) {
            comparison.tensor(&before.name, &after.values, &before.values);
        }
        reporter.quantity(comparison.finish());
        Ok(())
    }

    async fn check_finals(
        &self,
        library: &Library<'_>,
        end: &M,
        reporter: &mut Reporter<'_>,
    ) -> Result<(), Fault> {
        let Some(stem) = &self.finals else {
            return Ok(());
        };
        if !ExpectedTensors::exist(library, stem) {
            return Ok(());
        }
        let expected = ExpectedTensors::load(library, stem)?;
        let ours = self.trained(end).await?;
        self.compare_finals(&ours, &expected, reporter);
        Ok(())
    }

    /// What has been trained, by the reference's names.
    async fn trained(&self, end: &M) -> Result<OurTensors, Fault> {
        let listed = parameters::list(&self.start);
        let trains = |name: &str| listed.iter().any(|p| p.trainable && p.name == name);
        let mut ours = OurTensors::new();
        for tensor in read_back::parameters(end, trains).await? {
            let name = (self.name)(&tensor.name);
            ours.insert(name.clone(), NamedTensor { name, ..tensor });
        }
        Ok(ours)
    }

    /// Biases without a gradient, which only noise has moved, are held to a tolerance of their own.
    fn compare_finals(
        &self,
        ours: &OurTensors,
        expected: &ExpectedTensors,
        reporter: &mut Reporter<'_>,
    ) {
        let is_key_bias = |name: &str, index: usize| {
            let count = ours.get(name).map_or(0, |t| t.values.len());
            let packed = count / 3..2 * count / 3;
            name.ends_with("self.key.bias")
                || name.ends_with("attn.c_attn.bias") && packed.contains(&index)
        };
        let is_end_bias = |name: &str, _: usize| name.ends_with("qa_outputs.bias");
        let mut comparison = Comparison::new(&self.case, "final weights", FINAL_WEIGHTS);
        expected.compare_all(ours, &mut comparison, &|name, index| {
            !is_key_bias(name, index) && !is_end_bias(name, index)
        });
        reporter.quantity(comparison.finish());
        let idle: [(&str, Choice); 2] = [
            ("final weights, key biases", &is_key_bias),
            ("final weights, biases of an answer's ends", &is_end_bias),
        ];
        for (quantity, is_idle) in idle {
            if ours
                .iter()
                .any(|(name, t)| is_idle(name, t.values.len() / 3))
            {
                let mut comparison = Comparison::new(&self.case, quantity, FINAL_IDLE_BIAS);
                expected.compare_all(ours, &mut comparison, is_idle);
                reporter.quantity(comparison.finish());
            }
        }
    }
}

/// Makes each step once. The device is waited for only at the end.
async fn steps<M: Learner>(
    trainer: &mut Trainer<M>,
    course: &Course<'_>,
    reporter: &Reporter<'_>,
) -> Result<Steps, Fault> {
    let mut outcomes = Vec::with_capacity(course.steps.len());
    for (i, batches) in course.steps.iter().enumerate() {
        outcomes.push(trainer.advance_over(batches, course.replayed.get(i)));
        reporter.breathe().await;
    }
    let mut steps = Steps::default();
    for outcome in outcomes {
        steps.learning_rates.push(outcome.learning_rate);
        let measured = outcome.read().await?;
        steps.losses.push(f64::from(measured.loss_nats));
        let remedies = f64::from(measured.remedy_loss_nats);
        steps.remedy_losses.push(remedies);
        steps.gradient_norms.push(f64::from(measured.gradient_norm));
    }
    Ok(steps)
}

/// The comparison of groups of weight decay with HF `Trainer`'s own counts.
pub fn check_decay_groups(
    case: &str,
    model: &Gpt2,
    expected: (usize, usize),
    reporter: &mut Reporter<'_>,
) {
    let listed = parameters::list(model);
    let trained = || listed.iter().filter(|p| p.trainable);
    let decays = trained()
        .filter(|p| WeightDecayOn::Matrices.applies_to(&p.name))
        .count();
    let ours = (decays, trained().count() - decays);
    reporter.quantity(exactly(
        case,
        "tensors that decay and that do not",
        &ours,
        &expected,
    ));
}
