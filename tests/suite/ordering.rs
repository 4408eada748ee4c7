//! Orders on both engines: an engagement, an order, an errand of which one process has the lease, a package kept and given out.

use axum::http::Method;
use glance::auth::Scope;
use glance::auth::keys::Keys;
use glance::errands::packages::{self, Worker};
use glance::evidence::{Package, PackageState, ordering};
use glance::ids::{Id, PackageId};
use glance::storage::platform::Lease;
use glance::storage::{AsOf, Kept};
use glance::web::App;
use serde_json::{Value, json};

use crate::on_each_engine;
use crate::support::http::{Site, Way};
use crate::support::{BEGINNING, Bed, CANARY};

const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];

async fn post(site: &Site, token: &Way, path: &str, body: Value) -> Value {
    let answer = site.post_json(token, &format!("/api/v1/{path}"), &body).await;
    assert_eq!(answer.status.as_u16(), 201, "{path}: {}", answer.text());
    answer.json()
}

fn engagement(reference: &str) -> Value {
    json!({"reference": reference, "name": "Triennial audit", "state": "answering", "region": "WECC", "audit_id": "WECC-2026-11",
        "period_from": "2026-01-01", "period_to": "2026-12-31", "level_1_due": "2026-03-20", "notice_on": "2026-01-10",
        "scope": ["CIP-007-6 R2", "cip-005"], "team": ["A. Auditor (WECC)"]})
}

async fn ordered(site: &Site, token: &Way, body: Value) -> PackageId {
    let made = post(site, token, "packages", body).await;
    assert_eq!(
        (made["package"]["state"].as_str(), made["progress"]["attempt"].as_i64()),
        (Some("ordered"), Some(0)),
        "{made}"
    );
    PackageId::parse(made["id"].as_str().unwrap()).unwrap()
}

fn wanted() -> Value {
    json!({"period": "2026-01-01..2026-02-28", "scope": ["CIP-007-6 R2"], "reason": "mock audit"})
}

async fn kept(bed: &Bed, id: PackageId) -> Kept<Package> {
    let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
    at.find::<Package>(id).await.unwrap().unwrap()
}

/// Acts of the journal about a package, in order.
async fn acts(bed: &Bed, id: PackageId) -> Vec<String> {
    let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
    let which = glance::timeline::records::Which::Kind("package".to_owned());
    let mut found = glance::timeline::records::entries(&mut at, &which, i64::MAX, 500).await.unwrap();
    found.reverse();
    found.into_iter().filter(|entry| entry.subject == id.to_string()).map(|entry| entry.act).collect()
}

