//! What a package holds, on both engines: tabs, parts, evidence files, findings, limits, and what is refused.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use glance::evidence::building::{self, Sealed};
use glance::evidence::model::Period;
use glance::evidence::{Engaged, Order, Scope, Unbuilt};
use glance::ids::{Id, PackageId};
use glance::seal::verifier::{Expected, verify};
use glance::sheets::{Limits, Sheet};
use glance::storage::AsOf;
use glance::storage::blobs::State;
use glance::vocabulary::{Date, Moment};
use serde_json::{Value, json};

use crate::on_each_engine;
use crate::support::Bed;
use crate::support::files::{files, sent};
use crate::support::http::{Site, Way};

/// The files of a package below `data/`.
pub type Files = BTreeMap<String, Vec<u8>>;

pub fn order(bed: &Bed, scope: &str, period: &str, as_of: AsOf) -> Order {
    let package = PackageId::new(bed.store.clock().now(), &mut rand::rng());
    let period = Period::parse(period).unwrap();
    Order { scope: Scope::parse(scope).unwrap(), ..Order::of(bed.organization, package, period, as_of) }
}

async fn build(site: &Site, order: Order) -> Result<Sealed, Unbuilt> {
    building::build(site.means(), order, &|_| {}).await
}

pub async fn opened(site: &Site, order: Order) -> (Sealed, Files) {
    let sealed = build(site, order).await.unwrap();
    let bytes = std::fs::read(&sealed.path).unwrap();
    let report = verify(&bytes, &Expected::default());
    assert!(report.problems.is_empty(), "{:?}", report.problems);
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut found = Files::new();
    for n in 0..archive.len() {
        let mut file = archive.by_index(n).unwrap();
        let name = file.name().unwrap().into_owned();
        if let Some((_, path)) = name.split_once("/data/") {
            let mut content = Vec::new();
            file.read_to_end(&mut content).unwrap();
            found.insert(path.to_owned(), content);
        }
    }
    (sealed, found)
}

pub fn table(files: &Files, path: &str) -> Sheet {
    let bytes =
        files.get(path).unwrap_or_else(|| panic!("no {path} in {:?}", files.keys().take(40).collect::<Vec<_>>()));
    glance::sheets::read(path, bytes, &Limits::default()).unwrap().remove(0)
}

/// The cells of a column.
pub fn column(sheet: &Sheet, name: &str) -> Vec<String> {
    let at =
        sheet.header.iter().position(|known| known == name).unwrap_or_else(|| panic!("no {name}: {:?}", sheet.header));
    sheet.rows.iter().map(|row| row.cells[at].clone()).collect()
}

fn document(files: &Files, path: &str) -> Value {
    serde_json::from_slice(&files[path]).unwrap()
}

pub async fn post(site: &Site, token: &Way, path: &str, body: Value) -> Value {
    let answer = site.post_json(token, &format!("/api/v1/{path}"), &body).await;
    assert_eq!(answer.status.as_u16(), 201, "{path}: {}", answer.text());
    answer.json()
}

/// A substation with a rated system, an ESP with its access point, devices, one that retired in March and one that did long ago.
pub async fn inventory(site: &Site, token: &Way) {
    post(site, token, "sites", json!({"reference": "SUB07", "name": "Substation 7", "kind": "transmission_substation", "criteria": ["2.5"], "criteria_reason": "345 kV", "routable": true})).await;
    post(site, token, "sites", json!({"reference": "SUB09", "name": "Substation 9", "kind": "transmission_substation", "criteria": ["3.2"], "criteria_reason": "the rest"})).await;
    post(site, token, "systems", json!({"reference": "S7-PROT", "name": "Protection", "site": "SUB07", "criterion": "2.5", "impact_reason": "at SUB07", "erc": true, "erc_reason": "EAP"})).await;
    post(site, token, "zones", json!({"reference": "ESP-7", "name": "=ESP 7", "kind": "control", "esp": true, "site": "SUB07", "subnets": ["10.7.1.0/24"]})).await;
    for (reference, lifecycle, retired) in
        [("7-PR-01", "in_service", ""), ("7-PR-02", "retired", "2026-02-20"), ("7-PR-03", "retired", "2024-03-01")]
    {
        let mut body = json!({"reference": reference, "name": "=HYPERLINK(\"x\")", "kind": "protective_relay", "lifecycle": lifecycle,
            "site": "SUB07", "systems": ["S7-PROT"], "categories": ["BCA"], "zone": "ESP-7", "vendor": "@SUM(A1)"});
        if !retired.is_empty() {
            body["retired_on"] = json!(retired);
        }
        post(site, token, "assets", body).await;
    }
    post(
        site,
        token,
        "interfaces",
        json!({"asset": "7-PR-01", "name": "eth0", "addresses": ["10.7.1.11/24"], "eap": true, "eap_zone": "ESP-7"}),
    )
    .await;
}

