//! How wide an element is, kept up to date, so that charts are drawn in real pixels at every width.

use leptos::prelude::*;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, ResizeObserver, ResizeObserverEntry};

/// Sets `width` whenever `element` changes its width, until the current owner is cleaned up.
pub fn follow_width(element: &Element, width: RwSignal<f64>) {
    let on_resize = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
        let entry = entries.get(0).dyn_into::<ResizeObserverEntry>();
        if let Ok(entry) = entry {
            let now = entry.content_rect().width();
            if now > 0.0 && width.try_get_untracked().is_some_and(|was| was != now) {
                width.set(now);
            }
        }
    });
    let Ok(observer) = ResizeObserver::new(on_resize.as_ref().unchecked_ref()) else {
        return;
    };
    observer.observe(element);
    let kept = StoredValue::new_local((observer, on_resize));
    on_cleanup(move || {
        kept.try_with_value(|(observer, _)| observer.disconnect());
    });
}

/// The pointer's place in an element, in pixels from its left and upper edge.
pub fn point_in(event: &web_sys::PointerEvent) -> Option<(f64, f64)> {
    let target: JsValue = event.current_target()?.into();
    let element: Element = target.dyn_into().ok()?;
    let y = f64::from(event.client_y()) - element.get_bounding_client_rect().top();
    Some((offset_in(event)?, y))
}

/// The pointer's place in an element, in pixels from its left edge.
pub fn offset_in(event: &web_sys::PointerEvent) -> Option<f64> {
    place_in(event).map(|(x, _)| x)
}

/// The pointer's place in an element, in pixels from its left and its upper edge.
pub fn place_in(event: &web_sys::PointerEvent) -> Option<(f64, f64)> {
    let target: JsValue = event.current_target()?.into();
    let element: Element = target.dyn_into().ok()?;
    let corner = element.get_bounding_client_rect();
    Some((
        f64::from(event.client_x()) - corner.left(),
        f64::from(event.client_y()) - corner.top(),
    ))
}
