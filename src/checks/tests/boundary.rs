//! What the rules about zones, conduits, access points and monitoring say of small boundaries, sentence by sentence.

use uuid::Uuid;

use super::{NOW, about, id, reference};
use crate::assets::model::{Asset, Category, DialUpAuthentication, FailureMode, Lifecycle, Role};
use crate::checks::facts::{Facts, Limits, Watch};
use crate::checks::judging::{Outcomes, RULES, verdict};
use crate::checks::model::{Outcome, Severity};
use crate::conduits::model::{
    Carried, Conduit, DefaultAction, Direction, Inspection, MayInitiate, PermittedFlow, Protection, Way,
};
use crate::flows::Sensor;
use crate::ids::{AssetId, ConduitId, Id, SiteId, SystemId, UserId, ZoneId};
use crate::register::{Act, Member};
use crate::sites::rules::Criterion;
use crate::sites::{Site, SiteKind};
use crate::systems::System;
use crate::vocabulary::end::packed;
use crate::vocabulary::{Date, Endpoint, Ports, PurdueLevel, Subnet, TimeZone};
use crate::zones::{Zone, ZoneKind};

pub(super) const ENTERPRISE: u8 = 0;
pub(super) const DMZ: u8 = 1;
pub(super) const CONTROL: u8 = 2;
const PUBLIC: u8 = 3;

fn act(user: u128) -> Act {
    let by = Some(Member { user: UserId::from_uuid(Uuid::from_u128(user)), login: format!("u{user}") });
    Act { by, name: format!("u{user}"), at: NOW, reason: String::new() }
}

pub(super) fn date(text: &str) -> Option<Date> {
    Date::parse(text).ok()
}

pub(super) fn zone(n: u8) -> Zone {
    let (kind, level) = [
        (ZoneKind::Enterprise, PurdueLevel::Enterprise),
        (ZoneKind::Dmz, PurdueLevel::Dmz),
        (ZoneKind::Control, PurdueLevel::Operations),
        (ZoneKind::External, PurdueLevel::External),
    ][usize::from(n)];
    Zone {
        reference: reference("Z", n),
        kind: Some(kind),
        purdue_level: Some(level),
        esp: Some(n == CONTROL),
        subnets: if n == PUBLIC { vec![] } else { Subnet::parse(&format!("10.{n}.0.0/16")).into_iter().collect() },
        ..Zone::default()
    }
}

fn asset(name: &str) -> Asset {
    Asset {
        reference: crate::vocabulary::Reference::parse(name).expect("a reference"),
        lifecycle: Some(Lifecycle::InService),
        routable: Some(true),
        ..Asset::default()
    }
}

/// Four zones, a medium system at a control center with one relay in the control zone, and a firewall.
pub(super) fn world() -> Facts {
    let mut facts = Facts::new(Uuid::nil(), NOW, TimeZone::UTC, Limits::default());
    for n in 0..4 {
        facts.put_zone(id(3, n), zone(n));
    }
    let kind = Some(SiteKind::ControlCenter);
    facts.put_site(id(1, 0), Site { reference: reference("S", 0), kind, ..Site::default() });
    let system = System {
        reference: reference("B", 0),
        site: Some(SiteId::from_uuid(id(1, 0))),
        criterion: Criterion::parse("2.5").ok(),
        erc: Some(true),
        ..System::default()
    };
    facts.put_system(id(2, 0), system);
    facts.put_asset(id(4, 0), relay());
    let roles = [Role::Eap].into();
    let firewall = Asset { roles, categories: [Category::Eacms].into(), ..asset("FW-1") };
    facts.put_asset(id(4, 1), firewall);
    facts.boundary.ends = vec![(packed([10, 2, 0, 5].into()), id(4, 0))].into();
    facts
}

fn relay() -> Asset {
    Asset {
        categories: [Category::Bca].into(),
        systems: [SystemId::from_uuid(id(2, 0))].into(),
        zone: Some(ZoneId::from_uuid(id(3, CONTROL))),
        purdue_level: Some(PurdueLevel::Basic),
        ..asset("RLY-1")
    }
}

pub(super) fn conduit(a: u8, b: u8) -> Conduit {
    Conduit {
        reference: reference("C", 0),
        from_zone: Some(ZoneId::from_uuid(id(3, a))),
        to_zone: Some(ZoneId::from_uuid(id(3, b))),
        direction: Some(Direction::Both),
        requested: Some(act(1)),
        approved: Some(act(2)),
        ..Conduit::default()
    }
}

pub(super) fn flow(protocol: &str) -> PermittedFlow {
    PermittedFlow {
        reference: reference("P", 0),
        conduit: Some(ConduitId::from_uuid(id(8, 0))),
        direction: Some(Way::AToB),
        protocol: protocol.to_owned(),
        transport: Some(Carried::Tcp),
        approved: Some(act(2)),
        ..PermittedFlow::default()
    }
}

