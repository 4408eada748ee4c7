//! Evidence files: received whole or not at all, kept once, given out as recorded.

use axum::body::Body;
use axum::http::Method;
use futures_util::StreamExt;
use glance::artifacts::{Artifact, keeping};
use glance::auth::Scope;
use glance::ids::{ArtifactId, Id};
use glance::storage::blobs::State;
use glance::storage::{AsOf, Blobs};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::on_each_engine;
use crate::support::Bed;
use crate::support::files::{FORM, files, form, head, made, read, send, sent};
use crate::support::http::Site;

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
}
