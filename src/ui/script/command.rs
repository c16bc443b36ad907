//! The settings on the page as a line for the command line, which makes the same run.

use crate::methods::field::Value;
use crate::settings::{Family, TrainingSettings};
use crate::ui::EVALUATIONS_PER_RUN;
use crate::ui::draft::{Draft, schedule_name, short_number};

/// `warmup finetune …` for a model of this family in the folder `model`. Names and values as the command line reads them;
/// what a run has anyway is left out, but for what people look for.
pub fn command(draft: &Draft, family: Family, model: &str) -> String {
    let mut settings = draft.settings();
    settings.strategy = settings.strategy.translated(family);
    let mut line = Line::default();
    line.flag("model", model);
    line.flag("data", &draft.dataset.file());
    line.flag("task", draft.dataset.task_of(family).name());
    line.method(&settings);
    line.training(&settings, draft.dataset.is_running_text());
    line.remedies(&settings);
    line.flag("seed", &settings.seed.to_string());
    line.flag("out", "tuned");
    line.parts.join(" \\\n  ")
}

struct Line {
    parts: Vec<String>,
}

impl Default for Line {
    fn default() -> Self {
        Self {
            parts: vec!["warmup finetune".to_owned()],
        }
    }
}

impl Line {
    fn flag(&mut self, name: &str, value: &str) {
        self.parts.push(format!("--{name} {}", quoted(value)));
    }

    /// The same where it is not as usual.
    fn unusual<T: PartialEq + ToString>(&mut self, name: &str, value: T, usual: T) {
        if value != usual {
            self.flag(name, &value.to_string());
        }
    }

    fn switch(&mut self, name: &str, is_on: bool) {
        if is_on {
            self.parts.push(format!("--{name}"));
        }
    }

    /// The strategy, with each of its method's own settings.
    fn method(&mut self, settings: &TrainingSettings) {
        self.flag("strategy", settings.strategy.name());
        let mut strategy = settings.strategy.clone();
        strategy.change(|method| {
            for (field, value) in method.fields() {
                match value {
                    Value::Switch(is_on) => self.switch(field.flag, *is_on),
                    value => self.flag(field.flag, &value.text()),
                }
            }
        });
    }

    /// A tenth of running text is put by for validation where a run looks at it, and the page's runs do.
    fn training(&mut self, settings: &TrainingSettings, is_running_text: bool) {
        let usual = TrainingSettings::default();
        self.flag("learning-rate", &short_number(settings.learning_rate));
        self.flag("schedule", schedule_name(settings.schedule));
        self.flag("warmup-steps", &settings.warmup_steps.to_string());
        match settings.num_train_epochs {
            0.0 => self.flag("steps", &settings.total_steps.to_string()),
            epochs => self.flag("epochs", &short_number(epochs)),
        }
        self.flag("batch-size", &settings.batch_size.to_string());
        self.flag("max-length", &settings.max_length.to_string());
        self.unusual("weight-decay", settings.weight_decay, usual.weight_decay);
        self.unusual("max-grad-norm", settings.max_grad_norm, usual.max_grad_norm);
        self.unusual("examples", settings.max_train_samples, 0);
        self.unusual(
            "gradient-accumulation-steps",
            settings.gradient_accumulation_steps,
            1,
        );
        let evaluates = match settings.watches_validation() || is_running_text {
            true => settings.evaluation_interval(EVALUATIONS_PER_RUN),
            false => settings.eval_steps,
        };
        self.unusual("eval-steps", evaluates, 0);
        self.unusual(
            "early-stopping-patience",
            settings.early_stopping_patience,
            0,
        );
        self.switch("load-best-model-at-end", settings.load_best_model_at_end);
        if settings.balanced_classes {
            self.flag("class-weights", "balanced");
        }
    }

