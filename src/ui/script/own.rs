//! Reads a file of the learner's own as the page has read it: its encoding, its columns, the rows left out, and the split
//! that the page made.

use super::{Program, is_separated, python};
use crate::protocol::{FileFormat, Role};
use crate::settings::Task;
use crate::ui::sources::own_data::OwnData;
use crate::ui::text::scripts as text;

impl Program<'_> {
    /// What the file must hold.
    pub(super) fn data_words(&self) -> String {
        match self.draft.dataset.own() {
            Some(own) => text::own_data(&own.report.file.name),
            None => text::data(self.task, self.is_plain_text()).to_string(),
        }
    }

    /// Whether the program makes the split that the page made.
    pub(super) fn divides(&self) -> bool {
        let own = self.draft.dataset.own();
        own.is_some_and(|own| own.report.made_split) && !self.is_plain_text()
    }

    pub(super) fn own_rows(&self, own: &OwnData) -> String {
        let roles = Role::of_task(self.task).iter().chain([&Role::Split]);
        let fields = roles.filter_map(|role| self.field(own, *role));
        let mut fields: Vec<String> = fields.collect();
        let has_split = own.report.choice.column(Role::Split).is_some();
        if !has_split {
            fields.push("\"split\": \"\"".to_string());
        }
        let moves = !own.report.taken_from_training.is_empty();
        if moves {
            fields.push("\"number\": number".to_string());
        }
        let mut out = self.table(own);
        if has_split {
            out += SPLIT_OF;
        }
        out += &format!("{}rows = [{{\n    ", dropped(&own.report.dropped));
        out += &fields.join(",\n    ");
        out += &match own.report.dropped.is_empty() {
            true if moves => "\n} for number, row in enumerate(table)]\n".to_string(),
            true => "\n} for row in table]\n".to_string(),
            false => {
                "\n} for number, row in enumerate(table) if number not in dropped]\n".to_string()
            }
        };
        out
    }

    /// The split where it is made, and what is taken out of training after that.
    pub(super) fn own_splits(&self, own: &OwnData) -> String {
        let mut out = String::new();
        if self.divides() {
            let (text, label) = self.stratum();
            out += DIVIDE;
            out +=
                &format!("\n\ndivide(rows, text=lambda row: {text}, label=lambda row: {label})\n");
        }
        if !own.report.taken_from_training.is_empty() {
            let numbers = numbers(&own.report.taken_from_training);
            out += &format!("learnt_by_heart = {{{numbers}}}  {}\n", text::BY_HEART);
            out += "rows = [row for row in rows if row[\"number\"] not in learnt_by_heart]\n";
        }
        out
    }

    /// The paragraphs of running text.
    pub(super) fn own_lines(&self, own: &OwnData) -> String {
        if own.is_plain_text() {
            let encoding = encoding(own);
            return format!(
                "\nwith open(data_file, encoding=\"{encoding}\") as file:\n    \
                 lines = [line.rstrip() for line in file if line.strip()]"
            );
        }
        let value = self.value(own, Role::Text).unwrap_or_default();
        format!(
            "{}{}lines = [{value} for number, row in enumerate(table){}]",
            self.table(own),
            dropped(&own.report.dropped),
            if own.report.dropped.is_empty() {
                ""
            } else {
                " if number not in dropped"
            },
        )
    }

    /// What a row is judged and ranked by when it is divided, and what has the same shares on every side.
    fn stratum(&self) -> (&'static str, &'static str) {
        match self.task {
            Task::SequenceClassification => ("row[\"text\"]", "labels.index(row[\"label\"])"),
            Task::MultiLabelClassification => {
                ("row[\"text\"]", "\";\".join(sorted(set(names(row))))")
            }
            Task::TokenClassification => (
                "\" \".join(row[\"tokens\"])",
                "next((labels.index(t) for t in row[\"ner_tags\"] if t != \"O\"), len(labels))",
            ),
            Task::QuestionAnswering => ("row[\"context\"]", "0"),
            Task::CausalLm | Task::MaskedLm => ("row[\"prompt\"]", "0"),
        }
    }

    /// Reads the file into `table`, a row each.
    fn table(&self, own: &OwnData) -> String {
        let encoding = encoding(own);
        let format = own.report.choice.format.unwrap_or(FileFormat::Commas);
        if !is_separated(format) {
            return format!(
                "\nwith open(data_file, encoding=\"{encoding}\") as file:\n    \
                 table = [json.loads(line) for line in file if line.strip()]\n"
            );
        }
        let how = match format {
            FileFormat::Semicolons => ", delimiter=\";\"",
            FileFormat::Tabs => ", delimiter=\"\\t\", quoting=csv.QUOTE_NONE",
            _ => "",
        };
        let reader = match has_header(own) {
            true => format!("list(csv.DictReader(file{how}))"),
            false => format!("[row for row in csv.reader(file{how}) if row]"),
        };
        format!(
            "\nwith open(data_file, encoding=\"{encoding}\", newline=\"\") as file:\n    table = {reader}\n"
        )
    }

    fn field(&self, own: &OwnData, role: Role) -> Option<String> {
        let value = self.value(own, role)?;
        let value = match role {
            Role::Split => format!("split_of({value})"),
            Role::Labels if !self.reads(is_separated) => {
                format!("{value} if isinstance({value}, str) else \";\".join(map(str, {value}))")
            }
            _ => value,
        };
        Some(format!("\"{}\": {value}", role.column()))
    }

    /// A column of `row`; white space around texts says nothing, but within prompts and contexts it counts.
    fn value(&self, own: &OwnData, role: Role) -> Option<String> {
        let column = own.report.choice.column(role)?;
        let value = match has_header(own) {
            true => format!("row[{}]", python::string(&own.report.columns[column])),
            false => format!("row[{column}]"),
        };
        let is_list = matches!(
            role,
            Role::Tokens | Role::Tags | Role::Answers | Role::Labels
        );
        let counts = matches!(role, Role::Prompt | Role::Completion | Role::Context);
        let from_json = !self.reads(is_separated);
        Some(match (is_list, counts, from_json) {
            (true, _, true) | (_, true, _) => value,
            (true, _, false) | (false, false, false) => format!("{value}.strip()"),
            (false, false, true) => format!("str({value}).strip()"),
        })
    }
}

