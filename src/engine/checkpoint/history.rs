//! All that a run has told, kept so that it can be told again after it was broken off.

use serde::{Deserialize, Serialize};

use crate::protocol::{Event, GeneralScore, Moment, RunId, Scores, Split, StepMetrics};

/// Something that was told between two steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// Steps made by then.
    pub step: usize,
    news: News,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum News {
    Evaluated(Split, Scores),
    General(GeneralScore),
    Sample(Moment, String),
}

/// A step's numbers, as many as do not follow from its place: loss, gradient norm, loss of the remedies, milliseconds.
pub type StepNumbers = [f32; 4];

#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    steps: Vec<StepNumbers>,
    news: Vec<Told>,
}

impl History {
    /// Of a checkpoint's `steps`, four numbers each.
    pub fn of(numbers: &[f32], news: Vec<Told>) -> Self {
        Self {
            steps: numbers.as_chunks().0.to_vec(),
            news,
        }
    }

    pub fn steps_made(&self) -> usize {
        self.steps.len()
    }

    pub fn step(&self, step: usize) -> StepNumbers {
        self.steps[step]
    }

    pub fn numbers(&self) -> Vec<f32> {
        self.steps.as_flattened().to_vec()
    }

    pub fn news(&self) -> &[Told] {
        &self.news
    }

    /// The numbers of the next step.
    pub fn stepped(&mut self, metrics: &StepMetrics) {
        self.steps.push([
            metrics.loss_nats,
            metrics.gradient_norm,
            metrics.remedy_loss_nats,
            metrics.step_millis as f32,
        ]);
    }

    /// Notes what is told; what will be told anew in any case is left out.
    pub fn note(&mut self, event: &Event) {
        let (step, news) = match event {
            Event::RunEvaluated {
                step,
                split,
                scores,
                ..
            } => (*step, News::Evaluated(*split, *scores)),
            Event::GeneralScored { step, score, .. } => (*step, News::General(*score)),
            Event::SampleGenerated { when, text, .. } => {
                (self.steps.len(), News::Sample(*when, text.clone()))
            }
            _ => return,
        };
        self.news.push(Told { step, news });
    }
}

impl Told {
    pub fn is_of_general_text(&self) -> bool {
        matches!(self.news, News::General(_))
    }

    pub fn event(&self, run_id: RunId) -> Event {
        let step = self.step;
        match self.news.clone() {
            News::Evaluated(split, scores) => Event::RunEvaluated {
                run_id,
                step,
                split,
                scores,
            },
            News::General(score) => Event::GeneralScored {
                run_id,
                step,
                score,
            },
            News::Sample(when, text) => Event::SampleGenerated { run_id, when, text },
        }
    }
}
