//! Zones as boxes: name, what lives there, what fails there, whether anything watches it.
//!
//! Invariant: every state is a word and a shape besides its color.

use super::counted;
use super::pen::{Pen, Shape, broken, escaped, fit, shape, width};
use crate::boundary::layout::{Placed, whole};
use crate::boundary::model::{Stand, Watched, ZoneBox};
use crate::boundary::palette::{Ink, Palette};

/// Kinds shown in an opened zone.
pub const MOST_KINDS: usize = 9;
/// Height of a line with a kind.
const LINE: i32 = 16;
/// Side of what opens and closes a zone.
const MORE: i32 = 24;

/// Heights of a box: without lines, of a line of its name, of a line of marks.
const BARE: i32 = 34;
const NAME: i32 = 15;
const MARKS: i32 = 16;

/// How large a zone's box is.
#[must_use]
pub fn size(zone: &ZoneBox, width: i32) -> (i32, i32) {
    let open = is_open(zone);
    let width = if open { width.max(248) } else { width };
    let names = whole(name(zone, width).len());
    let kinds = zone.groups.len();
    let lines = if open { kinds.min(MOST_KINDS) + usize::from(kinds > MOST_KINDS) } else { 0 };
    let below = LINE * whole(lines) + if open { 8 } else { 0 };
    (width, BARE + NAME * names + MARKS * whole(signs(zone).len()) + below)
}

/// The name in one line or two.
fn name(zone: &ZoneBox, width: i32) -> Vec<String> {
    let room = width - if zone.groups.is_empty() { 22 } else { 40 };
    broken(zone.title(), room, 142)
}

fn is_open(zone: &ZoneBox) -> bool {
    zone.open && !zone.groups.is_empty()
}

/// A zone in a sentence, for who hears it.
#[must_use]
pub fn told(zone: &ZoneBox) -> String {
    let mut parts = vec![match zone.stand {
        Stand::Recorded => format!("Zone {} {}", zone.reference, zone.name),
        Stand::Public | Stand::Unknown => zone.name.clone(),
    }];
    parts.extend(zone.level.map(|level| format!("level {}", level.label())));
    if zone.esp {
        parts.push("Electronic Security Perimeter".to_owned());
    }
    if zone.stand == Stand::Recorded {
        parts.push(counted(zone.assets, "device", "devices"));
    }
    if zone.failing > 0 {
        parts.push(counted(zone.failing, "failing check", "failing checks"));
    }
    parts.extend(watch(zone).map(str::to_owned));
    parts.join(", ")
}

/// What is said when nothing watches a zone.
fn watch(zone: &ZoneBox) -> Option<&'static str> {
    match zone.watched {
        Watched::Nothing => Some("no sensor"),
        Watched::Silent { .. } => Some("sensor silent"),
        Watched::Speaking { .. } | Watched::Elsewhere => None,
    }
}

pub fn draw(pen: &mut Pen, zone: &ZoneBox, at: Placed, (number, toggle): (usize, &str)) {
    let page = pen.palette == Palette::Page;
    let expands = page && !zone.groups.is_empty();
    let data = if expands { format!(" data-open=\"{}\"", escaped(toggle)) } else { String::new() };
    pen.open("zone", &zone.href, &told(zone), &format!(" data-node=\"{number}\"{data}"));
    frame(pen, zone, at);
    let mut y = at.y + 6;
    for line in name(zone, at.width) {
        y += NAME;
        pen.text(Ink::ZoneName, (at.x + 12, y), &line);
    }
    y += 16;
    second(pen, zone, at, y);
    for (ink, form, said) in signs(zone) {
        y += MARKS;
        pen.path(ink, &shape(form, (at.x + 16, y - 4), 5));
        pen.text(ink, (at.x + 25, y), &said);
    }
    if is_open(zone) {
        devices(pen, zone, at, y + 20);
    }
    pen.close();
    if expands {
        more(pen, zone, at, toggle);
    }
}

