use super::*;
use crate::settings::{Family, LoraSettings, PartialSettings, ScheduleKind};

#[test]
fn an_address_says_the_settings_and_reads_back() {
    let (draft, problems) = Draft::from_query(
        "strategy=lora&rank=4&alpha=16&lr=1e-3&warmup=20&steps=200&batch=16&schedule=cosine&seed=9",
    );
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(draft.methods.lora.rank, 4);
    assert_eq!(draft.training.learning_rate, 1e-3);
    assert_eq!(draft.training.schedule, ScheduleKind::Cosine);
    assert_eq!(Draft::from_query(&draft.to_query()), (draft, vec![]));
}

#[test]
fn bad_values_are_named_and_leave_the_default() {
    let (draft, problems) = Draft::from_query("rank=0&lr=fast&strategy=magic&steps=50&colour=red");
    let default = Draft::default();
    assert_eq!(draft.methods.lora.rank, default.methods.lora.rank);
    assert_eq!(draft.training.learning_rate, default.training.learning_rate);
    assert_eq!(draft.training.total_steps, 50);
    assert_eq!(problems.len(), 4);
    assert!(problems[0].contains("rank=0"));
    assert!(problems[2].contains("lora, full, partial, head, bitfit"));
}

#[test]
fn remedies_stand_in_the_address_when_they_are_on() {
    let (draft, problems) = Draft::from_query("strategy=full&replay=0.25&ewc=30");
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(draft.settings().remedies.replay, 0.25);
    let query = draft.to_query();
    assert!(
        query.contains("replay=0.25&ewc=30") && !query.contains("l2sp"),
        "{query}"
    );
    assert_eq!(Draft::from_query(&query).0, draft);
    let (_, problems) = Draft::from_query("llrd=7");
    assert_eq!(problems.len(), 1, "{problems:?}");
}

#[test]
fn data_and_loop_stand_in_the_address() {
    let query = "data=ner&task=token-classification&epochs=3&accumulate=2&balanced=true";
    let (draft, problems) = Draft::from_query(query);
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(draft.dataset.name(), "ner");
    assert_eq!(draft.settings().num_train_epochs, 3.0);
    assert_eq!(Draft::from_query(&draft.to_query()), (draft, vec![]));
}

#[test]
fn what_does_not_go_together_is_refused_with_the_reason() {
    for (query, reason) in [
        ("data=qa&balanced=true", "places in a text"),
        ("data=instructions&strategy=head", "no head of its own"),
        ("data=qa&task=causal-lm", "question-answering"),
        ("data=nothing", "one of opinions, reviews"),
    ] {
        let (_, problems) = Draft::from_query(query);
        assert_eq!(problems.len(), 1, "{query}");
        assert!(problems[0].contains(reason), "{problems:?}");
    }
}

#[test]
fn the_order_of_an_address_does_not_matter() {
    for query in [
        "task=token-classification&data=ner",
        "freeze=1&strategy=partial&task=causal-lm&data=beekeeping",
        "balanced=true&task=multi-label-classification&data=moderation",
        "virtual=4&strategy=prompt",
        // Impossible together: the same one is refused from both sides.
        "balanced=true&data=qa",
        "replay=0.5&strategy=head",
        "strategy=head&data=stories",
    ] {
        let turned: Vec<&str> = query.split('&').rev().collect();
        let (there, mut problems) = Draft::from_query(query);
        let (back, mut turned_problems) = Draft::from_query(&turned.join("&"));
        problems.sort();
        turned_problems.sort();
        assert_eq!((there, problems), (back, turned_problems), "{query}");
    }
    let (draft, problems) = Draft::from_query("task=token-classification&data=ner");
    assert_eq!((draft.dataset.name(), problems), ("ner", vec![]));
}

#[test]
fn partial_keeps_its_blocks() {
    let (draft, _) = Draft::from_query("strategy=partial&freeze=3");
    assert_eq!(
        draft.strategy(),
        Strategy::Partial(PartialSettings { frozen_blocks: 3 })
    );
    assert!(draft.to_query().contains("freeze=3"));
}

#[test]
fn numbers_in_addresses_are_short_and_exact() {
    assert_eq!(short_number(1e-3), "1e-3");
    assert_eq!(short_number(0.25), "0.25");
    assert_eq!(short_number(2e-3).parse::<f64>(), Ok(2e-3));
}

