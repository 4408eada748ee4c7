//! The policy compiled: where each address lies, and what may pass between which zones.
//!
//! Invariant: pure; an end finds its zone by its own record first, then by the longest prefix of a zone's subnets. The same
//! records give the same policy, in whatever order they come.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use prefix_trie::PrefixMap;
use uuid::Uuid;

use super::model::{Carried, Conduit, PermittedFlow};
use super::permits::{Counts, Permit, prefix};
use crate::ids::Id;
use crate::vocabulary::end::{Packed, Reach, reach};
use crate::vocabulary::{Moment, TimeZone};
use crate::zones::model::{Side, Zone, ZoneKind};

/// Where an end lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A recorded zone, by its number in the policy.
    Zone(u32),
    /// A public address that no zone claims.
    External,
    /// A private address that nothing records.
    Unknown,
    /// A group of receivers.
    Group,
    /// No address, or the host itself.
    Nowhere,
}

/// An end of the inventory: its zone, its asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    pub end: Packed,
    pub asset: Uuid,
    pub zone: Option<Uuid>,
    /// An Intermediate System or a jump host.
    pub intermediate: bool,
}

/// What the policy knows of a zone.
#[derive(Clone, Debug)]
pub struct PlacedZone {
    pub id: Uuid,
    pub reference: String,
    pub kind: Option<ZoneKind>,
    pub side: Option<Side>,
    pub esp: bool,
}

/// From where to where, over which transport, to which port; none for permissions of many ports.
type Way = (Place, Place, Carried, Option<u16>);

/// What is compiled.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    pub zones: Vec<PlacedZone>,
    /// By place in the list they are compiled from, so that a change of one leaves the others' numbers; none for what permits
    /// nothing any more.
    permits: Vec<Option<Permit>>,
    numbers: HashMap<Uuid, u32, RandomState>,
    networks: PrefixMap<(Packed, u8), u32>,
    recorded: HashMap<Packed, (Option<u32>, Uuid, bool), RandomState>,
    /// Permissions of few ports by each of them, those of many by none; and all between two places.
    by_port: HashMap<Way, Vec<u32>, RandomState>,
    between: HashMap<(Place, Place, Carried), Vec<u32>, RandomState>,
    /// The first moment after compiling at which a permission ends.
    pub changes_at: Option<Moment>,
}

