//! Unexpected crossings of the picture: failing crossings folded by the zones they join.
//!
//! Invariant: a crossing is unexpected when a check fails on it, and justified when exceptions stand for all of it.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::Frame;
use crate::boundary::drawing::inside;
use crate::boundary::model::{Crosser, Crossing, Gravity, Picture, Stand, Watched, ZoneBox};
use crate::checks::Outcome;
use crate::checks::facts::Over;
use crate::checks::judging::{RULES, verdict};
use crate::flows::crossings;
use crate::frameworks::catalogs;
use crate::posture::Judged;
use crate::vocabulary::PurdueLevel;
use crate::web::links;
use crate::zones::model::ZoneKind;

fn gravity(known: crossings::Gravity) -> Gravity {
    match known {
        crossings::Gravity::Critical => Gravity::Critical,
        crossings::Gravity::High => Gravity::High,
        crossings::Gravity::Medium => Gravity::Medium,
        crossings::Gravity::Low => Gravity::Low,
    }
}

/// The places of crossings that a check fails on, each with whether exceptions stand for every part it informs.
fn failing_crossings(judged: &Judged) -> BTreeMap<usize, bool> {
    let mut found = BTreeMap::new();
    for (number, rule) in RULES.iter().enumerate().filter(|(_, rule)| rule.over == Over::Crossing) {
        for place in judged.outcomes.places(number, Outcome::Fail) {
            let parts = rule.check.requirements.iter().filter_map(|part| catalogs().requirement(part));
            let justified = !judged.beside.exceptions.is_empty()
                && judged.beside.justify_all(&verdict(rule, &judged.facts, place), parts);
            found.entry(place).and_modify(|all: &mut bool| *all &= justified).or_insert(justified);
        }
    }
    found
}

/// Folds the failing crossings by the zones they join.
pub fn lay(picture: &mut Picture, judged: &Judged, frame: &Frame<'_>, places: &HashMap<Uuid, usize>) {
    let mut ends = Ends::of(picture, places);
    let mut folded: BTreeMap<(usize, usize), Crossing> = BTreeMap::new();
    for (place, justified) in failing_crossings(judged) {
        let one = &judged.facts.crossings.at(place).record;
        let from = ends.place(picture, one.from, one.sides.0.is_some());
        let between = (from, ends.place(picture, one.to, one.sides.1.is_some()));
        if between.0 != between.1 {
            let known = folded.entry(between).or_insert_with(|| empty(between));
            add(known, one, justified, frame.record("crossings", one.id));
        }
    }
    picture.crossings = folded.into_values().collect();
    for crossing in &mut picture.crossings {
        crossing.worst.sort_by_key(|one| std::cmp::Reverse((one.gravity, one.count)));
        crossing.href = told_at(picture.zones.as_slice(), crossing, frame);
    }
    let graver = |one: &Crossing| (one.justified, std::cmp::Reverse((one.gravity, one.count)), one.ends);
    picture.crossings.sort_by_key(graver);
}

fn empty(ends: (usize, usize)) -> Crossing {
    let (href, worst) = (String::new(), Vec::new());
    Crossing { href, ends, gravity: Gravity::Low, count: 0, first: None, last: None, worst, justified: true }
}

/// Adds flows to what is known between two zones.
fn add(known: &mut Crossing, one: &crossings::Crossing, justified: bool, href: String) {
    let crosser = Crosser {
        href,
        service: one.service.clone(),
        address: if one.to.is_none() { one.to_words.clone() } else { String::new() },
        gravity: gravity(one.gravity),
        count: u64::try_from(one.count).unwrap_or(0),
        verdict: inside(one.call.label()),
    };
    known.gravity = known.gravity.max(crosser.gravity);
    known.count += crosser.count;
    known.first = known.first.into_iter().chain([one.first]).min();
    known.last = known.last.max(Some(one.last));
    known.justified &= justified;
    known.worst.push(crosser);
}

/// Where it is told: the one crossing there is, or the list of those at its zone.
fn told_at(zones: &[ZoneBox], crossing: &Crossing, frame: &Frame<'_>) -> String {
    if let [only] = crossing.worst.as_slice() {
        return only.href.clone();
    }
    let known = [crossing.ends.0, crossing.ends.1].into_iter().find(|end| zones[*end].stand == Stand::Recorded);
    let query = links::query([("zone", known.map_or("", |end| zones[end].reference.as_str()))]);
    let joint = if query.is_empty() { frame.query.to_owned() } else { frame.query.replacen('?', "&", 1) };
    format!("{}{query}{joint}", links::place(frame.slug, "crossings"))
}

/// Where ends outside the recorded zones stand.
struct Ends<'p> {
    places: &'p HashMap<Uuid, usize>,
    public: Option<usize>,
    unknown: Option<usize>,
}

impl<'p> Ends<'p> {
    /// Public addresses belong to the zone kind *external*: to the one such zone, where there is one.
    fn of(picture: &Picture, places: &'p HashMap<Uuid, usize>) -> Self {
        let external = |(_, zone): &(usize, &ZoneBox)| zone.kind == Some(ZoneKind::External);
        let mut known = picture.zones.iter().enumerate().filter(external).map(|(place, _)| place);
        let (first, second) = (known.next(), known.next());
        Self { places, public: first.filter(|_| second.is_none()), unknown: None }
    }

    fn place(&mut self, picture: &mut Picture, zone: Option<Uuid>, public: bool) -> usize {
        if let Some(place) = zone.and_then(|id| self.places.get(&id)) {
            return *place;
        }
        let (slot, stand, name) = if public {
            (&mut self.public, Stand::Public, "Public addresses")
        } else {
            (&mut self.unknown, Stand::Unknown, "Unknown addresses")
        };
        *slot.get_or_insert_with(|| {
            picture.zones.push(ZoneBox {
                name: name.to_owned(),
                level: public.then_some(PurdueLevel::External),
                stand,
                watched: Watched::Elsewhere,
                ..ZoneBox::default()
            });
            picture.zones.len() - 1
        })
    }
}
