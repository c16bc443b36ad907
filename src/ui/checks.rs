//! Questions in a lesson, each answer explained. What is chosen is kept.

use leptos::prelude::*;

use super::desk::use_desk;
use super::learner::{Standing, fill};
use super::of_model::told;
use super::text::{lessons as words, widgets as text};
use crate::lessons::measure::Quantity;
use crate::lessons::{Answer, Choice, Lesson, Measured};

#[component]
pub fn ChoiceCheck(lesson: &'static Lesson, check: &'static Choice) -> impl IntoView {
    let desk = use_desk();
    let chosen = chosen(lesson, check);
    let answer = move || chosen.get().and_then(|index| check.answers.get(index));
    let state = move || match answer() {
        None => "open",
        Some(answer) if answer.right => "right",
        Some(_) => "wrong",
    };
    let verdict = move || match state() {
        "right" => text::CHECK_RIGHT,
        "wrong" => text::CHECK_WRONG,
        _ => text::CHECK_OPEN,
    };
    let choose = move |index: usize| {
        desk.progress.update(|progress| {
            progress.set_answer(lesson.slug, check.id, index);
            if check.answers[index].right {
                progress.pass(lesson.slug, check.id);
            }
        });
    };
    view! {
        <section class="check" data-state=state>
            <p class="check-title">{text::CHECK}</p>
            <Answers check chosen choose />
            <div class="outcome" data-testid="check-status" data-check=check.id data-state=state role="status">
                <p class="verdict">{verdict}</p>
                {move || answer().map(|answer| view! { <div inner_html=told(answer.why)></div> })}
            </div>
        </section>
    }
}

/// A choice made before the lesson's runs. Which answer was right is said when they have been made.
#[component]
pub fn GuessBlock(lesson: &'static Lesson, guess: &'static Choice) -> impl IntoView {
    let desk = use_desk();
    let chosen = chosen(lesson, guess);
    // Runs of different models would answer something else.
    let ground = Memo::new(move |_| {
        let keys: Vec<&str> = lesson.presets().map(|preset| preset.key).collect();
        desk.shelf
            .with(|shelf| shelf.common_ground(lesson.slug, &keys))
    });
    let are_made = Memo::new(move |_| ground.with(Option::is_some));
    let answer = move || chosen.get().and_then(|index| guess.answers.get(index));
    let state = move || match answer() {
        None => "open",
        Some(_) if !are_made.get() => "noted",
        Some(answer) if answer.right => "right",
        Some(_) => "wrong",
    };
    let verdict = move || match state() {
        "open" => words::GUESS_OPEN,
        "noted" => words::GUESS_NOTED,
        "right" => words::GUESS_RIGHT,
        _ => words::GUESS_WRONG,
    };
    let explanation = move || {
        let answer = answer()?;
        let ground = ground.get()?;
        let html = desk.shelf.with(|shelf| {
            fill(answer.why, |quantity: &Quantity| {
                shelf.measure(lesson.slug, &ground, None, quantity)
            })
        });
        Some(view! { <div inner_html=html></div> })
    };
    let choose = move |index: usize| {
        // Once the runs have been made a guess is no guess any more.
        if !are_made.get_untracked() {
            desk.progress
                .update(|progress| progress.set_answer(lesson.slug, guess.id, index));
        }
    };
    view! {
        <section class="check guess-first" data-state=state>
            <p class="check-title">{words::GUESS}</p>
            <Answers check=guess chosen choose />
            <div class="outcome" data-testid="guess-status" data-check=guess.id data-state=state role="status">
                <p class="verdict">{verdict}</p>
                {explanation}
            </div>
        </section>
    }
}

/// What was chosen earlier, where that answer still exists.
fn chosen(lesson: &'static Lesson, check: &'static Choice) -> Memo<Option<usize>> {
    let desk = use_desk();
    Memo::new(move |_| {
        desk.progress
            .with(|progress| progress.answer(lesson.slug, check.id))
            .filter(|index| *index < check.answers.len())
    })
}

#[component]
fn Answers(
    check: &'static Choice,
    chosen: Memo<Option<usize>>,
    choose: impl Fn(usize) + Copy + 'static,
) -> impl IntoView {
    let answers = check
        .answers
        .iter()
        .enumerate()
        .map(|(index, answer)| view! { <AnswerView check=check.id index answer chosen choose /> })
        .collect_view();
    view! {
        <fieldset>
            <legend inner_html=told(check.question)></legend>
            {answers}
        </fieldset>
    }
}

#[component]
fn AnswerView(
    check: &'static str,
    index: usize,
    answer: &'static Answer,
    chosen: Memo<Option<usize>>,
    choose: impl Fn(usize) + 'static,
) -> impl IntoView {
    let is_chosen = move || chosen.get() == Some(index);
    view! {
        <label class="choice" class:chosen=is_chosen>
            <input
                type="radio"
                name=format!("check-{check}")
                prop:checked=is_chosen
                on:change=move |_| choose(index)
            />
            <span inner_html=told(answer.html)></span>
        </label>
    }
}

#[component]
pub fn MeasuredCheck(lesson: &'static Lesson, check: &'static Measured) -> impl IntoView {
    let desk = use_desk();
    let standing = Memo::new(move |_| desk.shelf.with(|shelf| shelf.standing(lesson.slug, check)));
    Effect::new(move |_| {
        if standing.with(|standing| matches!(standing, Standing::Met(_))) {
            desk.progress
                .update(|progress| progress.pass(lesson.slug, check.id));
        }
    });
    let state = move || {
        standing.with(|standing| match standing {
            Standing::Waiting | Standing::Apart(_) => "open",
            Standing::Met(_) => "right",
            Standing::Missed(_) => "wrong",
        })
    };
    let verdict = move || match state() {
        "right" => text::CHECK_MET,
        "wrong" => text::CHECK_MISSED,
        _ if standing.with(|standing| matches!(standing, Standing::Apart(_))) => words::CHECK_APART,
        _ => text::CHECK_WAITING,
    };
    let explanation = move || {
        standing.with(|standing| {
            let (words, run) = match standing {
                Standing::Waiting => return check.waiting.to_string(),
                Standing::Apart(grounds) => return words::apart(grounds),
                Standing::Met(run) => (check.met, run),
                Standing::Missed(run) => (check.missed, run),
            };
            let ground = run.ground();
            desk.shelf.with(|shelf| {
                fill(words, |quantity: &Quantity| {
                    shelf.measure(lesson.slug, &ground, Some(run), quantity)
                })
            })
        })
    };
    view! {
        <section class="check" data-state=state>
            <p class="check-title">{text::CHECK}</p>
            <div class="question" inner_html=check.question></div>
            <div class="outcome" data-testid="check-status" data-check=check.id data-state=state role="status">
                <p class="verdict">{verdict}</p>
                <div inner_html=explanation></div>
            </div>
        </section>
    }
}
