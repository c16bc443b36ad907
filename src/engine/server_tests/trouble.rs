//! What cannot be done, and says so.

use super::*;

#[test]
fn commands_before_a_model_are_told_to_wait() {
    let events = say(vec![start(Strategy::Full)]);
    assert!(
        errors(&events)[0]
            .to_string()
            .contains("No model is loaded")
    );
}

#[test]
fn a_missing_and_a_cut_model_each_say_so() {
    let model = |url: &str| {
        Command::LoadModel(asks::LoadModel {
            name: "x".into(),
            place: folder(url),
        })
    };
    let events = say(vec![model("nowhere"), model("cut")]);
    let errors = errors(&events);
    assert_eq!(errors[0].kind, ErrorKind::Network);
    let unfetched = errors[0].to_string();
    assert!(unfetched.contains("config.json") && unfetched.contains("404"));
    assert_eq!(errors[1].kind, ErrorKind::Model);
    assert!(errors[1].to_string().contains("cut short"), "{}", errors[1]);
}

#[test]
fn targets_that_match_nothing_are_refused_before_the_run() {
    let lora = crate::settings::LoraSettings {
        target_modules: vec!["q_proj".into()],
        ..Default::default()
    };
    let events = say([
        load(),
        vec![Command::PlanRun(asks::PlanRun {
            strategy: Strategy::Lora(lora),
        })],
    ]
    .concat());
    assert!(errors(&events)[0].to_string().contains("q_proj"));
}
