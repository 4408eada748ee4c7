//! The picture from what was judged: records as zones and conduits, failing crossings folded by the zones they join.
//!
//! Invariant: pure. A crossing is unexpected when a check fails on it, so the map and the findings cannot disagree; nothing
//! is placed by guess: an address outside the record stands apart.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::model::{Conduit, Crosser, Crossing, Gravity, Group, Picture, Stand, Standing, Watched, Way, ZoneBox};
use crate::assets::model::Lifecycle;
use crate::checks::facts::{Facts, Over, Watch};
use crate::checks::judging::{RULES, verdict};
use crate::checks::{Class, Outcome};
use crate::conduits::model::{Direction, Status};
use crate::flows::crossings;
use crate::frameworks::catalogs;
use crate::ids::Id;
use crate::posture::Judged;
use crate::vocabulary::PurdueLevel;
use crate::vocabulary::fold::natural;
use crate::web::links;
use crate::zones::model::{Side, Zone, ZoneKind};

/// Devices named of each kind in an opened zone.
const NAMED: usize = 8;

/// What the picture is a picture of.
pub struct Frame<'f> {
    pub slug: &'f str,
    pub organization: &'f str,
    /// The instant in words.
    pub instant: String,
    /// The `as_of` of its links.
    pub query: &'f str,
}

impl Frame<'_> {
    fn record(&self, collection: &str, id: Uuid) -> String {
        format!("{}{}", links::record(self.slug, collection, id), self.query)
    }
}

/// The whole picture.
#[must_use]
pub fn picture(judged: &Judged, frame: &Frame<'_>) -> Picture {
    let facts = &judged.facts;
    let failing = Failing::of(judged);
    let inside = inside(facts);
    let mut kept: Vec<(Uuid, &Zone)> = facts
        .zones
        .iter()
        .filter(|held| held.record.retired_on.is_none())
        .map(|held| (held.id, &held.record))
        .collect();
    kept.sort_by_cached_key(|(id, zone)| (natural(&zone.reference.folded()), *id));
    let places: HashMap<Uuid, usize> = kept.iter().enumerate().map(|(place, (id, _))| (*id, place)).collect();
    let mut picture = Picture {
        organization: frame.organization.to_owned(),
        instant: frame.instant.clone(),
        zones: kept
            .iter()
            .map(|(id, zone)| {
                let inside = inside.get(id).map_or(&[][..], Vec::as_slice);
                zone_box((facts, inside), &failing, frame, (*id, zone))
            })
            .collect(),
        heard: facts.boundary.seen_until.is_some(),
        ..Picture::default()
    };
    conduits(&mut picture, facts, frame, &places);
    cross(&mut picture, judged, frame, &places);
    picture
}

/// Zones and assets for which a mandatory check fails, or cannot be answered.
struct Failing {
    zones: HashMap<usize, Outcome>,
    assets: HashMap<usize, Outcome>,
}

impl Failing {
    fn of(judged: &Judged) -> Self {
        let mut found = Self { zones: HashMap::new(), assets: HashMap::new() };
        for (number, rule) in RULES.iter().enumerate().filter(|(_, rule)| rule.check.class == Class::Mandatory) {
            let kept = match rule.over {
                Over::Zone => &mut found.zones,
                Over::Asset => &mut found.assets,
                _ => continue,
            };
            kept.extend(judged.outcomes.places(number, Outcome::Fail).map(|place| (place, Outcome::Fail)));
            for place in judged.outcomes.places(number, Outcome::Indeterminate) {
                kept.entry(place).or_insert(Outcome::Indeterminate);
            }
        }
        found
    }
}

