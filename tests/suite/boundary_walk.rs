//! The boundary walked from a first log to the package, on both engines: findings by themselves, a conduit asked for and
//! approved, an exception that ends by itself, drift, the map, and the map in the package.

use axum::http::Method;
use glance::auth::Scope;
use glance::checks::Outcome;
use glance::conduits::judging::Call;
use glance::evidence::Package;
use glance::ids::{Id, PackageId};
use glance::posture::{Judged, Memory, verdicts};
use glance::storage::AsOf;
use serde_json::{Value, json};

use super::observation::take_in;
use crate::on_each_engine;
use crate::support::Bed;
use crate::support::http::{Answer, Site, Way};

const T: i64 = 1_772_463_000;
const DAY: i64 = 86_400;
const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];

/// A name asked for over UDP that nobody answered.
fn asked(at: i64, from: &str, to: &str) -> String {
    format!("{at}.5\t{from}\t{to}\t53\tudp\tdns\t40\t0\tS0\t-\n")
}

async fn made(site: &Site, way: &Way, collection: &str, body: Value) -> Value {
    let answer = site.post_json(way, &format!("/api/v1/o/larkspur/{collection}"), &body).await;
    assert_eq!(answer.status.as_u16(), 201, "{collection} {body}: {}", answer.text());
    answer.json()
}

async fn post(site: &Site, way: &Way, path: &str, body: &str) -> Answer {
    let answer = site.ask(way, Method::POST, path, &FORM, body).await;
    assert_eq!(answer.status.as_u16(), 303, "{path}: {}", answer.text());
    answer
}

async fn follow(bed: &Bed, memory: &Memory) -> std::sync::Arc<Judged> {
    glance::errands::following::follow(&bed.store, memory, bed.organization).await.unwrap();
    bed.clock.advance_seconds(1);
    let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
    memory.judged(&mut at, bed.store.clock().now()).await.unwrap()
}

/// How what crosses under these words is judged, and whether its finding is open.
async fn stands(bed: &Bed, judged: &Judged, words: &str) -> (Call, Option<String>) {
    let crossing = judged.facts.crossings.iter().map(|held| &held.record);
    let found = crossing.filter(|one| one.flows > 0 && one.words() == words).map(|one| one.call).next().unwrap();
    let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
    let findings = at.every::<glance::findings::Finding>().await.unwrap();
    (found, findings.into_iter().find(|kept| kept.cause == words).map(|kept| kept.state.word().to_owned()))
}

const DIRECT: &str = "CTL to 8.8.8.8, dns";

