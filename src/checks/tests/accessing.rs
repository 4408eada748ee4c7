//! Access put record by record: sessions judged again are sessions judged anew, and so is whatever rules say.

use proptest::prelude::*;

use super::{Put, approved, empty, id, put, reference};
use crate::checks::facts::{Facts, Touched, Word};
use crate::checks::judging::Outcomes;
use crate::departures::model::{Ability, AbilityKind, Departure, DepartureKind};
use crate::ids::{AssetId, CircumstanceId, GrantId, Id, PersonId, ReviewId, SystemId, VendorId};
use crate::personnel::model::{
    Account, AccountKind, Appointment, Authorization, AuthorizationKind, CipRole, Circumstance, Party, Person, Vendor,
};
use crate::remote_access::model::{Grant, GrantKind, Mfa, Session};
use crate::reviews::model::{Discrepancy, ReviewKind, ReviewOutcome};
use crate::vocabulary::{Date, Moment};

const PERSON: u128 = 20;
const VENDOR: u128 = 21;
const GRANT: u128 = 22;
const CIRCUMSTANCE: u128 = 23;

fn person_id(n: u8) -> PersonId {
    PersonId::from_uuid(id(PERSON, n))
}

fn device(n: u8) -> AssetId {
    AssetId::from_uuid(id(4, n))
}

fn circumstance_of(how: u8) -> Option<CircumstanceId> {
    (how & 0x60 == 0x60).then(|| CircumstanceId::from_uuid(id(CIRCUMSTANCE, how)))
}

fn later(hours: u8) -> Moment {
    super::NOW.plus_seconds((i64::from(hours) - 128) * 3_600)
}

fn days(how: u8) -> Vec<Date> {
    ["2024-02-01", "2025-05-01", "2026-01-15"][..usize::from(how % 4).min(3)]
        .iter()
        .filter_map(|day| Date::parse(day).ok())
        .collect()
}

fn person(n: u8, how: u8, more: u8) -> Person {
    Person {
        reference: reference("P", n),
        party: [None, Some(Party::Employee), Some(Party::Contractor), Some(Party::Vendor)][usize::from(how % 4)],
        vendor: (how & 8 == 8).then(|| VendorId::from_uuid(id(VENDOR, more))),
        logins: if how & 16 == 16 { vec![format!("login-{}", n % 5)] } else { Vec::new() },
        trained: days(more),
        assessed: days(more >> 2),
        retired_on: (more & 0xc0 == 0xc0).then_some(Date::EPOCH),
        ..Person::default()
    }
}

fn grant(n: u8, how: u8, more: u8) -> Grant {
    Grant {
        reference: reference("G", n),
        kind: [None, Some(GrantKind::Interactive), Some(GrantKind::SystemToSystem)][usize::from(how % 3)],
        person: (how & 4 == 4).then(|| person_id(more)),
        vendor: (how & 8 == 8).then(|| VendorId::from_uuid(id(VENDOR, more))),
        targets: [device(more)].into(),
        systems: (more & 4 == 4).then(|| SystemId::from_uuid(id(2, more))).into_iter().collect(),
        via: Some(device(how)),
        encryption_end: (more & 8 == 8).then(|| device(how)),
        mfa: [None, Some(true), Some(false)][usize::from(more % 3)],
        valid_from: Some(later(how)),
        valid_until: Some(later(how.saturating_add(more))),
        circumstance: circumstance_of(how),
        approved: approved(more),
        ..Grant::default()
    }
}

fn session(n: u8, how: u8, more: u8) -> Session {
    let started_at = later(how);
    let lasted = i64::from(more) * 900;
    let ended_at = (how & 1 == 1).then(|| started_at.plus_seconds(lasted));
    Session {
        gateway: device(how),
        key: format!("s-{n}"),
        kind: if more & 1 == 1 { GrantKind::Interactive } else { GrantKind::SystemToSystem },
        account: format!("login-{}", more % 6),
        source: "10.9.0.1".to_owned(),
        targets: [format!("10.{}.0.{}", n % 4, more % 6), format!("A-{}", more % 5)].into(),
        protocol: "rdp".to_owned(),
        mfa: [None, Some(Mfa::Success), Some(Mfa::NotUsed)][usize::from(more % 3)],
        vendor: if how & 2 == 2 { format!("maker {}", more % 3) } else { String::new() },
        started_at,
        last_activity_at: started_at.plus_seconds(lasted / 2),
        ended_at,
        ended_by: None,
        recording: String::new(),
    }
}

fn departure(n: u8, how: u8, more: u8) -> Departure {
    let kind = if how & 1 == 1 { DepartureKind::Termination } else { DepartureKind::Transfer };
    let ability = |kind, of| Ability {
        kind,
        of,
        reference: String::new(),
        reaches: String::new(),
        needed: None,
        determined_on: None,
    };
    Departure {
        reference: reference("D", n),
        person: Some(person_id(more)),
        kind: Some(kind),
        action_at: Some(later(how)),
        effective_on: Date::parse("2026-02-01").ok(),
        abilities: vec![
            ability(AbilityKind::InteractiveRemote, id(GRANT, how)),
            ability(AbilityKind::UnescortedPhysical, id(24, more)),
            ability(AbilityKind::SharedAccount, id(25, how)),
        ],
        ..Departure::default()
    }
}

fn discrepancy(n: u8, how: u8, more: u8) -> Discrepancy {
    Discrepancy {
        review: ReviewId::from_uuid(id(27, n)),
        review_reference: "REV-1".to_owned(),
        review_kind: ReviewKind::AuthorizationVerification,
        completed_at: (more & 2 == 2).then_some(super::NOW),
        n: i64::from(n),
        kind: "authorization".to_owned(),
        of: id(24, how),
        reference: String::new(),
        person: Some(person_id(more)),
        holder: String::new(),
        reaches: String::new(),
        outcome: ReviewOutcome::Remove,
        note: String::new(),
        decided_at: super::NOW,
        closed_at: (more & 1 == 1).then_some(super::NOW),
    }
}

