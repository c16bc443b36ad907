//! An adapter from elsewhere: what one engine packed is put beside another's base.

use super::*;
use crate::methods::StrategyKind;
use crate::settings::Task;

const ARCHIVE: &str = "blob:adapter";

fn bring() -> Command {
    let file = NamedUrl {
        name: "mine.zip".into(),
        url: ARCHIVE.into(),
    };
    let ask = asks::BringAdapter {
        name: "mine".into(),
        files: vec![file],
        split: Split::Test,
    };
    ask.into()
}

/// The archive of a run, and what its test split came to.
fn packed(strategy: Strategy) -> (Vec<u8>, Scores) {
    let pack = asks::TakeHome {
        name: "mine".into(),
        base_name: "tiny".into(),
        is_merged: false,
        files: vec![TextFile {
            name: "metrics.json".into(),
            text: r#"{"labels": ["negative", "positive"], "max_length": 16}"#.into(),
        }],
    };
    let commands = [load(), vec![start(strategy)]].concat();
    let events = say_scripted(commands, vec![(IS_OVER, pack.into())]);
    let archive = answered::<asks::TakeHome>(&events)[0].bytes.clone();
    let after = events.iter().find_map(|event| match event {
        Event::RunFinished { summary, .. } => Some(summary.test.after),
        _ => None,
    });
    (archive, after.unwrap())
}

fn brought(archive: Vec<u8>, commands: Vec<Command>) -> Vec<Event> {
    let mut host = host();
    host.files.insert(ARCHIVE.into(), archive);
    say_with(host, commands, None, Vec::new())
}

#[test]
fn what_a_run_packed_scores_the_same_in_another_engine_and_answers_there() {
    for kind in StrategyKind::ALL {
        let strategy = kind.usual();
        if !strategy.leaves_adapter() {
            continue;
        }
        let (archive, scores) = packed(strategy);
        let text = "a good film".to_owned();
        let commands = [load(), vec![bring(), asks::Classify { text }.into()]].concat();
        let events = brought(archive, commands);
        assert_eq!(
            errors(&events),
            Vec::<&EngineError>::new(),
            "{}",
            kind.name()
        );
        let found = answered::<asks::BringAdapter>(&events)[0];
        assert_eq!(found.strategy.kind(), kind);
        assert_eq!(found.labels, ["negative", "positive"]);
        assert_eq!(found.scores, Ok(scores), "{}", kind.name());
        assert!(answered::<asks::Classify>(&events)[0].probabilities.len() == 2);
        // Plain LoRA can be blended from now on.
        let is_kept = events.iter().any(|e| matches!(e, Event::AdapterKept(_)));
        assert_eq!(
            (found.run_id.is_some(), is_kept),
            (kind.name() == "lora", kind.name() == "lora")
        );
    }
}

#[test]
fn without_its_data_it_answers_unscored_and_says_why() {
    let (archive, _) = packed(StrategyKind::Lora.usual());
    let model = load().remove(0);
    let events = brought(archive.clone(), vec![model.clone(), bring()]);
    let found = answered::<asks::BringAdapter>(&events)[0];
    assert_eq!(found.scores, Err(Unscored::NoData));
    assert_eq!(found.task, Task::SequenceClassification);
    assert_eq!(found.labels, ["negative", "positive"]);
    let other = asks::LoadDataset {
        name: "shop".into(),
        url: "shop.csv".into(),
        reading: Reading::OfTask(Default::default()),
    };
    let mut host = host();
    host.files.insert(ARCHIVE.into(), archive);
    let rows: String = (0..20)
        .map(|i| {
            format!(
                "text {i},{},{}\n",
                ["a", "b", "c"][i % 3],
                ["train", "test"][i % 2]
            )
        })
        .collect();
    let csv = format!("text,label,split\n{rows}");
    host.files.insert("shop.csv".into(), csv.into_bytes());
    let events = say_with(host, vec![model, other.into(), bring()], None, Vec::new());
    let found = answered::<asks::BringAdapter>(&events)[0];
    let data = ["a", "b", "c"].map(str::to_owned).to_vec();
    assert_eq!(found.scores, Err(Unscored::OtherLabels { data }));
}

#[test]
fn what_is_no_adapter_of_this_model_is_refused_and_the_engine_goes_on() {
    let events = brought(b"PK nothing".to_vec(), [load(), vec![bring()]].concat());
    assert!(
        errors(&events)[0].to_string().contains("zip archive"),
        "{events:?}"
    );
    let (archive, _) = packed(StrategyKind::Lora.usual());
    let commands = vec![bring(), load().remove(0)];
    let events = brought(archive, commands);
    assert!(
        errors(&events)[0]
            .to_string()
            .contains("No model is loaded")
    );
    assert_eq!(answered::<asks::LoadModel>(&events).len(), 1);
}