fn has_header(own: &OwnData) -> bool {
    own.report.choice.has_header != Some(false)
}

/// Python's name for it.
fn encoding(own: &OwnData) -> &'static str {
    match own.report.encoding.as_str() {
        "Windows-1252" => "cp1252",
        "UTF-16" => "utf-16",
        _ => "utf-8-sig",
    }
}

fn dropped(rows: &[usize]) -> String {
    match rows.is_empty() {
        true => String::new(),
        false => format!("dropped = {{{}}}  {}\n", numbers(rows), text::DROPPED),
    }
}

fn numbers(rows: &[usize]) -> String {
    let numbers: Vec<String> = rows.iter().map(usize::to_string).collect();
    numbers.join(", ")
}

const SPLIT_OF: &str = r#"

def split_of(name):
    name = (name or "").strip().lower()
    return {"valid": "validation", "val": "validation", "dev": "validation"}.get(name, name)


"#;

/// `data::reader::split`, with its `Seed`.
const DIVIDE: &str = r#"

def draw(state):
    """SplitMix64, which gives the same numbers everywhere."""
    state = (state + 0x9E3779B97F4A7C15) % 2**64
    mixed = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB % 2**64
    return mixed ^ mixed >> 31


def fork(state, purpose):
    state ^= 0x5851F42D4C957F2D
    for byte in purpose.encode():
        state = draw(state ^ byte)
    return state


