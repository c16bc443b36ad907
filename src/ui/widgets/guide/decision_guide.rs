//! Fine-tune or prompt? A short interview; each answer pushes one way, and says why.

use leptos::prelude::*;

use super::advice::{Advice, Pull};
use crate::ui::text::guide as text;
use crate::ui::widgets::Frame;

pub const FRAME: Frame = Frame::InText;

/// `chosen` holds the answer to each question, by index.
pub fn advise(chosen: &[Option<usize>]) -> Advice {
    let pulls: Vec<Pull> = text::QUESTIONS
        .iter()
        .zip(chosen)
        .filter_map(|(question, answer)| Some(question.answers.get((*answer)?)?.pull))
        .collect();
    if pulls.len() < text::QUESTIONS.len() {
        return Advice::Unfinished;
    }
    // Without labelled data there is nothing to tune on.
    if pulls[0] == Pull::Prompting {
        return Advice::Prompt;
    }
    let count = |pull| pulls.iter().filter(|other| **other == pull).count();
    match count(Pull::Tuning).cmp(&count(Pull::Prompting)) {
        std::cmp::Ordering::Greater => Advice::Tune,
        std::cmp::Ordering::Less => Advice::Prompt,
        std::cmp::Ordering::Equal => Advice::PromptThenTune,
    }
}

#[component]
pub fn DecisionGuide() -> impl IntoView {
    let chosen = RwSignal::new([None::<usize>; text::QUESTIONS.len()]);
    let advice = Memo::new(move |_| chosen.with(|chosen| advise(chosen)));
    let questions = text::QUESTIONS
        .iter()
        .enumerate()
        .map(|(number, question)| {
            let answers = question
                .answers
                .iter()
                .enumerate()
                .map(|(index, answer)| {
                    let is_chosen = move || chosen.with(|chosen| chosen[number]) == Some(index);
                    view! {
                        <label class="choice" class:chosen=is_chosen>
                            <input
                                type="radio"
                                name=format!("guide-{number}")
                                prop:checked=is_chosen
                                on:change=move |_| chosen.update(|chosen| chosen[number] = Some(index))
                            />
                            <span>{answer.words}</span>
                        </label>
                    }
                })
                .collect_view();
            let why = move || {
                let index = chosen.with(|chosen| chosen[number])?;
                question.answers.get(index).map(|answer| answer.why)
            };
            view! {
                <fieldset>
                    <legend>{question.words}</legend>
                    {answers}
                    <p class="quiet" role="status">{why}</p>
                </fieldset>
            }
        })
        .collect_view();
    view! {
        <div class="decision_guide">
            {questions}
            <p
                class="advice"
                role="status"
                data-testid="advice"
                data-advice=move || format!("{:?}", advice.get())
            >
                {move || text::advice(advice.get())}
            </p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(index: usize) -> Vec<Option<usize>> {
        text::QUESTIONS.iter().map(|_| Some(index)).collect()
    }

    #[test]
    fn an_open_question_leaves_it_open() {
        let mut chosen = all(0);
        chosen[1] = None;
        assert_eq!(advise(&chosen), Advice::Unfinished);
    }

    #[test]
    fn no_labels_means_no_tuning_whatever_else() {
        let mut chosen = all(0);
        chosen[0] = Some(1);
        assert_eq!(text::QUESTIONS[0].answers[1].pull, Pull::Prompting);
        assert_eq!(advise(&chosen), Advice::Prompt);
    }

    #[test]
    fn both_ends_can_be_reached() {
        assert_eq!(advise(&all(0)), Advice::Tune);
        assert_eq!(advise(&all(1)), Advice::Prompt);
    }
}
