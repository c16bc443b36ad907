//! What counting words reaches: logistic regression on tf-idf of words, and of words with pairs of neighbours. Whoever
//! does not beat it with a fine-tuned model should know.
//!
//! It is worked out in small pieces, so that the engine answers in between. `tests/data/reviews.py` and `opinions.py` work
//! the same figures out in Python.

mod features;
mod regression;

use crate::data::labelled::{LabelledDataset, drawn};
use crate::engine::metrics::{class_counts, macro_f1};
use crate::protocol::{Split, WordCountScores};
use features::{Features, Sparse};
use regression::Regression;

/// Weights of the data against the penalty that are tried, the weakest first: each begins where the one before ended.
const STRENGTHS: [f64; 5] = [0.25, 1.0, 4.0, 16.0, 64.0];

/// Taken where no validation split can choose.
const USUAL_STRENGTH: [f64; 1] = [4.0];

/// Training rows that are learnt from; of more, so many are drawn by seed.
const MOST_ROWS: usize = 20_000;

/// Words, and pairs beside them, one after the other.
const VARIANTS: [bool; 2] = [false, true];

/// A baseline being worked out.
pub struct Baseline {
    classes: usize,
    train: Part,
    validation: Part,
    test: Part,
    strengths: &'static [f64],
    variants: std::slice::Iter<'static, bool>,
    variant: Option<Variant>,
    best: Option<Candidate>,
}

/// The rows of a split.
struct Part {
    texts: Vec<String>,
    labels: Vec<usize>,
}

impl Part {
    fn of(dataset: &LabelledDataset, split: Split) -> Self {
        Self {
            texts: dataset.split(split).map(|row| row.text.clone()).collect(),
            labels: dataset.split(split).map(|row| row.label).collect(),
        }
    }

    /// As many rows of each label as can be, where there are more than `most`.
    fn drawn(self, most: usize) -> Self {
        if self.texts.len() <= most {
            return self;
        }
        let kept = drawn(&self.labels, most, 0);
        Self {
            texts: kept.iter().map(|i| self.texts[*i].clone()).collect(),
            labels: kept.iter().map(|i| self.labels[*i]).collect(),
        }
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(String::as_str)
    }
}

/// One way to count, under one strength after another.
struct Variant {
    with_pairs: bool,
    features: Features,
    validation: Sparse,
    test: Sparse,
    strengths: std::slice::Iter<'static, f64>,
    regression: Regression,
}

/// Weights that did best on validation so far.
struct Candidate {
    with_pairs: bool,
    strength: f64,
    features: usize,
    validation: Verdict,
    scores: Verdict,
}

/// How answers fared.
#[derive(Debug, Clone)]
struct Verdict {
    accuracy: f64,
    loss_nats: f64,
    macro_f1: f64,
}

impl Baseline {
    /// `None` where there is nothing to learn from or nothing to be judged on.
    pub fn of(dataset: &LabelledDataset) -> Option<Self> {
        let part = |split| Part::of(dataset, split);
        let (train, validation, test) = (
            part(Split::Train).drawn(MOST_ROWS),
            part(Split::Validation),
            part(Split::Test),
        );
        let classes = dataset.labels.len();
        if train.texts.is_empty() || test.texts.is_empty() || classes < 2 {
            return None;
        }
        let strengths: &[f64] = match validation.texts.is_empty() {
            true => &USUAL_STRENGTH,
            false => &STRENGTHS,
        };
        Some(Self {
            classes,
            train,
            validation,
            test,
            strengths,
            variants: VARIANTS.iter(),
            variant: None,
            best: None,
        })
    }

    /// One piece of the work; the scores once all is done.
    pub fn advance(&mut self) -> Option<WordCountScores> {
        let Some(variant) = &mut self.variant else {
            match self.variants.next() {
                Some(with_pairs) => self.variant = Some(self.begin(*with_pairs)),
                None => return self.scores(),
            }
            return None;
        };
        if !variant.regression.advance() {
            return None;
        }
        let found = self.judge();
        self.best = self.best.take().into_iter().chain(found).reduce(better);
        let variant = self.variant.as_mut()?;
        match variant.strengths.next() {
            Some(strength) => variant.regression.go_on(*strength),
            None => self.variant = None,
        }
        None
    }

    fn begin(&self, with_pairs: bool) -> Variant {
        let texts: Vec<&str> = self.train.texts().collect();
        let features = Features::of(&texts, with_pairs, self.classes);
        let mut strengths = self.strengths.iter();
        let strength = strengths.next().copied().unwrap_or(USUAL_STRENGTH[0]);
        let rows = features.rows(texts.into_iter());
        let labels = self.train.labels.clone();
        Variant {
            with_pairs,
            validation: features.rows(self.validation.texts()),
            test: features.rows(self.test.texts()),
            regression: Regression::new(rows, labels, self.classes, strength),
            features,
            strengths,
        }
    }

    fn judge(&self) -> Option<Candidate> {
        let variant = self.variant.as_ref()?;
        let regression = &variant.regression;
        Some(Candidate {
            with_pairs: variant.with_pairs,
            strength: regression.strength(),
            features: variant.features.count(),
            validation: Verdict::of(regression, &variant.validation, &self.validation.labels),
            scores: Verdict::of(regression, &variant.test, &self.test.labels),
        })
    }

