//! From a file to examples.

use super::{Program, is_separated};
use crate::settings::Task;
use crate::ui::text::scripts as text;

impl Program<'_> {
    /// Reads the rows, and leaves out those that are not to be trained on.
    pub(super) fn rows(&self) -> String {
        if self.is_plain_text() {
            return self.windows();
        }
        let mut out = match self.draft.dataset.own() {
            Some(own) => self.own_rows(own),
            None if self.reads(is_separated) => CSV.to_string(),
            None => JSONL.to_string(),
        };
        out += match self.task {
            Task::SequenceClassification => CLASSES,
            Task::MultiLabelClassification => NAMES,
            Task::TokenClassification => TAGS,
            _ => "",
        };
        if let Some(own) = self.draft.dataset.own() {
            out += &self.own_splits(own);
        }
        out += SPLITS;
        out + &self.drawn("rows_of(\"train\")")
    }

    /// `train`, as much of it as is asked for.
    fn drawn(&self, all: &str) -> String {
        let count = self.settings.max_train_samples;
        if count == 0 {
            return format!("train = {all}\n");
        }
        let pile = match self.task {
            Task::SequenceClassification => "row[\"label\"]",
            _ => "None",
        };
        format!(
            "train, piles = {all}, {{}}\n\
             random.Random({seed}).shuffle(train)\n\
             for row in train:\n    \
                 piles.setdefault({pile}, []).append(row)\n\
             train = []\n\
             while len(train) < {count} and any(piles.values()):{why}\n    \
                 train += [pile.pop() for pile in piles.values() if pile]\n\
             train = train[:{count}]\n",
            seed = self.settings.seed,
            why = if pile == "None" {
                ""
            } else {
                text::OF_EACH_LABEL
            },
        )
    }

    /// Running text: windows to train on, the last tenth to test on, the one before it to watch.
    fn windows(&self) -> String {
        let (begin, end, room) = match self.family.is_decoder() {
            true => ("", "", "length"),
            false => (
                "[tokenizer.cls_token_id] + ",
                " + [tokenizer.sep_token_id]",
                "length - 2",
            ),
        };
        let lines = match self.draft.dataset.own() {
            Some(own) => self.own_lines(own),
            None => LINES.to_string(),
        };
        let mut out = format!(
            r#"{lines}
ids = [i for line in lines
       for i in tokenizer(line + "\n", add_special_tokens=False)["input_ids"]]


def windows(ids):
    room = {room}
    cut = [ids[i:i + room] for i in range(0, len(ids) - room + 1, room)] or [ids]
    return [{begin}window{end} for window in cut]


tenth = len(ids) // 10
ids, test = ids[:-tenth], windows(ids[-tenth:])
tenth = len(ids) // 10
validation = windows(ids[-tenth:])
"#
        );
        out += &self.drawn("windows(ids[:-tenth])");
        out
    }

    pub(super) fn examples(&self) -> String {
        match self.task {
            Task::SequenceClassification => texts("labels.index(row[\"label\"])"),
            Task::MultiLabelClassification => {
                texts("[float(label in names(row)) for label in labels]")
            }
            Task::TokenClassification => SENTENCES.to_string(),
            Task::QuestionAnswering => self.questions(),
            Task::CausalLm if !self.is_plain_text() => PROMPTS.to_string(),
            Task::CausalLm => TEXT.to_string(),
            Task::MaskedLm => MASKED.to_string(),
        }
    }

    fn questions(&self) -> String {
        let QuestionTokens {
            question,
            head,
            tail,
            types,
        } = self.question_tokens();
        format!(
            r#"

def examples(rows):
    """Windows over each text, each with its question; and where their tokens stand in it."""
    found, places, shared = [], [], length // 3
    for number, row in enumerate(rows):
        question = tokenizer({question}, add_special_tokens=False)["input_ids"]
        head, tail = {head}, {tail}
        text = tokenizer(row["context"], add_special_tokens=False, return_offsets_mapping=True)
        ids, offsets = text["input_ids"], text["offset_mapping"]
        begins = row["answers"]["answer_start"][0]
        ends = begins + len(row["answers"]["text"][0])
        at, room = 0, length - len(head) - len(tail)
        while room > shared:
            stop = min(at + room, len(ids))
            place, first, last = offsets[at:stop], 0, 0
            if place[0][0] <= begins and place[-1][1] >= ends:
                first = len(head) + max(i for i, (b, _) in enumerate(place) if b <= begins)
                last = len(head) + min(i for i, (_, e) in enumerate(place) if e >= ends)
            found.append({{
                "input_ids": head + ids[at:stop] + tail,{types}
                "start_positions": first, "end_positions": last}})
            places.append((number, len(head), place))
            if stop == len(ids):
                break
            at += room - shared
    return found, places


"#
        )
    }

    fn question_tokens(&self) -> QuestionTokens {
        let types = match self.family.facts().has_token_types {
            true => {
                "\n                \"token_type_ids\": [0] * len(head) + [1] * (stop - at + 1),"
            }
            false => "",
        };
        match self.family.is_decoder() {
            true => QuestionTokens {
                question: "row[\"question\"] + \"\\n\"",
                head: "[tokenizer.eos_token_id] + question",
                tail: "[]",
                types,
            },
            false => QuestionTokens {
                question: "row[\"question\"]",
                head: "[tokenizer.cls_token_id] + question + [tokenizer.sep_token_id]",
                tail: "[tokenizer.sep_token_id]",
                types,
            },
        }
    }
}