def divide(rows, text, label):
    """The page's split of rows without one: by a hash, 7 : 1 : 2 of each label, equal texts together."""
    named, first, seed = {}, {}, fork(42, "split")
    for row in rows:
        if row["split"]:
            named.setdefault(text(row), row["split"])
    for row in rows:
        row["split"] = row["split"] or named.get(text(row), "")
    left = [row for row in rows if not row["split"]]
    for row in left:
        first[text(row)] = min(first.get(text(row), label(row)), label(row))
    left.sort(key=lambda row: (first[text(row)], draw(fork(seed, text(row)))))
    for _, alike in itertools.groupby(left, key=lambda row: first[text(row)]):
        alike = list(alike)
        train, validation = -(-len(alike) * 7 // 10), -(-len(alike) * 8 // 10)
        rank = 0
        for _, same in itertools.groupby(alike, key=text):
            same = list(same)
            for row in same:
                row["split"] = ("train" if rank < train else
                                "validation" if rank < validation else "test")
            rank += len(same)
"#;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::protocol::{DataReport, Mend};
    use crate::settings::Family;
    use crate::ui::draft::Draft;
    use crate::ui::script::script;
    use crate::ui::sources::datasets::DataSource;
    use crate::ui::sources::own_data::tests::{own, report};

    fn program(report: DataReport) -> String {
        let draft = Draft {
            dataset: DataSource::Own(Arc::new(own(report))),
            ..Draft::default()
        };
        script(&draft, Family::Gpt2)
    }

    fn labelled() -> DataReport {
        let columns = [(Role::Text, 0), (Role::Label, 1)];
        report(
            FileFormat::Semicolons,
            Task::SequenceClassification,
            &columns,
        )
    }

    #[test]
    fn the_program_reads_the_file_as_the_page_did() {
        let written = program(DataReport {
            encoding: "Windows-1252".into(),
            dropped: vec![3, 5],
            mended: vec![(Mend::DropEmpty, 2)],
            ..labelled()
        });
        for line in [
            "data_file = sys.argv[2] if len(sys.argv) > 2 else \"mine.csv\"",
            "encoding=\"cp1252\"",
            "csv.DictReader(file, delimiter=\";\")",
            "dropped = {3, 5}",
            "\"text\": row[\"Review\"].strip()",
            "\"label\": row[\"Stars\"].strip()",
            "if number not in dropped]",
            "divide(rows, text=lambda row: row[\"text\"]",
        ] {
            assert!(written.contains(line), "{line}\n{written}");
        }
    }

    #[test]
    fn a_split_of_the_files_own_is_read() {
        let mut read = labelled();
        read.columns.push("Part".into());
        read.made_split = false;
        let split = crate::protocol::RoleColumn {
            role: Role::Split,
            column: 2,
        };
        read.choice.columns.as_mut().unwrap().push(split);
        let written = program(read);
        assert!(
            written.contains("\"split\": split_of(row[\"Part\"].strip())"),
            "{written}"
        );
        assert!(!written.contains("def divide"), "{written}");
    }

    #[test]
    fn without_a_header_columns_are_counted() {
        let mut read = labelled();
        read.choice.has_header = Some(false);
        assert!(program(read).contains("\"label\": row[1].strip()"));
    }

    /// What `data::reader::split` gives the same rows; its own test has the same letters.
    #[test]
    fn python_divides_as_the_page_does() {
        let rows = "rows = [{\"text\": f\"text {i % 50} ü\", \"label\": \"abc\"[i % 3], \"split\": \"\"} for i in range(60)]\n\
            divide(rows, text=lambda row: row[\"text\"], label=lambda row: \"abc\".index(row[\"label\"]))\n\
            print(\"\".join(\"T\" if row[\"split\"] == \"test\" else row[\"split\"][0] for row in rows))\n";
        let program = format!("import itertools\n{DIVIDE}\n\n{rows}");
        let run = std::process::Command::new("python3")
            .args(["-c", &program])
            .output();
        let Ok(run) = run else { return };
        let said = String::from_utf8_lossy(&run.stdout);
        assert_eq!(
            said.trim(),
            "tTttttttTvtttttttttttTttttTttvtttvvtttTTTttTtvvttttTttttttTv",
            "{run:?}"
        );
    }
}
