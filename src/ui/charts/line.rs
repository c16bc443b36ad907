//! A line chart in SVG, drawn in real pixels; pointer and arrow keys read values off it.

use leptos::html::Div;
use leptos::prelude::*;

use super::plot::{LineData, Plot, nearest, plot};
use super::table::DataTable;
use crate::ui::browser::measure;
use crate::ui::text::charts as text;
use crate::ui::text::format;

const HEIGHT: f64 = 240.0;
/// Until the element has been measured.
const FIRST_WIDTH: f64 = 320.0;

#[component]
pub fn LineChart(
    /// What it shows, for those who do not see it.
    title: &'static str,
    x_name: &'static str,
    /// With its unit.
    y_name: &'static str,
    data: Memo<LineData>,
    testid: &'static str,
) -> impl IntoView {
    let frame = NodeRef::<Div>::new();
    let width = RwSignal::new(FIRST_WIDTH);
    let cursor = RwSignal::new(None::<f64>);
    let drawn = Memo::new(move |_| data.with(|data| plot(data, width.get(), HEIGHT)));
    Effect::new(move |_| {
        if let Some(element) = frame.get() {
            measure::follow_width(&element, width);
        }
    });
    let point = move |event: web_sys::PointerEvent| {
        if let Some(offset) = measure::offset_in(&event) {
            let x = drawn.with(|plot| plot.x.invert(offset));
            cursor.set(data.with(|data| nearest(&data.xs(), x)));
        }
    };
    let key = move |event: web_sys::KeyboardEvent| {
        let xs = data.with(LineData::xs);
        if let Some(x) = stepped(&xs, cursor.get(), &event.key()) {
            event.prevent_default();
            cursor.set(Some(x));
        }
    };
    let reading = move || {
        let (x, data) = (cursor.get(), data.get());
        x.map(|x| read_off(&data, x_name, x)).unwrap_or_default()
    };
    view! {
        <div class="line_chart" data-testid=testid>
            <p class="axis-name">
                {y_name}
                {move || drawn.with(|plot| plot.y_begins.as_deref().map(text::axis_begins))}
            </p>
            <div
                class="plot"
                node_ref=frame
                tabindex="0"
                role="img"
                aria-label=title
                on:pointermove=point
                on:pointerdown=point
                on:pointerleave=move |_| cursor.set(None)
                on:blur=move |_| cursor.set(None)
                on:keydown=key
            >
                <svg
                    width=move || width.get()
                    height=HEIGHT
                    viewBox=move || format!("0 0 {} {HEIGHT}", width.get())
                    aria-hidden="true"
                >
                    {move || drawn.with(axes)}
                    {move || data.with(|data| drawn.with(|plot| levels(data, plot)))}
                    {move || drawn.with(bands)}
                    {move || drawn.with(lines)}
                    {move || data.with(|data| drawn.with(|plot| upright(plot, data.marker, "marker")))}
                    {move || drawn.with(|plot| upright(plot, cursor.get(), "cursor"))}
                </svg>
            </div>
            <div class="below">
                <p class="reading" aria-live="polite">
                    {reading}
                </p>
                <p class="axis-name">{x_name}</p>
            </div>
            {move || data.with(legend)}
            <DataTable caption=title x_name data />
        </div>
    }
}

/// Where an arrow key takes the cursor.
fn stepped(xs: &[f64], at: Option<f64>, key: &str) -> Option<f64> {
    let last = xs.len().checked_sub(1)?;
    let here = at.and_then(|x| xs.iter().position(|other| *other == x));
    let next = match (key, here) {
        ("ArrowRight", None) | ("Home", _) => 0,
        ("ArrowLeft", None) | ("End", _) => last,
        ("ArrowRight", Some(here)) => (here + 1).min(last),
        ("ArrowLeft", Some(here)) => here.saturating_sub(1),
        _ => return None,
    };
    Some(xs[next])
}

fn read_off(data: &LineData, x_name: &str, x: f64) -> String {
    let values: Vec<String> = data
        .values_at(x)
        .into_iter()
        .map(|(name, value)| format!("{name} {}", data.unit.format(value)))
        .collect();
    format!("{x_name} {}: {}", format::plain(x, 0), values.join(", "))
}