/// How a question stands with its text in one row of tokens: pieces of Python.
struct QuestionTokens {
    question: &'static str,
    /// Before the text.
    head: &'static str,
    /// After the text.
    tail: &'static str,
    /// An entry of the row that tells question and text apart, where the model has such.
    types: &'static str,
}

const LINES: &str = r#"
with open(data_file, encoding="utf-8") as file:
    lines = [line.rstrip() for line in file if line.strip()]"#;

const CSV: &str = r#"
with open(data_file, encoding="utf-8", newline="") as file:
    rows = list(csv.DictReader(file))
"#;

const JSONL: &str = r#"
with open(data_file, encoding="utf-8") as file:
    rows = [json.loads(line) for line in file if line.strip()]
"#;

const CLASSES: &str = "labels = sorted({row[\"label\"] for row in rows})\n";

const NAMES: &str = r#"

def names(row):
    return [name for name in row["labels"].split(";") if name]


labels = sorted({name for row in rows for name in names(row)})
"#;

const TAGS: &str = "labels = sorted({tag for row in rows for tag in row[\"ner_tags\"]})\n";

const SPLITS: &str = r#"

def rows_of(split):
    return [row for row in rows if row["split"] == split]


validation, test = rows_of("validation"), rows_of("test")
"#;

fn texts(answer: &str) -> String {
    format!(
        r#"

def examples(rows):
    texts = [row["text"] for row in rows]
    ids = tokenizer(texts, truncation=True, max_length=length)["input_ids"]
    answers = [{answer} for row in rows]
    return [{{"input_ids": i, "labels": a}} for i, a in zip(ids, answers)]


"#
    )
}

const SENTENCES: &str = r#"

def examples(rows):
    """The first token of a word carries its tag, the others none."""
    found = []
    for row in rows:
        coded = tokenizer(
            row["tokens"], is_split_into_words=True, truncation=True, max_length=length)
        words = coded.word_ids()
        tags = [
            -100 if word is None or word == before else labels.index(row["ner_tags"][word])
            for word, before in zip(words, [None] + words)]
        found.append({"input_ids": coded["input_ids"], "labels": tags})
    return found


"#;

const PROMPTS: &str = r#"

def examples(rows):
    """Only the completion and the end behind it are learnt."""
    found = []
    for row in rows:
        apart = row["prompt"][-1:].isspace() or row["completion"][:1].isspace()
        prompt = tokenizer(row["prompt"])["input_ids"]
        learnt = tokenizer(("" if apart else " ") + row["completion"])["input_ids"]
        learnt = learnt + [tokenizer.eos_token_id]
        if len(prompt) < length:
            found.append({
                "input_ids": (prompt + learnt)[:length],
                "labels": ([-100] * len(prompt) + learnt)[:length]})
    return found


"#;

const TEXT: &str = r#"

def examples(windows):
    return [{"input_ids": ids, "labels": ids} for ids in windows]


"#;

const MASKED: &str = r#"

def examples(windows):
    return [{"input_ids": ids} for ids in windows]


"#;
