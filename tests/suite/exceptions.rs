//! Exceptions on both engines: asked for by one person, decided by another, ended by themselves.

use axum::http::Method;
use glance::auth::Scope;
use glance::exceptions::{Exception, Standing, records};
use glance::storage::AsOf;
use glance::vocabulary::Date;
use serde_json::json;

use crate::on_each_engine;
use crate::support::http::{Answer, Site, Way};
use crate::support::{Bed, CANARY};

const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];
const REQUEST: &str = "key=k1&reference=TFE-7&title=Password+length&kind=tfe&requirements=CIP-007-6+R5.5&everything=yes&basis=Device+limit&compensating=Locked+cabinet&from=2026-01-01&expires=2026-12-31";

async fn post(site: &Site, way: &Way, path: &str, body: &str) -> Answer {
    site.ask(way, Method::POST, path, &FORM, body).await
}

/// The address a redirect leads to, without its query.
fn led(answer: &Answer) -> String {
    assert_eq!(answer.status.as_u16(), 303, "{}", answer.text());
    answer.header("location").split('?').next().unwrap().to_owned()
}

on_each_engine! {
    async fn asked_for_by_one_and_approved_by_another(bed: Bed) {
        let site = Site::of(&bed);
        let asker = site.person(&bed, bed.organization, "compliance approver", true).await;
        let approver = site.person(&bed, bed.organization, "approver", true).await;
        let href = led(&post(&site, &asker, "/o/larkspur/exceptions", REQUEST).await);
        assert_eq!(led(&post(&site, &asker, "/o/larkspur/exceptions", REQUEST).await), href, "a repeat asks for nothing twice");
        let taken = post(&site, &asker, "/o/larkspur/exceptions", &REQUEST.replace("k1", "k2").replace("TFE-7", "tfe-7")).await;
        assert_eq!(taken.status.as_u16(), 422);
        assert!(taken.text().contains("already taken by another exception") && taken.text().contains("Locked cabinet"));

        let own = post(&site, &asker, &format!("{href}/approval"), "version=1&reason=mine").await;
        assert_eq!(own.status.as_u16(), 409);
        assert!(own.text().contains("another person has to decide"), "{}", own.text());
        let silent = post(&site, &approver, &format!("{href}/approval"), "version=1&reason=").await;
        assert_eq!(silent.status.as_u16(), 422);
        led(&post(&site, &approver, &format!("{href}/approval"), "version=1&reason=Seen+the+manual").await);
        let again = post(&site, &approver, &format!("{href}/approval"), "version=2&reason=x").await;
        assert_eq!(again.status.as_u16(), 409);
        let stale = post(&site, &approver, &format!("{href}/revocation"), "version=1&reason=x").await;
        assert_eq!(stale.status.as_u16(), 412);
        let page = site.get(&approver, &href).await.text();
        assert!(page.contains("What it may not justify") && page.contains("Approved") && page.contains("Seen the manual"));

        let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        let day = |text: &str| Date::parse(text).unwrap();
        assert_eq!(records::standing(&mut at, day("2026-06-01")).await.unwrap().len(), 1);
        assert_eq!(records::standing(&mut at, day("2027-01-01")).await.unwrap().len(), 0);
        drop(at);
        led(&post(&site, &approver, &format!("{href}/revocation"), "version=2&reason=Replaced").await);
        let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        assert_eq!(records::standing(&mut at, day("2026-06-01")).await.unwrap().len(), 0);
        let kept = records::all(&mut at).await.unwrap();
        assert_eq!((kept[0].version, kept[0].standing(day("2026-06-01"))), (3, Standing::Revoked));
        let mut foreign = bed.store.snapshot(bed.canary, AsOf::Now).await.unwrap();
        assert!(foreign.find::<Exception>(kept[0].id).await.unwrap().is_none());
        let stranger = site.person(&bed, bed.canary, "administrator", true).await;
        let page = href.replace("larkspur", "canary");
        assert_eq!(site.get(&stranger, &page).await.status.as_u16(), 404);
        assert_eq!(post(&site, &stranger, &format!("{page}/approval"), "version=3&reason=x").await.status.as_u16(), 404);
    }

    async fn a_request_says_what_is_wrong_beside_the_field(bed: Bed) {
        let site = Site::of(&bed);
        let person = site.person(&bed, bed.organization, "engineer", false).await;
        let bad = "key=k&reference=P-1&title=Too+%3Cb%3E&kind=policy&subjects=asset:NOPE&from=2026-05-01&expires=2026-04-01&basis=b";
        let answer = post(&site, &person, "/o/larkspur/exceptions", bad).await;
        assert_eq!(answer.status.as_u16(), 422);
        let text = answer.text();
        assert!(text.contains("no asset has the reference NOPE") && text.contains("before it begins on 2026-05-01"), "{text}");
        assert!(text.contains("Too &#60;b&#62;") && text.contains("name at least one requirement part"), "{text}");
        let prefilled = site.get(&person, "/o/larkspur/exceptions/new?title=Zones&subjects=asset:X").await.text();
        assert!(prefilled.contains("value=\"Zones\"") && prefilled.contains("value=\"asset:X\""));
    }

    async fn lists_by_state_and_over_the_api(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        let asked = |reference: &str, until: &str| json!({"reference": reference, "title": "T", "kind": "policy", "checks": ["GL-INV-01"], "everything": true, "basis": "b", "from": "2026-01-01", "expires": until, "reason": "why"});
        let made = site.post_json(&token, "/api/v1/exceptions", &asked("P-1", "2026-12-31")).await;
        assert_eq!(made.status.as_u16(), 201, "{}", made.text());
        assert_eq!((made.json()["state"].as_str(), made.header("etag")), (Some("requested"), "\"1\""));
        assert_eq!(site.post_json(&token, "/api/v1/exceptions", &asked("P-2", "2026-02-01")).await.status.as_u16(), 201);
        let bad = site.post_json(&token, "/api/v1/exceptions", &json!({"reference": "P-3", "colour": "red"})).await;
        assert_eq!(bad.status.as_u16(), 422);
        let count = async |state: &str| site.get(&token, &format!("/api/v1/exceptions?state={state}")).await.json()["total"].as_i64();
        assert_eq!((count("").await, count("requested").await, count("expired").await, count("approved").await), (Some(2), Some(1), Some(1), Some(0)));
        assert_eq!(site.get(&token, "/api/v1/exceptions?state=odd").await.status.as_u16(), 422);
        let approver = site.person(&bed, bed.organization, "approver", true).await;
        let id = made.json()["id"].as_str().unwrap().to_owned();
        let by_token = site.ask(&token, Method::POST, &format!("/o/larkspur/exceptions/{id}/approval"), &FORM, "reason=x").await;
        assert_eq!(by_token.status.as_u16(), 403);
        led(&post(&site, &approver, &format!("/o/larkspur/exceptions/{id}/refusal"), "version=1&reason=No").await);
        assert_eq!(count("refused").await, Some(1));
        let page = site.get(&approver, "/o/larkspur/exceptions?state=refused").await.text();
        assert!(page.contains("P-1") && !page.contains("P-2") && !page.contains(CANARY));
    }
}
