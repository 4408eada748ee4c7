//! The picture of a boundary: zones, the conduits between them, and what crosses without leave.
//!
//! Invariant: pure, and everything the drawing, the table beneath it and the package show stands in here, so none of them
//! can say what another does not.

use crate::vocabulary::{Moment, PurdueLevel};
use crate::zones::model::ZoneKind;

crate::words! {
    /// How grave an unexpected crossing is; the graver is the greater.
    Gravity {
        Low = "low", "Low";
        Medium = "medium", "Medium";
        High = "high", "High";
        Critical = "critical", "Critical";
    }
}

crate::words! {
    /// Where a conduit stands.
    Standing {
        Proposed = "proposed", "Proposed";
        Active = "active", "Active";
        Suspended = "suspended", "Suspended";
        Retired = "retired", "Retired";
    }
}

/// Who may begin to speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Way {
    /// From the first end to the second.
    Onward,
    /// From the second end to the first.
    Back,
    #[default]
    Both,
}

impl Way {
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Onward => "to",
            Self::Back => "from",
            Self::Both => "with",
        }
    }
}

/// What an end of a crossing is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stand {
    /// A zone somebody recorded.
    #[default]
    Recorded,
    /// Public addresses, when no recorded zone stands for them.
    Public,
    /// Private addresses that nothing records.
    Unknown,
}

/// Whether anything watches a zone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Watched {
    /// A sensor watches it and spoke within its limit.
    Speaking { sensors: Vec<String>, last: Option<Moment> },
    /// A sensor watches it and is silent, or never spoke.
    Silent { sensors: Vec<String>, last: Option<Moment> },
    /// No sensor watches it.
    #[default]
    Nothing,
    /// Nothing of the organization's own: nobody expects a sensor there.
    Elsewhere,
}

/// Devices of one kind in a zone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    pub kind: String,
    pub count: usize,
    /// References of the first few.
    pub named: Vec<String>,
}

/// A zone on the map.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ZoneBox {
    /// Where it leads.
    pub href: String,
    pub reference: String,
    pub name: String,
    pub kind: Option<ZoneKind>,
    pub level: Option<PurdueLevel>,
    pub stand: Stand,
    pub esp: bool,
    pub assets: usize,
    pub groups: Vec<Group>,
    pub watched: Watched,
    pub failing: usize,
    pub indeterminate: usize,
    /// Devices whose firmware is not recorded.
    pub without_firmware: usize,
    /// Shown with its devices.
    pub open: bool,
}

impl ZoneBox {
    /// The name people know it by, else its reference.
    #[must_use]
    pub fn title(&self) -> &str {
        if self.name.is_empty() { &self.reference } else { &self.name }
    }

    #[must_use]
    pub fn is_unwatched(&self) -> bool {
        matches!(self.watched, Watched::Nothing | Watched::Silent { .. })
    }
}

/// A conduit on the map; its ends are places among the zones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conduit {
    pub href: String,
    pub reference: String,
    pub name: String,
    pub ends: (usize, usize),
    pub way: Way,
    pub standing: Standing,
    /// Permitted flows in force, and those of them never seen.
    pub permitted: usize,
    pub never_seen: usize,
    /// Hardware lets nothing through the other way.
    pub unidirectional: bool,
    /// Reference of the asset that enforces it.
    pub access_point: String,
    pub broker: String,
    pub reason: String,
}

impl Conduit {
    /// True when it permits flows and none was ever seen.
    #[must_use]
    pub fn is_unused(&self) -> bool {
        self.standing == Standing::Active && self.permitted > 0 && self.permitted == self.never_seen
    }
}

/// A service that crosses unexpectedly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crosser {
    /// Where it is told in full.
    pub href: String,
    pub service: String,
    /// The other end where it is an address and no zone; empty between zones.
    pub address: String,
    pub gravity: Gravity,
    pub count: u64,
    /// Why it is not expected.
    pub verdict: String,
}

/// Unexpected flows from one zone to another, folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crossing {
    pub href: String,
    pub ends: (usize, usize),
    pub gravity: Gravity,
    /// Connections, of all services.
    pub count: u64,
    pub first: Option<Moment>,
    pub last: Option<Moment>,
    /// The services, worst first.
    pub worst: Vec<Crosser>,
    /// An exception stands for all of them.
    pub justified: bool,
}

