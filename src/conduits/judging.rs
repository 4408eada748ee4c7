//! Judging one flow against the policy: one verdict, the permission that decided, and how grave it is.
//!
//! Invariant: pure, and the order of the questions is fixed: not evaluable, unknown end, permitted, within a zone, bypass of
//! the DMZ, interactive not from an intermediate system, tunnel or public address, wrong initiator, legacy unprotected,
//! not permitted. How far a flow came is another matter: it weighs, but it decides nothing.

use super::model::{Carried, MayInitiate};
use super::permits::Permit;
use super::policy::{Place, Policy};
use super::protocols::Nature;
use crate::vocabulary::Moment;
use crate::vocabulary::end::Packed;
use crate::zones::model::Side;

crate::words! {
    /// What the policy says of a flow that was observed.
    Call {
        NotEvaluable = "not_evaluable", "Not evaluable";
        UnknownEnd = "unknown_end", "Unknown end";
        Permitted = "permitted", "Permitted";
        WithinZone = "within_zone", "Within a zone";
        DmzBypass = "dmz_bypass", "Bypasses the DMZ";
        NotIntermediate = "not_intermediate", "Interactive, not from an Intermediate System";
        TunnelOrPublic = "tunnel_or_public", "Tunnel or public address";
        WrongInitiator = "wrong_initiator", "Wrong initiator or direction";
        LegacyUnprotected = "legacy_unprotected", "Legacy protocol unprotected across the boundary";
        NotPermitted = "not_permitted", "Not permitted";
    }
}

impl Call {
    /// True for what nobody permitted.
    #[must_use]
    pub const fn is_unexpected(self) -> bool {
        !matches!(self, Call::NotEvaluable | Call::Permitted | Call::WithinZone)
    }
}

/// What is asked about a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    pub source: Packed,
    pub destination: Packed,
    pub transport: Option<Carried>,
    pub port: u16,
    pub nature: Nature,
    /// The sensor saw the beginning, so it knows who began.
    pub began: bool,
    /// Something was written, operated, stopped or loaded.
    pub commands: bool,
}

/// No permission.
pub const NO_PERMIT: u32 = u32::MAX;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judged {
    pub from: Place,
    pub to: Place,
    pub call: Call,
    /// The permission that decided, or that comes nearest without counting; [`NO_PERMIT`] for none.
    pub permit: u32,
}

/// An end, and who has it.
type End = (Packed, Option<uuid::Uuid>);

impl Policy {
    /// Judges a flow at a moment.
    #[must_use]
    pub fn judge(&self, sight: &Sight, at: Moment) -> Judged {
        let (from, from_asset) = self.locate(sight.source);
        let (mut to, to_asset) = self.locate(sight.destination);
        // A group of receivers on the link is where the sender is.
        if to == Place::Group && matches!(from, Place::Zone(_)) {
            to = from;
        }
        let judged = |call, permit| Judged { from, to, call, permit };
        let places = (from, to);
        if [from, to].iter().any(|place| matches!(place, Place::Nowhere | Place::Group)) {
            return judged(Call::NotEvaluable, NO_PERMIT);
        }
        if [from, to].contains(&Place::Unknown) {
            return judged(Call::UnknownEnd, NO_PERMIT);
        }
        let ends = ((sight.source, from_asset), (sight.destination, to_asset));
        let found = self.permitting(sight, places, ends, at);
        if let Found::Counts(permit) = found {
            return judged(Call::Permitted, permit);
        }
        if from == to {
            return judged(Call::WithinZone, NO_PERMIT);
        }
        if let Found::Backwards(permit) = found {
            return judged(Call::NotEvaluable, permit);
        }
        judged(self.breach(sight, places, found), found.permit())
    }

    /// Why what is not permitted is wrong, the gravest reason first.
    fn breach(&self, sight: &Sight, (from, to): (Place, Place), found: Found) -> Call {
        let sides = (self.side(from), self.side(to));
        if matches!(sides, (Some(Side::It), Some(Side::Ot)) | (Some(Side::Ot), Some(Side::It))) {
            Call::DmzBypass
        } else if sight.nature == Nature::Interactive
            && sides.1 == Some(Side::Ot)
            && !self.is_intermediate(sight.source)
        {
            Call::NotIntermediate
        } else if sight.nature == Nature::Tunnel || from == Place::External || to == Place::External {
            Call::TunnelOrPublic
        } else if matches!(found, Found::Reversed(_)) {
            Call::WrongInitiator
        } else if sight.nature == Nature::Legacy && sides.0 != sides.1 {
            Call::LegacyUnprotected
        } else {
            Call::NotPermitted
        }
    }

    /// The permission that decides: one that counts, else the one that comes nearest.
    fn permitting(&self, sight: &Sight, places: (Place, Place), ends: (End, End), at: Moment) -> Found {
        let Some(transport) = sight.transport else { return Found::Nothing };
        let onward = self.along(sight, (places, transport), (ends, MayInitiate::Source), at);
        if matches!(onward, Found::Counts(_)) {
            return onward;
        }
        let (back, turned) = ((places.1, places.0), (ends.1, ends.0));
        let found = match self.along(sight, (back, transport), (turned, MayInitiate::Destination), at) {
            counts @ Found::Counts(_) => counts,
            other => onward.or(other),
        };
        if found != Found::Nothing || sight.began {
            return found;
        }
        // Seen from the middle: the answer of a permitted conversation looks like its beginning.
        let answers = |number: &u32| {
            self.permit_at(*number).is_some_and(|permit| permit.is_valid(at) && permit.joins(turned.0, turned.1))
        };
        self.joining(back.0, back.1, transport).find(answers).map_or(Found::Nothing, Found::Backwards)
    }

    /// Permissions that lead this way, asked whether this side may begin.
    fn along(
        &self,
        sight: &Sight,
        ((from, to), transport): ((Place, Place), Carried),
        ((source, destination), side): ((End, End), MayInitiate),
        at: Moment,
    ) -> Found {
        let mut near = Found::Nothing;
        for number in self.passing(from, to, transport, sight.port) {
            let named = |permit: &&Permit| permit.joins(source, destination) && permit_fits(permit, sight);
            let Some(permit) = self.permit_at(number).filter(named) else { continue };
            let begins = permit.initiator == side || permit.initiator == MayInitiate::Either;
            match (begins, permit.is_valid(at)) {
                (true, true) => return Found::Counts(number),
                (true, false) => near = near.or(Found::Near(number)),
                (false, _) => near = near.or(Found::Reversed(number)),
            }
        }
        near
    }
}

/// True when the permission allows what was done through the flow: an interactive protocol or a tunnel within a port given
/// for something else is not what was permitted, and read-only means that nothing is written.
fn permit_fits(permit: &Permit, sight: &Sight) -> bool {
    let hidden = matches!(sight.nature, Nature::Interactive | Nature::Tunnel) && permit.nature != sight.nature;
    !(hidden || permit.read_only && sight.commands)
}

/// What was found among the permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    Counts(u32),
    /// Would permit, but does not count.
    Near(u32),
    /// Permits the conversation begun from the other end.
    Reversed(u32),
    /// May be the middle of a permitted conversation.
    Backwards(u32),
    Nothing,
}

impl Found {
    fn or(self, other: Self) -> Self {
        if self == Found::Nothing { other } else { self }
    }

    fn permit(self) -> u32 {
        match self {
            Found::Counts(permit) | Found::Near(permit) | Found::Reversed(permit) | Found::Backwards(permit) => permit,
            Found::Nothing => NO_PERMIT,
        }
    }
}

#[cfg(test)]
mod tests;
