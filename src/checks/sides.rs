//! Conduits and permitted flows with the zones they join: on which side of the boundary each end lies, and what is inside.
//!
//! Invariant: pure; a zone that is retired or not recorded is no end, and what depends on it is indeterminate.

use uuid::Uuid;

use super::facts::Facts;
use super::rule::Judgement;
use crate::assets::model::Asset;
use crate::conduits::model::{Carried, Conduit, PermittedFlow, Status, Way};
use crate::conduits::protocols::{Nature, nature_of};
use crate::ids::{Id, ZoneId};
use crate::sites::model::Site;
use crate::systems::model::System;
use crate::vocabulary::due::due_calendar_months;
use crate::vocabulary::{Date, Impact, MonthMode};
use crate::zones::model::{Side, Zone, ZoneKind};

/// A zone at an end, with its id.
pub type End<'f> = (Uuid, &'f Zone);

/// A conduit between two zones in use.
pub struct Joined<'f> {
    pub id: Uuid,
    pub conduit: &'f Conduit,
    pub a: End<'f>,
    pub b: End<'f>,
}

fn end(facts: &Facts, zone: Option<ZoneId>) -> Option<End<'_>> {
    let id = zone?.uuid();
    facts.zones.get(id).filter(|zone| zone.retired_on.is_none()).map(|zone| (id, zone))
}

impl<'f> Joined<'f> {
    #[must_use]
    pub fn of(facts: &'f Facts, id: Uuid, conduit: &'f Conduit) -> Option<Self> {
        Some(Self { id, conduit, a: end(facts, conduit.from_zone)?, b: end(facts, conduit.to_zone)? })
    }

    #[must_use]
    pub fn zones(&self) -> [&'f Zone; 2] {
        [self.a.1, self.b.1]
    }

    /// Both sides of the boundary; none when a zone does not say its own.
    #[must_use]
    pub fn sides(&self) -> Option<(Side, Side)> {
        Some((self.a.1.side()?, self.b.1.side()?))
    }

    /// True when its zones lie on these sides, in either order.
    #[must_use]
    pub fn joins(&self, one: Side, other: Side) -> bool {
        self.sides().is_some_and(|sides| sides == (one, other) || sides == (other, one))
    }

    /// True when its zones lie on different sides of the boundary.
    #[must_use]
    pub fn crosses_boundary(&self) -> bool {
        self.sides().is_some_and(|(a, b)| a != b)
    }

    /// True when it leads into an Electronic Security Perimeter from elsewhere.
    #[must_use]
    pub fn crosses_esp(&self) -> bool {
        self.a.0 != self.b.0 && self.zones().iter().any(|zone| zone.esp == Some(true))
    }

    /// True when one end is a public network.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.zones().iter().any(|zone| zone.kind == Some(ZoneKind::External))
    }

    /// Its zones in words.
    #[must_use]
    pub fn words(&self) -> String {
        format!("{} and {}", self.a.1.reference, self.b.1.reference)
    }
}

/// Why a conduit is not asked about; none for an active one.
fn idle(conduit: &Conduit) -> Option<&'static str> {
    match conduit.status() {
        Status::Active => None,
        Status::Retired => Some("retired"),
        Status::Suspended => Some("suspended: it permits nothing"),
        Status::Refused => Some("refused: it permits nothing"),
        Status::Proposed | Status::Expired => Some("not approved yet: it permits nothing"),
    }
}

/// Asks about an active conduit between two zones in use.
#[must_use]
pub fn active(facts: &Facts, place: usize, ask: impl FnOnce(&Joined<'_>) -> Judgement) -> Judgement {
    let held = facts.conduits.at(place);
    if let Some(why) = idle(&held.record) {
        return Judgement::not_applicable(why);
    }
    match Joined::of(facts, held.id, &held.record) {
        Some(joined) => ask(&joined),
        None => Judgement::indeterminate("a zone at one of its ends is not recorded or retired"),
    }
}

/// A permitted flow of an active conduit.
pub struct Passing<'f> {
    pub id: Uuid,
    pub flow: &'f PermittedFlow,
    pub joined: Joined<'f>,
    /// The zone it goes from and the one it goes to; none where neither it nor its conduit says which way.
    pub ends: Option<(&'f Zone, &'f Zone)>,
}