/// A boundary at one instant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    pub organization: String,
    /// The instant in words.
    pub instant: String,
    pub zones: Vec<ZoneBox>,
    pub conduits: Vec<Conduit>,
    /// Worst first.
    pub crossings: Vec<Crossing>,
    /// Conduits that lead to a zone which is no more, and so stand nowhere on the map.
    pub loose: Vec<String>,
    /// Something was observed at all: without it, nothing seen says nothing.
    pub heard: bool,
}

/// What a reader wants to see of a picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looking {
    /// Only what fails or crosses unexpectedly.
    pub failing: bool,
    /// Only this zone and what it speaks with.
    pub zone: Option<usize>,
    /// Only zones of this level and what they speak with.
    pub level: Option<PurdueLevel>,
}

impl Picture {
    /// The place of a recorded zone by its reference.
    #[must_use]
    pub fn place(&self, reference: &str) -> Option<usize> {
        let wanted = crate::vocabulary::fold::folded(reference);
        let known = |zone: &ZoneBox| crate::vocabulary::fold::folded(&zone.reference) == wanted;
        self.zones.iter().position(|zone| zone.stand == Stand::Recorded && known(zone))
    }

    /// Conduits as they are drawn: a retired one carries nothing.
    pub fn drawn(&self) -> impl Iterator<Item = &Conduit> {
        self.conduits.iter().filter(|conduit| conduit.standing != Standing::Retired)
    }

    /// Recorded zones that nothing watches, or only a silent sensor.
    #[must_use]
    pub fn unwatched(&self) -> usize {
        self.zones.iter().filter(|zone| zone.is_unwatched()).count()
    }

    /// The picture narrowed to what a reader wants to see.
    #[must_use]
    pub fn narrowed(&self, looking: &Looking) -> Self {
        let kept: Vec<bool> = (0..self.zones.len()).map(|place| self.is_wanted(place, looking)).collect();
        let mut places = vec![usize::MAX; self.zones.len()];
        let mut zones = Vec::new();
        for (place, zone) in self.zones.iter().enumerate().filter(|(place, _)| kept[*place]) {
            places[place] = zones.len();
            zones.push(zone.clone());
        }
        let within = |(from, to): (usize, usize)| {
            let touched = looking.zone.is_none_or(|zone| zone == from || zone == to);
            (kept[from] && kept[to] && touched).then(|| (places[from], places[to]))
        };
        let conduit = |one: &Conduit| within(one.ends).map(|ends| Conduit { ends, ..one.clone() });
        let crossing = |one: &Crossing| within(one.ends).map(|ends| Crossing { ends, ..one.clone() });
        Self {
            organization: self.organization.clone(),
            instant: self.instant.clone(),
            conduits: self.conduits.iter().filter_map(conduit).collect(),
            crossings: self.crossings.iter().filter_map(crossing).collect(),
            loose: self.loose.clone(),
            heard: self.heard,
            zones,
        }
    }

    fn is_wanted(&self, place: usize, looking: &Looking) -> bool {
        let zone = &self.zones[place];
        let crossed = self.crossings.iter().any(|one| one.ends.0 == place || one.ends.1 == place);
        let bad = !looking.failing || crossed || zone.failing > 0;
        let around = looking.zone.is_none_or(|middle| middle == place || self.speak(place, middle));
        let level = looking.level.is_none_or(|level| {
            let others = self.zones.iter().enumerate().filter(|(_, other)| other.level == Some(level));
            zone.level == Some(level) || others.into_iter().any(|(other, _)| self.speak(place, other))
        });
        bad && around && level
    }

    /// True when anything joins two zones.
    fn speak(&self, one: usize, other: usize) -> bool {
        let joins = |(from, to): (usize, usize)| (from, to) == (one, other) || (to, from) == (one, other);
        self.drawn().any(|conduit| joins(conduit.ends)) || self.crossings.iter().any(|crossing| joins(crossing.ends))
    }
}
