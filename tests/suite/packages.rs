//! The thread through the product: a sensor's log in, decisions by a person, a package out, and every change to it found.

use std::io::Read;

use axum::http::Method;
use glance::seal::verifier::{Expected, verify};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;

use crate::on_each_engine;
use crate::support::Bed;
use crate::support::http::{Site, Way};
use crate::support::process::run;

const LOG: &str = "#separator \\x09\n#unset_field\t-\n#path\tconn\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tresp_bytes\tconn_state\n\
1772463000.5\tC1\t10.7.1.20\t40000\t10.7.1.11\t20000\ttcp\tdnp3\t120\tSF\n1772463001.5\tC2\t10.7.1.20\t40001\t10.7.1.12\t502\ttcp\t-\t9\tSF\n";

async fn take_in(bed: &Bed, log: &str) -> glance::flows::actions::Taken {
    use glance::flows::{importing, intake};
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("conn.log");
    std::fs::write(&path, log).unwrap();
    let import = importing::Import {
        organization: bed.organization,
        author: bed.author(),
        sensor: glance::vocabulary::Reference::parse("S7").unwrap(),
        files: vec![intake::LogFile::named("conn.log", path)],
        partial: false,
        progress: intake::Progress::default(),
    };
    importing::import(&bed.store, &glance::storage::Blobs::directory(place.path()), import)
        .await
        .unwrap_or_else(|failure| panic!("{failure:?}"))
        .taken
}

/// A bed with a few assets and a sealed package.
async fn sealed(bed: &Bed) -> Vec<u8> {
    let site = Site::of(bed);
    let token = site.token(bed, glance::auth::Scope::ALL).await;
    let post = async |path: &str, body: serde_json::Value| {
        let answer = site.post_json(&token, path, &body).await;
        assert_eq!(answer.status.as_u16(), 201, "{}", answer.text());
        answer.json()
    };
    post("/api/v1/sites", json!({"reference": "SUB07", "name": "Substation 7", "kind": "transmission_substation", "criteria": ["2.5"], "criteria_reason": "345 kV"})).await;
    post("/api/v1/systems", json!({"reference": "S7-PROT", "name": "Protection", "site": "SUB07", "criterion": "2.5", "impact_reason": "at SUB07"})).await;
    for n in 1..=4 {
        post("/api/v1/assets", json!({"reference": format!("7-PR-{n}"), "name": "=Ærø <b>", "kind": "protective_relay", "lifecycle": "in_service", "site": "SUB07", "systems": ["S7-PROT"], "categories": ["BCA"]})).await;
    }
    let made = post("/api/v1/packages", json!({"period": "2025-10-01..2026-02-28", "reason": "mock audit"})).await;
    bed.clock.advance_seconds(1);
    site.build_packages().await;
    let file = site.get(&token, &format!("/api/v1/packages/{}/file", made["id"].as_str().unwrap())).await;
    assert_eq!(file.status.as_u16(), 200);
    file.body
}

fn unpack(bytes: &[u8], folder: &std::path::Path) -> std::path::PathBuf {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    archive.extract(folder).unwrap();
    let name = archive.by_index(0).unwrap().name().unwrap().into_owned();
    folder.join(name.split('/').next().unwrap())
}

fn python(folder: &std::path::Path) -> (bool, String) {
    let done = run("python3", &["verify.py"], folder);
    (done.status.success(), String::from_utf8_lossy(&done.stdout).into_owned())
}