on_each_engine! {
    async fn from_the_first_log_to_the_package(bed: Bed) {
        let site = Site::of(&bed);
        let engineer = site.person(&bed, bed.organization, "engineer compliance", true).await;
        let approver = site.person(&bed, bed.organization, "approver", true).await;
        let memory = Memory::default();
        for (reference, kind, subnets) in [("CTL", "control", json!(["10.7.1.0/24"])), ("DMZ", "dmz", json!(["10.7.50.0/24"])), ("NET", "external", json!([]))] {
            made(&site, &engineer, "zones", json!({"reference": reference, "name": reference, "kind": kind, "subnets": subnets})).await;
        }
        let rows: Vec<String> = (20..40).map(|n| asked(T, &format!("10.7.1.{n}"), "8.8.8.8")).collect();
        take_in(&bed, "tap-1", &rows).await;
        let judged = follow(&bed, &memory).await;
        assert_eq!(stands(&bed, &judged, DIRECT).await, (Call::DmzBypass, Some("open".to_owned())));

        // A conduit to a proxy in the DMZ: requested by one, approved by another.
        let conduit = made(&site, &engineer, "conduits", json!({"reference": "C-DNS", "name": "Names for control", "from_zone": "CTL", "to_zone": "DMZ", "direction": "a_to_b", "justification": "Devices look up names through the proxy only", "owner": "Network"})).await;
        made(&site, &engineer, "permitted_flows", json!({"reference": "PF-DNS", "conduit": "C-DNS", "protocol": "dns", "transport": "udp", "ports": ["53"], "sources": ["zone"], "destinations": ["10.7.50.53"], "access_reason": "Names through the proxy"})).await;
        let proxied: Vec<String> = (20..25).map(|n| asked(T + 60, &format!("10.7.1.{n}"), "10.7.50.53")).collect();
        bed.clock.advance_seconds(90);
        take_in(&bed, "tap-1", &proxied).await;
        let judged = follow(&bed, &memory).await;
        let through = "CTL to DMZ, dns";
        assert_eq!(stands(&bed, &judged, through).await.0, Call::NotPermitted, "nobody approved it yet");
        let flows = site.get(&engineer, "/api/v1/o/larkspur/permitted_flows").await.json();
        let flow = flows["items"][0]["id"].as_str().unwrap();
        let path = format!("/o/larkspur/conduits/{}/approval", conduit["id"].as_str().unwrap());
        post(&site, &approver, &path, &format!("version=1&reason=Seen&permitted_flows={flow}")).await;
        bed.clock.advance_seconds(1);
        let judged = follow(&bed, &memory).await;
        assert_eq!(stands(&bed, &judged, through).await.0, Call::Permitted);
        assert_eq!(stands(&bed, &judged, DIRECT).await, (Call::DmzBypass, Some("open".to_owned())), "the direct ones stay failing");

        // Justified until tomorrow, and failing again when the day is over.
        let body = "key=k1&reference=EX-1&title=Names&kind=policy&checks=GL-CON-02&subjects=crossing:CTL+to+8.8.8.8,+dns&basis=The+proxy+comes&compensating=Watched&from=2026-03-01&expires=2026-03-03";
        let asked_for = post(&site, &engineer, "/o/larkspur/exceptions", body).await;
        let exception = asked_for.header("location").split('?').next().unwrap().to_owned();
        post(&site, &approver, &format!("{exception}/approval"), "version=1&reason=Until+the+proxy").await;
        bed.clock.advance_seconds(1);
        let judged = follow(&bed, &memory).await;
        let outcome = |judged: &Judged| {
            let of = verdicts::of_part(judged, "800-82r3:5.4.1");
            of.into_iter().find(|one| one.check.code == "GL-CON-02" && one.subject.reference == DIRECT).map(|one| one.outcome)
        };
        assert_eq!(outcome(&judged), Some(Outcome::Justified));
        let map = site.get(&engineer, "/o/larkspur/boundary").await.text();
        assert!(map.contains("C-DNS") && map.contains("8.8.8.8"), "{map}");
        bed.clock.advance_seconds(2 * DAY);
        let judged = follow(&bed, &memory).await;
        assert_eq!(outcome(&judged), Some(Outcome::Fail));
        assert_eq!(stands(&bed, &judged, DIRECT).await.1.as_deref(), Some("open"));

        // Two days later everybody signs in anew.
        let engineer = site.person(&bed, bed.organization, "engineer compliance", true).await;

        // Drift between two dates, the map for paper, and both in the package.
        let drift = site.get(&engineer, "/o/larkspur/boundary/drift?from=2026-03-01&to=2026-03-04").await;
        assert_eq!(drift.status.as_u16(), 200);
        assert!(drift.text().contains("C-DNS") && drift.text().contains(DIRECT), "{}", drift.text());
        let print = site.get(&engineer, "/o/larkspur/boundary.svg").await;
        assert!(print.status.as_u16() == 200 && print.text().starts_with("<svg"), "{}", print.text());
        let page = site.get(&engineer, "/o/larkspur/crossings?verdict=dmz_bypass").await.text();
        assert!(page.contains(DIRECT) && !page.contains(through), "{page}");
        let token = site.token(&bed, Scope::ALL).await;
        let order = json!({"period": "2026-03-02..2026-03-04", "scope": ["CIP-005-7 R1", "SR 5.2"], "reason": "mock audit"});
        let ordered = site.post_json(&token, "/api/v1/packages", &order).await;
        assert_eq!(ordered.status.as_u16(), 201, "{}", ordered.text());
        bed.clock.advance_seconds(1);
        site.build_packages().await;
        let id = PackageId::parse(ordered.json()["id"].as_str().unwrap()).unwrap();
        let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        let kept = at.find::<Package>(id).await.unwrap().unwrap();
        assert_eq!(kept.state.word(), "sealed", "{:?}", kept.content);
        let file = site.get(&token, &format!("/api/v1/packages/{id}/file")).await;
        let bytes = String::from_utf8_lossy(&file.body);
        assert!(bytes.contains("01_ert/boundary-map.svg") && bytes.contains("Devices look up names through the proxy only"));
    }
}
