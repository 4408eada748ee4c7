//! Evidence files on the pages of records and requirements, from imports, and across organizations.

use axum::http::Method;
use glance::artifacts::attaching::{self, Target};
use glance::artifacts::{Attachment, keeping, records};
use glance::auth::Scope;
use glance::ids::{AttachmentId, Id};
use glance::storage::AsOf;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::on_each_engine;
use crate::support::files::{form, send, sent};
use crate::support::http::Site;
use crate::support::{Bed, CANARY};

on_each_engine! {
    async fn attached_listed_and_taken_back(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        let person = site.person(&bed, bed.organization, "engineer", true).await;
        let asset = site.post_json(&token, "/api/v1/assets", &json!({"reference": "R-1", "kind": "rtu", "lifecycle": "in_service"})).await.json();
        let asset = asset["id"].as_str().unwrap().to_owned();
        let back = format!("/o/larkspur/assets/{asset}");
        let texts = [("attach_kind", "asset"), ("attach_id", &asset), ("note", "front panel"), ("back", &back)];
        let two = form(&texts, &[("front.jpg", "image/jpeg", b"\xff\xd8\xff\xe0one"), ("rear.jpg", "image/jpeg", b"\xff\xd8\xff\xe0two")]);
        let answer = send(&site, &person, "/o/larkspur/artifacts", two).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, format!("{back}?done=attached").as_str()), "{}", answer.text());
        let page = site.get(&person, &format!("{back}?tab=files")).await.text();
        for said in ["EV-000001", "front.jpg", "rear.jpg", "front panel", "image/jpeg, 7 bytes", "data-upload"] {
            assert!(page.contains(said), "{said}");
        }
        let viewer = site.person(&bed, bed.organization, "viewer", true).await;
        assert!(!site.get(&viewer, &format!("{back}?tab=files")).await.text().contains("EV-000001"), "a viewer sees no evidence");
        let list = site.get(&token, "/api/v1/artifacts").await.json();
        let artifact = list["items"][0]["id"].as_str().unwrap().to_owned();
        let own = site.get(&person, &format!("/o/larkspur/artifacts/{artifact}")).await.text();
        assert!(own.contains("Attached to") && own.contains(">R-1</a>") && own.contains("Download") && own.contains("Replace"), "{own}");
        let attached = format!("/api/v1/artifacts/{artifact}/attachments");
        let requirement = json!({"kind": "requirement", "target": "CIP-007-6 R2.2", "note": "patch review"});
        assert_eq!(site.post_json(&token, &attached, &requirement).await.status.as_u16(), 201);
        assert_eq!(site.post_json(&token, &attached, &requirement).await.status.as_u16(), 201, "the same again is the same");
        for bad in [json!({"kind": "artifact", "target": artifact}), json!({"kind": "asset", "target": artifact}), json!({"kind": "requirement", "target": "<b>"}), json!({"kind": "asset"})] {
            assert_eq!(site.post_json(&token, &attached, &bad).await.status.as_u16(), 422, "{bad}");
        }
        let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        let evidence = records::evidence_of_requirements(&mut at).await.unwrap();
        assert_eq!((evidence.len(), evidence["CIP-007-6 R2.2"].files, evidence["CIP-007-6 R2.2"].newest.as_str()), (1, 1, "2026-03-02"));
        let before = at.instant();
        drop(at);
        let items = site.get(&token, &attached).await.json()["items"].clone();
        assert_eq!(items.as_array().unwrap().len(), 2);
        let one = items[0]["id"].as_str().unwrap();
        let withdrawal = format!("/o/larkspur/artifacts/attachments/{one}/withdrawal");
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        assert_eq!(site.ask(&person, Method::POST, &withdrawal, &kind, "").await.status.as_u16(), 422, "without a reason");
        let done = site.ask(&person, Method::POST, &withdrawal, &kind, "reason=wrong+device&back=//evil.test").await;
        assert_eq!((done.status.as_u16(), done.header("location")), (303, "/?done=withdrawn"));
        let other = site.ask(&token, Method::DELETE, &format!("/api/v1/attachments/{}?reason=x", items[1]["id"].as_str().unwrap()), &[], "").await;
        assert_eq!(other.status.as_u16(), 200);
        assert_eq!(site.get(&token, &attached).await.json()["total"], 0);
        let mut then = bed.store.snapshot(bed.organization, AsOf::At(before)).await.unwrap();
        assert_eq!(records::attached_to(&mut then, "asset", &asset).await.unwrap().len(), 2, "the past keeps it");
        assert_eq!(records::evidence_of(&mut then, "asset").await.unwrap()[&asset].files, 2);
        let mut now = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        assert_eq!(records::attached_to(&mut now, "asset", &asset).await.unwrap().len(), 1);
        let kept = now.find::<Attachment>(AttachmentId::parse(one).unwrap()).await.unwrap().unwrap();
        assert!(kept.withdrawn_at.is_some() && kept.reason == "wrong device");
        let by_hand = format!("artifact=ev-000001&attach_kind=asset&attach_id={asset}&back={back}");
        assert_eq!(site.ask(&person, Method::POST, "/o/larkspur/artifacts/attachments", &kind, &by_hand).await.status.as_u16(), 303);
        assert_eq!(site.ask(&person, Method::POST, "/o/larkspur/artifacts/attachments", &kind, &by_hand.replace("ev-", "no-")).await.status.as_u16(), 422);
    }

    async fn nobody_reaches_another_organization(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        let mut change = bed.store.change(bed.canary, bed.author()).await.unwrap();
        let stored = keeping::keep_bytes(&site.app.blobs, bed.canary, CANARY.as_bytes()).await.unwrap();
        let source = keeping::Source { name: CANARY, system: CANARY };
        let theirs = keeping::record_source(&mut change, &stored, source, "").await.unwrap();
        let target = Target::find(change.reading().await.unwrap(), &glance::ATTACHABLE, "requirement", "CIP-007-6 R2.2").await.unwrap().unwrap();
        let attachment = attaching::attach(&mut change, &target, theirs.id, CANARY, "").await.unwrap();
        change.commit().await.unwrap();
        for path in [format!("/api/v1/artifacts/{}", theirs.id), format!("/api/v1/artifacts/{}/file", theirs.id), format!("/api/v1/artifacts/{}/attachments", theirs.id), format!("/api/v1/artifacts/{}/history", theirs.id)] {
            let answer = site.get(&token, &path).await;
            assert_eq!(answer.status.as_u16(), 404, "{path}");
            assert!(!answer.text().contains(CANARY));
        }
        let taken_back = site.ask(&token, Method::DELETE, &format!("/api/v1/attachments/{attachment}?reason=x"), &[], "").await;
        assert_eq!(taken_back.status.as_u16(), 404);
        let own = sent(&site, &token, &[], ("mine", "text/plain", CANARY.as_bytes())).await;
        assert_eq!((&own["new"], &own["reference"]), (&json!(true), &json!("EV-000001")), "the same bytes in another organization tell nothing");
        let target = json!({"kind": "artifact", "target": theirs.id});
        assert_eq!(site.post_json(&token, &format!("/api/v1/artifacts/{}/attachments", own["id"].as_str().unwrap()), &target).await.status.as_u16(), 422);
        let foreign = send(&site, &token, "/api/v1/artifacts", form(&[("supersedes", "nothing")], &[("x", "", b"x")])).await;
        assert_eq!(foreign.status.as_u16(), 422);
        let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        assert!(records::evidence_of_requirements(&mut at).await.unwrap().is_empty());
        assert!(!site.get(&token, "/api/v1/artifacts").await.text().contains(&theirs.id.to_string()));
    }

    async fn an_import_keeps_its_file(bed: Bed) {
        let site = Site::of(&bed);
        let person = site.person(&bed, bed.organization, "administrator", true).await;
        let rows = b"reference,kind,lifecycle\nR-9,rtu,planned\n";
        let preview = send(&site, &person, "/o/larkspur/assets/import", form(&[], &[("inventory.csv", "text/csv", rows)])).await;
        assert_eq!(preview.status.as_u16(), 200, "{}", preview.text());
        let digest = glance::storage::versions::hex(&Sha256::digest(rows));
        let confirm = format!("digest={digest}&name=inventory.csv&reason=yearly");
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        let done = site.ask(&person, Method::POST, "/o/larkspur/assets/import/confirmation", &kind, &confirm).await;
        assert!(done.text().contains("entered"), "{}", done.text());
        let token = site.token(&bed, Scope::ALL).await;
        let list = site.get(&token, "/api/v1/artifacts").await.json();
        assert_eq!((&list["total"], &list["items"][0]["name"], &list["items"][0]["sha256"]), (&json!(1), &json!("inventory.csv"), &json!(digest)));
        let journal = site.get(&token, "/api/v1/journal").await.text();
        assert!(journal.contains(list["items"][0]["id"].as_str().unwrap()), "the leaf names the artifact");
    }

    async fn a_form_says_what_is_wrong_and_keeps_what_was_typed(bed: Bed) {
        let site = Site::of(&bed);
        let person = site.person(&bed, bed.organization, "compliance", true).await;
        let page = site.get(&person, "/o/larkspur/artifacts/new?supersedes=EV-1&attach_kind=requirement&attach_id=CIP-007-6%20R2.2").await.text();
        assert!(page.contains("value=\"EV-1\"") && page.contains("value=\"CIP-007-6 R2.2\"") && page.contains("capture=\"environment\""), "{page}");
        let bad = send(&site, &person, "/o/larkspur/artifacts", form(&[("title", "Kept title"), ("covers_from", "yesterday")], &[("a.txt", "text/plain", b"a")])).await;
        assert_eq!(bad.status.as_u16(), 422);
        assert!(bad.text().contains("Kept title") && bad.text().contains("not a date"), "{}", bad.text());
        let none = send(&site, &person, "/o/larkspur/artifacts", form(&[("title", "Kept title")], &[("", "application/octet-stream", b"")])).await;
        assert!(none.status.as_u16() == 422 && none.text().contains("choose one file or more"), "{}", none.text());
        let one = send(&site, &person, "/o/larkspur/artifacts", form(&[], &[("a.txt", "text/plain", b"a")])).await;
        assert!(one.header("location").ends_with("?done=uploaded"), "{}", one.header("location"));
        let two = send(&site, &person, "/o/larkspur/artifacts", form(&[], &[("a.txt", "text/plain", b"a"), ("b.txt", "text/plain", b"b")])).await;
        assert!(two.status.as_u16() == 200 && two.text().contains("These bytes were here already"), "{}", two.text());
        let list = site.get(&person, "/o/larkspur/artifacts").await.text();
        assert!(list.contains("New evidence file") && list.contains("Packages") && !list.contains("/artifacts/import"), "{list}");
    }
}
