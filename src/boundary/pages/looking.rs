//! What the address of the map asks for: which part of it, and which zones stand open.
//!
//! Invariant: a filter that means nothing is refused with what would be right; every link keeps what it does not change.

use std::collections::BTreeSet;

use crate::boundary::model::{Looking, Picture, ZoneBox};
use crate::vocabulary::{PurdueLevel, fold};
use crate::web::extract::Asking;
use crate::web::{Answer, Failure, links};

/// Names of the address that links carry on.
const KEPT: [&str; 6] = ["only", "zone", "level", "open", "fit", "as_of"];

/// Reads the filters.
pub fn looking(asking: &Asking, picture: &Picture) -> Answer<Looking> {
    let (only, zone, level) = (asking.text("only"), asking.text("zone"), asking.text("level"));
    if !matches!(only, "" | "failing") {
        return Err(Failure::field("only", only, "leave it out, or write failing"));
    }
    let place = match zone {
        "" => None,
        named => Some(picture.place(named).ok_or_else(|| Failure::field("zone", named, "no zone has this reference"))?),
    };
    let level = match level {
        "" => None,
        named => Some(PurdueLevel::parse(named).map_err(|problem| Failure::field("level", named, problem))?),
    };
    Ok(Looking { failing: only == "failing", zone: place, level })
}

/// References of the zones that stand open, folded; `all` opens every one.
pub fn opened(asking: &Asking) -> BTreeSet<String> {
    asking.text("open").split(';').map(|name| fold::folded(name.trim())).filter(|name| !name.is_empty()).collect()
}

pub fn is_open(open: &BTreeSet<String>, zone: &ZoneBox) -> bool {
    open.contains("all") || open.contains(&fold::folded(&zone.reference))
}

/// The address of the map with some values changed.
pub fn href(base: &str, asking: &Asking, changes: &[(&str, &str)]) -> String {
    let value = |name: &'static str| {
        let changed = changes.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        (name, changed.unwrap_or_else(|| asking.text(name)))
    };
    format!("{base}{}", links::query(KEPT.map(value)))
}

/// The address that opens or closes a zone.
pub fn toggle(base: &str, asking: &Asking, picture: &Picture, zone: &ZoneBox) -> String {
    let mut open = opened(asking);
    if open.remove("all") {
        open.extend(picture.zones.iter().map(|zone| fold::folded(&zone.reference)));
    }
    let folded = fold::folded(&zone.reference);
    if !open.remove(&folded) {
        open.insert(folded);
    }
    let open: Vec<String> = open.into_iter().filter(|name| !name.is_empty()).collect();
    href(base, asking, &[("open", &open.join(";"))])
}