on_each_engine! {
    async fn a_log_becomes_a_queue_and_a_person_decides(bed: Bed) {
        let taken = take_in(&bed, LOG).await;
        assert_eq!((taken.rows, taken.hosts, taken.new), (2, 3, true));
        assert!(!take_in(&bed, LOG).await.new);
        let site = Site::of(&bed);
        let token = site.token(&bed, &[glance::auth::Scope::Read]).await;
        let waiting = async || site.get(&token, "/api/v1/discoveries").await.json()["total"].as_i64().unwrap();
        assert_eq!((waiting().await, site.get(&token, "/api/v1/assets").await.json()["total"].as_i64()), (3, Some(0)));
        let person = site.person(&bed, bed.organization, "engineer", false).await;
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let post = async |way: &Way, path: &str, body: &str| site.ask(way, Method::POST, path, &form, body).await.status.as_u16();
        let accept = "address=10.7.1.11&reference=7-RTU-1&kind=rtu&reason=walked+down";
        assert_eq!(post(&person, "/o/larkspur/discoveries/acceptance", accept).await, 303);
        assert_eq!(post(&person, "/o/larkspur/discoveries/merge", "address=10.7.1.12&asset=7-rtu-1&reason=second+card").await, 303);
        assert_eq!(post(&person, "/o/larkspur/discoveries/merge", "address=10.7.1.20&asset=nothing&reason=x").await, 422);
        assert_eq!(post(&person, "/o/larkspur/discoveries/rejection", "address=10.7.1.20&reason=laptop").await, 303);
        assert_eq!(post(&person, "/o/larkspur/discoveries/rejection", "address=10.9.9.9&reason=never+seen").await, 404);
        assert_eq!(waiting().await, 0);
        let found = site.get(&token, "/api/v1/assets?q=10.7.1.12").await.json();
        assert_eq!((found["items"][0]["reference"].as_str(), found["items"][0]["source"].as_str()), (Some("7-RTU-1"), Some("discovered")));
        let sound = glance::storage::verify::verify(&bed.store, bed.organization, None, Some(glance::KINDS)).await.unwrap();
        assert!(sound.holds(), "{:?}", sound.problems);
    }

    async fn a_package_holds_and_no_change_to_it_does(bed: Bed) {
        let bytes = sealed(&bed).await;
        let report = verify(&bytes, &Expected::default());
        assert!(report.problems.is_empty(), "{:?}", report.problems);
        assert!(report.records > 5 && report.rows > 200, "{report:?}");
        let wrong = Expected { fingerprint: Some("00".repeat(32)), checkpoint: None };
        assert!(!verify(&bytes, &wrong).problems.is_empty());
        let mut rng = SmallRng::seed_from_u64(7);
        for turn in 0..1000 {
            let mut changed = bytes.clone();
            let at = rng.random_range(0..changed.len());
            changed[at] ^= 1 << rng.random_range(0..8);
            assert!(!verify(&changed, &Expected::default()).problems.is_empty(), "turn {turn}, byte {at}");
        }
        assert!(!verify(&bytes[..bytes.len() - 1], &Expected::default()).problems.is_empty());
        assert!(!verify(b"PK\x03\x04", &Expected::default()).problems.is_empty());
    }

    async fn other_tools_agree(bed: Bed) {
        let bytes = sealed(&bed).await;
        let place = tempfile::tempdir().unwrap();
        let folder = unpack(&bytes, place.path());
        let (holds, said) = python(&folder);
        assert!(holds && said.contains(" rows tied to the log"), "{said}");
        for line in [
            "openssl pkeyutl -verify -pubin -inkey glance.pub.pem -rawin -in tagmanifest-sha256.txt -sigfile tagmanifest-sha256.txt.sig",
            "sha256sum -c --strict --quiet tagmanifest-sha256.txt && sha256sum -c --strict --quiet manifest-sha256.txt",
            "find . -type f | cut -c3- | LC_ALL=C sort | diff - <( (cut -c67- manifest-sha256.txt tagmanifest-sha256.txt; ls tagmanifest-sha256.txt*) | LC_ALL=C sort)",
            "minisign -Vm tagmanifest-sha256.txt -p glance.minisign.pub",
        ] {
            let done = run("bash", &["-c", line], &folder);
            assert!(done.status.success(), "{line}: {}", String::from_utf8_lossy(&done.stderr));
        }
        let mut paths = Vec::new();
        let mut open = vec![folder.clone()];
        while let Some(next) = open.pop() {
            for entry in std::fs::read_dir(next).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { open.push(path) } else { paths.push(path) }
            }
        }
        paths.sort();
        let mut rng = SmallRng::seed_from_u64(11);
        // Every file of another kind, and a few of those that are many.
        let many = |path: &std::path::Path| path.ends_with("_part.json") || path.extension().is_some_and(|end| end == "tlog-proof");
        let few = paths.iter().filter(|path| many(path)).step_by(60);
        for path in paths.iter().filter(|path| !many(path) && !path.ends_with("verify.py")).chain(few) {
            let mut kept = Vec::new();
            std::fs::File::open(path).unwrap().read_to_end(&mut kept).unwrap();
            let mut changed = kept.clone();
            let at = rng.random_range(0..changed.len());
            changed[at] ^= 1;
            std::fs::write(path, &changed).unwrap();
            assert!(!python(&folder).0, "{} byte {at}", path.display());
            std::fs::write(path, &kept).unwrap();
        }
        std::fs::write(folder.join("data/added.txt"), "x").unwrap();
        assert!(!python(&folder).0);
    }

    async fn the_same_order_gives_the_same_bytes(bed: Bed) {
        sealed(&bed).await;
        let site = Site::of(&bed);
        let mut at = bed.store.snapshot(bed.organization, glance::storage::AsOf::Now).await.unwrap();
        let instant = at.instant();
        let _ = at.root().await.unwrap();
        drop(at);
        let mut seen = Vec::new();
        for _ in 0..2 {
            bed.clock.advance_seconds(60);
            let period = glance::evidence::model::Period::parse("2025-10-01..2026-02-28").unwrap();
            let as_of = glance::storage::AsOf::At(instant);
            let package = glance::ids::Id::new(bed.store.clock().now(), &mut rand::rng());
            let order = glance::evidence::Order::of(bed.organization, package, period, as_of);
            let sealed = glance::evidence::building::build(site.means(), order, &|_| {}).await.unwrap();
            seen.push(std::fs::read(sealed.path).unwrap());
        }
        assert!(seen[0] == seen[1]);
    }
}
