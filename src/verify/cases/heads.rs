//! Heads of other tasks: logits, the loss with its gradients, the weighted loss, and runs of LoRA with the head;
//! and language modelling with a loss on completions alone.

use serde::Deserialize;

use crate::data::batch::Batch;
use crate::data::prompts::EncodedPrompt;
use crate::faults::Fault;
use crate::io::folder::with_stored_heads;
use crate::io::peft::stored_name;
use crate::io::safetensors::NamedTensor;
use crate::model::gpt2::Gpt2;
use crate::model::numbers;
use crate::model::parts::Pass;
use crate::train::Learner;
use crate::train::Objective;
use crate::train::gradients::{collect, global_norm};
use crate::verify::Selection;
use crate::verify::harness::CaseResult;
use crate::verify::harness::adapter::Adapter;
use crate::verify::harness::comparison::{Comparison, exactly};
use crate::verify::harness::error::in_file;
use crate::verify::harness::expected::ExpectedTensors;
use crate::verify::harness::finding::Reporter;
use crate::verify::harness::inputs::{Input, batches, labelled};
use crate::verify::harness::one_step::{ExpectedLoss, ExpectedLosses, OneStep, as_f64, same_name};
use crate::verify::harness::record::Record;
use crate::verify::harness::set::Set;
use crate::verify::harness::tolerance::{ACTIVATIONS, GRADIENT_NORM, LOSS, TRAJECTORY};
use crate::verify::harness::trajectory::Trajectory;

/// `case.json`.
#[derive(Deserialize)]
struct Case {
    pad_token_id: Option<i32>,
    inputs: Input,
    loss: ExpectedLosses,
    #[serde(default)]
    weighted: Option<Weighted>,
    /// Prompts and completions that the inputs are made of, cut to `max_length`.
    #[serde(default)]
    pairs: Option<Vec<(Vec<i32>, Vec<i32>)>>,
    #[serde(default)]
    max_length: usize,
}

#[derive(Deserialize)]
struct Weighted {
    class_weights: Vec<f32>,
    #[serde(flatten)]
    expected: ExpectedLoss,
}

/// The folders of a set that this checks.
pub const FOLDERS: [&str; 4] = ["token_cls/", "qa/", "multi_label/", "prompt/"];

fn objective(folder: &str, pad: Option<i32>) -> Objective {
    match folder {
        "token_cls/" => Objective::TokenClassification,
        "qa/" => Objective::QuestionAnswering,
        "multi_label/" => Objective::MultiLabelClassification { pad },
        _ => Objective::CausalLm,
    }
}

pub async fn run(
    set: &Set<'_>,
    folder: &str,
    selection: Selection,
    reporter: &mut Reporter<'_>,
) -> CaseResult {
    let path = format!("{folder}case.json");
    let case: Case = set.json(&path)?;
    let batch = labelled(case.inputs.clone(), &set.path(&path), &set.config)?;
    let check = Check {
        set,
        folder,
        objective: objective(folder, case.pad_token_id),
        model: model(set, folder)?,
        batch,
        case,
    };
    check.run(selection, reporter).await
}

/// The set's own transformer under the head that lies in the folder, if one does.
fn model(set: &Set, folder: &str) -> Result<Gpt2, Fault> {
    let path = set.path(&format!("{folder}head.safetensors"));
    if !set.library.has(&path) {
        return Ok(set.model.clone());
    }
    let mut file = set.library.tensors(&path)?;
    let model = with_stored_heads(set.model.clone(), &mut file);
    model.map_err(|e| in_file(&path, e))
}

struct Check<'a> {
    set: &'a Set<'a>,
    folder: &'a str,
    objective: Objective,
    model: Gpt2,
    batch: Batch,
    case: Case,
}