pub const PERIOD: &str = "2026-01-01..2026-12-31";

/// An attached evidence file.
pub async fn evidence(site: &Site, token: &Way, part: &str, title: &str, file: (&str, &str, &[u8])) -> Value {
    let made = sent(site, token, &[("title", title), ("revision", "3.1")], file).await;
    let path = format!("artifacts/{}/attachments", made["id"].as_str().unwrap());
    post(site, token, &path, json!({"kind": "requirement", "target": part, "note": "shows it"})).await;
    made
}

fn ends(path: &str, extension: &str) -> bool {
    std::path::Path::new(path).extension().is_some_and(|found| found == extension)
}

on_each_engine! {
    async fn tabs_hold_what_is_there_and_what_retired(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, glance::auth::Scope::ALL).await;
        inventory(&site, &token).await;
        let (sealed, files) = opened(&site, order(&bed, "", PERIOD, AsOf::Now)).await;
        assert!(sealed.name.starts_with("GLANCE-NCR-NONE-20260101-20261231-2026"), "{}", sealed.name);
        let ca = table(&files, "01_ert/tabs/CA.csv");
        assert_eq!(column(&ca, "Cyber Asset ID"), ["7-PR-01", "7-PR-02"]);
        assert_eq!(column(&ca, "Impact Rating"), ["Medium", "Medium"]);
        assert_eq!(column(&ca, "Manufacturer"), ["@SUM(A1)", "@SUM(A1)"], "reading takes the guard away");
        assert!(String::from_utf8_lossy(&files["01_ert/tabs/CA.csv"]).contains(",'@SUM(A1),"), "a formula is text");
        let bes = table(&files, "01_ert/tabs/BES_Assets.csv");
        assert_eq!(column(&bes, "BES Asset ID"), ["SUB07", "SUB09"]);
        assert_eq!((column(&bes, "Contains Medium BCS"), column(&bes, "Contains Low BCS")), (vec!["Yes".to_owned(), "No".to_owned()], vec!["No".to_owned(), "Yes".to_owned()]));
        assert_eq!(column(&table(&files, "01_ert/tabs/Low_CA.csv"), "BES Asset ID"), ["SUB09"]);
        assert_eq!(column(&table(&files, "01_ert/tabs/ESP.csv"), "Impact"), ["Medium"]);
        assert_eq!(column(&table(&files, "01_ert/tabs/EAP.csv"), "EAP ID"), ["7-PR-01 eth0"]);
        assert!(!files.contains_key("01_ert/tabs/Plan_tests.csv"), "a tab without records is not written");
        let limits = String::from_utf8(files["99_LIMITS.md"].clone()).unwrap();
        assert!(limits.contains("Tabs with no record at this instant: Personnel, Vendor Remote Access, Plan tests"), "{limits}");
        let disclosed: BTreeSet<(String, String)> = String::from_utf8(files["07_history/records.jsonl"].clone()).unwrap().lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .map(|one| (one["id"].as_str().unwrap().to_owned(), one["version"].as_str().unwrap().to_owned()))
            .collect();
        let tables: Vec<&String> = files.keys().filter(|path| ends(path, "csv") && !path.starts_with("08")).collect();
        assert!(tables.len() >= 10, "{tables:?}");
        for path in tables {
            let sheet = table(&files, path);
            for pair in column(&sheet, "record_id").into_iter().zip(column(&sheet, "record_version")) {
                assert!(disclosed.contains(&pair), "{path}: {pair:?}");
            }
        }
        let book = glance::sheets::read("x", &files["01_ert/ERT_Level1.xlsx"], &Limits::default()).unwrap();
        let names: Vec<&str> = book.iter().map(|sheet| sheet.name.as_str()).collect();
        assert_eq!(names[..4], ["Level 1", "BES Assets", "CA", "Low CA"]);
        assert!(names.ends_with(&["Summary", "Timers", "Gaps", "Evidence index"]) || names.contains(&"Summary"), "{names:?}");
        assert_eq!(column(&book[2], "Cyber Asset ID"), ["7-PR-01", "7-PR-02"]);
        assert_eq!(column(&book[2], "Manufacturer")[0], "@SUM(A1)");
        assert!(!String::from_utf8_lossy(&files["01_ert/tabs/CA.csv"]).contains(crate::support::CANARY));
    }

    async fn parts_and_evidence_files(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, glance::auth::Scope::ALL).await;
        inventory(&site, &token).await;
        let part = "CIP-007-6 R2.1";
        let hostile = "../../=cmd|' /C calc'!A0 \u{202E}Übersicht";
        let one = evidence(&site, &token, part, hostile, ("../../evil name?.PDF", "application/pdf", b"%PDF-1.7 one")).await;
        evidence(&site, &token, part, "", ("list.csv", "text/csv", b"a,b\r\n1,2\r\n")).await;
        post(&site, &token, &format!("artifacts/{}/attachments", one["id"].as_str().unwrap()), json!({"kind": "requirement", "target": "CIP-007-6 R2.2", "note": ""})).await;
        let (_, files) = opened(&site, order(&bed, "CIP-007-6 R2", PERIOD, AsOf::Now)).await;
        let folder = "03_evidence/CIP-007-6/R2/R2.1";
        let told = document(&files, &format!("{folder}/_part.json"));
        assert_eq!(told["evidence"].as_array().unwrap().len(), 2);
        let named: Vec<&String> = files.keys().filter(|path| path.starts_with(folder) && !path.ends_with("_part.json")).collect();
        assert_eq!(named.len(), 2, "{named:?}");
        assert!(named.iter().any(|path| path.ends_with("cmd-C-calc-A0-Uebersicht_3-1_20260302.pdf")), "{named:?}");
        let pdf = named.iter().find(|path| ends(path, "pdf")).unwrap();
        assert_eq!(files[*pdf], b"%PDF-1.7 one");
        assert!(told["verdict"].as_str().unwrap().starts_with("indeterminate: needs a person"), "{told}");
        assert!(told["predicate"].as_str().is_some() && told["checks"].is_array() && told["readiness"]["lacks"].is_array());
        let empty = document(&files, "03_evidence/CIP-007-6/R2/R2.3/_part.json");
        assert_eq!((empty["evidence"].as_array().unwrap().len(), empty["readiness"]["state"].as_str()), (0, Some("missing")));
        let manifest = document(&files, "manifest.json");
        let canonical = serde_json_canonicalizer::to_string(&manifest).unwrap();
        assert!(canonical.as_bytes() == files["manifest.json"], "the manifest is canonical");
        let same: Vec<&Value> = manifest["files"].as_array().unwrap().iter().filter(|file| file["artifact"] == json!("EV-000001")).collect();
        assert_eq!((same.len(), same[0]["also_at"].as_array().unwrap().len(), same[0]["parts"].as_array().unwrap().len()), (1, 1, 2), "{same:?}");
        assert_eq!(manifest["prev_manifest_sha256"], Value::Null);
        assert_eq!(manifest["parts"].as_array().unwrap().len(), 4);
        let custody = table(&files, "08_chain_of_custody.csv");
        let at = column(&custody, "path").iter().position(|path| path == *pdf).unwrap();
        assert!(!column(&custody, "received_by")[at].is_empty(), "{:?}", custody.rows[at]);
        let index = String::from_utf8(files["index.html"].clone()).unwrap();
        assert!(index.contains("class=\"st indeterminate\"") && !index.contains("<script"), "{index}");
    }

    async fn bytes_that_are_not_those_recorded_are_never_shipped(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, glance::auth::Scope::ALL).await;
        let part = "CIP-007-6 R2.1";
        let sound = order(&bed, part, PERIOD, AsOf::Now);
        evidence(&site, &token, part, "Patches", ("list.csv", "text/csv", b"a,b\r\n1,2\r\n")).await;
        let kept = files(site.app.blobs.folder()).into_iter().find(|path| !path.contains("waiting")).unwrap();
        let original = std::fs::read(&kept).unwrap();
        let refused = async |wanted: State| {
            let failure = build(&site, order(&bed, part, PERIOD, AsOf::Now)).await.unwrap_err();
            let Unbuilt::Bytes { reference, state, .. } = &failure else { panic!("{failure:?}") };
            assert_eq!((reference.as_str(), *state), ("EV-000001", wanted), "{failure}");
        };
        let mut changed = original.clone();
        changed[0] ^= 1;
        std::fs::write(&kept, &changed).unwrap();
        refused(State::Different).await;
        std::fs::write(&kept, &original[1..]).unwrap();
        refused(State::Different).await;
        std::fs::remove_file(&kept).unwrap();
        refused(State::Missing).await;
        let left = files(&site.app.data.join("packages"));
        assert!(left.is_empty(), "nothing half built is left: {left:?}");
        std::fs::write(&kept, &original).unwrap();
        assert!(build(&site, sound).await.is_ok());
    }

    async fn what_cannot_be_ordered_is_told_with_its_field(bed: Bed) {
        let site = Site::of(&bed);
        let now = bed.store.clock().now();
        let field = async |wanted: Order| match build(&site, wanted).await {
            Err(Unbuilt::Field { field, problem, .. }) => (field, problem),
            other => panic!("{other:?}"),
        };
        let (name, said) = field(order(&bed, "", PERIOD, AsOf::At(now.plus_seconds(9)))).await;
        assert_eq!((name, said.contains("future")), ("as_of", true), "{said}");
        let (name, said) = field(order(&bed, "", PERIOD, AsOf::At(Moment::from_micros(1)))).await;
        assert_eq!((name, said.contains("begins on 2026-03-02")), ("as_of", true), "{said}");
        let (name, said) = field(order(&bed, "CIP-015", PERIOD, AsOf::Now)).await;
        assert_eq!((name, said.contains("2028-10-01")), ("scope", true), "{said}");
        let (name, said) = field(order(&bed, "", "2026-05-01..2026-12-31", AsOf::Now)).await;
        assert_eq!((name, said.contains("begins on 2026-05-01")), ("period", true), "{said}");
    }

    async fn both_versions_of_a_standard_answer_for_their_days(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, glance::auth::Scope::ALL).await;
        inventory(&site, &token).await;
        bed.clock.advance_seconds(86_400 * 60);
        let attest = async |part: &str, from: &str, to: &str| {
            use glance::controls::{actions, rules};
            let id = glance::frameworks::RequirementId::parse(part).unwrap();
            let claim = rules::Claim { from: from.into(), to: to.into(), judgment: "adequate".into(), artifacts: String::new(), statement: "Seen.".into() };
            let today = Date::parse("2026-05-01").unwrap();
            let attestation = rules::attestation(&id, &claim, "A. Person", today).unwrap();
            let mut change = bed.store.change(bed.organization, bed.author()).await.unwrap();
            actions::attest(&mut change, &attestation).await.unwrap();
            change.commit().await.unwrap();
        };
        attest("CIP-003-8 R3", "2026-01-01", "2026-03-31").await;
        attest("CIP-003-9 R3", "2026-04-01", "2026-05-01").await;
        let (_, files) = opened(&site, order(&bed, "CIP-003", PERIOD, AsOf::Now)).await;
        for (folder, from) in [("CIP-003-8/R3/R3", "2026-01-01"), ("CIP-003-9/R3/R3", "2026-04-01")] {
            let told = document(&files, &format!("03_evidence/{folder}/_part.json"));
            assert_eq!(told["answers_for"]["from"], json!(from));
            assert!(!told["because"].as_str().unwrap().contains("needs a person"), "{told}");
        }
        let limits = String::from_utf8(files["99_LIMITS.md"].clone()).unwrap();
        assert!(limits.contains("CIP-003-8 answers for 2026-01-01 to 2026-03-31"), "{limits}");
    }

    async fn the_same_order_later_gives_the_same_bytes(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, glance::auth::Scope::ALL).await;
        inventory(&site, &token).await;
        evidence(&site, &token, "CIP-007-6 R2.1", "Patches", ("list.csv", "text/csv", b"a,b\r\n1,2\r\n")).await;
        let mut at = bed.store.snapshot(bed.organization, AsOf::Now).await.unwrap();
        let instant = at.instant();
        let _ = at.root().await.unwrap();
        drop(at);
        let engaged = Engaged { id: "E-1".into(), audit_id: "WECC-2027-04".into(), title: "Audit".into(), region: "WECC".into(), ..Engaged::default() };
        let mut seen = Vec::new();
        for turn in 0..2 {
            let mut wanted = order(&bed, "", PERIOD, AsOf::At(instant.plus_seconds(turn)));
            wanted.engagement = Some(engaged.clone());
            bed.clock.advance_seconds(86_400);
            post(&site, &token, "assets", json!({"reference": format!("LATER-{turn}"), "kind": "rtu", "lifecycle": "in_service"})).await;
            let sealed = build(&site, wanted).await.unwrap();
            assert!(sealed.name.contains("-WECC-2027-04-"), "{}", sealed.name);
            seen.push(std::fs::read(&sealed.path).unwrap());
        }
        assert!(seen[0] == seen[1]);
    }

    async fn findings_and_readiness(bed: Bed) {
        let site = Site::of(&bed);
        let token = site.token(&bed, glance::auth::Scope::ALL).await;
        inventory(&site, &token).await;
        let made = post(&site, &token, "findings", json!({"title": "=Relay unlocked", "severity": "high", "requirements": ["CIP-007-6 R2.1"], "potential_noncompliance": true, "reason": "seen"})).await;
        let photo = sent(&site, &token, &[("title", "Door")], ("door.jpg", "image/jpeg", b"\xff\xd8\xff\xe0door")).await;
        let path = format!("artifacts/{}/attachments", photo["id"].as_str().unwrap());
        post(&site, &token, &path, json!({"kind": "finding", "target": made["id"], "note": ""})).await;
        let (_, files) = opened(&site, order(&bed, "CIP-007-6 R2", PERIOD, AsOf::Now)).await;
        assert!(files.keys().any(|path| path.starts_with("05_findings/evidence/F-") && path.ends_with("_Door_norev_20260302.jpg")), "{:?}", files.keys());
        let found = table(&files, "05_findings/findings.csv");
        assert_eq!(column(&found, "Title"), ["=Relay unlocked"], "{made}");
        assert_eq!(column(&table(&files, "05_findings/mitigation.csv"), "Root and contributing causes"), ["not recorded"]);
        let parts: Vec<Value> = files.keys().filter(|path| path.ends_with("_part.json")).map(|path| document(&files, path)).collect();
        let missing = parts.iter().filter(|part| part["readiness"]["state"] == json!("missing")).count();
        let limits = String::from_utf8(files["99_LIMITS.md"].clone()).unwrap();
        assert!(limits.contains(&format!("{missing} missing")), "{limits}");
        let other = opened(&site, order(&bed, "CIP-005-7 R1", PERIOD, AsOf::Now)).await.1;
        assert!(table(&other, "05_findings/findings.csv").rows.is_empty(), "nothing outside the scope is disclosed");
    }
}
