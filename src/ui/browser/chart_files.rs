//! A chart of the page as a file: an SVG with its colours in it, or a PNG of that.

use js_sys::encode_uri_component;
use leptos::web_sys;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    CanvasRenderingContext2d, CssStyleDeclaration, Element, HtmlCanvasElement, HtmlImageElement,
    Window,
};

use super::files;
use crate::ui::charts::picture::{Entry, Picture, Shown, file_name, picture};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Svg,
    Png,
}

/// What styles give a drawing. Outside the page there are no style sheets.
const STYLES: [&str; 16] = [
    "display",
    "fill",
    "fill-opacity",
    "font-family",
    "font-size",
    "font-weight",
    "opacity",
    "paint-order",
    "shape-rendering",
    "stroke",
    "stroke-dasharray",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-opacity",
    "stroke-width",
    "visibility",
];

/// Pixels of a PNG for each of the page's.
const SHARPNESS: f64 = 2.0;

/// Offers the chart that `inside` belongs to as a file; `title` says what it shows.
pub fn save(inside: &Element, title: &str, kind: Kind) {
    let Some(shown) = chart_around(inside).and_then(|chart| shown(&chart, title)) else {
        return;
    };
    let picture = picture(&shown);
    match kind {
        Kind::Svg => files::download(
            &file_name(&shown.title, "svg"),
            "image/svg+xml",
            &picture.svg,
        ),
        Kind::Png => spawn_local(async move {
            if let Some(address) = pixels(&picture).await {
                files::offer(&file_name(&shown.title, "png"), &address);
            }
        }),
    }
}

/// The nearest element around `inside` that has a drawing in it.
fn chart_around(inside: &Element) -> Option<Element> {
    let mut element = inside.parent_element()?;
    while element.query_selector("svg").ok()?.is_none() {
        element = element.parent_element()?;
    }
    Some(element)
}

fn shown(chart: &Element, title: &str) -> Option<Shown> {
    let window = web_sys::window()?;
    let style = |element: &Element| window.get_computed_style(element).ok().flatten();
    let drawing = chart.query_selector("svg").ok()??;
    let size = drawing.get_bounding_client_rect();
    let mut names = all(chart, ".axis-name").into_iter().map(|name| text(&name));
    Some(Shown {
        // What follows says how to use the chart.
        title: title.split(". ").next().unwrap_or(title).to_owned(),
        y_name: names.next().unwrap_or_default(),
        x_name: names.next().unwrap_or_default(),
        legend: all(chart, ".legend li")
            .iter()
            .filter_map(|item| entry(&window, item))
            .collect(),
        drawing: coloured(&window, &drawing)?,
        width: size.width(),
        height: size.height(),
        paper: paper(&window, chart),
        ink: property(&style(chart)?, "color"),
    })
}

/// The colour that stands behind an element: its own, or that of what is around it.
fn paper(window: &Window, chart: &Element) -> String {
    const NONE: &str = "rgba(0, 0, 0, 0)";
    let mut around = Some(chart.clone());
    while let Some(element) = around {
        let style = window.get_computed_style(&element).ok().flatten();
        let colour = style.map(|style| property(&style, "background-color"));
        match colour.filter(|colour| colour != NONE && !colour.is_empty()) {
            Some(colour) => return colour,
            None => around = element.parent_element(),
        }
    }
    "white".to_owned()
}

fn all(within: &Element, selector: &str) -> Vec<Element> {
    let Ok(found) = within.query_selector_all(selector) else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|place| found.get(place)?.dyn_into().ok())
        .collect()
}

fn text(element: &Element) -> String {
    element.text_content().unwrap_or_default().trim().to_owned()
}

fn property(style: &CssStyleDeclaration, name: &str) -> String {
    style.get_property_value(name).unwrap_or_default()
}

/// The number of a property, its unit left out.
fn number(style: &CssStyleDeclaration, name: &str) -> f64 {
    let value = property(style, name);
    value.trim_end_matches("px").parse().unwrap_or(1.0)
}

fn entry(window: &Window, item: &Element) -> Option<Entry> {
    let key = item.query_selector(".key").ok()??;
    let style = window.get_computed_style(&key).ok()??;
    Some(Entry {
        name: text(item),
        colour: property(&style, "border-top-color"),
        is_dashed: property(&style, "border-top-style") != "solid",
        width: number(&style, "border-top-width"),
        opacity: number(&style, "opacity"),
    })
}

/// The drawing with each element's styles written into it.
fn coloured(window: &Window, drawing: &Element) -> Option<String> {
    let copy: Element = drawing.clone_node_with_deep(true).ok()?.dyn_into().ok()?;
    let size = drawing.get_bounding_client_rect();
    for (own, copied) in all(drawing, "*").iter().zip(all(&copy, "*")) {
        let style = window.get_computed_style(own).ok()??;
        let styles: String = STYLES
            .iter()
            .map(|name| (name, property(&style, name)))
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}:{value};"))
            .collect();
        copied.set_attribute("style", &styles).ok()?;
        copied.remove_attribute("class").ok()?;
    }
    copy.set_attribute("width", &size.width().to_string())
        .ok()?;
    copy.set_attribute("height", &size.height().to_string())
        .ok()?;
    for name in ["class", "style", "role", "aria-label", "aria-hidden"] {
        copy.remove_attribute(name).ok()?;
    }
    let writer = web_sys::XmlSerializer::new().ok()?;
    writer.serialize_to_string(&copy).ok()
}

/// A PNG as an address with its data in it.
async fn pixels(picture: &Picture) -> Option<String> {
    let image = HtmlImageElement::new().ok()?;
    let encoded: String = encode_uri_component(&picture.svg).into();
    image.set_src(&format!("data:image/svg+xml;charset=utf-8,{encoded}"));
    JsFuture::from(image.decode()).await.ok()?;
    let canvas: HtmlCanvasElement = web_sys::window()?
        .document()?
        .create_element("canvas")
        .ok()?
        .dyn_into()
        .ok()?;
    let (width, height) = (SHARPNESS * picture.width, SHARPNESS * picture.height);
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context
        .draw_image_with_html_image_element_and_dw_and_dh(&image, 0.0, 0.0, width, height)
        .ok()?;
    canvas.to_data_url_with_type("image/png").ok()
}
