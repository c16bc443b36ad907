//! Parts of the page that arrive when they are asked for, each a WebAssembly module of its own.
//!
//! [`part!`] makes a value (a function that draws something, a lesson's text) the entry of a part. `./dev` builds the page whole
//! and then takes it apart (`wasm-split-cli`): what only one part reaches goes into that part's module, what several reach into a
//! module that they share, and what the first page needs stays. Without that step, in tests and under `trunk`, all
//! is there from the start.

use std::future::Future;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::ui::text::pages as text;

/// A part that did not arrive. Asking again fetches it again.
pub type NotLoaded = leptos::wasm_split::SplitLoaderError;

/// `part!(name, load() -> Type, value)`: `load().await` is the value, once the part called `name` has arrived. What the value
/// refers to must be named nowhere else, or it comes with whatever names it.
macro_rules! part {
    ($part:ident, $load:ident() -> $what:ty, $value:expr) => {
        #[cfg(in_parts)]
        #[leptos::wasm_split::wasm_split($part, wasm_split_path = ::leptos::wasm_split, fallible)]
        pub fn $load() -> Result<$what, $crate::ui::parts::NotLoaded> {
            Ok($value)
        }
        #[cfg(not(in_parts))]
        pub async fn $load() -> Result<$what, $crate::ui::parts::NotLoaded> {
            Ok($value)
        }
    };
}
pub(crate) use part;

/// Shows what has been loaded; before that, that it is on its way, and if it does not come, a way to try again.
pub fn once_loaded<T, Loading>(
    load: impl Fn() -> Loading + Clone + Send + Sync + 'static,
    show: impl Fn(T) -> AnyView + Send + 'static,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    Loading: Future<Output = Result<T, NotLoaded>> + 'static,
{
    let arrived = RwSignal::new(None::<Result<T, ()>>);
    let fetch = move || {
        let load = load.clone();
        spawn_local(async move {
            let found = load().await.map_err(|_| ());
            // Where it would have been shown may be gone by now.
            arrived.try_set(Some(found));
        });
    };
    fetch();
    move || match arrived.get() {
        None => view! { <p class="arriving" role="status">{text::PART_ARRIVES}</p> }.into_any(),
        Some(Ok(part)) => show(part),
        Some(Err(())) => {
            let fetch = fetch.clone();
            let again = move |_| {
                arrived.set(None);
                fetch();
            };
            view! {
                <div class="notice" role="alert" data-testid="part-missing">
                    <p>{text::PART_MISSING}</p>
                    <button type="button" data-testid="try-again" on:click=again>{text::TRY_AGAIN}</button>
                </div>
            }
            .into_any()
        }
    }
}
