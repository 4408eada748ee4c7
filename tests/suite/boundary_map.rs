//! The map, its file, drift and coverage: what they show, as it stood, to whom, and what hostile names cannot do.

use glance::auth::Scope;
use glance::conduits::Conduit;
use glance::conduits::model::Direction;
use glance::ids::{Id, ZoneId};
use glance::register::Act;
use glance::storage::AsOf;
use glance::vocabulary::{Moment, Reference};
use serde_json::{Value, json};

use super::observation::{row, take_in};
use crate::on_each_engine;
use crate::support::Bed;
use crate::support::http::{Site, Way};

const T: i64 = 1_772_463_000;

async fn made(site: &Site, token: &Way, collection: &str, body: Value) -> String {
    let answer = site.post_json(token, &format!("/api/v1/{collection}"), &body).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.text());
    answer.json()["id"].as_str().unwrap().to_owned()
}

async fn zone(site: &Site, token: &Way, reference: &str, kind: &str, level: &str, subnets: &str) -> String {
    let body = json!({"reference": reference, "name": format!("Zone {reference}"), "kind": kind, "purdue_level": level, "subnets": [subnets]});
    made(site, token, "zones", body).await
}

/// A conduit that was asked for and approved by somebody else.
async fn conduit(bed: &Bed, reference: &str, from: &str, to: &str) {
    let act = |name: &str| {
        Some(Act { by: None, name: name.to_owned(), at: bed.store.clock().now(), reason: "needed".to_owned() })
    };
    let zone = |id: &str| ZoneId::parse(id);
    let content = Conduit {
        reference: Reference::parse(reference).unwrap(),
        from_zone: zone(from),
        to_zone: zone(to),
        direction: Some(Direction::AToB),
        justification: "Replicates the historian into the DMZ".to_owned(),
        requested: act("Ada"),
        approved: act("Ben"),
        ..Conduit::default()
    };
    let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
    change.insert("conduit.create", &content, "asked for").await.unwrap();
    change.commit().await.unwrap();
}

async fn instant(bed: &Bed) -> Moment {
    bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap().instant()
}

/// Three zones, a sensor over one, a conduit, and traffic past it.
async fn scene(bed: &Bed, site: &Site) -> Moment {
    let token = site.token(bed, Scope::ALL).await;
    let control = zone(site, &token, "CTL", "control", "2", "10.7.1.0/24").await;
    let dmz = zone(site, &token, "DMZ", "dmz", "3.5", "10.8.1.0/24").await;
    zone(site, &token, "CORP", "enterprise", "4", "10.9.0.0/16").await;
    made(
        site,
        &token,
        "assets",
        json!({"reference": "RTU-1", "kind": "rtu", "lifecycle": "in_service", "zone": "CTL"}),
    )
    .await;
    bed.clock.advance_seconds(1);
    let before = instant(bed).await;
    bed.clock.advance_seconds(1);
    conduit(bed, "C-1", &control, &dmz).await;
    take_in(bed, "tap-1", &[row(T, "10.7.1.20", "10.9.3.3", 3389, 7), row(T, "10.7.1.20", "10.7.1.21", 502, 7)]).await;
    bed.clock.advance_seconds(1);
    before
}