impl Passing<'_> {
    /// The sides it goes from and to.
    #[must_use]
    pub fn sides(&self) -> Option<(Side, Side)> {
        let (from, to) = self.ends?;
        Some((from.side()?, to.side()?))
    }

    #[must_use]
    pub fn protocol(&self) -> String {
        self.flow.protocol.trim().to_lowercase()
    }

    /// True for a protocol that proves nobody's identity, unless the flow adds that (NIST SP 800-82r3 6.2.1.3).
    #[must_use]
    pub fn is_legacy(&self) -> bool {
        let protocol = self.protocol();
        let plain = ["telnet", "rlogin", "vnc", "rfb", "smbv1"].contains(&protocol.as_str());
        (plain || nature_of(&protocol) == Nature::Legacy) && self.flow.authenticated != Some(true)
    }

    /// True when it goes from OT to somewhere else.
    #[must_use]
    pub fn is_outbound(&self) -> bool {
        matches!(self.sides(), Some((Side::Ot, Side::Dmz | Side::It)))
    }

    /// True for a transport that has ports.
    #[must_use]
    pub fn has_ports(&self) -> bool {
        matches!(self.flow.transport, Some(Carried::Tcp | Carried::Udp) | None)
    }
}

/// Asks about an approved permission of an active conduit. One that ran out is asked, too: whether it may stay on record is
/// a check of its own.
#[must_use]
pub fn permitted(facts: &Facts, place: usize, ask: impl FnOnce(&Passing<'_>) -> Judgement) -> Judgement {
    let held = facts.permitted.at(place);
    match held.record.status(Date::EPOCH) {
        Status::Active | Status::Expired => {}
        Status::Retired => return Judgement::not_applicable("retired"),
        Status::Refused => return Judgement::not_applicable("refused: it permits nothing"),
        Status::Proposed | Status::Suspended => {
            return Judgement::not_applicable("not approved yet: it permits nothing");
        }
    }
    let Some((id, conduit)) = held.record.conduit.and_then(|id| Some((id.uuid(), facts.conduits.get(id.uuid())?)))
    else {
        return Judgement::indeterminate("its conduit is not recorded");
    };
    if let Some(why) = idle(conduit) {
        return Judgement::not_applicable(why);
    }
    let Some(joined) = Joined::of(facts, id, conduit) else {
        return Judgement::indeterminate("a zone at one of its ends is not recorded or retired");
    };
    let ends = held.record.way(conduit).map(|way| match way {
        Way::AToB => (joined.a.1, joined.b.1),
        Way::BToA => (joined.b.1, joined.a.1),
    });
    ask(&Passing { id: held.id, flow: &held.record, joined, ends })
}

/// What a zone protects, as far as the systems of what lives in it say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stakes {
    pub rating: Option<Impact>,
    /// High, or medium at a control center.
    pub high_or_control_center: bool,
    /// A medium system with ERC lives here.
    pub medium_with_erc: bool,
    /// A medium system that does not say whether it has ERC lives here.
    pub erc_open: bool,
}

impl Stakes {
    /// Asks the systems of everything in service inside a zone.
    #[must_use]
    pub fn of(facts: &Facts, zone: Uuid) -> Self {
        let mut stakes = Self::default();
        for system in facts.systems_within(zone) {
            stakes.add(facts, system);
        }
        stakes
    }

    fn add(&mut self, facts: &Facts, system: &System) {
        let Some(impact) = system.impact() else { return };
        self.rating = self.rating.max(Some(impact));
        let site = || system.site.and_then(|id| facts.sites.get(id.uuid()));
        match impact {
            Impact::High => self.high_or_control_center = true,
            Impact::Medium => {
                self.high_or_control_center |= site().is_some_and(is_control_center);
                self.medium_with_erc |= system.erc == Some(true);
                self.erc_open |= system.erc.is_none();
            }
            Impact::Low => {}
        }
    }
}

/// True for a control center or its backup.
#[must_use]
pub fn is_control_center(site: &Site) -> bool {
    site.kind.is_some_and(crate::sites::model::SiteKind::is_control_center)
}

/// Systems in use that an asset belongs to or serves.
pub fn systems<'f>(facts: &'f Facts, asset: &'f Asset) -> impl Iterator<Item = &'f System> {
    asset.systems.iter().filter_map(|id| facts.systems.get(id.uuid())).filter(|system| system.retired_on.is_none())
}

/// The last day on which something done on a day still counts for fifteen calendar months, as the organization counts those.
#[must_use]
pub fn counts_until(done: Date, months: MonthMode) -> Date {
    due_calendar_months(done, 15, months)
}

/// Judges by the day of the last time, and says so some weeks before.
#[must_use]
pub fn within_fifteen_months(facts: &Facts, done: Date, what: &'static str) -> Judgement {
    let (today, last) = (facts.zone.day(facts.at), counts_until(done, facts.limits.month_mode));
    if last < today {
        Judgement::fail(format!("{what} {done}; that counted until {last}"))
    } else if last < today.plus_days(30) {
        Judgement::due_soon(format!("{what} {done}; that counts until {last}"))
    } else {
        Judgement::pass(format!("{what} {done}"))
    }
}
