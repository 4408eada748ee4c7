//! Writing the pieces of a drawing, with texts that stay texts whatever they hold.
//!
//! Invariant: what comes from the record passes `escaped`; no attribute `style` is ever written.

use std::fmt::Write;

use crate::boundary::layout::{Placed, Point};
use crate::boundary::palette::{Ink, Palette};

/// How round corners of wires are.
const ROUND: i32 = 7;

pub struct Pen {
    pub out: String,
    pub palette: Palette,
}

/// A text for XML: what XML cannot hold becomes a space.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => out.push(' '),
            control if control.is_control() => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

/// About how wide a letter is, in hundredths of the font's size; wide rather than narrow.
fn wide(letter: char) -> i32 {
    match letter {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 30,
        'f' | 't' | 'r' | 'I' | ' ' | '(' | ')' | '-' | '/' | '·' => 38,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' => 92,
        'A'..='Z' | '&' | '#' => 70,
        '0'..='9' => 60,
        letter if letter < '\u{1100}' => 58,
        _ => 105,
    }
}

/// About how wide a text is, at a size in tenths.
#[must_use]
pub fn width(text: &str, size: i32) -> i32 {
    text.chars().map(wide).sum::<i32>() * size / 1000
}

/// A text that fits, cut with an ellipsis if it must be.
#[must_use]
pub fn fit(text: &str, room: i32, size: i32) -> String {
    let text = text.trim();
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for letter in text.chars() {
        kept.push(letter);
        if width(&kept, size) + wide('…') * size / 1000 > room {
            kept.pop();
            break;
        }
    }
    format!("{}…", kept.trim_end())
}

/// A text in one line or two, broken between words; the second is cut if it must be.
#[must_use]
pub fn broken(text: &str, room: i32, size: i32) -> Vec<String> {
    let text = text.trim();
    let head = |end: usize| width(text[..end].trim_end(), size) <= room;
    let breaks = text.match_indices(' ').map(|(at, _)| at).take_while(|at| head(*at));
    match breaks.last() {
        Some(at) if width(text, size) > room => vec![text[..at].to_owned(), fit(&text[at..], room, size)],
        _ => vec![fit(text, room, size)],
    }
}

impl Pen {
    pub fn raw(&mut self, text: &str) {
        self.out.push_str(text);
    }

    pub fn rect(&mut self, ink: Ink, at: Placed, round: i32) {
        let look = self.palette.of(ink);
        let Placed { x, y, width, height } = at;
        let _ =
            write!(self.out, "<rect {look} x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{round}\"/>");
    }

    pub fn text(&mut self, ink: Ink, (x, y): Point, text: &str) {
        let look = self.palette.of(ink);
        let _ = write!(self.out, "<text {look} x=\"{x}\" y=\"{y}\">{}</text>", escaped(text));
    }

    pub fn path(&mut self, ink: Ink, path: &str) {
        let look = self.palette.of(ink);
        let _ = write!(self.out, "<path {look} d=\"{path}\"/>");
    }

    /// Opens what leads somewhere: a link in a page, a group on paper.
    pub fn open(&mut self, class: &str, href: &str, label: &str, rest: &str) {
        let label = escaped(label);
        let _ = match self.palette {
            Palette::Page => {
                let href = escaped(href);
                write!(
                    self.out,
                    "<a class=\"{class}\" href=\"{href}\" aria-label=\"{label}\"{rest}><title>{label}</title>"
                )
            }
            Palette::Print => write!(self.out, "<g><title>{label}</title>"),
        };
    }

    pub fn close(&mut self) {
        self.raw(if self.palette == Palette::Page { "</a>\n" } else { "</g>\n" });
    }

    /// A wire with round corners.
    pub fn wire(&mut self, ink: Ink, points: &[Point]) {
        let path = rounded(points);
        self.path(ink, &path);
    }
}

/// The path through the points, its corners round.
#[must_use]
pub fn rounded(points: &[Point]) -> String {
    let mut path = String::new();
    let [first, .., last] = points else { return path };
    let _ = write!(path, "M{} {}", first.0, first.1);
    for corner in points.windows(3) {
        let [before, at, after] = [corner[0], corner[1], corner[2]];
        let round = ROUND.min(distance(before, at) / 2).min(distance(at, after) / 2);
        let (from, to) = (toward(at, before, round), toward(at, after, round));
        let _ = write!(path, "L{} {}Q{} {} {} {}", from.0, from.1, at.0, at.1, to.0, to.1);
    }
    let _ = write!(path, "L{} {}", last.0, last.1);
    path
}

#[must_use]
pub fn distance(one: Point, other: Point) -> i32 {
    (one.0 - other.0).abs() + (one.1 - other.1).abs()
}

/// The point so far from one toward another on a level or upright line.
#[must_use]
pub fn toward(from: Point, to: Point, far: i32) -> Point {
    (from.0 + (to.0 - from.0).signum() * far, from.1 + (to.1 - from.1).signum() * far)
}

/// Shapes by which marks are told apart without color.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Triangle,
    Diamond,
    Square,
    Bar,
    Ring,
}

/// The path of a shape around a point.
#[must_use]
pub fn shape(shape: Shape, (x, y): Point, half: i32) -> String {
    match shape {
        Shape::Triangle => {
            format!("M{x} {}L{} {}L{} {}Z", y - half, x + half, y + half - 1, x - half, y + half - 1)
        }
        Shape::Diamond => format!("M{x} {}L{} {y}L{x} {}L{} {y}Z", y - half, x + half, y + half, x - half),
        Shape::Square => format!("M{} {}h{w}v{w}h-{w}Z", x - half + 1, y - half + 1, w = 2 * half - 2),
        Shape::Bar => format!("M{} {}h{}v3h-{}Z", x - half, y - 1, 2 * half, 2 * half),
        Shape::Ring => {
            let inner = half - 2;
            format!(
                "M{} {y}a{half} {half} 0 1 0 {d} 0a{half} {half} 0 1 0 -{d} 0ZM{} {y}a{inner} {inner} 0 1 1 {e} 0a{inner} {inner} 0 1 1 -{e} 0Z",
                x - half,
                x - inner,
                d = 2 * half,
                e = 2 * inner
            )
        }
    }
}

/// The head of an arrow that ends at a point and comes from another.
#[must_use]
pub fn head(at: Point, from: Point, long: i32, half: i32) -> String {
    let (dx, dy) = ((from.0 - at.0).signum(), (from.1 - at.1).signum());
    let base = (at.0 + dx * long, at.1 + dy * long);
    format!(
        "M{} {}L{} {}L{} {}Z",
        at.0,
        at.1,
        base.0 + dy * half,
        base.1 + dx * half,
        base.0 - dy * half,
        base.1 - dx * half
    )
}
