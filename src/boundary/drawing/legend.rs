//! What the signs of the map mean, inside the map, so that it explains itself on a slide.
//!
//! Invariant: every sign the drawing uses stands here, drawn with the same ink.

use super::pen::{Pen, Shape, head, shape};
use super::{columns, lines};
use crate::boundary::layout::{Placed, Point};
use crate::boundary::palette::Ink;

/// Width and height of an entry.
const ENTRY: (i32, i32) = (181, 24);
const TOP: i32 = 18;

type Sample = fn(&mut Pen, Point);

const ENTRIES: [(&str, Sample); 12] = [
    ("conduit, active", |pen, at| line(pen, Ink::Conduit, at)),
    ("active, never seen", |pen, at| line(pen, Ink::Unseen, at)),
    ("conduit proposed", |pen, at| line(pen, Ink::Proposed, at)),
    ("conduit suspended", |pen, at| line(pen, Ink::Suspended, at)),
    ("unidirectional", |pen, (x, y)| {
        pen.path(Ink::Conduit, &format!("M{x} {y}h34"));
        pen.path(Ink::Mark, &head((x + 23, y), (x, y), 11, 6));
        pen.path(Ink::Mark, &format!("M{} {}v12", x + 23, y - 6));
    }),
    ("enforcement point", |pen, (x, y)| {
        pen.path(Ink::Conduit, &format!("M{x} {y}h34"));
        pen.path(Ink::Mark, &format!("M{} {}h8v8h-8Z", x + 18, y - 4));
    }),
    ("ESP", |pen, (x, y)| {
        pen.rect(Ink::Esp, Placed { x, y: y - 8, width: 34, height: 16 }, 4);
        pen.rect(Ink::Inner, Placed { x: x + 3, y: y - 5, width: 28, height: 10 }, 2);
    }),
    ("nothing watches it", |pen, (x, y)| {
        pen.rect(Ink::Zone, Placed { x, y: y - 8, width: 34, height: 16 }, 4);
        pen.raw(&format!(
            "<rect fill=\"url(#hatch)\" x=\"{}\" y=\"{}\" width=\"32\" height=\"14\" rx=\"3\"/>",
            x + 1,
            y - 7
        ));
    }),
    ("unexpected, critical", |pen, at| crossing(pen, (Ink::Critical, Ink::CriticalSolid, Shape::Triangle), at)),
    ("unexpected, high", |pen, at| crossing(pen, (Ink::High, Ink::HighSolid, Shape::Diamond), at)),
    ("unexpected, medium", |pen, at| crossing(pen, (Ink::Medium, Ink::MediumSolid, Shape::Square), at)),
    ("unexpected, low", |pen, at| crossing(pen, (Ink::Low, Ink::LowSolid, Shape::Bar), at)),
];

fn line(pen: &mut Pen, ink: Ink, (x, y): Point) {
    pen.path(ink, &format!("M{x} {y}h28"));
    pen.path(Ink::Head, &head((x + 35, y), (x, y), 8, 4));
}

fn crossing(pen: &mut Pen, (ink, solid, form): (Ink, Ink, Shape), (x, y): Point) {
    pen.path(ink, &format!("M{x} {y}h34"));
    pen.path(solid, &shape(form, (x + 17, y), 6));
}

/// How high the legend is below a map so wide.
#[must_use]
pub fn height(width: i32) -> i32 {
    TOP + ENTRY.1 * lines(ENTRIES.len(), columns(width, ENTRY.0)) + 8
}

pub fn draw(pen: &mut Pen, (width, top): (i32, i32), left_out: usize) {
    let columns = columns(width, ENTRY.0);
    let mut place = (14, top + TOP);
    for (at, (words, sample)) in ENTRIES.iter().enumerate() {
        sample(pen, place);
        pen.text(Ink::Legend, (place.0 + 43, place.1 + 4), words);
        place = if (at + 1) % columns == 0 { (14, place.1 + ENTRY.1) } else { (place.0 + ENTRY.0, place.1) };
    }
    if left_out > 0 {
        pen.text(Ink::Legend, place, &format!("and {left_out} more unexpected, in the table"));
    }
}
