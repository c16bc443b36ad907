//! The asks that are not runs, each with how far its answer has come.

use std::sync::Arc;

use super::Progress;
use super::asks::Subject;
use super::run::Learnt;
use crate::protocol::{
    AdapterInfo, AttentionReport, BlendPart, EncoderInfo, EngineError, Event, ExampleStep,
    LabelProbability, MOST_ADAPTERS, MaskGuess, MatrixInsight, Probe, PromptScores, RunPlan,
    TextSpan, Updates, VerifiedQuantity,
};

/// An ask with one answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Answer<T> {
    #[default]
    Idle,
    Going,
    Done(Arc<T>),
    Failed(EngineError),
}

impl<T> Answer<T> {
    pub fn done(&self) -> Option<&Arc<T>> {
        match self {
            Self::Done(found) => Some(found),
            _ => None,
        }
    }

    /// Nobody will answer what is on its way.
    fn give_up(&mut self) {
        if self.is_going() {
            *self = Self::Idle;
        }
    }

    pub fn is_going(&self) -> bool {
        matches!(self, Self::Going)
    }

    fn forget(&mut self) {
        if !self.is_going() {
            *self = Self::Idle;
        }
    }
}

/// What lessons ask the engine to show.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Insights {
    /// A text seen from inside the pre-trained model, and the same network untrained.
    pub probe: Answer<Probe>,
    pub probe_random: Answer<Probe>,
    pub updates: Answer<Updates>,
    pub matrix: Answer<MatrixInsight>,
    pub example: Answer<Vec<ExampleStep>>,
    /// By the number of shots, in the order asked.
    pub prompts: Vec<PromptScores>,
    pub prompting: Answer<PromptScores>,
    /// The BERT beside the base, and how far its files have come.
    pub encoder: Answer<EncoderInfo>,
    pub encoder_progress: Option<Progress>,
    pub masks: Answer<Vec<MaskGuess>>,
    pub blank: Answer<Probe>,
    pub attention: Answer<AttentionReport>,
    /// A text of the learner's own, before the tuned model.
    pub classified: Answer<Classified>,
    pub tagged: Answer<Tagged>,
    pub located: Answer<Located>,
    /// What the engine keeps of finished runs, and which of them answer now.
    pub adapters: Vec<KeptAdapter>,
    pub blend: Answer<Voice>,
}

impl Insights {
    /// Notes that something was asked.
    pub fn ask(&mut self, subject: Subject) {
        match subject {
            Subject::Probe => self.probe = Answer::Going,
            Subject::ProbeRandom => self.probe_random = Answer::Going,
            Subject::Updates => self.updates = Answer::Going,
            Subject::Matrix => self.matrix = Answer::Going,
            Subject::OneExample => self.example = Answer::Going,
            Subject::Prompts => self.prompting = Answer::Going,
            Subject::Encoder => self.encoder = Answer::Going,
            Subject::Masks => self.masks = Answer::Going,
            Subject::Blank => self.blank = Answer::Going,
            Subject::Attention => self.attention = Answer::Going,
            Subject::Classification => self.classified = Answer::Going,
            Subject::Tags => self.tagged = Answer::Going,
            Subject::Question => self.located = Answer::Going,
            Subject::Blend => self.blend = Answer::Going,
            _ => {}
        }
    }

    /// Takes an answer in; `false` where the event is none of these.
    pub fn take(&mut self, subject: Subject, event: &Event) -> bool {
        match (subject, event) {
            (Subject::Probe, Event::Probed(found)) => self.probe = done(found),
            (Subject::ProbeRandom, Event::Probed(found)) => self.probe_random = done(found),
            (Subject::Blank, Event::Probed(found)) => self.blank = done(found),
            (_, Event::EncoderLoaded(found)) => self.encoder = done(found),
            (_, Event::MaskFilled(found)) => self.masks = done(found),
            (_, Event::Attended(found)) => self.attention = done(found),
            (
                Subject::Encoder,
                Event::DownloadProgressed {
                    received_bytes,
                    total_bytes,
                    ..
                },
            ) => {
                self.encoder_progress = Some(Progress {
                    received_bytes: *received_bytes,
                    total_bytes: *total_bytes,
                });
            }
            (_, Event::UpdatesInspected(found)) => self.updates = done(found),
            (_, Event::MatrixInspected(found)) => self.matrix = done(found),
            (_, Event::ExampleTrained(rows)) => self.example = done(rows),
            (_, Event::PromptsScored(scores)) => {
                self.prompts.retain(|other| other.shots != scores.shots);
                self.prompts.push(scores.clone());
                self.prompts.sort_by_key(|scores| scores.shots);
                self.prompting = done(scores);
            }
            (
                _,
                Event::TextClassified {
                    label,
                    probabilities,
                },
            ) => {
                self.classified = done(&Classified {
                    label: label.clone(),
                    probabilities: probabilities.clone(),
                });
            }
            (_, Event::TextTagged { text, spans }) => {
                self.tagged = done(&Tagged {
                    text: text.clone(),
                    spans: spans.clone(),
                });
            }
            (
                _,
                Event::QuestionAnswered {
                    context,
                    answer,
                    span,
                    ..
                },
            ) => {
                self.located = done(&Located {
                    context: context.clone(),
                    answer: answer.clone(),
                    span: span.clone(),
                });
            }
            (
                _,
                Event::AdaptersBlended {
                    parts,
                    merged,
                    added_parameters,
                },
            ) => {
                self.blend = done(&Voice {
                    parts: parts.clone(),
                    merged: *merged,
                    added_parameters: *added_parameters,
                });
                // They were another model's words.
                self.forget_words();
            }
            _ => return false,
        }
        true
    }

