//! A line chart worked out: data and size in, coordinates and words out.

use std::borrow::Cow;

use super::scale::{Scale, fitted_domain, ticks};
use crate::ui::text::format;

/// What a line chart shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LineData {
    pub series: Vec<Series>,
    /// Drawn below the series.
    pub bands: Vec<Band>,
    /// Horizontal lines to compare with.
    pub levels: Vec<Level>,
    /// Where the run stands.
    pub marker: Option<f64>,
    /// The x axis goes at least this far.
    pub x_end: f64,
    pub unit: Unit,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    pub name: Cow<'static, str>,
    pub look: Look,
    pub points: Vec<(f64, f64)>,
}

/// From the lowest to the highest of several lines.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    pub name: String,
    /// Of the line that is the middle of it.
    pub look: Look,
    /// An x, the lowest value and the highest.
    pub points: Vec<(f64, f64, f64)>,
}

/// How a series is drawn; also its CSS class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    Faint,
    Bold,
    /// Dashed, with a mark at each point.
    Marked,
    /// One of several equals; each of the first six has a colour and a dash of its own.
    Nth(usize),
}

const NTH: [&str; 6] = ["nth-0", "nth-1", "nth-2", "nth-3", "nth-4", "nth-5"];

impl Look {
    pub fn class(self) -> &'static str {
        match self {
            Self::Faint => "faint",
            Self::Bold => "bold",
            Self::Marked => "marked",
            Self::Nth(index) => NTH[index % NTH.len()],
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    pub name: &'static str,
    pub y: f64,
}

/// What the y axis counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unit {
    #[default]
    Nats,
    Rate,
    Perplexity,
    /// In `0..=1`.
    Share,
    /// Of a vector of gradients.
    Norm,
}

impl Unit {
    pub fn format(self, value: f64) -> String {
        match self {
            Self::Nats => format::loss(value),
            Self::Rate => format::rate(value),
            Self::Perplexity => format::perplexity(value),
            Self::Share => format::percent(value),
            Self::Norm => format::plain(value, 2),
        }
    }

    fn format_tick(self, value: f64) -> String {
        match self {
            Self::Nats => format::plain(value, 2),
            Self::Rate => format::rate(value),
            Self::Share => format!("{}%", format::plain(100.0 * value, 1)),
            Self::Perplexity | Self::Norm => format::plain(value, 1),
        }
    }
}

impl LineData {
    pub fn is_empty(&self) -> bool {
        self.series.iter().all(|series| series.points.is_empty())
    }

    /// Every x that has a value, in order.
    pub fn xs(&self) -> Vec<f64> {
        let mut xs: Vec<f64> = self
            .series
            .iter()
            .flat_map(|series| series.points.iter().map(|(x, _)| *x))
            .collect();
        xs.sort_by(f64::total_cmp);
        xs.dedup();
        xs
    }

    /// The values at `x`, a name and a number each.
    pub fn values_at(&self, x: f64) -> Vec<(&str, f64)> {
        self.series
            .iter()
            .filter_map(|series| Some((&series.name[..], series.at(x)?)))
            .collect()
    }
}

impl Series {
    pub fn at(&self, x: f64) -> Option<f64> {
        self.points
            .binary_search_by(|(other, _)| other.total_cmp(&x))
            .ok()
            .map(|index| self.points[index].1)
    }
}

/// Room around the plot, in pixels.
const LEFT: f64 = 52.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 30.0;

#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    pub x: Scale,
    pub y: Scale,
    pub x_ticks: Vec<(f64, String)>,
    pub y_ticks: Vec<(f64, String)>,
    /// Where the y axis begins, in words, unless that is zero.
    pub y_begins: Option<String>,
    pub lines: Vec<Line>,
    /// The outline of each band.
    pub bands: Vec<(Look, String)>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub look: Look,
    pub path: String,
    /// Where the marks go, for `Look::Marked`.
    pub marks: Vec<(f64, f64)>,
}

/// Works a chart out for a size in pixels.
pub fn plot(data: &LineData, width: f64, height: f64) -> Plot {
    let (x, y) = scales(data, width, height);
    let ((_, highest_x), (low, high)) = (x.domain, y.domain);
    let x_count = ((width / 90.0) as usize).clamp(2, 10);
    Plot {
        x,
        y,
        x_ticks: ticks(0.0, highest_x, x_count)
            .into_iter()
            // Steps are whole.
            .filter(|value| (value - value.round()).abs() < 1e-9)
            .map(|value| (x.map(value), format::plain(value, 0)))
            .collect(),
        y_ticks: ticks(low, high, 4)
            .into_iter()
            .map(|value| (y.map(value), data.unit.format_tick(value)))
            .collect(),
        y_begins: (low != 0.0).then(|| data.unit.format_tick(low)),
        lines: data
            .series
            .iter()
            .map(|series| line(series, &x, &y))
            .collect(),
        bands: data
            .bands
            .iter()
            .map(|band| (band.look, outline(band, &x, &y)))
            .collect(),
    }
}

