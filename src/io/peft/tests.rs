use super::*;
use crate::io::safetensors::SafetensorsFile;
use crate::methods::Beside;
use crate::model::gpt2::{Gpt2, Gpt2Config, RandomWeights};
use crate::model::heads::sequence_classification::Score;
use crate::settings::{Ia3Settings, LoraSettings, PrefixSettings, PromptSettings, Seed};
use burn::prelude::Device;

fn model() -> Gpt2 {
    let config = Gpt2Config::sized(11, 8, 8, 2, 2);
    let model = Gpt2::load(
        &config,
        &mut RandomWeights::new(Seed::new(1), 2),
        &Device::flex(),
    )
    .unwrap();
    let score = Score::init(2, 8, &mut Seed::new(2), &Device::flex());
    model.with_score(score)
}

fn saved(task_type: &str) -> (String, Vec<u8>) {
    let settings = LoraSettings {
        rank: 4,
        alpha: 6.0,
        dropout: 0.1,
        ..Default::default()
    };
    saved_as(&Strategy::Lora(settings), task_type)
}

fn saved_as(strategy: &Strategy, task_type: &str) -> (String, Vec<u8>) {
    let adapted = model().with_strategy(strategy, &mut Seed::new(3));
    save(&adapted, strategy, "base", task_type).unwrap()
}

fn refusal(config: &str, weights: Vec<u8>) -> String {
    load(config, weights, model()).err().unwrap().to_string()
}

#[test]
fn what_is_saved_is_loaded() {
    let lora = LoraSettings {
        rank: 4,
        alpha: 6.0,
        dropout: 0.1,
        use_dora: true,
        ..Default::default()
    };
    for strategy in [
        Strategy::Lora(lora),
        Strategy::Ia3(Ia3Settings::default()),
        Strategy::Prompt(PromptSettings { virtual_tokens: 3 }),
        Strategy::Prefix(PrefixSettings { virtual_tokens: 3 }),
    ] {
        for task in ["SEQ_CLS", "CAUSAL_LM"] {
            let (config, weights) = saved_as(&strategy, task);
            assert_eq!(AdapterConfig::parse(&config).unwrap().strategy, strategy);
            let loaded = load(&config, weights.clone(), model()).unwrap();
            let again = save(&loaded.model, &strategy, "base", task).unwrap();
            assert_eq!(again, (config, weights), "{} {task}", strategy.name());
        }
    }
}

#[test]
fn rslora_scales_by_the_root_of_the_rank() {
    let (config, weights) = saved("CAUSAL_LM");
    let config = config.replace("\"use_rslora\": false", "\"use_rslora\": true");
    let strategy = AdapterConfig::parse(&config).unwrap().strategy;
    let loaded = load(&config, weights, model()).unwrap().model;
    let beside = loaded.transformer.h[0].attn.c_attn.beside.as_ref();
    let Some(Beside::Lora(lora)) = beside else {
        panic!("{beside:?}");
    };
    assert_eq!(lora.scaling, 3.0);
    let (again, _) = save(&loaded, &strategy, "base", "CAUSAL_LM").unwrap();
    assert_eq!(again, config);
}

#[test]
fn names_are_pefts() {
    let file = SafetensorsFile::open(saved("SEQ_CLS").1).unwrap();
    for name in [
        "base_model.model.score.weight",
        "base_model.model.transformer.h.0.attn.c_attn.lora_A.weight",
        "base_model.model.transformer.h.1.mlp.c_proj.lora_B.weight",
    ] {
        assert!(file.contains(name), "{name}");
    }
    assert_eq!(file.tensors().len(), 13);
    let plain = SafetensorsFile::open(saved("CAUSAL_LM").1).unwrap();
    assert_eq!(plain.tensors().len(), 12);
}