    /// Notes an adapter that the engine keeps from now on; the oldest has made room for it, there and here.
    pub fn keep(&mut self, adapter: KeptAdapter) {
        let run_id = adapter.info.run_id;
        self.adapters.retain(|kept| kept.info.run_id != run_id);
        self.adapters.push(adapter);
        let excess = self.adapters.len().saturating_sub(MOST_ADAPTERS);
        self.adapters.drain(..excess);
    }

    /// Another run takes the tuned model's place.
    pub fn forget_tuned(&mut self) {
        self.forget_words();
        self.blend = Answer::Idle;
    }

    fn forget_words(&mut self) {
        self.classified = Answer::Idle;
        self.tagged = Answer::Idle;
        self.located = Answer::Idle;
    }

    /// A fresh worker holds no adapters.
    pub fn lose_adapters(&mut self) {
        self.adapters.clear();
        self.forget_tuned();
    }

    /// Another base has other things to show; what is on its way is still to come.
    pub fn lose_base(&mut self) {
        for probe in [&mut self.probe, &mut self.probe_random, &mut self.blank] {
            probe.forget();
        }
        self.updates.forget();
        self.matrix.forget();
        self.example.forget();
        self.prompts.clear();
        self.prompting.forget();
    }

    /// Whether any answer is on its way.
    pub fn is_waiting(&self) -> bool {
        let probes = [&self.probe, &self.probe_random, &self.blank];
        probes.into_iter().any(Answer::is_going)
            || self.updates.is_going()
            || self.matrix.is_going()
            || self.example.is_going()
            || self.prompting.is_going()
            || self.masks.is_going()
            || self.attention.is_going()
            || self.classified.is_going()
            || self.tagged.is_going()
            || self.located.is_going()
            || self.blend.is_going()
    }

    /// A fresh worker holds no encoder.
    pub fn lose_encoder(&mut self) {
        self.encoder = Answer::Idle;
        self.encoder_progress = None;
        self.masks.give_up();
        self.blank.give_up();
        self.attention.give_up();
    }

    /// `false` where the subject is none of these.
    pub fn fail(&mut self, subject: Subject, error: &EngineError) -> bool {
        match subject {
            Subject::Probe => self.probe = Answer::Failed(error.clone()),
            Subject::ProbeRandom => self.probe_random = Answer::Failed(error.clone()),
            Subject::Updates => self.updates = Answer::Failed(error.clone()),
            Subject::Matrix => self.matrix = Answer::Failed(error.clone()),
            Subject::OneExample => self.example = Answer::Failed(error.clone()),
            Subject::Prompts => self.prompting = Answer::Failed(error.clone()),
            Subject::Encoder => self.encoder = Answer::Failed(error.clone()),
            Subject::Masks => self.masks = Answer::Failed(error.clone()),
            Subject::Blank => self.blank = Answer::Failed(error.clone()),
            Subject::Attention => self.attention = Answer::Failed(error.clone()),
            Subject::Classification => self.classified = Answer::Failed(error.clone()),
            Subject::Tags => self.tagged = Answer::Failed(error.clone()),
            Subject::Question => self.located = Answer::Failed(error.clone()),
            Subject::Blend => self.blend = Answer::Failed(error.clone()),
            _ => return false,
        }
        true
    }
}

fn done<T: Clone>(found: &T) -> Answer<T> {
    Answer::Done(Arc::new(found.clone()))
}

/// What the settings on the page would train.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Plan {
    #[default]
    Unknown,
    Known(Arc<RunPlan>),
    Refused(EngineError),
}

/// A prompt being continued.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Generation {
    #[default]
    Idle,
    Going {
        prompt: String,
        text: String,
    },
    Done {
        prompt: String,
        text: String,
        tokens: usize,
        millis: f64,
    },
    Failed(EngineError),
}

/// What answers since adapters were blended.
#[derive(Debug, Clone, PartialEq)]
pub struct Voice {
    pub parts: Vec<BlendPart>,
    pub merged: bool,
    /// Beside the base's own; the head not counted.
    pub added_parameters: usize,
}

/// An adapter that the engine keeps, and what it was trained on.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptAdapter {
    pub info: AdapterInfo,
    pub learnt: Learnt,
    pub learning_rate: f64,
}

/// A text and the label that the tuned model gives it.
#[derive(Debug, Clone, PartialEq)]
pub struct Classified {
    pub label: String,
    pub probabilities: Vec<LabelProbability>,
}

/// A text and the entities that the tuned model finds in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Tagged {
    pub text: String,
    pub spans: Vec<TextSpan>,
}

/// A text and the place in it that answers a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Located {
    pub context: String,
    pub answer: String,
    pub span: Option<TextSpan>,
}

/// This machine's numbers against the reference's.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Verification {
    #[default]
    Idle,
    Going {
        rows: Vec<VerifiedQuantity>,
    },
    Done {
        rows: Vec<VerifiedQuantity>,
        passed: usize,
        failed: usize,
        millis: f64,
    },
    Failed {
        rows: Vec<VerifiedQuantity>,
        error: EngineError,
    },
}

impl Verification {
    pub fn rows(&self) -> &[VerifiedQuantity] {
        match self {
            Self::Idle => &[],
            Self::Going { rows } | Self::Done { rows, .. } | Self::Failed { rows, .. } => rows,
        }
    }

    /// Hands the rows on to the next stage.
    pub fn take_rows(&mut self) -> Vec<VerifiedQuantity> {
        match std::mem::take(self) {
            Self::Idle => Vec::new(),
            Self::Going { rows } | Self::Done { rows, .. } | Self::Failed { rows, .. } => rows,
        }
    }
}

/// A benchmark.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Bench {
    #[default]
    Idle,
    Going,
    Done {
        json: String,
    },
    Failed(EngineError),
}
