//! Controls, narratives and attestations on both engines, and the pages of frameworks through the router.

use std::collections::BTreeMap;

use axum::http::Method;
use glance::auth::Scope;
use glance::controls::model::{Attestation, Judgment, Narrative};
use glance::controls::{Control, actions, records, rules, starter};
use glance::frameworks::{Applicability, RequirementId, catalogs};
use glance::ids::Id;
use glance::register::{Asked, Register};
use glance::storage::{AsOf, Audited};
use glance::vocabulary::Date;
use serde_json::{Value, json};

use crate::on_each_engine;
use crate::support::http::{Answer, Site, Way};
use crate::support::{Bed, CANARY};

fn id(text: &str) -> RequirementId {
    RequirementId::parse(text).unwrap()
}

fn claim(artifacts: &str) -> rules::Claim {
    let text = str::to_owned;
    rules::Claim {
        from: text("2025-01-01"),
        to: text("2026-02-28"),
        judgment: text("adequate"),
        artifacts: text(artifacts),
        statement: text("Looked at the patch log."),
    }
}

async fn post(site: &Site, way: &Way, path: &str, form: &str) -> Answer {
    site.ask(way, Method::POST, path, &[("content-type", "application/x-www-form-urlencoded")], form).await
}

/// A substation with a medium system, its relay, and a firewall that guards it.
async fn inventory(site: &Site, token: &Way) {
    for (path, body) in [
        (
            "sites",
            json!({"reference": "SUB07", "name": "Substation 7", "kind": "transmission_substation", "criteria": ["2.5"], "criteria_reason": "345 kV"}),
        ),
        (
            "systems",
            json!({"reference": "S7-PROT", "name": "Protection", "site": "SUB07", "criterion": "2.5", "impact_reason": "345 kV", "erc": true, "erc_reason": "through the EAP"}),
        ),
        ("zones", json!({"reference": "Z7", "name": "ESP 7", "kind": "control", "esp": true})),
        (
            "assets",
            json!({"reference": "7-PR-01", "kind": "protective_relay", "lifecycle": "in_service", "categories": ["BCA"], "systems": ["S7-PROT"], "zone": "Z7"}),
        ),
        (
            "assets",
            json!({"reference": "7-PR-02", "kind": "protective_relay", "lifecycle": "in_service", "categories": ["BCA"], "systems": ["S7-PROT"], "zone": "Z7", "external_routable": false, "erc_reason": "serial"}),
        ),
        (
            "assets",
            json!({"reference": "7-FW-01", "kind": "firewall", "lifecycle": "in_service", "categories": ["EACMS"], "systems": ["S7-PROT"], "roles": ["eap"]}),
        ),
        (
            "assets",
            json!({"reference": "7-HMI-01", "kind": "hmi", "lifecycle": "in_service", "categories": ["PCA"], "zone": "Z7"}),
        ),
        ("assets", json!({"reference": "7-PRN-01", "kind": "printer", "lifecycle": "in_service"})),
    ] {
        let answer = site.post_json(token, &format!("/api/v1/{path}"), &body).await;
        assert_eq!(answer.status.as_u16(), 201, "{body}: {}", answer.text());
    }
}

