//! Traffic judged by the policy: verdicts, crossings, and findings that open, close and come back by themselves.

use std::path::Path;

use glance::auth::Scope;
use glance::checks::Outcome;
use glance::conduits::judging::Call;
use glance::flows::crossings::Gravity;
use glance::flows::importing::{Import, import};
use glance::flows::intake::{LogFile, Progress};
use glance::posture::{Judged, Memory};
use glance::storage::AsOf;
use glance::vocabulary::Reference;
use serde_json::{Value, json};

use super::observation::{row, take_in};
use crate::on_each_engine;
use crate::support::Bed;
use crate::support::http::{Site, Way};

const T: i64 = 1_772_463_000;

async fn zone(site: &Site, token: &Way, reference: &str, kind: &str, subnets: &str) -> Value {
    let body = json!({"reference": reference, "name": reference, "kind": kind, "subnets": [subnets]});
    let answer = site.post_json(token, "/api/v1/zones", &body).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.text());
    answer.json()
}

async fn judged(bed: &Bed, memory: &Memory) -> std::sync::Arc<Judged> {
    let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
    memory.judged(&mut at, bed.store.clock().now()).await.unwrap()
}

/// Each crossing in a line: its words, verdict, gravity and count.
fn told(judged: &std::sync::Arc<Judged>) -> Vec<(String, Call, Gravity, i64)> {
    let living = judged.facts.crossings.iter().map(|held| &held.record).filter(|crossing| crossing.flows > 0);
    let mut told: Vec<_> =
        living.map(|crossing| (crossing.words(), crossing.call, crossing.gravity, crossing.count)).collect();
    told.sort();
    told
}

async fn open_findings(bed: &Bed) -> Vec<(String, String, i64)> {
    let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
    let mut found = at.every::<glance::findings::Finding>().await.unwrap();
    found.retain(|kept| kept.check.starts_with("GL-CON") && !kept.is_settled());
    found.sort_by_key(|kept| (kept.severity, kept.cause.clone()));
    found.into_iter().map(|kept| (format!("{:?}", kept.severity.unwrap()), kept.cause.clone(), kept.count)).collect()
}

async fn follow(bed: &Bed, memory: &Memory) {
    glance::errands::following::follow(&bed.store, memory, bed.organization).await.unwrap();
    bed.clock.advance_seconds(1);
}

