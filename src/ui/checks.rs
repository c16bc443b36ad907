//! Questions in a lesson, each answer explained.

use leptos::prelude::*;

use super::desk::use_desk;
use super::format;
use super::text::widgets as text;
use crate::lessons::{Answer, Choice, Measured};

#[component]
pub fn ChoiceCheck(check: &'static Choice) -> impl IntoView {
    let chosen = RwSignal::new(None::<usize>);
    let answer = move || chosen.get().and_then(|index| check.answers.get(index));
    let answers = check
        .answers
        .iter()
        .enumerate()
        .map(|(index, answer)| view! { <AnswerView check=check.id index answer chosen /> })
        .collect_view();
    let state = move || match answer() {
        None => "open",
        Some(answer) if answer.right => "right",
        Some(_) => "wrong",
    };
    let words = move || match state() {
        "right" => text::CHECK_RIGHT,
        "wrong" => text::CHECK_WRONG,
        _ => text::CHECK_OPEN,
    };
    view! {
        <section class="check" data-state=state>
            <p class="check-title">{text::CHECK}</p>
            <fieldset>
                <legend inner_html=check.question></legend>
                {answers}
            </fieldset>
            <div class="outcome" data-testid="check-status" data-check=check.id data-state=state role="status">
                <p class="verdict">{words}</p>
                {move || answer().map(|answer| view! { <div inner_html=answer.why></div> })}
            </div>
        </section>
    }
}

#[component]
fn AnswerView(
    check: &'static str,
    index: usize,
    answer: &'static Answer,
    chosen: RwSignal<Option<usize>>,
) -> impl IntoView {
    let is_chosen = move || chosen.get() == Some(index);
    view! {
        <label class="choice" class:chosen=is_chosen>
            <input
                type="radio"
                name=format!("check-{check}")
                prop:checked=is_chosen
                on:change=move |_| chosen.set(Some(index))
            />
            <span inner_html=answer.html></span>
        </label>
    }
}

/// How a measured check stands.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Standing {
    Waiting,
    Measured { accuracy: f64, share: f64 },
}

fn is_met(check: &Measured, accuracy: f64, share: f64) -> bool {
    accuracy >= check.least_accuracy && share < check.most_share
}

#[component]
pub fn MeasuredCheck(check: &'static Measured) -> impl IntoView {
    let desk = use_desk();
    let standing = desk.watch(|state| {
        let run = state.run.as_ref();
        let accuracy = run.and_then(|run| Some(run.summary()?.after.accuracy));
        let share = run.and_then(|run| run.trainable_share());
        match (accuracy, share) {
            (Some(accuracy), Some(share)) => Standing::Measured { accuracy, share },
            _ => Standing::Waiting,
        }
    });
    let state = move || match standing.get() {
        Standing::Waiting => "open",
        Standing::Measured { accuracy, share } if is_met(check, accuracy, share) => "right",
        Standing::Measured { .. } => "wrong",
    };
    let verdict = move || match state() {
        "right" => text::CHECK_MET,
        "wrong" => text::CHECK_MISSED,
        _ => text::CHECK_WAITING,
    };
    let explanation = move || match standing.get() {
        Standing::Waiting => check.waiting.to_string(),
        Standing::Measured { accuracy, share } => {
            let words = if is_met(check, accuracy, share) {
                check.met
            } else {
                check.missed
            };
            words
                .replace("{accuracy}", &format::percent(accuracy))
                .replace("{share}", &format::percent(share))
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measured_check_wants_both_bounds() {
        let check = Measured {
            id: "x",
            question: "",
            least_accuracy: 0.75,
            most_share: 0.1,
            waiting: "",
            met: "",
            missed: "",
        };
        assert!(is_met(&check, 0.75, 0.05));
        assert!(!is_met(&check, 0.74, 0.05));
        assert!(!is_met(&check, 0.9, 0.1));
    }
}
