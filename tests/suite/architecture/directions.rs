//! Who may name whom: the import directions of the house, as one table of parts and a handful of rules over it.
//!
//! A rule sees every path a file names, in `use` lines and in code. To move a wall, change it here, and say why in the commit.

use super::Breach;
use super::source::{Named, Source};

/// Slices in their order: each may name itself and the earlier ones.
const SLICES: [&str; 26] = [
    "organizations",
    "people",
    "artifacts",
    "sites",
    "systems",
    "zones",
    "assets",
    "personnel",
    "conduits",
    "flows",
    "remote_access",
    "departures",
    "vulnerabilities",
    "frameworks",
    "controls",
    "obligations",
    "reviews",
    "access",
    "exceptions",
    "checks",
    "posture",
    "boundary",
    "findings",
    "engagements",
    "evidence",
    "timeline",
];

/// Below all slices: these never name one.
const FOUNDATION: [&str; 8] = ["vocabulary", "ids", "clock", "settings", "sheets", "report", "storage", "web"];

/// Above all slices: nothing but these names them.
const ABOVE: [&str; 5] = ["errands", "command", "openapi", "lib", "main"];

/// What pure code may not name: input and output, the clock, randomness from nowhere.
const IMPURE: [&[&str]; 20] = [
    &["sqlx"],
    &["axum"],
    &["askama"],
    &["tokio"],
    &["tower"],
    &["tower_http"],
    &["crate", "clock"],
    &["crate", "storage"],
    &["crate", "web"],
    &["crate", "settings"],
    &["chrono", "Utc", "now"],
    &["chrono", "Local"],
    &["std", "time", "SystemTime"],
    &["std", "time", "Instant"],
    &["std", "fs"],
    &["std", "net", "TcpStream"],
    &["std", "env"],
    &["std", "process"],
    &["rand", "rng"],
    &["rand", "random"],
];

/// The only files that name an engine; everything else is written once for both.
const ENGINE_FILES: [&str; 2] = ["storage/engine.rs", "storage/engine/"];

/// The only file that hands sqlx a text it did not see as a constant.
const BUILT_SQL_FILES: [&str; 1] = ["storage/statement.rs"];

/// The picture of the boundary is a fact: how it is laid out, drawn and compared waits for nothing.
const DRAWN: [&str; 4] = ["boundary/layout/", "boundary/drawing/", "boundary/drift/", "boundary/palette.rs"];

pub fn breaches(sources: &[Source]) -> Vec<Breach> {
    sources.iter().flat_map(|source| source.named.iter().filter_map(|named| breach(source, named))).collect()
}

/// Pure files are also free of `async`: a fact needs nobody to wait for.
pub fn waiting(sources: &[Source]) -> Vec<Breach> {
    let pure = sources.iter().filter(|source| is_pure(source));
    pure.flat_map(|source| {
        let waits = source.words.iter().filter(|word| word.text == "async" || word.text == "await");
        waits.map(|word| Breach::new(&source.path, word.line, "`async` in a pure file (a fact waits for nothing)"))
    })
    .collect()
}

fn breach(source: &Source, named: &Named) -> Option<Breach> {
    let complaint = foreign(source, named).or_else(|| impure(source, named)).or_else(|| inward(source, named))?;
    let path = named.segments.join("::");
    Some(Breach::new(&source.path, named.line, &format!("names `{path}`: {complaint}")))
}

fn within(source: &Source, places: &[&str]) -> bool {
    places.iter().any(|place| source.path == *place || place.ends_with('/') && source.path.starts_with(place))
}

fn is_pure(source: &Source) -> bool {
    matches!(source.part(), "vocabulary" | "ids" | "checks" | "sheets" | "report" | "oscal")
        || source.path.starts_with("auth/policy")
        || source.path == "obligations/clocks.rs"
        || within(source, &DRAWN)
        || source.has_role("model")
        || source.has_role("rules")
}

fn shows(source: &Source) -> bool {
    source.has_role("pages") || source.has_role("api")
}

/// The walls around crates from outside.
fn foreign(source: &Source, named: &Named) -> Option<&'static str> {
    let crate_name = named.segments.first().map_or("", String::as_str);
    match crate_name {
        "sqlx" => sqlx(source, named),
        "axum" | "askama"
            if source.part() != "web" && !matches!(source.path.as_str(), "lib.rs" | "openapi.rs") && !shows(source) =>
        {
            Some("axum and askama stand only in web/, */pages, */api, openapi.rs and lib.rs")
        }
        _ => None,
    }
}

fn sqlx(source: &Source, named: &Named) -> Option<&'static str> {
    let names_engine = |step: &String| {
        let lower = step.to_lowercase();
        ["sqlite", "postgres", "pgpool", "pgrow", "pgarguments", "pgconnection"].iter().any(|word| lower.contains(word))
    };
    if source.part() != "storage" && !source.has_role("records") {
        Some("sqlx stands only in storage/ and */records.rs")
    } else if named.segments.iter().any(names_engine) && !within(source, &ENGINE_FILES) {
        Some("the two engines are named only in storage/engine.rs")
    } else if named.segments.iter().any(|step| step == "AssertSqlSafe") && !within(source, &BUILT_SQL_FILES) {
        Some("SQL that is not a constant is vouched for only in storage/statement.rs")
    } else {
        None
    }
}

fn impure(source: &Source, named: &Named) -> Option<&'static str> {
    let keeps_or_shows = |step: &String| matches!(step.as_str(), "records" | "actions" | "pages" | "api");
    let crosses = named.segments.first().is_some_and(|first| first == "crate")
        && named.segments.get(2).is_some_and(keeps_or_shows);
    let reaches = IMPURE.iter().any(|wall| named.starts_with(wall));
    (is_pure(source) && (reaches || crosses)).then_some(
        "pure files (vocabulary, ids, model, rules, checks, auth/policy, sheets, report, oscal) keep, show and await nothing",
    )
}

/// The walls between the parts of the house itself.
fn inward(source: &Source, named: &Named) -> Option<&'static str> {
    let [first, target, rest @ ..] = named.segments.as_slice() else {
        return None;
    };
    if first != "crate" {
        return None;
    }
    let (from, to) = (source.part(), target.as_str());
    let place = |part: &str| SLICES.iter().position(|slice| *slice == part);
    let to_showing = rest.iter().any(|step| step == "pages" || step == "api");
    let slice_root = source.path == format!("{from}.rs") || source.path == format!("{from}/mod.rs");

    if ABOVE.contains(&from) {
        return (from == "errands" && to == "command").then_some("errands never name command");
    }
    if matches!(to, "errands" | "command") && from != to {
        return Some("errands and command stand above everything else");
    }
    if FOUNDATION.contains(&from) && place(to).is_some() {
        return Some("vocabulary, ids, clock, settings, sheets, report, storage and web never name a slice");
    }
    if from == "storage" && to == "web" {
        return Some("storage never names web");
    }
    if from != to && to_showing && (place(to).is_some() || to == "auth") {
        return Some("pages and api belong to their part: nobody else names them");
    }
    if let (Some(mine), Some(theirs)) = (place(from), place(to)) {
        if theirs > mine {
            return Some(
                "a slice names only itself and earlier slices (order: tests/suite/architecture/directions.rs)",
            );
        }
        if theirs == mine && to_showing && !shows(source) && !slice_root {
            return Some("pages and api stand on top of their slice: only they and the slice's root file name them");
        }
        if theirs == mine && source.has_role("records") && rest.first().is_some_and(|step| step == "actions") {
            return Some("records keep, actions decide: records never name actions");
        }
    }
    None
}
