use super::*;

fn error(file: &str, content: &str) -> String {
    read_labelled(file, content.as_bytes())
        .unwrap_err()
        .to_string()
}

fn splits(dataset: &LabelledDataset) -> Vec<Split> {
    dataset.rows.iter().map(|row| row.split).collect()
}

#[test]
fn a_csv_with_every_column() {
    let csv = "\u{feff}text,label,split,hard\r\n\
        \"Good, \"\"very\"\" good\",positive,train,\r\n\
        Bad,negative,validation,irony\r\n\r\n\
        So so,negative,test,\r\n";
    let dataset = read_labelled("reviews.csv", csv.as_bytes()).unwrap();
    assert_eq!(dataset.labels, ["negative", "positive"]);
    assert_eq!(dataset.rows[0].text, "Good, \"very\" good");
    assert_eq!(dataset.rows[0].label, 1);
    assert_eq!(dataset.rows[1].hard, "irony");
    assert_eq!(
        splits(&dataset),
        [Split::Train, Split::Validation, Split::Test]
    );
}

#[test]
fn tsv_and_json_lines_say_the_same() {
    let tsv = "label\ttext\thard\nyes\ta, b\t\nno\tc\tmixed\n";
    let json = "{\"text\":\"a, b\",\"label\":\"yes\"}\n\n{\"label\":\"no\",\"text\":\"c\",\"hard\":\"mixed\"}\n";
    let tsv = read_labelled("x.TSV", tsv.as_bytes()).unwrap();
    assert_eq!(tsv, read_labelled("x.jsonl", json.as_bytes()).unwrap());
    assert_eq!(
        read_labelled("data/x.jsonl?v=2", json.as_bytes()).unwrap(),
        tsv
    );
}

#[test]
fn json_numbers_and_yes_or_no_columns_are_taken_as_words() {
    let json =
        "{\"text\":\"a\",\"label\":0,\"hard\":false}\n{\"text\":\"b\",\"label\":1,\"hard\":null}\n";
    let dataset = read_labelled("x.jsonl", json.as_bytes()).unwrap();
    assert_eq!(dataset.labels, ["0", "1"]);
    assert!(dataset.rows.iter().all(|row| row.hard.is_empty()));
}

#[test]
fn without_a_split_column_a_tenth_validates_and_a_fifth_tests() {
    let mut csv = String::from("text,label\n");
    for i in 0..100 {
        csv += &format!("text {i},{}\n", if i % 2 == 0 { "a" } else { "b" });
    }
    let dataset = read_labelled("x.csv", csv.as_bytes()).unwrap();
    let count = |split| dataset.split(split).count();
    assert_eq!(
        [Split::Train, Split::Validation, Split::Test].map(count),
        [70, 10, 20]
    );
    let whole = read_labelled_as("x.csv", csv.as_bytes(), Split::Test).unwrap();
    assert_eq!(whole.split(Split::Test).count(), 100);
}

#[test]
fn an_empty_file() {
    assert_eq!(error("x.csv", ""), "x.csv is empty");
    assert_eq!(error("x.csv", "\u{feff} \n"), "x.csv is empty");
    assert_eq!(
        error("x.csv", "text,label\n"),
        "x.csv has a header but no rows"
    );
}

#[test]
fn a_missing_column_names_those_there_are() {
    let message = error("x.csv", "review,label\na,b\n");
    assert!(
        message.contains("no column `text`") && message.contains("`review`, `label`"),
        "{message}"
    );
    let message = error("x.csv", "text|label\na|b\n");
    assert!(message.contains("separated by commas"), "{message}");
    let message = error("x.csv", "review;label\na;b\n");
    assert!(message.contains("`review`, `label`"), "{message}");
    let message = error(
        "x.jsonl",
        "{\"text\":\"a\",\"label\":\"b\"}\n{\"txt\":\"a\",\"label\":\"b\"}",
    );
    assert!(
        message.contains("line 2") && message.contains("`text`") && message.contains("`txt`"),
        "{message}"
    );
}

