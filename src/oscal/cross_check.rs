//! What the official schemas cannot say: that ids stand once, that every reference leads somewhere, that every digest is
//! that of the file, that words are among OSCAL's own.
//!
//! Invariant: pure, and asked at each build; a problem names the document, the place and what is wrong there. Nothing is
//! changed or left out to make it go away.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

mod meaning;
mod walk;

use walk::{Reference, Walked};

/// Everything wrong with documents that lie in one folder; `files` are the others they may refer to, by their address from
/// there, with the SHA-256 of each.
#[must_use]
pub fn cross_check(documents: &[(&str, &Value)], files: &BTreeMap<String, &str>) -> Vec<String> {
    let walked: Vec<Walked<'_>> = documents.iter().map(|(name, value)| Walked::through(name, value)).collect();
    let mut problems = Vec::new();
    let mut names = BTreeSet::new();
    for (name, _) in documents.iter().filter(|(name, _)| !names.insert(*name)) {
        problems.push(format!("{name}: two documents have this name"));
    }
    same_things(&walked, &mut problems);
    let controls = Controls::of(&walked, &mut problems);
    for one in &walked {
        ids_once(one, &mut problems);
        references(one, &walked, &mut problems);
        addresses(one, &names, files, &mut problems);
        controls.known(one, &mut problems);
        meaning::check(one, &mut problems);
    }
    problems
}

/// A UUID stands once in a document, and for the same thing in every document.
fn same_things(walked: &[Walked<'_>], problems: &mut Vec<String>) {
    let mut known: BTreeMap<&str, (&str, &Value)> = BTreeMap::new();
    for one in walked {
        let mut here = BTreeSet::new();
        for (uuid, thing, place) in &one.things {
            if !here.insert(*uuid) {
                problems.push(format!("{}: {place}: the uuid {uuid} stands here a second time", one.name));
            }
            let (elsewhere, other) = known.entry(uuid).or_insert((one.name, thing));
            if *other != *thing {
                problems.push(format!("{}: {place}: {uuid} is something else in {elsewhere}", one.name));
            }
        }
    }
}

/// An id of a catalog stands once.
fn ids_once(one: &Walked<'_>, problems: &mut Vec<String>) {
    let mut here = BTreeSet::new();
    for (id, place) in one.ids.iter().filter(|(id, _)| !here.insert(*id)) {
        problems.push(format!("{}: {place}: the id {id} stands here a second time", one.name));
    }
}

/// The documents a document stands on, itself included.
fn imported<'w, 'v>(one: &'w Walked<'v>, all: &'w [Walked<'v>]) -> Vec<&'w Walked<'v>> {
    let mut found = vec![one];
    let mut next = 0;
    while let Some(here) = found.get(next).copied() {
        for href in here.imports() {
            let other = all.iter().find(|other| other.name == plain(href));
            if let Some(other) = other.filter(|other| !found.iter().any(|known| known.name == other.name)) {
                found.push(other);
            }
        }
        next += 1;
    }
    found
}

/// Every reference by UUID leads to something in the document or in one it imports.
fn references(one: &Walked<'_>, all: &[Walked<'_>], problems: &mut Vec<String>) {
    let stands_on = imported(one, all);
    let known: BTreeSet<&str> =
        stands_on.iter().flat_map(|other| other.things.iter().map(|(uuid, ..)| *uuid)).collect();
    for Reference { id, place } in one.uuids.iter().filter(|reference| !known.contains(reference.id)) {
        problems.push(format!("{}: {place}: {id} leads nowhere", one.name));
    }
}

/// An address without `./`.
fn plain(href: &str) -> &str {
    href.strip_prefix("./").unwrap_or(href)
}

/// Every address leads to a resource, a document or a file; others are the world's.
fn addresses(one: &Walked<'_>, names: &BTreeSet<&str>, files: &BTreeMap<String, &str>, problems: &mut Vec<String>) {
    for Reference { id: href, place } in &one.hrefs {
        let leads = match href.strip_prefix('#') {
            Some(id) => one.resources.contains_key(id) || one.ids.iter().any(|(known, _)| *known == id),
            None => href.contains("://") || names.contains(plain(href)) || files.contains_key(*href),
        };
        if !leads {
            problems.push(format!("{}: {place}: {href} leads nowhere", one.name));
        }
    }
    for (href, digests, place) in &one.rlinks {
        if let Some(digest) = files.get(*href)
            && !digests.contains(digest)
        {
            problems.push(format!("{}: {place}: the digest of {href} is not the file's", one.name));
        }
    }
}

/// Controls and statements of every catalog.
struct Controls<'v> {
    controls: BTreeMap<&'v str, &'v str>,
    statements: BTreeSet<&'v str>,
}

impl<'v> Controls<'v> {
    fn of(walked: &[Walked<'v>], problems: &mut Vec<String>) -> Self {
        let mut found = Self { controls: BTreeMap::new(), statements: BTreeSet::new() };
        for one in walked {
            found.statements.extend(&one.parts);
            for control in &one.controls {
                if let Some(other) = found.controls.insert(control, one.name).filter(|other| *other != one.name) {
                    problems.push(format!("{}: the control {control} is also one of {other}", one.name));
                }
            }
        }
        found
    }

    fn known(&self, one: &Walked<'_>, problems: &mut Vec<String>) {
        for Reference { id, place } in one.control_ids.iter().filter(|one| !self.controls.contains_key(one.id)) {
            problems.push(format!("{}: {place}: no catalog has the control {id}", one.name));
        }
        for Reference { id, place } in one.statement_ids.iter().filter(|one| !self.statements.contains(one.id)) {
            problems.push(format!("{}: {place}: no catalog has the statement {id}", one.name));
        }
        for (href, Reference { id, place }) in &one.mapped {
            let outside = href.starts_with('#') || href.contains("://");
            if !outside && self.controls.get(id).is_none_or(|catalog| *catalog != plain(href)) {
                problems.push(format!("{}: {place}: {href} has no control {id}", one.name));
            }
        }
    }
}

#[cfg(test)]
mod tests;
