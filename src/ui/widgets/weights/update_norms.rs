//! How far each tensor moved in the last run: ‖Δθ‖ / ‖θ‖.

use leptos::prelude::*;

use crate::protocol::{MatrixUpdate, Updates, asks};
use crate::settings::names::short;
use crate::ui::charts::as_table::as_table;
use crate::ui::controls::answered::Answered;
use crate::ui::controls::honesty_badge::{HonestyBadge, Origin};
use crate::ui::controls::number::number;
use crate::ui::page_context::use_page;
use crate::ui::state::{Answer, State};
use crate::ui::text::format;
use crate::ui::text::{charts, probes as text};
use crate::ui::widgets::Frame;

pub const FRAME: Frame = Frame::Wide;

/// Rows before the table of all.
const SHOWN: usize = 8;

#[component]
pub fn UpdateNorms() -> impl IntoView {
    let page = use_page();
    let has_run = page.watch(State::has_result);
    let is_idle = page.watch(|state| state.is_idle());
    let answer = page.watch(|state| state.answer::<asks::InspectUpdates>());
    let hint = Signal::derive(move || match has_run.get() {
        true => text::UPDATES_EMPTY,
        false => text::UPDATES_NEED_RUN,
    });
    let show = |found: &Updates| report(found).into_any();
    view! {
        <div class="update_norms">
            <button
                type="button"
                class="primary"
                data-testid="inspect-updates"
                disabled=move || !has_run.get() || !is_idle.get() || answer.with(Answer::is_going)
                on:click=move |_| page.client.ask(asks::InspectUpdates {})
            >
                {text::UPDATES_ASK}
            </button>
            <Answered answer show empty=hint />
        </div>
    }
}

fn share(update: &MatrixUpdate) -> f64 {
    f64::from(update.update_norm) / f64::from(update.weight_norm).max(f64::MIN_POSITIVE)
}

/// Largest relative move first.
fn sorted(updates: &Updates) -> Vec<MatrixUpdate> {
    let mut rows = updates.matrices.clone();
    rows.sort_by(|a, b| share(b).total_cmp(&share(a)));
    rows
}

fn report(updates: &Updates) -> impl IntoView + use<> {
    let rows = sorted(updates);
    let most = rows.first().map_or(1.0, share).max(f64::MIN_POSITIVE);
    let bars: Vec<_> = rows
        .iter()
        .take(SHOWN)
        .map(|row| {
            let share = share(row);
            view! {
                <li style=format!("--done: {}", share / most)>
                    <code>{short(&row.name).to_string()}</code>
                    <span class="gauge" aria-hidden="true"></span>
                    {number(share, format::percent(share))}
                </li>
            }
        })
        .collect();
    let heads = text::UPDATES_COLUMNS
        .map(|name| view! { <th scope="col">{name}</th> })
        .into_iter()
        .collect_view();
    let cells: Vec<_> = rows
        .iter()
        .map(|row| {
            view! {
                <tr>
                    <th scope="row"><code>{short(&row.name).to_string()}</code></th>
                    <td>{format::plain(row.weight_norm.into(), 3)}</td>
                    <td>{format::plain(row.update_norm.into(), 4)}</td>
                    <td>{number(share(row), format::percent(share(row)))}</td>
                </tr>
            }
        })
        .collect();
    let relative = updates.relative();
    view! {
        <p data-testid="relative-update" data-value=relative.to_string()>
            {text::updates_in_all(relative)}
        </p>
        <ol class="candidates wide-names">{bars}</ol>
        {as_table(charts::AS_TABLE, text::UPDATES_ASK, view! {
                    <thead><tr>{heads}</tr></thead>
                    <tbody>{cells}</tbody>
        })}
        <p class="origin"><HonestyBadge origin=Origin::Measured /></p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moved_most_for_its_size_comes_first() {
        let update = |name: &str, weight_norm, update_norm| MatrixUpdate {
            name: name.into(),
            shape: vec![2, 2],
            weight_norm,
            update_norm,
        };
        let updates = Updates {
            matrices: vec![update("a", 10.0, 0.1), update("b", 1.0, 0.05)],
        };
        assert_eq!(sorted(&updates)[0].name, "b");
        assert!((updates.relative() - (0.0125_f64 / 101.0).sqrt()).abs() < 1e-6);
    }
}
