//! The tuned model asked about a text of one's own.

use super::*;
use crate::data::labelled::EncodedText;
use crate::data::many_labels::EncodedManyLabels;
use crate::data::questions::{self, Answer, Cutting, Question};
use crate::data::tagged::{TaggedDataset, TaggedSentence, words_of};
use crate::engine::evaluate::answers::{answer_batch as answer_windows, answers};
use crate::engine::evaluate::{answer_batch, many_labels, tags};
use crate::engine::examples::encode::LONGEST_ANSWER;
use crate::engine::examples::peek::{entity_spans, given};
use crate::engine::run::device_error;
use crate::faults::TunedError;
use crate::model::network::Network;
use crate::protocol::{Classified, LabelProbability, Located, Split, Tagged, TextSpan};
use crate::settings::Task;

impl<H: Host> Answers<asks::Classify> for Server<H> {
    /// The label of a text, or each label's own probability.
    async fn answer(
        &mut self,
        asks::Classify { text }: asks::Classify,
        _id: Option<RequestId>,
    ) -> Result<Outcome<Classified>, EngineError> {
        let base = self.base()?;
        let tuned =
            self.tuned_for(&[Task::SequenceClassification, Task::MultiLabelClassification])?;
        let labels = &tuned.labels;
        let ids = base.text_ids(&text, self.room(base, tuned))?;
        let (label, probabilities) = if tuned.task == Task::MultiLabelClassification {
            let answers = vec![0; labels.len()];
            let text = EncodedManyLabels { ids, answers };
            let found = many_labels::answer_batch(&tuned.model, &[text], &[0], base.pad()).await;
            let answer = only(found)?;
            (given(labels, answer.given()), answer.probabilities)
        } else {
            let hard = String::new();
            let text = EncodedText {
                ids,
                label: 0,
                hard,
            };
            let found = answer_batch(&tuned.model, &[text], &[0], base.pad()).await;
            let answer = only(found)?;
            (labels[answer.label()].clone(), answer.probabilities)
        };
        let probabilities = labels.iter().zip(probabilities);
        let classified = Classified {
            label,
            probabilities: probabilities
                .map(|(label, probability)| LabelProbability {
                    label: label.clone(),
                    probability,
                })
                .collect(),
        };
        Ok(classified.into())
    }
}

impl<H: Host> Answers<asks::Tag> for Server<H> {
    /// The entities of a text; what is longer than the model reads stays without.
    async fn answer(
        &mut self,
        asks::Tag { text }: asks::Tag,
        _id: Option<RequestId>,
    ) -> Result<Outcome<Tagged>, EngineError> {
        let base = self.base()?;
        let tuned = self.tuned_for(&[Task::TokenClassification])?;
        let mut places = words_of(&text);
        let characters: Vec<char> = text.chars().collect();
        let word = |(from, to): &(usize, usize)| characters[*from..*to].iter().collect();
        let words: Vec<String> = places.iter().map(word).collect();
        let sentence = TaggedDataset {
            labels: tuned.labels.clone(),
            rows: vec![TaggedSentence {
                tags: vec![0; words.len()],
                words,
                split: Split::Test,
            }],
        };
        let sentences = sentence
            .encode(Split::Test, &base.tokenizer, self.room(base, tuned))
            .map_err(|e| EngineError::new(ErrorKind::Data, e))?;
        let mut spans = Vec::new();
        if !places.is_empty() {
            let found = tags::answer_batch(&tuned.model, &sentences, &[0], base.pad()).await;
            let answer = only(found)?.answer;
            places.truncate(answer.len());
            spans = entity_spans(&places, &answer, &tuned.labels);
        }
        Ok(Tagged { text, spans }.into())
    }
}

impl<H: Host> Answers<asks::AskQuestion> for Server<H> {
    /// Where in the context the answer stands.
    async fn answer(
        &mut self,
        asks::AskQuestion { question, context }: asks::AskQuestion,
        _id: Option<RequestId>,
    ) -> Result<Outcome<Located>, EngineError> {
        let base = self.base()?;
        let tuned = self.tuned_for(&[Task::QuestionAnswering])?;
        let length = self.room(base, tuned);
        let asked = unanswered(question, context);
        let cutting = Cutting {
            max_length: length,
            stride: length / 3,
        };
        let windows = questions::encode(&[&asked], &base.tokenizer, cutting)
            .map_err(|e| EngineError::new(ErrorKind::Data, e))?;
        let all: Vec<usize> = (0..windows.len()).collect();
        let mut found = Vec::new();
        if !windows.is_empty() {
            let asked = answer_windows(&tuned.model, &windows, &all, base.pad(), LONGEST_ANSWER);
            found = asked.await.map_err(device_error)?;
        }
        let answered = answers(std::slice::from_ref(&asked), &windows, &found);
        let (answer, place) = match answered.into_iter().next() {
            Some(answer) => (answer.text, answer.place),
            None => (String::new(), None),
        };
        let located = Located {
            context: asked.context,
            answer,
            span: place.map(|(start, end)| TextSpan {
                start,
                end,
                label: String::new(),
            }),
        };
        Ok(located.into())
    }
}

impl<H: Host> Server<H> {
    /// Positions that are left to a text.
    fn room(&self, base: &Base, tuned: &Tuned) -> usize {
        base.positions()
            .saturating_sub(tuned.model.virtual_tokens())
    }

    /// What a run has tuned, if for one of these tasks.
    fn tuned_for(&self, tasks: &[Task]) -> Result<&Tuned, EngineError> {
        let tuned = self.tuned()?;
        if tasks.contains(&tuned.task) {
            return Ok(tuned);
        }
        let [last, wanted] = [tuned.task, tasks[0]].map(|task| task.name().to_owned());
        Err(EngineError::new(
            ErrorKind::State,
            TunedError::OtherTask { last, wanted },
        ))
    }
}

/// A question as data sets have them, though none knows its answer.
fn unanswered(question: String, context: String) -> Question {
    Question {
        question,
        context,
        // Never read: the windows are only asked.
        answers: vec![Answer {
            text: String::new(),
            start: 0,
        }],
        split: Split::Test,
    }
}

/// The answer to a single text.
fn only<T>(found: Result<Vec<T>, Fault>) -> Result<T, EngineError> {
    let mut found = found.map_err(device_error)?;
    let answer = found.pop();
    answer.ok_or_else(|| device_error(Fault::internal("no answer")))
}
