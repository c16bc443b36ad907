//! Multi-head attention straight from the packed queries, keys and values: nothing is copied or
//! transposed, and a causal row only meets its own past.

use burn::prelude::*;

use super::kernel::{Forward, Kernel, Saved, apply};
use super::math::{View, for_each_chunk, matmul, softmax, sum_by};

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
            let alone = gemm::Parallelism::None;
            matmul(
                scores,
                seq,
                false,
                (queries, keys),
                self.scale(),
                sizes,
                alone,
            );
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
                matmul(
                    place,
                    d_model,
                    false,
                    factors,
                    1.0,
                    sizes,
                    gemm::Parallelism::None,
                );
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
                self.head_backward(qkv, saved.kept, gradient, text, head, out);
            }
        });
        [Some(result)]
    }
}

impl Attention {
    /// Gradients of one head's queries, keys and values, into the text's packed rows.
    fn head_backward(
        &self,
        qkv: &[f32],
        probabilities: &[f32],
        gradient: &[f32],
        text: usize,
        head: usize,
        out: &mut [f32],
    ) {
        let (seq, d_head) = (self.seq, self.d_head);
        let (d_model, packed_row) = (self.d_model(), 3 * self.d_model());
        let alone = gemm::Parallelism::None;
        let p = &probabilities[(text * self.heads + head) * seq * seq..][..seq * seq];
        let p_view = View::rows(p, seq);
        let g = self.mixed(gradient, text, head);
        let column = |part: Part| part as usize * d_model + head * d_head;

        let place = &mut out[column(Part::Values)..];
        let thin = (seq, d_head, seq);
        matmul(
            place,
            packed_row,
            false,
            (p_view.transposed(), g),
            1.0,
            thin,
            alone,
        );

        let mut d_scores = vec![0f32; seq * seq];
        let values = self.packed(qkv, text, head, Part::Values).transposed();
        matmul(
            &mut d_scores,
            seq,
            false,
            (g, values),
            1.0,
            (seq, seq, d_head),
            alone,
        );
        for (d, p) in d_scores.chunks_exact_mut(seq).zip(p.chunks_exact(seq)) {
            let level = sum_by(seq, |j| d[j] * p[j]);
            for (d, p) in d.iter_mut().zip(p) {
                *d = p * (*d - level);
            }
        }

        let d_view = View::rows(&d_scores, seq);
        let keys = self.packed(qkv, text, head, Part::Keys);
        let place = &mut out[column(Part::Queries)..];
        matmul(
            place,
            packed_row,
            false,
            (d_view, keys),
            self.scale(),
            thin,
            alone,
        );
        let queries = self.packed(qkv, text, head, Part::Queries);
        let place = &mut out[column(Part::Keys)..];
        matmul(
            place,
            packed_row,
            false,
            (d_view.transposed(), queries),
            self.scale(),
            thin,
            alone,
        );
    }
}