impl Check<'_> {
    async fn run(&self, selection: Selection, reporter: &mut Reporter<'_>) -> CaseResult {
        let (set, folder) = (self.set, self.folder);
        let case = set.case(folder);
        self.rows_made_of_pairs(&case, reporter);
        self.logits(&case, folder, &self.model, reporter).await?;
        let model = self.model.clone().with_trainable(|_| true);
        let step = OneStep {
            case: &case,
            model: &model,
            objective: self.objective,
            batch: &self.batch,
            gradients: &set.path(&format!("{folder}grads")),
            name: same_name,
            expected: Some(&self.case.loss.f32),
        };
        step.check(set.library, reporter).await?;
        if selection == Selection::Quick {
            return Ok(());
        }
        self.weighted(&case, &model, reporter).await?;
        for folder in set.adapters(folder) {
            reporter.breathe().await;
            self.adapter(&folder, reporter).await?;
        }
        Ok(())
    }

    fn rows_made_of_pairs(&self, case: &str, reporter: &mut Reporter<'_>) {
        let (Some(pairs), Some(end)) = (&self.case.pairs, self.case.pad_token_id) else {
            return;
        };
        let length = self.case.max_length;
        let rows: Vec<EncodedPrompt> = pairs
            .iter()
            .filter_map(|(prompt, made)| EncodedPrompt::new(prompt, made, Some(end), length))
            .collect();
        let parts: Vec<(&[i32], &[i32])> = rows
            .iter()
            .map(|row| (&row.ids[..], &row.labels[..]))
            .collect();
        let ours = Batch::of_tokens(&parts, end);
        let quantity = "rows and labels made of prompts and completions";
        reporter.quantity(exactly(case, quantity, &ours, &self.batch));
    }

    /// For language modelling there is nothing here that `lm/` has not.
    async fn logits(
        &self,
        case: &str,
        folder: &str,
        model: &Gpt2,
        reporter: &mut Reporter<'_>,
    ) -> CaseResult {
        let tokens = || self.case.inputs.tokens();
        let pass = &mut Pass::default();
        let logits = match self.objective {
            Objective::TokenClassification => model.classify_tokens(tokens(), pass),
            Objective::QuestionAnswering => model.answer_ends(tokens(), pass),
            Objective::MultiLabelClassification { pad } => model.classify(tokens(), pad, pass),
            _ => return Ok(()),
        };
        let logits = logits.ok_or_else(|| Fault::internal("the model has no head"))?;
        let [rows, outputs] = logits.dims();
        let texts = self.batch.rows();
        let shape = match rows / texts {
            1 => vec![texts, outputs],
            seq => vec![texts, seq, outputs],
        };
        let name = "batch.logits".to_owned();
        let values = numbers::values(&name, logits).await?;
        let expected =
            ExpectedTensors::load(self.set.library, &self.set.path(&format!("{folder}fwd")))?;
        let mut comparison = Comparison::new(case, "logits", ACTIVATIONS);
        let ours = NamedTensor {
            name: name.clone(),
            shape,
            values,
        };
        expected.compare(&name, &ours, &mut comparison, &|_, _| true);
        reporter.quantity(comparison.finish());
        Ok(())
    }

    async fn weighted(&self, case: &str, model: &Gpt2, reporter: &mut Reporter<'_>) -> CaseResult {
        let Some(weighted) = &self.case.weighted else {
            return Ok(());
        };
        let mut pass = Pass {
            class_weights: Some(&weighted.class_weights),
            ..Pass::default()
        };
        let loss = model.loss(self.objective, &self.batch, &mut pass);
        let norm = global_norm(&collect(loss.backward(), model));
        let norm = norm.ok_or_else(|| Fault::internal("no gradients"))?;
        let loss = numbers::values("loss", loss.inner()).await?;
        let norm = numbers::values("gradient norm", norm).await?;
        for (quantity, tolerance, ours, expected) in [
            (
                "loss with class weights",
                LOSS,
                loss,
                weighted.expected.loss,
            ),
            (
                "its gradient norm",
                GRADIENT_NORM,
                norm,
                weighted.expected.grad_norm,
            ),
        ] {
            let mut comparison = Comparison::new(case, quantity, tolerance);
            comparison.series(quantity, &as_f64(&ours), &[expected]);
            reporter.quantity(comparison.finish());
        }
        Ok(())
    }

    async fn adapter(&self, folder: &str, reporter: &mut Reporter<'_>) -> CaseResult {
        let set = self.set;
        let case = set.case(folder);
        let adapter = Adapter::load(set, folder, self.model.clone())?;
        adapter.check_files(&case, reporter).await?;
        if let Some(loss) = &adapter.info.loss {
            self.logits(&case, folder, &adapter.model, reporter).await?;
            let step = OneStep {
                case: &case,
                model: &adapter.model,
                objective: self.objective,
                batch: &self.batch,
                gradients: &set.path(&format!("{folder}grads")),
                name: stored_name,
                expected: Some(&loss.f32),
            };
            step.check(set.library, reporter).await?;
        }
        let batches = batches(set, &format!("{}batches.json", self.folder))?;
        for stem in set.trajectories(folder, "traj_") {
            let record = Record::read(set, &stem)?;
            let run = Trajectory {
                case: set.case(&stem),
                start: adapter.model.clone(),
                strategy: adapter.config.strategy.clone(),
                objective: self.objective,
                batches: &batches,
                tolerance: TRAJECTORY,
                name: stored_name,
                finals: Some(set.path(&format!("{stem}_final"))),
            };
            run.check(set.library, &record, reporter).await?;
        }
        Ok(())
    }
}
