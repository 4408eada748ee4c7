//! The ledger of performances on both engines: what it takes in, what it refuses, what stays readable.

use axum::http::Method;
use glance::auth::Scope;
use glance::obligations::Performance;
use glance::register::listing;
use glance::storage::AsOf;
use serde_json::{Value, json};

use crate::on_each_engine;
use crate::support::Bed;
use crate::support::http::{Answer, Site, Way};

/// A bed's day in America/Denver.
const TODAY: &str = "2026-03-02";

async fn make(site: &Site, token: &Way, collection: &str, body: Value) -> String {
    let answer = site.post_json(token, &format!("/api/v1/{collection}"), &body).await;
    assert_eq!(answer.status.as_u16(), 201, "{body}: {}", answer.text());
    answer.json()["id"].as_str().unwrap().to_owned()
}

/// A control center with a high impact system and a substation with a medium one, both in service for long.
async fn ready(bed: &Bed) -> (Site, Way) {
    let site = Site::of(bed);
    let token = site.token(bed, Scope::ALL).await;
    make(
        &site,
        &token,
        "sites",
        json!({"reference": "CC1", "name": "Control center", "kind": "control_center", "in_service_on": "2009-01-01"}),
    )
    .await;
    make(&site, &token, "sites", json!({"reference": "SUB07", "name": "Substation 7", "kind": "transmission_substation", "in_service_on": "2011-05-01"})).await;
    make(&site, &token, "systems", json!({"reference": "CC1-EMS", "name": "EMS", "site": "CC1", "criterion": "1.3", "impact_reason": "TOP", "erc": true, "erc_reason": "ICCP", "dial_up": false})).await;
    make(&site, &token, "systems", json!({"reference": "S7-PROT", "name": "Protection", "site": "SUB07", "criterion": "2.5", "impact_reason": "345 kV", "erc": true, "erc_reason": "Firewall", "dial_up": false})).await;
    make(&site, &token, "assets", json!({"reference": "7-PR-01", "kind": "protective_relay", "lifecycle": "in_service", "site": "SUB07", "systems": ["S7-PROT"], "categories": ["BCA"]})).await;
    (site, token)
}

