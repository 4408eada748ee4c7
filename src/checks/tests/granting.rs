//! What the rules about grants, vendors and sessions say, case by case, and the gaps they tell.

use super::access::{GATEWAY, PERSON, act, gaps, grant, noon, on, person, rated, session, with_erc};
use super::boundary::{DMZ, date, zone};
use super::{NOW, about, id, reference};
use crate::assets::model::Asset;
use crate::checks::facts::{Facts, Word};
use crate::checks::judging::RULES;
use crate::checks::model::Gap;
use crate::checks::model::Outcome::{Fail, Indeterminate, NotApplicable, Pass};
use crate::ids::{AssetId, CircumstanceId, Id, VendorId};
use crate::personnel::model::{Circumstance, Party, Person, Vendor};
use crate::remote_access::model::{EndedBy, Grant, GrantKind, Mfa, Session};
use crate::vocabulary::Moment;
use crate::zones::Zone;

pub(super) fn granted(grant: Grant) -> Facts {
    let mut facts = rated();
    facts.put_person(id(PERSON, 0), person());
    facts.put_grant(id(22, 0), grant);
    facts.settle_access();
    facts
}

#[test]
fn grants_as_they_should_be() {
    let elsewhere = Some(AssetId::from_uuid(id(4, 1)));
    for (code, grant, outcome) in [
        ("GL-RA-01-M", grant(), Pass),
        ("GL-RA-01-M", Grant { via: elsewhere, ..grant() }, Fail),
        ("GL-RA-01-M", Grant { via: None, valid_until: Some(noon("02-10")), ..grant() }, NotApplicable),
        ("GL-RA-01-M", Grant { kind: Some(GrantKind::SystemToSystem), via: None, ..grant() }, NotApplicable),
        ("GL-RA-02-M", Grant { encryption_end: elsewhere, ..grant() }, Fail),
        ("GL-RA-02-M", Grant { encryption_end: None, ..grant() }, Indeterminate),
        ("GL-RA-03-M", Grant { mfa: Some(false), ..grant() }, Fail),
        ("GL-RA-03-M", Grant { mfa: None, ..grant() }, Indeterminate),
        ("GL-RA-03-M", Grant { mfa: Some(false), approved: None, ..grant() }, NotApplicable),
        ("GL-RA-04-M", grant(), Pass),
    ] {
        assert_eq!(about(code, &granted(grant)).0, outcome, "{code}");
    }
    for (code, grant, outcome) in [
        ("GL-RA-03", Grant { mfa: Some(false), ..grant() }, NotApplicable),
        ("GL-RA-04", grant(), Pass),
        ("GL-RA-04", Grant { approved: act(1, noon("01-30")), ..grant() }, Fail),
        ("GL-RA-05", grant(), Pass),
        ("GL-RA-05", Grant { valid_until: Some(on("2027-03-01")), ..grant() }, Fail),
        ("GL-RA-16", Grant { split_tunnel: Some(true), ..grant() }, Fail),
        ("GL-RA-16", Grant { split_tunnel: None, ..grant() }, Indeterminate),
        ("GL-RA-08", grant(), NotApplicable),
    ] {
        assert_eq!(about(code, &granted(grant)).0, outcome, "{code}");
    }
    assert_eq!(gaps("GL-RA-04-M", &granted(grant())), "");
    let mut facts = granted(Grant { mfa: Some(false), ..grant() });
    with_erc(&mut facts, Some(false));
    assert_eq!((about("GL-RA-03-M", &facts).0, about("GL-RA-03", &facts).0), (NotApplicable, Fail));
    with_erc(&mut facts, None);
    assert_eq!((about("GL-RA-03-M", &facts).0, about("GL-RA-03", &facts).0), (Indeterminate, Fail));
}

#[test]
fn the_encryption_may_end_at_another_intermediate_system() {
    let other = Some(AssetId::from_uuid(id(4, 9)));
    let mut facts = granted(Grant { encryption_end: other, ..grant() });
    let said = |facts: &Facts| ["GL-RA-02-M", "GL-RA-02"].map(|code| about(code, facts).0);
    assert_eq!(said(&facts), [Indeterminate, NotApplicable], "it is not in the inventory");
    let second = facts.assets.get(id(4, GATEWAY)).expect("a gateway").clone();
    facts.put_asset(id(4, 9), Asset { reference: reference("JMP", 9), ..second.clone() });
    assert_eq!(said(&facts), [Pass, Fail], "no standard asks that it be the one it goes through");
    facts.put_asset(id(4, 9), Asset { roles: [].into(), ..second.clone() });
    assert_eq!(said(&facts), [Fail, NotApplicable]);
    facts.put_asset(id(4, 9), Asset { zone: None, ..second });
    assert_eq!(said(&facts), [Indeterminate, NotApplicable], "where it lies is not recorded");
    with_erc(&mut facts, Some(false));
    assert_eq!(said(&facts), [NotApplicable, Fail]);
    assert_eq!(["GL-RA-02-M", "GL-RA-02"].map(|code| about(code, &granted(grant())).0), [Pass, Pass]);
}

