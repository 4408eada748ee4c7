//! The rules of the boundary through the product, on both engines: a system's connectivity as conduits give it, levels with
//! their gaps, and what a package says of conduits, permissions and access points.

use axum::http::Method;
use glance::auth::Scope;
use glance::checks::Outcome;
use glance::ids::{Id, PackageId};
use glance::posture::{Memory, verdicts};
use glance::storage::AsOf;
use serde_json::{Value, json};

use crate::on_each_engine;
use crate::support::Bed;
use crate::support::http::{Site, Way};

const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];

async fn made(site: &Site, way: &Way, collection: &str, body: Value) -> String {
    let answer = site.post_json(way, &format!("/api/v1/o/larkspur/{collection}"), &body).await;
    assert_eq!(answer.status.as_u16(), 201, "{collection} {body}: {}", answer.text());
    answer.json()["id"].as_str().unwrap().to_owned()
}

/// A relay of a medium system in an ESP, a broker in the DMZ, and a conduit between them through a firewall.
struct World {
    site: Site,
    engineer: Way,
    system: String,
    zone: String,
}

async fn world(bed: &Bed) -> World {
    let site = Site::of(bed);
    let engineer = site.person(bed, bed.organization, "engineer compliance", true).await;
    let approver = site.person(bed, bed.organization, "approver", true).await;
    let e = &engineer;
    made(&site, e, "sites", json!({"reference": "CC", "name": "Control center", "kind": "control_center", "criteria": ["2.5"], "criteria_reason": "345 kV"})).await;
    let system = made(&site, e, "systems", json!({"reference": "EMS", "name": "EMS", "site": "CC", "criterion": "2.5", "impact_reason": "at CC", "erc": false, "erc_reason": "No way in was known"})).await;
    let zone = made(&site, e, "zones", json!({"reference": "CTL", "name": "Control", "kind": "control", "purdue_level": "3", "esp": true, "subnets": ["10.7.1.0/24"], "sl_t": "3 3 3 2 3 2 2", "sl_a": "2 3 3 2 3 - 2"})).await;
    made(
        &site,
        e,
        "zones",
        json!({"reference": "DMZ", "name": "DMZ", "kind": "dmz", "purdue_level": "3.5", "subnets": ["10.7.50.0/24"]}),
    )
    .await;
    made(&site, e, "assets", json!({"reference": "RTU-1", "name": "RTU", "kind": "rtu", "lifecycle": "in_service", "site": "CC", "systems": ["EMS"], "categories": ["BCA"], "zone": "CTL", "routable": true})).await;
    made(&site, e, "assets", json!({"reference": "FW-1", "name": "Firewall", "kind": "firewall", "lifecycle": "in_service", "site": "CC", "categories": ["EACMS"], "roles": ["eap"], "failure_mode": "fail_closed"})).await;
    let conduit = made(&site, e, "conduits", json!({"reference": "C-1", "name": "Telemetry", "from_zone": "DMZ", "to_zone": "CTL", "direction": "a_to_b", "eap": "FW-1", "default_action": "deny", "inspection": "ids", "justification": "Telemetry through the broker only", "owner": "Network"})).await;
    let flow = made(&site, e, "permitted_flows", json!({"reference": "PF-1", "conduit": "C-1", "protocol": "dnp3", "transport": "tcp", "ports": ["20000"], "sources": ["10.7.50.5"], "destination_assets": ["RTU-1"], "initiator": "source", "access_reason": "Polling of the RTU"})).await;
    let path = format!("/o/larkspur/conduits/{conduit}/approval");
    let body = format!("version=1&reason=Seen&permitted_flows={flow}");
    let answer = site.ask(&approver, Method::POST, &path, &FORM, &body).await;
    assert_eq!(answer.status.as_u16(), 303, "{}", answer.text());
    bed.clock.advance_seconds(1);
    World { site, engineer, system, zone }
}

/// The outcomes of a check, by the reference of what it is about.
async fn outcomes(bed: &Bed, part: &str, code: &str) -> Vec<(String, Outcome)> {
    let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
    let judged = Memory::default().judged(&mut at, bed.store.clock().now()).await.unwrap();
    let found = verdicts::of_part(&judged, part).into_iter().filter(|one| one.check.code == code);
    found.map(|one| (one.subject.reference, one.outcome)).collect()
}

