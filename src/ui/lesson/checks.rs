//! Questions in a lesson, each answer explained. What is chosen is kept.

use leptos::prelude::*;

use crate::lessons::measure::Quantity;
use crate::lessons::{Answer, Choice, Lesson, Measured};
use crate::ui::learner::{ChapterProgress, Standing};
use crate::ui::lesson::filled_text::{fill, model_facts, with_model_numbers};
use crate::ui::page_context::{PageContext, use_page};
use crate::ui::runs::{has_begun, has_recordings, shown};
use crate::ui::text::{lessons as words, widgets as text};

#[component]
pub fn ChoiceCheck(lesson: &'static Lesson, check: &'static Choice) -> impl IntoView {
    let page = use_page();
    let chosen = chosen(lesson, check);
    let first = Memo::new(move |_| {
        page.progress
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
            let html = with_model_numbers(check.answers.get(first)?.text);
            view! { <p class="quiet" data-testid="first-attempt">{words::FIRST_ANSWER} " " <span inner_html=html></span></p> }
                .into_any()
        } else if check.answers[now].right {
            view! { <p class="quiet" data-testid="first-attempt">{words::AT_ONCE}</p> }.into_any()
        } else {
            ().into_any()
        })
    };
    let choose = move |index: usize| {
        page.progress.update(|progress| {
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
                {move || answer().map(|answer| view! { <div inner_html=with_model_numbers(answer.why)></div> })}
                {first_attempt}
            </div>
        </section>
    }
}

/// A choice made before the lesson's runs. Locked, it shows what was recorded, and says which answer was right.
#[component]
pub fn GuessBlock(lesson: &'static Lesson, guess: &'static Choice) -> impl IntoView {
    let page = use_page();
    let chosen = chosen(lesson, guess);
    let is_locked = Memo::new(move |_| {
        let is_locked = |progress: &ChapterProgress| progress.is_locked(lesson.slug, guess.id);
        page.progress.with(is_locked) || has_begun(page, lesson, guess)
    });
    // Runs of different models would answer something else.
    let ground = Memo::new(move |_| {
        let keys: Vec<&str> = lesson.runs_of(guess).map(|preset| preset.key).collect();
        page.history
            .with(|history| history.common_ground(lesson.slug, &keys))
    });
    let are_recorded = Memo::new(move |_| {
        let is_recorded = |preset| matches!(shown(page, lesson, preset), Some((_, false)));
        lesson.runs_of(guess).all(is_recorded)
    });
    let has_answer =
        Memo::new(move |_| is_locked.get() && (ground.with(Option::is_some) || are_recorded.get()));
    let facts = model_facts();
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
        "chosen" => words::guess_chosen(has_recordings(page, lesson)),
        "noted" => words::GUESS_NOTED,
        "right" => words::GUESS_RIGHT,
        _ => words::GUESS_WRONG,
    };
    let explanation = move || {
        let answer = answer().filter(|_| has_answer.get())?;
        let ground = ground.get();
        let html = fill(
            answer.why,
            &facts.get(),
            |quantity: &Quantity| match &ground {
                Some(ground) => page
                    .history
                    .with(|history| history.measure(lesson.slug, ground, None, quantity)),
                None => measured(page, lesson, quantity),
            },
        );
        Some(view! { <div inner_html=html></div> })
    };
    let choose = move |index: usize| {
        // Once results have been seen a guess is no guess any more.
        if !is_locked.get_untracked() {
            page.progress
                .update(|progress| progress.set_answer(lesson.slug, guess.id, index));
        }
    };
    let lock = move |_| {
        page.progress
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
fn measured(page: PageContext, lesson: &'static Lesson, quantity: &Quantity) -> Option<f64> {
    let key = quantity.run?;
    let preset = lesson.presets().find(|preset| preset.key == key)?;
    shown(page, lesson, preset)?.0.measure(quantity.what)
}

/// What was chosen earlier, where that answer still exists.
fn chosen(lesson: &'static Lesson, check: &'static Choice) -> Memo<Option<usize>> {
    let page = use_page();
    Memo::new(move |_| {
        page.progress
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
    let page = use_page();
    // In an order of the learner's own, so that neither place nor habit tells which is right.
    let order = page
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
            <legend inner_html=with_model_numbers(check.question)></legend>
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
            <span inner_html=with_model_numbers(answer.text)></span>
        </label>
    }
}

#[component]
pub fn MeasuredCheck(lesson: &'static Lesson, check: &'static Measured) -> impl IntoView {
    let page = use_page();
    let standing = Memo::new(move |_| {
        page.history
            .with(|history| history.standing(lesson.slug, check))
    });
    Effect::new(move |_| {
        if standing.with(|standing| matches!(standing, Standing::Met(_))) {
            page.progress
                .update(|progress| progress.pass(lesson.slug, check.id));
        }
    });
    let facts = model_facts();
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
                Standing::Waiting => return fill(check.waiting, &facts.get(), |_| None),
                Standing::Apart(grounds) => return words::apart(grounds),
                Standing::Met(run) => (check.met, run),
                Standing::Missed(run) => (check.missed, run),
            };
            let ground = run.ground();
            page.history.with(|history| {
                fill(words, &facts.get(), |quantity: &Quantity| {
                    history.measure(lesson.slug, &ground, Some(run), quantity)
                })
            })
        })
    };
    view! {
        <section class="check" data-state=state>
            <p class="check-title">{text::CHECK}</p>
            <div class="question" inner_html=with_model_numbers(check.question)></div>
            <div class="outcome" data-testid="check-status" data-check=check.id data-state=state role="status">
                <p class="verdict">{verdict}</p>
                <div inner_html=explanation></div>
            </div>
        </section>
    }
}
