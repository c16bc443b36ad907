use super::*;
use crate::settings::{
    BottleneckSettings, Ia3Settings, LoraSettings, LossDivisor, Placement, Remedies, ScheduleKind,
    Strategy, StrategyKind,
};
use crate::ui::draft::{LOOP, REMEDIES, TRAINING, form_fields};
use crate::ui::sources::datasets::SHIPPED;

use Family::{Bert, Gpt2};

/// The programs that have been run with transformers, PEFT and adapters; see docs/scripts.md.
const KEPT: [(&str, Family, &str); 20] = [
    (
        "lora",
        Gpt2,
        "strategy=lora&rank=8&alpha=16&targets=c_attn,c_proj&lr=1e-3",
    ),
    (
        "dora",
        Gpt2,
        "strategy=lora&rank=4&dora=true&rslora=true&dropout=0.1&targets=all-linear&lr=1e-3&schedule=cosine",
    ),
    ("full", Gpt2, "strategy=full&lr=3e-4"),
    ("partial", Gpt2, "strategy=partial&freeze=2&lr=3e-4"),
    ("head", Gpt2, "strategy=head&lr=1e-2&schedule=constant"),
    ("bitfit", Gpt2, "strategy=bitfit&lr=3e-3"),
    ("ia3", Gpt2, "strategy=ia3&lr=1e-2"),
    (
        "adapter",
        Gpt2,
        "strategy=adapter&placement=houlsby&bottleneck=16&lr=1e-3",
    ),
    ("prompt", Gpt2, "strategy=prompt&virtual=8&lr=1e-2"),
    ("prefix", Gpt2, "strategy=prefix&virtual=8&lr=1e-2"),
    (
        "every_setting",
        Gpt2,
        "strategy=full&lr=3e-4&epochs=2&examples=200&accumulate=2&balanced=true&patience=2&best=true&evaluate=5&length=64",
    ),
    (
        "many_labels",
        Gpt2,
        "data=moderation&strategy=full&lr=1e-3&balanced=true",
    ),
    ("tags", Gpt2, "data=ner&strategy=lora&lr=3e-3&balanced=true"),
    ("questions", Gpt2, "data=qa&strategy=full&lr=1e-3"),
    (
        "prompts",
        Gpt2,
        "data=instructions&strategy=lora&lr=1e-3&accumulate=2",
    ),
    (
        "text",
        Gpt2,
        "data=beekeeping&strategy=full&lr=3e-4&examples=100",
    ),
    ("bert_lora", Bert, "strategy=lora&lr=3e-3"),
    (
        "bert_partial_tags",
        Bert,
        "data=ner&strategy=partial&freeze=2&lr=1e-3&accumulate=2",
    ),
    ("bert_questions", Bert, "data=qa&strategy=bitfit&lr=3e-3"),
    ("bert_text", Bert, "data=beekeeping&strategy=ia3&lr=1e-2"),
];

