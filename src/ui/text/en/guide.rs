//! The interview that helps to choose between fine-tuning and prompting.

use crate::ui::widgets::guide::advice::{Advice, Pull};

pub struct Question {
    pub words: &'static str,
    pub answers: &'static [GuideAnswer],
}

pub struct GuideAnswer {
    pub words: &'static str,
    pub pull: Pull,
    pub why: &'static str,
}

pub const QUESTIONS: [Question; 5] = [
    Question {
        words: "Have you examples with the right answer beside them?",
        answers: &[
            GuideAnswer {
                words: "Some hundreds or more",
                pull: Pull::Tuning,
                why: "Enough to train on, and to hold some back for an honest score.",
            },
            GuideAnswer {
                words: "A handful, or none",
                pull: Pull::Prompting,
                why: "A handful fits into a prompt. To train on so few is to learn them by heart.",
            },
        ],
    },
    Question {
        words: "How well does a good prompt do already?",
        answers: &[
            GuideAnswer {
                words: "Not well enough, and I have tried several",
                pull: Pull::Tuning,
                why: "Then the model has to change, not the question.",
            },
            GuideAnswer {
                words: "Nearly well enough, or I have not tried",
                pull: Pull::Prompting,
                why: "Trying costs minutes. Try first.",
            },
        ],
    },
    Question {
        words: "How often will it be asked?",
        answers: &[
            GuideAnswer {
                words: "Often, or on small machines",
                pull: Pull::Tuning,
                why: "A tuned small model needs no long prompt: each answer is cheap, for as long as it is used.",
            },
            GuideAnswer {
                words: "Now and then",
                pull: Pull::Prompting,
                why: "The time spent on training would never be earned back.",
            },
        ],
    },
    Question {
        words: "How much does the task change?",
        answers: &[
            GuideAnswer {
                words: "It stays as it is for months",
                pull: Pull::Tuning,
                why: "What is trained in stays useful.",
            },
            GuideAnswer {
                words: "Every week, or I am still finding out what I want",
                pull: Pull::Prompting,
                why: "A prompt is rewritten in a minute; a data set is not relabelled in one.",
            },
        ],
    },
    Question {
        words: "Have you the time and a machine to train, and to check what was forgotten?",
        answers: &[
            GuideAnswer {
                words: "Yes",
                pull: Pull::Tuning,
                why: "Good: measuring the damage is part of the job.",
            },
            GuideAnswer {
                words: "No",
                pull: Pull::Prompting,
                why: "Then leave the weights alone: nothing can be forgotten.",
            },
            GuideAnswer {
                words: "For an adapter, yes",
                pull: Pull::Neither,
                why: "An adapter needs a fraction of the memory, and comes off again.",
            },
        ],
    },
];

pub fn advice(advice: Advice) -> &'static str {
    match advice {
        Advice::Unfinished => "Answer all five; the advice appears here.",
        Advice::Tune => {
            "Fine-tune. Begin with LoRA at a low rate, hold a test set back, and measure what is forgotten."
        }
        Advice::Prompt => {
            "Prompt. Write down what you try and how it scores: if you tune later, those are your first labels."
        }
        Advice::PromptThenTune => {
            "Both speak for themselves here. Prompt first, collect labelled examples while you do, and tune when the prompt stops getting better."
        }
    }
}