/// The outcomes of a check with one conduit, in one world after the other.
fn with_conduit(facts: &Facts, conduit: Conduit, code: &str) -> Outcome {
    let mut facts = facts.clone();
    facts.put_conduit(id(8, 0), conduit);
    about(code, &facts).0
}

/// The outcome of a check of a permitted flow through a conduit.
fn with_flow(conduit: &Conduit, flow: PermittedFlow, code: &str) -> Outcome {
    let mut facts = world();
    facts.put_conduit(id(8, 0), conduit.clone());
    facts.put_permitted(id(9, 0), flow);
    about(code, &facts).0
}

use Outcome::{DueSoon, Fail, Indeterminate, NotApplicable, Pass};

#[test]
fn without_conduits_nothing_is_said_of_them() {
    let facts = world();
    for (number, rule) in RULES.iter().enumerate() {
        let kinds = [crate::checks::Over::Conduit, crate::checks::Over::Permitted];
        if kinds.contains(&rule.over) {
            assert!(Outcomes::of(&facts).column(number).is_empty(), "{}", rule.check.code);
        }
    }
}

#[test]
fn conduits_by_the_zones_they_join() {
    let facts = world();
    let mut strict = facts.clone();
    (strict.limits.dmz_required, strict.limits.public_forbidden) = (true, true);
    for (a, b, code, outcome, when_required) in [
        (ENTERPRISE, CONTROL, "GL-CON-01", Fail, NotApplicable),
        (ENTERPRISE, CONTROL, "GL-CON-01-M", NotApplicable, Fail),
        (ENTERPRISE, CONTROL, "GL-CON-03", NotApplicable, NotApplicable),
        (CONTROL, DMZ, "GL-CON-01", Pass, NotApplicable),
        (PUBLIC, CONTROL, "GL-CON-01", Pass, NotApplicable),
        (PUBLIC, CONTROL, "GL-CON-04", Fail, NotApplicable),
        (PUBLIC, CONTROL, "GL-CON-04-M", NotApplicable, Fail),
        (PUBLIC, DMZ, "GL-CON-03", Fail, Fail),
        (DMZ, CONTROL, "GL-CON-03", Pass, Pass),
    ] {
        assert_eq!(with_conduit(&facts, conduit(a, b), code), outcome, "{a} {b} {code}");
        assert_eq!(with_conduit(&strict, conduit(a, b), code), when_required, "{a} {b} {code} required");
    }
    let waiting = Conduit { approved: None, ..conduit(ENTERPRISE, CONTROL) };
    assert_eq!(with_conduit(&facts, waiting, "GL-CON-01"), NotApplicable);
    let gone = Conduit { to_zone: Some(ZoneId::from_uuid(id(3, 4))), ..conduit(ENTERPRISE, CONTROL) };
    assert_eq!(with_conduit(&facts, gone.clone(), "GL-CON-01"), Indeterminate);
    assert_eq!(with_conduit(&facts, gone, "GL-DAT-02"), Fail);
    assert_eq!(with_conduit(&facts, conduit(DMZ, DMZ), "GL-DAT-02"), Fail);
}

#[test]
fn descriptions_and_reviews() {
    let facts = world();
    let told = |a, b| Conduit {
        justification: "Historian replication to the DMZ".to_owned(),
        owner: "Networks".to_owned(),
        eap: Some(AssetId::from_uuid(id(4, 1))),
        ..conduit(a, b)
    };
    assert_eq!(with_conduit(&facts, told(CONTROL, DMZ), "GL-CON-05-M"), Pass);
    assert_eq!(with_conduit(&facts, conduit(CONTROL, DMZ), "GL-CON-05-M"), Fail);
    assert_eq!(with_conduit(&facts, told(CONTROL, DMZ), "GL-CON-05"), NotApplicable);
    assert_eq!(with_conduit(&facts, told(ENTERPRISE, DMZ), "GL-CON-05"), Pass);
    assert_eq!(with_conduit(&facts, Conduit { eap: None, ..told(ENTERPRISE, DMZ) }, "GL-CON-05"), Fail);
    assert_eq!(with_conduit(&facts, told(CONTROL, DMZ), "GL-CON-07"), Pass);
    assert_eq!(with_conduit(&facts, Conduit { requested: Some(act(2)), ..told(CONTROL, DMZ) }, "GL-CON-07"), Fail);
    assert_eq!(with_conduit(&facts, Conduit { requested: None, ..told(CONTROL, DMZ) }, "GL-CON-07"), Indeterminate);
    let mut later = facts.clone();
    later.at = NOW.plus_seconds(500 * 86_400);
    assert_eq!(with_conduit(&later, told(CONTROL, DMZ), "GL-CON-07"), Fail);
    let looked = Conduit { last_reviewed_on: date("2026-12-01"), ..told(CONTROL, DMZ) };
    assert_eq!(with_conduit(&later, looked, "GL-CON-07"), Pass);
}

