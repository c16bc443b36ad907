//! The nouns of the protocol.

use serde::{Deserialize, Serialize};

use super::{ClassAnswers, RowVerdicts, RunId};
use crate::settings::{Family, Task};

pub use super::choices::*;
pub use super::tasks::*;
pub use super::tools::*;

/// What the engine computes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeviceKind {
    Cpu,
    WebGpu,
}

impl DeviceKind {
    /// The word used in URLs and attributes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::WebGpu => "webgpu",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceInfo {
    pub kind: DeviceKind,
    /// For the reader: "CPU (WebAssembly SIMD, 4 workers)", the adapter's own name, …
    pub description: String,
    /// A software adapter only imitates a GPU, slowly.
    pub is_software: bool,
}

/// A parameter tensor as the model itself lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParameterInfo {
    /// Hugging Face's name, `transformer.h.0.attn.c_attn.weight`.
    pub name: String,
    pub shape: Vec<usize>,
    pub trainable: bool,
    /// Added for fine-tuning (an adapter or a head), not part of the pre-trained model.
    pub added: bool,
}

impl ParameterInfo {
    pub fn count(&self) -> usize {
        self.shape.iter().product()
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelInfo {
    pub name: String,
    pub family: Family,
    pub speech: Speech,
    pub layers: usize,
    pub heads: usize,
    pub width: usize,
    pub vocabulary: usize,
    pub context: usize,
    pub weights_bytes: u64,
    /// The weights were kept from an earlier visit.
    pub weights_were_kept: bool,
    pub load_millis: f64,
    pub parameters: Vec<ParameterInfo>,
}

/// What a model can say of language without a task's head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Speech {
    /// The next token: it continues texts.
    NextToken,
    /// Hidden words: it fills `[MASK]`.
    MaskedWord,
    /// Nothing: its checkpoint has no language head. It turns texts into vectors.
    Silent,
}

impl ModelInfo {
    pub fn total_parameters(&self) -> usize {
        self.parameters.iter().map(ParameterInfo::count).sum()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Split {
    Train,
    Validation,
    Test,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DatasetInfo {
    pub name: String,
    pub task: Task,
    /// Of the head's outputs; none where they have no names.
    pub labels: Vec<String>,
    /// Rows, or paragraphs of plain text: those are divided only when a run cuts them into windows.
    pub train_rows: usize,
    pub validation_rows: usize,
    pub test_rows: usize,
    /// A few training rows to look at.
    pub examples: Vec<Example>,
}

impl DatasetInfo {
    /// How many labels there are to choose one from; 0 where the task is another.
    pub fn classes(&self) -> usize {
        match self.task {
            Task::SequenceClassification => self.labels.len(),
            _ => 0,
        }
    }
}

/// Text that no run trains on: what a run forgets of language at large is measured on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GeneralTextInfo {
    pub name: String,
    /// Tokens that runs score.
    pub tokens: usize,
}

/// What a model can do beside its task, which tuning may cost it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum GeneralScore {
    /// Loss on the general text: of next tokens, or of hidden words.
    Language(GeneralLoss),
    /// Questions that find their own passage among all passages, by the similarity of mean-pooled vectors.
    Retrieval { found: usize, of: usize },
}

impl GeneralScore {
    /// Where it is of language.
    pub fn perplexity(self) -> Option<f64> {
        match self {
            Self::Language(loss) => Some(loss.perplexity()),
            Self::Retrieval { .. } => None,
        }
    }

    /// The share of questions that find their passage, in `0..=1`, where it is of retrieval.
    pub fn retrieval(self) -> Option<f64> {
        match self {
            Self::Retrieval { found, of } => Some(found as f64 / of.max(1) as f64),
            Self::Language(_) => None,
        }
    }
}

/// The language model's loss on the general text.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GeneralLoss {
    pub tokens: usize,
    /// Mean over the predicted tokens.
    pub nats_per_token: f64,
}

impl GeneralLoss {
    pub fn perplexity(self) -> f64 {
        self.nats_per_token.exp()
    }
}

/// What a run trains: every tensor, the base model's and the added ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunPlan {
    pub strategy: String,
    pub parameters: Vec<ParameterInfo>,
    /// Modules that `target_modules` matched, for LoRA.
    pub matched_modules: Vec<String>,
    /// Float32 bytes of the gradients, and of AdamW's two moments.
    pub gradient_bytes: u64,
    pub optimizer_bytes: u64,
}

