//! Scoring answers that stand in a text.

use serde::{Deserialize, Serialize};

use super::softmax;
use crate::data::batch::Batch;
use crate::data::questions::{Question, Window};
use crate::engine::metrics::spans::{Span, best_span};
use crate::engine::metrics::{mean_nats, nats_of, squad};
use crate::faults::Fault;
use crate::model::network::Network;
use crate::model::numbers;
use crate::model::parts::Pass;

/// The best answer that one window has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WindowAnswer {
    /// Index of the window in what was scored.
    pub index: usize,
    /// Among the text's tokens of the window; none where the window holds no text.
    pub span: Option<Span>,
    /// Mean of the cross-entropies of start and end.
    pub loss_nats: f64,
}

pub async fn answer_batch<M: Network>(
    model: &M,
    windows: &[Window],
    indices: &[usize],
    pad: i32,
    longest: usize,
) -> Result<Vec<WindowAnswer>, Fault> {
    let rows = indices.iter().map(|i| &windows[*i].ids[..]);
    let second_from: Vec<_> = indices.iter().map(|i| windows[*i].second_from).collect();
    let batch = Batch::padded(rows, Vec::new(), pad).with_pairs(&second_from);
    let hidden = model.hidden(batch.tokens(), &mut Pass::default());
    let logits = model
        .answer_logits(hidden)
        .ok_or_else(|| Fault::internal("the model has no question answering head"))?;
    let width = batch.ids.first().map_or(1, Vec::len);
    let values = numbers::values("logits", logits).await?;
    Ok(indices
        .iter()
        .zip(values.chunks(2 * width))
        .map(|(&index, logits)| answer(index, &windows[index], logits, longest))
        .collect())
}

/// What stands at padding is left out, so that no answer depends on what it was scored beside.
fn answer(index: usize, window: &Window, logits: &[f32], longest: usize) -> WindowAnswer {
    let logits = &logits[..2 * window.ids.len()];
    let side = |side: usize| -> Vec<f32> { logits.chunks(2).map(|pair| pair[side]).collect() };
    let (starts, ends) = (side(0), side(1));
    let nats = |logits: &[f32], truth: usize| nats_of(softmax(logits)[truth]);
    let text = window.context_from..window.context_from + window.offsets.len();
    WindowAnswer {
        index,
        span: best_span(&starts[text.clone()], &ends[text], longest),
        loss_nats: (nats(&starts, window.ends.0) + nats(&ends, window.ends.1)) / 2.0,
    }
}

/// The answer to one question, from the window that is surest of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct QuestionAnswer {
    pub text: String,
    /// In the text, in Unicode code points; none where no window held any of it.
    pub place: Option<(usize, usize)>,
    pub exact_match: f64,
    pub f1: f64,
}

/// One for each question; where no window held any text the answer is empty, which is wrong.
pub fn answers(
    questions: &[Question],
    windows: &[Window],
    found: &[WindowAnswer],
) -> Vec<QuestionAnswer> {
    let mut best: Vec<Option<(f32, &Window, Span)>> = vec![None; questions.len()];
    for answer in found {
        let window = &windows[answer.index];
        let Some(span) = answer.span else { continue };
        let kept = &mut best[window.question];
        if kept.is_none_or(|(score, ..)| span.score > score) {
            *kept = Some((span.score, window, span));
        }
    }
    let text = |question: &Question, (from, to): (usize, usize)| {
        let characters = question.context.chars().skip(from).take(to - from);
        characters.collect::<String>().trim().to_owned()
    };
    let pairs = questions.iter().zip(&best);
    pairs
        .map(|(question, best)| {
            let place = best.as_ref().map(|(_, window, span)| {
                (window.offsets[span.start].0, window.offsets[span.end].1)
            });
            let text = place.map_or(String::new(), |place| text(question, place));
            let truths = question.answers.iter().map(|answer| answer.text.as_str());
            let (exact_match, f1) = squad::best(&text, truths);
            QuestionAnswer {
                text,
                place,
                exact_match,
                f1,
            }
        })
        .collect()
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AnswerScores {
    pub questions: usize,
    pub windows: usize,
    /// Mean over the windows.
    pub loss_nats: f64,
    /// From 0 to 1, as every other share here; SQuAD's own script prints a hundred times as much.
    pub exact_match: f64,
    pub f1: f64,
}

pub fn scores(answers: &[QuestionAnswer], found: &[WindowAnswer]) -> AnswerScores {
    let questions = answers.len().max(1) as f64;
    AnswerScores {
        questions: answers.len(),
        windows: found.len(),
        loss_nats: mean_nats(found.iter().map(|w| w.loss_nats).sum(), found.len()),
        exact_match: answers.iter().map(|a| a.exact_match).sum::<f64>() / questions,
        f1: answers.iter().map(|a| a.f1).sum::<f64>() / questions,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::questions::Answer;
    use crate::protocol::Split;

    #[test]
    fn the_surest_window_answers_and_an_unread_question_is_wrong() {
        let question = Question {
            question: "Who?".into(),
            context: "Zoë met Ada Finch.".into(),
            answers: vec![Answer {
                text: "Ada".into(),
                start: 8,
            }],
            split: Split::Test,
        };
        let window = |ends, offsets| Window {
            question: 0,
            ids: vec![0; 4],
            context_from: 2,
            second_from: None,
            offsets,
            ends,
        };
        let windows = [
            window((0, 0), vec![(0, 3), (3, 7)]),
            window((2, 3), vec![(7, 11), (11, 17)]),
        ];
        // Start and end of each token by turns.
        let found = [
            answer(0, &windows[0], &[5., 5., 0., 0., 1., 1., 0., 0.], 30),
            answer(1, &windows[1], &[0., 0., 9., 9., 4., 0., 0., 3.], 30),
        ];
        assert_eq!(found[1].span.map(|s| (s.start, s.end)), Some((0, 1)));
        let answered = answers(&[question.clone(), question], &windows, &found);
        assert_eq!(answered[0].text, "Ada Finch");
        assert_eq!((answered[0].exact_match, answered[0].f1), (0.0, 2.0 / 3.0));
        assert_eq!((answered[1].text.as_str(), answered[1].f1), ("", 0.0));
        let padded = [0., 0., 9., 9., 4., 0., 0., 3., 99., 99.];
        let found_padded = answer(1, &windows[1], &padded, 30);
        assert_eq!(found_padded, found[1]);
        let scores = scores(&answered, &found);
        assert!((scores.f1 - 1.0 / 3.0).abs() < 1e-12);
        assert_eq!((scores.questions, scores.windows), (2, 2));
    }
}
