//! What somebody can reach, as lines: what, how, through what, from when until when, why and by whose word.
//!
//! Invariant: pure. A line says only what its record says; a removal that is recorded ends it, a last day that has passed does
//! not.

use uuid::Uuid;

use crate::departures::records::abilities::Holdings;
use crate::departures::rules::held;
use crate::ids::Id as _;
use crate::personnel::model::{AccountKind, AuthorizationKind, AuthorizationStatus};
use crate::personnel::{Account, Authorization};
use crate::register::{Act, field};
use crate::remote_access::Grant;
use crate::remote_access::model::{GrantKind, GrantStatus};
use crate::vocabulary::{Moment, TimeZone};

crate::words! {
    /// Where a line stands at the moment.
    Stand {
        Lapsed = "lapsed", "Lapsed, not removed";
        Open = "open", "Can reach";
        Coming = "coming", "Not yet";
        Asked = "asked", "Asked for";
    }
}

/// One way in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub stand: Stand,
    /// The kind, id and reference of the record.
    pub record: (&'static str, Uuid, String),
    /// What it reaches; empty where the record names nothing.
    pub what: String,
    pub how: &'static str,
    /// Through what and from where.
    pub through: String,
    pub from: Option<Moment>,
    /// Until when, in words.
    pub until: String,
    /// The need, and who approved it.
    pub why: String,
}

/// The ways in of a person at a moment: what stands, what will, what is asked for. What has ended is history.
#[must_use]
pub fn lines(holdings: &Holdings, zone: TimeZone, at: Moment) -> Vec<Line> {
    let by_authorization =
        holdings.authorizations.iter().filter_map(|kept| of_authorization(kept.id.uuid(), kept, holdings, zone, at));
    let by_grant = holdings.grants.iter().filter_map(|kept| of_grant(kept.id.uuid(), kept, holdings, zone, at));
    let by_account = holdings.accounts.iter().filter_map(|kept| of_account(kept.id.uuid(), kept, holdings, at));
    let mut lines: Vec<Line> = by_authorization.chain(by_grant).chain(by_account).collect();
    lines.sort_by_key(|line| line.stand);
    lines
}

/// The need and whose word stands for it.
fn why(need: &str, approved: Option<&Act>, office: &str, zone: TimeZone) -> String {
    let office = if office.is_empty() { String::new() } else { format!(" as {office}") };
    let by = approved.map(|act| format!("approved by {}{office}, {}", act.name, zone.date(act.at)));
    [Some(need.trim().trim_end_matches('.').to_owned()).filter(|need| !need.is_empty()), by]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("; ")
}

fn of_authorization(id: Uuid, one: &Authorization, holdings: &Holdings, zone: TimeZone, at: Moment) -> Option<Line> {
    let (stand, on) = (one.status(zone.day(at)), zone.day(at));
    let stand = match stand {
        _ if one.opens(at) && one.until.is_some_and(|until| until < on) => Stand::Lapsed,
        _ if one.opens(at) => Stand::Open,
        // What was put away and still opens is shown all the same.
        _ if one.retired_on.is_some_and(|day| day <= on) => return None,
        AuthorizationStatus::Authorized | AuthorizationStatus::Provisioned => Stand::Coming,
        AuthorizationStatus::Requested => Stand::Asked,
        _ => return None,
    };
    Some(Line {
        stand,
        record: ("authorization", id, one.reference.to_string()),
        what: held::reach_of_authorization(one, &holdings.names),
        how: one.kind.map_or("", AuthorizationKind::label),
        through: String::new(),
        from: one.provisioned_at,
        until: one.until.map_or_else(|| "until removed".to_owned(), |day| day.to_string()),
        why: why(&one.need, one.approved.as_ref(), &one.approved_as, zone),
    })
}

