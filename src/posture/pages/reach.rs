//! What a part applies to, record by record, and the record whose parts somebody asks for.
//!
//! Invariant: a record that is not in the snapshot is refused, and what cannot be decided says which answer is missing.

use super::Known;
use super::views::answers;
use crate::frameworks::rules::applies_to_system;
use crate::frameworks::surroundings::{Group, Surroundings};
use crate::frameworks::{Applicability, Requirement};
use crate::ids::Id;
use crate::vocabulary::fold;
use crate::web::extract::Asking;
use crate::web::{Answer, Failure, links};

/// Which record it is.
pub enum Which {
    Site(usize),
    System(usize),
    Group(usize),
}

/// A record of the snapshot.
pub struct SubjectThere {
    pub kind: &'static str,
    pub reference: String,
    pub which: Which,
}

impl SubjectThere {
    /// Whether a part applies to it.
    pub fn at(&self, known: &Known, part: &Requirement) -> Applicability {
        let there = known.surroundings();
        match self.which {
            Which::Site(n) => there.at_site(part, &there.sites[n]),
            Which::System(n) => applies_to_system(part, &there.systems[n].classes),
            Which::Group(n) => there.at_group(part, &there.groups[n]),
        }
    }
}

/// The record of a kind with this reference.
pub fn find(known: &Known, kind: &'static str, reference: &str) -> Option<SubjectThere> {
    let there = known.surroundings();
    let folded = fold::folded(reference);
    // Most ask by the very reference; only what a person typed otherwise is folded, one by one.
    let which = place(there, kind, |known| known == reference)
        .or_else(|| place(there, kind, |known| fold::folded(known) == folded));
    which.map(|which| SubjectThere { kind, reference: reference.to_owned(), which })
}

fn place(there: &Surroundings, kind: &str, is: impl Fn(&str) -> bool) -> Option<Which> {
    match kind {
        "site" => there.sites.iter().position(|site| is(&site.reference)).map(Which::Site),
        "system" => there.systems.iter().position(|system| is(&system.reference)).map(Which::System),
        _ => {
            let holds = |group: &Group| group.assets.iter().any(|(_, reference)| is(reference));
            there.groups.iter().position(holds).map(Which::Group)
        }
    }
}

/// The record an address asks for.
pub fn subject(asking: &Asking, known: &Known) -> Answer<Option<SubjectThere>> {
    let Some(kind) = ["asset", "system", "site"].into_iter().find(|kind| !asking.text(kind).is_empty()) else {
        return Ok(None);
    };
    let reference = asking.text(kind);
    let found = find(known, kind, reference);
    found.map(Some).ok_or_else(|| Failure::field(kind, reference, format!("no {kind} in service has this reference")))
}

/// A record in a list.
pub struct Item {
    pub reference: String,
    pub href: String,
}

/// Records of one kind that a part reaches.
pub struct Kind {
    pub title: &'static str,
    pub applies: Vec<Item>,
    /// How many more apply than are shown.
    pub more: usize,
    pub applies_count: usize,
    pub no: usize,
    /// What cannot be decided: what is missing, and the records.
    pub open: Vec<(String, Vec<Item>, usize)>,
    /// The list of all of the kind.
    pub all_href: String,
}

/// Most records shown of a kind.
const MOST: usize = 24;

struct Gathering<'g> {
    slug: &'g str,
    query: &'g str,
    kind: Kind,
    collection: &'static str,
}

impl Gathering<'_> {
    fn put(&mut self, found: &Applicability, reference: &str, id: uuid::Uuid) {
        let item = || Item {
            reference: reference.to_owned(),
            href: format!("{}{}", links::record(self.slug, self.collection, id.hyphenated()), self.query),
        };
        match found {
            Applicability::NotApplicable => self.kind.no += 1,
            Applicability::Applies => {
                self.kind.applies_count += 1;
                if self.kind.applies.len() < MOST {
                    self.kind.applies.push(item());
                } else {
                    self.kind.more += 1;
                }
            }
            Applicability::Unknown(missing) => {
                let told = answers(missing);
                let item = item();
                match self.kind.open.iter_mut().find(|(known, ..)| *known == told) {
                    Some((_, items, more)) if items.len() >= MOST / 2 => *more += 1,
                    Some((_, items, _)) => items.push(item),
                    None => self.kind.open.push((told, vec![item], 0)),
                }
            }
        }
    }
}

impl<'g> Gathering<'g> {
    fn begin((title, collection): (&'static str, &'static str), slug: &'g str, query: &'g str) -> Self {
        let all_href = format!("{}{query}", links::place(slug, collection));
        let (applies, open) = (Vec::new(), Vec::new());
        let kind = Kind { title, applies, more: 0, applies_count: 0, no: 0, open, all_href };
        Self { slug, query, kind, collection }
    }
}

/// What a part reaches, kind by kind; kinds it does not concern are left out.
pub fn kinds(known: &Known, part: &Requirement, slug: &str, query: &str) -> Vec<Kind> {
    use crate::frameworks::About;
    let there = known.surroundings();
    let mut kinds = Vec::new();
    if part.concerns(About::Site) {
        let mut sites = Gathering::begin(("Sites", "sites"), slug, query);
        for site in &there.sites {
            sites.put(&there.at_site(part, site), &site.reference, site.id.uuid());
        }
        kinds.push(sites.kind);
    }
    if part.concerns(About::System) {
        let mut systems = Gathering::begin(("BES Cyber Systems", "systems"), slug, query);
        for system in &there.systems {
            systems.put(&applies_to_system(part, &system.classes), &system.reference, system.id.uuid());
        }
        kinds.push(systems.kind);
    }
    if part.concerns(About::Asset) {
        let mut assets = Gathering::begin(("Assets", "assets"), slug, query);
        for group in &there.groups {
            let found = there.at_group(part, group);
            group.assets.iter().for_each(|(id, reference)| assets.put(&found, reference, id.uuid()));
        }
        kinds.push(assets.kind);
    }
    kinds
}