fn frame(pen: &mut Pen, zone: &ZoneBox, at: Placed) {
    let outside = zone.stand != Stand::Recorded;
    let ink = if outside {
        Ink::Outside
    } else if zone.esp {
        Ink::Esp
    } else {
        Ink::Zone
    };
    pen.rect(ink, at, if outside { 18 } else { 6 });
    if zone.is_unwatched() && !outside {
        let Placed { x, y, width, height } = at;
        pen.raw(&format!(
            "<rect fill=\"url(#hatch)\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"5\"/>",
            x + 1,
            y + 1,
            width - 2,
            height - 2
        ));
    }
    if zone.esp {
        pen.rect(Ink::Inner, Placed { x: at.x + 4, y: at.y + 4, width: at.width - 8, height: at.height - 8 }, 3);
    }
}

/// The second line: whether it is an ESP, how many devices, which kind.
fn second(pen: &mut Pen, zone: &ZoneBox, at: Placed, y: i32) {
    let mut x = at.x + 12;
    if zone.stand != Stand::Recorded {
        let note = if zone.stand == Stand::Public { "no zone of ours" } else { "nothing records them" };
        return pen.text(Ink::ZoneNote, (x, y), note);
    }
    if zone.esp {
        pen.text(Ink::Tag, (x, y), "ESP");
        x += 30;
    }
    let kind = zone.kind.filter(|_| !zone.esp).map(|kind| format!(" · {}", kind.label())).unwrap_or_default();
    let said = format!("{}{kind}", counted(zone.assets, "device", "devices"));
    pen.text(Ink::ZoneNote, (x, y), &fit(&said, at.x + at.width - 10 - x, 118));
}

/// What is said below: that something fails, and that nothing watches; each on a line of its own.
fn signs(zone: &ZoneBox) -> Vec<(Ink, Shape, String)> {
    let failing = (zone.failing > 0).then(|| (Ink::Failing, Shape::Triangle, format!("{} failing", zone.failing)));
    let unwatched = watch(zone).map(|said| (Ink::Unwatched, Shape::Ring, said.to_owned()));
    failing.into_iter().chain(unwatched).filter(|_| zone.stand == Stand::Recorded).collect()
}

/// The devices of an opened zone by kind, with the first few named.
fn devices(pen: &mut Pen, zone: &ZoneBox, at: Placed, mut y: i32) {
    for group in zone.groups.iter().take(MOST_KINDS) {
        pen.text(Ink::Count, (at.x + 34, y), &group.count.to_string());
        let kind = fit(&group.kind, 112, 118);
        pen.text(Ink::ZoneNote, (at.x + 40, y), &kind);
        let from = at.x + 46 + width(&kind, 118);
        let names = fit(&group.named.join(", "), at.x + at.width - 12 - from, 115);
        pen.text(Ink::LevelName, (from, y), &names);
        y += LINE;
    }
    if let Some(rest) = zone.groups.len().checked_sub(MOST_KINDS).filter(|rest| *rest > 0) {
        pen.text(Ink::ZoneNote, (at.x + 40, y), &format!("and {rest} more kinds"));
    }
}

/// What opens or closes a zone, for who points rather than presses keys.
fn more(pen: &mut Pen, zone: &ZoneBox, at: Placed, toggle: &str) {
    let label = if zone.open { "Hide" } else { "Show" };
    let label = format!("{label} the devices of {}", zone.reference);
    pen.open("more", toggle, &label, "");
    let (x, y) = (at.x + at.width - MORE - 5, at.y + 5);
    pen.rect(Ink::More, Placed { x, y, width: MORE, height: MORE }, 5);
    let (cx, cy) = (x + MORE / 2, y + MORE / 2);
    let cross = if zone.open { String::new() } else { format!("M{cx} {}v8", cy - 4) };
    pen.path(Ink::More, &format!("M{} {cy}h8{cross}", cx - 4));
    pen.close();
}
