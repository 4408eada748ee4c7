//! The clocks over pages, API and calendar: from a performance to the row, the month, the gap and the event.

use glance::auth::Scope;
use serde_json::{Value, json};

use crate::on_each_engine;
use crate::support::http::{Site, Way};
use crate::support::{Bed, CANARY};

async fn make(site: &Site, token: &Way, collection: &str, body: Value) {
    let answer = site.post_json(token, &format!("/api/v1/{collection}"), &body).await;
    assert_eq!(answer.status.as_u16(), 201, "{body}: {}", answer.text());
}

async fn perform(site: &Site, token: &Way, kind: &str, on: &str, subject: Value) {
    let mut body = json!({"reference": format!("{kind} {on}"), "kind": kind, "performed_on": on, "performed_by": "A. Tso", "result": "done"});
    for (name, value) in subject.as_object().unwrap() {
        body[name] = value.clone();
    }
    make(site, token, "performances", body).await;
}

/// One high and one low impact system; today is 2026-03-02 in America/Denver.
async fn ready(bed: &Bed) -> (Site, Way) {
    let site = Site::of(bed);
    let token = site.token(bed, Scope::ALL).await;
    make(&site, &token, "sites", json!({"reference": "CC1", "name": "Control center", "kind": "control_center", "in_service_on": "2009-01-01", "criteria": ["1.3"], "criteria_reason": "TOP"})).await;
    make(&site, &token, "sites", json!({"reference": "SUB04", "name": "Substation 4", "kind": "transmission_substation", "criteria": ["3.2"], "criteria_reason": "138 kV"})).await;
    make(&site, &token, "systems", json!({"reference": "CC1-EMS", "name": "EMS, \"main\"", "site": "CC1", "criterion": "1.3", "impact_reason": "TOP", "erc": true, "erc_reason": "ICCP", "dial_up": false})).await;
    make(&site, &token, "systems", json!({"reference": "SUB04-PROT", "name": "Protection", "site": "SUB04", "criterion": "3.2", "impact_reason": "138 kV"})).await;
    let ems = || json!({"subject": "system", "systems": ["CC1-EMS"]});
    // Patch evaluation: late once (due 2026-01-20, done on the 23rd), due again 2026-02-27 and not done.
    for on in ["2025-12-16", "2026-01-23"] {
        perform(&site, &token, "patch_evaluation", on, ems()).await;
    }
    perform(&site, &token, "log_review", "2026-02-19", ems()).await;
    perform(&site, &token, "vulnerability_assessment", "2025-02-11", ems()).await;
    perform(&site, &token, "policy_review", "2025-06-30", json!({"subject": "organization"})).await;
    (site, token)
}

fn of<'v>(listed: &'v Value, part: &str, reference: &str) -> &'v Value {
    let all = listed["items"].as_array().unwrap();
    all.iter()
        .find(|one| one["part"] == part && one["subject"]["reference"] == reference)
        .unwrap_or_else(|| panic!("{part} for {reference}"))
}

