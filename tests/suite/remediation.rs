//! The log of a finding on both engines: an entry, and the records it verifies, edits and retires in the same change.

use glance::assets::{Asset, Lifecycle};
use glance::auth::Scope;
use glance::checks::{Check, Class, Outcome, Severity, Subject, Verdict};
use glance::findings::State;
use glance::ids::{AssetId, Id};
use glance::storage::{AsOf, Kept};
use serde_json::json;

use super::findings::{followed, one, post};
use crate::on_each_engine;
use crate::support::Bed;
use crate::support::browser::Browser;
use crate::support::http::{Site, Way};

static CHECK: Check = Check {
    code: "GL-T-03",
    sentence: "Every asset says its firmware.",
    class: Class::Mandatory,
    severity: Severity::Medium,
    requirements: &["CIP-010-4 R1.1"],
    source: "CIP-010-4 R1.1",
};

async fn asset(site: &Site, token: &Way, reference: &str) -> AssetId {
    let body = json!({"reference": reference, "kind": "rtu", "lifecycle": "in_service"});
    let made = site.post_json(token, "/api/v1/assets", &body).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.text());
    AssetId::parse(made.json()["id"].as_str().unwrap()).unwrap()
}

async fn read(bed: &Bed, id: AssetId) -> Kept<Asset> {
    bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap().find::<Asset>(id).await.unwrap().unwrap()
}

fn fails(assets: &[(AssetId, &str)]) -> Vec<Verdict> {
    let subject =
        |id: AssetId, reference: &str| Subject { kind: "asset".into(), id: id.uuid(), reference: reference.into() };
    let verdict = |(id, reference): &(AssetId, &str)| Verdict {
        check: &CHECK,
        subject: subject(*id, reference),
        outcome: Outcome::Fail,
        because: format!("{reference} says no firmware."),
        cause: "no firmware".into(),
        gap: None,
        severity: None,
        seen: None,
    };
    assets.iter().map(verdict).collect()
}