/// Places of the devices in each zone, without those that are no more.
fn inside(facts: &Facts) -> HashMap<Uuid, Vec<usize>> {
    let mut found: HashMap<Uuid, Vec<usize>> = HashMap::new();
    for (place, held) in facts.assets.iter().enumerate() {
        let gone = matches!(held.record.lifecycle, Some(Lifecycle::Retired | Lifecycle::Disposed));
        if let Some(zone) = held.record.zone.filter(|_| !gone) {
            found.entry(zone.uuid()).or_default().push(place);
        }
    }
    found
}

fn zone_box(
    (facts, inside): (&Facts, &[usize]),
    failing: &Failing,
    frame: &Frame<'_>,
    (id, zone): (Uuid, &Zone),
) -> ZoneBox {
    let mut found = ZoneBox {
        href: frame.record("zones", id),
        reference: zone.reference.to_string(),
        name: zone.name.clone(),
        kind: zone.kind,
        level: zone.purdue_level,
        stand: Stand::Recorded,
        esp: zone.esp == Some(true),
        watched: watched(facts, (id, zone)),
        ..ZoneBox::default()
    };
    let own = facts.zones.place(id).and_then(|place| failing.zones.get(&place));
    found.failing = usize::from(own == Some(&Outcome::Fail));
    found.indeterminate = usize::from(own == Some(&Outcome::Indeterminate));
    let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for place in inside {
        let asset = &facts.assets.at(*place).record;
        found.assets += 1;
        found.without_firmware += usize::from(asset.firmware.trim().is_empty());
        match failing.assets.get(place) {
            Some(Outcome::Fail) => found.failing += 1,
            Some(_) => found.indeterminate += 1,
            None => {}
        }
        let kind = asset.kind.map_or("No kind", |kind| kind.label());
        groups.entry(kind).or_default().push(asset.reference.as_str());
    }
    found.groups = groups.into_iter().map(|(kind, named)| group(kind, named)).collect();
    found.groups.sort_by(|one, other| other.count.cmp(&one.count).then_with(|| one.kind.cmp(&other.kind)));
    found
}

fn group(kind: &str, mut named: Vec<&str>) -> Group {
    named.sort_unstable();
    let count = named.len();
    Group { kind: kind.to_owned(), count, named: named.into_iter().take(NAMED).map(str::to_owned).collect() }
}

/// Whether anything watches a zone: of the organization's own networks, those of IT are watched by others.
fn watched(facts: &Facts, (id, zone): (Uuid, &Zone)) -> Watched {
    let here =
        |watch: &&Watch| watch.sensor.retired_on.is_none() && watch.sensor.zones.iter().any(|one| one.uuid() == id);
    let watches: Vec<&Watch> = facts.sensors.iter().map(|held| &held.record).filter(here).collect();
    let sensors: Vec<String> = watches.iter().map(|watch| watch.sensor.reference.to_string()).collect();
    let last = watches.iter().filter_map(|watch| watch.last_data).max();
    match (sensors.is_empty(), zone.side()) {
        (true, Some(Side::It)) => Watched::Elsewhere,
        (true, _) => Watched::Nothing,
        _ if watches.iter().any(|watch| watch.speaks(facts.at)) => Watched::Speaking { sensors, last },
        _ => Watched::Silent { sensors, last },
    }
}