pub(super) fn put_access(facts: &mut Facts, (kind, n, how, more): Put) -> Touched {
    match kind % 11 {
        0 => facts.put_person(id(PERSON, n), person(n, how, more)),
        1 => {
            let name = format!("Maker {}", how % 3);
            facts.put_vendor(id(VENDOR, n), Vendor { reference: reference("V", n), name, ..Vendor::default() })
        }
        2 => facts.put_grant(id(GRANT, n), grant(n, how, more)),
        3 => {
            let declared_at = Some(later(how));
            facts.put_circumstance(id(CIRCUMSTANCE, n), Circumstance { declared_at, ..Circumstance::default() })
        }
        4 => {
            let kind = AuthorizationKind::ALL.get(usize::from(how % 3)).copied();
            let (person, systems) = (Some(person_id(more)), [SystemId::from_uuid(id(2, how))].into());
            let provisioned_at = (more & 8 == 8).then(|| later(more));
            let removed_at = (how & 0xc0 == 0xc0).then(|| later(how));
            let (approved, circumstance) = (approved(more), circumstance_of(how));
            let reference = reference("Z", n);
            let authorization = Authorization {
                reference,
                person,
                kind,
                systems,
                circumstance,
                approved,
                provisioned_at,
                removed_at,
                ..Authorization::default()
            };
            facts.put_authorization(id(24, n), authorization)
        }
        5 => {
            let kind = AccountKind::ALL.get(usize::from(how % 4)).copied();
            let (owner, people) = ((how & 8 == 8).then(|| person_id(more)), [person_id(how)].into());
            let (asset, password_changed) = (Some(device(more)), days(more));
            let reference = reference("C", n);
            let account = Account { reference, asset, kind, owner, people, password_changed, ..Account::default() };
            facts.put_account(id(25, n), account)
        }
        6 => {
            let role = if how & 1 == 1 { Some(CipRole::SeniorManager) } else { Some(CipRole::Delegate) };
            let (person, from) = (Some(person_id(more)), Date::parse("2026-01-01").ok());
            facts.put_appointment(id(26, n), Appointment { person, role, from, ..Appointment::default() })
        }
        7 => facts.put_departure(id(28, n), departure(n, how, more)),
        8 => facts.put_discrepancies(vec![discrepancy(n, how, more)]),
        9 => facts.put_gateways(
            [(id(4, n), Word { received: later(how), until: (more & 1 == 1).then(|| later(more)) })].into(),
        ),
        _ => {
            facts.access.put_session(id(30, n), session(n, how, more));
            Touched::new()
        }
    }
}

/// Records of every kind, those of access more often.
fn put_any(facts: &mut Facts, one: Put) -> Touched {
    if one.0 < 80 { put(facts, one) } else { put_access(facts, one) }
}

proptest! {
    #[test]
    fn access_judged_again_is_access_judged(puts in prop::collection::vec(any::<Put>(), 1..60)) {
        let mut facts = empty();
        let mut outcomes = Outcomes::of(&facts);
        for one in puts {
            let mut touched = put_any(&mut facts, one);
            touched.extend(facts.settle_boundary());
            touched.extend(facts.settle_access());
            outcomes.again(&facts, &touched);
            prop_assert_eq!(&outcomes, &Outcomes::of(&facts), "after {:?}", one);
            let mut anew = facts.clone();
            anew.access.moved();
            anew.settle_access();
            for (known, judged) in facts.access.sessions.iter().zip(anew.access.sessions.iter()) {
                prop_assert_eq!(&known.record, &judged.record, "after {:?}", one);
            }
            prop_assert_eq!(&facts.access.vendors_unrouted, &anew.access.vendors_unrouted);
            prop_assert_eq!(&facts.access.employee_gateways, &anew.access.employee_gateways);
        }
    }
}

#[test]
fn a_revoked_grant_turns_its_open_session() {
    use crate::remote_access::judging::Fault;
    let mut facts = empty();
    let mut own = grant(0, 0, 0);
    own.kind = Some(GrantKind::Interactive);
    (own.person, own.via, own.approved) = (Some(person_id(0)), Some(device(1)), approved(1));
    (own.valid_from, own.valid_until) = (Some(later(100)), Some(later(200)));
    let mut who = person(0, 1, 0);
    who.logins = vec!["login-0".to_owned()];
    let mut seen = session(0, 128, 0);
    (seen.kind, seen.gateway, seen.mfa) = (GrantKind::Interactive, device(1), Some(Mfa::Success));
    (seen.started_at, seen.last_activity_at) = (super::NOW, super::NOW);
    facts.put_person(id(PERSON, 0), who);
    facts.put_grant(id(GRANT, 0), own.clone());
    facts.access.put_session(id(30, 0), seen);
    facts.settle_access();
    let judged = |facts: &Facts| facts.access.sessions.at(0).record.judged.clone();
    assert_eq!(judged(&facts).grant, Some(GrantId::from_uuid(id(GRANT, 0))));
    assert!(!judged(&facts).faults.contains(&Fault::OpenAfterEnd));
    facts.at = super::NOW.plus_seconds(120);
    own.revoked = approved(1).map(|act| crate::register::Act { at: super::NOW.plus_seconds(60), ..act });
    facts.put_grant(id(GRANT, 0), own);
    assert!(facts.settle_access().contains(&(crate::checks::Over::Session, 0)));
    assert!(judged(&facts).faults.contains(&Fault::OpenAfterEnd));
}
