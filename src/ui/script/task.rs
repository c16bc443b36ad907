//! What a task is in transformers: its class, its head, how its batches are made, and what is said of its answers.

use super::Program;
use crate::settings::Task;
use crate::ui::text::scripts as text;

impl Program<'_> {
    pub(super) fn model_class(&self) -> &'static str {
        match self.task {
            Task::SequenceClassification | Task::MultiLabelClassification => {
                "AutoModelForSequenceClassification"
            }
            Task::TokenClassification => "AutoModelForTokenClassification",
            Task::QuestionAnswering => "AutoModelForQuestionAnswering",
            Task::CausalLm => "AutoModelForCausalLM",
            Task::MaskedLm => "AutoModelForMaskedLM",
        }
    }

    /// The module that is fresh, where the task has one of its own.
    pub(super) fn head(&self) -> Option<&'static str> {
        match self.task {
            Task::SequenceClassification | Task::MultiLabelClassification => {
                Some(self.family.facts().text_head)
            }
            Task::TokenClassification => Some("classifier"),
            Task::QuestionAnswering => Some("qa_outputs"),
            Task::CausalLm | Task::MaskedLm => None,
        }
    }

    pub(super) fn collator(&self) -> &'static str {
        match self.task {
            Task::SequenceClassification
            | Task::MultiLabelClassification
            | Task::QuestionAnswering => "DataCollatorWithPadding",
            // It fills labels up as it fills up tokens.
            Task::TokenClassification | Task::CausalLm => "DataCollatorForTokenClassification",
            Task::MaskedLm => "DataCollatorForLanguageModeling",
        }
    }

    /// Whether its answers are one of several labels.
    pub(super) fn has_labels(&self) -> bool {
        matches!(
            self.task,
            Task::SequenceClassification
                | Task::MultiLabelClassification
                | Task::TokenClassification
        )
    }

    pub(super) fn tells_perplexity(&self) -> bool {
        matches!(self.task, Task::CausalLm | Task::MaskedLm)
    }

    /// The base with the task's head. Its own dropout is off, as it is on the page.
    pub(super) fn model(&self) -> String {
        let mut arguments = vec!["model_name"];
        if self.has_labels() {
            arguments.push("num_labels=len(labels)");
        }
        if self.task == Task::MultiLabelClassification {
            arguments.push("problem_type=\"multi_label_classification\"");
        }
        let dropouts = self.family.facts().dropouts.iter();
        let off: Vec<String> = dropouts.map(|name| format!("{name}=0")).collect();
        let mut out = format!(
            "model = {class}.from_pretrained(\n    {own},\n    {dropout})  {why}\n",
            class = self.model_class(),
            own = arguments.join(", "),
            dropout = off.join(", "),
            why = text::NO_DROPOUT,
        );
        if !self.family.is_decoder() {
            return out;
        }
        out += text::PAD_FOR_HEAD;
        if self.task == Task::TokenClassification {
            out += text::HEAD_WITHOUT_DROPOUT;
        }
        out
    }

    pub(super) fn metrics(&self) -> String {
        match self.task {
            Task::SequenceClassification => ACCURACY,
            Task::MultiLabelClassification => MANY_LABELS,
            Task::TokenClassification => ENTITIES,
            Task::QuestionAnswering => ANSWERS,
            Task::CausalLm | Task::MaskedLm => "",
        }
        .to_string()
    }
}

const ACCURACY: &str = r#"

def metrics(answer):
    right = answer.predictions.argmax(-1) == answer.label_ids
    return {"accuracy": float(right.mean())}
"#;

const MANY_LABELS: &str = r#"

def metrics(answer):
    given, true = answer.predictions >= 0, answer.label_ids > 0.5
    hits = int((given & true).sum())
    return {"micro_f1": 2 * hits / max(1, int(given.sum() + true.sum())),
            "exact_match": float((given == true).all(-1).mean())}
"#;

const ENTITIES: &str = r#"

def entities(tags):
    """The entities of a sentence as seqeval counts them: start, end and kind."""
    found, start, kind = set(), None, None
    for place, tag in enumerate(tags + ["O"]):
        goes_on = tag.startswith("I-") and tag[2:] == kind
        if kind is not None and not goes_on:
            found.add((start, place, kind))
            kind = None
        if kind is None and tag != "O":
            start, kind = place, tag[2:]
    return found


def metrics(answer):
    hits = given = true = right = words = 0
    for guesses, truths in zip(answer.predictions.argmax(-1), answer.label_ids):
        pairs = [(labels[g], labels[t]) for g, t in zip(guesses, truths) if t != -100]
        ours, theirs = entities([g for g, _ in pairs]), entities([t for _, t in pairs])
        hits, given, true = hits + len(ours & theirs), given + len(ours), true + len(theirs)
        right, words = right + sum(g == t for g, t in pairs), words + len(pairs)
    return {"entity_f1": 2 * hits / max(1, given + true), "word_accuracy": right / max(1, words)}
"#;

const ANSWERS: &str = r#"

def plain(text):
    text = "".join(c for c in text.lower() if c not in string.punctuation)
    return re.sub(r"\b(a|an|the)\b", " ", text).split()


def f1(given, true):
    given, true = plain(given), plain(true)
    common = sum(min(given.count(word), true.count(word)) for word in set(given))
    return 2 * common / max(1, len(given) + len(true)) if given or true else 1.0


def score(rows):
    """Exact match and F1: of all windows of a text, the span with the highest sum answers."""
    windows, places = examples(rows)
    starts, ends = trainer.predict(windows).predictions
    best = {}
    for (number, head, place), start, end in zip(places, starts, ends):
        for i in range(len(place)):
            for j in range(i, min(i + 30, len(place))):
                worth = start[head + i] + end[head + j]
                if number not in best or worth > best[number][0]:
                    best[number] = worth, place[i][0], place[j][1]
    exact = f = 0.0
    for number, row in enumerate(rows):
        _, begins, stops = best.get(number, (0, 0, 0))
        given, true = row["context"][begins:stops], row["answers"]["text"]
        exact += max(plain(given) == plain(text) for text in true)
        f += max(f1(given, text) for text in true)
    return {"exact_match": exact / len(rows), "f1": f / len(rows)}
"#;