fn conduits(picture: &mut Picture, facts: &Facts, frame: &Frame<'_>, places: &HashMap<Uuid, usize>) {
    let day = facts.zone.day(facts.at);
    let mut kept: Vec<_> = facts.conduits.iter().filter(|held| held.record.status() != Status::Refused).collect();
    kept.sort_by_cached_key(|held| (natural(&held.record.reference.folded()), held.id));
    for held in kept {
        let conduit = &held.record;
        let place = |zone: Option<crate::ids::ZoneId>| places.get(&zone?.uuid()).copied();
        let (Some(from), Some(to)) = (place(conduit.from_zone), place(conduit.to_zone)) else {
            if conduit.retired_on.is_none() {
                picture.loose.push(conduit.reference.to_string());
            }
            continue;
        };
        let counts: Vec<Uuid> = facts
            .permitted_by(held.id)
            .filter(|(_, flow)| flow.status(day) == Status::Active)
            .map(|(id, _)| id)
            .collect();
        let named = |asset: Option<crate::ids::AssetId>| {
            let found = asset.and_then(|asset| facts.assets.get(asset.uuid()));
            found.map_or_else(String::new, |asset| asset.reference.to_string())
        };
        let unused = |id: &&Uuid| picture.heard && !facts.boundary.used.contains_key(id);
        picture.conduits.push(Conduit {
            href: frame.record("conduits", held.id),
            reference: conduit.reference.to_string(),
            name: conduit.name.clone(),
            ends: (from, to),
            way: match conduit.direction {
                Some(Direction::AToB) => Way::Onward,
                Some(Direction::BToA) => Way::Back,
                Some(Direction::Both) | None => Way::Both,
            },
            standing: standing(conduit.status()),
            never_seen: counts.iter().filter(unused).count(),
            permitted: counts.len(),
            unidirectional: conduit.unidirectional == Some(true),
            access_point: named(conduit.eap),
            broker: named(conduit.broker),
            reason: conduit.justification.clone(),
        });
    }
}

fn standing(status: Status) -> Standing {
    match status {
        Status::Active => Standing::Active,
        Status::Suspended | Status::Expired => Standing::Suspended,
        Status::Retired => Standing::Retired,
        Status::Proposed | Status::Refused => Standing::Proposed,
    }
}

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
fn cross(picture: &mut Picture, judged: &Judged, frame: &Frame<'_>, places: &HashMap<Uuid, usize>) {
    let mut ends = Ends::of(picture, places);
    let mut folded: BTreeMap<(usize, usize), Crossing> = BTreeMap::new();
    for (place, justified) in failing_crossings(judged) {
        let one = &judged.facts.crossings.at(place).record;
        let between =
            (ends.place(picture, one.from, one.sides.0.is_some()), ends.place(picture, one.to, one.sides.1.is_some()));
        if between.0 == between.1 {
            continue;
        }
        let crosser = Crosser {
            service: one.service.clone(),
            address: if one.to.is_none() { one.to_words.clone() } else { String::new() },
            gravity: gravity(one.gravity),
            count: u64::try_from(one.count).unwrap_or(0),
            verdict: one.call.label().to_lowercase(),
        };
        let known = folded.entry(between).or_insert_with(|| Crossing {
            href: String::new(),
            ends: between,
            gravity: Gravity::Low,
            count: 0,
            first: None,
            last: None,
            worst: Vec::new(),
            justified: true,
        });
        known.gravity = known.gravity.max(crosser.gravity);
        known.count += crosser.count;
        known.first = known.first.into_iter().chain([one.first]).min();
        known.last = known.last.max(Some(one.last));
        known.justified &= justified;
        known.worst.push(crosser);
    }
    picture.crossings = folded.into_values().collect();
    for crossing in &mut picture.crossings {
        crossing.worst.sort_by(|one, other| (other.gravity, other.count).cmp(&(one.gravity, one.count)));
        crossing.href = flows_of(picture.zones.as_slice(), crossing.ends, frame);
    }
    let graver = |one: &Crossing| (one.justified, std::cmp::Reverse((one.gravity, one.count)), one.ends);
    picture.crossings.sort_by_key(graver);
}

/// Where the flows of a crossing are listed.
fn flows_of(zones: &[ZoneBox], (from, to): (usize, usize), frame: &Frame<'_>) -> String {
    let known = [from, to].into_iter().find(|end| zones[*end].stand == Stand::Recorded);
    let zone = known.map_or("", |end| zones[end].reference.as_str());
    let query = links::query([("zone", zone)]);
    let joint = if query.is_empty() { frame.query.to_owned() } else { frame.query.replacen('?', "&", 1) };
    format!("{}{query}{joint}", links::place(frame.slug, "flows"))
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
