//! What the engine shows of a model and of what tuning did to it, for lessons.

use serde::{Deserialize, Serialize};

use super::types::{BlendPart, LabelProbability, Split, TextSpan};

/// How far each matrix has moved from where it was pre-trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Updates {
    pub matrices: Vec<MatrixUpdate>,
}

/// Frobenius norms of one tensor before tuning, and of the change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MatrixUpdate {
    pub name: String,
    pub shape: Vec<usize>,
    pub weight_norm: f32,
    pub update_norm: f32,
}

impl Updates {
    /// ‖Δθ‖ / ‖θ‖ over all of them.
    pub fn relative(&self) -> f64 {
        let norm = |of: fn(&MatrixUpdate) -> f32| {
            let squares = self.matrices.iter().map(|m| f64::from(of(m)).powi(2));
            squares.sum::<f64>().sqrt()
        };
        norm(|m| m.update_norm) / norm(|m| m.weight_norm).max(f64::MIN_POSITIVE)
    }
}

/// One matrix seen closely.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MatrixInsight {
    pub name: String,
    /// Input and output width.
    pub shape: [usize; 2],
    pub weight: Grid,
    /// What tuning added.
    pub update: Grid,
    /// LoRA's A, `[r, in]`, and B, `[out, r]`.
    pub lora: Option<(Grid, Grid)>,
    /// Of the update, largest first.
    pub singular_values: Vec<f32>,
}

/// A matrix made small enough to draw: each cell is the mean of its part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grid {
    pub rows: usize,
    pub columns: usize,
    /// Row by row.
    pub values: Vec<f32>,
}

/// One gradient step on a single example.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ExampleStep {
    /// Of the true label, before the step.
    pub probability: f64,
    pub loss_nats: f64,
    /// `None` at the last row, which only shows where the steps led.
    pub gradient_norm: Option<f32>,
    /// ‖Δθ‖ so far, of all that trains, and ‖θ‖ where it began.
    pub update_norm: f32,
    pub weight_norm: f32,
}

/// Answers of the language model itself, by which word it would rather say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PromptScores {
    /// Solved examples before each question.
    pub shots: usize,
    pub split: Split,
    pub examples: usize,
    pub accuracy: f64,
    /// After taking off how much the model leans to each word with no text at all
    /// (contextual calibration, Zhao et al. 2021).
    pub calibrated_accuracy: f64,
    /// What each label answers with.
    pub words: Vec<String>,
    /// One of the prompts, to look at.
    pub prompt: String,
    /// Tokens of the longest prompt, and what the model can read.
    pub longest_tokens: usize,
    pub context: usize,
}

/// The encoder that is loaded beside the base model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EncoderInfo {
    pub name: String,
    pub layers: usize,
    pub heads: usize,
    pub width: usize,
    pub vocabulary: usize,
    pub context: usize,
    pub parameters: usize,
    pub weights_bytes: u64,
    pub load_millis: f64,
}

/// What could stand in place of one `[MASK]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MaskGuess {
    /// Its place among the tokens of the text, `[CLS]` counted in.
    pub place: usize,
    /// The likeliest first.
    pub candidates: Vec<LabelProbability>,
}

/// Which of the two models reads a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reader {
    /// The BERT.
    Encoder,
    /// The base, a GPT-2.
    Decoder,
}

/// What each token of a text looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttentionReport {
    pub reader: Reader,
    /// Whether tokens could look only at themselves and what stands before them.
    pub causal: bool,
    pub tokens: Vec<String>,
    pub layers: usize,
    pub heads: usize,
    /// `[layer][head][query][key]`; what a query gives its keys sums to 1.
    pub values: Vec<f32>,
}

impl AttentionReport {
    /// `[query][key]` of one head.
    pub fn map(&self, layer: usize, head: usize) -> &[f32] {
        let size = self.tokens.len().pow(2);
        let start = (layer * self.heads + head) * size;
        self.values.get(start..start + size).unwrap_or(&[])
    }
}

/// A text and the label that the tuned model gives it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Classified {
    pub label: String,
    pub probabilities: Vec<LabelProbability>,
}

/// A text and the entities that the tuned model finds in it, in the order of the text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tagged {
    pub text: String,
    pub spans: Vec<TextSpan>,
}

/// A text and the place in it that answers a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Located {
    pub context: String,
    pub answer: String,
    /// None where the text holds no answer.
    pub span: Option<TextSpan>,
}

/// What answers since adapters were blended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Blend {
    pub parts: Vec<BlendPart>,
    pub merged: bool,
    /// Of adapters, beside the base's own and the head's.
    pub added_parameters: usize,
}