on_each_engine! {
    async fn one_step_for_entry_and_records(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        let (one_id, two_id) = (asset(&site, &token, "RTU-1").await, asset(&site, &token, "RTU-2").await);
        followed(&bed, &fails(&[(one_id, "RTU-1"), (two_id, "RTU-2")])).await;
        let found = one(&bed, "F-00001").await;
        let base = format!("/o/larkspur/findings/{}", found.id);
        let engineer = site.person(&bed, bed.organization, "engineer", false).await;
        let page = site.get(&engineer, &format!("{base}/remediation")).await.text();
        assert!(page.contains("data-draft=") && page.contains("RTU-2") && page.contains(&format!("verify-{one_id}")));

        let wrong = format!("version=1&key=a&done=Typed+in+the+yard&field-{one_id}=zone&value-{one_id}=NOPE&verify-{one_id}=yes&retire-{two_id}=yes&finished=yes");
        let refused = post(&site, &engineer, &format!("{base}/remediation"), &wrong).await;
        assert_eq!(refused.status.as_u16(), 422);
        assert!(refused.text().contains("no zone has the reference NOPE") && refused.text().contains("Typed in the yard"));
        assert_eq!((read(&bed, one_id).await.version, read(&bed, two_id).await.version, one(&bed, "F-00001").await.version), (1, 1, 1), "nothing half done");

        let right = format!("version=1&key=b&done=Read+it+off+the+front&field-{one_id}=firmware&value-{one_id}=R322&verify-{one_id}=yes&retire-{two_id}=yes&finished=yes&minutes=15&on=2026-03-02&clock=07:30");
        let logged = post(&site, &engineer, &format!("{base}/remediation"), &right).await;
        assert_eq!(logged.status.as_u16(), 303, "{}", logged.text());
        let repeated = post(&site, &engineer, &format!("{base}/remediation"), &right).await;
        assert_eq!(repeated.header("location"), logged.header("location"), "a repeat logs nothing twice");
        let (first, second) = (read(&bed, one_id).await, read(&bed, two_id).await);
        assert_eq!((first.version, first.firmware.as_str(), first.verified_at.is_some()), (2, "R322", true));
        assert_eq!((second.version, second.lifecycle), (2, Some(Lifecycle::Retired)));
        let after = one(&bed, "F-00001").await;
        assert_eq!((after.state, after.version, after.recorded_from), (State::Remediated, 2, first.recorded_from), "one change");
        let entries = site.get(&token, &format!("/api/v1/remediation_entries?finding={}", found.id)).await.json();
        assert_eq!((entries["total"].as_i64(), entries["items"][0]["records"].as_array().unwrap().len(), entries["items"][0]["minutes"].as_i64()), (Some(1), 3, Some(15)));
        assert_eq!(entries["items"][0]["at"].as_str(), Some("2026-03-02T14:30:00.000000Z"), "half past seven in Denver");
        let shown = site.get(&engineer, logged.header("location")).await.text();
        assert!(shown.contains("data-draft-saved=") && shown.contains("Edited RTU-1 (Firmware: R322)"), "{shown}");
    }

    async fn another_person_was_first(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        let id = asset(&site, &token, "RTU-1").await;
        followed(&bed, &fails(&[(id, "RTU-1")])).await;
        let found = one(&bed, "F-00001").await;
        let path = format!("/o/larkspur/findings/{}/remediation", found.id);
        let (one_person, other) = (site.person(&bed, bed.organization, "engineer", false).await, site.person(&bed, bed.organization, "engineer", false).await);
        assert_eq!(post(&site, &one_person, &path, "version=1&done=First").await.status.as_u16(), 303);
        let late = post(&site, &other, &path, "version=1&done=Second+thought&place=Bay+4").await;
        assert_eq!(late.status.as_u16(), 409);
        let text = late.text();
        assert!(text.contains("Second thought") && text.contains("Bay 4") && text.contains("In remediation") && text.contains("name=\"version\" value=\"2\""), "{text}");
        assert_eq!(post(&site, &other, &path, "version=2&done=Second+thought&place=Bay+4").await.status.as_u16(), 303);
    }

    async fn what_an_entry_must_say(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        let id = asset(&site, &token, "RTU-1").await;
        followed(&bed, &fails(&[(id, "RTU-1")])).await;
        let found = one(&bed, "F-00001").await;
        let path = format!("/o/larkspur/findings/{}/remediation", found.id);
        let engineer = site.person(&bed, bed.organization, "engineer", false).await;
        for (body, said) in [
            ("version=1&done=", "say what was done"),
            ("version=1&done=x&minutes=many", "not a whole number"),
            ("version=1&done=x&on=2027-01-01", "in the future"),
            ("version=1&done=x&on=soon", "not a date"),
            ("version=1&done=x&clock=25:99", "not a time of day"),
        ] {
            let answer = post(&site, &engineer, &path, body).await;
            assert!(answer.status.as_u16() == 422 && answer.text().contains(said), "{body}: {} {}", answer.status, answer.text());
        }
        let stray = format!("version=1&done=x&value-{id}=R322");
        assert!(post(&site, &engineer, &path, &stray).await.text().contains("choose the field it goes into"));
        let by_token = post(&site, &token, &path, &format!("version=1&done=x&verify-{id}=yes")).await;
        assert_eq!(by_token.status.as_u16(), 403, "a program verifies nothing");
        let api = site.post_json(&token, "/api/v1/remediation_entries", &json!({"finding": found.id, "done": "By a program", "finished": true})).await;
        assert_eq!(api.status.as_u16(), 201, "{}", api.text());
        let unknown = json!({"finding": "01890000-0000-7000-8000-000000000000", "done": "x"});
        assert_eq!(site.post_json(&token, "/api/v1/remediation_entries", &unknown).await.status.as_u16(), 404);
        let strange = json!({"finding": found.id, "done": "x", "mood": "good"});
        assert_eq!(site.post_json(&token, "/api/v1/remediation_entries", &strange).await.status.as_u16(), 422);
    }
    async fn photographs_come_with_the_entry(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        let id = asset(&site, &token, "RTU-1").await;
        followed(&bed, &fails(&[(id, "RTU-1")])).await;
        let found = one(&bed, "F-00001").await;
        let path = format!("/o/larkspur/findings/{}/remediation", found.id);
        let engineer = site.person(&bed, bed.organization, "engineer", false).await;
        let form = async |fields: &[(&str, &str)], photo: &str| {
            let texts = fields.iter().map(|(name, text)| format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n"));
            let file = format!("--x\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"front.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n{photo}\r\n");
            let body = format!("{}{file}--x--\r\n", texts.collect::<String>());
            site.ask(&engineer, axum::http::Method::POST, &path, &[("content-type", "multipart/form-data; boundary=x")], &body).await
        };
        let refused = form(&[("version", "1"), ("done", "")], "pixels").await;
        assert_eq!(refused.status.as_u16(), 422, "{}", refused.text());
        assert_eq!(site.get(&token, "/api/v1/artifacts").await.json()["total"].as_i64(), Some(0), "nothing is recorded of a refused entry");
        assert_eq!(form(&[("version", "1"), ("done", "x")], "").await.status.as_u16(), 422, "a photograph of no bytes");
        let logged = form(&[("version", "1"), ("key", "k"), ("done", "Photographed the front"), ("finished", "yes")], "pixels").await;
        assert_eq!(logged.status.as_u16(), 303, "{}", logged.text());
        let files = site.get(&token, "/api/v1/artifacts").await.json();
        assert_eq!((files["total"].as_i64(), files["items"][0]["name"].as_str()), (Some(1), Some("front.jpg")));
        let entries = site.get(&token, &format!("/api/v1/remediation_entries?finding={}", found.id)).await.json();
        assert_eq!(entries["items"][0]["evidence"][0], files["items"][0]["id"]);
        let page = site.get(&engineer, &format!("/o/larkspur/findings/{}", found.id)).await.text();
        assert!(page.contains("front.jpg") && page.contains("id=\"evidence\""), "{page}");
        let verifier = site.person(&bed, bed.organization, "approver", true).await;
        let attest = format!("/o/larkspur/findings/{}/attestation", found.id);
        let unknown = post(&site, &verifier, &attest, "version=2&evidence=&artifacts=EV-9").await;
        assert!(unknown.status.as_u16() == 422 && unknown.text().contains("no artifact has the reference EV-9"));
        let reference = files["items"][0]["reference"].as_str().unwrap();
        assert_eq!(post(&site, &verifier, &attest, &format!("version=2&evidence=&artifacts={reference}")).await.status.as_u16(), 303);
        assert_eq!(one(&bed, "F-00001").await.state, State::Verified);
    }
}

/// What somebody types in a substation outlives a reload, and signing out warns before it deletes it.
#[test]
fn typed_in_a_substation() {
    let place = tempfile::tempdir().unwrap();
    let (_server, said) = super::journey::demonstration(place.path());
    let base = format!("{}/o/larkspur", said["url"].as_str().unwrap());
    let browser = Browser::open();
    browser.go(said["sign_in_url"].as_str().unwrap());
    browser.script("window.resizeTo(390, 844)");
    browser.go(&format!("{base}/findings/new"));
    browser.fill("#f-title", "Cabinet left open");
    browser.script("document.querySelector('#f-severity').value = 'high'");
    browser.fill("#f-touched", "SUB05-PR-01");
    browser.click("button.main");
    assert!(browser.title().contains("Cabinet left open"), "{}: {}", browser.address(), browser.text("main"));
    let finding = browser.address().split('?').next().unwrap().to_owned();
    let page = format!("{finding}/remediation");
    let sideways = "return document.documentElement.scrollWidth > document.documentElement.clientWidth";
    let drafts = "return Object.keys(localStorage).length";
    for address in [
        &finding,
        &page,
        &format!("{finding}/triage"),
        &format!("{base}/findings"),
        &format!("{base}/exceptions"),
        &format!("{base}/exceptions/new"),
    ] {
        browser.go(address);
        assert_eq!(browser.script(sideways), false, "{address} runs sideways");
    }
    browser.go(&page);
    browser.fill("textarea[name=done]", "Closed and locked it");
    browser.fill("input[name=place]", "Bay 4");
    browser.script("document.querySelector('input[name^=verify]').click()");
    browser.go(&format!("{base}/findings"));
    assert_eq!(browser.script(drafts), 1);
    browser.go(&page);
    assert_eq!(browser.script("return document.querySelector('textarea[name=done]').value"), "Closed and locked it");
    assert_eq!(browser.script("return document.querySelector('input[name^=verify]').checked"), true);
    assert!(browser.text("[data-draft-told]").contains("Restored"));
    browser.script("window.confirm = () => false; document.querySelector(\"form[action='/sign-out'] button\").click()");
    assert_eq!((browser.script(drafts), browser.address()), (serde_json::json!(1), page.clone()), "signing out warns");
    browser.click(".thumb button.main");
    assert!(browser.text("#log").contains("Closed and locked it"), "{}", browser.text("main"));
    assert!(browser.text(".flash").contains("Logged"));
    assert_eq!(browser.script(drafts), 0, "saved, so forgotten");
    browser.go(&page);
    browser.fill("textarea[name=done]", "Half a sentence");
    browser.script("window.confirm = () => true; document.querySelector(\"form[action='/sign-out'] button\").click()");
    browser.go(&format!("{}/sign-in", said["url"].as_str().unwrap()));
    assert_eq!(browser.script(drafts), 0, "signed out, so deleted");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}
