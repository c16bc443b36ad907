//! Which page an address shows. The opening comes with the frame, every other page when it is first asked for.

use leptos::prelude::*;

use super::bench::Bench;
use super::home::Home;
use super::lab::Lab;
use super::results::Results;
use super::routes::Route;
use super::unknown::Unknown;
use super::verify::Verify;
use crate::ui::lesson::view::LessonView;
use crate::ui::parts::{once_loaded, part};

/// Draws a page; what it takes is what stands behind the page's name in the address.
type Draw = fn(String) -> AnyView;

part!(lab, lab() -> Draw, |query| view! { <Lab query /> }.into_any());
// Three small pages in one: what two parts share is a module more to fetch.
part!(figures, bench() -> Draw, |query| view! { <Bench query /> }.into_any());
part!(figures, verify() -> Draw, |_| view! { <Verify /> }.into_any());
part!(figures, results() -> Draw, |_| view! { <Results /> }.into_any());

pub fn shown_at(route: Route) -> AnyView {
    let with = |query: String| move |draw: Draw| draw(query.clone());
    match route {
        Route::Home => view! { <Home /> }.into_any(),
        Route::Lesson(slug) => view! { <LessonView slug /> }.into_any(),
        Route::Lab(query) => once_loaded(lab, with(query)).into_any(),
        Route::Bench(query) => once_loaded(bench, with(query)).into_any(),
        Route::Verify => once_loaded(verify, with(String::new())).into_any(),
        Route::Results => once_loaded(results, with(String::new())).into_any(),
        Route::Unknown(path) => view! { <Unknown path /> }.into_any(),
    }
}