on_each_engine! {
    async fn connectivity_is_computed_and_shown_with_its_path(bed: Bed) {
        let World { site, engineer, system, .. } = world(&bed).await;
        let page = site.get(&engineer, &format!("/o/larkspur/systems/{system}?tab=connectivity")).await;
        let text = page.text();
        assert_eq!(page.status.as_u16(), 200, "{text}");
        for said in ["Declared without ERC", "Computed: it has ERC", "PF-1", "FW-1", "RTU-1"] {
            assert!(text.contains(said), "{said}: {text}");
        }
        let declared = outcomes(&bed, "CIP-002-5.1a R1.2", "GL-ERC-01").await;
        assert_eq!(declared, [("EMS".to_owned(), Outcome::Fail)]);
    }

    async fn access_points_are_judged_and_unknown_rules_are_said_to_be(bed: Bed) {
        world(&bed).await;
        for (part, code, reference, outcome) in [
            ("SC-7(3)", "GL-EAP-01", "C-1", Outcome::Pass),
            ("SC-7(5)", "GL-EAP-02", "C-1", Outcome::Pass),
            ("SI-4(4)", "GL-EAP-04", "C-1", Outcome::Pass),
            ("CM-6", "GL-EAP-03", "FW-1", Outcome::Indeterminate),
            ("SC-7(18)", "GL-EAP-05", "FW-1", Outcome::Pass),
            ("CIP-005-7 R1.1", "GL-ZON-02", "RTU-1", Outcome::Pass),
        ] {
            let found = outcomes(&bed, part, code).await;
            assert!(found.contains(&(reference.to_owned(), outcome)), "{code}: {found:?}");
        }
    }

    async fn levels_are_shown_with_their_gaps(bed: Bed) {
        let World { site, engineer, zone, .. } = world(&bed).await;
        let page = site.get(&engineer, "/o/larkspur/boundary/levels").await;
        let text = page.text();
        assert_eq!(page.status.as_u16(), 200, "{text}");
        assert!(text.contains(&zone) && text.contains("2 of 3") && text.contains("gap 1") && text.contains("- of 2"), "{text}");
        assert_eq!(outcomes(&bed, "ZCR 5.11", "GL-ZON-09").await[0], ("CTL".to_owned(), Outcome::Fail));
    }

    async fn a_package_for_the_perimeter_holds_what_is_permitted_and_why(bed: Bed) {
        let World { site, .. } = world(&bed).await;
        let token = site.token(&bed, Scope::ALL).await;
        let build = async |scope: &str| {
            let order = json!({"period": "2026-03-01..2026-03-02", "scope": [scope], "reason": "mock audit"});
            let ordered = site.post_json(&token, "/api/v1/packages", &order).await;
            assert_eq!(ordered.status.as_u16(), 201, "{}", ordered.text());
            bed.clock.advance_seconds(1);
            site.build_packages().await;
            let id = PackageId::parse(ordered.json()["id"].as_str().unwrap()).unwrap();
            let file = site.get(&token, &format!("/api/v1/packages/{id}/file")).await;
            assert_eq!(file.status.as_u16(), 200, "{}", file.text());
            file.body
        };
        let perimeter = tabs(&build("CIP-005-7 R1").await);
        let of = |name: &str| perimeter.iter().find(|(path, _)| path.ends_with(name)).map(|(_, text)| text.as_str()).unwrap();
        assert!(of("tabs/Conduits.csv").contains("Telemetry through the broker only"));
        assert!(of("tabs/Permitted_flows.csv").contains("Polling of the RTU"));
        assert!(of("tabs/Security_levels.csv").contains("FR 1 Identification and authentication control,3,2,1"));
        assert!(of("tabs/EAP.csv").contains("C-1: IDS"), "{}", of("tabs/EAP.csv"));
        assert!(of("99_LIMITS.md").contains("access points whose deployed rules cannot be compared"));
        let other = tabs(&build("CIP-007-6 R2").await);
        assert!(other.iter().all(|(path, _)| !path.ends_with("Conduits.csv")), "{other:?}");
    }
}

/// The tabs and limits of a package.
fn tabs(bytes: &[u8]) -> Vec<(String, String)> {
    use std::io::Read;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut found = Vec::new();
    for n in 0..archive.len() {
        let mut file = archive.by_index(n).unwrap();
        let name = file.name().unwrap().into_owned();
        if name.contains("/tabs/") || name.ends_with("99_LIMITS.md") {
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            found.push((name, text));
        }
    }
    found
}