/// Axes that hold every line, every band and every level.
fn scales(data: &LineData, width: f64, height: f64) -> (Scale, Scale) {
    let finite = |(_, y): &&(f64, f64)| y.is_finite();
    let points = || {
        data.series
            .iter()
            .flat_map(|s| s.points.iter())
            .filter(finite)
    };
    let highest_x = points()
        .map(|(x, _)| *x)
        .fold(data.x_end, f64::max)
        .max(1.0);
    let levels = data.levels.iter().map(|level| level.y);
    let edges = data.bands.iter().flat_map(|band| &band.points);
    let edges = edges.flat_map(|(_, low, high)| [*low, *high]);
    let values = points().map(|(_, y)| *y).chain(levels).chain(edges);
    let x = Scale::new((0.0, highest_x), (LEFT, width - RIGHT));
    let y = Scale::new(fitted_domain(values, 4), (height - BOTTOM, TOP));
    (x, y)
}

/// Along the highest values and back along the lowest.
fn outline(band: &Band, x: &Scale, y: &Scale) -> String {
    let top = band.points.iter().map(|(at, _, high)| (at, high));
    let bottom = band.points.iter().rev().map(|(at, low, _)| (at, low));
    let pixels: Vec<(f64, f64)> = top
        .chain(bottom)
        .map(|(at, value)| (x.map(*at), y.map(*value)))
        .collect();
    match pixels.is_empty() {
        true => String::new(),
        false => path(&pixels) + "Z",
    }
}

fn line(series: &Series, x: &Scale, y: &Scale) -> Line {
    let pixels: Vec<(f64, f64)> = series
        .points
        .iter()
        .filter(|(_, value)| value.is_finite())
        .map(|(at, value)| (x.map(*at), y.map(*value)))
        .collect();
    let path = path(&pixels);
    let marks = match series.look {
        Look::Marked => pixels,
        Look::Faint | Look::Bold | Look::Nth(_) => Vec::new(),
    };
    Line {
        look: series.look,
        path,
        marks,
    }
}

/// An SVG path through points in pixels.
pub fn path(points: &[(f64, f64)]) -> String {
    let mut path = String::with_capacity(points.len() * 14);
    for (index, (x, y)) in points.iter().enumerate() {
        let command = if index == 0 { 'M' } else { 'L' };
        path.push_str(&format!("{command}{x:.1} {y:.1}"));
    }
    path
}

/// The entry of `xs` nearest to `x`.
pub fn nearest(xs: &[f64], x: f64) -> Option<f64> {
    xs.iter()
        .copied()
        .min_by(|a, b| (a - x).abs().total_cmp(&(b - x).abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data() -> LineData {
        LineData {
            series: vec![
                Series {
                    name: "training".into(),
                    look: Look::Bold,
                    points: vec![(0.0, 0.8), (1.0, f64::NAN), (2.0, 0.4)],
                },
                Series {
                    name: "validation".into(),
                    look: Look::Marked,
                    points: vec![(2.0, 0.5)],
                },
            ],
            x_end: 100.0,
            ..Default::default()
        }
    }

    #[test]
    fn the_axes_hold_everything_and_levels_too() {
        let mut data = data();
        data.levels.push(Level {
            name: "guessing",
            y: 0.1,
        });
        let plot = plot(&data, 640.0, 240.0);
        assert_eq!(plot.x.domain, (0.0, 100.0));
        assert_eq!(plot.y.domain, (0.0, 0.8));
        assert_eq!(plot.y_ticks[0].1, "0");
        assert_eq!(plot.y_begins, None);
    }

    /// As the recorded run of the lesson on the learning rate has it.
    #[test]
    fn a_loss_that_falls_by_a_fifth_crosses_most_of_the_chart_and_the_axis_says_where_it_begins() {
        let mut data = data();
        data.series[0].points = vec![(0.0, 0.83), (60.0, 0.67)];
        data.series[1].points.clear();
        let plot = plot(&data, 640.0, 240.0);
        let fall = plot.y.map(0.67) - plot.y.map(0.83);
        assert!(fall > 0.7 * (plot.y.range.0 - plot.y.range.1), "{fall}");
        assert_eq!(plot.y_begins.as_deref(), Some("0.65"));
    }

    #[test]
    fn a_band_is_outlined_and_fits_on_the_axis() {
        let mut data = data();
        data.bands.push(Band {
            name: "runs".into(),
            look: Look::Nth(0),
            points: vec![(0.0, 0.5, 1.0), (100.0, 0.2, 0.4)],
        });
        let plot = plot(&data, 640.0, 240.0);
        assert_eq!(plot.y.domain.1, 1.0);
        let (look, outline) = &plot.bands[0];
        assert_eq!(*look, Look::Nth(0));
        let (left, right) = plot.x.range;
        assert!(outline.starts_with(&format!("M{left:.1} {:.1}", plot.y.map(1.0))));
        assert!(outline.ends_with(&format!("L{left:.1} {:.1}Z", plot.y.map(0.5))));
        assert!(outline.contains(&format!("L{right:.1} {:.1}", plot.y.map(0.2))));
    }

    #[test]
    fn what_is_not_a_number_is_left_out_of_the_line() {
        let plot = plot(&data(), 640.0, 240.0);
        assert!(!plot.lines[0].path.contains("NaN"));
        assert_eq!(plot.lines[0].path.matches('L').count(), 1);
        assert_eq!(plot.lines[1].marks.len(), 1);
    }

    #[test]
    fn values_are_read_off_at_an_x() {
        let data = data();
        assert_eq!(data.xs(), [0.0, 1.0, 2.0]);
        assert_eq!(
            data.values_at(2.0),
            [("training", 0.4), ("validation", 0.5)]
        );
        assert_eq!(nearest(&data.xs(), 1.7), Some(2.0));
        assert_eq!(nearest(&[], 1.7), None);
    }
}
