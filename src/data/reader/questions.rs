//! Questions about texts: JSON Lines with SQuAD's fields `question`, `context` and `answers`.

use serde::Deserialize;

use super::json;
use super::labels::named_split;
use super::layout::Layout;
use super::split::fill_in;
use super::table::{Column, Row, Table};
use crate::data::questions::{Answer, Question};
use crate::faults::{DataError, LineError};
use crate::protocol::Split;

/// As SQuAD keeps them: side by side, places in Unicode code points.
#[derive(Deserialize)]
struct Answers {
    text: Vec<String>,
    answer_start: Vec<usize>,
}

struct Columns {
    question: Column,
    context: Column,
    answers: Column,
    split: Option<Column>,
}

/// `whole` is the split of a file that does not name its own. Without either, questions about one text stay on
/// one side.
pub fn read_questions(
    file_name: &str,
    bytes: &[u8],
    whole: Option<Split>,
) -> Result<Vec<Question>, DataError> {
    let layout = Layout::of_lists(file_name)?;
    questions_of(&Table::read(file_name, bytes, layout)?, whole)
}

/// The same of rows that are read.
pub fn questions_of(table: &Table, whole: Option<Split>) -> Result<Vec<Question>, DataError> {
    let columns = Columns {
        question: table.column("question")?,
        context: table.column("context")?,
        answers: table.column("answers")?,
        split: table.optional_column("split"),
    };
    let mut named = Vec::new();
    let mut questions = Vec::new();
    for row in table.rows() {
        named.push(named_split(&row, columns.split.as_ref())?);
        questions.push(question(&row, &columns)?);
    }
    let keys: Vec<(usize, &str)> = questions.iter().map(|q| (0, q.context.as_str())).collect();
    let splits = fill_in(named, &keys, whole);
    for (question, split) in questions.iter_mut().zip(splits) {
        question.split = split;
    }
    Ok(questions)
}

fn question(row: &Row, columns: &Columns) -> Result<Question, DataError> {
    row.filled(&columns.context)?;
    let text = row.filled(&columns.answers)?;
    let answers: Answers = serde_json::from_str(text).map_err(|e| {
        row.wrong(LineError::NotAnswers {
            reason: json::complaint(&e),
        })
    })?;
    // As it stands: the answers' places count its white space too.
    let context = row.raw(&columns.context)?.unwrap_or_default().to_owned();
    Ok(Question {
        question: row.filled(&columns.question)?.to_owned(),
        answers: checked(row, answers, &context)?,
        context,
        split: Split::Train,
    })
}

fn checked(row: &Row, answers: Answers, context: &str) -> Result<Vec<Answer>, DataError> {
    let (texts, starts) = (answers.text.len(), answers.answer_start.len());
    if texts != starts || texts == 0 {
        return Err(row.wrong(LineError::UnevenAnswers { texts, starts }));
    }
    let pairs = answers.text.into_iter().zip(answers.answer_start);
    let answers = pairs.map(|(text, start)| Answer { text, start });
    let stands_there = |answer: &Answer| {
        let length = answer.text.chars().count();
        let found: String = context.chars().skip(answer.start).take(length).collect();
        length > 0 && found == answer.text
    };
    answers
        .map(|answer| match stands_there(&answer) {
            true => Ok(answer),
            false => Err(row.wrong(LineError::AnswerElsewhere {
                answer: answer.text,
                start: answer.start,
            })),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(context: &str, answer: &str, start: usize) -> String {
        format!(
            "{{\"id\":\"1\",\"context\":\"{context}\",\"question\":\"Who?\",\
             \"answers\":{{\"text\":[\"{answer}\"],\"answer_start\":[{start}]}}}}\n"
        )
    }

    #[test]
    fn places_are_counted_in_characters() {
        let json = line("Zoë met Ada.", "Ada", 8);
        let read = read_questions("qa.jsonl", json.as_bytes(), Some(Split::Test)).unwrap();
        assert_eq!(read[0].answers[0].start, 8);
        assert_eq!(read[0].split, Split::Test);
        let wrong = line("Zoë met Ada.", "Ada", 9);
        let both = format!("{json}{wrong}");
        let error = read_questions("qa.jsonl", both.as_bytes(), None).unwrap_err();
        let message = error.to_string();
        assert!(
            message.contains("line 2") && message.contains("character 9"),
            "{message}"
        );
    }

    #[test]
    fn questions_about_one_text_stay_on_one_side() {
        let lines: String = (0..60)
            .map(|i| line(&format!("Ada wrote text {}.", i / 3), "Ada", 0))
            .collect();
        let read = read_questions("qa.jsonl", lines.as_bytes(), None).unwrap();
        assert!(
            read.chunks(3)
                .all(|c| c.iter().all(|q| q.split == c[0].split))
        );
        assert!(read.iter().any(|q| q.split == Split::Test));
    }

    #[test]
    fn answers_of_another_form_are_refused() {
        let json = "{\"context\":\"a b\",\"question\":\"Who?\",\"answers\":[\"b\"]}";
        let error = read_questions("qa.jsonl", json.as_bytes(), None).unwrap_err();
        assert!(error.to_string().contains("answer_start"), "{error}");
        let json =
            "{\"context\":\"a\",\"question\":\"b\",\"answers\":{\"text\":[],\"answer_start\":[]}}";
        let error = read_questions("qa.jsonl", json.as_bytes(), None).unwrap_err();
        assert!(error.to_string().contains("at least one"), "{error}");
    }
}