#[test]
fn access_points() {
    let facts = world();
    let eap = |n: u8| Some(AssetId::from_uuid(id(4, n)));
    let into = conduit(DMZ, CONTROL);
    assert_eq!(with_conduit(&facts, into.clone(), "GL-EAP-01"), Fail);
    assert_eq!(with_conduit(&facts, Conduit { eap: eap(1), ..into.clone() }, "GL-EAP-01"), Pass);
    assert_eq!(with_conduit(&facts, Conduit { eap: eap(0), ..into.clone() }, "GL-EAP-01"), Fail);
    assert_eq!(with_conduit(&facts, Conduit { eap: eap(4), ..into.clone() }, "GL-EAP-01"), Indeterminate);
    assert_eq!(with_conduit(&facts, conduit(DMZ, ENTERPRISE), "GL-EAP-01"), NotApplicable);
    for (action, outcome) in
        [(None, Indeterminate), (Some(DefaultAction::Deny), Pass), (Some(DefaultAction::Allow), Fail)]
    {
        let conduit = Conduit { default_action: action, ..into.clone() };
        assert_eq!(with_conduit(&facts, conduit.clone(), "GL-EAP-02"), outcome);
        if action == Some(DefaultAction::Deny) {
            assert_eq!(with_flow(&conduit, flow("dnp3"), "GL-EAP-02"), Fail);
            let reason = "telemetry to the front end".to_owned();
            assert_eq!(with_flow(&conduit, PermittedFlow { access_reason: reason, ..flow("dnp3") }, "GL-EAP-02"), Pass);
        }
    }
    for (inspection, outcome) in [(None, Indeterminate), (Some(Inspection::None), Fail), (Some(Inspection::Ids), Pass)]
    {
        assert_eq!(with_conduit(&facts, Conduit { inspection, ..into.clone() }, "GL-EAP-04"), outcome);
    }
    let layer_2 = PermittedFlow { transport: Some(Carried::Ethernet), ..flow("goose") };
    assert_eq!(with_flow(&into, layer_2, "GL-EAP-01"), NotApplicable);
}

#[test]
fn devices() {
    let judged = |asset: Asset, code: &str| {
        let mut facts = world();
        facts.put_asset(id(4, 0), asset);
        about(code, &facts).0
    };
    let at = |n: u8| Some(ZoneId::from_uuid(id(3, n)));
    for (asset, code, outcome) in [
        (relay(), "GL-ZON-01-M", Pass),
        (Asset { zone: None, ..relay() }, "GL-ZON-01-M", Fail),
        (Asset { zone: None, ..relay() }, "GL-INV-05", NotApplicable),
        (Asset { zone: None, routable: None, ..relay() }, "GL-ZON-01-M", Indeterminate),
        (relay(), "GL-ZON-02", Pass),
        (Asset { zone: at(DMZ), ..relay() }, "GL-ZON-02", Fail),
        (Asset { zone: at(DMZ), routable: None, ..relay() }, "GL-ZON-02", Indeterminate),
        (Asset { zone: at(DMZ), routable: Some(false), ..relay() }, "GL-ZON-02", NotApplicable),
        (relay(), "GL-ZON-05", NotApplicable),
        (Asset { safety: Some(true), ..relay() }, "GL-ZON-05", Indeterminate),
        (Asset { wireless: Some(true), ..relay() }, "GL-ZON-06", Fail),
        (Asset { transient: Some(true), ..relay() }, "GL-ZON-07", Fail),
        (Asset { transient: Some(true), ..relay() }, "GL-ZON-07-M", Indeterminate),
        (Asset { dial_up: Some(true), ..relay() }, "GL-EAP-06", Indeterminate),
        (
            Asset { dial_up: Some(true), dial_up_authentication: Some(DialUpAuthentication::None), ..relay() },
            "GL-EAP-06",
            Fail,
        ),
        (Asset { roles: [Role::Eap].into(), ..relay() }, "GL-EAP-03", Indeterminate),
        (Asset { roles: [Role::Eap].into(), ..relay() }, "GL-EAP-05", Indeterminate),
        (Asset { roles: [Role::Eap].into(), failure_mode: Some(FailureMode::FailOpen), ..relay() }, "GL-EAP-05", Fail),
        (Asset { zone: at(DMZ), ..asset("DB-1") }, "GL-DMZ-02", Fail),
        (Asset { zone: at(DMZ), roles: [Role::DmzBroker].into(), ..asset("DB-1") }, "GL-DMZ-02", Pass),
        (relay(), "GL-DAT-05", Pass),
        (Asset { zone: at(4), ..relay() }, "GL-DAT-05", Fail),
    ] {
        assert_eq!(judged(asset.clone(), code), outcome, "{code} {asset:?}");
    }
}

