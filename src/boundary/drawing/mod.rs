//! The map as SVG: lanes, zones, conduits, what crosses unexpectedly, and a legend.
//!
//! Invariant: pure, and the same text for the same picture. A retired conduit is not drawn; what is not drawn for want of
//! room is said in the drawing.

mod boxes;
mod legend;
pub mod pen;
#[cfg(test)]
mod tests;
mod wires;

pub use boxes::told as zone_told;
pub use wires::{crossing_told, told as conduit_told};

use super::layout::{self, NAMES, Placed, Plan, Sketch, Spot, Wire, whole};
use super::model::{Conduit, Crossing, Picture, Standing, Way, ZoneBox};
use super::palette::{Ink, Palette};
use crate::vocabulary::PurdueLevel;
use pen::{Pen, escaped};

/// Crossings that are drawn; more would hide the map they lie on.
pub const MOST_CROSSINGS: usize = 30;
/// Zones up to which boxes are wide.
const FEW: usize = 20;
/// Height of the title on paper.
const TITLE: i32 = 44;

/// How large a closed box is, and how many stand abreast.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub width: i32,
    pub abreast: usize,
    pub pad: i32,
}

/// The lanes from the outside down to the process, and last the zones without a level.
const LANES: [(Option<PurdueLevel>, &str, &str); 8] = [
    (Some(PurdueLevel::External), "5", "External"),
    (Some(PurdueLevel::Enterprise), "4", "Enterprise"),
    (Some(PurdueLevel::Dmz), "3.5", "DMZ"),
    (Some(PurdueLevel::Operations), "3", "Operations"),
    (Some(PurdueLevel::Supervisory), "2", "Supervision"),
    (Some(PurdueLevel::Basic), "1", "Basic control"),
    (Some(PurdueLevel::Process), "0", "Process"),
    (None, "?", "No level"),
];

/// A count with the word for one or for several.
#[must_use]
pub fn counted(count: usize, one: &str, several: &str) -> String {
    format!("{} {}", grouped(count as u64), if count == 1 { one } else { several })
}

/// The beginning of a label inside a sentence: small, unless it is an abbreviation.
#[must_use]
pub fn inside(label: &str) -> String {
    let mut letters = label.chars();
    match (letters.next(), label.chars().nth(1)) {
        (Some(first), second) if !second.is_some_and(char::is_uppercase) => {
            first.to_lowercase().collect::<String>() + letters.as_str()
        }
        _ => label.to_owned(),
    }
}

/// A count with its thousands apart.
#[must_use]
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The map for a page; `toggle` gives the address that opens or closes a zone.
#[must_use]
pub fn page(picture: &Picture, toggle: &dyn Fn(&ZoneBox) -> String) -> String {
    draw(picture, Palette::Page, toggle)
}

/// The map as a file that stands alone.
#[must_use]
pub fn print(picture: &Picture) -> String {
    draw(picture, Palette::Print, &|_| String::new())
}

/// What is drawn of a picture, and where.
struct Drawn<'p> {
    lanes: Vec<usize>,
    conduits: Vec<&'p Conduit>,
    crossings: Vec<&'p Crossing>,
    plan: Plan,
}

fn sized(picture: &Picture) -> Size {
    // Badges need room between the rows.
    let pad = if picture.crossings.len() > 6 { 22 } else { 15 };
    if picture.zones.len() <= FEW {
        Size { width: 196, abreast: 4, pad: 22 }
    } else {
        Size { width: 172, abreast: 9, pad }
    }
}

fn lane_of(level: Option<PurdueLevel>) -> usize {
    LANES.iter().position(|(known, ..)| *known == level).unwrap_or(LANES.len() - 1)
}

