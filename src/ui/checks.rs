//! Questions in a lesson, each answer explained. What is chosen is kept.

use leptos::prelude::*;

use super::desk::{Desk, use_desk};
use super::learner::{Progress, Standing, fill};
use super::of_model::told;
use super::runs::{has_begun, shown};
use super::text::{lessons as words, widgets as text};
use crate::lessons::measure::Quantity;
use crate::lessons::{Answer, Choice, Lesson, Measured};

#[component]
pub fn ChoiceCheck(lesson: &'static Lesson, check: &'static Choice) -> impl IntoView {
    let desk = use_desk();
    let chosen = chosen(lesson, check);
    let first = Memo::new(move |_| {
        desk.progress
            .with(|progress| progress.first_answer(lesson.slug, check.id))
    });
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
    let first_attempt = move || {
        let (now, first) = (chosen.get()?, first.get()?);
        Some(if now != first {
            let html = told(check.answers.get(first)?.html);
            view! { <p class="quiet" data-testid="first-attempt">{words::FIRST_ANSWER} " " <span inner_html=html></span></p> }
                .into_any()
        } else if check.answers[now].right {
            view! { <p class="quiet" data-testid="first-attempt">{words::AT_ONCE}</p> }.into_any()
        } else {
            ().into_any()
        })
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
            <Answers lesson check chosen choose />
            <div class="outcome" data-testid="check-status" data-check=check.id data-state=state role="status">
                <p class="verdict">{verdict}</p>
                {move || answer().map(|answer| view! { <div inner_html=told(answer.why)></div> })}
                {first_attempt}
            </div>
        </section>
    }
}

/// A choice made before the lesson's runs. Locked, it shows what was recorded, and says which answer was right.
#[component]
pub fn GuessBlock(lesson: &'static Lesson, guess: &'static Choice) -> impl IntoView {
    let desk = use_desk();
    let chosen = chosen(lesson, guess);
    let is_locked = Memo::new(move |_| {
        let is_locked = |progress: &Progress| progress.is_locked(lesson.slug, guess.id);
        desk.progress.with(is_locked) || has_begun(desk, lesson)
    });
    // Runs of different models would answer something else.
    let ground = Memo::new(move |_| {
        let keys: Vec<&str> = lesson.presets().map(|preset| preset.key).collect();
        desk.shelf
            .with(|shelf| shelf.common_ground(lesson.slug, &keys))
    });
    let are_recorded = Memo::new(move |_| {
        let is_recorded = |preset| matches!(shown(desk, lesson, preset), Some((_, false)));
        lesson.presets().all(is_recorded)
    });
    let has_answer =
        Memo::new(move |_| is_locked.get() && (ground.with(Option::is_some) || are_recorded.get()));
    let answer = move || chosen.get().and_then(|index| guess.answers.get(index));
    let state = move || match answer() {
        None if is_locked.get() => "late",
        None => "open",
        Some(_) if !is_locked.get() => "chosen",
        Some(_) if !has_answer.get() => "noted",
        Some(answer) if answer.right => "right",
        Some(_) => "wrong",
    };
    let verdict = move || match state() {
        "late" => words::GUESS_LATE,
        "open" => words::GUESS_OPEN,
        "chosen" => words::GUESS_CHOSEN,
        "noted" => words::GUESS_NOTED,
        "right" => words::GUESS_RIGHT,
        _ => words::GUESS_WRONG,
    };
    let explanation = move || {
        let answer = answer().filter(|_| has_answer.get())?;
        let ground = ground.get();
        let html = fill(answer.why, |quantity: &Quantity| match &ground {
            Some(ground) => desk
                .shelf
                .with(|shelf| shelf.measure(lesson.slug, ground, None, quantity)),
            None => measured(desk, lesson, quantity),
        });
        Some(view! { <div inner_html=html></div> })
    };
    let choose = move |index: usize| {
        // Once results have been seen a guess is no guess any more.
        if !is_locked.get_untracked() {
            desk.progress
                .update(|progress| progress.set_answer(lesson.slug, guess.id, index));
        }
    };
    let lock = move |_| {
        desk.progress
            .update(|progress| progress.lock(lesson.slug, guess.id));
    };
    view! {
        <section class="check guess-first" data-state=state>
            <p class="check-title">{words::GUESS}</p>
            <Answers lesson check=guess chosen choose is_locked />
            <button type="button" data-testid="lock-guess" hidden=move || state() != "chosen" on:click=lock>
                {words::GUESS_LOCK}
            </button>
            <div class="outcome" data-testid="guess-status" data-check=guess.id data-state=state role="status">
                <p class="verdict">{verdict}</p>
                {explanation}
            </div>
        </section>
    }
}

/// What the learner's run of that name measured or, until there is one, ours.
fn measured(desk: Desk, lesson: &'static Lesson, quantity: &Quantity) -> Option<f64> {
    let key = quantity.run.as_deref()?;
    let preset = lesson.presets().find(|preset| preset.key == key)?;
    shown(desk, lesson, preset)?.0.measure(quantity.what)
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
    lesson: &'static Lesson,
    check: &'static Choice,
    chosen: Memo<Option<usize>>,
    choose: impl Fn(usize) + Copy + 'static,
    #[prop(optional)] is_locked: Option<Memo<bool>>,
) -> impl IntoView {
    let desk = use_desk();
    // In an order of the learner's own, so that neither place nor habit tells which is right.
    let order = desk
        .progress
        .with_untracked(|progress| progress.order(lesson.slug, check.id, check.answers.len()));
    let answers = order
        .into_iter()
        .map(|index| {
            let answer = &check.answers[index];
            view! { <AnswerView check=check.id index answer chosen choose is_locked /> }
        })
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
    is_locked: Option<Memo<bool>>,
) -> impl IntoView {
    let is_chosen = move || chosen.get() == Some(index);
    view! {
        <label class="choice" class:chosen=is_chosen>
            <input
                type="radio"
                name=format!("check-{check}")
                data-answer=index.to_string()
                disabled=move || is_locked.is_some_and(|is_locked| is_locked.get())
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