on_each_engine! {
    async fn noise_becomes_a_few_facts(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, &[Scope::Read, Scope::Write]).await;
        zone(&site, &token, "CTL", "control", "10.7.1.0/24").await;
        zone(&site, &token, "CORP", "enterprise", "10.9.0.0/16").await;
        let memory = Memory::default();
        let rows: Vec<String> = (20..40).map(|n| row(T, &format!("10.7.1.{n}"), "8.8.8.8", 53, 0)).collect();
        let more = [row(T, "10.7.1.20", "10.9.3.3", 3389, 7), row(T, "10.7.1.20", "10.7.1.21", 502, 7), row(T, "10.7.1.20", "192.168.1.1", 443, 0)];
        take_in(&bed, "tap-1", &[rows, more.to_vec()].concat()).await;
        let before = judged(&bed, &memory).await;
        assert_eq!(told(&before), [
            ("CTL to 192.168.1.1, tcp/443".to_owned(), Call::UnknownEnd, Gravity::Medium, 1),
            ("CTL to 8.8.8.8, dns".to_owned(), Call::DmzBypass, Gravity::High, 20),
            ("CTL to CORP, rdp".to_owned(), Call::DmzBypass, Gravity::Critical, 1),
        ]);
        follow(&bed, &memory).await;
        assert_eq!(open_findings(&bed).await, [
            ("Critical".to_owned(), "CTL to CORP, rdp".to_owned(), 1),
            ("High".to_owned(), "CTL to 8.8.8.8, dns".to_owned(), 20),
            ("Medium".to_owned(), "CTL to 192.168.1.1, tcp/443".to_owned(), 1),
        ]);
        // What was observed is to be evaluated within the organization's thirty days, whatever its severity.
        let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        let found = at.every::<glance::findings::Finding>().await.unwrap();
        let due = found.iter().find(|kept| kept.check == "GL-CON-19").and_then(|kept| kept.due);
        assert_eq!(due, glance::vocabulary::Date::parse("2026-04-01").ok());
        drop(at);
        // A host lies in a zone as that is by now, on the way onward as from cold.
        let hosts = |judged: &std::sync::Arc<Judged>| judged.facts.hosts.iter().map(|held| held.record.zone.clone()).collect::<Vec<_>>();
        assert_eq!(hosts(&judged(&bed, &memory).await), hosts(&judged(&bed, &Memory::default()).await));
        zone(&site, &token, "CELL", "control", "10.7.1.16/28").await;
        bed.clock.advance_seconds(1);
        let now = judged(&bed, &memory).await;
        assert!(hosts(&now).contains(&"CELL".to_owned()), "{:?}", hosts(&now));
        assert_eq!(hosts(&now), hosts(&judged(&bed, &Memory::default()).await));
        let retired = site.get(&token, "/api/v1/zones?q=CELL").await.json()["items"][0]["id"].as_str().unwrap().to_owned();
        let headers = [("content-type", "application/json"), ("if-match", "\"1\"")];
        let gone = site.ask(&token, axum::http::Method::DELETE, &format!("/api/v1/zones/{retired}"), &headers, "{\"reason\":\"no cell\"}").await;
        assert!(gone.status.is_success(), "{}", gone.text());
        bed.clock.advance_seconds(1);
        // More of the same is the same finding, and another process comes to the same.
        take_in(&bed, "tap-1", &[row(T + 5, "10.7.1.44", "8.8.8.8", 53, 0)]).await;
        follow(&bed, &memory).await;
        assert_eq!(open_findings(&bed).await[1], ("High".to_owned(), "CTL to 8.8.8.8, dns".to_owned(), 21));
        assert_eq!(told(&judged(&bed, &memory).await), told(&judged(&bed, &Memory::default()).await));
        // Not seen for thirty days: gone by itself; seen again: back, the same finding.
        bed.clock.advance_seconds(40 * 86_400);
        follow(&bed, &memory).await;
        assert_eq!(open_findings(&bed).await.len(), 3, "a sensor that says nothing clears nothing");
        take_in(&bed, "tap-1", &[row(T + 40 * 86_400, "10.7.1.20", "10.7.1.21", 502, 7)]).await;
        follow(&bed, &memory).await;
        assert!(open_findings(&bed).await.is_empty());
        take_in(&bed, "tap-1", &[row(T + 40 * 86_400, "10.7.1.20", "8.8.8.8", 53, 0)]).await;
        follow(&bed, &memory).await;
        assert_eq!(open_findings(&bed).await, [("High".to_owned(), "CTL to 8.8.8.8, dns".to_owned(), 22)]);
        let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        let found = at.every::<glance::findings::Finding>().await.unwrap();
        assert!(found.iter().any(|kept| kept.reopen_count == 1 && kept.cause == "CTL to 8.8.8.8, dns"));
    }

    async fn a_place_that_changes_is_judged_again(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, &[Scope::Read, Scope::Write]).await;
        zone(&site, &token, "CTL", "control", "10.7.1.0/24").await;
        let memory = Memory::default();
        take_in(&bed, "tap-1", &[row(T, "10.7.1.20", "10.8.1.5", 20000, 9)]).await;
        assert_eq!(told(&judged(&bed, &memory).await)[0].1, Call::UnknownEnd);
        bed.clock.advance_seconds(1);
        zone(&site, &token, "SUB", "control", "10.8.0.0/16").await;
        assert_eq!(told(&judged(&bed, &memory).await), [("CTL to SUB, dnp3".to_owned(), Call::NotPermitted, Gravity::Medium, 1)]);
        // A narrower network takes the address over; an asset's own record takes it from every network.
        bed.clock.advance_seconds(1);
        zone(&site, &token, "CELL", "safety", "10.8.1.0/24").await;
        assert_eq!(told(&judged(&bed, &memory).await)[0].0, "CTL to CELL, dnp3");
        bed.clock.advance_seconds(1);
        let asset = site.post_json(&token, "/api/v1/assets", &json!({"reference": "RTU-5", "name": "RTU", "kind": "rtu", "lifecycle": "in_service", "zone": "SUB"})).await;
        assert_eq!(asset.status.as_u16(), 201, "{}", asset.text());
        let interface = json!({"asset": "RTU-5", "name": "eth0", "addresses": ["10.8.1.5/24"]});
        assert_eq!(site.post_json(&token, "/api/v1/interfaces", &interface).await.status.as_u16(), 201);
        let now = judged(&bed, &memory).await;
        assert_eq!(told(&now)[0].0, "CTL to SUB, dnp3");
        assert_eq!(now.facts.crossings.iter().filter(|held| held.record.flows > 0).count(), 1);
        assert_eq!(told(&now), told(&judged(&bed, &Memory::default()).await));
        let standing = glance::posture::verdicts::of_part(&now, "SR 5.2");
        assert!(standing.iter().any(|verdict| verdict.outcome == Outcome::Fail && verdict.check.code == "GL-CON-13"));
    }

    async fn what_crossed_within_a_period_stays_a_gap(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, &[Scope::Read, Scope::Write]).await;
        let esp = json!({"reference": "ESP-1", "name": "Perimeter", "kind": "control", "esp": true, "subnets": ["10.7.1.0/24"]});
        assert_eq!(site.post_json(&token, "/api/v1/zones", &esp).await.status.as_u16(), 201);
        zone(&site, &token, "CORP", "enterprise", "10.9.0.0/16").await;
        take_in(&bed, "tap-1", &[row(T, "10.9.3.3", "10.7.1.20", 3389, 7)]).await;
        bed.clock.advance_seconds(60 * 86_400);
        take_in(&bed, "tap-1", &[row(T + 60 * 86_400, "10.7.1.20", "10.7.1.21", 502, 7)]).await;
        let today = judged(&bed, &Memory::default()).await;
        let failing = |judged: &Judged| {
            let of = glance::posture::verdicts::of_part(judged, "SC-7");
            of.into_iter().find(|one| one.check.code == "GL-CON-02-M").map(|one| (one.outcome, one.gap))
        };
        assert_eq!(failing(&today).map(|(outcome, _)| outcome), Some(Outcome::Pass), "not seen for thirty days");
        let zero = glance::vocabulary::Moment::ZERO;
        let mut begin = bed.store.snapshot(bed.organization, AsOf::At(zero)).await.unwrap();
        let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        let days = ["2026-01-01", "2026-12-31"].map(|day| glance::vocabulary::Date::parse(day).unwrap());
        let now = bed.store.clock().now();
        let over = Judged::over(&mut begin, &mut at, (zero, now), (days[0], days[1])).await.unwrap();
        let (outcome, gap) = failing(&over).unwrap();
        assert_eq!(outcome, Outcome::Fail);
        assert_eq!(gap.unwrap().until, glance::vocabulary::Date::parse("2026-03-02").ok());
    }

    // The log of a conference's control network, where it lies beside the project: 2,573 rows leave its three networks, nearly
    // all of them names asked of one public server, one of them a tunnel.
    async fn the_conference_log(bed: Bed) {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/zeek-logs/4sics-151020/conn.log");
        if !file.exists() {
            return;
        }
        let site = Site::of(&bed);
        let token = site.token(&bed, &[Scope::Read, Scope::Write]).await;
        for (reference, subnet) in [("C1", "10.10.10.0/24"), ("C2", "192.168.88.0/24"), ("C3", "192.168.89.0/24")] {
            zone(&site, &token, reference, "control", subnet).await;
        }
        let place = tempfile::tempdir().unwrap();
        let import_of = Import {
            organization: bed.organization,
            author: bed.author(),
            sensor: Reference::parse("span-1").unwrap(),
            files: vec![LogFile { name: "conn.log".to_owned(), path: file, found: false }],
            partial: false,
            progress: Progress::default(),
        };
        import(&bed.store, &glance::storage::Blobs::directory(place.path()), import_of).await.unwrap();
        let memory = Memory::default();
        follow(&bed, &memory).await;
        let found = open_findings(&bed).await;
        assert!(found[0].0 == "Critical" && found[0].1.ends_with("openvpn") && found[0].2 == 1, "{found:?}");
        assert!(found.iter().any(|(_, cause, count)| cause.ends_with("8.8.8.8, dns") && *count == 2567), "{found:?}");
        let judged = judged(&bed, &memory).await;
        let told = told(&judged);
        let unexpected: i64 = told.iter().filter(|(_, call, ..)| call.is_unexpected()).map(|(.., count)| count).sum();
        assert_eq!(unexpected, 2573, "{told:?}");
        let mut worst: Vec<_> = told.iter().filter(|(_, call, ..)| call.is_unexpected()).collect();
        worst.sort_by_key(|(words, _, gravity, _)| (*gravity, words.clone()));
        assert!(worst[0].0.ends_with("openvpn") && worst[0].3 == 1, "{worst:?}");
        assert!(worst.iter().any(|(words, .., count)| words.ends_with("8.8.8.8, dns") && *count == 2567), "{worst:?}");
    }
}
