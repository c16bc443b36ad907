//! The tuned model asked about a text of one's own.

use super::*;
use crate::data::labelled::EncodedText;
use crate::data::many_labels::EncodedManyLabels;
use crate::data::questions::{self, Answer, Cutting, Question};
use crate::data::tagged::{TaggedDataset, TaggedSentence, words_of};
use crate::engine::base::decoder;
use crate::engine::evaluate::answers::{answer_batch as answer_windows, answers};
use crate::engine::evaluate::{answer_batch, many_labels, tags};
use crate::engine::examples::encode::LONGEST_ANSWER;
use crate::engine::examples::peek::{entity_spans, given};
use crate::engine::run::device_error;
use crate::engine::sample::Continuation;
use crate::model::network::Network;
use crate::protocol::{LabelProbability, Split, TextSpan, WeightsChoice};
use crate::settings::{Sampling, Task};

impl<H: Host> Server<H> {
    pub(super) async fn generate(
        &self,
        id: Option<RequestId>,
        prompt: &str,
        max_new_tokens: usize,
        sampling: &Sampling,
        weights: WeightsChoice,
    ) -> Result<(), EngineError> {
        let started = self.host.now_millis();
        let base = self.base()?;
        let ids = base.prompt_ids(prompt)?;
        let prompt_length = ids.len();
        let model = self.weights(base, weights)?;
        let model = decoder(&model, "continue a text")?.clone();
        let decode = |ids: &[i32]| base.tokenizer.decode(ids, true).unwrap_or_default();
        let mut text = Continuation::new(model, &ids, sampling);
        let mut shown = decode(&ids);
        for _ in 0..max_new_tokens {
            let token = text.next().await.map_err(device_error)?;
            if base.ends(token) {
                break;
            }
            // A character may take several tokens: only what is whole is shown.
            let now = decode(&text.ids);
            if let Some(fresh) = now
                .strip_prefix(&shown)
                .filter(|f| !f.ends_with('\u{FFFD}'))
            {
                self.tell(
                    id,
                    Event::TokenGenerated {
                        text: fresh.to_owned(),
                    },
                );
                shown = now;
            }
            self.host.breathe().await;
        }
        let body = Event::GenerationFinished {
            prompt: prompt.to_owned(),
            text: decode(&text.ids),
            tokens: text.ids.len() - prompt_length,
            millis: self.host.now_millis() - started,
        };
        self.tell(id, body);
        Ok(())
    }

    /// The label of a text, or each label's own probability.
    pub(super) async fn classify(
        &self,
        id: Option<RequestId>,
        text: &str,
    ) -> Result<(), EngineError> {
        let base = self.base()?;
        let tuned =
            self.tuned_for(&[Task::SequenceClassification, Task::MultiLabelClassification])?;
        let labels = &tuned.labels;
        let ids = base.text_ids(text, self.room(base, tuned))?;
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
        let body = Event::TextClassified {
            label,
            probabilities: probabilities
                .map(|(label, probability)| LabelProbability {
                    label: label.clone(),
                    probability,
                })
                .collect(),
        };
        self.tell(id, body);
        Ok(())
    }

    /// The entities of a text; what is longer than the model reads stays without.
    pub(super) async fn tag(&self, id: Option<RequestId>, text: &str) -> Result<(), EngineError> {
        let base = self.base()?;
        let tuned = self.tuned_for(&[Task::TokenClassification])?;
        let mut places = words_of(text);
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
            .map_err(|e| EngineError::new(ErrorKind::Data, e.to_string()))?;
        let mut spans = Vec::new();
        if !places.is_empty() {
            let found = tags::answer_batch(&tuned.model, &sentences, &[0], base.pad()).await;
            let answer = only(found)?.answer;
            places.truncate(answer.len());
            spans = entity_spans(&places, &answer, &tuned.labels);
        }
        let text = text.to_owned();
        self.tell(id, Event::TextTagged { text, spans });
        Ok(())
    }

    /// Where in `context` the answer stands.
    pub(super) async fn ask_question(
        &self,
        id: Option<RequestId>,
        question: &str,
        context: &str,
    ) -> Result<(), EngineError> {
        let base = self.base()?;
        let tuned = self.tuned_for(&[Task::QuestionAnswering])?;
        let length = self.room(base, tuned);
        let asked = Question {
            question: question.to_owned(),
            context: context.to_owned(),
            // Never read: the windows are only asked.
            answers: vec![Answer {
                text: String::new(),
                start: 0,
            }],
            split: Split::Test,
        };
        let cutting = Cutting {
            max_length: length,
            stride: length / 3,
        };
        let windows = questions::encode(&[&asked], &base.tokenizer, cutting)
            .map_err(|e| EngineError::new(ErrorKind::Data, e.to_string()))?;
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
        let body = Event::QuestionAnswered {
            question: question.to_owned(),
            context: context.to_owned(),
            answer,
            span: place.map(|(start, end)| TextSpan {
                start,
                end,
                label: String::new(),
            }),
        };
        self.tell(id, body);
        Ok(())
    }

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
        let message = format!(
            "The last run was for {}; make one for {} first.",
            tuned.task.name(),
            tasks[0].name()
        );
        Err(EngineError::new(ErrorKind::State, message))
    }
}

/// The answer to a single text.
fn only<T>(found: Result<Vec<T>, String>) -> Result<T, EngineError> {
    let mut found = found.map_err(device_error)?;
    found.pop().ok_or_else(|| device_error("no answer".into()))
}
