//! A chart as a picture of its own: the drawing, and around it what the page says in words.

use crate::ui::text::format::escaped;

/// A chart as it stands on the page.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    pub title: String,
    /// What stands above the drawing, and what below.
    pub y_name: String,
    pub x_name: String,
    pub legend: Vec<Entry>,
    /// An `<svg>` with all its colours in it, and the pixels it takes.
    pub drawing: String,
    pub width: f64,
    pub height: f64,
    pub paper: String,
    pub ink: String,
}

/// A line of the legend.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub name: String,
    pub colour: String,
    pub is_dashed: bool,
    /// In pixels, and what shows of it.
    pub width: f64,
    pub opacity: f64,
}

const MARGIN: f64 = 16.0;
const LINE: f64 = 20.0;
const TITLE_SIZE: f64 = 15.0;
const TEXT_SIZE: f64 = 12.0;
/// Of a letter, in shares of the size of the type; wide enough for every usual face.
const LETTER: f64 = 0.56;
const KEY: f64 = 24.0;

/// A picture and its size in pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    pub svg: String,
    pub width: f64,
    pub height: f64,
}

pub fn picture(shown: &Shown) -> Picture {
    let mut sheet = Sheet {
        shown,
        y: MARGIN,
        inside: String::new(),
    };
    sheet.title();
    sheet.chart();
    sheet.legend();
    let (width, height) = (shown.width + 2.0 * MARGIN, sheet.y + MARGIN - 4.0);
    let (paper, inside) = (escaped(&shown.paper), sheet.inside);
    let svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="system-ui, sans-serif"><rect width="100%" height="100%" fill="{paper}"/>{inside}</svg>"#
    );
    Picture { svg, width, height }
}

/// What has been put into the picture, from the top.
struct Sheet<'a> {
    shown: &'a Shown,
    /// Where there is room.
    y: f64,
    inside: String,
}

impl Sheet<'_> {
    fn say(&mut self, words: &str, size: f64, (x, y): (f64, f64), more: &str) {
        let (ink, words) = (escaped(&self.shown.ink), escaped(words));
        self.inside += &format!(
            r#"<text x="{x:.1}" y="{:.1}" font-size="{size}" fill="{ink}"{more}>{words}</text>"#,
            y + size
        );
    }

    fn title(&mut self) {
        for line in wrapped(&self.shown.title, self.shown.width, TITLE_SIZE) {
            self.say(
                &line,
                TITLE_SIZE,
                (MARGIN, self.y),
                r#" font-weight="bold""#,
            );
            self.y += LINE;
        }
    }

    /// The drawing between the names of its axes.
    fn chart(&mut self) {
        let shown = self.shown;
        if !shown.y_name.is_empty() {
            self.say(&shown.y_name, TEXT_SIZE, (MARGIN, self.y + 4.0), "");
            self.y += LINE + 4.0;
        }
        self.inside += &placed(&shown.drawing, self.y);
        self.y += shown.height + 4.0;
        if !shown.x_name.is_empty() {
            let end = (MARGIN + shown.width, self.y);
            self.say(&shown.x_name, TEXT_SIZE, end, r#" text-anchor="end""#);
            self.y += LINE;
        }
    }

    fn legend(&mut self) {
        let shown = self.shown;
        let mut x = MARGIN;
        for entry in &shown.legend {
            let width = KEY + 8.0 + length(&entry.name, TEXT_SIZE) + 20.0;
            if x > MARGIN && x + width > MARGIN + shown.width {
                (x, self.y) = (MARGIN, self.y + LINE);
            }
            self.inside += &key(entry, x, self.y + TEXT_SIZE / 2.0 + 2.0);
            self.say(&entry.name, TEXT_SIZE, (x + KEY + 8.0, self.y), "");
            x += width;
        }
        if !shown.legend.is_empty() {
            self.y += LINE;
        }
    }
}

/// The drawing moved to its place: an `<svg>` within an `<svg>`.
fn placed(drawing: &str, y: f64) -> String {
    drawing.replacen("<svg", &format!(r#"<svg x="{MARGIN}" y="{y:.1}""#), 1)
}

fn key(entry: &Entry, x: f64, y: f64) -> String {
    let dashes = if entry.is_dashed {
        r#" stroke-dasharray="6 4""#
    } else {
        ""
    };
    format!(
        r#"<line x1="{x:.1}" x2="{:.1}" y1="{y:.1}" y2="{y:.1}" stroke="{}" stroke-width="{}" opacity="{}"{dashes}/>"#,
        x + KEY,
        escaped(&entry.colour),
        entry.width,
        entry.opacity
    )
}

/// About how long words are in type of this size.
fn length(words: &str, size: f64) -> f64 {
    words.chars().count() as f64 * size * LETTER
}

fn wrapped(words: &str, width: f64, size: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split_whitespace() {
        match lines.last_mut() {
            Some(line) if length(line, size) + length(word, size) + size < width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The name of a file with this chart.
pub fn file_name(title: &str, ending: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() { c } else { '-' };
    let name: String = title.to_lowercase().chars().map(plain).take(48).collect();
    let parts: Vec<&str> = name.split('-').filter(|part| !part.is_empty()).collect();
    match parts.is_empty() {
        true => format!("chart.{ending}"),
        false => format!("{}.{ending}", parts.join("-")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown() -> Shown {
        let entry = |name: &str| Entry {
            name: name.to_owned(),
            colour: "rgb(1, 2, 3)".to_owned(),
            is_dashed: name == "validation",
            width: 2.5,
            opacity: if name == "training" { 0.6 } else { 1.0 },
        };
        Shown {
            title: "Loss at each step of <a run>".into(),
            y_name: "loss (nats)".into(),
            x_name: "step".into(),
            legend: vec![entry("training"), entry("validation")],
            drawing: r#"<svg width="320" height="240"><path d="M0 0"/></svg>"#.into(),
            width: 320.0,
            height: 240.0,
            paper: "white".into(),
            ink: "black".into(),
        }
    }

    #[test]
    fn everything_is_in_the_picture_and_in_its_frame() {
        let picture = picture(&shown());
        let svg = &picture.svg;
        assert!(svg.contains("Loss at each step of &lt;a run&gt;"), "{svg}");
        for words in ["loss (nats)", ">step<", ">training<", ">validation<"] {
            assert!(svg.contains(words), "{words}: {svg}");
        }
        assert_eq!(svg.matches("stroke-dasharray").count(), 1);
        assert_eq!(svg.matches(r#"opacity="0.6""#).count(), 1);
        assert!(svg.contains(r#"<svg x="16" y="60.0" width="320""#), "{svg}");
        assert!(picture.height > 240.0 + 3.0 * LINE && picture.width == 352.0);
    }

    #[test]
    fn a_long_title_and_a_long_legend_go_on_in_the_next_line() {
        let mut long = shown();
        let short = picture(&long).height;
        long.title = "word ".repeat(20);
        long.legend = vec![long.legend[0].clone(); 8];
        assert!(picture(&long).height >= short + 2.0 * LINE + LINE);
    }

    #[test]
    fn a_file_is_named_for_what_it_shows() {
        assert_eq!(
            file_name("Loss at each step, of Run 2", "svg"),
            "loss-at-each-step-of-run-2.svg"
        );
        assert_eq!(file_name("…", "png"), "chart.png");
    }
}
