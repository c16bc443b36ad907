//! The settings on the page as a program in Python: the same run with transformers' `Trainer`, and PEFT or
//! `adapters` where the strategy is theirs. `tests/scripts` holds one for each strategy, as this writes it.

use super::draft::{Draft, StrategyKind, short_number};
use super::text::run::strategy as strategy_words;
use crate::settings::{LoraSettings, Placement, ScheduleKind, TrainingSettings};

/// The whole program.
pub fn script(draft: &Draft) -> String {
    let training = &draft.training;
    let mut out = header(draft);
    out += &imports(draft);
    out += &data(training);
    out += MODEL;
    out += &strategy(draft);
    out += &arguments(training);
    out + &ending(draft.kind)
}

fn header(draft: &Draft) -> String {
    let packages = match draft.kind {
        StrategyKind::Adapter => " adapters",
        kind if is_peft(kind) => " peft",
        _ => "",
    };
    let mut out = format!(
        "# Fine-tuning with the settings of a Warmup page: {} ({}), seed {}.\n\
         #\n\
         #   pip install torch transformers accelerate{packages}\n\
         #   python finetune.py [MODEL] [DATA]\n\
         #\n\
         # MODEL is a folder with config.json, model.safetensors and tokenizer.json, or a name on the\n\
         # Hugging Face hub; DATA a CSV with the columns text, label and split (train, test).\n\
         #\n\
         # The settings are the same, the random numbers are not: torch draws and shuffles differently,\n\
         # so the score comes out near the page's, not equal to it.\n",
        draft.kind.name(),
        strategy_words(draft.kind),
        draft.training.seed,
    );
    for remedy in left_out(&draft.training) {
        out += &format!("#\n# Left out, because Trainer has no setting for it: {remedy}.\n");
    }
    out
}

/// Settings of the page that `Trainer` does not have.
fn left_out(training: &TrainingSettings) -> Vec<String> {
    let remedies = &training.remedies;
    let all = [
        ("replay", remedies.replay, 0.0),
        ("EWC, lambda", remedies.ewc_lambda, 0.0),
        ("L2-SP, alpha", remedies.l2_sp_alpha, 0.0),
        (
            "rate of each block below",
            remedies.layer_wise_lr_decay,
            1.0,
        ),
    ];
    all.into_iter()
        .filter(|(_, is, off)| is != off)
        .map(|(name, is, _)| format!("{name} {}", short_number(is)))
        .collect()
}

fn is_peft(kind: StrategyKind) -> bool {
    use StrategyKind::{Ia3, Lora, Prefix, Prompt};
    matches!(kind, Lora | Ia3 | Prompt | Prefix)
}

fn imports(draft: &Draft) -> String {
    let config = match draft.kind {
        StrategyKind::Lora => "from peft import LoraConfig, get_peft_model\n",
        StrategyKind::Ia3 => "from peft import IA3Config, get_peft_model\n",
        StrategyKind::Prompt => "from peft import PromptTuningConfig, get_peft_model\n",
        StrategyKind::Prefix => "from peft import PrefixTuningConfig, get_peft_model\n",
        StrategyKind::Adapter => "import adapters\n",
        _ => "",
    };
    format!(
        "import csv\n\
         import sys\n\
         \n\
         {config}\
         from transformers import (\n    \
             AutoModelForSequenceClassification, AutoTokenizer, DataCollatorWithPadding,\n    \
             Trainer, TrainingArguments, set_seed)\n\
         \n\
         model_name = sys.argv[1] if len(sys.argv) > 1 else \"models/nano\"\n\
         data_file = sys.argv[2] if len(sys.argv) > 2 else \"data/reviews.csv\"\n"
    )
}

fn data(training: &TrainingSettings) -> String {
    format!(
        "set_seed({seed})\n\
         \n\
         tokenizer = AutoTokenizer.from_pretrained(model_name)\n\
         tokenizer.pad_token = tokenizer.eos_token  # GPT-2 has no token for padding\n\
         \n\
         with open(data_file, encoding=\"utf-8\", newline=\"\") as file:\n    \
             rows = list(csv.DictReader(file))\n\
         labels = sorted({{row[\"label\"] for row in rows}})\n\
         \n\
         \n\
         def examples(split):\n    \
             chosen = [row for row in rows if row[\"split\"] == split]\n    \
             texts = [row[\"text\"] for row in chosen]\n    \
             ids = tokenizer(texts, truncation=True, max_length={length})[\"input_ids\"]\n    \
             answers = [labels.index(row[\"label\"]) for row in chosen]\n    \
             return [{{\"input_ids\": i, \"labels\": a}} for i, a in zip(ids, answers)]\n\
         \n\
         \n",
        seed = training.seed,
        length = training.max_length,
    )
}