#[test]
fn an_empty_field_or_a_wrong_number_of_fields_names_the_line() {
    let message = error("x.csv", "text,label\na,b\n ,c\n");
    assert!(
        message.contains("line 3") && message.contains("`text` is empty"),
        "{message}"
    );
    let message = error("x.csv", "text,label\na,\n");
    assert!(
        message.contains("line 2") && message.contains("`label` is empty"),
        "{message}"
    );
    let message = error("x.csv", "text,label\n\"two\nlines\",b\nNo, thanks,c\n");
    assert!(
        message.contains("line 4") && message.contains("3 fields instead of 2"),
        "{message}"
    );
}

#[test]
fn bytes_that_are_no_text_name_line_and_character() {
    let message = read_labelled("x.csv", b"text,label\nna\xc3\xafve caf\xe9,a\n")
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("line 2, character 10") && message.contains("0xE9"),
        "{message}"
    );
}

#[test]
fn one_label_an_unknown_split_and_broken_json() {
    let message = error("x.csv", "text,label\na,good\nb,good\n");
    assert!(
        message.contains("`good`") && message.contains("two different labels"),
        "{message}"
    );
    let message = error("x.csv", "text,label,split\na,b,train\nc,d,later\n");
    assert!(
        message.contains("line 3") && message.contains("`later`"),
        "{message}"
    );
    let message = error("x.jsonl", "{\"text\":\"a\",\"label\":\"b\"}\n[1]\n");
    assert!(
        message.contains("line 2") && message.contains("no JSON object"),
        "{message}"
    );
}

#[test]
fn a_web_page_is_no_data() {
    for page in [
        "<!DOCTYPE html><title>404</title>",
        "\n<html lang=en>text,label</html>",
    ] {
        let message = error("reviews.csv", page);
        assert!(message.contains("web page"), "{message}");
    }
}

#[test]
fn an_unknown_kind_of_file_names_the_known_ones() {
    assert!(error("x.xlsx", "PK").contains(".csv, .tsv or .jsonl"));
    let message = read_texts("x.pdf", b"%PDF").unwrap_err().to_string();
    assert!(message.contains(".txt"), "{message}");
}

#[test]
fn texts_for_language_modelling() {
    let plain = read_texts("x.txt", b"One.\r\n\nTwo.\n").unwrap();
    assert_eq!(
        plain,
        Texts {
            texts: vec!["One.".into(), "Two.".into()],
            end: TextEnd::NewLine
        }
    );
    let json = read_texts("x.jsonl", b"{\"text\":\"One.\"}\n{\"text\":\"Two.\"}").unwrap();
    assert_eq!(
        json,
        Texts {
            end: TextEnd::EndOfText,
            ..plain
        }
    );
    assert!(
        read_texts("x.csv", b"a,b\n1,2\n")
            .unwrap_err()
            .to_string()
            .contains("`text`")
    );
}

/// One of the files in tests/inputs, which other programs made.
fn input(name: &str) -> Vec<u8> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/inputs");
    std::fs::read(folder.join(name)).unwrap()
}

#[test]
fn an_open_quote_in_a_tsv_swallows_no_rows() {
    let data = read_labelled("reviews.tsv", &input("tsv-open-quote/reviews.tsv")).unwrap();
    assert_eq!(data.rows.len(), 40);
    let text = "\"A triumph, the poster says, and the poster lies.";
    assert_eq!(data.rows[8].text, text);
    assert_eq!(data.labels, ["negative", "positive"]);
    let message = error("x.csv", "text,label\na,b\n\"c,d\ne,f\n");
    assert!(
        message.contains("line 3") && message.contains("never closed"),
        "{message}"
    );
}