fn performance(reference: &str, kind: &str, on: &str, more: &Value) -> Value {
    let mut body = json!({"reference": reference, "kind": kind, "performed_on": on, "performed_by": "J. Lindqvist", "result": "done"});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

async fn enter(site: &Site, token: &Way, body: &Value) -> Answer {
    site.post_json(token, "/api/v1/performances", body).await
}

on_each_engine! {
    async fn a_performance_through_its_life(bed: Bed) {
        let (site, token) = ready(&bed).await;
        let both = json!({"subject": "system", "systems": ["cc1-ems", "S7-PROT"], "performed_at": "2026-03-01T23:30:00-07:00"});
        let made = enter(&site, &token, &performance("WO-1", "patch_evaluation", "2026-03-01", &both)).await;
        assert_eq!(made.status.as_u16(), 201, "{}", made.text());
        let (one, id) = (made.json(), made.json()["id"].as_str().unwrap().to_owned());
        assert_eq!((&one["systems"], &one["recorded_late"]), (&json!(["CC1-EMS", "S7-PROT"]), &json!("no")));
        // Recorded eight days late says so; seven does not.
        for (reference, on, late) in [("WO-2", "2026-02-22", json!("by 8 days")), ("WO-3", "2026-02-23", json!("no"))] {
            let made = enter(&site, &token, &performance(reference, "log_review", on, &json!({"subject": "system", "systems": ["CC1-EMS"]}))).await;
            assert_eq!(made.json()["recorded_late"], late, "{on}: {}", made.text());
        }
        for (query, count) in [("", 3), ("?system=S7-PROT", 1), ("?system=CC1-EMS", 3), ("?site=CC1", 0), ("?asset=x", 0), ("?standard=CIP-007", 3), ("?standard=CIP-010", 0), ("?kind=log_review", 2), ("?performed_from=2026-02-23&performed_until=2026-03-01", 2), ("?q=patch", 1), ("?result=failed", 0)] {
            for sort in ["performed_on", "reference", "kind"] {
                let joint = if query.is_empty() { "?" } else { "&" };
                let listed = site.get(&token, &format!("/api/v1/performances{query}{joint}sort=-{sort}")).await.json();
                assert_eq!(listed["total"], count, "{query} by {sort}: {listed}");
            }
        }
        // A later correction of its notes does not make it later; a corrected date counts from the correction.
        bed.clock.advance_seconds(30 * 86_400);
        let tag = |version: i64| format!("\"{version}\"");
        let path = format!("/api/v1/performances/{id}");
        let patch = async |version: i64, body: Value| {
            site.ask(&token, Method::PATCH, &path, &[("content-type", "application/json"), ("if-match", &tag(version))], &body.to_string()).await
        };
        let noted = patch(1, json!({"notes": "14 sources", "reason": "completed"})).await;
        assert_eq!(noted.json()["recorded_late"], json!("no"), "{}", noted.text());
        let dated = patch(2, json!({"performed_on": "2026-02-28", "performed_at": null, "systems": ["CC1-EMS"], "reason": "wrong day"})).await;
        assert_eq!(dated.json()["recorded_late"], json!("by 32 days"), "{}", dated.text());
        assert_eq!(site.get(&token, "/api/v1/performances?system=S7-PROT").await.json()["total"], 0);
        assert_eq!(site.get(&token, "/api/v1/performances?system=S7-PROT&as_of=2026-03-02").await.json()["total"], 1);
        // Voided with a reason, never erased.
        let void = async |query: &str| site.ask(&token, Method::DELETE, &format!("{path}{query}"), &[("if-match", "\"3\"")], "").await;
        assert_eq!(void("").await.status.as_u16(), 422);
        let voided = void("?reason=entered%20twice").await;
        assert_eq!((voided.json()["void_reason"].clone(), voided.status.as_u16()), (json!("entered twice"), 200));
        assert_eq!(site.get(&token, "/api/v1/performances").await.json()["total"], 2);
        assert_eq!(site.get(&token, "/api/v1/performances?voided=too").await.json()["total"], 3);
        let sound = glance::storage::verify::verify(&bed.store, bed.organization, None, Some(glance::KINDS)).await.unwrap();
        assert!(sound.holds(), "{:?}", sound.problems);
        let mut foreign = bed.store.snapshot(bed.canary, AsOf::Now).await.unwrap();
        let id = glance::ids::Id::parse(&id).unwrap();
        assert!(listing::find::<Performance>(&mut foreign, id).await.unwrap().is_none());
    }

    async fn what_cannot_be_is_refused(bed: Bed) {
        let (site, token) = ready(&bed).await;
        let system = json!({"subject": "system", "systems": ["CC1-EMS"]});
        let with = |pairs: Value| {
            let mut all = system.clone();
            for (name, value) in pairs.as_object().unwrap() {
                all[name] = value.clone();
            }
            all
        };
        for (kind, on, more, field, said) in [
            ("log_review", "2026-03-03", system.clone(), "performed_on", "in the future; today is 2026-03-02"),
            ("log_review", "2008-12-31", system.clone(), "performed_on", "before CC1-EMS existed, known since 2009-01-01"),
            ("log_review", "2026-02-30", system.clone(), "performed_on", "not a date"),
            ("log_review", TODAY, json!({"subject": "system", "systems": ["NOWHERE"]}), "systems", "no system has the reference NOWHERE"),
            ("log_review", TODAY, json!({"subject": "system"}), "systems", "missing"),
            ("log_review", TODAY, json!({"subject": "organization", "systems": ["CC1-EMS"]}), "systems", "not empty"),
            ("log_review", TODAY, json!({"subject": "galaxy"}), "subject", "not one of: organization"),
            ("napping", TODAY, system.clone(), "kind", "not one of"),
            ("log_review", TODAY, with(json!({"parts": ["CIP-010-4 R3.1"]})), "parts", "it serves: CIP-007 R4.4"),
            ("log_review", TODAY, with(json!({"parts": ["CIP-099 R1"]})), "parts", "not a periodic part"),
            ("training", TODAY, with(json!({"parts": ["CIP-004-7 R2.3"]})), "parts", "it serves: none"),
            ("log_review", TODAY, with(json!({"performed_at": "2026-03-02T16:00:00-07:00"})), "performed_at", "in the future"),
            ("log_review", TODAY, with(json!({"performed_at": "2026-03-02T06:59:00Z"})), "performed_at", "falls on 2026-03-01"),
            ("log_review", TODAY, with(json!({"performed_at": "noon"})), "performed_at", "not a moment"),
            ("log_review", TODAY, with(json!({"result": "perfect"})), "result", "not one of: done"),
            ("log_review", TODAY, with(json!({"performed_by": ""})), "performed_by", "missing"),
            ("log_review", TODAY, with(json!({"voided_on": "2026-03-01"})), "voided_on", "an act of its own"),
            ("log_review", TODAY, with(json!({"identified": true})), "identified", "only a transmission risk assessment"),
            ("transmission_risk_assessment", TODAY, json!({"subject": "organization"}), "identified", "CIP-014-3 R1.1"),
            ("vulnerability_assessment", "2026-03-01", json!({"subject": "asset", "assets": ["7-PR-01"]}), "performed_on", "before 7-PR-01 existed"),
        ] {
            let answer = enter(&site, &token, &performance("WO-1", kind, on, &more)).await;
            assert_eq!(answer.status.as_u16(), 422, "{kind} {on} {more}: {}", answer.text());
            let problem = answer.json()["problems"][0].clone();
            assert_eq!(problem["field"], field, "{problem}");
            assert!(problem["problem"].as_str().unwrap().contains(said), "{problem}");
        }
        assert_eq!(site.get(&token, "/api/v1/performances").await.json()["total"], 0);
        // Many at once: each row its verdict, and the same rules.
        let id = make(&site, &token, "performances", performance("WO-1", "log_review", TODAY, &system)).await;
        let body = json!({"items": [{"id": id, "version": 1, "performed_on": "2027-01-01"}]});
        let verdicts = site.post_json(&token, "/api/v1/performances/bulk", &body).await.json();
        assert_eq!(verdicts["items"][0]["status"], "refused", "{verdicts}");
        for query in ["performed_from=soon", "system=%00", "standard=%00", "kind=x", "colour=red"] {
            assert_eq!(site.get(&token, &format!("/api/v1/performances?{query}")).await.status.as_u16(), 422, "{query}");
        }
    }

    async fn a_file_of_performances(bed: Bed) {
        let (site, token) = ready(&bed).await;
        let head = "reference,kind,subject,systems,performed_on,performed_by,result,notes\n";
        let bad = format!("{head}A-1,log_review,system,CC1-EMS,2026-03-01,J. L.,done,\nA-2,log_review,system,CC1-EMS,2026-04-01,J. L.,done,\nA-3,log_review,system,CC1-EMS,1999-04-01,J. L.,done,\nA-4,log_review,system,S9,2026-02-01,J. L.,done,\nA-5,nap,system,CC1-EMS,2026-02-01,J. L.,done,\n");
        let read = |text: &str| glance::sheets::read("a.csv", text.as_bytes(), &glance::sheets::Limits::default()).unwrap().remove(0);
        let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
        let plan = glance::register::import::plan::<Performance>(change.reading().await.unwrap(), &read(&bad)).await.unwrap();
        let mut lines: Vec<(u64, &str)> = plan.refused.iter().map(|one| (one.line, one.column.as_str())).collect();
        lines.sort_unstable();
        assert_eq!(lines, [(3, "performed_on"), (4, "performed_on"), (5, "systems"), (6, "kind")], "{:?}", plan.refused);
        assert_eq!(plan.fresh.len(), 1);
        drop(change);
        let good = format!("{head}A-1,log_review,system,CC1-EMS,2026-03-01,J. L.,done,\"two\nlines\"\nA-2,patch_evaluation,system,CC1-EMS;S7-PROT,2026-02-01,J. L.,done_with_findings,\n");
        let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
        let plan = glance::register::import::plan::<Performance>(change.reading().await.unwrap(), &read(&good)).await.unwrap();
        assert!(plan.refused.is_empty(), "{:?}", plan.refused);
        glance::register::import::carry_out(&mut change, &plan, false, "history").await.unwrap();
        change.commit().await.unwrap();
        for kind in ["csv", "xlsx"] {
            let file = site.get(&token, &format!("/api/v1/performances.{kind}")).await;
            let sheets = glance::sheets::read("x", &file.body, &glance::sheets::Limits::default()).unwrap();
            let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
            let plan = glance::register::import::plan::<Performance>(change.reading().await.unwrap(), &sheets[0]).await.unwrap();
            assert_eq!((plan.unchanged, plan.fresh.len(), plan.changed.len(), plan.refused.len()), (2, 0, 0, 0), "{kind}: {:?}", plan.refused);
        }
    }
}
