//! The picture from what was judged: records as zones and conduits, failing crossings folded by the zones they join.
//!
//! Invariant: pure. A crossing is unexpected when a check fails on it, so the map and the findings cannot disagree; nothing
//! is placed by guess: an address outside the record stands apart.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

mod conduits;
mod crossing;

use super::model::{Group, Picture, Stand, Watched, ZoneBox};
use crate::assets::model::Lifecycle;
use crate::checks::facts::{Facts, Over, Watch};
use crate::checks::judging::RULES;
use crate::checks::{Class, Outcome};
use crate::ids::Id;
use crate::posture::Judged;
use crate::vocabulary::fold::natural;
use crate::web::links;
use crate::zones::model::{Side, Zone};

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
    conduits::lay(&mut picture, facts, frame, &places);
    crossing::lay(&mut picture, judged, frame, &places);
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
