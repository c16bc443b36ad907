//! Whether two runs differ by more than luck: McNemar's test on the rows that both answered, and those rows to look at.

use leptos::prelude::*;

use crate::protocol::{Example, Split, asks};
use crate::stats::mcnemar::{Pairs, exact_p, pairs};
use crate::ui::learner::{LabRun, LabRuns};
use crate::ui::page_context::use_page;
use crate::ui::state::Answer;
use crate::ui::text::lab as text;

/// Rows shown of each kind.
const SHOWN: usize = 10;

/// What is compared; runs by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Chosen {
    first: usize,
    second: usize,
    split: Split,
}

/// What the comparison came to.
#[derive(Debug, Clone, PartialEq)]
enum Outcome {
    Same,
    OtherRows,
    Compared(Pairs),
}

/// Runs with an answer to each row of the split, as far as it may be looked at.
fn comparable(runs: &LabRuns, split: Split) -> Vec<LabRun> {
    let has_rows = |run: &&LabRun| {
        let may_be_seen = split != Split::Test || run.is_opened;
        let score = run.score(split).filter(|_| may_be_seen);
        score.is_some_and(|score| !score.verdicts.is_empty())
    };
    runs.runs().iter().filter(has_rows).cloned().collect()
}

fn compare(runs: &[LabRun], chosen: Chosen) -> Option<Outcome> {
    let find = |number| {
        let run = runs.iter().find(|run| run.number == number)?;
        run.score(chosen.split)
    };
    let (first, second) = (find(chosen.first)?, find(chosen.second)?);
    if chosen.first == chosen.second {
        return Some(Outcome::Same);
    }
    if !first.verdicts.are_of_the_rows_of(&second.verdicts) {
        return Some(Outcome::OtherRows);
    }
    let found = pairs(&first.verdicts.right(), &second.verdicts.right());
    Some(found.map_or(Outcome::OtherRows, Outcome::Compared))
}

#[component]
pub fn Luck() -> impl IntoView {
    let page = use_page();
    let wished = RwSignal::new((None::<usize>, None::<usize>));
    let wished_split = RwSignal::new(Split::Validation);
    let has_opened = Memo::new(move |_| {
        let opened = page
            .lab_runs
            .with(|runs| comparable(runs, Split::Test).len());
        opened > 1
    });
    let split = Memo::new(move |_| match has_opened.get() {
        true => wished_split.get(),
        false => Split::Validation,
    });
    let runs = Memo::new(move |_| page.lab_runs.with(|runs| comparable(runs, split.get())));
    let chosen = Memo::new(move |_| runs.with(|runs| choice(runs, wished.get(), split.get())));
    let outcome = Memo::new(move |_| runs.with(|runs| compare(runs, chosen.get()?)));
    let choose_split = move |event| {
        let is_test = event_target_value(&event) == text::split_name(Split::Test);
        wished_split.set(if is_test {
            Split::Test
        } else {
            Split::Validation
        });
    };
    let splits = [Split::Validation, Split::Test].map(|one| {
        let name = text::split_name(one);
        view! { <option value=name selected=move || split.get() == one>{name}</option> }
    });
    view! {
        <div class="luck" data-testid="luck">
            <p class="quiet">{text::LUCK_LEAD}</p>
            <p class="empty" hidden=move || chosen.get().is_some()>{text::LUCK_EMPTY}</p>
            <div class="fields" hidden=move || chosen.get().is_none()>
                {pick(text::FIRST, "luck-a", runs, move || chosen.get().map(|c| c.first), move |n| {
                    wished.update(|wished| wished.0 = n);
                })}
                {pick(text::SECOND, "luck-b", runs, move || chosen.get().map(|c| c.second), move |n| {
                    wished.update(|wished| wished.1 = n);
                })}
                <div class="field" hidden=move || !has_opened.get()>
                    <label class="label" for="luck-split">{text::ON_SPLIT}</label>
                    <select id="luck-split" data-testid="luck-split" on:change=choose_split>
                        {splits.into_iter().collect_view()}
                    </select>
                </div>
            </div>
            {move || outcome.get().map(verdict)}
            <ChangedRows chosen outcome />
        </div>
    }
}

/// What is wished for, where it is there; else the newest run against the one before it.
fn choice(runs: &[LabRun], wished: (Option<usize>, Option<usize>), split: Split) -> Option<Chosen> {
    let [.., before, newest] = runs else {
        return None;
    };
    let there = |wish: Option<usize>| wish.filter(|n| runs.iter().any(|run| run.number == *n));
    Some(Chosen {
        first: there(wished.0).unwrap_or(before.number),
        second: there(wished.1).unwrap_or(newest.number),
        split,
    })
}

fn pick(
    label: &'static str,
    id: &'static str,
    runs: Memo<Vec<LabRun>>,
    chosen: impl Fn() -> Option<usize> + Copy + Send + Sync + 'static,
    choose: impl Fn(Option<usize>) + 'static,
) -> impl IntoView {
    let options = move || {
        let runs = runs.get().into_iter();
        runs.map(|run| {
            let number = run.number;
            view! {
                <option value=number selected=move || chosen() == Some(number)>{run.name}</option>
            }
        })
        .collect_view()
    };
    let change = move |event| choose(event_target_value(&event).parse().ok());
    view! {
        <div class="field">
            <label class="label" for=id>{label}</label>
            <select id=id data-testid=id on:change=change>{options}</select>
        </div>
    }
}

