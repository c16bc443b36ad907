//! A word's explanation opens when the mouse rests on the word, and closes when it has left both (WCAG 1.4.13: the
//! explanation can be pointed at, and Escape closes it). Click, tap and keyboard open it by themselves.

use std::time::Duration;

use js_sys::{Function, Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, PointerEvent};

/// Long enough that a mouse on its way elsewhere opens nothing.
const REST: Duration = Duration::from_millis(300);

#[derive(Clone, Copy)]
struct Hover {
    /// The id of the explanation that the mouse is on, or on whose word it is.
    over: StoredValue<Option<String>>,
    /// The one that hovering has opened.
    opened: StoredValue<Option<String>>,
}

/// Follows the mouse over words and explanations as long as the page lives.
pub fn explain_on_hover() {
    let hover = Hover {
        over: StoredValue::new(None),
        opened: StoredValue::new(None),
    };
    let moved = window_event_listener(leptos::ev::pointerover, move |event: PointerEvent| {
        if event.pointer_type() == "mouse" {
            hover.moved_to(event.target().and_then(|target| target.dyn_into().ok()));
        }
    });
    // What is clicked stays open.
    let clicked = window_event_listener(leptos::ev::click, move |_| hover.opened.set_value(None));
    on_cleanup(move || {
        moved.remove();
        clicked.remove();
    });
}

impl Hover {
    fn moved_to(self, element: Option<Element>) {
        let word = element.as_ref().and_then(|e| closest(e, "[popovertarget]"));
        let id = match &word {
            Some(word) => word.get_attribute("popovertarget"),
            None => element
                .and_then(|element| closest(&element, "[popover]"))
                .map(|explanation| explanation.id()),
        };
        if self.over.with_value(|over| *over == id) {
            return;
        }
        self.over.set_value(id.clone());
        set_timeout(move || self.rested(id, word), REST);
    }

    /// The mouse has been on `id` for a while, if it still is.
    fn rested(self, id: Option<String>, word: Option<Element>) {
        if self.over.try_with_value(|over| *over == id) != Some(true) {
            return;
        }
        let opened = self.opened.get_value();
        if opened == id {
            return;
        }
        if let Some(old) = opened {
            call(&old, "hidePopover", &JsValue::UNDEFINED);
            self.opened.set_value(None);
        }
        if let (Some(id), Some(word)) = (id, word) {
            let options = Object::new();
            let _ = Reflect::set(&options, &"source".into(), &word);
            if call(&id, "showPopover", &options) {
                self.opened.set_value(Some(id));
            }
        }
    }
}

fn closest(element: &Element, selector: &str) -> Option<Element> {
    element.closest(selector).ok().flatten()
}

/// Calls a method of the element; `false` where it did nothing, such as opening what is open.
fn call(id: &str, method: &str, argument: &JsValue) -> bool {
    let Some(element) = document().get_element_by_id(id) else {
        return false;
    };
    let function = Reflect::get(&element, &method.into()).ok();
    let function = function.and_then(|found| found.dyn_into::<Function>().ok());
    function.is_some_and(|function| function.call1(&element, argument).is_ok())
}