on_each_engine! {
    async fn the_map_shows_zones_conduits_and_what_crosses(bed: Bed) {
        let site = Site::of(&bed);
        let before = scene(&bed, &site).await;
        let person = site.person(&bed, bed.organization, "engineer", true).await;
        let page = site.get(&person, "/o/larkspur/boundary").await;
        assert_eq!(page.status.as_u16(), 200, "{}", page.text());
        let text = page.text();
        for said in [
            "1 unexpected crossing between zones seen", "Critical, unexpected from Zone CTL to Zone CORP", "2 zones unwatched", "Zone DMZ", "Conduit C-1 from Zone CTL to Zone DMZ",
            "Replicates the historian into the DMZ", "no sensor", "rdp", "class=\"lane dmz\"", "data-open=\"/o/larkspur/boundary?open=ctl\"", "aria-current=\"page\">Map",
        ] {
            assert!(text.contains(said), "{said} is not in {text}");
        }
        assert!(!text.contains("style=\"") && !text.contains("RTU-1"));
        assert!(site.get(&person, "/o/larkspur/boundary?open=ctl").await.text().contains("RTU-1"));
        assert!(site.get(&person, "/o/larkspur/boundary?open=all").await.text().contains("RTU-1"));
        // Narrowed: one zone and what it speaks with; only what fails; a level.
        let around = site.get(&person, "/o/larkspur/boundary?zone=dmz").await.text();
        assert!(around.contains("Conduit C-1") && !around.contains("aria-label=\"Zone CORP"), "{around}");
        let failing = site.get(&person, "/o/larkspur/boundary?only=failing").await.text();
        assert!(failing.contains("aria-label=\"Zone CORP") && !failing.contains("aria-label=\"Zone DMZ"));
        assert_eq!(site.get(&person, "/o/larkspur/boundary?level=4").await.status.as_u16(), 200);
        for bad in ["only=x", "zone=NONE", "level=9", "zone=%3Cscript%3E"] {
            let refused = site.get(&person, &format!("/o/larkspur/boundary?{bad}")).await;
            assert_eq!(refused.status.as_u16(), 422, "{bad}");
            assert!(!refused.text().contains("<script>"));
        }
        // As it stood before the conduit and the traffic.
        let then = site.get(&person, &format!("/o/larkspur/boundary?as_of={}", before.rfc3339())).await.text();
        assert!(then.contains("Zone DMZ") && !then.contains("Conduit C-1") && then.contains("Nothing was observed yet"));
        assert!(!then.contains("New zone") && then.contains("href=\"/o/larkspur/zones/"));
    }

    async fn the_file_is_the_same_drawing_and_leaves_a_leaf(bed: Bed) {
        let site = Site::of(&bed);
        scene(&bed, &site).await;
        let person = site.person(&bed, bed.organization, "engineer", true).await;
        let size = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap().tree_size();
        let file = site.get(&person, "/o/larkspur/boundary.svg").await;
        assert_eq!((file.status.as_u16(), file.header("content-type")), (200, "image/svg+xml"));
        assert!(file.header("content-disposition").starts_with("attachment; filename=\"boundary-"));
        let svg = file.text();
        assert!(svg.starts_with("<svg xmlns=") && svg.contains("role=\"img\"") && svg.contains("Conduit C-1") && !svg.contains("<a ") && !svg.contains("class="));
        assert_eq!(bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap().tree_size(), size + 1);
    }

    async fn hostile_names_stay_texts(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        let hostile = "</svg><script>alert(1)</script>\" onload='x";
        made(&site, &token, "zones", json!({"reference": "Z\"<b>", "name": hostile, "kind": "control"})).await;
        made(&site, &token, "assets", json!({"reference": "<i>A", "kind": "rtu", "lifecycle": "in_service", "zone": "Z\"<b>"})).await;
        bed.clock.advance_seconds(1);
        let person = site.person(&bed, bed.organization, "engineer", true).await;
        for path in ["boundary", "boundary?open=all", "boundary.svg", "boundary/coverage", "boundary/drift"] {
            let text = site.get(&person, &format!("/o/larkspur/{path}")).await.text();
            assert!(!text.contains("<script>alert") && !text.contains("<b>\"") && !text.contains("<i>A"), "{path}");
        }
    }

    async fn drift_tells_policy_and_traffic(bed: Bed) {
        let site = Site::of(&bed);
        scene(&bed, &site).await;
        let person = site.person(&bed, bed.organization, "engineer", true).await;
        let today = bed.store.clock().now().rfc3339()[..10].to_owned();
        let page = site.get(&person, "/o/larkspur/boundary/drift").await;
        assert_eq!(page.status.as_u16(), 200, "{}", page.text());
        let text = page.text();
        for said in ["C-1", "Appeared", "CTL to CORP, rdp", "bypass"] {
            assert!(text.to_lowercase().contains(&said.to_lowercase()), "{said} is not in {text}");
        }
        // A day later: nothing moved within the day, and a change is told field by field.
        bed.clock.advance_seconds(2 * 86_400);
        let token = site.token(&bed, Scope::ALL).await;
        let person = site.person(&bed, bed.organization, "engineer", true).await;
        let listed = site.get(&token, "/api/v1/zones?q=DMZ").await.json();
        let (id, version) = (listed["items"][0]["id"].as_str().unwrap().to_owned(), listed["items"][0]["version"].to_string());
        let changed = site.ask(&token, axum::http::Method::PATCH, &format!("/api/v1/zones/{id}"), &[("content-type", "application/json"), ("if-match", &format!("\"{version}\""))], "{\"owner\": \"OT Security\"}").await;
        assert_eq!(changed.status.as_u16(), 200, "{}", changed.text());
        bed.clock.advance_seconds(1);
        let tomorrow = bed.store.clock().now().rfc3339()[..10].to_owned();
        let text = site.get(&person, &format!("/o/larkspur/boundary/drift?from={tomorrow}&to={tomorrow}")).await.text();
        assert!(text.contains("Owner") && text.contains("OT Security") && text.contains("1 record of the policy differs"), "{text}");
        let csv = site.get(&person, &format!("/o/larkspur/boundary/drift.csv?from={today}")).await;
        assert!(csv.text().starts_with("part,change,kind,") && csv.text().contains("policy,appeared,conduit,C-1"), "{}", csv.text());
        for bad in ["from=soon", "to=2999-01-01", "from=2026-02-30", "from=2026-03-02&to=2026-03-01"] {
            let refused = site.get(&person, &format!("/o/larkspur/boundary/drift?{bad}")).await;
            assert_eq!(refused.status.as_u16(), 422, "{bad}");
        }
    }

    async fn coverage_says_what_nobody_sees(bed: Bed) {
        let site = Site::of(&bed);
        let person = site.person(&bed, bed.organization, "engineer", true).await;
        assert!(site.get(&person, "/o/larkspur/boundary").await.text().contains("No zone yet"));
        assert!(site.get(&person, "/o/larkspur/boundary/coverage").await.text().contains("there is nothing to watch yet"));
        scene(&bed, &site).await;
        let text = site.get(&person, "/o/larkspur/boundary/coverage").await.text();
        assert!(text.contains("0 of 2") && text.contains("nothing would be seen") && text.contains("tap-1") && text.contains("not recorded"), "{text}");
    }

    async fn another_organization_finds_nothing(bed: Bed) {
        let site = Site::of(&bed);
        scene(&bed, &site).await;
        let stranger = site.person(&bed, bed.canary, "administrator", true).await;
        for path in ["boundary", "boundary.svg", "boundary/drift", "boundary/drift.csv", "boundary/coverage"] {
            assert_eq!(site.get(&stranger, &format!("/o/larkspur/{path}")).await.status.as_u16(), 404, "{path}");
        }
        let own = site.get(&stranger, "/o/canary/boundary").await;
        assert!(!own.text().contains("Zone CTL") && own.status.as_u16() == 200);
    }
}