/// Lays out a picture.
fn lay(picture: &Picture) -> Drawn<'_> {
    let used = |lane: &usize| {
        LANES[*lane].0 == Some(PurdueLevel::Dmz) || picture.zones.iter().any(|zone| lane_of(zone.level) == *lane)
    };
    let lanes: Vec<usize> = (0..LANES.len()).filter(used).collect();
    let conduits: Vec<&Conduit> = picture.drawn().collect();
    let crossings: Vec<&Crossing> = picture.crossings.iter().take(MOST_CROSSINGS).collect();
    let size = sized(picture);
    let spot = |zone: &ZoneBox| {
        let (width, height) = boxes::size(zone, size.width);
        let lane = lane_of(zone.level);
        Spot { lane: lanes.iter().position(|known| *known == lane).unwrap_or(0), width, height }
    };
    let wires = conduits.iter().map(|one| Wire { ends: one.ends, strands: strands(one), label: 0 });
    let wires =
        wires.chain(crossings.iter().map(|one| Wire { ends: one.ends, strands: None, label: wires::badge(one) + 24 }));
    let sketch = Sketch {
        lanes: lanes.len(),
        spots: picture.zones.iter().map(spot).collect(),
        wires: wires.collect(),
        abreast: size.abreast,
        width: 1120,
        pad: size.pad,
    };
    Drawn { plan: layout::plan(&sketch), lanes, conduits, crossings }
}

/// Conduits drawn alike that leave a zone in one direction may leave it as one line; a diode stays alone.
fn strands(conduit: &Conduit) -> Option<[u8; 2]> {
    let state = match conduit.standing {
        Standing::Active if conduit.is_unused() => 0,
        Standing::Active => 3,
        Standing::Proposed => 6,
        Standing::Suspended | Standing::Retired => 9,
    };
    let (out, inward, both) = (state, state + 1, state + 2);
    match conduit.way {
        _ if conduit.unidirectional => None,
        Way::Onward => Some([out, inward]),
        Way::Back => Some([inward, out]),
        Way::Both => Some([both, both]),
    }
}

/// How often wires cross in the drawing of a picture.
#[must_use]
pub fn crossed(picture: &Picture) -> usize {
    lay(picture).plan.crossings
}

fn draw(picture: &Picture, palette: Palette, toggle: &dyn Fn(&ZoneBox) -> String) -> String {
    let drawn = lay(picture);
    let mut pen = Pen { out: String::with_capacity(64 * 1024), palette };
    let top = if palette == Palette::Print { TITLE } else { 0 };
    let legend = legend::height(drawn.plan.width);
    begin(&mut pen, picture, (drawn.plan.width, drawn.plan.height + top + legend));
    if palette == Palette::Print {
        pen.text(Ink::Title, (14, 24), &format!("Boundary of {}", picture.organization));
        pen.text(Ink::Note, (14, 39), &format!("As of {} · {}", picture.instant, summary(picture)));
    }
    pen.raw(&format!("<g transform=\"translate(0 {top})\">\n"));
    bands(&mut pen, &drawn);
    zones(&mut pen, picture, &drawn, toggle);
    wires(&mut pen, picture, &drawn);
    legend::draw(&mut pen, (drawn.plan.width, drawn.plan.height), left_out(picture));
    pen.raw("</g></svg>\n");
    pen.out
}

/// What is not drawn for want of room.
fn left_out(picture: &Picture) -> usize {
    picture.crossings.len().saturating_sub(MOST_CROSSINGS)
}

/// The picture in a sentence.
#[must_use]
pub fn summary(picture: &Picture) -> String {
    let drawn = picture.drawn().count();
    format!(
        "{}, {}, {}, {}",
        counted(picture.zones.len(), "zone", "zones"),
        counted(drawn, "conduit", "conduits"),
        counted(picture.crossings.len(), "unexpected crossing", "unexpected crossings"),
        counted(picture.unwatched(), "zone unwatched", "zones unwatched"),
    )
}

