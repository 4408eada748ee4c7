//! What the rules about zones, monitoring and connectivity say of small boundaries, and which parts all of them inform.

use super::boundary::{CONTROL, DMZ, ENTERPRISE, conduit, date, flow, world, zone};
use super::{NOW, about, id, reference};
use crate::checks::erc::{Connectivity, connectivity};
use crate::checks::facts::{Facts, Host, Watch};
use crate::checks::judging::{RULES, verdict};
use crate::checks::model::Outcome::{self, Fail, Indeterminate, NotApplicable, Pass};
use crate::conduits::model::{Carried, Conduit, PermittedFlow};
use crate::flows::Sensor;
use crate::ids::{AssetId, Id, ZoneId};
use crate::sites::Site;
use crate::vocabulary::{Endpoint, SecurityLevels, Subnet};
use crate::zones::Zone;

/// The outcome of a check about a zone in some world.
fn of_zone(facts: &Facts, n: u8, code: &str) -> (Outcome, String) {
    let rule = RULES.iter().find(|rule| rule.check.code == code).expect("a rule");
    let found = verdict(rule, facts, facts.zones.place(id(3, n)).expect("a zone"));
    (found.outcome, found.because)
}

#[test]
fn zones() {
    let judged = |n: u8, zone: Zone, code: &str| {
        let mut facts = world();
        facts.put_zone(id(3, n), zone);
        of_zone(&facts, n, code)
    };
    let levels = |text: &str| SecurityLevels::parse(text).expect("levels");
    let wide = Zone { subnets: Subnet::parse("10.0.0.0/8").into_iter().collect(), ..zone(DMZ) };
    let (outcome, said) = judged(DMZ, wide, "GL-ZON-08");
    assert_eq!(outcome, Fail);
    assert!(said.contains("10.0.0.0/8 and 10.2.0.0/16 of Z-2: addresses in both count to Z-2"), "{said}");
    assert_eq!(judged(DMZ, zone(DMZ), "GL-ZON-08").0, Pass);
    assert_eq!(judged(CONTROL, zone(CONTROL), "GL-ZON-09").0, Indeterminate);
    let gap = Zone { sl_t: levels("2 2 2 2 3 2 2"), sl_a: levels("2 2 2 2 1 2 2"), ..zone(CONTROL) };
    assert_eq!(judged(CONTROL, gap.clone(), "GL-ZON-09"), (Fail, "FR 5: 1 of 3".to_owned()));
    assert_eq!(judged(CONTROL, gap.clone(), "GL-ZON-10").0, Fail);
    let assessed = Zone { sl_a_assessed_on: date("2026-01-01"), ..gap.clone() };
    assert_eq!(judged(CONTROL, assessed, "GL-ZON-10").0, Pass);
    assert_eq!(judged(CONTROL, Zone { sl_a: gap.sl_t, ..gap }, "GL-ZON-09").0, Pass);
    assert_eq!(judged(ENTERPRISE, zone(ENTERPRISE), "GL-ZON-09").0, NotApplicable);
    assert_eq!(judged(CONTROL, zone(CONTROL), "GL-ZON-11").0, Fail);
    assert_eq!(judged(CONTROL, zone(CONTROL), "GL-ZON-04").0, Fail);
    assert_eq!(judged(CONTROL, zone(CONTROL), "GL-ZON-03-M").0, Pass);
    assert_eq!(judged(DMZ, zone(DMZ), "GL-ZON-03").0, NotApplicable);
    let retired = Zone { retired_on: date("2026-01-01"), ..zone(CONTROL) };
    assert_eq!(judged(CONTROL, retired, "GL-ZON-04").0, NotApplicable);
}

#[test]
fn monitoring_is_advisory_before_its_date_and_mandatory_after() {
    let mut facts = world();
    assert_eq!(of_zone(&facts, CONTROL, "GL-MON-01").0, Fail);
    assert_eq!(of_zone(&facts, CONTROL, "GL-MON-01-M").0, NotApplicable);
    assert_eq!(of_zone(&facts, DMZ, "GL-MON-08").0, Fail);
    facts.at = date("2028-10-02").expect("a date").midnight_utc();
    assert_eq!(of_zone(&facts, CONTROL, "GL-MON-01").0, NotApplicable);
    assert_eq!(of_zone(&facts, CONTROL, "GL-MON-01-M").0, Fail);
    facts.put_site(id(1, 0), Site { reference: reference("S", 0), ..Site::default() });
    assert_eq!(of_zone(&facts, CONTROL, "GL-MON-01-M").0, NotApplicable);
    facts.at = date("2030-10-02").expect("a date").midnight_utc();
    let zones = [ZoneId::from_uuid(id(3, CONTROL))].into();
    let sensor = Sensor { reference: reference("tap", 0), zones, rationale: "core".to_owned(), ..Sensor::default() };
    facts.put_sensor(id(7, 0), Watch { sensor: sensor.clone(), last_data: None });
    assert_eq!(of_zone(&facts, CONTROL, "GL-MON-01-M").0, Pass);
    assert_eq!(of_zone(&facts, CONTROL, "GL-MON-04-M").0, Indeterminate);
    assert_eq!(about("GL-MON-05-M", &facts).0, Fail);
    assert_eq!(about("GL-MON-06-M", &facts).0, Fail);
    assert_eq!(about("GL-MON-07", &facts).0, Indeterminate);
    let kept = Sensor { retention: "90 days".to_owned(), ..sensor };
    facts.put_sensor(id(7, 0), Watch { sensor: kept, last_data: Some(facts.at) });
    assert_eq!(about("GL-MON-05-M", &facts).0, Pass);
    assert_eq!(of_zone(&facts, CONTROL, "GL-MON-04-M").0, Pass);
}