#[test]
fn an_empty_split_is_none() {
    for name in ["partly.csv", "partly.jsonl"] {
        let data = read_labelled(name, &input(&format!("empty-split-cells/{name}"))).unwrap();
        let count = |split| data.split(split).count();
        let [train, validation, test] = [Split::Train, Split::Validation, Split::Test].map(count);
        assert_eq!(train + validation + test, data.rows.len());
        // Eight of the texts say test; a fifth of the others joins them.
        assert!(validation > 0 && train > validation && test > 8, "{name}");
    }
    let usual = "text,label,split\na,x,dev\nb,y,val\nc,x,Valid\nd,y,TEST\n";
    let data = read_labelled("x.csv", usual.as_bytes()).unwrap();
    assert_eq!(data.split(Split::Validation).count(), 3);
    let tags = "{\"tokens\":[\"a\"],\"ner_tags\":[\"O\"],\"split\":\"\"}\n";
    assert_eq!(
        read_tagged("x.jsonl", tags.as_bytes(), None)
            .unwrap()
            .rows
            .len(),
        1
    );
    let prompts = b"prompt,completion,split\na,b,\n";
    assert!(read_prompts("x.csv", prompts, None).unwrap().is_some());
}

#[test]
fn labels_that_are_numbers_stand_in_their_order() {
    let data = read_labelled("queues.csv", &input("integer-labels/queues.csv")).unwrap();
    let expected: Vec<String> = (0..12).map(|i| i.to_string()).collect();
    assert_eq!(data.labels, expected);
    let text = |label: usize| format!("Ticket of queue {label}:");
    assert!(data.rows.iter().all(|r| r.text.starts_with(&text(r.label))));
    let data = read_labelled("x.csv", b"text,label\na,10.0\nb,2.0\n").unwrap();
    assert_eq!(data.labels, ["2", "10"]);
}

#[test]
fn what_spreadsheets_save_is_read() {
    for (name, separator, encoding) in [
        ("semicolons.csv", Some(';'), None),
        ("windows-1252.csv", None, Some(Encoding::Windows1252)),
    ] {
        let bytes = input(&format!("excel-exports/{name}"));
        assert_eq!(read_labelled(name, &bytes).unwrap().rows.len(), 8, "{name}");
        let expected = Guess {
            encoding,
            separator,
        };
        assert_eq!(guess(name, &bytes).unwrap(), expected, "{name}");
    }
    let latin = input("excel-exports/windows-1252.csv");
    let data = read_labelled("x.csv", &latin).unwrap();
    assert_eq!(data.rows[4].text, "Café scenes, odd and quite lovely.");
    let said = read_labelled("x.csv", b"sep=;\r\ntext;label\r\na;b\r\nc\r\n").unwrap_err();
    assert!(said.to_string().contains("line 4"), "{said}");
    let units = "\u{feff}text\tlabel\r\nZo\u{eb}\tb\r\nc\td\r\n".encode_utf16();
    let bytes: Vec<u8> = units.flat_map(u16::to_le_bytes).collect();
    let data = read_labelled("x.csv", &bytes).unwrap();
    assert_eq!(data.rows[0].text, "Zoë");
}

#[test]
fn fields_of_json_are_named_as_columns_are() {
    let json =
        b"{\"Text\":\"a\",\"LABEL\":\"x\",\"Split\":\"test\"}\n{\"text\":\"b\",\"label\":\"y\"}\n";
    let data = read_labelled("x.jsonl", json).unwrap();
    assert_eq!(data.rows[0].split, Split::Test);
    assert_eq!(data.labels, ["x", "y"]);
    let exact = b"{\"TEXT\":\"wrong\",\"text\":\"right\"}\n";
    assert_eq!(read_texts("x.jsonl", exact).unwrap().texts, ["right"]);
}

#[test]
fn half_an_emoji_is_told_with_one_line_number() {
    let good = "{\"text\":\"a\",\"label\":\"x\"}\n".repeat(4);
    let message = error(
        "x.jsonl",
        &format!("{good}{{\"text\":\"so \\ud83d\",\"label\":\"y\"}}\n"),
    );
    assert!(message.contains("line 5: `\\ud83d` is half a"), "{message}");
    assert_eq!(message.matches("line").count(), 1, "{message}");
    let message = error("x.jsonl", "{\"text\":\"a\",}\n");
    assert!(
        message.contains("line 1") && !message.contains("column"),
        "{message}"
    );
}
