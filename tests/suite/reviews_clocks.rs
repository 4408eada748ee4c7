//! Reviews and the clocks they wind, on both engines: what is due, for whom, and from when it counts as performed.

use glance::register::Act;
use glance::reviews::{Review, ReviewKind};
use glance::vocabulary::Reference;
use serde_json::{Value, json};

use crate::on_each_engine;
use crate::reviews::{change, got, id, made, ready, refused, somebody, verification};
use crate::reviews_decided::based;
use crate::support::Bed;
use crate::support::http::{Site, Way};

/// The clock of a part for a subject.
async fn clock(site: &Site, way: &Way, part: &str, subject: &str) -> Value {
    let clocks = got(site, way, "obligations?standard=CIP-004").await;
    let found = clocks["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["part"] == part && one["subject"]["reference"] == subject);
    found.cloned().unwrap_or_else(|| panic!("{part} of {subject}: {clocks}"))
}

on_each_engine! {
    async fn a_review_of_bcsi_is_performed_for_the_organization(bed: Bed) {
        let site = Site::of(&bed);
        let ada = somebody(&site, &bed, "administrator").await;
        ready(&bed, &site, &ada.member).await;
        let list = async || site.get(&ada.way, "/o/larkspur/reviews").await.text();
        assert_eq!(list().await.matches("kind=bcsi_review").count(), 1, "{}", list().await);
        assert_eq!(clock(&site, &ada.way, "CIP-004-7 R6.2", "larkspur").await["state"], "never_performed");
        let body = |systems: Value| json!({"reference": "BC-1", "name": "BCSI", "kind": "bcsi_review", "due_on": "2026-06-30", "systems": systems});
        let said = refused(&site, &ada.way, "reviews", body(json!(["CC1-EMS"])), 422).await;
        assert!(said.contains("for the whole organization"), "{said}");
        let opened = made(&site, &ada.way, "reviews", body(json!([]))).await;
        assert!(!list().await.contains("new?kind=bcsi_review"), "an open one looks at it");
        let owed = got(&site, &ada.way, "reviews/owed").await;
        let told: Vec<_> = owed["items"].as_array().unwrap().iter().map(|one| (one["kind"].as_str().unwrap(), one["state"].as_str().unwrap(), one["systems"].clone())).collect();
        let both = json!(["CC1-EMS", "CC1-ICCP"]);
        assert_eq!(told, [("privilege_review", "never_performed", both.clone()), ("authorization_verification", "never_performed", both)], "{owed}");
        assert_eq!(site.get(&ada.way, "/api/v1/o/larkspur/reviews/owed?kind=x").await.status.as_u16(), 422);
        let path = format!("reviews/{}", id(&opened));
        made(&site, &ada.way, &format!("{path}/decisions"), json!({"show": "all", "outcome": "keep"})).await;
        let signed = based(&site, &ada.way, &format!("{path}/completion"), 1, json!({})).await.json();
        let performance = got(&site, &ada.way, &format!("performances/{}", signed["performance"].as_str().unwrap())).await;
        assert_eq!((performance["subject"].as_str(), &performance["systems"]), (Some("organization"), &json!([])), "{performance}");
        let wound = clock(&site, &ada.way, "CIP-004-7 R6.2", "larkspur").await;
        assert_eq!((wound["state"].as_str(), wound["due"].as_str()), (Some("met"), Some("2027-06-30")), "{wound}");
        assert!(!list().await.contains("new?kind=bcsi_review"), "{}", list().await);
    }

    async fn a_review_covers_the_systems_of_the_day_it_opened(bed: Bed) {
        let site = Site::of(&bed);
        let ada = somebody(&site, &bed, "administrator").await;
        let grace = somebody(&site, &bed, "approver").await;
        ready(&bed, &site, &grace.member).await;
        let opened = made(&site, &ada.way, "reviews", verification(None)).await;
        assert_eq!(opened["systems"], json!(["CC1-EMS", "CC1-ICCP"]), "{opened}");
        let later = json!({"reference": "CC1-HIS", "name": "Historian", "site": "CC1", "criterion": "1.3", "impact_reason": "TOP", "erc": true, "erc_reason": "ICCP", "dial_up": false});
        made(&site, &ada.way, "systems", later).await;
        let list = site.get(&ada.way, "/o/larkspur/reviews").await.text();
        assert!(list.contains("kind=authorization_verification&amp;systems=CC1-HIS") || list.contains("kind=authorization_verification&#38;systems=CC1-HIS"), "{list}");
        let path = format!("reviews/{}", id(&opened));
        made(&site, &ada.way, &format!("{path}/decisions"), json!({"show": "all", "outcome": "keep"})).await;
        let signed = based(&site, &ada.way, &format!("{path}/completion"), 1, json!({})).await.json();
        let performance = got(&site, &ada.way, &format!("performances/{}", signed["performance"].as_str().unwrap())).await;
        assert_eq!(performance["systems"], json!(["CC1-EMS", "CC1-ICCP"]), "{performance}");
        assert_eq!(clock(&site, &ada.way, "CIP-004-7 R4.2", "CC1-HIS").await["state"], "never_performed");
        // The day a review is due is that of the first clock it winds.
        let next = |tag: &str, systems: Value| json!({"reference": tag, "name": tag, "kind": "authorization_verification", "systems": systems});
        for (tag, systems, due) in [("AV-2", json!(["cc1-ems"]), "2026-06-30"), ("AV-3", json!(["CC1-HIS"]), "2026-03-31"), ("AV-4", json!([]), "2026-03-31")] {
            assert_eq!(made(&site, &ada.way, "reviews", next(tag, systems)).await["due_on"], due, "{tag}");
        }
        let said = refused(&site, &ada.way, "reviews", json!({"reference": "PR-1", "name": "PR-1", "kind": "privilege_review"}), 422).await;
        assert!(said.contains("no clock says the day"), "{said}");
    }

    async fn a_review_kept_without_systems_is_performed_for_those_of_the_day_it_opened(bed: Bed) {
        let site = Site::of(&bed);
        let ada = somebody(&site, &bed, "administrator").await;
        ready(&bed, &site, &ada.member).await;
        bed.clock.advance_seconds(60);
        let mut then = change(&bed).await;
        let opened = Some(Act { by: None, name: "Somebody".to_owned(), at: then.moment(), reason: String::new() });
        let review = Review { reference: Reference::parse("PR-0").unwrap(), kind: Some(ReviewKind::PrivilegeReview), opened, ..Review::default() };
        let review = then.insert("review.open", &review, "").await.unwrap();
        then.commit().await.unwrap();
        bed.clock.advance_seconds(60);
        let owed = got(&site, &ada.way, "reviews/owed").await;
        assert!(owed["items"].as_array().unwrap().iter().all(|one| one["kind"] != "privilege_review"), "{owed}");
        let later = json!({"reference": "CC1-HIS", "name": "Historian", "site": "CC1", "criterion": "1.3", "impact_reason": "TOP", "erc": true, "erc_reason": "ICCP", "dial_up": false});
        made(&site, &ada.way, "systems", later).await;
        let signed = based(&site, &ada.way, &format!("reviews/{review}/completion"), 1, json!({"reason": "Seen"})).await.json();
        let performance = got(&site, &ada.way, &format!("performances/{}", signed["performance"].as_str().unwrap())).await;
        assert_eq!((performance["subject"].as_str(), &performance["systems"]), (Some("system"), &json!(["CC1-EMS", "CC1-ICCP"])), "{performance}");
    }

    async fn a_review_without_a_row_is_signed_with_a_word(bed: Bed) {
        let site = Site::of(&bed);
        let ada = somebody(&site, &bed, "administrator").await;
        let opened = made(&site, &ada.way, "reviews", json!({"reference": "BC-1", "name": "BCSI", "kind": "bcsi_review", "due_on": "2026-06-30"})).await;
        assert_eq!(opened["population"], "0", "{opened}");
        let path = format!("reviews/{}", id(&opened));
        let page = site.get(&ada.way, &format!("/o/larkspur/{path}")).await.text();
        assert!(page.contains("Nothing to review") && page.contains("There is no row to decide about."), "{page}");
        let silent = based(&site, &ada.way, &format!("{path}/completion"), 1, json!({"reason": " "})).await;
        assert!(silent.status.as_u16() == 422 && silent.text().contains("the review has no row"), "{}", silent.text());
        let signed = based(&site, &ada.way, &format!("{path}/completion"), 1, json!({"reason": "Asked every custodian"})).await.json();
        assert_eq!((signed["status"].as_str(), signed["kept"].as_str()), (Some("completed"), Some("0")), "{signed}");
        let performance = got(&site, &ada.way, &format!("performances/{}", signed["performance"].as_str().unwrap())).await;
        assert_eq!((performance["subject"].as_str(), performance["result"].as_str()), (Some("organization"), Some("done")), "{performance}");
    }
}