#[test]
fn hosts_inside_a_perimeter() {
    let mut facts = world();
    let host = Host {
        address: "10.2.0.9".to_owned(),
        last_seen: NOW,
        sensor: "tap".to_owned(),
        asset: None,
        zone: "Z-2".to_owned(),
        set_aside: false,
    };
    facts.put_host(id(6, 0), host);
    assert_eq!(about("GL-OBS-01-M", &facts).0, Fail);
    assert_eq!(about("GL-OBS-01", &facts).0, NotApplicable);
    facts.put_zone(id(3, CONTROL), Zone { esp: Some(false), ..zone(CONTROL) });
    assert_eq!(about("GL-OBS-01", &facts).0, Fail);
}

#[test]
fn connectivity_follows_from_conduits() {
    let mut facts = world();
    let system = id(2, 0);
    assert!(matches!(connectivity(&facts, system), Connectivity::Open(_)));
    assert_eq!(about("GL-ERC-01", &facts).0, Indeterminate);
    facts.put_conduit(id(8, 0), conduit(DMZ, CONTROL));
    assert!(matches!(connectivity(&facts, system), Connectivity::None));
    assert_eq!(about("GL-ERC-01", &facts).0, Fail);
    let reaches = |facts: &mut Facts, flow: PermittedFlow| {
        facts.put_permitted(id(9, 0), flow);
        matches!(connectivity(facts, system), Connectivity::Reached(_))
    };
    let net = |text: &str| vec![Endpoint::parse(text).expect("an end")];
    let whole = PermittedFlow { destinations: vec![Endpoint::Zone], ..flow("dnp3") };
    assert!(reaches(&mut facts, whole.clone()));
    assert_eq!(
        about("GL-ERC-01", &facts).1,
        "declared, and reached from Z-1 over P-0 of conduit C-0 into Z-2 to RLY-1"
    );
    assert!(reaches(&mut facts, PermittedFlow { destinations: net("10.2.0.0/24"), ..flow("dnp3") }));
    assert!(!reaches(&mut facts, PermittedFlow { destinations: net("10.2.1.0/24"), ..flow("dnp3") }));
    let named = [AssetId::from_uuid(id(4, 0))].into();
    assert!(reaches(&mut facts, PermittedFlow { destination_assets: named, ..flow("dnp3") }));
    assert!(!reaches(&mut facts, PermittedFlow { expires_on: date("2026-01-01"), ..whole.clone() }));
    assert!(!reaches(&mut facts, PermittedFlow { transport: Some(Carried::Ethernet), ..whole.clone() }));
    assert!(reaches(&mut facts, whole));
    facts.put_conduit(id(8, 0), Conduit { unidirectional: Some(true), ..conduit(DMZ, CONTROL) });
    assert!(matches!(connectivity(&facts, system), Connectivity::None));
}

/// Parts of issue 5 that records can say something of.
const INFORMED: &[&str] = &[
    "CIP-005-7 R1.1",
    "CIP-005-7 R1.2",
    "CIP-005-7 R1.3",
    "CIP-005-7 R1.4",
    "CIP-005-7 R1.5",
    "CIP-003-9 R2 Att1 S3.1",
    "CIP-003-9 R2 Att1 S3.2",
    "CIP-007-6 R1.1",
    "CIP-015-1 R1.1",
    "CIP-015-1 R1.2",
    "CIP-015-1 R1.3",
    "CIP-015-1 R2",
    "CIP-015-1 R3",
    "ZCR 3.1",
    "ZCR 3.2",
    "ZCR 3.3",
    "ZCR 3.4",
    "ZCR 3.5",
    "ZCR 3.6",
    "ZCR 4.1",
    "ZCR 5.6",
    "ZCR 5.8",
    "ZCR 5.11",
    "ZCR 5.12",
    "ZCR 6.3",
    "ZCR 6.4",
    "ZCR 7.1",
    "SR 5.1",
    "SR 5.1 RE 2",
    "SR 5.1 RE 3",
    "SR 5.2",
    "SR 5.2 RE 1",
    "SR 5.2 RE 2",
    "SR 5.2 RE 3",
    "SR 5.3",
    "SR 5.3 RE 1",
    "SR 5.4",
    "800-82r3:5.2.2",
    "800-82r3:5.2.3",
    "800-82r3:5.2.3.1",
    "800-82r3:5.2.3.2",
    "800-82r3:5.2.3.3",
    "800-82r3:5.3.1",
    "800-82r3:5.3.3",
    "800-82r3:5.3.7",
    "800-82r3:5.4.1",
    "800-82r3:5.4.2",
    "800-82r3:5.4.3",
    "SC-7",
    "SC-7(3)",
    "SC-7(4)",
    "SC-7(5)",
    "SC-7(7)",
    "SC-7(8)",
    "SC-7(18)",
    "SC-7(21)",
    "SC-7(28)",
    "SC-7(29)",
];

#[test]
fn parts_of_the_boundary_are_informed() {
    let informs = |part: &&&str| RULES.iter().any(|rule| rule.check.requirements.contains(*part));
    let silent: Vec<_> = INFORMED.iter().filter(|part| !informs(part)).collect();
    assert!(silent.is_empty(), "{silent:?}");
}
