//! From flags to examples and settings.

use super::{Arguments, Job, check_examples, named};
use crate::cli::base::Base;
use crate::cli::data::texts;
use crate::cli::error::CliError;
use crate::cli::opened::{Opened, Opening};
use crate::data::dataset::Dataset;
use crate::data::feed::BatchFeed;
use crate::data::labelled::BatchOrder;
use crate::data::stream::windows;
use crate::engine::examples::Examples;
use crate::engine::general::framed_windows;
use crate::engine::rehearsal::text_length;
use crate::faults::PlanError;
use crate::model::network::Network;
use crate::protocol::Split;
use crate::settings::{Strategy, Task, TrainingSettings};

/// Longest input in tokens, where it is not given.
fn usual_length(task: Task) -> usize {
    match task {
        Task::CausalLm | Task::MaskedLm => usize::MAX,
        Task::QuestionAnswering => 384,
        _ => 128,
    }
}

impl Job {
    pub(super) fn open(&self) -> Result<Opened, CliError> {
        let arguments = &self.arguments;
        self.check_task()?;
        let length = self.length()?;
        let opening = Opening {
            base: &self.base,
            task: self.task,
            data: &arguments.data,
            eval: arguments.eval.as_deref(),
            all_is_test: false,
            trains: true,
            known: None,
            length,
            validates: arguments.training.eval_steps > 0,
            seed: arguments.training.seed,
            answers: arguments.tasks.answers,
        };
        let mut opened = opening.open()?;
        check_examples(&opened, &arguments.data, length)?;
        let is_text = matches!(opened.rows, Dataset::Text(_));
        let examples = &mut opened.examples;
        examples.draw(arguments.examples, arguments.training.seed);
        if is_text && examples.is_blank(Split::Test) {
            let path = arguments.eval.as_ref().unwrap_or(&arguments.data);
            let name = named(path);
            return Err(CliError::new(format!(
                "{name}: too little text to measure on"
            )));
        }
        if arguments.training.eval_steps > 0 && examples.is_blank(Split::Validation) {
            return Err(CliError::new(
                "--eval-steps needs rows to evaluate on; no row of --data has the split `validation`",
            ));
        }
        Ok(opened)
    }

    fn check_task(&self) -> Result<(), CliError> {
        let (task, family) = (self.task, self.base.family());
        if !task.fits(family) {
            let lacks = match family.is_decoder() {
                true => "fills no masks",
                false => "says no next token",
            };
            return Err(CliError::new(format!(
                "--task {}: a {} {lacks}; it learns {} and the tasks with a head of their own",
                task.name(),
                family.title(),
                family.language_task().name()
            )));
        }
        match task.refuses_class_weights() {
            Some(why) if self.arguments.tasks.is_balanced() => Err(CliError::new(format!(
                "--class-weights balanced: {why}; leave it at none"
            ))),
            _ => Ok(()),
        }
    }

    fn strategy(&self) -> Result<Strategy, CliError> {
        let base = &self.base;
        let model = (base.family(), base.model.blocks());
        self.arguments.strategy(model)
    }

    fn length(&self) -> Result<usize, CliError> {
        let virtual_tokens = self.strategy()?.virtual_tokens();
        let asked = self.arguments.training.max_length;
        max_length(&self.base, asked, usual_length(self.task), virtual_tokens)
    }

    /// The settings of the run, now that the length of an epoch is known.
    pub(super) fn settings(&self, examples: &Examples) -> Result<TrainingSettings, CliError> {
        let Arguments {
            training, tasks, ..
        } = &self.arguments;
        let lengths = examples.lengths(Split::Train);
        let order = BatchOrder::of_lengths(lengths, training.batch_size, training.seed);
        let feed = BatchFeed::accumulating(order, training.gradient_accumulation_steps);
        let steps_per_epoch = feed.steps_per_epoch();
        let strategy = self.strategy()?;
        let settings = self
            .arguments
            .settings(strategy, self.length()?, steps_per_epoch)?;
        Ok(TrainingSettings {
            balanced_classes: tasks.is_balanced(),
            ..settings
        })
    }

    /// `--replay-text`, cut as the remedies take it.
    pub(super) fn rehearsal_texts(
        &self,
        settings: &TrainingSettings,
    ) -> Result<Option<Vec<Vec<i32>>>, CliError> {
        let path = self.arguments.replay_text.as_ref();
        let Some(path) = path.filter(|_| settings.remedies.wants_text()) else {
            return Ok(None);
        };
        let length = text_length(settings, self.base.positions());
        let ids = texts(path, &self.base.tokenizer)?;
        let rows = match self.base.family().is_decoder() {
            true => windows(&ids, length),
            false => framed_windows(&ids, &self.base, length),
        };
        match rows.is_empty() {
            true => Err(CliError::new(format!(
                "{}: too little text to replay",
                named(path)
            ))),
            false => Ok(Some(rows)),
        }
    }
}

/// The length asked for, or `usual` as far as the positions go that `virtual_tokens` leave.
fn max_length(
    base: &Base,
    asked: Option<usize>,
    usual: usize,
    virtual_tokens: usize,
) -> Result<usize, CliError> {
    let room = base.room(virtual_tokens);
    if room == 0 {
        return Err(CliError::new(PlanError::NoRoom {
            virtual_tokens,
            positions: base.positions(),
        }));
    }
    let length = asked.unwrap_or(usual.min(room));
    base.check_length(length, virtual_tokens)?;
    let least = base.tokenizer.marks_a_text() + 1;
    match length < least {
        true => Err(CliError::new(format!(
            "--max-length is {length}, but must be at least {least}"
        ))),
        false => Ok(length),
    }
}
