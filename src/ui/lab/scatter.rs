//! What each ticked run learned, against what it forgot.

use leptos::prelude::*;

use super::rows::{Row, damage, drawn};
use crate::protocol::Split;
use crate::ui::charts::as_table::as_table_and_picture;
use crate::ui::charts::plot::Look;
use crate::ui::charts::scatter::{Dot, scatter};
use crate::ui::controls::number::number;
use crate::ui::learner::LabRun;
use crate::ui::page_context::use_page;
use crate::ui::text::format;
use crate::ui::text::lab as text;

/// The runs that can stand in one picture.
#[derive(Debug, Clone, PartialEq, Default)]
struct Picture {
    /// A dot and the name of its run.
    dots: Vec<(Dot, String)>,
    figure: String,
    is_of_language: bool,
    leaves_out: bool,
}

/// Those of the ticked runs that are measured as the first one is. Shares are in points, perplexities as they are.
fn picture(rows: &[Row]) -> Picture {
    let mut picture = Picture::default();
    let runs = rows.iter().enumerate();
    let runs = runs.flat_map(|(index, row)| row.runs.iter().map(move |run| (index, run)));
    let mut first = None;
    for (index, run) in runs {
        let (Some(score), Some(damage)) = (run.score(Split::Validation), damage(run)) else {
            picture.leaves_out = true;
            continue;
        };
        let is_of_language = run.record.before.perplexity.is_some();
        let measured = (run.record.ground(), score.figure.clone(), is_of_language);
        if *first.get_or_insert_with(|| measured.clone()) != measured {
            picture.leaves_out = true;
            continue;
        }
        (picture.figure, picture.is_of_language) = (score.figure.clone(), is_of_language);
        let unit = if score.falls_when_better() {
            1.0
        } else {
            100.0
        };
        picture.dots.push((
            dot(index, run, damage, unit * score.gain()),
            run.name.clone(),
        ));
    }
    picture
}

fn dot(index: usize, run: &LabRun, x: f64, y: f64) -> Dot {
    Dot {
        x,
        y,
        number: run.number,
        look: Look::Nth(index),
    }
}

#[component]
pub fn GainAgainstDamage() -> impl IntoView {
    let page = use_page();
    let picture = Memo::new(move |_| page.lab_runs.with(|runs| picture(&drawn(runs))));
    move || {
        let picture = picture.get();
        if picture.dots.is_empty() {
            return view! { <p class="empty">{text::SCATTER_EMPTY}</p> }.into_any();
        }
        let x_name = match picture.is_of_language {
            true => text::SCATTER_LANGUAGE,
            false => text::SCATTER_RETRIEVAL,
        };
        let y_name = text::gain_axis(&picture.figure);
        let dots: Vec<Dot> = picture.dots.iter().map(|(dot, _)| dot.clone()).collect();
        view! {
            <div class="gain_damage" data-testid="gain-damage">
                <p class="quiet">{text::SCATTER_LEAD}</p>
                {scatter(&dots, text::SCATTER_TITLE, x_name, y_name.clone())}
                {picture.leaves_out.then(|| view! { <p class="quiet">{text::SCATTER_LEFT_OUT}</p> })}
                {table(&picture, x_name, y_name)}
            </div>
        }
        .into_any()
    }
}

fn table(picture: &Picture, x_name: &'static str, y_name: String) -> impl IntoView + use<> {
    let cell = |value: f64| view! { <td>{number(value, format::plain(value, 2))}</td> };
    let rows = picture.dots.iter().map(|(dot, name)| {
        view! {
            <tr>
                <th scope="row">{dot.number} " " {name.clone()}</th>
                {cell(dot.y)}
                {cell(dot.x)}
            </tr>
        }
    });
    as_table_and_picture(
        text::SCATTER_TITLE,
        view! {
                        <thead>
                            <tr>
                                <th scope="col">{text::SCATTER_RUN}</th>
                                <th scope="col">{y_name}</th>
                                <th scope="col">{x_name}</th>
                            </tr>
                        </thead>
                        <tbody>{rows.collect_view()}</tbody>
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::learner::LabRuns;
    use crate::ui::learner::lab_runs::tests::{ended, name};

    #[test]
    fn runs_stand_by_gain_in_points_and_by_damage() {
        let mut runs = LabRuns::default();
        runs.put(ended("rank=2", 0.75), name);
        let mut worse = ended("rank=4", 0.6);
        worse.record.after = worse.record.after.map(|after| crate::ui::learner::Figures {
            perplexity: Some(60.0),
            ..after
        });
        runs.put(worse, name);
        runs.put(ended("rank=4&data=other", 0.9), name);
        let found = picture(&drawn(&runs));
        assert!(found.leaves_out && found.is_of_language);
        let places: Vec<(f64, f64)> = found.dots.iter().map(|(d, _)| (d.x, d.y.round())).collect();
        assert_eq!(places, [(-18.0, 25.0), (12.0, 10.0)]);
    }
}