    fn remedies(&mut self, settings: &TrainingSettings) {
        let remedies = &settings.remedies;
        let penalties = [
            ("l2sp", "l2sp-alpha", remedies.l2_sp_alpha),
            ("ewc", "ewc-lambda", remedies.ewc_lambda),
        ];
        let on = || penalties.iter().filter(|(_, _, strength)| *strength != 0.0);
        let names: Vec<&str> = on().map(|(name, _, _)| *name).collect();
        if !names.is_empty() {
            self.flag("regularize", &names.join(","));
        }
        for (_, flag, strength) in on() {
            self.flag(flag, &short_number(*strength));
        }
        self.unusual("replay", remedies.replay, 0.0);
        self.unusual("layer-wise-lr-decay", remedies.layer_wise_lr_decay, 1.0);
    }
}

/// As a shell takes it for one word.
fn quoted(value: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./,:+=".contains(c);
    match !value.is_empty() && value.chars().all(is_plain) {
        true => value.to_owned(),
        false => format!("'{}'", value.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Family::{Bert, Gpt2};

    /// `tests/scripts/commands.jsonl`, a line and the settings that it must be read as. The command line's own test
    /// reads them (`cli::finetune::line_tests`): the two are never built together.
    const KEPT: &str = "tests/scripts/commands.jsonl";

    const QUERIES: [(Family, &str); 10] = [
        (
            Gpt2,
            "strategy=lora&rank=4&alpha=8&dropout=0.1&dora=true&targets=c_attn&lr=1e-3",
        ),
        (
            Gpt2,
            "strategy=full&lr=3e-4&epochs=2&examples=200&accumulate=2&balanced=true&patience=2&best=true&length=64",
        ),
        (
            Gpt2,
            "strategy=partial&freeze=2&lr=3e-4&clip=0.5&decay=0&ewc=30&l2sp=0.1&replay=0.25&llrd=0.8",
        ),
        (Gpt2, "strategy=head&lr=1e-2&schedule=constant&evaluate=10"),
        (
            Gpt2,
            "data=moderation&strategy=adapter&placement=houlsby&bottleneck=16&lr=1e-3",
        ),
        (Gpt2, "data=instructions&strategy=prefix&virtual=8&lr=1e-2"),
        (Gpt2, "data=ner&strategy=ia3&lr=1e-2"),
        (
            Bert,
            "data=topics&strategy=lora&targets=query,key,value,dense&lr=2e-3&length=64",
        ),
        (Bert, "data=qa&strategy=bitfit&lr=3e-3&schedule=cosine"),
        (Gpt2, "data=beekeeping&strategy=full&lr=3e-4"),
    ];

    fn draft(family: Family, query: &str) -> Draft {
        let (mut draft, problems) = Draft::from_address(&format!("{query}&steps=60&warmup=6"));
        assert!(problems.is_empty(), "{problems:?}");
        draft.adopt(family);
        draft
    }

    #[test]
    fn the_lines_kept_are_the_lines_written() {
        let written = QUERIES.map(|(family, query)| {
            let draft = draft(family, query);
            let mut settings = draft.settings();
            settings.strategy = settings.strategy.translated(family);
            let line = serde_json::json!({ "command": command(&draft, family, "MODEL"), "settings": settings });
            format!("{line}\n")
        });
        let written = written.concat();
        if std::env::var_os("WARMUP_WRITE_SCRIPTS").is_some() {
            std::fs::write(KEPT, &written).unwrap();
        }
        let kept = std::fs::read_to_string(KEPT).unwrap();
        assert!(
            kept == written,
            "{KEPT} differs; WARMUP_WRITE_SCRIPTS=1 writes it anew"
        );
    }

    #[test]
    fn running_text_is_divided_as_the_page_divides_it() {
        let line = |query| command(&draft(Gpt2, query), Gpt2, "MODEL");
        assert!(line("data=beekeeping&strategy=full").contains("--eval-steps"));
        assert!(!line("data=instructions&strategy=full").contains("--eval-steps"));
    }

    #[test]
    fn a_name_with_a_space_stays_one_word() {
        assert_eq!(quoted("my shop's data.csv"), r"'my shop'\''s data.csv'");
        assert_eq!(quoted("data/topics.csv"), "data/topics.csv");
    }
}