#[test]
fn permissions() {
    let into = Conduit { default_action: Some(DefaultAction::Deny), ..conduit(DMZ, CONTROL) };
    let named = |protocol: &str| PermittedFlow {
        ports: vec![Ports { from: 20_000, until: 20_000 }],
        source_assets: [AssetId::from_uuid(id(4, 1))].into(),
        destination_assets: [AssetId::from_uuid(id(4, 0))].into(),
        initiator: Some(MayInitiate::Source),
        ..flow(protocol)
    };
    let out = |protocol: &str| PermittedFlow { direction: Some(Way::BToA), ..named(protocol) };
    let any = |protocol: &str| PermittedFlow { destinations: vec![Endpoint::Zone], ..named(protocol) };
    for (flow, code, outcome) in [
        (named("dnp3"), "GL-CON-06-M", Pass),
        (named("dnp3"), "GL-CON-06", NotApplicable),
        (any("dnp3"), "GL-CON-06-M", Fail),
        (PermittedFlow { ports: vec![], ..named("dnp3") }, "GL-CON-06-M", Fail),
        (out("dnp3"), "GL-CON-06-M", NotApplicable),
        (out("dnp3"), "GL-CON-12-M", Pass),
        (named("dnp3"), "GL-CON-09", NotApplicable),
        (named("dnp3"), "GL-CON-10", Indeterminate),
        (PermittedFlow { encrypted: Some(false), ..named("dnp3") }, "GL-CON-10", Fail),
        (PermittedFlow { protection: Some(Protection::Tls), ..named("dnp3") }, "GL-CON-10", Pass),
        (named("https"), "GL-CON-09", Indeterminate),
        (PermittedFlow { encrypted: Some(true), ..named("https") }, "GL-CON-09", Pass),
        (named("smtp"), "GL-CON-15", Fail),
        (out("smtp"), "GL-CON-15", Pass),
        (named("dnp3"), "GL-DMZ-04", Fail),
        (PermittedFlow { initiator: Some(MayInitiate::Destination), ..named("dnp3") }, "GL-DMZ-04", Pass),
        (named("ssh"), "GL-DMZ-04", NotApplicable),
        (out("ntp"), "GL-DMZ-05", Pass),
        (named("dnp3"), "GL-DAT-03", Pass),
        (named("dnp3"), "GL-CON-08", NotApplicable),
        (PermittedFlow { expires_on: date("2026-01-01"), ..named("dnp3") }, "GL-CON-08", Fail),
        (PermittedFlow { expires_on: date("2026-03-10"), ..named("dnp3") }, "GL-CON-08", DueSoon),
        (named("dnp3"), "GL-CON-14", NotApplicable),
    ] {
        assert_eq!(with_flow(&into, flow.clone(), code), outcome, "{code} {flow:?}");
    }
}

#[test]
fn permissions_by_their_conduit() {
    assert_eq!(with_flow(&conduit(CONTROL, ENTERPRISE), flow("dns"), "GL-DMZ-05"), Fail);
    let one_way = Conduit { unidirectional: Some(true), ..conduit(DMZ, CONTROL) };
    assert_eq!(with_flow(&one_way, flow("dnp3"), "GL-CON-10"), Pass);
}

#[test]
fn unused_and_expired() {
    let mut facts = world();
    facts.at = NOW.plus_seconds(200 * 86_400);
    facts.put_conduit(id(8, 0), conduit(DMZ, CONTROL));
    facts.put_permitted(id(9, 0), flow("dnp3"));
    assert_eq!(about("GL-CON-14", &facts).0, Indeterminate);
    let zones = [ZoneId::from_uuid(id(3, CONTROL))].into();
    let sensor = Sensor { reference: reference("tap", 0), zones, ..Sensor::default() };
    facts.put_sensor(id(7, 0), Watch { sensor, last_data: Some(facts.at) });
    assert_eq!(about("GL-CON-14", &facts).0, Indeterminate);
    facts.boundary.seen_from = Some(NOW);
    assert_eq!(about("GL-CON-14", &facts).0, Fail);
    facts.boundary.used.insert(id(9, 0), facts.at);
    assert_eq!(about("GL-CON-14", &facts).0, Pass);
    facts.put_permitted(id(9, 0), PermittedFlow { expires_on: date("2026-03-10"), ..flow("dnp3") });
    let rule = RULES.iter().find(|rule| rule.check.code == "GL-CON-08").expect("a rule");
    assert_eq!(verdict(rule, &facts, 0).severity(), Severity::High);
    facts.boundary.missed.insert(id(9, 0), facts.at);
    assert_eq!(verdict(rule, &facts, 0).severity(), Severity::Critical);
}
