//! A BERT fine-tuned to name labels.

use std::time::Instant;

use serde_json::{Value, json};

use super::base::BertBase;
use super::metrics::{batch_of, classification};
use super::save::save;
use crate::cli::choices::{RunnableTask, Task, not_yet};
use crate::cli::error::CliError;
use crate::cli::files::write;
use crate::cli::finetune::Arguments;
use crate::cli::finetune::classification::{USUAL_LENGTH, dataset};
use crate::cli::finetune::steps::{Validate, train_on};
use crate::cli::finetune::summary::{Measures, Outcome, Summary};
use crate::cli::save::check_target;
use crate::data::labelled::{BatchOrder, EncodedText};
use crate::io::adapter;
use crate::model::bert::{Bert, Linear, Pooler, RandomWeights};
use crate::protocol::Split;
use crate::settings::{Seed, Strategy};
use crate::train::{BertObjective, Trainer, bert_plan, class_weights};

const TASK: RunnableTask = RunnableTask::SequenceClassification;

struct Splits {
    train: Vec<EncodedText>,
    validation: Vec<EncodedText>,
    test: Vec<EncodedText>,
}

pub fn finetune(arguments: &Arguments) -> Result<Summary, CliError> {
    let started = Instant::now();
    if arguments.task != Task::SequenceClassification {
        let supported = "sequence-classification for a BERT";
        return Err(not_yet("--task", arguments.task, supported));
    }
    if arguments.general.is_some() {
        return Err(CliError::new(
            "--general measures how well the next token is foretold, which a BERT does not do; leave it out",
        ));
    }
    let device = arguments.device.open()?;
    check_target(&arguments.model, &arguments.out)?;
    let base = BertBase::open(&arguments.model, &device.autodiff())?;
    let (outcome, train) = run(arguments, &base)?;
    let mut summary = outcome.summary_of(arguments, started);
    summary.train = Some(train);
    let text = serde_json::to_string_pretty(&summary)? + "\n";
    write(&arguments.out.join("summary.json"), &text)?;
    Ok(summary)
}

/// What the run came to, and what is to be said of its training split.
fn run(arguments: &Arguments, base: &BertBase) -> Result<(Outcome, Value), CliError> {
    let dataset = dataset(arguments)?;
    let length = base.length(arguments.training.max_length, USUAL_LENGTH)?;
    let splits = Splits {
        train: base.encode(&dataset, Split::Train, length)?,
        validation: base.encode(&dataset, Split::Validation, length)?,
        test: base.encode(&dataset, Split::Test, length)?,
    };
    if splits.train.is_empty() {
        let reason = "no row has the split `train`";
        return Err(CliError::file(&arguments.data, reason));
    }
    let training = &arguments.training;
    let order = BatchOrder::new(&splits.train, training.batch_size, training.seed);
    let feed = training.feed(order);
    let strategy = bert_plan::in_berts_words(arguments.strategy(base.config.num_hidden_layers)?);
    let settings = arguments.settings(strategy, length, feed.steps_per_epoch())?;

    if settings.remedies.wants_text() || settings.remedies.anchors() {
        return Err(CliError::new(
            "--regularize and --replay hold a GPT-2 to its language; they are not supported for a BERT yet",
        ));
    }
    if settings.gradient_checkpointing == Some(true) {
        return Err(CliError::new(
            "--gradient-checkpointing is there for a GPT-2 only; leave it out for a BERT",
        ));
    }
    let (labels, seed, pad) = (dataset.labels, Seed::new(settings.seed), base.marks.pad);
    let model = with_head(base, labels.len(), &settings.strategy, &seed)?;
    let model = bert_plan::prepare(model, &settings.strategy, &seed)?;
    let plan = bert_plan::describe(&model, &settings.strategy);
    let before = measure(&model, &splits, pad, &labels)?;
    let objective = BertObjective::SequenceClassification;
    let mut trainer = Trainer::new(model, objective, &settings);
    if arguments.tasks.is_balanced() {
        let classes = splits.train.iter().map(|text| text.label);
        trainer.class_weights = Some(class_weights::balanced_over(classes, labels.len()));
    }
    let class_weights = trainer.class_weights.clone();
    let began = Instant::now();
    let batch = |indices: &[usize]| batch_of(&splits.train, indices, pad);
    let validate = |model: &Bert| classification(model, &splits.validation, pad, &labels);
    let validate: Option<Validate<Bert>> = (!splits.validation.is_empty()).then_some(&validate);
    let (feeding, out) = ((batch, |_| None), &arguments.out);
    let ending = train_on(&mut trainer, &settings, feed, feeding, validate, out)?;
    let training_seconds = began.elapsed().as_secs_f64();

    let model = trainer.into_model();
    let after = measure(&model, &splits, pad, &labels)?;
    let bytes_saved = save(base, &model, &settings.strategy, &labels, &arguments.out)?;
    let train = json!({ "examples": splits.train.len(), "class_weights": class_weights });
    let outcome = Outcome {
        task: TASK,
        labels: Some(labels),
        plan,
        before,
        after,
        bytes_saved,
        training_seconds,
        ending,
        settings,
    };
    Ok((outcome, train))
}

/// The model with a head (its own where it has one of the right size) and without the masked-word head,
/// which this task does not ask. A pooler that the folder lacks is made anew, as transformers does.
fn with_head(
    base: &BertBase,
    labels: usize,
    strategy: &Strategy,
    seed: &Seed,
) -> Result<Bert, CliError> {
    let mut model = Bert {
        cls: None,
        ..base.model.clone()
    };
    let width = base.config.hidden_size;
    let device = model.bert.embeddings.word_embeddings.weight.val().device();
    if model.bert.pooler.is_none() {
        if adapter::is_for(strategy) {
            return Err(CliError::file(
                &base.folder,
                "the weights hold no pooler (bert.pooler.dense), and an adapter's file has no place for a fresh one; choose --strategy full, partial or head",
            ));
        }
        let mut fresh = RandomWeights::new(seed.fork("pooler"));
        model.bert.pooler = Some(Pooler::load(width, &mut fresh, &device)?);
    }
    let has_own = model
        .classifier
        .as_ref()
        .is_some_and(|head| head.weight.val().dims()[0] == labels);
    if has_own {
        return Ok(model);
    }
    let mut fresh = RandomWeights::new(seed.fork("score"));
    let head = Linear::load("classifier", width, labels, &mut fresh, &device)?;
    Ok(model.with_classifier(head))
}

fn measure(
    model: &Bert,
    splits: &Splits,
    pad: i32,
    labels: &[String],
) -> Result<Measures, CliError> {
    let score = |texts: &[EncodedText]| -> Result<Option<Value>, CliError> {
        match texts {
            [] => Ok(None),
            texts => classification(model, texts, pad, labels).map(Some),
        }
    };
    Ok(Measures {
        validation: score(&splits.validation)?,
        test: score(&splits.test)?,
        general: None,
    })
}