#[test]
fn a_gateway_whose_place_is_not_recorded_leaves_it_open() {
    let mut facts = granted(grant());
    facts.access.put_session(id(30, 0), session());
    facts.settle_access();
    let said = |facts: &Facts| ["GL-RA-01-M", "GL-RA-19-M"].map(|code| about(code, facts).0);
    assert_eq!(said(&facts), [Pass, Pass]);
    for (esp, expected) in [(None, Indeterminate), (Some(true), Fail)] {
        facts.put_zone(id(3, DMZ), Zone { esp, ..zone(DMZ) });
        facts.settle_access();
        assert_eq!(said(&facts), [expected, expected]);
    }
    let gateway = facts.assets.get(id(4, GATEWAY)).expect("a gateway").clone();
    facts.put_asset(id(4, GATEWAY), Asset { zone: None, ..gateway });
    facts.settle_access();
    assert_eq!(said(&facts), [Indeterminate, Indeterminate]);
}

#[test]
fn an_emergency_is_approved_when_it_is_over() {
    let circumstance = Some(CircumstanceId::from_uuid(id(23, 0)));
    let mut facts = granted(Grant { approved: None, circumstance, ..grant() });
    assert_eq!(about("GL-RA-04-M", &facts).0, Indeterminate);
    let declared = Circumstance { declared_at: Some(noon("01-31")), ..Circumstance::default() };
    facts.put_circumstance(id(23, 0), declared.clone());
    assert_eq!(about("GL-RA-04-M", &facts).0, Pass);
    facts.put_circumstance(id(23, 0), Circumstance { ended_at: Some(noon("02-10")), ..declared });
    assert_eq!((about("GL-RA-04-M", &facts).0, gaps("GL-RA-04-M", &facts).as_str()), (Fail, "from 2026-02-10 on"));
    facts.put_grant(id(22, 0), Grant { circumstance, approved: act(2, noon("02-15")), ..grant() });
    assert_eq!(
        (about("GL-RA-04-M", &facts).0, gaps("GL-RA-04-M", &facts).as_str()),
        (Pass, "from 2026-02-10 to 2026-02-15")
    );
}

#[test]
fn vendors_come_as_employees_do_and_can_be_put_out() {
    let vendor = Some(VendorId::from_uuid(id(21, 0)));
    let own = Grant { person: None, vendor, ..grant() };
    let mut facts = granted(own.clone());
    facts.put_vendor(id(21, 0), Vendor { reference: reference("V", 0), ..Vendor::default() });
    facts.settle_access();
    assert_eq!(about("GL-RA-08", &facts).0, Indeterminate);
    assert_eq!(about("GL-RA-10-M", &facts).0, Fail);
    assert_eq!(about("GL-RA-11", &facts).0, NotApplicable);
    assert_eq!(about("GL-RA-18", &facts).0, NotApplicable);
    assert_eq!(about("GL-RA-09-M", &facts).0, Fail);
    facts.put_grant(id(22, 1), Grant { reference: reference("G", 1), ..grant() });
    let method = "switch off the account".to_owned();
    let tried = Grant { disable_method: method.clone(), disable_tested_on: date("2026-01-01"), ..own.clone() };
    facts.put_grant(id(22, 0), tried);
    facts.put_gateways([(id(4, GATEWAY), Word { received: NOW, until: None })].into());
    facts.settle_access();
    for code in ["GL-RA-08", "GL-RA-10-M", "GL-RA-10", "GL-RA-09-M"] {
        assert_eq!(about(code, &facts).0, Pass, "{code}");
    }
    // Employees that come no more are none to compare with.
    let over = Some(NOW.plus_seconds(-60));
    facts.put_grant(id(22, 1), Grant { reference: reference("G", 1), valid_until: over, ..grant() });
    facts.settle_access();
    assert_eq!(about("GL-RA-08", &facts).0, Indeterminate);
    facts.put_grant(
        id(22, 0),
        Grant {
            disable_method: method,
            disable_tested_on: date("2024-01-01"),
            targets: [AssetId::from_uuid(id(4, GATEWAY))].into(),
            ..own
        },
    );
    facts.at = NOW.plus_seconds(3600);
    facts.settle_access();
    assert_eq!(about("GL-RA-10", &facts).0, Fail);
    let mut none = rated();
    assert_eq!(about("GL-RA-09-M", &none).0, Indeterminate);
    none.put_vendor(id(21, 0), Vendor { remote_access: Some(false), ..Vendor::default() });
    assert_eq!(about("GL-RA-09-M", &none).0, Pass);
}