on_each_engine! {
    async fn clocks_over_the_api(bed: Bed) {
        let (site, token) = ready(&bed).await;
        let listed = site.get(&token, "/api/v1/obligations?limit=1000").await.json();
        let patch = of(&listed, "CIP-007-6 R2.2", "CC1-EMS");
        assert_eq!((&patch["due"], &patch["state"], &patch["days_left"]), (&json!("2026-02-27"), &json!("overdue"), &json!(-3)), "{patch}");
        assert_eq!(patch["gaps"], json!([{"from": "2026-01-21", "until": "2026-01-23"}, {"from": "2026-02-28", "until": null}]));
        assert_eq!(patch["last"]["reference"], "patch_evaluation 2026-01-23");
        let logs = of(&listed, "CIP-007-6 R4.4", "CC1-EMS");
        assert_eq!((&logs["due"], &logs["state"]), (&json!("2026-03-06"), &json!("due_soon")));
        let scan = of(&listed, "CIP-010-4 R3.1", "CC1-EMS");
        assert_eq!((&scan["due"], &scan["state"]), (&json!("2026-05-31"), &json!("due_soon")), "90 days before");
        assert_eq!(of(&listed, "CIP-010-4 R3.2", "CC1-EMS")["state"], "never_performed");
        // The version in force is judged; the one to come is not, and low impact systems owe no system clock.
        assert_eq!(of(&listed, "CIP-003-8 R1", "larkspur")["due"], "2026-09-30");
        let parts: Vec<&str> = listed["items"].as_array().unwrap().iter().map(|one| one["part"].as_str().unwrap()).collect();
        assert!(parts.iter().all(|part| !part.starts_with("CIP-003-9")), "{parts:?}");
        assert!(listed["items"].as_array().unwrap().iter().all(|one| one["subject"]["reference"] != "SUB04-PROT"));
        for (query, total) in [("state=overdue", 1), ("standard=CIP-014", 0), ("standard=CIP-007&subject=cc1-ems", 3), ("standard=CIP-007&subject=CC1", 3), ("within=7", 2), ("within=overdue", 1), ("subject=nobody", 0)] {
            let found = site.get(&token, &format!("/api/v1/obligations?{query}")).await.json();
            assert_eq!(found["total"], total, "{query}: {found}");
        }
        let first = site.get(&token, "/api/v1/obligations?limit=2").await.json();
        assert_eq!((first["items"].as_array().unwrap().len(), &first["next"]), (2, &json!("2")));
        for query in ["state=late", "standard=CIP-1", "within=5", "from=soon", "after=x", "colour=red", "subject=a&subject=b"] {
            assert_eq!(site.get(&token, &format!("/api/v1/obligations?{query}")).await.status.as_u16(), 422, "{query}");
        }
        // Before the ledger began nothing was known; nothing of this is seen from elsewhere.
        bed.clock.advance_seconds(40 * 86_400);
        let before = site.get(&token, "/api/v1/obligations?as_of=2026-03-02&standard=CIP-007").await.json();
        assert_eq!(of(&before, "CIP-007-6 R2.2", "CC1-EMS")["days_left"], -3, "judged for the day asked about");
        let later = site.get(&token, "/api/v1/obligations?limit=1000").await.json();
        assert_eq!(of(&later, "CIP-003-9 R1", "larkspur")["due"], "2026-09-30", "the clock carries over to the new version");
        let foreign = site.person(&bed, bed.canary, "viewer", false).await;
        let found = site.get(&foreign, "/api/v1/o/canary/obligations").await;
        assert!(!found.text().contains("CC1-EMS") && found.json()["total"] == json!(4), "{}", found.text());
    }

    async fn a_file_of_the_organization_sets_its_months(bed: Bed) {
        let (site, token) = ready(&bed).await;
        let person = site.person(&bed, bed.organization, "administrator", true).await;
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let post = async |body: &str| site.ask(&person, axum::http::Method::POST, "/o/larkspur/settings", &form, body).await;
        let known = "version=1&name=Larkspur&time_zone=America/Denver&verify_within_days=365&reason=strict";
        assert_eq!(post(&format!("{known}&month_mode=moon")).await.status.as_u16(), 422);
        assert_eq!(post(&format!("{known}&month_mode=anniversary")).await.status.as_u16(), 303);
        assert!(site.get(&person, "/o/larkspur/settings").await.text().contains("<option value=\"anniversary\" selected>"));
        let listed = site.get(&token, "/api/v1/obligations?standard=CIP-010").await.json();
        assert_eq!(of(&listed, "CIP-010-4 R3.1", "CC1-EMS")["due"], "2026-05-11");
    }

    async fn clocks_as_pages(bed: Bed) {
        let (site, _) = ready(&bed).await;
        let engineer = site.person(&bed, bed.organization, "engineer", false).await;
        let viewer = site.person(&bed, bed.organization, "viewer", false).await;
        let page = site.get(&engineer, "/o/larkspur/obligations").await.text();
        for said in ["Overdue", "Patch evaluation", "2026-02-27", "3 days late", "Due within 7 days", "Log review", "in 4 days", "What is due", "America/Denver"] {
            assert!(page.contains(said), "{said}");
        }
        let marker = "/o/larkspur/performances/new?reference=patch_evaluation%20CC1-EMS%202026-03-02&amp;kind=patch_evaluation&amp;subject=system&amp;performed_on=2026-03-02&amp;systems=CC1-EMS";
        let escaped = page.replace("&#38;", "&amp;");
        assert!(escaped.contains(marker), "each row leads to its form: {escaped}");
        let form = site.get(&engineer, &marker.replace("&amp;", "&")).await.text();
        for said in ["value=\"patch_evaluation CC1-EMS 2026-03-02\"", "value=\"2026-03-02\"", "value=\"CC1-EMS\"", "<option value=\"system\" selected>"] {
            assert!(form.contains(said), "{said}");
        }
        let read = site.get(&viewer, "/o/larkspur/obligations").await.text();
        assert!(!read.contains("performances/new"), "a viewer records nothing");
        let never = site.get(&viewer, "/o/larkspur/obligations?within=never&standard=CIP-009").await.text();
        assert!(never.contains("Recovery plan test") && !never.contains("Log review"));
        let grouped = site.get(&viewer, "/o/larkspur/obligations?within=all&standard=CIP-003").await.text();
        assert!(grouped.contains("CIP-003-8 R1 and 15 more"), "{grouped}");
        for (path, said) in [
            ("obligations/gaps", "2026-01-20"),
            ("obligations/gaps?from=2026-01-01&until=2026-01-31", "1 late between 2026-01-01 and 2026-01-31"),
            ("obligations/gaps?subject=nobody", "No late interval found"),
            ("obligations/month", "March 2026"),
            ("obligations/month?month=2026-05", "Vulnerability assessment, CC1-EMS"),
            ("obligations/month?month=2026-01", "Patch evaluation done"),
            ("obligations?subject=nobody", "Nothing here"),
            ("performances?sort=-performed_on", "Log review"),
            ("performances/new", "Done for"),
            ("performances/import", "performed_on"),
        ] {
            let answer = site.get(&engineer, &format!("/o/larkspur/{path}")).await;
            assert_eq!(answer.status.as_u16(), 200, "{path}: {}", answer.text());
            assert!(answer.text().contains(said), "{path} does not say {said}: {}", answer.text());
            assert!(!answer.text().contains(CANARY));
        }
        for path in ["obligations?within=soon", "obligations?colour=red", "obligations/month?month=2026-13", "obligations/month?month=May", "obligations/gaps?from=x", "obligations/gaps?from=2026-02-01&until=2026-01-01", "obligations.ics?within=x"] {
            assert_eq!(site.get(&engineer, &format!("/o/larkspur/{path}")).await.status.as_u16(), 422, "{path}");
        }
    }

    async fn what_is_due_as_a_calendar(bed: Bed) {
        let (site, token) = ready(&bed).await;
        let feed = site.get(&token, "/api/v1/obligations.ics").await;
        assert_eq!(feed.header("content-type"), "text/calendar; charset=utf-8");
        let text = feed.text();
        assert!(text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") && text.ends_with("END:VCALENDAR\r\n"));
        assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
        let whole = text.replace("\r\n ", "");
        for said in ["SUMMARY:Overdue: Patch evaluation\\, CC1-EMS", "DTSTART;VALUE=DATE:20260227\r\nDTEND;VALUE=DATE:20260228", "URL:http://localhost/o/larkspur/obligations?within=all&standard=CIP-007", "DTSTAMP:20260302T150000Z"] {
            assert!(whole.contains(said), "{said}: {whole}");
        }
        let count = |text: &str, mark: &str| text.matches(mark).count();
        assert_eq!(count(&whole, "BEGIN:VEVENT"), count(&whole, "END:VEVENT"));
        let uids: std::collections::BTreeSet<&str> = whole.lines().filter(|line| line.starts_with("UID:")).collect();
        assert_eq!(uids.len(), count(&whole, "UID:"), "each event has an identity of its own");
        let week = site.get(&token, "/api/v1/obligations.ics?within=7").await.text();
        assert_eq!(count(&week, "BEGIN:VEVENT"), 2);
    }
}