    fn scores(&self) -> Option<WordCountScores> {
        let best = self.best.as_ref()?;
        let mut counts = vec![0; self.classes];
        for label in &self.train.labels {
            counts[*label] += 1;
        }
        let commonest = (0..counts.len()).rev().max_by_key(|label| counts[*label]);
        let is_commonest = |label: &&usize| Some(**label) == commonest;
        let share_of_commonest = |labels: &[usize]| {
            let rows = labels.len().max(1) as f64;
            labels.iter().filter(is_commonest).count() as f64 / rows
        };
        Some(WordCountScores {
            accuracy: best.scores.accuracy,
            macro_f1: best.scores.macro_f1,
            test_rows: self.test.labels.len(),
            commonest_accuracy: share_of_commonest(&self.test.labels),
            validation_accuracy: best.validation.accuracy,
            commonest_validation_accuracy: share_of_commonest(&self.validation.labels),
            validation_rows: self.validation.labels.len(),
            train_rows: self.train.labels.len(),
            features: best.features,
            with_pairs: best.with_pairs,
            strength: best.strength,
        })
    }
}

/// The one with more right answers on validation, of equals the surer one.
fn better(a: Candidate, b: Candidate) -> Candidate {
    let (old, new) = (&a.validation, &b.validation);
    let is_better = new.accuracy > old.accuracy
        || (new.accuracy == old.accuracy && new.loss_nats < old.loss_nats);
    if is_better { b } else { a }
}

impl Verdict {
    fn of(regression: &Regression, rows: &Sparse, truth: &[usize]) -> Self {
        let classes = regression.classes();
        let mut confusion = vec![vec![0; classes]; classes];
        let (mut right, mut loss_nats) = (0, 0.0);
        for (row, truth) in truth.iter().copied().enumerate() {
            let log_probabilities = regression.log_probabilities(rows, row);
            let answer = (0..classes)
                .rev()
                .max_by(|a, b| log_probabilities[*a].total_cmp(&log_probabilities[*b]));
            let answer = answer.unwrap_or(0);
            confusion[truth][answer] += 1;
            right += usize::from(answer == truth);
            loss_nats -= log_probabilities[truth];
        }
        let of = truth.len().max(1) as f64;
        Self {
            accuracy: right as f64 / of,
            loss_nats: loss_nats / of,
            macro_f1: macro_f1(&class_counts(&confusion)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::reader::read_labelled;

    fn baseline(file: &str, bytes: &[u8]) -> (WordCountScores, usize) {
        let dataset = read_labelled(file, bytes).unwrap();
        let mut baseline = Baseline::of(&dataset).unwrap();
        let mut pieces = 0;
        loop {
            pieces += 1;
            if let Some(scores) = baseline.advance() {
                return (scores, pieces);
            }
        }
    }

    fn shipped(name: &str) -> WordCountScores {
        let path = format!("{}/www/data/{name}.csv", env!("CARGO_MANIFEST_DIR"));
        baseline(&path, &std::fs::read(&path).unwrap()).0
    }

    /// `python3 tests/data/opinions.py baseline`: 695 of 800, C = 64, 357 of 400 of validation; words alone do no better.
    #[test]
    fn the_figures_are_those_that_python_works_out() {
        let opinions = shipped("opinions");
        assert_eq!((opinions.accuracy * 800.0).round(), 695.0, "{opinions:?}");
        assert_eq!((opinions.strength, opinions.with_pairs), (64.0, true));
        assert_eq!((opinions.validation_accuracy * 400.0).round(), 357.0);
        // `reviews.py`: words, C = 4, 287 of 400.
        let reviews = shipped("reviews");
        assert_eq!((reviews.accuracy * 400.0).round(), 287.0, "{reviews:?}");
        assert_eq!((reviews.strength, reviews.with_pairs), (4.0, false));
        // `labelled.py`, which has one regression a label, finds 73.3%.
        let topics = shipped("topics");
        assert!((topics.accuracy - 0.733).abs() < 0.07, "{topics:?}");
    }

    #[test]
    fn a_word_that_decides_is_found() {
        let mut csv = String::from("text,label\n");
        for i in 0..90 {
            let mood = ["good", "bad", "so so"][i % 3];
            csv += &format!("the {mood} film number {i},{mood}\n");
        }
        let (scores, pieces) = baseline("x.csv", csv.as_bytes());
        assert_eq!(scores.accuracy, 1.0);
        assert_eq!(scores.macro_f1, 1.0);
        assert!((scores.commonest_accuracy - 1.0 / 3.0).abs() < 0.05);
        assert!(pieces > 50, "the work comes in pieces");
    }

    #[test]
    fn without_a_test_there_is_none() {
        let csv = "text,label,split\na,x,train\nb,y,train\n";
        let dataset = read_labelled("x.csv", csv.as_bytes()).unwrap();
        assert!(Baseline::of(&dataset).is_none());
    }
}