on_each_engine! {
    async fn an_engagement_says_only_what_can_be(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        let made = post(&site, &token, "engagements", engagement("AUD-1")).await;
        assert_eq!(made["scope"], json!(["CIP-007-6 R2", "cip-005"]), "{made}");
        for (field, value) in [
            ("scope", json!(["CIP-099"])),
            ("scope", json!(["CIP-015"])),
            ("period_to", json!("2025-12-31")),
            ("level_1_due", json!("2026-01-09")),
            ("lead", json!("nobody.here")),
        ] {
            let mut body = engagement("AUD-2");
            body[field] = value;
            let answer = site.post_json(&token, "/api/v1/engagements", &body).await;
            assert_eq!(answer.status.as_u16(), 422, "{field}: {}", answer.text());
            assert_eq!(answer.json()["problems"][0]["field"], json!(field), "{}", answer.text());
        }
        let again = site.post_json(&token, "/api/v1/engagements", &engagement("aud-1")).await;
        assert_eq!(again.status.as_u16(), 422);
        let person = site.person(&bed, bed.organization, "compliance", false).await;
        let page = site.get(&person, &format!("/o/larkspur/engagements/{}", made["id"].as_str().unwrap())).await;
        assert!(page.text().contains("parts ready"), "{}", page.text());
        let doors = site.get(&person, &format!("/o/larkspur/engagements/{}?tab=auditors", made["id"].as_str().unwrap())).await;
        assert!(doors.text().contains("Nobody is let in"), "{}", doors.text());
        assert!(!page.text().contains(CANARY));
    }

    async fn an_order_is_built_by_its_errand_and_kept(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        post(&site, &token, "engagements", engagement("AUD-1")).await;
        let id = ordered(&site, &token, json!({"engagement": "AUD-1", "reason": "Level 1"})).await;
        let file = format!("/api/v1/packages/{id}/file");
        assert_eq!(site.get(&token, &file).await.status.as_u16(), 409, "not before it is sealed");
        let person = site.person(&bed, bed.organization, "compliance", true).await;
        let here = format!("/o/larkspur/packages/{id}");
        let page = site.get(&person, &here).await;
        assert!(page.header("refresh").starts_with("2;") && page.text().contains("Waiting for its turn"), "{}", page.text());
        bed.clock.advance_seconds(1);
        site.build_packages().await;
        let sealed = kept(&bed, id).await;
        assert_eq!(sealed.state, PackageState::Sealed, "{}", sealed.problem);
        assert!(sealed.name.contains("WECC-2026-11"), "{}", sealed.name);
        assert_eq!(acts(&bed, id).await, ["package.order", "package.build", "package.seal"]);
        let given = site.get(&token, &file).await;
        assert_eq!((given.status.as_u16(), given.body.len()), (200, usize::try_from(sealed.size.unwrap()).unwrap()));
        assert_eq!(glance::storage::versions::hash_text(&<sha2::Sha256 as sha2::Digest>::digest(&given.body)), sealed.digest);
        assert_eq!(acts(&bed, id).await.last().map(String::as_str), Some("package.download"));
        let page = site.get(&person, &here).await;
        assert_eq!(page.header("refresh"), "");
        for words in ["Sealed", sealed.hex(), "Level 1", "1</span></header><ol", "AUD-1"] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        assert!(site.get(&person, "/o/larkspur/packages?engagement=AUD-1").await.text().contains(&sealed.name));
        assert_eq!(site.get(&person, "/o/larkspur/packages?engagement=AUD-9").await.status.as_u16(), 422);
        assert!(site.get(&person, &format!("{here}/records")).await.text().contains("Larkspur Valley Power"));
    }

    async fn the_same_order_is_the_same_bytes_and_another_is_compared(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        let first = ordered(&site, &token, wanted()).await;
        bed.clock.advance_seconds(1);
        site.build_packages().await;
        let instant = kept(&bed, first).await.instant.rfc3339();
        let mut same = wanted();
        same["as_of"] = json!(instant);
        let second = ordered(&site, &token, same).await;
        post(&site, &token, "sites", json!({"reference": "SUB07", "name": "Substation 7", "kind": "transmission_substation"})).await;
        let third = ordered(&site, &token, wanted()).await;
        bed.clock.advance_seconds(1);
        site.build_packages().await;
        assert_eq!(kept(&bed, first).await.digest, kept(&bed, second).await.digest);
        assert_ne!(kept(&bed, first).await.digest, kept(&bed, third).await.digest);
        let compared = site.get(&token, &format!("/api/v1/packages/{first}/comparison?with={second}")).await.json();
        assert_eq!((compared["same"].as_bool(), compared["changed"].as_array().map(Vec::len)), (Some(true), Some(0)), "{compared}");
        let compared = site.get(&token, &format!("/api/v1/packages/{third}/comparison?with={first}")).await.json();
        assert_eq!(compared["same"], json!(false));
        assert!(compared["changed"].as_array().unwrap().iter().any(|path| path.as_str().unwrap().ends_with("checkpoint.note")), "{compared}");
        let person = site.person(&bed, bed.organization, "compliance", false).await;
        let page = site.get(&person, &format!("/o/larkspur/packages/{first}")).await.text();
        assert!(page.contains("the very same bytes"), "{page}");
        let page = site.get(&person, &format!("/o/larkspur/packages/{first}/comparison?with={third}")).await;
        assert!(page.status.as_u16() == 200 && page.text().contains("files changed"), "{}", page.text());
        assert_eq!(site.get(&person, &format!("/o/larkspur/packages/{first}/comparison?with=x")).await.status.as_u16(), 422);
    }

    async fn of_two_processes_one_builds(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        let id = ordered(&site, &token, wanted()).await;
        bed.clock.advance_seconds(1);
        let workers: Vec<Worker> = (0..4).map(|_| Worker::of(&site.app)).collect();
        let running = workers.iter().map(packages::next);
        let done = futures_util::future::join_all(running).await;
        assert_eq!(done.into_iter().filter(|done| matches!(done, Ok(true))).count(), 1);
        assert_eq!(acts(&bed, id).await, ["package.order", "package.build", "package.seal"]);
    }

    async fn a_build_that_broke_off_is_gone_on_with_by_another(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        let id = ordered(&site, &token, wanted()).await;
        bed.clock.advance_seconds(1);
        // A process takes the errand, says that it builds, and is never heard of again.
        let lost = Lease { who: "lost", now: bed.store.clock().now(), seconds: 60 };
        let mut work = bed.store.write_platform().await.unwrap();
        let errand = work.tables().lease_errand(ordering::ERRAND, &lost).await.unwrap().unwrap();
        work.commit().await.unwrap();
        ordering::begin(&bed.store, bed.author(), &errand).await.unwrap().unwrap();
        let folder = site.app.data.join("packages").join(bed.organization.to_string());
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{id}.new")), "half").unwrap();
        // A new process over the same data: nothing to do while the lease stands, everything once it ran out.
        let keys = Keys::open(&site.app.data, BEGINNING).unwrap();
        let other = App::new(bed.store.clone(), keys, String::new(), site.app.data.clone());
        let worker = Worker::of(&other);
        assert!(!packages::next(&worker).await.unwrap());
        assert_eq!(kept(&bed, id).await.state, PackageState::Building);
        bed.clock.advance_seconds(61);
        assert!(packages::next(&worker).await.unwrap());
        assert_eq!(kept(&bed, id).await.state, PackageState::Sealed);
        assert_eq!(acts(&bed, id).await, ["package.order", "package.build", "package.seal"]);
        // Who lost the lease writes nothing any more.
        let ended = ordering::end(&bed.store, bed.author(), (&errand, "lost"), ordering::Ending::Failed("late".to_owned())).await.unwrap();
        assert!(!ended);
        let left: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, [format!("{id}.zip").as_str()]);
    }

    async fn a_failed_build_says_why_and_is_ordered_again(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        std::fs::write(site.app.data.join("packages"), "in the way").unwrap();
        let id = ordered(&site, &token, wanted()).await;
        bed.clock.advance_seconds(1);
        site.build_packages().await;
        let failed = kept(&bed, id).await;
        assert_eq!((failed.state, failed.problem.is_empty()), (PackageState::Failed, false));
        let person = site.person(&bed, bed.organization, "compliance", true).await;
        let page = site.get(&person, &format!("/o/larkspur/packages/{id}")).await.text();
        assert!(page.contains("The build failed") && page.contains("Order once more"), "{page}");
        std::fs::remove_file(site.app.data.join("packages")).unwrap();
        let again = format!("/o/larkspur/packages/{id}/attempts");
        assert_eq!(site.ask(&person, Method::POST, &again, &FORM, "reason=mended").await.status.as_u16(), 303);
        assert_eq!(site.ask(&person, Method::POST, &again, &FORM, "reason=twice").await.status.as_u16(), 409);
        bed.clock.advance_seconds(1);
        site.build_packages().await;
        assert_eq!(kept(&bed, id).await.state, PackageState::Sealed, "{}", kept(&bed, id).await.problem);
        assert_eq!(acts(&bed, id).await, ["package.order", "package.build", "package.fail", "package.retry", "package.build", "package.seal"]);
    }

    async fn what_cannot_be_ordered_says_where(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        for (field, value) in [
            ("as_of", json!("2030-01-01T00:00:00Z")),
            ("as_of", json!("1999-01-01T00:00:00Z")),
            ("scope", json!(["CIP-015"])),
            ("scope", json!(["nonsense"])),
            ("engagement", json!("AUD-9")),
            ("reason", json!("")),
            ("period", json!("2026-02-01..2026-01-01")),
            ("period", json!("2027-02-01..2027-03-01")),
            ("colour", json!("red")),
        ] {
            let mut body = wanted();
            body[field] = value.clone();
            let answer = site.post_json(&token, "/api/v1/packages", &body).await;
            assert_eq!(answer.status.as_u16(), 422, "{field} {value}: {}", answer.text());
            assert_eq!(answer.json()["problems"][0]["field"], json!(field), "{}", answer.text());
        }
        let person = site.person(&bed, bed.organization, "compliance", true).await;
        let body = "from=2026-01-01&to=2026-02-28&scope=CIP-099&as_of=&reason=typed+once&key=k1";
        let answer = site.ask(&person, Method::POST, "/o/larkspur/packages", &FORM, body).await;
        assert!(answer.status.as_u16() == 422 && answer.text().contains("typed once") && answer.text().contains("CIP-099"), "{}", answer.text());
        let body = "from=2026-01-01&to=2026-02-28&scope=&as_of=&reason=typed+once&key=k1";
        let one = site.ask(&person, Method::POST, "/o/larkspur/packages", &FORM, body).await;
        let two = site.ask(&person, Method::POST, "/o/larkspur/packages", &FORM, body).await;
        assert_eq!((one.status.as_u16(), one.header("location")), (303, two.header("location")), "a repeat orders once: {}", one.text());
        assert_eq!(site.get(&token, "/api/v1/packages").await.json()["total"], json!(1));
    }

    async fn readiness_has_the_numbers_of_the_limits(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, Scope::ALL).await;
        let made = post(&site, &token, "engagements", engagement("AUD-1")).await;
        let here = made["id"].as_str().unwrap().to_owned();
        let told = site.get(&token, &format!("/api/v1/engagements/{here}/readiness")).await.json();
        let number = |name: &str| told["numbers"][name].as_u64().unwrap();
        let sentence = format!("{} ready, {} indeterminate, {} missing, {} stale", number("ready"), number("indeterminate"), number("missing"), number("stale"));
        let id = ordered(&site, &token, json!({"engagement": "AUD-1", "reason": "Level 1"})).await;
        bed.clock.advance_seconds(1);
        site.build_packages().await;
        let bytes = site.get(&token, &format!("/api/v1/packages/{id}/file")).await.body;
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let at = (0..archive.len()).find(|n| archive.name_for_index(*n).is_some_and(|name| name.unwrap().ends_with("99_LIMITS.md"))).unwrap();
        let limits = std::io::read_to_string(archive.by_index(at).unwrap()).unwrap();
        assert!(limits.contains(&sentence), "{sentence}: {limits}");
        let person = site.person(&bed, bed.organization, "compliance", false).await;
        let page = site.get(&person, &format!("/o/larkspur/engagements/{here}/readiness")).await;
        let all = number("ready") + number("indeterminate") + number("missing") + number("stale");
        assert!(page.text().contains(&format!("{} of {all} parts ready", number("ready"))), "{}", page.text());
        assert!(page.text().contains("due in <b>18 days</b>") && page.text().contains("/narrative"), "{}", page.text());
        let some = site.get(&person, &format!("/o/larkspur/engagements/{here}/readiness?state=missing&owner=nobody&standard=CIP-007-6")).await.text();
        assert!(some.contains("CIP-007-6 R2.1") && !some.contains("CIP-005-7 R1.1"), "{some}");
        assert_eq!(site.get(&person, &format!("/o/larkspur/engagements/{here}/readiness?colour=red")).await.status.as_u16(), 422);
    }
}