impl RunPlan {
    pub fn trainable_parameters(&self) -> usize {
        self.parameters
            .iter()
            .filter(|p| p.trainable)
            .map(ParameterInfo::count)
            .sum()
    }

    pub fn total_parameters(&self) -> usize {
        self.parameters.iter().map(ParameterInfo::count).sum()
    }
}

/// A run that has begun.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunStart {
    pub run_id: RunId,
    pub plan: RunPlan,
    /// Of the optimizer; where epochs are asked for, as many as they take.
    pub total_steps: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RunStage {
    ScoringBefore,
    /// Making ready what remedies against forgetting need: general text, and which weights matter to it.
    Preparing,
    Training,
    ScoringAfter,
}

/// Units of work of a stage: batches to score, texts to write and to weigh.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct StageProgress {
    pub done: usize,
    pub all: usize,
    /// Of this stage alone, from its pace so far.
    pub remaining_millis: f64,
}

/// One optimizer step.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct StepMetrics {
    /// Counted from 0.
    pub step: usize,
    pub epoch: f64,
    /// Natural-log cross-entropy, mean over the batch, before the step's update.
    pub loss_nats: f32,
    pub learning_rate: f64,
    /// Global gradient norm before clipping.
    pub gradient_norm: f32,
    /// What remedies against forgetting add to the loss that is minimised: penalties, and the weighted
    /// loss of replayed text. 0 without any.
    pub remedy_loss_nats: f32,
    pub step_millis: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RunProgress {
    pub completed_steps: usize,
    pub total_steps: usize,
    /// From the pace so far, scoring at the end included.
    pub remaining_millis: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Moment {
    Before,
    After,
}

/// A digest of tensors read back from the device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenProof {
    pub tensors: usize,
    pub parameters: usize,
    /// SHA-256 over the frozen tensors' bytes, in hexadecimal.
    pub hash_before: String,
    pub hash_after: String,
    /// Trainable tensors whose bytes differ, of all trainable tensors.
    pub changed_trainable_tensors: usize,
    pub trainable_tensors: usize,
}

impl FrozenProof {
    pub fn holds(&self) -> bool {
        self.hash_before == self.hash_after
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunSummary {
    pub test: SplitSummary,
    /// Where it was asked for and there are rows.
    pub validation: Option<SplitSummary>,
    pub frozen_proof: FrozenProof,
    pub training_millis: f64,
    pub total_millis: f64,
    pub adapter_bytes: u64,
    /// The most memory that the engine has held since it started; not known of a GPU.
    pub peak_memory_bytes: Option<u64>,
}

/// What a run came to on a split.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SplitSummary {
    pub before: Scores,
    pub after: Scores,
    /// Empty where answers are not one of a few labels.
    pub confusion: Confusion,
    /// Of each label or kind of entity, where the task has any.
    pub by_label: Vec<LabelScores>,
    /// Wrong answers, worst first.
    pub mistakes: Vec<Mistake>,
    /// After the run, row by row.
    pub verdicts: RowVerdicts,
    /// After the run, where each text has one label.
    pub classes: Option<ClassAnswers>,
}

/// Rows are the truth, columns the answer; the order is `DatasetInfo::labels`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confusion {
    pub counts: Vec<Vec<usize>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mistake {
    pub text: String,
    pub truth: String,
    pub answer: String,
    pub probability: f64,
    /// Why it was marked hard; empty where it was not.
    pub hard: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabelProbability {
    pub label: String,
    pub probability: f64,
}

/// A text seen from inside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Probe {
    pub tokens: Vec<String>,
    /// `[layer][head][query][key]`, flattened; rows sum to 1, less what virtual tokens draw.
    pub attention: Vec<f32>,
    pub layers: usize,
    pub heads: usize,
    /// L2 norm of each token's hidden state: `[embedding and each block][token]`.
    pub hidden_norms: Vec<Vec<f32>>,
    /// The likeliest next tokens.
    pub next: Vec<LabelProbability>,
}