#[test]
fn what_cannot_be_run_is_named() {
    let (config, weights) = saved("CAUSAL_LM");
    for (from, to, named) in [
        ("\"lora_bias\": false", "\"lora_bias\": true", "lora_bias"),
        (
            "\"use_qalora\": false",
            "\"use_qalora\": true",
            "use_qalora",
        ),
        (
            "\"layer_replication\": null",
            "\"layer_replication\": [[0, 2]]",
            "layer_replication",
        ),
        ("\"bias\": \"none\"", "\"bias\": \"all\"", "bias"),
        ("\"LORA\"", "\"LOHA\"", "peft_type"),
        ("\"CAUSAL_LM\"", "\"SEQ_2_SEQ_LM\"", "task_type"),
    ] {
        let changed = config.replace(from, to);
        assert_ne!(changed, config, "{from}");
        let error = refusal(&changed, weights.clone());
        assert!(error.contains(named), "{error}");
    }
}

#[test]
fn a_start_that_changes_the_base_is_refused() {
    let (config, weights) = saved("CAUSAL_LM");
    let starting = |word: &str| {
        let plain = "\"init_lora_weights\": true";
        assert!(config.contains(plain));
        config.replace(plain, &format!("\"init_lora_weights\": {word}"))
    };
    for word in [
        "pissa",
        "pissa_niter_16",
        "olora",
        "corda",
        "loftq",
        "lora_ga",
    ] {
        let error = refusal(&starting(&format!("\"{word}\"")), weights.clone());
        assert!(
            error.contains(&format!("init_lora_weights is {word}")),
            "{error}"
        );
    }
    for word in ["false", "null", "\"gaussian\"", "\"eva\"", "\"orthogonal\""] {
        assert!(
            load(&starting(word), weights.clone(), model()).is_ok(),
            "{word}"
        );
    }
}

/// Every tensor of a file.
fn tensors_of(weights: &[u8]) -> Vec<NamedTensor> {
    let mut file = SafetensorsFile::open(weights.to_vec()).unwrap();
    let names = file.tensors().into_keys().collect::<Vec<_>>();
    let tensor = |name: String| {
        let data = file.read(&name).unwrap();
        let shape = data.shape().to_vec();
        let values = data.try_to_vec().unwrap();
        NamedTensor {
            name,
            shape,
            values,
        }
    };
    names.into_iter().map(tensor).collect()
}

/// The same tensors under other names.
fn renamed(weights: &[u8], rename: impl Fn(&str) -> String) -> Vec<u8> {
    let mut tensors = tensors_of(weights);
    for tensor in &mut tensors {
        tensor.name = rename(&tensor.name);
    }
    write(&tensors, Precision::F32).unwrap()
}

#[test]
fn names_with_an_adapters_own_name_in_them_are_read() {
    for task in ["CAUSAL_LM", "SEQ_CLS"] {
        let (config, weights) = saved(task);
        let named = renamed(&weights, |name| {
            let name = name.replace(".weight", ".mine.weight");
            name.replace("score.", "score.modules_to_save.")
        });
        let strategy = AdapterConfig::parse(&config).unwrap().strategy;
        let loaded = load(&config, named, model()).unwrap().model;
        let again = save(&loaded, &strategy, "base", task).unwrap();
        assert_eq!(again, (config, weights));
    }
    let (config, weights) = saved("CAUSAL_LM");
    let two = renamed(&weights, |name| match name.contains("h.1.") {
        true => name.replace("h.1.", "h.0.").replace(".weight", ".b.weight"),
        false => name.replace(".weight", ".a.weight"),
    });
    assert!(refusal(&config, two).contains("h.1."));
}

#[test]
fn what_is_missing_is_told_with_what_is_there() {
    let (config, weights) = saved("CAUSAL_LM");
    let llamas = renamed(&weights, |name| name.replace("c_attn", "q_proj"));
    let error = refusal(&config, llamas);
    assert!(
        error.contains("q_proj") && error.contains("more"),
        "{error}"
    );
}

#[test]
fn sizes_of_the_configuration_are_checked_before_anything_is_built() {
    let (config, weights) = saved("CAUSAL_LM");
    let huge = config.replace("\"r\": 4", "\"r\": 1000000000000");
    let error = refusal(&huge, weights);
    assert!(
        error.contains("r is 1000000000000") && error.contains("[4, 8]"),
        "{error}"
    );
    let (config, weights) = saved_as(
        &Strategy::Prompt(PromptSettings { virtual_tokens: 3 }),
        "CAUSAL_LM",
    );
    let huge = config.replace(
        "\"num_virtual_tokens\": 3",
        "\"num_virtual_tokens\": 1000000000000",
    );
    assert!(refusal(&huge, weights).contains("num_virtual_tokens is 1000000000000"));
}

