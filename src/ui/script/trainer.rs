//! The loop: `TrainingArguments`, what the loss is made of, and the run itself.

use super::Program;
use super::python::{arguments, short};
use crate::methods::export::Exported;
use crate::settings::{LossDivisor, ScheduleKind, Task};
use crate::ui::EVALUATIONS_PER_RUN;
use crate::ui::text::scripts as text;

impl Program<'_> {
    pub(super) fn arguments(&self) -> String {
        let mut settings = vec!["output_dir=\"tuned\"".to_string()];
        settings.extend(self.optimization());
        settings.push(format!("seed={}", self.settings.seed));
        settings.push("logging_steps=20".into());
        settings.extend(self.watching());
        if self.settings.gradient_checkpointing == Some(true) {
            settings.push("gradient_checkpointing=True".into());
        }
        settings.push("report_to=\"none\"".into());
        format!(
            "trainable = sum(p.numel() for p in model.parameters() if p.requires_grad)\n\
             print(f\"{{trainable:,}} of {{sum(p.numel() for p in model.parameters()):,}} parameters train\")\n\
             \n\
             arguments = TrainingArguments(\n{})\n",
            arguments(&settings)
        )
    }

    /// How long it trains, on how much at a time, and how far each step goes.
    fn optimization(&self) -> Vec<String> {
        let training = &self.settings;
        let schedule = match training.schedule {
            ScheduleKind::Linear => "linear",
            ScheduleKind::Cosine => "cosine",
            ScheduleKind::Constant => "constant_with_warmup",
        };
        let length = match training.num_train_epochs {
            0.0 => format!("max_steps={}", training.total_steps),
            epochs => format!("num_train_epochs={}", short(epochs)),
        };
        vec![
            length,
            format!("per_device_train_batch_size={}", training.batch_size),
            format!(
                "gradient_accumulation_steps={}",
                training.gradient_accumulation_steps
            ),
            format!("learning_rate={}", short(training.learning_rate)),
            format!("lr_scheduler_type=\"{schedule}\""),
            format!("warmup_steps={}", training.warmup_steps),
            format!("weight_decay={}", short(training.weight_decay)),
            format!("max_grad_norm={}", short(training.max_grad_norm)),
            format!("adam_beta1={}", short(training.adam_beta1)),
            format!("adam_beta2={}", short(training.adam_beta2)),
            format!("adam_epsilon={}", short(training.adam_epsilon)),
        ]
    }

    /// When the validation split is scored, and what follows from it.
    fn watching(&self) -> Vec<String> {
        let training = &self.settings;
        let mut settings = Vec::new();
        let every = self.evaluates_every();
        if let Some(every) = &every {
            settings.push("eval_strategy=\"steps\"".into());
            settings.push(format!("eval_steps={every}"));
        }
        match every.filter(|_| training.load_best_model_at_end) {
            Some(every) => settings.extend([
                "save_strategy=\"steps\"".into(),
                format!("save_steps={every}"),
                "save_total_limit=1".into(),
                "load_best_model_at_end=True".into(),
            ]),
            None => settings.push("save_strategy=\"no\"".into()),
        }
        if training.watches_validation() {
            settings.push("metric_for_best_model=\"eval_loss\"".into());
            settings.push("greater_is_better=False".into());
        }
        settings
    }

    /// Steps between evaluations, or a share of all steps where their number follows from the epochs. None where the
    /// page only looks, and nothing depends on it.
    fn evaluates_every(&self) -> Option<String> {
        let training = &self.settings;
        if training.eval_steps == 0 && !training.watches_validation() {
            return None;
        }
        let is_by_epochs = training.num_train_epochs > 0.0;
        Some(if training.eval_steps == 0 && is_by_epochs {
            short(1.0 / EVALUATIONS_PER_RUN as f64)
        } else {
            training
                .evaluation_interval(EVALUATIONS_PER_RUN)
                .to_string()
        })
    }

    pub(super) fn trainer(&self) -> String {
        let class = self.trainer_class();
        let (mut out, class) = match self.settings.balanced_classes {
            true => (self.weighted(class), "Weighted"),
            false => (String::new(), class),
        };
        out += &format!(
            "\n\ntrainer = {class}(\n{})\n",
            arguments(&self.trainer_arguments()).replace(",\n)", ")")
        );
        if !self.divides_by_items() {
            out += text::MEAN_OF_BATCHES;
        }
        out + &self.scored("before")
            + "trainer.train()\n"
            + &self.scored("after")
            + "trainer.save_model(\"tuned\")\n"
    }

    fn trainer_class(&self) -> &'static str {
        match self.exported() {
            Exported::Adapters(_) => "adapters.AdapterTrainer",
            Exported::Peft { .. } | Exported::Plain(_) => "Trainer",
        }
    }

    /// What the trainer is given: the model and its settings, the examples, and what is done on the way.
    fn trainer_arguments(&self) -> Vec<String> {
        let is_pair = self.task == Task::QuestionAnswering;
        let of = |rows: &str| match is_pair {
            true => format!("examples({rows})[0]"),
            false => format!("examples({rows})"),
        };
        let mut settings = vec![
            "model=model, args=arguments, processing_class=tokenizer".to_string(),
            format!("data_collator={}(tokenizer)", self.collator()),
            format!(
                "train_dataset={}, eval_dataset={}",
                of("train"),
                of("validation")
            ),
        ];
        if self.has_labels() {
            settings.push("compute_metrics=metrics".into());
        }
        if self.settings.early_stopping_patience > 0 {
            settings.push(format!(
                "callbacks=[EarlyStoppingCallback(early_stopping_patience={})]",
                self.settings.early_stopping_patience
            ));
        }
        settings
    }

    /// Prints what the test split comes to, and when.
    fn scored(&self, when: &str) -> String {
        match self.task {
            Task::QuestionAnswering => format!("print(\"{when}:\", score(test))\n"),
            Task::CausalLm | Task::MaskedLm => format!(
                "print(\"{when}: perplexity\", math.exp(trainer.evaluate(examples(test))[\"eval_loss\"]))\n"
            ),
            _ => format!("print(\"{when}:\", trainer.evaluate(examples(test)))\n"),
        }
    }

    /// Whether the loss is divided as `Trainer` does for a language model; for all other tasks the mean is taken.
    fn divides_by_items(&self) -> bool {
        self.tells_perplexity() && self.settings.loss_divisor == LossDivisor::NumItemsInBatch
    }

    /// A trainer in whose loss rare classes count as much as frequent ones. What is measured is never weighed.
    fn weighted(&self, base: &str) -> String {
        let (weights, loss) = match self.task {
            Task::MultiLabelClassification => (
                "yes = [sum(e[\"labels\"][i] for e in examples(train)) for i in range(len(labels))]\n\
                 weights = torch.tensor([(len(train) - n) / max(n, 1) for n in yes])\n",
                "torch.nn.functional.binary_cross_entropy_with_logits(\n                \
                     logits, inputs[\"labels\"], pos_weight=weights.to(logits.device))",
            ),
            Task::TokenClassification => (
                "tags = [tag for e in examples(train) for tag in e[\"labels\"] if tag != -100]\n\
                 counts = [max(tags.count(i), 1) for i in range(len(labels))]\n\
                 weights = torch.tensor([len(tags) / (len(labels) * n) for n in counts])\n",
                CROSS_ENTROPY,
            ),
            _ => (
                "counts = [max(sum(row[\"label\"] == label for row in train), 1) for label in labels]\n\
                 weights = torch.tensor([len(train) / (len(labels) * n) for n in counts])\n",
                CROSS_ENTROPY,
            ),
        };
        format!(
            "\n\n{weights}\n\n\
             class Weighted({base}):\n    \
                 \"\"\"{says}\"\"\"\n\n    \
                 def compute_loss(self, model, inputs, return_outputs=False, **_):\n        \
                     outputs = model(**inputs)\n        \
                     loss = outputs.loss\n        \
                     if model.training:\n            \
                         logits = outputs.logits\n            \
                         loss = {loss}\n        \
                     return (loss, outputs) if return_outputs else loss\n",
            says = text::WEIGHTED,
        )
    }
}

const CROSS_ENTROPY: &str = "torch.nn.functional.cross_entropy(\n                \
     logits.view(-1, len(labels)), inputs[\"labels\"].view(-1),\n                \
     weight=weights.to(logits.device))";