const MODEL: &str = "model = AutoModelForSequenceClassification.from_pretrained(
    model_name, num_labels=len(labels))
model.config.pad_token_id = tokenizer.pad_token_id  # or the head reads padding
";

/// What trains and what does not.
fn strategy(draft: &Draft) -> String {
    match draft.kind {
        StrategyKind::Full => "# Full: nothing is frozen.\n".into(),
        StrategyKind::Partial => format!(
            "# Partial: the embeddings and the first {n} blocks are frozen.\n\
             frozen = [\"transformer.wte.\", \"transformer.wpe.\"]\n\
             frozen += [f\"transformer.h.{{block}}.\" for block in range({n})]\n\
             for name, parameter in model.named_parameters():\n    \
                 parameter.requires_grad = not name.startswith(tuple(frozen))\n",
            n = draft.frozen_blocks
        ),
        StrategyKind::Head => trains("name.startswith(\"score.\")"),
        StrategyKind::BitFit => trains("name.endswith(\".bias\") or name.startswith(\"score.\")"),
        StrategyKind::Adapter => adapter(draft),
        StrategyKind::Lora => peft("LoraConfig", &lora(&draft.lora)),
        StrategyKind::Ia3 => peft(
            "IA3Config",
            &[
                format!("target_modules={}", names(&draft.ia3.target_modules)),
                format!(
                    "feedforward_modules={}",
                    names(&draft.ia3.feedforward_modules)
                ),
            ],
        ),
        StrategyKind::Prompt => peft("PromptTuningConfig", &[virtual_tokens(draft)]),
        StrategyKind::Prefix => peft("PrefixTuningConfig", &[virtual_tokens(draft)]),
    }
}

fn trains(condition: &str) -> String {
    format!(
        "for name, parameter in model.named_parameters():\n    \
             parameter.requires_grad = {condition}\n"
    )
}

fn lora(lora: &LoraSettings) -> Vec<String> {
    let mut settings = vec![
        format!("r={}", lora.rank),
        format!("lora_alpha={}", short_number(lora.alpha)),
        format!("lora_dropout={}", short_number(lora.dropout)),
        format!("target_modules={}", names(&lora.target_modules)),
        // GPT-2 keeps its matrices lying on their side.
        "fan_in_fan_out=True".into(),
    ];
    if lora.use_rslora {
        settings.push("use_rslora=True".into());
    }
    if lora.use_dora {
        settings.push("use_dora=True".into());
    }
    settings
}

fn virtual_tokens(draft: &Draft) -> String {
    format!("num_virtual_tokens={}", draft.virtual_tokens)
}

/// PEFT's recipe for a classifier: it trains the fresh head along with the adapter.
fn peft(config: &str, settings: &[String]) -> String {
    let settings: String = settings.iter().map(|one| format!("    {one},\n")).collect();
    format!("model = get_peft_model(model, {config}(\n    task_type=\"SEQ_CLS\",\n{settings}))\n")
}

fn adapter(draft: &Draft) -> String {
    let config = match draft.bottleneck.placement {
        Placement::Houlsby => "double_seq_bn",
        Placement::Pfeiffer => "seq_bn",
    };
    format!(
        "# The library takes a factor and rounds down; the half keeps {n} from becoming {less}.\n\
         factor = model.config.hidden_size / ({n} + 0.5)\n\
         adapters.init(model)\n\
         model.add_adapter(\"task\", config=f\"{config}[reduction_factor={{factor}}]\")\n\
         model.train_adapter(\"task\")\n",
        n = draft.bottleneck.bottleneck,
        less = draft.bottleneck.bottleneck - 1,
    )
}

/// A list of strings in Python.
fn names(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    format!("[{}]", quoted.join(", "))
}

fn arguments(training: &TrainingSettings) -> String {
    let schedule = match training.schedule {
        ScheduleKind::Linear => "linear",
        ScheduleKind::Cosine => "cosine",
        ScheduleKind::Constant => "constant_with_warmup",
    };
    let number = short_number;
    let settings = [
        "output_dir=\"tuned\"".to_string(),
        format!("max_steps={}", training.total_steps),
        format!("per_device_train_batch_size={}", training.batch_size),
        format!(
            "gradient_accumulation_steps={}",
            training.gradient_accumulation_steps
        ),
        format!("learning_rate={}", number(training.learning_rate)),
        format!("lr_scheduler_type=\"{schedule}\""),
        format!("warmup_steps={}", training.warmup_steps),
        format!("weight_decay={}", number(training.weight_decay)),
        format!("max_grad_norm={}", number(training.max_grad_norm)),
        format!("adam_beta1={}", number(training.adam_beta1)),
        format!("adam_beta2={}", number(training.adam_beta2)),
        format!("adam_epsilon={}", number(training.adam_epsilon)),
        format!("seed={}", training.seed),
        "logging_steps=20".into(),
        "save_strategy=\"no\"".into(),
        "report_to=\"none\"".into(),
    ];
    let settings: String = settings.iter().map(|one| format!("    {one},\n")).collect();
    format!(
        "trainable = sum(p.numel() for p in model.parameters() if p.requires_grad)\n\
         print(f\"{{trainable:,}} of {{sum(p.numel() for p in model.parameters()):,}} parameters train\")\n\
         \n\
         arguments = TrainingArguments(\n{settings})\n"
    )
}