#[test]
fn settings_and_tensors_must_fit_each_other() {
    let (config, weights) = saved("CAUSAL_LM");
    let narrower = config.replace("\"c_proj\"", "\"mlp.c_proj\"");
    assert!(refusal(&narrower, weights.clone()).contains("attn.c_proj.lora_A.weight"));
    let wider = config.replace("\"c_proj\"", "\"c_proj\", \"c_fc\"");
    assert!(refusal(&wider, weights.clone()).contains("mlp.c_fc.lora_A.weight"));
    let rank = config.replace("\"r\": 4", "\"r\": 2");
    assert!(refusal(&rank, weights.clone()).contains("[4, 8]"));
    let nothing = config
        .replace("\"c_attn\"", "\"query\"")
        .replace("\"c_proj\"", "\"value\"");
    assert!(refusal(&nothing, weights).contains("match nothing"));
}

/// The file with further tensors.
fn joined(weights: &[u8], more: Vec<NamedTensor>) -> Vec<u8> {
    let all = [tensors_of(weights), more].concat();
    write(&all, Precision::F32).unwrap()
}

fn named(name: &str, shape: [usize; 2], value: f32) -> NamedTensor {
    NamedTensor {
        name: format!("{PREFIX}{name}"),
        shape: shape.to_vec(),
        values: vec![value; shape[0] * shape[1]],
    }
}

#[test]
fn ranks_by_module_are_read_and_written() {
    let places = [("h.0.attn.c_attn", 2, 3.0), ("h.1.mlp.c_proj", 4, 6.0)];
    let places = places.map(|(path, rank, alpha)| {
        let place = crate::methods::ModuleSize { rank, alpha };
        (format!("transformer.{path}"), place)
    });
    let strategy = Strategy::Lora(LoraSettings {
        rank: 4,
        alpha: 6.0,
        target_modules: places.iter().map(|(path, _)| path.clone()).collect(),
        by_module: places.into_iter().collect(),
        ..Default::default()
    });
    let (config, weights) = saved_as(&strategy, "CAUSAL_LM");
    assert!(
        config.contains("\"transformer.h.0.attn.c_attn\": 2"),
        "{config}"
    );
    let loaded = load(&config, weights.clone(), model()).unwrap();
    assert_eq!(loaded.strategy, strategy);
    let again = save(&loaded.model, &strategy, "base", "CAUSAL_LM").unwrap();
    assert_eq!(again, (config.clone(), weights.clone()));
    let other = config.replace("c_attn\": 2", "c_attn\": 3");
    assert!(refusal(&other, weights).contains("c_attn.lora_A.weight"));
}

#[test]
fn weights_in_the_place_of_the_bases_are_read() {
    let (config, weights) = saved("CAUSAL_LM");
    let embedding = || named("transformer.wte.weight", [11, 8], 0.5);
    let with = |more| load(&config, joined(&weights, more), model());
    let loaded = with(vec![embedding(), named("lm_head.weight", [11, 8], 0.5)]).unwrap();
    let wte = loaded.model.transformer.wte.weight.val().into_data();
    assert!(loaded.changes_base && wte.try_to_vec::<f32>().unwrap() == [0.5; 88]);
    assert!(
        !load(&config, weights.clone(), model())
            .unwrap()
            .changes_base
    );
    let refused = |more| with(more).err().unwrap().to_string();
    let untied = refused(vec![embedding(), named("lm_head.weight", [11, 8], 0.1)]);
    assert!(
        untied.contains("apart from the token embedding"),
        "{untied}"
    );
    let grown = refused(vec![named("transformer.wte.weight", [12, 8], 0.5)]);
    assert!(grown.contains("does not fit this model"), "{grown}");
    let asked = config.replace(
        "\"modules_to_save\": null",
        "\"modules_to_save\": [\"wte\"]",
    );
    assert_ne!(asked, config);
    assert!(refusal(&asked, weights.clone()).contains("wte.weight"));
    assert!(load(&asked, joined(&weights, vec![embedding()]), model()).is_ok());
}
