//! Multi-head attention straight from the packed queries, keys and values: nothing is copied or
//! transposed, and a causal row only meets its own past.

use burn::prelude::*;

use super::kernel::{Forward, Kernel, Saved, apply};
use super::math::{View, for_each_chunk, matmul, softmax, sum_of};

#[derive(Debug, Clone)]
struct Attention {
    batch: usize,
    heads: usize,
    seq: usize,
    d_head: usize,
    /// `[batch or 1, seq, seq]`
    bias: std::sync::Arc<Vec<f32>>,
}

/// See [`super::super::self_attention`].
pub fn self_attention(qkv: Tensor<2>, bias: &Tensor<4>, batch: usize, heads: usize) -> Tensor<2> {
    let [rows, width] = qkv.dims();
    let bias = bias
        .clone()
        .into_data()
        .try_to_vec::<f32>()
        .expect("the bias is float32");
    let kernel = Attention {
        batch,
        heads,
        seq: rows / batch,
        d_head: width / 3 / heads,
        bias: std::sync::Arc::new(bias),
    };
    apply(kernel, [qkv.into()])
}

/// The three parts of a packed row.
#[derive(Clone, Copy)]
enum Part {
    Queries,
    Keys,
    Values,
}

impl Attention {
    fn d_model(&self) -> usize {
        self.heads * self.d_head
    }

    fn scale(&self) -> f32 {
        1.0 / (self.d_head as f32).sqrt()
    }

    /// Where a head's part of a text's packed rows begins.
    fn packed_start(&self, text: usize, head: usize, part: Part) -> usize {
        text * self.seq * 3 * self.d_model() + part as usize * self.d_model() + head * self.d_head
    }

    fn packed<'a>(&self, qkv: &'a [f32], text: usize, head: usize, part: Part) -> View<'a> {
        View::rows(
            &qkv[self.packed_start(text, head, part)..],
            3 * self.d_model(),
        )
    }

    /// A head's columns of a text's rows in `[batch · seq, d_model]`.
    fn mixed<'a>(&self, values: &'a [f32], text: usize, head: usize) -> View<'a> {
        View::rows(
            &values[text * self.seq * self.d_model() + head * self.d_head..],
            self.d_model(),
        )
    }

    fn bias_row(&self, text: usize, query: usize) -> &[f32] {
        let square = self.seq * self.seq;
        let text = if self.bias.len() == square { 0 } else { text };
        &self.bias[text * square + query * self.seq..][..self.seq]
    }

    /// Probabilities of all heads, `[batch, heads, seq, seq]`.
    fn probabilities(&self, qkv: &[f32]) -> Vec<f32> {
        let seq = self.seq;
        let mut all = vec![0f32; self.batch * self.heads * seq * seq];
        for_each_chunk(&mut all, seq * seq, |i, scores| {
            let (text, head) = (i / self.heads, i % self.heads);
            let queries = self.packed(qkv, text, head, Part::Queries);
            let keys = self.packed(qkv, text, head, Part::Keys).transposed();
            let sizes = (seq, seq, self.d_head);
            multiply(scores, seq, (queries, keys), self.scale(), sizes);
            for (query, row) in scores.chunks_exact_mut(seq).enumerate() {
                for (score, bias) in row.iter_mut().zip(self.bias_row(text, query)) {
                    *score += bias;
                }
                softmax(row);
            }
        });
        all
    }
}

impl Kernel<1> for Attention {
    /// Keeps the probabilities.
    fn forward(&self, [qkv]: [&[f32]; 1]) -> Forward {
        let (seq, d_model) = (self.seq, self.d_model());
        let kept = self.probabilities(qkv);
        let mut output = vec![0f32; self.batch * seq * d_model];
        for_each_chunk(&mut output, seq * d_model, |text, mixed| {
            for head in 0..self.heads {
                let p = &kept[(text * self.heads + head) * seq * seq..][..seq * seq];
                let factors = (
                    View::rows(p, seq),
                    self.packed(qkv, text, head, Part::Values),
                );
                let place = &mut mixed[head * self.d_head..];
                let sizes = (seq, self.d_head, seq);
                multiply(place, d_model, factors, 1.0, sizes);
            }
        });
        Forward {
            output,
            shape: vec![self.batch * seq, d_model],
            kept,
        }
    }

