//! Decisions about the rows of a review on both engines: one and many, whose they are, the signature and its clock,
//! discrepancies closed by the records they are about, and all of it by form.

use axum::http::Method;
use glance::auth::Scope;
use glance::personnel::Account;
use glance::reviews::{ReviewDecision, records};
use glance::storage::AsOf;
use glance::storage::verify::verify;
use serde_json::{Value, json};

use crate::on_each_engine;
use crate::reviews::{change, got, id, made, ready, refused, rows, somebody, verification};
use crate::support::Bed;
use crate::support::http::{Answer, Site, Way};

const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];

/// An act that changes the review itself, based on a version.
pub async fn based(site: &Site, way: &Way, path: &str, version: i64, body: Value) -> Answer {
    let tag = format!("\"{version}\"");
    let headers = [("content-type", "application/json"), ("if-match", tag.as_str())];
    site.ask(way, Method::POST, &format!("/api/v1/o/larkspur/{path}"), &headers, &body.to_string()).await
}

on_each_engine! {
    async fn decisions_are_the_reviewers_and_never_about_their_own_access(bed: Bed) {
        let site = Site::of(&bed);
        let ada = somebody(&site, &bed, "compliance").await;
        let grace = somebody(&site, &bed, "approver").await;
        ready(&bed, &site, &ada.member).await;
        let opened = made(&site, &ada.way, "reviews", verification(Some(&ada.member))).await;
        let path = format!("reviews/{}", id(&opened));
        let decisions = format!("{path}/decisions");
        for (body, status, said) in [
            (json!({"rows": [4], "outcome": "remove"}), 422, "say what is to be done"),
            (json!({"rows": [4], "outcome": "shred", "note": "x"}), 422, "not one of"),
            (json!({"rows": [9], "outcome": "keep"}), 422, "it has 1 to 8"),
            (json!({"rows": [0], "outcome": "keep"}), 422, "not a row"),
            (json!({"rows": [], "outcome": "keep"}), 422, "no row"),
            (json!({"rows": ["4"], "outcome": "keep"}), 422, "an array of row numbers"),
            (json!({"outcome": "keep"}), 422, "instead of it show"),
            (json!({"rows": [4], "outcome": "keep", "for": "x"}), 422, "not a field"),
            (json!({"rows": [2, 4], "outcome": "keep"}), 409, "Nobody reviews their own access: row 2 is about yours."),
        ] {
            let text = refused(&site, &ada.way, &decisions, body.clone(), status).await;
            assert!(text.contains(said), "{body}: {text}");
        }
        // Somebody else decides only about the reviewer's own.
        assert!(refused(&site, &grace.way, &decisions, json!({"rows": [4], "outcome": "keep"}), 409).await.contains("is the reviewer"));
        let stranger = site.person(&bed, bed.canary, "administrator", true).await;
        for there in ["o/canary/", "o/larkspur/"] {
            let answer = site.post_json(&stranger, &format!("/api/v1/{there}{decisions}"), &json!({"rows": [4], "outcome": "keep"})).await;
            assert_eq!(answer.status.as_u16(), 404, "{there}");
        }
        let token = site.token(&bed, Scope::ALL).await;
        assert_eq!(site.post_json(&token, &format!("/api/v1/{decisions}"), &json!({"rows": [4], "outcome": "keep"})).await.status.as_u16(), 403);

        let size = async || bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap().tree_size();
        let before = size().await;
        let one = made(&site, &ada.way, &decisions, json!({"rows": [4], "outcome": "remove", "note": "Moved to planning"})).await;
        assert_eq!((one["decided"].as_i64(), one["remove"].as_i64(), one["undecided"].as_i64()), (Some(1), Some(1), Some(7)), "{one}");
        let all = made(&site, &ada.way, &decisions, json!({"show": "sound", "outcome": "keep"})).await;
        assert_eq!((all["decided"].as_i64(), all["left_as_own"].as_i64(), all["keep"].as_i64()), (Some(4), Some(2), Some(4)), "{all}");
        assert_eq!(size().await, before + 2, "one leaf an act, whatever the number of rows");
        let left = refused(&site, &ada.way, &decisions, json!({"show": "sound", "outcome": "keep"}), 409).await;
        assert!(left.contains("rows 1 to 2") || left.contains("row 1 to 2"), "{left}");
        let version = async |way: &Way, body: Value| based(&site, way, &format!("{path}/completion"), 1, body).await;
        let early = version(&ada.way, json!({})).await;
        assert!(early.status.as_u16() == 409 && early.text().contains("3 of 8 rows are not decided"), "{}", early.text());
        let own = made(&site, &grace.way, &decisions, json!({"rows": [1, 2], "outcome": "keep", "note": "Seen with her manager"})).await;
        assert_eq!(own["undecided"], json!(1), "{own}");
        // Decided anew: what stood before is closed, not lost.
        bed.clock.advance_seconds(60);
        let then = bed.store.clock().now().rfc3339();
        bed.clock.advance_seconds(60);
        made(&site, &ada.way, &decisions, json!({"rows": [7, 8], "outcome": "change", "note": "Ends with the project"})).await;
        let list = got(&site, &ada.way, &format!("{path}/rows?show=change")).await;
        assert_eq!(rows(&list).iter().map(|row| row.0).collect::<Vec<_>>(), [7, 8]);
        assert_eq!(list["items"][1]["note"], json!("Ends with the project"));
        let before = got(&site, &ada.way, &format!("{path}/rows?show=keep&as_of={then}")).await;
        assert_eq!(rows(&before).iter().map(|row| row.0).collect::<Vec<_>>(), [1, 2, 3, 5, 6, 8], "{before}");
        assert_eq!(got(&site, &ada.way, &decisions).await["total"], json!(4));
        assert_eq!(version(&grace.way, json!({})).await.status.as_u16(), 409, "the reviewer signs");
        let stale = based(&site, &ada.way, &format!("{path}/completion"), 7, json!({})).await;
        assert_eq!(stale.status.as_u16(), 412);
        let sound = verify(&bed.store, bed.organization, None, Some(glance::KINDS)).await.unwrap();
        assert!(sound.holds(), "{:?}", sound.problems);
        let mut canary = bed.store.snapshot(bed.canary, AsOf::Now).await.unwrap();
        assert!(canary.every::<ReviewDecision>().await.unwrap().is_empty());
    }

    async fn a_signed_review_is_a_performance_and_its_discrepancies_close_by_their_records(bed: Bed) {
        let site = Site::of(&bed);
        let ada = somebody(&site, &bed, "administrator").await;
        let grace = somebody(&site, &bed, "approver").await;
        ready(&bed, &site, &grace.member).await;
        let opened = made(&site, &ada.way, "reviews", verification(Some(&ada.member))).await;
        let path = format!("reviews/{}", id(&opened));
        for (list, outcome, note) in [(json!([1, 2, 3, 6, 8]), "keep", ""), (json!([4, 5]), "remove", "No longer needed"), (json!([7]), "change", "Extend or end it")] {
            made(&site, &ada.way, &format!("{path}/decisions"), json!({"rows": list, "outcome": outcome, "note": note})).await;
        }
        let none = async |what: &str| {
            let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
            assert!(records::discrepancies(&mut at).await.unwrap().is_empty(), "{what}");
        };
        none("the review is open").await;
        let signed = based(&site, &ada.way, &format!("{path}/completion"), 1, json!({"reason": "Three discrepancies"})).await;
        let now = signed.json();
        assert_eq!((now["status"].as_str(), now["version"].as_i64(), now["kept"].as_str(), now["removed"].as_str()), (Some("completed"), Some(2), Some("5"), Some("2")), "{now}");
        // The performance, for every system, and the clock it winds.
        let performance = got(&site, &ada.way, &format!("performances/{}", now["performance"].as_str().unwrap())).await;
        assert_eq!((performance["reference"].as_str(), performance["kind"].as_str(), performance["result"].as_str()), (Some("AV-1"), Some("access_verification"), Some("done_with_findings")), "{performance}");
        assert_eq!((performance["performed_on"].as_str(), &performance["systems"]), (Some("2026-03-02"), &json!(["CC1-EMS", "CC1-ICCP"])));
        let clocks = got(&site, &ada.way, "obligations?standard=CIP-004").await;
        let clock = clocks["items"].as_array().unwrap().iter().find(|one| one["part"] == "CIP-004-7 R4.2" && one["subject"]["reference"] == "CC1-EMS").unwrap();
        assert_eq!((clock["due"].as_str(), clock["last"]["reference"].as_str()), (Some("2026-06-30"), Some("AV-1")), "{clock}");
        // Nothing of it changes any more.
        for (path, body) in [("decisions", json!({"rows": [1], "outcome": "keep"})), ("abandonment", json!({"reason": "x"})), ("completion", json!({}))] {
            let answer = based(&site, &ada.way, &format!("reviews/{}/{path}", id(&opened)), 2, body).await;
            assert!(answer.status.as_u16() == 409 && answer.text().contains("it stays as it is"), "{path}: {}", answer.text());
        }
        let headers = [("content-type", "application/json"), ("if-match", "\"2\"")];
        let edit = site.ask(&ada.way, Method::PATCH, &format!("/api/v1/o/larkspur/{path}"), &headers, "{\"name\":\"Other\"}").await;
        assert_eq!(edit.status.as_u16(), 422, "{}", edit.text());

        let found = async || {
            let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
            let found = records::discrepancies(&mut at).await.unwrap();
            found.into_iter().map(|one| (one.n, one.reference.clone(), one.outcome.word(), one.closed_at)).collect::<Vec<_>>()
        };
        bed.clock.advance_seconds(60);
        let open = found().await;
        assert_eq!(open.iter().map(|one| (one.0, one.1.as_str(), one.2)).collect::<Vec<_>>(), [(4, "AC-2", "remove"), (5, "AC-3", "remove"), (7, "AU-3", "change")]);
        assert!(open.iter().all(|one| one.3.is_none()), "{open:?}");
        // The account is disabled, the person taken off the shared one, the authorization changed.
        let mut later = change(&bed).await;
        let shared = records::discrepancies(later.reading().await.unwrap()).await.unwrap().into_iter().find(|one| one.n == 5);
        let leaves = shared.and_then(|one| one.person);
        let moment = later.moment();
        for kept in later.reading().await.unwrap().every::<Account>().await.unwrap() {
            let next = match kept.reference.as_str() {
                "AC-2" => Account { disabled_at: Some(moment.plus_seconds(-30)), removal_proof: "Ticket 7".to_owned(), ..kept.content.clone() },
                "AC-3" => Account { people: kept.people.iter().copied().filter(|one| Some(*one) != leaves).collect(), ..kept.content.clone() },
                _ => continue,
            };
            later.supersede("account.update", &kept, &next, "Q1 verification").await.unwrap();
        }
        later.commit().await.unwrap();
        bed.clock.advance_seconds(60);
        let open = found().await;
        assert_eq!(open.iter().map(|one| one.3).collect::<Vec<_>>(), [Some(moment.plus_seconds(-30)), Some(moment), None], "{open:?}");
        let listed = got(&site, &ada.way, &format!("{path}/discrepancies")).await;
        assert_eq!((listed["total"].as_i64(), listed["items"][0]["note"].as_str(), &listed["items"][2]["closed_at"]), (Some(3), Some("No longer needed"), &json!(null)), "{listed}");
        let sound = verify(&bed.store, bed.organization, None, Some(glance::KINDS)).await.unwrap();
        assert!(sound.holds(), "{:?}", sound.problems);
    }

    async fn reviews_by_form(bed: Bed) {
        let site = Site::of(&bed);
        let ada = somebody(&site, &bed, "compliance").await;
        ready(&bed, &site, &ada.member).await;
        let post = async |path: &str, body: &str| site.ask(&ada.way, Method::POST, &format!("/o/larkspur/{path}"), &FORM, body).await;
        let get = async |path: &str| site.get(&ada.way, path).await.text();
        let list = get("/o/larkspur/reviews").await;
        assert!(list.contains("To be opened") && list.contains("CC1-EMS, CC1-ICCP") && list.contains("BCSI access review"), "{list}");
        let form = get("/o/larkspur/reviews/new?kind=authorization_verification&systems=CC1-EMS").await;
        assert!(form.contains("value=\"2026-03-31\"") && form.contains("Authorization verification, Q1 2026"), "{form}");
        let wrong = post("reviews", "key=k1&reference=AV-1&name=&kind=authorization_verification&systems=&reviewer=&due_on=&notes=&reason=").await;
        assert!(wrong.status.as_u16() == 422 && wrong.text().contains("value=\"AV-1\""), "{}", wrong.text());
        let body = format!("key=k2&reference=AV-1&name=Q1&kind=authorization_verification&systems=&reviewer={}&due_on=2026-03-11&notes=&reason=", ada.member.login);
        let opened = post("reviews", &body).await;
        assert_eq!(opened.status.as_u16(), 303, "{}", opened.text());
        let href = opened.header("location").split('?').next().unwrap().to_owned();
        assert_eq!(post("reviews", &body).await.header("location").split('?').next().unwrap(), href, "a repeat opens nothing twice");
        let list = get("/o/larkspur/reviews").await;
        assert!(list.contains("due in 9 days") && list.contains("0 of 8") && !list.contains("CC1-EMS, CC1-ICCP</td><td><a href=\"/o/larkspur/reviews/new?kind=authorization_verification"), "{list}");
        assert!(get("/queue").await.contains("To review"));
        let page = get(&href).await;
        assert!(page.contains("no authorization record covers it") && page.contains("due in 9 days") && page.contains("0 of 8 rows decided"), "{page}");
        let under = href.trim_start_matches("/o/larkspur/").to_owned();
        // Refused with what was typed kept.
        for (typed, said) in [
            ("which=ticked&rows=4&outcome=remove&note=", "A note is missing"),
            ("which=ticked&outcome=keep&note=seen", "Tick at least one row."),
            ("which=ticked&rows=4&outcome=&note=seen", "Choose what to decide."),
            ("which=ticked&rows=2&rows=4&outcome=change&note=seen", "Nobody reviews their own access"),
            ("which=ticked&rows=99&outcome=change&note=seen", "99: not a row of this review"),
        ] {
            let answer = post(&format!("{under}/decisions"), &format!("show=undecided&q=&after=&key=&{typed}")).await;
            assert!(answer.status.as_u16() == 422 && answer.text().contains(said), "{typed}: {}", answer.text());
            assert!(!typed.contains("rows=4") || answer.text().contains("value=\"4\" aria-label=\"Select row 4\" checked"), "{typed}");
        }
        let kept = post(&format!("{under}/decisions"), "show=undecided&q=&after=&key=k3&which=ticked&outcome=&note=&keep=3").await;
        assert_eq!(kept.header("location"), format!("{href}?show=undecided&done=decided"), "{}", kept.text());
        let bulk = post(&format!("{under}/decisions"), "show=all&q=&after=&key=k4&which=sound&outcome=keep&note=").await;
        assert!(bulk.header("location").ends_with("done=decided&left=2"), "{}", bulk.text());
        assert!(get(bulk.header("location")).await.contains("2 of the rows are about your own access"));
        let removed = post(&format!("{under}/decisions"), "show=doubt&q=&after=&key=k5&which=shown&outcome=remove&note=Ended").await;
        assert_eq!(removed.status.as_u16(), 303, "{}", removed.text());
        let page = get(&href).await;
        assert!(page.contains("2 of 8 rows are not decided.") && page.contains("2 open") && !page.contains("Complete and sign"), "{page}");
        let csv = site.get(&ada.way, &format!("{href}/rows.csv")).await;
        assert!(csv.header("content-disposition").contains("review-AV-1-"), "{}", csv.header("content-disposition"));
        assert_eq!(csv.text().lines().count(), 9, "{}", csv.text());
        assert!(csv.text().contains(",remove,Ended,Somebody,"), "{}", csv.text());
        // The rest is another person's, but the reviewer signs.
        let grace = somebody(&site, &bed, "approver").await;
        let own = site.ask(&grace.way, Method::POST, &format!("{href}/decisions"), &FORM, "show=&q=&after=&key=&which=ticked&rows=1&rows=2&outcome=keep&note=").await;
        assert_eq!(own.status.as_u16(), 303, "{}", own.text());
        assert!(site.get(&grace.way, &href).await.text().contains("is the reviewer; the decision is theirs."));
        assert!(get(&href).await.contains("Complete and sign"));
        assert_eq!(post(&format!("{under}/completion"), "version=9&reason=").await.status.as_u16(), 412);
        let signed = post(&format!("{under}/completion"), "version=1&reason=Two+to+remove").await;
        assert!(signed.status.as_u16() == 303 && get(&href).await.contains("Signed by Somebody"), "{}", signed.text());
        let page = get(&href).await;
        assert!(!page.contains("name=\"which\"") && page.contains("The performance it became"), "{page}");
        let second = post("reviews", "key=k6&reference=AV-2&name=Again&kind=conduit_review&systems=&reviewer=&due_on=2026-04-01&notes=&reason=").await;
        let href = second.header("location").split('?').next().unwrap().to_owned();
        assert!(get(&href).await.contains("each conduit is reviewed by a decision of its own"));
        let under = href.trim_start_matches("/o/larkspur/").to_owned();
        assert_eq!(post(&format!("{under}/abandonment"), "version=1&reason=").await.status.as_u16(), 422);
        let gone = post(&format!("{under}/abandonment"), "version=1&reason=Opened+twice").await;
        assert!(gone.status.as_u16() == 303 && get(&href).await.contains("Abandoned by Somebody"), "{}", gone.text());
        let viewer = site.person(&bed, bed.organization, "viewer", true).await;
        assert_eq!(site.get(&viewer, &href).await.status.as_u16(), 403);
    }
}
