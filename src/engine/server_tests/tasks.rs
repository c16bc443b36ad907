//! A run of every task: its own figure moves, and agrees with scoring its examples one unit after another.

use super::*;
use crate::data::dataset::Dataset;
use crate::data::labelled::BatchOrder;
use crate::engine::base::Base;
use crate::engine::examples::{Encoding, Examples, head_for};
use crate::engine::wait::block_on;
use crate::model::any::Model;
use crate::model::network::Network;
use crate::settings::Task;
use crate::train::{Trainer, plan};
use burn::module::Module;

/// Forty rows of each task, which a word decides.
pub fn files() -> BTreeMap<String, Vec<u8>> {
    let split = |i: usize| ["train", "train", "validation", "test", "train"][i % 5];
    let rows = |row: &dyn Fn(usize) -> String| (0..40).map(row).collect::<String>();
    let mood = |i: usize| ["good", "bad", "film"][i % 3];
    let topics = rows(&|i| format!("a {} number {i},{},{}\n", mood(i), mood(i), split(i)));
    let many = rows(&|i| format!("a {} number {i},{};any,{}\n", mood(i), mood(i), split(i)));
    let tags = rows(&|i| {
        let split = split(i);
        let tag = if i % 2 == 0 { "B-GOOD" } else { "O" };
        let word = if i % 2 == 0 { "good" } else { "bad" };
        format!(
            "{{\"tokens\":[\"a\",\"{word}\",\"film\"],\"ner_tags\":[\"O\",\"{tag}\",\"O\"],\"split\":\"{split}\"}}\n"
        )
    });
    let questions = rows(&|i| {
        let split = split(i);
        let (context, start) = match i % 2 {
            0 => ("a good film", 2),
            _ => ("film good", 5),
        };
        format!(
            "{{\"question\":\"a\",\"context\":\"{context}\",\"answers\":{{\"text\":[\"good\"],\"answer_start\":[{start}]}},\"split\":\"{split}\"}}\n"
        )
    });
    let prompts = rows(&|i| format!("a {},film,{}\n", mood(i), split(i)));
    let text = "a good film and a bad film\n".repeat(60);
    [
        ("topics.csv", format!("text,label,split\n{topics}")),
        ("many.csv", format!("text,labels,split\n{many}")),
        ("tags.jsonl", tags),
        ("qa.jsonl", questions),
        ("prompts.csv", format!("prompt,completion,split\n{prompts}")),
        ("text.txt", text),
    ]
    .map(|(name, text)| (name.to_owned(), text.into_bytes()))
    .into()
}

fn load(task: Task, url: &str) -> Vec<Command> {
    let mut commands = super::load();
    commands[1] = Command::LoadDataset(asks::LoadDataset {
        name: url.into(),
        url: url.into(),
        reading: Reading::OfTask(task),
    });
    commands
}