    fn backward(&self, saved: Saved<1>, gradient: &[f32], _: [bool; 1]) -> [Option<Vec<f32>>; 1] {
        let [qkv] = saved.inputs;
        let packed_row = 3 * self.d_model();
        let mut result = vec![0f32; qkv.len()];
        for_each_chunk(&mut result, self.seq * packed_row, |text, out| {
            for head in 0..self.heads {
                Head::of(self, &saved, gradient, (text, head)).backward(out);
            }
        });
        [Some(result)]
    }
}

/// One head of one text on the way back: what its gradients are made of.
struct Head<'a> {
    attention: &'a Attention,
    index: usize,
    queries: View<'a>,
    keys: View<'a>,
    values: View<'a>,
    /// `[seq, seq]`
    probabilities: &'a [f32],
    /// Of what the head gave, `[seq, d_head]`.
    gradient: View<'a>,
}

impl<'a> Head<'a> {
    fn of(
        attention: &'a Attention,
        saved: &Saved<'a, 1>,
        gradient: &'a [f32],
        (text, index): (usize, usize),
    ) -> Self {
        let [qkv] = saved.inputs;
        let square = attention.seq * attention.seq;
        let part = |part| attention.packed(qkv, text, index, part);
        Self {
            attention,
            index,
            queries: part(Part::Queries),
            keys: part(Part::Keys),
            values: part(Part::Values),
            probabilities: &saved.kept[(text * attention.heads + index) * square..][..square],
            gradient: attention.mixed(gradient, text, index),
        }
    }

    /// Gradients of the head's queries, keys and values, into the text's packed rows.
    fn backward(&self, out: &mut [f32]) {
        let (seq, scale) = (self.attention.seq, self.attention.scale());
        let probabilities = View::rows(self.probabilities, seq);
        let of_values = (probabilities.transposed(), self.gradient);
        self.put(Part::Values, of_values, 1.0, out);
        let scores = self.score_gradients();
        let scores = View::rows(&scores, seq);
        self.put(Part::Queries, (scores, self.keys), scale, out);
        let of_keys = (scores.transposed(), self.queries);
        self.put(Part::Keys, of_keys, scale, out);
    }

    /// Gradients of the scores, back through the softmax: `[seq, seq]`.
    fn score_gradients(&self) -> Vec<f32> {
        let seq = self.attention.seq;
        let mut gradients = vec![0f32; seq * seq];
        let factors = (self.gradient, self.values.transposed());
        let sizes = (seq, seq, self.attention.d_head);
        multiply(&mut gradients, seq, factors, 1.0, sizes);
        let probabilities = self.probabilities.chunks_exact(seq);
        for (d, p) in gradients.chunks_exact_mut(seq).zip(probabilities) {
            let level = sum_of([&*d, p], |[d, p]| d * p);
            for (d, p) in d.iter_mut().zip(p) {
                *d = p * (*d - level);
            }
        }
        gradients
    }

    /// A product `[seq, d_head]` in the place of one of the three parts.
    fn put(&self, part: Part, factors: (View, View), scale: f32, out: &mut [f32]) {
        let Attention { seq, d_head, .. } = *self.attention;
        let d_model = self.attention.d_model();
        let column = part as usize * d_model + self.index * d_head;
        let sizes = (seq, d_head, seq);
        multiply(&mut out[column..], 3 * d_model, factors, scale, sizes);
    }
}

/// A product in place of what is there, on this thread alone: all of them are busy with texts and heads already.
fn multiply(
    place: &mut [f32],
    row_stride: usize,
    factors: (View, View),
    scale: f32,
    sizes: (usize, usize, usize),
) {
    let alone = gemm::Parallelism::None;
    matmul(place, row_stride, false, factors, scale, sizes, alone);
}
