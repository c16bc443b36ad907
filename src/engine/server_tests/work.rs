//! Work that goes on between messages: it is paused and cancelled there, and leaves the engine usable.

use super::*;
use crate::settings::Sampling;

/// The ask after those of `load`.
const ASKED: RequestId = RequestId(2);

fn cancel() -> Command {
    asks::CancelWork { request_id: ASKED }.into()
}

fn generate(max_new_tokens: usize) -> Command {
    let ask = asks::Generate {
        prompt: "a good".into(),
        max_new_tokens,
        sampling: Sampling::Greedy,
        weights: WeightsChoice::Base,
    };
    ask.into()
}

fn verify() -> Command {
    let base_url = "reference".into();
    asks::Verify { base_url }.into()
}

/// The tiny GPT-2 of the reference with its trajectories.
fn with_reference() -> TestHost {
    let mut host = host();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/");
    let mut paths = vec!["A/meta.json".to_owned()];
    for folder in ["A/model", "A/lm", "A/traj"] {
        for entry in std::fs::read_dir(format!("{root}{folder}")).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            paths.push(format!("{folder}/{name}"));
        }
    }
    for path in &paths {
        let bytes = std::fs::read(format!("{root}{path}")).unwrap();
        host.files.insert(format!("reference/{path}"), bytes);
    }
    let index = serde_json::to_vec(&paths).unwrap();
    host.files.insert("reference/index.json".into(), index);
    host
}

fn is_case(event: &Event) -> bool {
    matches!(event, Event::CaseVerified(_))
}

fn is_cancelled(event: &Event) -> bool {
    matches!(event, Event::Cancelled)
}

/// What was told before it was cancelled, and whether the engine answers afterwards.
fn told_until_cancelled(events: &[Event], is_told: fn(&Event) -> bool) -> usize {
    let cancelled = events.iter().position(is_cancelled);
    let at = cancelled.unwrap_or_else(|| panic!("{:?}", errors(events)));
    assert!(
        !events[at..].iter().any(is_told),
        "told after it was cancelled"
    );
    events[..at].iter().filter(|event| is_told(event)).count()
}

#[test]
fn a_text_is_cancelled_between_two_tokens() {
    let is_token: Cue = |event| matches!(event, Event::TokenGenerated { .. });
    let commands = [load(), vec![generate(20)]].concat();
    let lines = vec![(is_token, cancel()), (is_cancelled as Cue, generate(3))];
    let events = say_scripted(commands, lines);
    let at = events.iter().position(is_cancelled).unwrap();
    let before = events[..at].iter().filter(|event| is_token(event)).count();
    assert!((1..20).contains(&before), "{before}");
    let Some(Event::Answered(Reply::Generate(text))) = events.last() else {
        panic!("the engine goes on with texts: {:?}", events.last());
    };
    assert_eq!(text.tokens, 3);
}

#[test]
fn a_verification_is_cancelled_between_two_units() {
    let commands = [load(), vec![verify()]].concat();
    let then = start(Strategy::Full);
    let lines = vec![(is_case as Cue, cancel()), (is_cancelled as Cue, then)];
    let events = say_with(with_reference(), commands, None, lines);
    let rows = told_until_cancelled(&events, is_case);
    assert!((1..40).contains(&rows), "{rows}");
    assert!(
        !events
            .iter()
            .any(|e| matches!(e, Event::Answered(Reply::Verify(_))))
    );
    assert!(matches!(events.last(), Some(Event::RunFinished { .. })));
}

#[test]
fn a_paused_verification_waits_and_comes_to_its_end() {
    let pause = asks::PauseWork { request_id: ASKED };
    let resume = asks::ResumeWork { request_id: ASKED };
    let lines: Vec<(Cue, Command)> = vec![
        (is_case, pause.into()),
        // A run has its turn meanwhile.
        (
            |e| matches!(e, Event::Answered(Reply::PauseWork(_))),
            start(Strategy::Full),
        ),
        (|e| matches!(e, Event::RunFinished { .. }), resume.into()),
    ];
    let commands = [load(), vec![verify()]].concat();
    let events = say_with(with_reference(), commands, None, lines);
    let at = |is_it: Cue| events.iter().position(is_it).unwrap();
    let paused = at(|e| matches!(e, Event::Answered(Reply::PauseWork(_))));
    let resumed = at(|e| matches!(e, Event::Answered(Reply::ResumeWork(_))));
    assert!(!events[paused..resumed].iter().any(is_case));
    let rows = events.iter().filter(|e| is_case(e)).count();
    let Some(Event::Answered(Reply::Verify(found))) = events.last() else {
        panic!("{:?}", events.last());
    };
    assert_eq!((found.failed, found.passed), (0, rows));
}

#[test]
fn a_benchmark_and_lessons_own_training_are_cancelled_between_two_steps() {
    let bench = asks::Bench {
        workload: Workload::W2,
        steps: 200,
    };
    let example = asks::TrainOnExample {
        text: "a good film".into(),
        label: 1,
        steps: 20,
        learning_rate: 1e-2,
    };
    let prompts = asks::ScorePrompts {
        split: Split::Test,
        shots: 2,
        most_examples: 100,
        seed: 1,
        weights: WeightsChoice::Base,
    };
    for ask in [bench.into(), example.into(), prompts.into()] {
        let commands = [load(), vec![ask]].concat();
        let events = say_interrupted(commands, Some((1, cancel())));
        assert!(errors(&events).is_empty(), "{events:?}");
        assert_eq!(told_until_cancelled(&events, is_case), 0);
        let answer = events.last();
        let is_answer = matches!(answer, Some(Event::Answered(Reply::CancelWork(_))));
        assert!(is_answer, "{answer:?}");
    }
}

#[test]
fn what_has_been_answered_is_cancelled_without_a_word() {
    let is_answer: Cue = |event| matches!(event, Event::Answered(Reply::Generate(_)));
    let commands = [load(), vec![generate(2)]].concat();
    let events = say_scripted(commands, vec![(is_answer, cancel())]);
    assert!(errors(&events).is_empty() && !events.iter().any(is_cancelled));
}

#[test]
fn an_event_that_cannot_be_sent_fails_what_it_is_about() {
    let broken = |unsendable: Cue, ask: Command| {
        let host = TestHost {
            unsendable: Some(unsendable),
            ..host()
        };
        say_with(host, [load(), vec![ask]].concat(), None, Vec::new())
    };
    let is_probe: Cue = |event| matches!(event, Event::Answered(Reply::Probe(_)));
    let (text, weights) = ("a good".to_owned(), WeightsChoice::Base);
    let events = broken(is_probe, asks::Probe { text, weights }.into());
    assert_eq!(errors(&events)[0].kind, ErrorKind::Protocol);
    let is_token: Cue = |event| matches!(event, Event::TokenGenerated { .. });
    let events = broken(is_token, generate(5));
    assert_eq!(errors(&events)[0].kind, ErrorKind::Protocol);
    for unsendable in [
        (|event| matches!(event, Event::StepsCompleted { .. })) as Cue,
        |event| matches!(event, Event::RunFinished { .. }),
    ] {
        let events = broken(unsendable, start(Strategy::Full));
        let Some(Event::RunFailed { error, .. }) = events.last() else {
            panic!("the run should fail: {:?}", events.last());
        };
        assert_eq!(error.kind, ErrorKind::Protocol);
    }
}