fn summary(events: &[Event]) -> RunSummary {
    let found = events.iter().find_map(|e| match e {
        Event::RunFinished { summary, .. } => Some(summary.clone()),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("the run should end: {events:?}"))
}

/// The run again as the command line makes it: every step on the same batches, scored at the end.
fn by_hand(
    folder: &str,
    (task, url): (Task, &str),
    settings: &TrainingSettings,
) -> (Scores, Scores) {
    let host = Rc::new(host());
    let device = Device::flex().autodiff();
    let place = ModelPlace::Folder {
        url: folder.into(),
        sha256: None,
    };
    let mut silent = |_: &str, _: u64, _: Option<u64>| {};
    let (base, ..) = block_on(Base::fetch(&host, "tiny", place, &device, &mut silent)).unwrap();
    let data = Dataset::read(task, url, &host.files[url]).unwrap();
    let length = settings.max_length;
    let encoding = Encoding {
        validates: true,
        seed: settings.seed,
        ..Encoding::usual(&base, length)
    };
    let examples: Examples = encoding.examples(data).unwrap();
    let seed = Seed::new(settings.seed);
    let strategy = settings.strategy.clone().in_words_of(base.family());
    let head = head_for(task, examples.labels().len());
    let model = base.model.clone().with_only_head(head, false, &seed);
    let model = plan::prepare(model, &strategy, &seed).unwrap();
    let score = |model: &Model| {
        let model = model.valid();
        let mut found = examples.no_answers();
        for unit in examples.units(&model, Split::Test) {
            block_on(examples.answer(&model, Split::Test, &unit, &mut found)).unwrap();
        }
        examples.scores(&found, Split::Test)
    };
    let before = score(&model);
    let order = BatchOrder::of_lengths(
        examples.lengths(Split::Train),
        settings.batch_size,
        settings.seed,
    );
    let mut feed = crate::data::feed::BatchFeed::new(order);
    let mut trainer = Trainer::new(model, examples.objective(), settings);
    for step in 0..settings.total_steps {
        let batch = examples.batch(&feed.batches(step)[0], step);
        trainer.advance(&batch);
    }
    (before, score(trainer.model()))
}

/// Runs the task on the tiny GPT-2; the figure that it is judged by, before and after.
fn run(task: Task, url: &str) -> (RunSummary, f64, f64) {
    run_on("m", (task, url), Strategy::Lora(Default::default()))
}

/// The same on the model of a folder.
fn run_on(folder: &str, (task, url): (Task, &str), strategy: Strategy) -> (RunSummary, f64, f64) {
    let command = start(strategy);
    let Command::StartRun(asks::StartRun { settings, .. }) = &command else {
        unreachable!()
    };
    let by_hand = by_hand(folder, (task, url), settings);
    let mut commands = load(task, url);
    commands[0] = Command::LoadModel(asks::LoadModel {
        name: folder.into(),
        place: super::folder(folder),
    });
    commands.push(command.clone());
    let events = say(commands);
    let told = errors(&events);
    assert!(told.is_empty(), "{folder} {}: {told:?}", task.name());
    let summary = summary(&events);
    assert_eq!(
        (summary.test.before, summary.test.after),
        by_hand,
        "{}",
        task.name()
    );
    assert!(summary.test.after.loss_nats < summary.test.before.loss_nats);
    let (name, before) = summary.test.before.headline();
    let (_, after) = summary.test.after.headline();
    assert_ne!(before, after, "{name}");
    (summary, before, after)
}

#[test]
fn topics_are_told_apart() {
    let (summary, _, after) = run(Task::SequenceClassification, "topics.csv");
    assert_eq!(after, 1.0);
    assert_eq!(summary.test.confusion.counts.len(), 3);
    assert_eq!(summary.test.by_label.len(), 3);
}

#[test]
fn many_labels_are_given_to_a_text() {
    let (summary, before, after) = run(Task::MultiLabelClassification, "many.csv");
    assert!(after > before, "{before} {after}");
    assert_eq!(summary.test.by_label.len(), 4);
    assert!(summary.test.confusion.counts.is_empty());
}

#[test]
fn entities_are_found() {
    let (summary, _, after) = run(Task::TokenClassification, "tags.jsonl");
    assert_eq!(after, 1.0, "{summary:?}");
    assert_eq!(summary.test.by_label[0].label, "GOOD");
}

#[test]
fn questions_are_answered() {
    let (summary, before, after) = run(Task::QuestionAnswering, "qa.jsonl");
    assert!(after > before, "{before} {after}");
    assert!(summary.test.by_label.is_empty());
}

#[test]
fn completions_and_texts_cost_less() {
    for url in ["prompts.csv", "text.txt"] {
        let (_, before, after) = run(Task::CausalLm, url);
        assert!(after < before, "{url}: {before} {after}");
    }
}

#[test]
fn a_bert_learns_every_task_but_to_continue_a_text() {
    for (task, url) in [
        (Task::SequenceClassification, "topics.csv"),
        (Task::MultiLabelClassification, "many.csv"),
        (Task::TokenClassification, "tags.jsonl"),
        (Task::QuestionAnswering, "qa.jsonl"),
        (Task::MaskedLm, "text.txt"),
    ] {
        let (summary, _, _) = run_on(
            "b",
            (task, url),
            Strategy::Partial(crate::settings::PartialSettings { frozen_blocks: 1 }),
        );
        let proof = summary.frozen_proof;
        assert!(proof.holds() && proof.tensors > 0, "{task:?}");
        assert!(proof.changed_trainable_tensors > 0, "{task:?}");
    }
}

/// A run of `task`, and what is asked after it.
fn then(task: Task, url: &str, ask: Command) -> Vec<Event> {
    let run = start(Strategy::Lora(Default::default()));
    say_after_run([load(task, url), vec![run]].concat(), Some(ask))
}

#[test]
fn a_text_of_ones_own_is_tagged_and_asked() {
    let text = "a good film".to_owned();
    let events = then(
        Task::TokenClassification,
        "tags.jsonl",
        Command::Tag(asks::Tag { text }),
    );
    let spans = events.iter().find_map(|e| match e {
        Event::Answered(Reply::Tag(found)) => Some(&found.spans),
        _ => None,
    });
    let spans = spans.unwrap_or_else(|| panic!("{:?}", errors(&events)));
    assert_eq!((spans[0].start, spans[0].end), (2, 6));
    let ask = Command::AskQuestion(asks::AskQuestion {
        question: "a".into(),
        context: "a good film".into(),
    });
    let events = then(Task::QuestionAnswering, "qa.jsonl", ask.clone());
    let answered = events.iter().any(
        |e| matches!(e, Event::Answered(Reply::AskQuestion(found)) if !found.answer.is_empty() && found.span.is_some()),
    );
    assert!(answered, "{:?}", errors(&events));
    let events = then(Task::TokenClassification, "tags.jsonl", ask);
    assert!(
        errors(&events)[0]
            .to_string()
            .contains("question-answering")
    );
}

#[test]
fn classes_that_have_no_frequency_are_not_weighed() {
    let mut command = start(Strategy::Full);
    if let Command::StartRun(asks::StartRun { settings, .. }) = &mut command {
        settings.balanced_classes = true;
    }
    let run = |task, url| say([load(task, url), vec![command.clone()]].concat());
    let events = run(Task::QuestionAnswering, "qa.jsonl");
    assert!(errors(&events)[0].to_string().contains("places in a text"));
    let events = run(Task::SequenceClassification, "topics.csv");
    assert!(errors(&events).is_empty());
}

#[test]
fn epochs_become_steps() {
    let mut command = start(Strategy::Full);
    if let Command::StartRun(asks::StartRun { settings, .. }) = &mut command {
        settings.num_train_epochs = 2.0;
    }
    let loaded = load(Task::SequenceClassification, "topics.csv");
    let events = say([loaded, vec![command]].concat());
    let steps = events.iter().rev().find_map(|e| match e {
        Event::StepsCompleted { progress, .. } => Some(progress.total_steps),
        _ => None,
    });
    // 24 texts, six a step.
    assert_eq!(steps, Some(8));
}

#[test]
fn an_adapters_volume_is_turned_after_training() {
    let blend = |run, weight, merged| {
        Command::BlendAdapters(asks::BlendAdapters {
            parts: vec![BlendPart {
                run_id: RunId(run),
                weight,
            }],
            merged,
        })
    };
    let task = Task::SequenceClassification;
    let events = then(task, "topics.csv", blend(1, 0.5, false));
    let kept = events
        .iter()
        .any(|e| matches!(e, Event::AdapterKept(info) if info.rank == 8));
    assert!(kept);
    let is_half = |parts: &[BlendPart]| parts[0].weight == 0.5;
    assert!(
        matches!(events.last(), Some(Event::Answered(Reply::BlendAdapters(blend))) if is_half(&blend.parts)),
        "{:?}",
        errors(&events)
    );
    let events = then(task, "topics.csv", blend(1, 1.0, true));
    let nothing_beside = matches!(
        events.last(),
        Some(Event::Answered(Reply::BlendAdapters(blend))) if blend.added_parameters == 0
    );
    assert!(nothing_beside, "{:?}", events.last());
    let events = then(task, "topics.csv", blend(9, 1.0, false));
    assert!(errors(&events)[0].to_string().contains("run 9"));
}
