//! Evidence files: received whole or not at all, kept once, given out as recorded, attached and taken back.

use axum::body::Body;
use axum::http::Method;
use futures_util::StreamExt;
use glance::artifacts::attaching::{self, Target};
use glance::artifacts::{Artifact, Attachment, keeping, records};
use glance::auth::Scope;
use glance::ids::{ArtifactId, AttachmentId, Id};
use glance::storage::blobs::State;
use glance::storage::{AsOf, Blobs};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::on_each_engine;
use crate::support::http::{Answer, Site, Way};
use crate::support::{Bed, CANARY};

const FORM: (&str, &str) = ("content-type", "multipart/form-data; boundary=x");

/// The beginning of a form part that is a file.
fn head(name: &str, kind: &str) -> String {
    format!("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: {kind}\r\n\r\n")
}

/// A form of texts and files.
fn form(texts: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, text) in texts {
        let part = format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    for (name, kind, bytes) in files {
        body.extend_from_slice(head(name, kind).as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--x--\r\n");
    body
}

async fn read(answer: axum::response::Response) -> Answer {
    let (parts, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
    Answer { status: parts.status, headers: parts.headers, body }
}

async fn send(site: &Site, way: &Way, path: &str, body: Vec<u8>) -> Answer {
    read(site.begin(way, Method::POST, path, &[FORM], Body::from(body)).await).await
}

/// Sends one file over the API and gives what became of it.
async fn sent(site: &Site, token: &Way, texts: &[(&str, &str)], file: (&str, &str, &[u8])) -> Value {
    let answer = send(site, token, "/api/v1/artifacts", form(texts, &[file])).await;
    assert!(answer.status.is_success(), "{}", answer.text());
    answer.json()["items"][0].clone()
}

/// Files below a folder, without the folder's name.
fn files(folder: &std::path::Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let each = entries.filter_map(Result::ok).flat_map(|entry| {
        if entry.path().is_dir() { files(&entry.path()) } else { vec![entry.path().display().to_string()] }
    });
    each.collect()
}

/// Bytes made on the fly, the same for the same length.
fn made(length: usize) -> impl Iterator<Item = Vec<u8>> {
    let piece: Vec<u8> = (0..64 * 1024u32).map(|n| u8::try_from(n * 31 % 251).unwrap()).collect();
    (0..length.div_ceil(piece.len())).map(move |n| {
        let mut some = piece.clone();
        some[0] = u8::try_from(n % 256).unwrap();
        some.truncate(length - n * piece.len());
        some
    })
}

on_each_engine! {
    async fn a_file_comes_in_and_goes_out_as_it_was(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        let bytes = b"%PDF-1.7\nevidence";
        let one = sent(&site, &token, &[("title", "Quarterly review"), ("covers_from", "2026-01-01"), ("covers_to", "2026-03-01"), ("bcsi", "yes")], ("../SUB07 r\u{202E}eview.pdf", "application/pdf", bytes)).await;
        assert_eq!((&one["reference"], &one["new"], &one["name"]), (&json!("EV-000001"), &json!(true), &json!("SUB07 review.pdf")));
        let path = format!("/api/v1/artifacts/{}", one["id"].as_str().unwrap());
        let record = site.get(&token, &path).await.json();
        let digest = glance::storage::versions::hex(&Sha256::digest(bytes));
        for (name, value) in [("media_type", json!("application/pdf")), ("size", json!("17")), ("sha256", json!(digest)), ("bcsi", json!(true)), ("mismatch", Value::Null), ("title", json!("Quarterly review"))] {
            assert_eq!(record[name], value, "{name}");
        }
        let received = record["received_at"].clone();
        assert!(received.as_str().unwrap().starts_with("2026-03-02T15:00"), "{received}");
        let file = site.get(&token, &format!("{path}/file")).await;
        assert_eq!((file.status.as_u16(), &file.body[..]), (200, &bytes[..]));
        assert_eq!(file.header("content-disposition"), "attachment; filename=\"SUB07 review.pdf\"; filename*=UTF-8''SUB07%20review.pdf");
        for (name, value) in [("content-type", "application/pdf"), ("content-security-policy", "sandbox; default-src 'none'"), ("x-content-type-options", "nosniff"), ("cache-control", "no-store"), ("content-length", "17")] {
            assert_eq!(file.header(name), value, "{name}");
        }
        let journal = site.get(&token, "/api/v1/journal").await.text();
        assert!(journal.contains("artifact.download") && journal.contains("artifact.create"), "{journal}");
        let patched = |body: Value| { let (site, token, path) = (&site, &token, &path); async move {
            site.ask(token, Method::PATCH, path, &[("content-type", "application/json"), ("if-match", "\"1\"")], &body.to_string()).await
        } };
        for typed in ["received_at", "sha256", "size", "media_type", "name"] {
            assert_eq!(patched(json!({typed: "x", "reason": "no"})).await.status.as_u16(), 422, "{typed}");
        }
        assert_eq!(patched(json!({"covers_to": "2025-01-01", "reason": "no"})).await.status.as_u16(), 422);
        let edited = patched(json!({"revision": "B", "reason": "typed on the cover"})).await;
        assert_eq!((edited.status.as_u16(), &edited.json()["received_at"]), (200, &received), "{}", edited.text());
        let export = site.get(&token, "/api/v1/artifacts.csv").await.text();
        assert!(export.contains("EV-000001") && export.contains(&digest), "{export}");
    }

    async fn the_same_bytes_are_kept_once(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        let first = sent(&site, &token, &[], ("a.txt", "text/plain", b"the same")).await;
        let again = sent(&site, &token, &[("title", "another name")], ("b.txt", "text/plain", b"the same")).await;
        assert_eq!((&again["id"], &again["new"], &again["reference"]), (&first["id"], &json!(false), &json!("EV-000001")));
        assert_eq!(files(site.app.blobs.folder()).len(), 1);
        let other = sent(&site, &token, &[("supersedes", "EV-000001"), ("reference", "DOC-7")], ("a.txt", "text/plain", b"a better one")).await;
        assert_eq!(other["reference"], "DOC-7");
        let list = site.get(&token, "/api/v1/artifacts?sort=-size").await.json();
        assert_eq!((&list["total"], &list["items"][0]["reference"], &list["items"][1]["superseded_by"]), (&json!(2), &json!("DOC-7"), &json!("DOC-7")));
        let taken = send(&site, &token, "/api/v1/artifacts", form(&[("reference", "doc-7")], &[("c.txt", "text/plain", b"third")])).await;
        assert_eq!(taken.status.as_u16(), 422, "{}", taken.text());
        let next = sent(&site, &token, &[], ("d.txt", "text/plain", b"fourth")).await;
        assert_eq!(next["reference"], "EV-000003");
        for (filter, total) in [("type=text/", 3), ("type=image/", 0), ("attached=no", 3), ("bcsi=yes", 0), ("dated_from=2026-03-02", 3), ("dated_to=2026-03-01", 0), ("q=better", 0), ("q=doc-7", 1)] {
            assert_eq!(site.get(&token, &format!("/api/v1/artifacts?{filter}")).await.json()["total"], total, "{filter}");
        }
    }

    async fn what_is_not_whole_leaves_nothing(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        let empty = send(&site, &token, "/api/v1/artifacts", form(&[], &[("a.txt", "text/plain", b"")])).await;
        assert_eq!((empty.status.as_u16(), &empty.json()["problems"][0]["problem"]), (422, &json!("has no bytes")));
        let nothing = send(&site, &token, "/api/v1/artifacts", form(&[("title", "x")], &[])).await;
        assert_eq!(nothing.status.as_u16(), 422);
        for ending in [None, Some(std::io::Error::other("the connection broke"))] {
            let mut pieces: Vec<Result<Vec<u8>, std::io::Error>> = vec![Ok(head("big.bin", "x/y").into_bytes())];
            pieces.extend(made(3_000_000).map(Ok));
            pieces.extend(ending.map(Err));
            let body = Body::from_stream(futures_util::stream::iter(pieces));
            let cut = read(site.begin(&token, Method::POST, "/api/v1/artifacts", &[FORM], body).await).await;
            assert_eq!(cut.status.as_u16(), 400, "{}", cut.text());
        }
        let began = std::time::Instant::now();
        while !files(site.app.blobs.folder()).is_empty() {
            assert!(began.elapsed().as_secs() < 10, "temporary bytes are left: {:?}", files(site.app.blobs.folder()));
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        assert_eq!(site.get(&token, "/api/v1/artifacts").await.json()["total"], 0);
        for (texts, files) in [(&[("attach_kind", "asset"), ("attach_id", "nobody")][..], 1), (&[("attach_kind", "toaster"), ("attach_id", "x")], 1), (&[("colour", "red")], 1), (&[("covers_to", "soon")], 1), (&[("sha256", "x")], 1), (&[("reference", "R")], 2)] {
            let some: Vec<(&str, &str, &[u8])> = [("a.txt", "text/plain", &b"a"[..]), ("b.txt", "text/plain", b"b")].into_iter().take(files).collect();
            let refused = send(&site, &token, "/api/v1/artifacts", form(texts, &some)).await;
            assert_eq!(refused.status.as_u16(), 422, "{texts:?}: {}", refused.text());
        }
        assert_eq!(site.get(&token, "/api/v1/artifacts").await.json()["total"], 0);
    }

    async fn deceptive_files_are_told_and_disarmed(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        for (name, kind, bytes, found, odd, out) in [
            ("invoice.pdf", "application/pdf", &b"MZ\x90\0program"[..], "application/x-msdownload", "named .pdf, but the bytes are application/x-msdownload", "application/octet-stream"),
            ("photo", "image/jpeg", b"<html><script>alert(1)</script>", "text/html", "sent as image/jpeg, but the bytes are text/html", "application/octet-stream"),
            ("drawing.svg", "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>", "image/svg+xml", "", "application/octet-stream"),
            ("assets.csv", "application/vnd.ms-excel", b"a,b\n1,2\n", "text/csv", "", "text/csv"),
        ] {
            let one = sent(&site, &token, &[], (name, kind, bytes)).await;
            let path = format!("/api/v1/artifacts/{}", one["id"].as_str().unwrap());
            let record = site.get(&token, &path).await.json();
            assert_eq!((record["media_type"].as_str(), record["claimed_type"].as_str()), (Some(found), Some(kind)), "{name}");
            assert_eq!(record["mismatch"].as_str().unwrap_or(""), odd, "{name}");
            let file = site.get(&token, &format!("{path}/file")).await;
            assert_eq!(file.header("content-type"), out, "{name}");
        }
    }

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
        let page = site.get(&person, &back).await.text();
        for said in ["EV-000001", "front.jpg", "rear.jpg", "front panel", "image/jpeg, 7 bytes", "data-upload"] {
            assert!(page.contains(said), "{said}");
        }
        let viewer = site.person(&bed, bed.organization, "viewer", true).await;
        assert!(!site.get(&viewer, &back).await.text().contains("EV-000001"), "a viewer sees no evidence");
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
        let target = Target::find(change.reading().await.unwrap(), &glance::ATTACHABLE, "requirement", "CIP-002-5.1a R1").await.unwrap().unwrap();
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

    async fn damaged_bytes_are_found_and_never_shipped(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        let length = 700_000;
        let bytes: Vec<u8> = made(length).flatten().collect();
        let one = sent(&site, &token, &[], ("big.bin", "", &bytes)).await;
        let id = ArtifactId::parse(one["id"].as_str().unwrap()).unwrap();
        let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        let kept = at.find::<Artifact>(id).await.unwrap().unwrap();
        assert_eq!(keeping::verify(&site.app.blobs, bed.organization, &kept).await.unwrap(), State::Whole);
        assert!(keeping::problems(&mut at, &site.app.blobs, true).await.unwrap().is_empty());
        let file = files(site.app.blobs.folder()).remove(0);
        let mut changed = bytes.clone();
        changed[length / 2] ^= 1;
        std::fs::write(&file, &changed).unwrap();
        assert_eq!(keeping::verify(&site.app.blobs, bed.organization, &kept).await.unwrap(), State::Different);
        assert!(keeping::problems(&mut at, &site.app.blobs, false).await.unwrap().is_empty(), "a glimpse counts bytes only");
        assert!(keeping::problems(&mut at, &site.app.blobs, true).await.unwrap()[0].contains("EV-000001"));
        let path = format!("/api/v1/artifacts/{id}/file");
        let answer = site.begin(&token, Method::GET, &path, &[], Body::empty()).await;
        let mut got = 0;
        let mut broke = false;
        let mut body = answer.into_body().into_data_stream();
        while let Some(chunk) = body.next().await {
            match chunk {
                Ok(bytes) => got += bytes.len(),
                Err(_) => broke = true,
            }
        }
        assert!(broke && got < length, "{got} of {length} went out");
        std::fs::write(&file, &bytes[..length - 1]).unwrap();
        assert_eq!(keeping::problems(&mut at, &site.app.blobs, false).await.unwrap().len(), 1);
        std::fs::remove_file(&file).unwrap();
        assert!(keeping::problems(&mut at, &site.app.blobs, false).await.unwrap()[0].contains("missing"));
        drop(at);
        assert_eq!(site.get(&token, &path).await.status.as_u16(), 500);
        let again = sent(&site, &token, &[], ("big.bin", "", &bytes)).await;
        assert_eq!(again["new"], false, "the record stands, and its bytes are back");
        assert_eq!(site.get(&token, &path).await.body, bytes);
    }

    async fn a_large_file_streams_both_ways(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        let megabytes: usize = std::env::var("GLANCE_TEST_ARTIFACT_MB").ok().and_then(|text| text.parse().ok()).unwrap_or(20);
        let length = megabytes * 1_000_000;
        let begin = std::iter::once(head("large.pcap", "").into_bytes());
        let pieces = begin.chain(made(length)).chain(std::iter::once(b"\r\n--x--\r\n".to_vec())).map(Ok::<_, std::io::Error>);
        let began = std::time::Instant::now();
        let body = Body::from_stream(futures_util::stream::iter(pieces));
        let answer = read(site.begin(&token, Method::POST, "/api/v1/artifacts", &[FORM], body).await).await;
        assert_eq!(answer.status.as_u16(), 201, "{}", answer.text());
        let taken = began.elapsed();
        let path = format!("/api/v1/artifacts/{}/file", answer.json()["items"][0]["id"].as_str().unwrap());
        let began = std::time::Instant::now();
        let answer = site.begin(&token, Method::GET, &path, &[("accept-encoding", "gzip")], Body::empty()).await;
        assert!(answer.headers().get("content-encoding").is_none(), "as it is");
        let (mut hash, mut got) = (Sha256::new(), 0);
        let mut body = answer.into_body().into_data_stream();
        while let Some(chunk) = body.next().await {
            let chunk = chunk.unwrap();
            got += chunk.len();
            hash.update(&chunk);
        }
        assert_eq!(got, length);
        assert_eq!(hash.finalize(), made(length).fold(Sha256::new(), Sha256::chain_update).finalize());
        let peak = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let peak = peak.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("").to_owned();
        println!("{megabytes} MB in {taken:?}, out {:?}, {peak}", began.elapsed());
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

    async fn what_was_abandoned_is_swept(bed: Bed) {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::directory(folder.path());
        let mut incoming = blobs.receive(bed.organization).await.unwrap();
        incoming.write(&vec![7; 3_000_000]).await.unwrap();
        std::mem::forget(incoming);
        assert_eq!(blobs.sweep(glance::clock::Clock::system().now()), 0, "it may still be coming");
        assert_eq!(blobs.sweep(glance::vocabulary::Moment::OPEN), 1);
        assert!(files(folder.path()).is_empty());
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