on_each_engine! {
    async fn controls_are_kept_and_found_by_requirement(bed: Bed) {
        assert_eq!(Control::TABLE.columns.len(), Control::default().columns().len());
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        let body = json!({"reference": "C-01", "name": "Deny by default", "statement": "Each flow has a reason.", "requirements": ["CIP-005-7 R1.3", "SR 5.2", "SC-7"], "frequency": "quarterly"});
        let made = site.post_json(&token, "/api/v1/controls", &body).await;
        assert_eq!(made.status.as_u16(), 201, "{}", made.text());
        assert_eq!(made.json()["state"], "in_operation");
        for (requirements, said) in [(json!(["CIP-005-6 R1.3"]), "CIP-005-7 R1.3"), (json!(["SR 5.2", "SR 5.2"]), "stands twice"), (json!(["x"]), "no framework")] {
            let bad = json!({"reference": "C-02", "name": "x", "statement": "x", "requirements": requirements});
            let answer = site.post_json(&token, "/api/v1/controls", &bad).await;
            assert_eq!((answer.status.as_u16(), answer.json()["problems"][0]["field"].as_str()), (422, Some("requirements")));
            assert!(answer.text().contains(said), "{}", answer.text());
        }
        let total = async |query: &str| site.get(&token, &format!("/api/v1/controls?{query}")).await.json()["total"].clone();
        assert_eq!(total("requirement=SR%205.2").await, 1);
        assert_eq!(total("requirement=SR%205.1").await, 0);
        assert_eq!(total("framework=nist-800-82r3").await, 1);
        assert_eq!(total("framework=iec-62443-4-2").await, 0);
        assert_eq!(total("q=reason&state=in_operation").await, 1);
        assert_eq!(site.get(&token, "/api/v1/controls?requirement=nonsense").await.status.as_u16(), 422);
        for sort in Control::SORTS {
            let asked = Asked { sort: format!("-{}", sort.name), filters: BTreeMap::from([("retired".to_owned(), "too".to_owned())]), ..Asked::default() };
            let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
            assert_eq!(asked.understand::<Control>().unwrap().page(&mut at).await.unwrap().rows.len(), 1, "{}", sort.name);
        }
        let retired = site.ask(&token, Method::DELETE, &format!("/api/v1/controls/{}", made.json()["id"].as_str().unwrap()), &[("if-match", "\"1\"")], "").await;
        assert_eq!(retired.status.as_u16(), 200, "{}", retired.text());
        assert_eq!(total("").await, 0);
    }

    async fn narratives_and_attestations_have_versions(bed: Bed) {
        let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
        let requirement = id("CIP-007-6 R2.1");
        let first = actions::narrate(&mut change, None, &requirement, "We track sources.", "").await.unwrap();
        let today = Date::parse("2026-03-02").unwrap();
        let file = "01890000-0000-7000-8000-000000000001";
        let made = rules::attestation(&requirement, &claim(file), "A. Person", today).unwrap();
        let attested = actions::attest(&mut change, &made).await.unwrap();
        let then = change.commit().await.unwrap();

        bed.clock.advance_seconds(60);
        let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
        let kept = actions::standing_narrative(&mut change, &requirement).await.unwrap();
        assert_eq!(actions::narrate(&mut change, kept.as_ref(), &requirement, "We track all sources.", "two more").await.unwrap(), first);
        let kept = change.reading().await.unwrap().find::<Attestation>(attested).await.unwrap().unwrap();
        actions::withdraw(&mut change, &kept, "B. Person", "wrong file").await.unwrap();
        change.commit().await.unwrap();

        let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        assert_eq!(records::narrative(&mut at, "CIP-007-6 R2.1").await.unwrap().unwrap().text, "We track all sources.");
        assert_eq!(at.history::<Narrative>(first).await.unwrap().len(), 2);
        let found = records::attestations(&mut at, "CIP-007-6 R2.1").await.unwrap();
        assert_eq!((found.len(), found[0].judgment, found[0].withdrawn.is_some()), (1, Judgment::Adequate, true));
        assert!(!found[0].covers(Date::parse("2026-01-01").unwrap()));
        let mut past = bed.store.snapshot(bed.organization, AsOf::At(then)).await.unwrap();
        let found = records::attestations(&mut past, "CIP-007-6 R2.1").await.unwrap();
        assert!(found[0].covers(Date::parse("2026-01-01").unwrap()));
        assert_eq!(records::narrative(&mut past, "CIP-007-6 R2.1").await.unwrap().unwrap().text, "We track sources.");
        let mut foreign = bed.store.snapshot(bed.canary, AsOf::Now).await.unwrap();
        assert!(records::narrative(&mut foreign, "CIP-007-6 R2.1").await.unwrap().is_none());
        assert!(foreign.find::<Attestation>(attested).await.unwrap().is_none());

        let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
        actions::narrate(&mut change, None, &requirement, "A second.", "").await.unwrap();
        assert!(change.commit().await.is_err(), "one narrative a requirement");
        let sound = glance::storage::verify::verify(&bed.store, bed.organization, None, Some(glance::KINDS)).await.unwrap();
        assert!(sound.holds(), "{:?}", sound.problems);
    }

    async fn parts_reach_the_records(bed: Bed) {
        let site = Site::of(&bed);
        inventory(&site, &site.token(&bed, Scope::ALL).await).await;
        let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        let there = glance::frameworks::records::surroundings(&mut at).await.unwrap();
        let reach = |id: &str| there.reach(catalogs().requirement(id).unwrap());
        let counts = |id: &str| { let reach = reach(id); (reach.sites.applies, reach.systems.applies, reach.assets.applies, reach.assets.unknown) };
        // Both relays, the firewall and the HMI; the printer of no zone and no category is open.
        assert_eq!(counts("CIP-007-6 R2.1"), (0, 1, 4, 1));
        // The serial relay is out of its system's ERC.
        assert_eq!(counts("CIP-007-6 R1.1"), (0, 1, 3, 1));
        assert_eq!(counts("CIP-007-6 R4.4"), (0, 0, 0, 1));
        assert_eq!(counts("CIP-005-7 R1.3"), (0, 0, 1, 1));
        assert_eq!(counts("CIP-014-3 R1"), (1, 0, 0, 0));
        assert_eq!(reach("CIP-003-8 R1.1.1").entity, Applicability::Applies);
        assert_eq!(reach("CIP-007-6 R2.4").anything(), Applicability::Applies);
        let mut foreign = bed.store.snapshot(bed.canary, AsOf::Now).await.unwrap();
        let foreign = glance::frameworks::records::surroundings(&mut foreign).await.unwrap();
        assert!(foreign.systems.is_empty() && foreign.groups.is_empty());
    }

    async fn pages_of_frameworks(bed: Bed) {
        let site = Site::of(&bed);
        inventory(&site, &site.token(&bed, Scope::ALL).await).await;
        let person = site.person(&bed, bed.organization, "administrator", true).await;
        let page = async |path: &str| {
            let answer = site.get(&person, &format!("/o/larkspur/{path}")).await;
            assert_eq!(answer.status.as_u16(), 200, "{path}: {}", answer.text());
            assert!(!answer.text().contains(CANARY), "{path}");
            answer.text()
        };
        let list = page("frameworks").await;
        assert!(list.contains("NIST SP 800-82r3") && list.contains("CIP-015-1"));
        for framework in &catalogs().frameworks {
            let text = page(&format!("frameworks/{}", framework.id)).await;
            assert!(text.len() < 700_000, "{} is {} bytes", framework.id, text.len());
        }
        let matrix = page("frameworks/nerc-cip").await;
        // On 2026-03-02 the predecessor is in force.
        assert!(matrix.contains("CIP-003-8") && !matrix.contains("requirements/CIP-003-9") && matrix.contains("CIP-007-6"));
        let of_asset = page("frameworks/nerc-cip?asset=7-fw-01&clock=yes&q=patch").await;
        assert!(of_asset.contains("R2.2") && !of_asset.contains("R4.4"), "{of_asset}");
        for bad in ["colour=red", "asset=nowhere"] {
            assert_eq!(site.get(&person, &format!("/o/larkspur/frameworks/nerc-cip?{bad}")).await.status.as_u16(), 422, "{bad}");
        }
        for missing in ["frameworks/nothing", "requirements/nothing", "requirements/nothing/narrative", "requirements/nothing/attestation"] {
            assert_eq!(site.get(&person, &format!("/o/larkspur/{missing}")).await.status.as_u16(), 404, "{missing}");
        }
        let part = page("requirements/CIP-007-6%20R1.1").await;
        for text in ["7-PR-01", "7-FW-01", "Medium BCS with External Routable Connectivity", "without its CIP categories; the zone it is in"] {
            assert!(part.contains(text), "{text}: {part}");
        }
        assert!(part.contains("SR 7.7") && part.contains("subset of"));
        let perimeter = page("requirements/CIP-005-7%20R1.2").await;
        assert!(perimeter.contains("role=\"tooltip\"") && perimeter.contains("letting routable traffic in and out"), "{perimeter}");
        assert!(page("requirements/CR%202.13%20%28EDR%2FHDR%2FNDR%29").await.contains("diagnostic"));
        assert!(page("requirements/AC-17").await.contains("CIP-005-7"));
        let asset = site.get(&person, "/api/v1/o/larkspur/assets?q=7-FW-01").await.json();
        let asset = page(&format!("assets/{}?tab=requirements", asset["items"][0]["id"].as_str().unwrap())).await;
        assert!(asset.contains("NERC CIP parts that apply") && asset.contains("/requirements/CIP-007-6%20R2.1"), "{asset}");
    }

    async fn writing_through_pages(bed: Bed) {
        let site = Site::of(&bed);
        let person = site.person(&bed, bed.organization, "compliance", true).await;
        let offered = site.get(&person, "/o/larkspur/controls/starter").await;
        assert!(offered.text().contains("CTL-40"));
        let none = post(&site, &person, "/o/larkspur/controls/starter", "reason=x").await;
        assert_eq!(none.status.as_u16(), 422);
        let form = "chosen=CTL-08&chosen=CTL-09&reason=begin";
        assert_eq!(post(&site, &person, "/o/larkspur/controls/starter", form).await.status.as_u16(), 303);
        assert_eq!(post(&site, &person, "/o/larkspur/controls/starter", form).await.status.as_u16(), 303);
        assert_eq!(post(&site, &person, "/o/larkspur/controls/starter", "chosen=CTL-99&reason=x").await.status.as_u16(), 422);
        let kept = site.get(&person, "/api/v1/o/larkspur/controls").await.json();
        assert_eq!((kept["total"].as_i64(), kept["items"][0]["state"].as_str()), (Some(2), Some("planned")));
        assert_eq!(starter::set().controls.len(), 40);

        let part = "/o/larkspur/requirements/CIP-005-7%20R1.3";
        let empty = post(&site, &person, &format!("{part}/narrative"), "version=0&text=&reason=").await;
        assert_eq!(empty.status.as_u16(), 422);
        assert_eq!(post(&site, &person, &format!("{part}/narrative"), "version=0&text=Rules+have+reasons.&reason=").await.status.as_u16(), 303);
        let stale = post(&site, &person, &format!("{part}/narrative"), "version=0&text=Mine&reason=x").await;
        assert_eq!(stale.status.as_u16(), 409);
        assert!(stale.text().contains("Rules have reasons.") && stale.text().contains("Mine"));

        let wrong = post(&site, &person, &format!("{part}/attestation"), "from=2026-01-01&to=2030-01-01&judgment=adequate&statement=Seen").await;
        assert_eq!(wrong.status.as_u16(), 422);
        assert!(wrong.text().contains("in the future") && wrong.text().contains("Seen"));
        let good = "from=2026-01-01&to=2026-02-28&judgment=adequate&statement=Seen&artifacts=";
        assert_eq!(post(&site, &person, &format!("{part}/attestation"), good).await.status.as_u16(), 303);
        let text = site.get(&person, part).await.text();
        for expected in ["Rules have reasons.", "Adequate", "CTL-09", "Withdraw"] {
            assert!(text.contains(expected), "{expected}: {text}");
        }
        let through = site.get(&person, "/o/larkspur/requirements/NET%201.6").await.text();
        assert!(through.contains("CTL-09"), "{through}");
        let made = site.get(&person, "/api/v1/o/larkspur/attestations?requirement=CIP-005-7%20R1.3").await.json();
        let withdrawal = format!("/o/larkspur/attestations/{}/withdrawal", made["items"][0]["id"].as_str().unwrap());
        assert_eq!(post(&site, &person, &withdrawal, "reason=").await.status.as_u16(), 422);
        assert_eq!(post(&site, &person, &withdrawal, "reason=wrong+period").await.status.as_u16(), 303);
        assert_eq!(post(&site, &person, &withdrawal, "reason=again").await.status.as_u16(), 422);
        let foreigner = site.person(&bed, bed.canary, "compliance", true).await;
        let foreign = withdrawal.replace("larkspur", "canary");
        assert_eq!(site.get(&foreigner, &foreign).await.status.as_u16(), 404);
        assert!(!site.get(&foreigner, &part.replace("larkspur", "canary")).await.text().contains("Rules have reasons."));
    }

    async fn the_catalogs_over_the_api(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        let get = async |path: &str| site.get(&token, &format!("/api/v1/{path}")).await;
        assert_eq!(get("frameworks").await.json()["total"], 6);
        let parts = get("requirements?framework=nerc-cip&in_force=yes&limit=3").await.json();
        assert_eq!((parts["items"].as_array().map(Vec::len), parts["next"].as_str()), (Some(3), Some("3")));
        assert_eq!(get("requirements?framework=nerc-cip").await.json()["total"], 240);
        assert_eq!(get("requirements?applies_to=eap").await.json()["total"], 2);
        assert_eq!(get("requirements?standard=CIP-015-1").await.json()["items"][0]["standing"], "future");
        assert_eq!(get("mappings").await.json()["total"], 500);
        assert!(get("mappings?requirement=SR%205.1").await.json()["total"].as_i64().unwrap() > 0);
        let one = get("requirements/CIP-007-6%20R2.2").await.json();
        assert_eq!(one["cadence_words"], "at least once every 35 calendar days, counted from: previous evaluation completed (per source)");
        assert!(one["mappings"].as_array().is_some_and(|found| !found.is_empty()));
        for bad in ["requirements?framework=x", "requirements?colour=red", "mappings?relationship=like", "requirements?after=x"] {
            assert_eq!(get(bad).await.status.as_u16(), 422, "{bad}");
        }
        assert_eq!(get("requirements/nothing").await.status.as_u16(), 404);
        let told = site.post_json(&token, "/api/v1/narratives", &json!({"requirement": "SR 5.1", "text": "Zones."})).await;
        assert_eq!(told.status.as_u16(), 201, "{}", told.text());
        let again = json!({"requirement": "SR 5.1", "text": "More zones.", "reason": "x"});
        assert_eq!(site.post_json(&token, "/api/v1/narratives", &again).await.status.as_u16(), 428);
        for (body, field) in [(json!({"requirement": "x", "text": "y"}), "requirement"), (json!({"requirement": "SR 5.2", "text": ""}), "text"), (json!({"requirement": "SR 5.2", "text": "y", "colour": 1}), "colour")] {
            let answer = site.post_json(&token, "/api/v1/narratives", &body).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["problems"][0]["field"]), (422, &Value::from(field)), "{body}");
        }
        assert_eq!(site.post_json(&token, "/api/v1/attestations", &json!({})).await.status.as_u16(), 403);
        let _ = bed.organization.uuid();
    }
}