fn on(family: Family, query: &str) -> (Draft, Option<String>) {
    let (mut draft, problems) = Draft::from_query(query);
    assert!(problems.is_empty(), "{problems:?}");
    draft.adopt(family);
    let problem = draft.adopt_data();
    (draft, problem)
}

#[test]
fn modules_are_called_in_the_models_words() {
    let targets = |family, query: &str| on(family, query).0.get("targets");
    assert_eq!(targets(Family::Bert, "strategy=lora"), "query,value");
    assert_eq!(
        targets(Family::Bert, "targets=all-linear"),
        "query,key,value,dense"
    );
    assert_eq!(targets(Family::Bert, "targets=c_attn"), "query,key,value");
    assert_eq!(targets(Family::Bert, "targets=key"), "key");
    assert_eq!(targets(Family::Gpt2, "targets=key"), "c_attn");
    let mut draft = on(Family::Bert, "").0;
    draft.try_set("targets", "all-linear").unwrap();
    assert_eq!(draft.get("targets"), "query,key,value,dense");
    let refusal = draft.try_set("targets", "?").unwrap_err().to_string();
    assert!(refusal.contains("query,value"), "{refusal}");
    draft.adopt(Family::Gpt2);
    assert_eq!(draft.get("targets"), "c_attn,c_fc,c_proj");
    assert_eq!(on(Family::Gpt2, "").0.methods.lora, LoraSettings::default());
}

#[test]
fn data_is_the_usual_set_unless_it_was_chosen_and_an_address_names_it() {
    for family in Family::ALL {
        let (usual, problem) = on(family, "lr=1e-3");
        assert_eq!((usual.dataset.name(), problem), ("opinions", None));
        assert!(usual.to_query().ends_with("&data=opinions"));
    }
    let (chosen, _) = on(Family::Bert, "data=reviews");
    assert_eq!(chosen.dataset.name(), "reviews");
    assert!(chosen.to_query().contains("data=reviews"));
}

#[test]
fn an_address_of_before_still_means_the_reviews() {
    let (mut draft, _) = Draft::from_address("lr=1e-3");
    draft.adopt_data();
    assert_eq!(draft.dataset.name(), "reviews");
    let (named, _) = Draft::from_address("lr=1e-3&data=opinions");
    assert_eq!(named.dataset.name(), "opinions");
}

#[test]
fn what_a_family_cannot_learn_is_refused_with_the_reason() {
    let (draft, problem) = on(Family::Bert, "data=instructions");
    assert_eq!(draft.dataset.name(), "opinions");
    assert!(problem.unwrap().contains("causal-lm"));
    let (mut stories, problem) = on(Family::Bert, "data=stories&task=masked-lm");
    assert_eq!((stories.task(), problem), (Task::MaskedLm, None));
    assert_eq!(
        on(Family::Gpt2, "data=stories&task=masked-lm").0.task(),
        Task::CausalLm
    );
    for (key, value, reason) in [
        ("data", "instructions", "a BERT does not learn"),
        ("strategy", "prefix", "GPT-2 only"),
        ("strategy", "head", "no head of its own"),
        ("balanced", "true", "words themselves"),
    ] {
        let refusal = stories.try_set(key, value).unwrap_err().to_string();
        assert!(refusal.contains(reason), "{key}={value}: {refusal}");
    }
    stories.try_set("strategy", "bitfit").unwrap();
}

#[test]
fn numbers_that_make_no_sense_are_refused_by_name() {
    for (setting, named) in [
        ("decay=-1", "weight decay"),
        ("decay=nan", "weight decay"),
        ("alpha=0", "LoRA alpha"),
        ("clip=-1", "maximum gradient norm"),
        ("clip=nan", "maximum gradient norm"),
    ] {
        let (draft, problems) = Draft::from_query(setting);
        assert!(
            problems.len() == 1 && problems[0].contains(named),
            "{problems:?}"
        );
        assert_eq!(draft, Draft::default());
    }
    for off in ["clip=0", "clip=inf"] {
        let (draft, problems) = Draft::from_query(off);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(draft.training.max_grad_norm, 0.0);
    }
}