/// In a page the drawing holds links, and what has the role of an image shows none of what is inside; a file is an image.
fn begin(pen: &mut Pen, picture: &Picture, (width, height): (i32, i32)) {
    let (role, table) = match pen.palette {
        Palette::Page => ("class=\"boundary\" role=\"group\"", " The same content is in the tables below."),
        Palette::Print => ("role=\"img\" font-family=\"Helvetica, Arial, sans-serif\"", ""),
    };
    let wide = if picture.zones.len() > FEW { " data-wide=\"\"" } else { "" };
    let wide = if pen.palette == Palette::Page { wide } else { "" };
    pen.raw(&format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" {role}{wide} viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         aria-labelledby=\"map-title map-words\"><title id=\"map-title\">Boundary of {}</title><desc id=\"map-words\">{}: zones in lanes by Purdue \
         level.{table}</desc>\n",
        escaped(&picture.organization),
        escaped(&summary(picture)),
    ));
    let line = pen.palette.of(Ink::Hatch);
    pen.raw(&format!(
        "<defs><pattern id=\"hatch\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><path {line} \
         d=\"M0 0v8\"/></pattern></defs>\n"
    ));
    if pen.palette == Palette::Print {
        pen.raw(&format!("<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n"));
    }
}

fn bands(pen: &mut Pen, drawn: &Drawn) {
    for (lane, band) in drawn.lanes.iter().zip(&drawn.plan.bands) {
        let (level, number, name) = LANES[*lane];
        let ink = if level == Some(PurdueLevel::Dmz) { Ink::Dmz } else { Ink::Lane };
        pen.rect(ink, Placed { x: 0, y: band.y, width: drawn.plan.width, height: band.height }, 0);
        pen.text(Ink::Level, (14, band.y + 28), number);
        pen.text(Ink::LevelName, (14, band.y + 45), name);
        let empty = !drawn.plan.boxes.iter().any(|at| at.y >= band.y && at.y < band.y + band.height);
        if empty {
            pen.text(Ink::ZoneNote, (NAMES + 4, band.y + 28), "no zone here");
        }
    }
}

fn zones(pen: &mut Pen, picture: &Picture, drawn: &Drawn, toggle: &dyn Fn(&ZoneBox) -> String) {
    let mut order: Vec<usize> = (0..picture.zones.len()).collect();
    order.sort_by_key(|at| (drawn.plan.boxes[*at].y, drawn.plan.boxes[*at].x));
    for at in order {
        let zone = &picture.zones[at];
        boxes::draw(pen, zone, drawn.plan.boxes[at], (at, &toggle(zone)));
    }
}

fn wires(pen: &mut Pen, picture: &Picture, drawn: &Drawn) {
    let routes = &drawn.plan.routes;
    // What counts stands above what was only asked for.
    let mut order: Vec<usize> = (0..drawn.conduits.len()).collect();
    order.sort_by_key(|at| drawn.conduits[*at].standing == Standing::Active);
    for at in order {
        let shared_last = drawn.plan.shared_last[at];
        wires::conduit(pen, picture, (drawn.conduits[at], &routes[at], shared_last), at);
    }
    let mut taken = drawn.plan.boxes.clone();
    taken.push(Placed { x: drawn.plan.width - 4, y: 0, width: 400, height: drawn.plan.height });
    taken.push(Placed { x: -400, y: 0, width: 404, height: drawn.plan.height });
    let own = &routes[drawn.conduits.len()..];
    for (at, crossing) in drawn.crossings.iter().enumerate().rev() {
        let others =
            own.iter().enumerate().filter(|(other, _)| *other != at).flat_map(|(_, route)| wires::strips(route));
        let taken_too: Vec<Placed> = taken.iter().copied().chain(others).collect();
        taken.extend(wires::crossing(pen, picture, (crossing, &own[at]), &taken_too, at));
    }
}

/// Widths of columns as whole numbers, for the legend.
fn columns(width: i32, each: i32) -> usize {
    usize::try_from((width - 28) / each).unwrap_or(1).max(1)
}

/// The rows that so many entries take.
fn lines(entries: usize, columns: usize) -> i32 {
    whole(entries.div_ceil(columns))
}