fn verdict(outcome: Outcome) -> AnyView {
    let found = match outcome {
        Outcome::Same => return view! { <p>{text::SAME_RUN}</p> }.into_any(),
        Outcome::OtherRows => {
            return view! { <p class="caution">{text::OTHER_ROWS}</p> }.into_any();
        }
        Outcome::Compared(found) => found,
    };
    let (first, second) = (found.only_first.len(), found.only_second.len());
    let p = exact_p(first, second);
    view! {
        <p
            class="verdict"
            role="status"
            data-testid="luck-verdict"
            data-value=p.to_string()
            data-first=first.to_string()
            data-second=second.to_string()
        >
            {text::verdict(first, second, found.both + found.neither, p)}
        </p>
        <p class="quiet">{text::LUCK_NOTE}</p>
    }
    .into_any()
}

/// The rows that only one of the two got right, read from the data set at hand.
#[component]
fn ChangedRows(chosen: Memo<Option<Chosen>>, outcome: Memo<Option<Outcome>>) -> impl IntoView {
    let page = use_page();
    let asked = RwSignal::new(None::<Chosen>);
    let answer = page.watch(|state| state.answer::<asks::ReadRows>());
    let is_at_hand = Memo::new(move |_| {
        let loaded = page
            .state
            .with(|state| Some(state.dataset.as_ref()?.name.clone()));
        let first = chosen.get().map(|chosen| chosen.first);
        let data = page
            .lab_runs
            .with(|runs| Some(runs.find(first?)?.record.ground().dataset));
        data.is_some() && loaded == data
    });
    let places = Memo::new(move |_| match outcome.get() {
        Some(Outcome::Compared(pairs)) => Some((pairs.only_first, pairs.only_second)),
        _ => None,
    });
    let ask = move |_| {
        let (Some(chosen), Some((first, second))) =
            (chosen.get_untracked(), places.get_untracked())
        else {
            return;
        };
        asked.set(Some(chosen));
        let shown = first.iter().take(SHOWN).chain(second.iter().take(SHOWN));
        page.client.ask(asks::ReadRows {
            split: chosen.split,
            places: shown.copied().collect(),
        });
    };
    let has_rows = move || {
        let none =
            |(first, second): (Vec<usize>, Vec<usize>)| first.is_empty() && second.is_empty();
        places.get().is_some_and(|places| !none(places))
    };
    let shown = move || {
        let (first, second) = places.get()?;
        let is_of_these = asked.get().is_some() && asked.get() == chosen.get();
        let Answer::Done(rows) = answer.get() else {
            return None;
        };
        let middle = first.len().min(SHOWN).min(rows.len());
        is_of_these.then(|| {
            view! {
                <div class="pair" data-testid="luck-rows">
                    {listed(text::ONLY_FIRST, &rows[..middle], first.len())}
                    {listed(text::ONLY_SECOND, &rows[middle..], second.len())}
                </div>
            }
        })
    };
    view! {
        <div hidden=move || !has_rows()>
            <button
                type="button"
                data-testid="luck-show"
                disabled=move || !is_at_hand.get()
                on:click=ask
            >
                {text::SHOW_ROWS}
            </button>
            <p class="quiet" hidden=is_at_hand>{text::ROWS_AWAY}</p>
            {shown}
        </div>
    }
}

fn listed(title: &'static str, rows: &[Example], all: usize) -> impl IntoView + use<> {
    let items = rows.iter().cloned().map(|row| {
        let question = (!row.question.is_empty()).then(|| view! { <p>{row.question}</p> });
        view! {
            <li>
                {question}
                <blockquote>{row.text}</blockquote>
                <p class="quiet">{row.label}</p>
            </li>
        }
    });
    view! {
        <div class="mistakes">
            <h4>{title} " (" {text::rows_shown(rows.len(), all)} ")"</h4>
            <ol>{items.collect_view()}</ol>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::RowVerdicts;
    use crate::ui::learner::lab_runs::Ended;
    use crate::ui::learner::lab_runs::tests::{ended, name};

    fn answered(right: &[bool], fingerprint: u32) -> Ended {
        let mut run = ended("rank=2", 0.7);
        for score in [&mut run.validation, &mut run.test].into_iter().flatten() {
            score.verdicts = RowVerdicts::new(right, fingerprint);
        }
        run
    }

    fn runs() -> LabRuns {
        let mut runs = LabRuns::default();
        runs.put(answered(&[true, false, true], 5), name);
        runs.put(answered(&[true, true, false], 5), name);
        runs.put(answered(&[true, true, false], 6), name);
        runs
    }

    #[test]
    fn the_newest_two_are_compared_unless_others_are_wished_for() {
        let runs = comparable(&runs(), Split::Validation);
        let chosen = choice(&runs, (None, None), Split::Validation).unwrap();
        assert_eq!((chosen.first, chosen.second), (2, 3));
        assert_eq!(compare(&runs, chosen), Some(Outcome::OtherRows));
        let chosen = choice(&runs, (Some(1), Some(2)), Split::Validation).unwrap();
        let Some(Outcome::Compared(found)) = compare(&runs, chosen) else {
            panic!("they answered the same rows");
        };
        assert_eq!((found.only_first, found.only_second), (vec![2], vec![1]));
        let same = choice(&runs, (Some(1), Some(1)), Split::Validation).unwrap();
        assert_eq!(compare(&runs, same), Some(Outcome::Same));
        assert_eq!(choice(&runs[..1], (None, None), Split::Validation), None);
    }

    #[test]
    fn sealed_test_answers_are_not_compared() {
        let mut runs = runs();
        assert!(comparable(&runs, Split::Test).is_empty());
        runs.open_test(&[1, 2]);
        assert_eq!(comparable(&runs, Split::Test).len(), 2);
    }
}