fn axes(plot: &Plot) -> impl IntoView + use<> {
    let (left, right) = plot.x.range;
    let bottom = plot.y.range.0;
    let y_ticks: Vec<_> = plot
        .y_ticks
        .iter()
        .cloned()
        .map(|(y, words)| {
            view! {
                <line class="grid" x1=left x2=right y1=y y2=y></line>
                <text class="tick" x=left - 8.0 y=y text-anchor="end" dominant-baseline="middle">
                    {words}
                </text>
            }
        })
        .collect();
    let x_ticks: Vec<_> = plot
        .x_ticks
        .iter()
        .cloned()
        .map(|(x, words)| {
            view! {
                <text class="tick" x=x y=bottom + 20.0 text-anchor="middle">
                    {words}
                </text>
            }
        })
        .collect();
    view! {
        <g>{y_ticks} {x_ticks} <line class="axis" x1=left x2=right y1=bottom y2=bottom></line></g>
    }
}

fn levels(data: &LineData, plot: &Plot) -> impl IntoView + use<> {
    let (left, right) = plot.x.range;
    let levels: Vec<_> = data
        .levels
        .iter()
        .map(|level| {
            let (y, name) = (plot.y.map(level.y), level.name);
            view! {
                <line class="level" x1=left x2=right y1=y y2=y></line>
                <text class="level-name" x=right y=y - 5.0 text-anchor="end">
                    {name}
                </text>
            }
        })
        .collect();
    view! { <g>{levels}</g> }
}

fn bands(plot: &Plot) -> impl IntoView + use<> {
    let bands: Vec<_> = plot
        .bands
        .iter()
        .map(|(look, outline)| {
            let class = format!("band {}", look.class());
            view! { <path class=class d=outline.clone()></path> }
        })
        .collect();
    view! { <g>{bands}</g> }
}

fn lines(plot: &Plot) -> impl IntoView + use<> {
    let lines: Vec<_> = plot
        .lines
        .iter()
        .map(|line| {
            let class = format!("line {}", line.look.class());
            let marks: Vec<_> = line
                .marks
                .iter()
                .map(|(x, y)| view! { <circle class="mark" cx=*x cy=*y r="4"></circle> })
                .collect();
            view! {
                <path class=class d=line.path.clone()></path>
                {marks}
            }
        })
        .collect();
    view! { <g>{lines}</g> }
}

fn upright(plot: &Plot, at: Option<f64>, class: &'static str) -> Option<impl IntoView + use<>> {
    let x = plot.x.map(at?);
    let (bottom, top) = plot.y.range;
    Some(view! { <line class=class x1=x x2=x y1=top y2=bottom></line> })
}

fn legend(data: &LineData) -> impl IntoView + use<> {
    let entries: Vec<_> = data
        .series
        .iter()
        .filter(|_| data.series.len() > 1)
        .map(|series| {
            let class = format!("key {}", series.look.class());
            view! { <li><span class=class aria-hidden="true"></span>{series.name.to_string()}</li> }
        })
        .collect();
    view! { <ul class="legend">{entries}</ul> }
}

#[cfg(test)]
mod tests {
    use super::super::plot::{Look, Series, Unit};
    use super::*;

    #[test]
    fn arrow_keys_walk_and_stop_at_the_ends() {
        let xs = [0.0, 1.0, 2.0];
        assert_eq!(stepped(&xs, None, "ArrowRight"), Some(0.0));
        assert_eq!(stepped(&xs, Some(2.0), "ArrowRight"), Some(2.0));
        assert_eq!(stepped(&xs, Some(0.0), "End"), Some(2.0));
        assert_eq!(stepped(&xs, Some(1.0), "x"), None);
        assert_eq!(stepped(&[], None, "Home"), None);
    }

    #[test]
    fn a_reading_names_what_it_reads() {
        let data = LineData {
            series: vec![Series {
                name: "loss".into(),
                look: Look::Bold,
                points: vec![(3.0, 0.61234)],
            }],
            unit: Unit::Nats,
            ..Default::default()
        };
        assert_eq!(read_off(&data, "step", 3.0), "step 3: loss 0.612");
    }
}