/// What the policy is compiled from.
pub struct Sources<'s> {
    pub zones: Vec<(Uuid, &'s Zone)>,
    pub conduits: HashMap<Uuid, &'s Conduit>,
    pub permitted: Vec<(Uuid, &'s PermittedFlow)>,
    pub recorded: Vec<Recorded>,
    /// Whose calendar says when a permission's last day ends.
    pub calendar: TimeZone,
    pub at: Moment,
}

impl Policy {
    /// Compiles the records.
    #[must_use]
    pub fn of(sources: &Sources<'_>) -> Self {
        let mut policy = Self::default();
        for (id, zone) in sources.zones.iter().filter(|(_, zone)| zone.retired_on.is_none()) {
            policy.place(*id, zone);
        }
        for one in &sources.recorded {
            let zone = one.zone.and_then(|zone| policy.numbers.get(&zone).copied());
            policy.recorded.insert(one.end, (zone, one.asset, one.intermediate));
        }
        policy.permit(sources);
        policy
    }

    fn place(&mut self, id: Uuid, zone: &Zone) {
        let number = u32::try_from(self.zones.len()).unwrap_or(u32::MAX);
        self.numbers.insert(id, number);
        for net in &zone.subnets {
            // Of two zones that claim one network the first recorded keeps it; the overlap is a finding of its own.
            if self.networks.get(&prefix(net)).is_none() {
                self.networks.insert(prefix(net), number);
            }
        }
        let reference = zone.reference.to_string();
        let (kind, side, esp) = (zone.kind, zone.side(), zone.esp == Some(true));
        self.zones.push(PlacedZone { id, reference, kind, side, esp });
    }

    /// Compiles the permissions again, where nothing else changed.
    pub fn permit(&mut self, sources: &Sources<'_>) {
        self.permits.clear();
        self.by_port.clear();
        self.between.clear();
        let claimed: Vec<Uuid> =
            sources.zones.iter().filter(|(_, zone)| !zone.subnets.is_empty()).map(|(id, _)| *id).collect();
        for (id, flow) in &sources.permitted {
            let Some((permit, from, to)) = self.one(*id, flow, sources) else {
                self.permits.push(None);
                continue;
            };
            let number = u32::try_from(self.permits.len()).unwrap_or(u32::MAX);
            for (from, to) in self.pairs(from, to, &claimed) {
                let transport = permit.transport;
                self.between.entry((from, to, transport)).or_default().push(number);
                let ports = permit.found_by().map_or_else(|| vec![None], |ports| ports.into_iter().map(Some).collect());
                for port in ports {
                    self.by_port.entry((from, to, transport, port)).or_default().push(number);
                }
            }
            self.permits.push(Some(permit));
        }
        let ends = self.permits.iter().flatten().filter_map(|permit| match permit.counts {
            Counts::Until(until) if until > sources.at && until < Moment::OPEN => Some(until),
            _ => None,
        });
        self.changes_at = ends.min();
    }

    fn one(&self, id: Uuid, flow: &PermittedFlow, sources: &Sources<'_>) -> Option<(Permit, u32, u32)> {
        let conduit = sources.conduits.get(&flow.conduit?.uuid())?;
        let (from, to) = flow.way(conduit).filter(|way| conduit.carries(*way)).and_then(|way| conduit.ends(way))?;
        let (from, to) = (*self.numbers.get(&from.uuid())?, *self.numbers.get(&to.uuid())?);
        let permit = Permit::of(id, flow, conduit, (sources.calendar.day(sources.at), sources.calendar))?;
        Some((permit, from, to))
    }

    /// The pairs of places a permission joins: an external zone without subnets stands for whatever nobody claims.
    fn pairs(&self, from: u32, to: u32, claimed: &[Uuid]) -> Vec<(Place, Place)> {
        let places = |number: u32| {
            let zone = &self.zones[number as usize];
            let open = zone.kind == Some(ZoneKind::External) && !claimed.contains(&zone.id);
            std::iter::once(Place::Zone(number)).chain(open.then_some(Place::External)).collect::<Vec<_>>()
        };
        let (from, to) = (places(from), places(to));
        from.iter().flat_map(|from| to.iter().map(|to| (*from, *to))).collect()
    }

    /// Where an end lies, and the asset that has it.
    #[must_use]
    pub fn locate(&self, end: Packed) -> (Place, Option<Uuid>) {
        let recorded = self.recorded.get(&end);
        let asset = recorded.map(|(_, asset, _)| *asset);
        if let Some((Some(zone), ..)) = recorded {
            return (Place::Zone(*zone), asset);
        }
        match reach(end) {
            Reach::Nowhere => (Place::Nowhere, asset),
            Reach::Group => (Place::Group, asset),
            kind => match self.networks.get_lpm(&(end, 128)) {
                Some((_, zone)) => (Place::Zone(*zone), asset),
                None if kind == Reach::Public => (Place::External, asset),
                None => (Place::Unknown, asset),
            },
        }
    }

    /// True for the address of an Intermediate System.
    #[must_use]
    pub fn is_intermediate(&self, end: Packed) -> bool {
        self.recorded.get(&end).is_some_and(|(.., intermediate)| *intermediate)
    }

    /// The zone at a place.
    #[must_use]
    pub fn zone(&self, place: Place) -> Option<&PlacedZone> {
        match place {
            Place::Zone(number) => self.zones.get(number as usize),
            _ => None,
        }
    }

    /// The side of a place.
    #[must_use]
    pub fn side(&self, place: Place) -> Option<Side> {
        match place {
            Place::External => Some(Side::It),
            _ => self.zone(place)?.side,
        }
    }

    /// The permission of a number.
    #[must_use]
    pub fn permit_at(&self, number: u32) -> Option<&Permit> {
        self.permits.get(number as usize)?.as_ref()
    }

    /// Permissions between two places for a transport and a port.
    pub fn passing(&self, from: Place, to: Place, transport: Carried, port: u16) -> impl Iterator<Item = u32> + '_ {
        let of = |port| self.by_port.get(&(from, to, transport, port)).into_iter().flatten().copied();
        of(Some(port))
            .chain(of(None))
            .filter(move |number| self.permit_at(*number).is_some_and(|permit| permit.has_port(port)))
    }

    /// Permissions between two places for a transport, whatever their port.
    pub fn joining(&self, from: Place, to: Place, transport: Carried) -> impl Iterator<Item = u32> + '_ {
        self.between.get(&(from, to, transport)).into_iter().flatten().copied()
    }
}
