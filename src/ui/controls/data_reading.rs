//! How a file of the learner's own is read: guessed by the engine, changed here.

use std::sync::Arc;

use leptos::prelude::*;

use crate::protocol::{DataChoice, DataReport, FileFormat, NamedUrl, Role, RoleColumn, asks};
use crate::settings::Task;
use crate::ui::page_context::{PageContext, use_page};
use crate::ui::text::own_data as text;

/// Has the engine read a file. Every change of how it is read goes this way too.
pub fn inspect(page: PageContext, file: NamedUrl, choice: DataChoice) {
    page.client.ask(asks::InspectData { file, choice });
}

/// Asks for the file again, read otherwise.
pub fn read_again(page: PageContext, report: &DataReport, change: impl FnOnce(&mut DataChoice)) {
    let mut choice = report.choice.clone();
    change(&mut choice);
    inspect(page, report.file.clone(), choice);
}

#[component]
pub fn Reading(report: Arc<DataReport>) -> impl IntoView {
    let task = report.choice.task.unwrap_or_default();
    let is_plain = report.choice.format == Some(FileFormat::PlainText);
    let roles = Role::of_task(task).iter().chain([&Role::Split]);
    let roles = roles.map(|role| view! { <RoleField report=report.clone() role=*role /> });
    let roles = (!is_plain).then(|| roles.collect_view());
    view! {
        <div class="fields">
            <FormatField report=report.clone() />
            <HeaderField report=report.clone() />
            <TaskField report=report.clone() />
            {roles}
        </div>
    }
}

/// A select of so many choices; `change` gets the place of the chosen one.
#[component]
fn Select(
    label: &'static str,
    id: &'static str,
    choices: Vec<String>,
    chosen: Option<usize>,
    change: impl Fn(usize) + 'static,
) -> impl IntoView {
    let options = choices.into_iter().enumerate().map(|(place, words)| {
        view! {
            <option value=place selected=chosen == Some(place)>
                {words}
            </option>
        }
    });
    let options = options.collect_view();
    let change = move |event: leptos::ev::Event| {
        if let Ok(place) = event_target_value(&event).parse() {
            change(place);
        }
    };
    view! {
        <div class="field">
            <label class="label" for=id>{label}</label>
            <select id=id data-testid=id on:change=change>
                {options}
            </select>
        </div>
    }
}

#[component]
fn FormatField(report: Arc<DataReport>) -> impl IntoView {
    let page = use_page();
    let choices = FileFormat::ALL.map(|format| text::format_name(format).to_string());
    let of = report.choice.format;
    let chosen = FileFormat::ALL
        .iter()
        .position(|format| Some(*format) == of);
    // Columns are others then.
    let change = move |place: usize| {
        let format = FileFormat::ALL.get(place).copied();
        let choice = DataChoice {
            format,
            ..DataChoice::default()
        };
        inspect(page, report.file.clone(), choice);
    };
    view! { <Select label=text::FORMAT id="data-format" choices=choices.to_vec() chosen change /> }
}

#[component]
fn HeaderField(report: Arc<DataReport>) -> impl IntoView {
    let page = use_page();
    let has_columns = report
        .choice
        .format
        .is_some_and(|format| format.separator().is_some());
    has_columns.then(|| {
        let choices = text::HEADER_CHOICES.map(|(_, words)| words.to_string());
        let is = report.choice.has_header;
        let mut known = text::HEADER_CHOICES.iter();
        let chosen = known.position(|(header, _)| Some(*header) == is);
        let change = move |place: usize| {
            let header = text::HEADER_CHOICES.get(place).map(|(header, _)| *header);
            read_again(page, &report, |choice| {
                choice.has_header = header;
                (choice.task, choice.columns) = (None, None);
            });
        };
        view! { <Select label=text::HEADER id="data-header" choices=choices.to_vec() chosen change /> }
    })
}

/// Hidden words are what a BERT makes of running text, and no choice of the file's.
const TASKS: [Task; 5] = [
    Task::SequenceClassification,
    Task::MultiLabelClassification,
    Task::TokenClassification,
    Task::QuestionAnswering,
    Task::CausalLm,
];

#[component]
fn TaskField(report: Arc<DataReport>) -> impl IntoView {
    let page = use_page();
    let choices = TASKS.map(|task| text::task_name(task).to_string());
    let chosen = TASKS
        .iter()
        .position(|task| Some(*task) == report.choice.task);
    let change = move |place: usize| {
        read_again(page, &report, |choice| {
            choice.task = TASKS.get(place).copied();
            choice.columns = None;
        });
    };
    view! { <Select label=text::TASK id="data-task" choices=choices.to_vec() chosen change /> }
}

#[component]
fn RoleField(report: Arc<DataReport>, role: Role) -> impl IntoView {
    let page = use_page();
    let none = text::NO_COLUMN.to_string();
    let choices = std::iter::once(none).chain(report.columns.iter().cloned());
    let chosen = report.choice.column(role).map_or(0, |column| column + 1);
    let id = text::role_field(role);
    let choices: Vec<String> = choices.collect();
    let change = move |place: usize| {
        read_again(page, &report, |choice| {
            let mut columns = choice.columns.take().unwrap_or_default();
            columns
                .retain(|known| known.role != role && Some(known.column) != place.checked_sub(1));
            if let Some(column) = place.checked_sub(1) {
                columns.push(RoleColumn { role, column });
            }
            choice.columns = Some(columns);
        });
    };
    view! { <Select label=text::role(role) id choices chosen=Some(chosen) change /> }
}
