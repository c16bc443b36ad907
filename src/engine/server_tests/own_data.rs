//! A file of the learner's own: looked through, counted, trained on, and the result packed.

use super::*;
use crate::io::peft;
use crate::settings::{LoraSettings, Task};

/// The reviews as a spreadsheet would have them, with a row that lacks its label.
fn spreadsheet() -> TestHost {
    let mut host = host();
    let rows: String = (0..40)
        .map(|i| {
            format!(
                "a {} film number {i};{}\n",
                ["good", "bad"][i % 2],
                ["up", "down"][i % 2]
            )
        })
        .collect();
    let file = format!("Remark;Verdict\n{rows}nothing;\n");
    host.files.insert("blob:1".into(), file.into_bytes());
    host
}

fn file() -> NamedUrl {
    NamedUrl {
        name: "mine.csv".into(),
        url: "blob:1".into(),
    }
}

fn inspect(choice: DataChoice) -> Command {
    let file = file();
    asks::InspectData { file, choice }.into()
}

fn use_it(choice: DataChoice) -> Command {
    let NamedUrl { name: file, url } = file();
    let ask = asks::LoadDataset {
        name: "mine.csv".into(),
        url,
        reading: Reading::Chosen { file, choice },
    };
    ask.into()
}

fn mended() -> DataChoice {
    DataChoice {
        mends: vec![Mend::DropEmpty],
        ..DataChoice::default()
    }
}

#[test]
fn a_file_is_looked_through_with_the_models_tokens() {
    let mut commands = super::load();
    commands.extend([inspect(DataChoice::default()), inspect(mended())]);
    let events = say_with(spreadsheet(), commands, None, Vec::new());
    let reports = answered::<asks::InspectData>(&events);
    let [as_is, mended] = reports[..] else {
        panic!("{:?}", errors(&events));
    };
    assert_eq!(as_is.file, file());
    assert_eq!(as_is.findings[0].groups, [[42]]);
    assert!(matches!(as_is.problem, Some(DataProblem::Unreadable(_))));
    let tokens = mended.tokens.unwrap();
    assert_eq!((tokens.rows, tokens.context), (41, 32));
    assert_eq!((mended.used_rows, &mended.problem), (40, &None));
}

#[test]
fn a_file_that_cannot_be_used_says_why() {
    let commands = vec![use_it(DataChoice::default())];
    let events = say_with(spreadsheet(), commands, None, Vec::new());
    let [error] = errors(&events)[..] else {
        panic!("one error: {events:?}");
    };
    assert!(error.to_string().contains("mine.csv, line 42"), "{error}");
}

#[test]
fn it_is_counted_trained_on_and_taken_home() {
    let lora = LoraSettings {
        rank: 2,
        ..LoraSettings::default()
    };
    let mut commands = super::load();
    commands.truncate(1);
    commands.extend([
        use_it(mended()),
        asks::CountWords {}.into(),
        start(Strategy::Lora(lora.clone())),
    ]);
    let pack = asks::TakeHome {
        name: "mine".into(),
        base_name: "tiny".into(),
        is_merged: false,
        files: vec![TextFile {
            name: "README.md".into(),
            text: "made here".into(),
        }],
    };
    let lines = vec![(IS_OVER, pack.into())];
    let events = say_with(spreadsheet(), commands, None, lines);
    assert_eq!(errors(&events), Vec::<&EngineError>::new());

    let data = answered::<asks::LoadDataset>(&events)[0];
    assert_eq!(
        (data.task, &data.labels[..]),
        (
            Task::SequenceClassification,
            &["down".to_owned(), "up".to_owned()][..]
        )
    );
    assert_eq!(
        [data.train_rows, data.validation_rows, data.test_rows],
        [28, 4, 8]
    );
    let words = answered::<asks::CountWords>(&events)[0].unwrap();
    assert_eq!((words.accuracy, words.test_rows), (1.0, 8));

    let archive = answered::<asks::TakeHome>(&events)[0];
    let holds = |name: &str| {
        let wanted = format!("mine/{name}");
        archive
            .bytes
            .windows(wanted.len())
            .any(|bytes| bytes == wanted.as_bytes())
    };
    for name in [
        "adapter_config.json",
        "adapter_model.safetensors",
        "README.md",
    ] {
        assert!(holds(name), "{name}");
    }
    // The archive is not compressed, so that PEFT's configuration stands in it as it is.
    let text = String::from_utf8_lossy(&archive.bytes);
    let from = text.find("{\n").unwrap();
    let to = from + text[from..].find("\n}").unwrap() + 2;
    let config = peft::AdapterConfig::parse(&text[from..to]).unwrap();
    assert_eq!(config.task_type.as_deref(), Some("SEQ_CLS"));
    let Strategy::Lora(kept) = config.strategy else {
        panic!("a LoRA adapter");
    };
    assert_eq!(kept.rank, 2);
}

#[test]
fn a_run_of_the_whole_model_is_taken_home_as_one() {
    let commands = [super::load(), vec![start(Strategy::Full)]].concat();
    let pack = asks::TakeHome {
        name: "whole".into(),
        base_name: "tiny".into(),
        is_merged: false,
        files: Vec::new(),
    };
    let events = say_with(host(), commands, None, vec![(IS_OVER, pack.into())]);
    let archive = answered::<asks::TakeHome>(&events)[0];
    let text = String::from_utf8_lossy(&archive.bytes);
    for part in [
        "whole/config.json",
        "whole/model.safetensors",
        "whole/tokenizer.json",
    ] {
        assert!(text.contains(part), "{part}");
    }
    assert!(text.contains("GPT2ForSequenceClassification") && text.contains("\"positive\": 1"));
}

#[test]
fn an_adapter_can_be_taken_home_within_the_whole_model() {
    let lora = Strategy::Lora(LoraSettings::default());
    let commands = [super::load(), vec![start(lora)]].concat();
    let pack = |is_merged| asks::TakeHome {
        name: "mine".into(),
        base_name: "tiny".into(),
        is_merged,
        files: Vec::new(),
    };
    let lines = vec![(IS_OVER, pack(true).into())];
    let events = say_with(host(), commands, None, lines);
    assert_eq!(errors(&events), Vec::<&EngineError>::new());
    let archive = answered::<asks::TakeHome>(&events)[0];
    let text = String::from_utf8_lossy(&archive.bytes);
    assert!(text.contains("mine/model.safetensors") && text.contains("score.weight"));
    for apart in ["lora_A", "adapter_config.json"] {
        assert!(!text.contains(apart), "{apart}");
    }
}
