//! Scoring the tags of words.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::softmax;
use crate::data::batch::{Batch, IGNORED};
use crate::data::tagged::EncodedSentence;
use crate::engine::metrics::{Counts, entities, mean_nats, nats_of};
use crate::faults::Fault;
use crate::model::network::Network;
use crate::model::numbers;
use crate::model::parts::Pass;

/// The tags of one sentence's words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TagAnswer {
    /// Index of the sentence in what was scored.
    pub index: usize,
    pub truth: Vec<usize>,
    pub answer: Vec<usize>,
    /// Cross-entropy summed over the words.
    pub nats: f64,
}

pub async fn answer_batch<M: Network>(
    model: &M,
    sentences: &[EncodedSentence],
    indices: &[usize],
    pad: i32,
) -> Result<Vec<TagAnswer>, Fault> {
    let rows: Vec<(&[i32], &[i32])> = indices
        .iter()
        .map(|i| (&sentences[*i].ids[..], &sentences[*i].labels[..]))
        .collect();
    let batch = Batch::of_tokens(&rows, pad);
    let hidden = model.hidden(batch.tokens(), &mut Pass::default());
    let logits = model
        .token_logits(hidden)
        .ok_or_else(|| Fault::internal("the model has no token classification head"))?;
    let [rows, outputs] = logits.dims();
    let values = numbers::values("logits", logits).await?;
    let texts = values.chunks(outputs * rows / indices.len().max(1));
    Ok(indices
        .iter()
        .zip(texts)
        .map(|(&index, logits)| answer(index, &sentences[index].labels, logits, outputs))
        .collect())
}

fn answer(index: usize, labels: &[i32], logits: &[f32], outputs: usize) -> TagAnswer {
    let mut found = TagAnswer {
        index,
        truth: Vec::new(),
        answer: Vec::new(),
        nats: 0.0,
    };
    for (label, logits) in labels.iter().zip(logits.chunks(outputs)) {
        if *label != IGNORED {
            let truth = *label as usize;
            let probabilities = softmax(logits);
            found.nats += nats_of(probabilities[truth]);
            found.truth.push(truth);
            found.answer.push(super::highest(&probabilities));
        }
    }
    found
}

/// What all sentences together come to.
#[derive(Debug, Clone, PartialEq)]
pub struct TagScores {
    pub sentences: usize,
    pub words: usize,
    /// Mean over the words.
    pub loss_nats: f64,
    /// Share of words with the right tag.
    pub accuracy: f64,
    /// Of whole entities, all types together and each by itself.
    pub entities: Counts,
    pub by_type: BTreeMap<String, Counts>,
    /// Of words: rows the truth, columns the answer.
    pub confusion: Vec<Vec<usize>>,
}

pub fn scores(answers: &[TagAnswer], labels: &[String]) -> TagScores {
    let mut by_type = BTreeMap::new();
    let mut confusion = vec![vec![0; labels.len()]; labels.len()];
    for answer in answers {
        let named = |tags: &[usize]| tags.iter().map(|t| labels[*t].as_str()).collect::<Vec<_>>();
        entities::count(&named(&answer.truth), &named(&answer.answer), &mut by_type);
        for (truth, answer) in answer.truth.iter().zip(&answer.answer) {
            confusion[*truth][*answer] += 1;
        }
    }
    let words = answers.iter().map(|a| a.truth.len()).sum::<usize>();
    let right: usize = (0..labels.len()).map(|i| confusion[i][i]).sum();
    TagScores {
        sentences: answers.len(),
        words,
        loss_nats: mean_nats(answers.iter().map(|a| a.nats).sum(), words),
        accuracy: right as f64 / words.max(1) as f64,
        entities: Counts::together(by_type.values()),
        by_type,
        confusion,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_entities_are_counted_apart() {
        let labels = ["B-A", "I-A", "O"].map(String::from);
        let answers = [
            answer(
                0,
                &[0, IGNORED, 1, 2],
                &[9., 0., 0., 5., 5., 5., 9., 0., 0., 0., 0., 9.],
                3,
            ),
            answer(1, &[2, 0], &[0., 0., 9., 9., 0., 0.], 3),
        ];
        assert_eq!(answers[0].truth, [0, 1, 2]);
        assert_eq!(answers[0].answer, [0, 0, 2]);
        let scores = scores(&answers, &labels);
        assert_eq!((scores.words, scores.accuracy), (5, 0.8));
        // Two entities to find; the first was answered as two.
        let all = scores.entities;
        assert_eq!((all.right, all.answered, all.support), (1, 3, 2));
        assert_eq!(scores.confusion[1][0], 1);
        assert!(
            (scores.loss_nats - 9.0 / 5.0).abs() < 0.01,
            "{}",
            scores.loss_nats
        );
    }
}