fn ending(kind: StrategyKind) -> String {
    let trainer = match kind {
        StrategyKind::Adapter => "adapters.AdapterTrainer",
        _ => "Trainer",
    };
    format!(
        "\n\
         \n\
         def accuracy(answer):\n    \
             right = answer.predictions.argmax(-1) == answer.label_ids\n    \
             return {{\"accuracy\": float(right.mean())}}\n\
         \n\
         \n\
         trainer = {trainer}(\n    \
             model=model, args=arguments, processing_class=tokenizer,\n    \
             data_collator=DataCollatorWithPadding(tokenizer),\n    \
             train_dataset=examples(\"train\"), eval_dataset=examples(\"test\"),\n    \
             compute_metrics=accuracy)\n\
         print(\"before:\", trainer.evaluate()[\"eval_accuracy\"])\n\
         trainer.train()\n\
         print(\"after:\", trainer.evaluate()[\"eval_accuracy\"])\n\
         trainer.save_model(\"tuned\")\n"
    )
}

/// The program as an address that a link can download.
pub fn data_url(script: &str) -> String {
    let mut url = String::from("data:text/x-python;charset=utf-8,");
    for byte in script.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => url.push(byte as char),
            _ => url.push_str(&format!("%{byte:02X}")),
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The programs that have been run with transformers, PEFT and adapters; see docs/scripts.md.
    const KEPT: [(&str, &str); 10] = [
        (
            "lora",
            "strategy=lora&rank=8&alpha=16&targets=c_attn,c_proj&lr=1e-3",
        ),
        (
            "dora",
            "strategy=lora&rank=4&dora=true&rslora=true&dropout=0.1&targets=all-linear&lr=1e-3&schedule=cosine",
        ),
        ("full", "strategy=full&lr=3e-4"),
        ("partial", "strategy=partial&freeze=2&lr=3e-4"),
        ("head", "strategy=head&lr=1e-2&schedule=constant"),
        ("bitfit", "strategy=bitfit&lr=3e-3"),
        ("ia3", "strategy=ia3&lr=1e-2"),
        (
            "adapter",
            "strategy=adapter&placement=houlsby&bottleneck=16&lr=1e-3",
        ),
        ("prompt", "strategy=prompt&virtual=8&lr=1e-2"),
        ("prefix", "strategy=prefix&virtual=8&lr=1e-2"),
    ];

    #[test]
    fn the_programs_kept_are_the_programs_written() {
        for (name, query) in KEPT {
            let (draft, problems) = Draft::from_query(&format!("{query}&steps=60&warmup=6"));
            assert!(problems.is_empty(), "{problems:?}");
            let (path, written) = (format!("tests/scripts/{name}.py"), script(&draft));
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

    #[test]
    fn every_setting_of_the_form_is_in_the_program() {
        let (draft, _) = Draft::from_query(
            "rank=3&alpha=5&dropout=0.2&targets=c_fc&lr=7e-4&warmup=11&steps=222&batch=9&seed=77&length=64&decay=0.3&clip=0.7",
        );
        let program = script(&draft);
        for wanted in [
            "r=3,",
            "lora_alpha=5,",
            "lora_dropout=0.2,",
            "[\"c_fc\"]",
            "learning_rate=7e-4,",
            "warmup_steps=11,",
            "max_steps=222,",
            "batch_size=9,",
            "seed=77,",
            "max_length=64)",
            "weight_decay=0.3,",
            "max_grad_norm=0.7,",
        ] {
            assert!(program.contains(wanted), "{wanted}");
        }
    }

    #[test]
    fn what_trainer_cannot_do_is_said() {
        let (draft, _) = Draft::from_query("strategy=full&replay=0.25&llrd=0.8");
        let program = script(&draft);
        assert!(program.contains("Left out") && program.contains("replay 0.25"));
        assert!(program.contains("rate of each block below 0.8"));
        assert!(!script(&Draft::default()).contains("Left out"));
    }

    #[test]
    fn a_link_can_carry_it() {
        assert_eq!(
            data_url("a = \"é\"\n"),
            "data:text/x-python;charset=utf-8,a%20%3D%20%22%C3%A9%22%0A"
        );
    }
}
