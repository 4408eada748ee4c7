//! Conduits and unexpected crossings along their routes.
//!
//! Invariant: the style of a line says where a conduit stands; how grave a crossing is, is said by width, dash, shape and
//! word.

use super::pen::{Pen, Shape, distance, head, shape, toward, width};
use super::{counted, grouped};
use crate::boundary::layout::{Placed, Point};
use crate::boundary::model::{Conduit, Crossing, Gravity, Picture, Standing, Way};
use crate::boundary::palette::{Ink, Palette};

/// Height of a badge.
const BADGE: i32 = 21;

/// A conduit in a sentence.
#[must_use]
pub fn told(picture: &Picture, conduit: &Conduit) -> String {
    let (from, to) = (picture.zones[conduit.ends.0].title(), picture.zones[conduit.ends.1].title());
    let joined = match conduit.way {
        Way::Onward => format!("from {from} to {to}"),
        Way::Back => format!("from {to} to {from}"),
        Way::Both => format!("between {from} and {to}"),
    };
    let mut parts = vec![
        format!("Conduit {} {joined}", conduit.reference),
        conduit.standing.label().to_lowercase(),
        counted(conduit.permitted, "permitted flow", "permitted flows"),
    ];
    if conduit.is_unused() {
        parts.push("never seen".to_owned());
    } else if conduit.never_seen > 0 {
        parts.push(format!("{} never seen", conduit.never_seen));
    }
    if conduit.unidirectional {
        parts.push("unidirectional".to_owned());
    }
    if !conduit.access_point.is_empty() {
        parts.push(format!("enforced by {}", conduit.access_point));
    }
    parts.join(", ")
}

/// A crossing in a sentence.
#[must_use]
pub fn crossing_told(picture: &Picture, crossing: &Crossing) -> String {
    let (from, to) = (picture.zones[crossing.ends.0].title(), picture.zones[crossing.ends.1].title());
    let worst = crossing.worst.first().map(|one| format!(": {} {}", one.service, one.verdict)).unwrap_or_default();
    let word = if crossing.justified { "Justified" } else { crossing.gravity.label() };
    format!("{word}, unexpected from {from} to {to}, {} connections{worst}", grouped(crossing.count))
}

fn ink(conduit: &Conduit) -> Ink {
    match conduit.standing {
        Standing::Proposed => Ink::Proposed,
        Standing::Suspended | Standing::Retired => Ink::Suspended,
        Standing::Active if conduit.is_unused() => Ink::Unseen,
        Standing::Active => Ink::Conduit,
    }
}

/// The longest piece of a route.
fn longest(route: &[Point]) -> (Point, Point) {
    let pieces = route.windows(2).map(|pair| (pair[0], pair[1]));
    pieces.max_by_key(|(one, other)| distance(*one, *other)).unwrap_or_default()
}

fn middle((one, other): (Point, Point)) -> Point {
    (one.0.midpoint(other.0), one.1.midpoint(other.1))
}

/// A conduit along its route; where several share the way from their second end, the line begins there, so that their
/// dashes fall on each other.
pub fn conduit(pen: &mut Pen, picture: &Picture, drawn: (&Conduit, &[Point], bool), number: usize) {
    let (conduit, route, shared_last) = drawn;
    let [first, second, ..] = route else { return };
    let (last, before) = (route[route.len() - 1], route[route.len() - 2]);
    pen.open("conduit", &conduit.href, &told(picture, conduit), &format!(" data-edge=\"{number}\""));
    if pen.palette == Palette::Page {
        pen.wire(Ink::Hit, route);
    }
    let mut line = route.to_vec();
    if shared_last {
        line.reverse();
    }
    pen.wire(ink(conduit), &line);
    if conduit.way != Way::Back {
        pen.path(Ink::Head, &head(last, before, 8, 4));
    }
    if conduit.way != Way::Onward {
        pen.path(Ink::Head, &head(*first, *second, 8, 4));
    }
    marks(pen, picture, conduit, route);
    pen.close();
}

/// What stands on a conduit: where it is enforced, that it is a diode, that it is suspended.
fn marks(pen: &mut Pen, picture: &Picture, conduit: &Conduit, route: &[Point]) {
    let piece = longest(route);
    let at = middle(piece);
    if conduit.unidirectional {
        let (from, to) = if conduit.way == Way::Back { (piece.1, piece.0) } else { piece };
        let tip = toward(at, to, 6);
        let bar = (tip.0 - to_side(from, to).0 * 6, tip.1 - to_side(from, to).1 * 6);
        let (dx, dy) = (to_side(from, to).0 * 12, to_side(from, to).1 * 12);
        pen.path(Ink::Mark, &head(tip, from, 11, 6));
        pen.path(Ink::Mark, &format!("M{} {}l{dx} {dy}", bar.0, bar.1));
    }
    if conduit.standing == Standing::Suspended {
        let (x, y) = at;
        pen.path(Ink::Mark, &format!("M{} {}v10h3v-10ZM{} {}v10h3v-10Z", x - 5, y - 5, x + 2, y - 5));
    }
    if !conduit.access_point.is_empty() {
        let esp_first = picture.zones[conduit.ends.0].esp && !picture.zones[conduit.ends.1].esp;
        let (end, next) =
            if esp_first { (route[0], route[1]) } else { (route[route.len() - 1], route[route.len() - 2]) };
        let (x, y) = toward(end, next, 14.min(distance(end, next) / 2));
        pen.path(Ink::Mark, &format!("M{} {}h8v8h-8Z", x - 4, y - 4));
    }
}

