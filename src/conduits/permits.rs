//! Permissions, ready to be matched: who may speak to whom, over what, and whether it counts.
//!
//! Invariant: pure; a permission counts only while its conduit and itself are approved and its last day has not passed.

use uuid::Uuid;

use super::model::{Carried, Conduit, MayInitiate, PermittedFlow, Status};
use super::protocols::{Nature, nature_of};
use crate::ids::Id;
use crate::vocabulary::end::{MAPPED_BITS, Packed, packed, packed_mac};
use crate::vocabulary::{Date, Endpoint, Moment, Subnet, TimeZone};

/// Whether a permission counts at the moment of judging.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    /// Until the moment, or for good.
    Until(Moment),
    /// It, or its conduit, is not approved.
    NotApproved,
    Suspended,
}

/// A permitted flow, ready to be matched.
#[derive(Clone, Debug)]
pub struct Permit {
    pub id: Uuid,
    pub reference: String,
    pub conduit: Uuid,
    pub conduit_reference: String,
    pub counts: Counts,
    pub read_only: bool,
    pub initiator: MayInitiate,
    pub nature: Nature,
    pub transport: Carried,
    ports: Vec<(u16, u16)>,
    sources: Matcher,
    destinations: Matcher,
}

#[derive(Clone, Debug, Default)]
struct Matcher {
    whole: bool,
    assets: Vec<Uuid>,
    nets: Vec<Subnet>,
    cards: Vec<Packed>,
}

impl Matcher {
    fn of(ends: &[Endpoint], assets: impl Iterator<Item = Uuid>) -> Self {
        let mut matcher = Matcher { assets: assets.collect(), ..Matcher::default() };
        for end in ends {
            match end {
                Endpoint::Zone => matcher.whole = true,
                Endpoint::Net(net) => matcher.nets.push(*net),
                Endpoint::Card(card) => matcher.cards.push(packed_mac(*card)),
            }
        }
        matcher
    }

    fn fits(&self, end: Packed, asset: Option<Uuid>) -> bool {
        self.whole
            || asset.is_some_and(|asset| self.assets.contains(&asset))
            || self.nets.iter().any(|net| holds(net, end))
            || self.cards.contains(&end)
    }
}

/// True when the network holds the end; compared in packed form.
fn holds(net: &Subnet, end: Packed) -> bool {
    let (prefix, length) = prefix(net);
    length == 0 || (prefix ^ end) >> (128 - u32::from(length)) == 0
}

/// A network in packed form, and how many of its bits are fixed.
#[must_use]
pub fn prefix(net: &Subnet) -> (Packed, u8) {
    let (first, _) = net.span();
    (packed(first), if first.is_ipv4() { net.prefix() + MAPPED_BITS } else { net.prefix() })
}

/// Permissions of at most this many ports are found by each port.
const FEW_PORTS: u16 = 16;

impl Permit {
    /// A permission of a conduit on a day; none for one that permits nothing any more, or names no transport.
    #[must_use]
    pub fn of(id: Uuid, flow: &PermittedFlow, conduit: &Conduit, (on, calendar): (Date, TimeZone)) -> Option<Self> {
        let counts = match (conduit.status(), flow.status(on)) {
            (Status::Retired, _) | (_, Status::Retired) => return None,
            (Status::Suspended, _) => Counts::Suspended,
            (Status::Active, Status::Active | Status::Expired) => {
                Counts::Until(flow.expires_on.map_or(Moment::OPEN, |day| calendar.last_of(day)))
            }
            _ => Counts::NotApproved,
        };
        Some(Self {
            id,
            reference: flow.reference.to_string(),
            conduit: flow.conduit?.uuid(),
            conduit_reference: conduit.reference.to_string(),
            counts,
            read_only: flow.read_only == Some(true),
            initiator: flow.initiator.unwrap_or(MayInitiate::Source),
            nature: nature_of(&flow.protocol.to_lowercase()),
            transport: flow.transport?,
            ports: flow.ports.iter().map(|ports| (ports.from, ports.until)).collect(),
            sources: Matcher::of(&flow.sources, flow.source_assets.iter().map(|id| id.uuid())),
            destinations: Matcher::of(&flow.destinations, flow.destination_assets.iter().map(|id| id.uuid())),
        })
    }

    /// The ports it is found by; none for one of many ports, or of a transport without ports.
    #[must_use]
    pub fn found_by(&self) -> Option<Vec<u16>> {
        let few = !self.ports.is_empty() && self.ports.iter().all(|(from, until)| until - from < FEW_PORTS);
        few.then(|| self.ports.iter().flat_map(|(from, until)| *from..=*until).collect())
    }

    #[must_use]
    pub fn has_port(&self, port: u16) -> bool {
        self.ports.is_empty() || self.ports.iter().any(|(from, until)| (*from..=*until).contains(&port))
    }

    /// True when the ends are those it names: its source, and its destination.
    #[must_use]
    pub fn joins(&self, from: (Packed, Option<Uuid>), to: (Packed, Option<Uuid>)) -> bool {
        self.sources.fits(from.0, from.1) && self.destinations.fits(to.0, to.1)
    }

    /// True when it counts at a moment.
    #[must_use]
    pub fn is_valid(&self, at: Moment) -> bool {
        matches!(self.counts, Counts::Until(until) if at <= until)
    }
}