#[test]
fn the_programs_kept_are_the_programs_written() {
    for (name, family, query) in KEPT {
        let (draft, problems) = Draft::from_address(&format!("{query}&steps=60&warmup=6"));
        assert!(problems.is_empty(), "{problems:?}");
        let (path, written) = (format!("tests/scripts/{name}.py"), script(&draft, family));
        if std::env::var_os("WARMUP_WRITE_SCRIPTS").is_some() {
            std::fs::write(&path, &written).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap();
        assert!(
            kept == written,
            "{path} differs; WARMUP_WRITE_SCRIPTS=1 writes it anew, then run it"
        );
    }
}

fn program(query: &str, family: Family) -> String {
    let (draft, problems) = Draft::from_query(query);
    assert!(problems.is_empty(), "{problems:?}");
    script(&draft, family)
}

#[test]
fn every_field_of_the_form_changes_the_program() {
    // A value that is not the usual one, and what else must be chosen for the field to be there.
    let others = [
        ("data", "data=topics", ""),
        ("strategy", "strategy=full", ""),
        ("rank", "rank=3", ""),
        ("alpha", "alpha=5", ""),
        ("dropout", "dropout=0.2", ""),
        ("targets", "targets=c_fc", ""),
        ("rslora", "rslora=true", ""),
        ("dora", "dora=true", ""),
        ("placement", "placement=houlsby", "strategy=adapter"),
        ("bottleneck", "bottleneck=9", "strategy=adapter"),
        ("virtual", "virtual=5", "strategy=prompt"),
        ("freeze", "freeze=1", "strategy=partial"),
        ("lr", "lr=7e-4", ""),
        ("schedule", "schedule=cosine", ""),
        ("warmup", "warmup=11", ""),
        ("steps", "steps=222", ""),
        ("batch", "batch=9", ""),
        ("seed", "seed=77", ""),
        ("length", "length=64", ""),
        ("decay", "decay=0.3", ""),
        ("clip", "clip=0.7", ""),
        ("examples", "examples=50", ""),
        ("epochs", "epochs=3", ""),
        ("accumulate", "accumulate=2", ""),
        ("evaluate", "evaluate=10", ""),
        ("patience", "patience=2", ""),
        ("best", "best=true", ""),
        ("balanced", "balanced=true", ""),
        ("replay", "replay=0.25", ""),
        ("ewc", "ewc=30", ""),
        ("l2sp", "l2sp=0.1", ""),
        ("llrd", "llrd=0.8", ""),
    ];
    let strategies = StrategyKind::ALL.map(form_fields);
    let form = TRAINING.iter().chain(&LOOP).chain(&REMEDIES);
    for key in form.chain(strategies.iter().flatten()) {
        assert!(others.iter().any(|(other, _, _)| other == key), "{key}");
    }
    for family in [Gpt2, Bert] {
        for (key, setting, with) in others {
            let usual = program(with, family);
            let other = program(&format!("{with}&{setting}"), family);
            assert_ne!(usual, other, "{key} is ignored in silence");
        }
    }
}

/// Each field of the settings, with another value. A new field does not compile until it has one.
fn changed_settings() -> Vec<(&'static str, TrainingSettings)> {
    let TrainingSettings {
        strategy: _,
        learning_rate: _,
        schedule: _,
        warmup_steps: _,
        total_steps: _,
        batch_size: _,
        max_length: _,
        weight_decay: _,
        weight_decay_on: _,
        max_grad_norm: _,
        adam_beta1: _,
        adam_beta2: _,
        adam_epsilon: _,
        seed: _,
        gradient_accumulation_steps: _,
        loss_divisor: _,
        eval_steps: _,
        early_stopping_patience: _,
        load_best_model_at_end: _,
        max_train_samples: _,
        remedies: _,
        num_train_epochs: _,
        balanced_classes: _,
        gradient_checkpointing: _,
    } = TrainingSettings::default();
    let with = |name, change: fn(&mut TrainingSettings)| {
        let mut settings = TrainingSettings::default();
        change(&mut settings);
        (name, settings)
    };
    vec![
        with("strategy", |s| s.strategy = Strategy::Full),
        with("learning_rate", |s| s.learning_rate = 7e-4),
        with("schedule", |s| s.schedule = ScheduleKind::Constant),
        with("warmup_steps", |s| s.warmup_steps = 11),
        with("total_steps", |s| s.total_steps = 222),
        with("batch_size", |s| s.batch_size = 9),
        with("max_length", |s| s.max_length = 64),
        with("weight_decay", |s| s.weight_decay = 0.3),
        with("weight_decay_on", |s| {
            s.weight_decay_on = WeightDecayOn::Everything
        }),
        with("max_grad_norm", |s| s.max_grad_norm = 0.7),
        with("adam_beta1", |s| s.adam_beta1 = 0.8),
        with("adam_beta2", |s| s.adam_beta2 = 0.98),
        with("adam_epsilon", |s| s.adam_epsilon = 1e-6),
        with("seed", |s| s.seed = 77),
        with("gradient_accumulation_steps", |s| {
            s.gradient_accumulation_steps = 2
        }),
        with("eval_steps", |s| s.eval_steps = 10),
        with("early_stopping_patience", |s| s.early_stopping_patience = 2),
        with("load_best_model_at_end", |s| {
            s.load_best_model_at_end = true
        }),
        with("max_train_samples", |s| s.max_train_samples = 50),
        with("remedies", |s| s.remedies.replay = 0.5),
        with("num_train_epochs", |s| s.num_train_epochs = 3.0),
        with("balanced_classes", |s| s.balanced_classes = true),
        with("gradient_checkpointing", |s| {
            s.gradient_checkpointing = Some(true)
        }),
    ]
}

#[test]
fn every_setting_of_a_run_changes_the_program() {
    let write = |settings: TrainingSettings| script(&Draft::from_settings(settings), Gpt2);
    let usual = write(TrainingSettings::default());
    for (name, settings) in changed_settings() {
        assert_ne!(write(settings), usual, "{name} is ignored in silence");
    }
    // What is divided matters to a language model alone.
    let (mut draft, _) = Draft::from_query("data=beekeeping");
    let mean = script(&draft, Gpt2);
    draft.training.loss_divisor = LossDivisor::NumItemsInBatch;
    assert_ne!(script(&draft, Gpt2), mean);
}

#[test]
fn every_setting_of_a_method_changes_the_program() {
    let write = |strategy: Strategy| {
        let settings = TrainingSettings {
            strategy,
            ..Default::default()
        };
        script(&Draft::from_settings(settings), Gpt2)
    };
    let LoraSettings {
        rank: _,
        alpha: _,
        dropout: _,
        target_modules: _,
        use_rslora: _,
        use_dora: _,
        by_module: _,
    } = LoraSettings::default();
    let changes: [fn(&mut LoraSettings); 6] = [
        |l| l.rank = 3,
        |l| l.alpha = 5.0,
        |l| l.dropout = 0.2,
        |l| l.target_modules = vec!["c_fc".into()],
        |l| l.use_rslora = true,
        |l| l.use_dora = true,
    ];
    for change in changes {
        let mut lora = LoraSettings::default();
        change(&mut lora);
        assert_ne!(
            write(Strategy::Lora(lora.clone())),
            write(Strategy::Lora(LoraSettings::default())),
            "{lora:?}"
        );
    }
    let Ia3Settings {
        target_modules: _,
        feedforward_modules: _,
    } = Ia3Settings::default();
    let ia3 = |ia3: Ia3Settings| write(Strategy::Ia3(ia3));
    let usual = Ia3Settings::default();
    let named = || vec!["c_fc".to_string()];
    assert_ne!(
        ia3(Ia3Settings {
            target_modules: named(),
            ..usual.clone()
        }),
        ia3(usual.clone())
    );
    assert_ne!(
        ia3(Ia3Settings {
            feedforward_modules: named(),
            ..usual.clone()
        }),
        ia3(usual)
    );
    let BottleneckSettings {
        placement: _,
        bottleneck: _,
    } = BottleneckSettings::default();
    let adapter = |placement, bottleneck| {
        write(Strategy::Adapter(BottleneckSettings {
            placement,
            bottleneck,
        }))
    };
    let usual = adapter(Placement::Pfeiffer, 16);
    assert_ne!(adapter(Placement::Houlsby, 16), usual);
    assert_ne!(adapter(Placement::Pfeiffer, 9), usual);
}

#[test]
fn what_trainer_cannot_do_is_said() {
    let Remedies {
        l2_sp_alpha: _,
        l2_sp_beta: _,
        ewc_lambda: _,
        ewc_samples: _,
        replay: _,
        layer_wise_lr_decay: _,
    } = Remedies::default();
    let written = program("strategy=full&replay=0.25&llrd=0.8&ewc=30&l2sp=0.1", Gpt2);
    for wanted in [
        "replay 0.25",
        "rate of each block below 0.8",
        "EWC, lambda 30, from 64 samples",
        "L2-SP, alpha 0.1, beta 0.01",
    ] {
        assert!(
            written.contains(&format!(
                "Left out, because Trainer has no setting for it: {wanted}."
            )),
            "{wanted}"
        );
    }
    assert!(!program("", Gpt2).contains("Left out"));
}

#[test]
fn epochs_take_the_place_of_steps() {
    let written = program("epochs=3&patience=2", Gpt2);
    assert!(written.contains("num_train_epochs=3,") && !written.contains("max_steps"));
    // An eighth of however many steps that are.
    assert!(written.contains("eval_steps=0.125,"), "{written}");
    assert!(program("steps=200&patience=2", Gpt2).contains("eval_steps=25,"));
}

#[test]
fn a_bert_is_named_as_a_bert() {
    let written = program("strategy=lora", Bert);
    for wanted in [
        "models/mini-bert",
        "[CLS]",
        "target_modules=[\"query\", \"value\"]",
        "hidden_dropout_prob=0",
    ] {
        assert!(written.contains(wanted), "{wanted}\n{written}");
    }
    for gpt2s in ["fan_in_fan_out", "c_attn", "eos_token", "transformer."] {
        assert!(!written.contains(gpt2s), "{gpt2s}");
    }
    assert!(program("strategy=partial", Bert).contains("bert.encoder.layer."));
    assert!(program("strategy=head", Bert).contains("startswith(\"classifier.\")"));
    assert!(program("strategy=bitfit&data=ner", Bert).contains("startswith(\"classifier.\")"));
    assert!(program("strategy=head", Gpt2).contains("startswith(\"score.\")"));
}

#[test]
fn every_data_set_has_a_program_of_its_task() {
    for set in &SHIPPED {
        for family in [Gpt2, Bert] {
            let written = program(&format!("data={}", set.name), family);
            let is_continued = set.task == Task::CausalLm && set.ending == "jsonl";
            if family == Bert && is_continued {
                assert!(written.starts_with("# There is no program"), "{written}");
                continue;
            }
            assert!(
                written.contains(&format!("\"{}\"", set.file())),
                "{written}"
            );
            let class = match (set.task, family) {
                (Task::SequenceClassification | Task::MultiLabelClassification, _) => {
                    "AutoModelForSequenceClassification.from_pretrained"
                }
                (Task::TokenClassification, _) => "AutoModelForTokenClassification.from_pretrained",
                (Task::QuestionAnswering, _) => "AutoModelForQuestionAnswering.from_pretrained",
                (_, Gpt2) => "AutoModelForCausalLM.from_pretrained",
                (_, Bert) => "AutoModelForMaskedLM.from_pretrained",
            };
            assert!(written.contains(class), "{written}");
        }
    }
}

#[test]
fn a_link_can_carry_it() {
    assert_eq!(
        data_url("a = \"é\"\n"),
        "data:text/x-python;charset=utf-8,a%20%3D%20%22%C3%A9%22%0A"
    );
}