/// Across a line: the unit to its side.
fn to_side(from: Point, to: Point) -> Point {
    if from.0 == to.0 { (1, 0) } else { (0, 1) }
}

/// Line, solid parts and badge of a crossing, its shape and its word.
#[must_use]
pub fn looks(crossing: &Crossing) -> (Ink, Ink, Ink, Shape, &'static str) {
    if crossing.justified {
        return (Ink::Justified, Ink::JustifiedSolid, Ink::BadgeJustified, Shape::Diamond, "Justified");
    }
    let (line, solid, badge, shape) = match crossing.gravity {
        Gravity::Critical => (Ink::Critical, Ink::CriticalSolid, Ink::BadgeCritical, Shape::Triangle),
        Gravity::High => (Ink::High, Ink::HighSolid, Ink::BadgeHigh, Shape::Diamond),
        Gravity::Medium => (Ink::Medium, Ink::MediumSolid, Ink::BadgeMedium, Shape::Square),
        Gravity::Low => (Ink::Low, Ink::LowSolid, Ink::BadgeLow, Shape::Bar),
    };
    (line, solid, badge, shape, crossing.gravity.label())
}

/// How wide the badge of a crossing is.
#[must_use]
pub fn badge(one: &Crossing) -> i32 {
    badge_width(&format!("{} {}", looks(one).4, grouped(one.count)))
}

fn badge_width(said: &str) -> i32 {
    width(said, 126) + 32
}

/// A crossing; `taken` holds what its badge must not hide. Gives where the badge stands.
pub fn crossing(
    pen: &mut Pen,
    picture: &Picture,
    (one, route): (&Crossing, &[Point]),
    taken: &[Placed],
    n: usize,
) -> Option<Placed> {
    if route.len() < 2 {
        return None;
    }
    let (line, solid, badge, form, word) = looks(one);
    let (last, before) = (route[route.len() - 1], route[route.len() - 2]);
    pen.open("crossing", &one.href, &crossing_told(picture, one), &format!(" data-edge=\"x{n}\""));
    if pen.palette == Palette::Page {
        pen.wire(Ink::Hit, route);
    }
    // The line ends in the head, so that its blunt end does not show at the tip.
    let mut short = route.to_vec();
    if let Some(end) = short.last_mut() {
        *end = toward(last, before, 6.min(distance(last, before)));
    }
    pen.wire(line, &short);
    pen.path(solid, &head(last, before, 11, 6));
    let said = format!("{word} {}", grouped(one.count));
    let at = room(route, badge_width(&said), taken);
    pen.rect(badge, at, BADGE / 2);
    pen.path(solid, &shape(form, (at.x + 13, at.y + BADGE / 2), 5));
    pen.text(Ink::Badge, (at.x + 23, at.y + 15), &said);
    pen.close();
    Some(at)
}

/// The ground that a route covers.
pub fn strips(route: &[Point]) -> impl Iterator<Item = Placed> + '_ {
    route.windows(2).map(|pair| {
        let (x, y) = (pair[0].0.min(pair[1].0), pair[0].1.min(pair[1].1));
        let (width, height) = ((pair[0].0 - pair[1].0).abs(), (pair[0].1 - pair[1].1).abs());
        Placed { x: x - 2, y: y - 2, width: width + 4, height: height + 4 }
    })
}

/// Where on a route a badge hides nothing, else the least.
fn room(route: &[Point], width: i32, taken: &[Placed]) -> Placed {
    let around = |(x, y): Point| Placed { x: x - width / 2, y: y - BADGE / 2, width, height: BADGE };
    let mut pieces: Vec<(Point, Point)> = route.windows(2).map(|pair| (pair[0], pair[1])).collect();
    pieces.sort_by_key(|(one, other)| -distance(*one, *other));
    let along = |(one, other): (Point, Point), part: i32| {
        (one.0 + (other.0 - one.0) * part / 12, one.1 + (other.1 - one.1) * part / 12)
    };
    let parts = [6, 5, 7, 4, 8, 3, 9, 2, 10, 1, 11];
    let places = pieces.iter().flat_map(|piece| parts.map(|part| around(along(*piece, part))));
    let hidden = |at: &Placed| taken.iter().map(|other| shared(at, other)).sum::<i32>();
    places.min_by_key(hidden).unwrap_or_else(|| around(middle(longest(route))))
}

/// How much of one lies on another, a little space around it included.
fn shared(one: &Placed, other: &Placed) -> i32 {
    let across = (one.x + one.width + 3).min(other.x + other.width + 3) - one.x.max(other.x);
    let down = (one.y + one.height + 2).min(other.y + other.height + 2) - one.y.max(other.y);
    across.max(0) * down.max(0)
}