#[test]
fn a_vendors_grant_without_a_gateway_leaves_open_who_is_in() {
    let vendor = Some(VendorId::from_uuid(id(21, 0)));
    let mut facts = granted(Grant { person: None, vendor, via: None, ..grant() });
    assert_eq!(["GL-RA-08", "GL-RA-09-M"].map(|code| about(code, &facts).0), [Indeterminate, Indeterminate]);
    let over = Some(NOW.plus_seconds(60));
    facts.put_grant(id(22, 0), Grant { person: None, vendor, via: None, valid_until: over, ..grant() });
    facts.put_grant(id(22, 1), Grant { reference: reference("G", 1), person: None, vendor, ..grant() });
    facts.put_gateways([(id(4, GATEWAY), Word { received: NOW, until: None })].into());
    facts.settle_access();
    assert_eq!(about("GL-RA-09-M", &facts).0, Indeterminate);
    facts.at = NOW.plus_seconds(61);
    facts.settle_access();
    assert_eq!(about("GL-RA-09-M", &facts).0, Pass);
    // A file that came just now may end long ago.
    let stale = Word { received: facts.at, until: Some(NOW.plus_seconds(-3_600)) };
    facts.put_gateways([(id(4, GATEWAY), stale)].into());
    assert_eq!(about("GL-RA-09-M", &facts).0, Fail);
}

#[test]
fn whoever_works_for_a_vendor_comes_as_one() {
    let mut facts = granted(grant());
    assert_eq!(about("GL-RA-10-M", &facts).0, NotApplicable);
    let vendor = Some(VendorId::from_uuid(id(21, 0)));
    facts.put_person(id(PERSON, 0), Person { vendor, party: Some(Party::Contractor), ..person() });
    facts.settle_access();
    assert_eq!(about("GL-RA-10-M", &facts).0, Fail);
}

#[test]
fn sessions_keep_to_their_grants() {
    let judged = |session: Session, code: &str| {
        let mut facts = granted(grant());
        facts.access.put_session(id(30, 0), session);
        facts.settle_access();
        let own = RULES.iter().find(|rule| rule.check.code == code).expect("a rule");
        (about(code, &facts).0, own.gaps.map(|gaps| Gap::told(&gaps(&facts, 0))).unwrap_or_default())
    };
    let day = "from 2026-02-20 to 2026-02-20";
    let direct = AssetId::from_uuid(id(4, 1));
    let between = |gateway| Session { kind: GrantKind::SystemToSystem, gateway, ..session() };
    let late = Some(session().started_at.plus_seconds(7_200));
    for (code, session, outcome, gap) in [
        ("GL-RA-06", session(), Pass, ""),
        ("GL-RA-06", Session { account: "eve".to_owned(), ..session() }, Fail, day),
        ("GL-RA-06", Session { targets: ["FW-1".to_owned()].into(), ..session() }, Fail, day),
        ("GL-RA-06", Session { targets: [].into(), ..session() }, Indeterminate, ""),
        ("GL-RA-20-M", Session { mfa: Some(Mfa::NotUsed), ..session() }, Fail, day),
        ("GL-RA-20", Session { mfa: Some(Mfa::NotUsed), ..session() }, NotApplicable, ""),
        ("GL-RA-20-M", Session { mfa: None, ..session() }, Indeterminate, ""),
        ("GL-RA-19-M", Session { gateway: direct, ..session() }, Fail, day),
        ("GL-RA-19", Session { gateway: direct, ..session() }, NotApplicable, ""),
        ("GL-RA-19-M", between(direct), Pass, ""),
        ("GL-RA-19", between(direct), Pass, ""),
        ("GL-RA-07", Session { ended_at: None, ..session() }, Fail, ""),
        ("GL-RA-07", session(), Pass, ""),
        ("GL-RA-07", Session { ended_at: late, ..session() }, Fail, ""),
        ("GL-RA-07", Session { ended_at: late, ended_by: Some(EndedBy::Idle), ..session() }, Pass, ""),
        (
            "GL-RA-07",
            Session { ended_at: late, last_activity_at: session().started_at, ..session() },
            Indeterminate,
            "",
        ),
        ("GL-RA-20", Session { mfa: None, ..session() }, NotApplicable, ""),
    ] {
        assert_eq!(judged(session, code), (outcome, gap.to_owned()), "{code}");
    }
    // Long ago it says nothing of now, and stays a gap.
    let old = |end: Moment| Session {
        account: "eve".to_owned(),
        started_at: noon("01-10"),
        last_activity_at: noon("01-10"),
        ended_at: Some(end),
        ..session()
    };
    assert_eq!(
        judged(old(noon("01-10").plus_seconds(60)), "GL-RA-06"),
        (NotApplicable, "from 2026-01-10 to 2026-01-10".to_owned())
    );
}

#[test]
fn a_machine_comes_through_what_it_was_granted_through() {
    let machine = Grant { kind: Some(GrantKind::SystemToSystem), ..grant() };
    let through = |grant: Grant, gateway: AssetId| {
        let mut facts = granted(grant);
        facts.access.put_session(id(30, 0), Session { kind: GrantKind::SystemToSystem, gateway, ..session() });
        facts.settle_access();
        (about("GL-RA-19", &facts).0, about("GL-RA-19-M", &facts).0)
    };
    let other = AssetId::from_uuid(id(4, 1));
    assert_eq!(through(machine.clone(), session().gateway), (Pass, Pass));
    assert_eq!(through(machine.clone(), other), (Fail, Pass), "no standard asks for that");
    assert_eq!(through(Grant { via: None, ..machine }, other), (Pass, Pass));
}
