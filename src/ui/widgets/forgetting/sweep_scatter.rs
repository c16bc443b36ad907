//! The recorded sweep: every strategy, rate and remedy that we tried with the lesson's seed, as gain against damage.

use leptos::prelude::*;

use crate::ui::charts::as_table::as_table;
use crate::ui::charts::gain_damage::{Shares, gain_damage};
use crate::ui::controls::honesty_badge::{HonestyBadge, Origin};
use crate::ui::controls::number::number;
use crate::ui::text::format;
use crate::ui::text::remedies as text;
use crate::ui::widgets::Frame;

pub const FRAME: Frame = Frame::Wide;

/// Written by `tests/data/sweep.py`.
const SWEEP: &str = include_str!("../../../../www/recorded/sweep.csv");

/// One run; the first of the sweep is the careless one.
#[derive(Debug, Clone, PartialEq)]
struct SweepRun {
    strategy: &'static str,
    learning_rate: &'static str,
    remedy: &'static str,
    accuracy: f64,
    perplexity: f64,
    gain: f64,
    damage: f64,
}

impl SweepRun {
    fn parse(line: &'static str) -> Option<Self> {
        let fields: Vec<&str> = line.split(',').collect();
        let [
            strategy,
            learning_rate,
            remedy,
            before,
            after,
            knew,
            knows,
            _,
        ] = fields[..]
        else {
            return None;
        };
        let number = |field: &str| field.parse::<f64>().ok();
        let (accuracy, perplexity) = (number(after)?, number(knows)?);
        Some(Self {
            strategy,
            learning_rate,
            remedy,
            accuracy,
            perplexity,
            gain: accuracy - number(before)?,
            damage: perplexity - number(knew)?,
        })
    }

    fn shares(&self, careless: &Self) -> Shares {
        Shares {
            gain: self.gain / careless.gain,
            damage: self.damage / careless.damage,
        }
    }
}

fn sweep() -> Vec<SweepRun> {
    SWEEP.lines().skip(1).filter_map(SweepRun::parse).collect()
}

#[component]
pub fn SweepScatter() -> impl IntoView {
    let runs = sweep();
    let (careless, others) = runs.split_first()?;
    let shares: Vec<Shares> = others.iter().map(|run| run.shares(careless)).collect();
    let heads = text::SWEEP_COLUMNS
        .map(|name| view! { <th scope="col">{name}</th> })
        .into_iter()
        .collect_view();
    let first = row(0, careless, careless.shares(careless));
    let rows: Vec<_> = others
        .iter()
        .zip(&shares)
        .enumerate()
        .map(|(index, (run, shares))| row(index + 1, run, *shares))
        .collect();
    Some(view! {
        <div class="attempts" data-testid="sweep">
            {gain_damage(&shares)}
            {as_table(&text::sweep_table(runs.len()), text::SWEEP, view! {
                        <thead><tr>{heads}</tr></thead>
                        <tbody>{first} {rows}</tbody>
            })}
            <p class="origin"><HonestyBadge origin=Origin::Replayed /></p>
        </div>
    })
}

fn row(index: usize, run: &SweepRun, shares: Shares) -> impl IntoView + use<> {
    let class =
        (shares.gain >= text::GOAL_GAIN && shares.damage <= text::GOAL_DAMAGE).then_some("in-goal");
    view! {
        <tr class=class>
            <th scope="row">{index}</th>
            <td>{run.strategy}</td>
            <td>{run.learning_rate}</td>
            <td>{text::remedy(run.remedy)}</td>
            <td>{number(shares.gain, format::percent(shares.gain))}</td>
            <td>{number(shares.damage, format::percent(shares.damage))}</td>
            <td>{format::percent(run.accuracy)}</td>
            <td>{format::perplexity(run.perplexity)}</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_sweep_is_read_and_the_careless_run_is_first() {
        let runs = sweep();
        assert_eq!(runs.len(), SWEEP.lines().count() - 1);
        let careless = &runs[0];
        let is = (careless.strategy, careless.learning_rate, careless.remedy);
        assert_eq!(is, ("full", "1e-3", "none"));
        let own = careless.shares(careless);
        assert_eq!((own.gain, own.damage), (1.0, 1.0));
    }

    #[test]
    fn the_bar_of_the_lesson_is_met_by_some_and_not_by_all() {
        let runs = sweep();
        let meets = |run: &&SweepRun| {
            let shares = run.shares(&runs[0]);
            shares.gain >= text::GOAL_GAIN && shares.damage <= text::GOAL_DAMAGE
        };
        let met = runs.iter().filter(meets).count();
        assert!(met > 0 && met < runs.len() / 2, "{met} of {}", runs.len());
    }
}