fn of_grant(id: Uuid, one: &Grant, holdings: &Holdings, zone: TimeZone, at: Moment) -> Option<Line> {
    let stand = match one.status(at) {
        _ if one.opens(at) => Stand::Open,
        _ if one.retired_on.is_some_and(|day| day <= zone.day(at)) => return None,
        GrantStatus::Scheduled | GrantStatus::Active => Stand::Coming,
        GrantStatus::Requested => Stand::Asked,
        _ => return None,
    };
    Some(Line {
        stand,
        record: ("grant", id, one.reference.to_string()),
        what: held::reach_of_grant(one, &holdings.names),
        how: match one.kind {
            Some(GrantKind::Interactive) => "Interactive Remote Access",
            Some(GrantKind::SystemToSystem) => "System-to-system remote access",
            None => "Remote access",
        },
        through: through(one, holdings),
        from: one.begins().or(one.valid_from),
        until: one.ends().map_or_else(String::new, |until| zone.told(until)),
        why: why(&one.purpose, one.approved.as_ref(), &one.approved_as, zone),
    })
}

/// The intermediate system and the sources of a grant.
fn through(grant: &Grant, holdings: &Holdings) -> String {
    let via = grant.via.and_then(|id| holdings.names.get(&id.uuid())).map(|name| format!("through {name}"));
    let sources = field::joined(grant.sources.iter()).replace(';', ", ");
    let sources = if sources.is_empty() { "from anywhere".to_owned() } else { format!("from {sources}") };
    via.into_iter().chain([sources]).collect::<Vec<_>>().join(", ")
}

fn of_account(id: Uuid, one: &Account, holdings: &Holdings, at: Moment) -> Option<Line> {
    one.opens(at).then(|| Line {
        stand: Stand::Open,
        record: ("account", id, one.reference.to_string()),
        what: held::reach_of_account(one, &holdings.names),
        how: match one.kind {
            Some(AccountKind::Individual) | None => "Account",
            Some(AccountKind::Shared) => "Shared account",
            Some(AccountKind::Default) => "Default account",
            Some(AccountKind::Service) => "Service account",
        },
        through: String::new(),
        from: None,
        until: "until disabled".to_owned(),
        why: one.privileges.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::{Stand, lines};
    use crate::departures::records::abilities::Holdings;
    use crate::ids::Id as _;
    use crate::personnel::Authorization;
    use crate::remote_access::Grant;
    use crate::storage::Kept;
    use crate::vocabulary::{Date, Moment, Reference, TimeZone};

    fn kept<T: crate::storage::Audited>(content: T) -> Kept<T> {
        Kept {
            id: T::Id::from_uuid(uuid::Uuid::from_u128(7)),
            version: 1,
            recorded_from: Moment::ZERO,
            recorded_until: Moment::OPEN,
            recorded_by: String::new(),
            reason: String::new(),
            commitment: [0; 32],
            content,
        }
    }

    #[test]
    fn what_stands_and_what_is_over() {
        let at = |seconds| Moment::ZERO.plus_seconds(seconds);
        let one = Authorization {
            reference: Reference::parse("AUTH-1").expect("a reference"),
            provisioned_at: Some(at(10)),
            until: Some(Date::EPOCH),
            need: "Relay tests".to_owned(),
            ..Authorization::default()
        };
        let asked = Grant { valid_until: Some(at(300_000)), ..Grant::default() };
        let holdings =
            Holdings { authorizations: vec![kept(one.clone())], grants: vec![kept(asked)], ..Holdings::default() };
        let found =
            |now| lines(&holdings, TimeZone::UTC, at(now)).into_iter().map(|line| line.stand).collect::<Vec<_>>();
        assert_eq!(found(5), [Stand::Coming, Stand::Asked]);
        assert_eq!(found(20), [Stand::Open, Stand::Asked]);
        // Its last day is over and nobody removed it; the request has run out.
        assert_eq!(found(400_000), [Stand::Lapsed]);
        let removed = Authorization { removed_at: Some(at(15)), ..one };
        let holdings = Holdings { authorizations: vec![kept(removed)], ..Holdings::default() };
        assert!(lines(&holdings, TimeZone::UTC, at(20)).is_empty());
    }
}
