//! OSCAL on both engines: the documents of a built package, judged by the official schemas and by the files beside them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use axum::http::Method;
use glance::auth::Scope as Token;
use glance::evidence::model::Period;
use glance::evidence::{Order, Scope, building};
use glance::ids::{Id, PackageId};
use glance::posture::Memory;
use glance::storage::AsOf;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::on_each_engine;
use crate::support::files::{form, send};
use crate::support::http::Site;
use crate::support::process::run;
use crate::support::{Bed, CANARY};

const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];
const REQUEST: &str = "key=k1&reference=TFE-1&title=Ports+of+the+relays&kind=tfe&checks=GL-SVC-01&everything=yes&basis=Cannot+be+closed&compensating=The+line+is+watched&from=2026-01-01&expires=2026-12-31";
const DAY: &str = "2026-03-02..2026-03-02";

/// A substation whose relays have a port nobody needs, excused; no firmware; a file, a narrative, findings that follow.
pub async fn filled(bed: &Bed, site: &Site) {
    let token = site.token(bed, Token::ALL).await;
    let made = async |path: &str, body: Value| {
        let answer = site.post_json(&token, &format!("/api/v1/{path}"), &body).await;
        assert_eq!(answer.status.as_u16(), 201, "{path}: {}", answer.text());
        answer.json()
    };
    made("sites", json!({"reference": "SUB07", "name": "Substation <7> *", "kind": "transmission_substation", "criteria": ["2.5"], "criteria_reason": "345 kV"})).await;
    made("systems", json!({"reference": "S7-PROT", "name": "Protection", "site": "SUB07", "criterion": "2.5", "impact_reason": "345 kV", "erc": true, "erc_reason": "through the EAP"})).await;
    for n in 1..=3 {
        let reference = format!("7-PR-{n} [Ærø]");
        made("assets", json!({"reference": reference, "kind": "protective_relay", "lifecycle": "in_service", "site": "SUB07", "systems": ["S7-PROT"], "categories": ["BCA"]})).await;
        made(
            "services",
            json!({"asset": reference, "protocol": "telnet", "transport": "tcp", "port": 23, "needed": false}),
        )
        .await;
    }
    made(
        "narratives",
        json!({"requirement": "CIP-007-6 R1.1", "text": "We close what can be closed.\n\n- `23` stays."}),
    )
    .await;
    let person = site.person(bed, bed.organization, "compliance engineer", true).await;
    let file = form(&[("title", "Port scan {{ x }}")], &[("scan.csv", "text/csv", b"port,state\n23,open\n")]);
    assert_eq!(send(site, &token, "/api/v1/artifacts", file).await.status.as_u16(), 201);
    let listed = site.get(&token, "/api/v1/artifacts").await.json();
    let attachments = format!("artifacts/{}/attachments", listed["items"][0]["id"].as_str().unwrap());
    for part in ["CIP-007-6 R1.1", "CIP-010-4 R1.1"] {
        made(&attachments, json!({"kind": "requirement", "target": part, "note": "the scan"})).await;
    }
    let asked = site.ask(&person, Method::POST, "/o/larkspur/exceptions", &FORM, REQUEST).await;
    let href = asked.header("location").split('?').next().unwrap().to_owned();
    let approver = site.person(bed, bed.organization, "approver", true).await;
    let approved = site.ask(&approver, Method::POST, &format!("{href}/approval"), &FORM, "version=1&reason=Seen").await;
    assert_eq!(approved.status.as_u16(), 303, "{}", approved.text());
    glance::errands::one(&bed.store, &Memory::default(), bed.organization).await.unwrap();
}

/// A package of a scope as of an instant, built.
pub async fn built(bed: &Bed, site: &Site, scope: &str, as_of: AsOf) -> building::Sealed {
    let package = PackageId::new(bed.store.clock().now(), &mut rand::rng());
    let mut order = Order::of(bed.organization, package, Period::parse(DAY).unwrap(), as_of);
    order.scope = Scope::parse(scope).unwrap();
    building::build(site.means(), order, &|_| {}).await.unwrap_or_else(|failure| panic!("{failure:?}"))
}

/// Unpacks a package; gives the bag's folder.
pub fn unpack(sealed: &building::Sealed, place: &Path) -> PathBuf {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(&sealed.path).unwrap()).unwrap();
    archive.extract(place).unwrap();
    place.join(&sealed.name)
}

fn documents(folder: &Path) -> BTreeMap<String, Value> {
    let entries = std::fs::read_dir(folder).unwrap();
    let read = |path: PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
    };
    entries.map(|entry| read(entry.unwrap().path())).collect()
}

/// The official schemas accept every document of a folder.
pub fn assert_valid(folder: &Path) {
    if std::env::var("GLANCE_TEST_OSCAL").is_err() {
        eprintln!("tests/run could not install the schemas: nothing is validated");
        return;
    }
    let validator = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oscal/validate.py");
    let names: Vec<String> = documents(folder).into_keys().collect();
    let mut arguments = vec![validator];
    arguments.extend(names.iter().map(String::as_str));
    let done = run("python3", &arguments, folder);
    let said = String::from_utf8_lossy(&done.stdout);
    let broken = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() && said.matches(": valid").count() == names.len(), "{said}{broken}");
}

/// Files beside the documents by their address from there, with their digests.
fn beside(data: &Path) -> BTreeMap<String, String> {
    let (mut found, mut open) = (BTreeMap::new(), vec![data.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let digest = Sha256::digest(std::fs::read(&path).unwrap());
                let name = path.strip_prefix(data).unwrap().to_string_lossy().into_owned();
                found.insert(format!("../{name}"), digest.iter().map(|byte| format!("{byte:02x}")).collect());
            }
        }
    }
    found
}

fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

fn finding<'v>(result: &'v Value, part: &str) -> Option<&'v Value> {
    let about = |one: &&Value| list(one, "props").iter().any(|prop| prop["name"] == "part" && prop["value"] == part);
    list(result, "findings").iter().find(about)
}

on_each_engine! {
    async fn a_package_in_oscal_is_valid_and_holds_together(bed: Bed) {
        let site = Site::of(&bed);
        filled(&bed, &site).await;
        let place = tempfile::tempdir().unwrap();
        let bag = unpack(&built(&bed, &site, "nerc-cip; iec-62443-3-3; nist-800-82r3", AsOf::Now).await, place.path());
        let (data, folder) = (bag.join("data"), bag.join("data/06_oscal"));
        assert_valid(&folder);
        let all = documents(&folder);
        let names: Vec<&str> = all.keys().map(String::as_str).collect();
        assert_eq!(names, [
            "assessment-plan.json", "assessment-results.json", "catalog-iec-62443-2-1.json", "catalog-iec-62443-3-2.json",
            "catalog-iec-62443-3-3.json", "catalog-iec-62443-4-2.json", "catalog-nerc-cip.json", "catalog-nist-800-82r3.json",
            "mapping.json", "plan-of-action-and-milestones.json", "profile.json", "system-security-plan.json",
        ]);
        let files = beside(&data);
        let files: BTreeMap<String, &str> = files.iter().map(|(name, digest)| (name.clone(), digest.as_str())).collect();
        let listed: Vec<(&str, &Value)> = all.iter().map(|(name, value)| (name.as_str(), value)).collect();
        assert_eq!(glance::oscal::cross_check::cross_check(&listed, &files), Vec::<String>::new());
        let results = &all["assessment-results.json"]["assessment-results"];
        let result = &results["results"][0];
        let state = |part: &str| finding(result, part).map(|one| {
            let status = &one["target"]["status"];
            (status["state"].as_str().unwrap().to_owned(), status["reason"].as_str().unwrap().to_owned())
        });
        let told = |state: &str, reason: &str| Some((state.to_owned(), reason.to_owned()));
        assert_eq!(state("CIP-007-6 R1.1"), told("not-satisfied", "other"), "{result:#}");
        assert_eq!(state("CIP-010-4 R1.1"), told("not-satisfied", "fail"));
        assert_eq!(state("CIP-004-7 R1.1"), None, "nobody knows");
        let resources = list(&results["back-matter"], "resources");
        let scan = resources.iter().find(|one| one["title"] == r"Port scan \{\{ x \}\}").expect("the scan");
        assert_eq!(list(scan, "rlinks").len(), 2, "it lies in two folders");
        let text = serde_json::to_string(&all).unwrap();
        assert!(!text.contains(CANARY));
        let plan = &all["plan-of-action-and-milestones.json"]["plan-of-action-and-milestones"];
        assert!(list(plan, "poam-items").iter().any(|one| !list(one, "related-findings").is_empty()));
    }

    async fn one_part_and_an_empty_record_are_valid_too(bed: Bed) {
        let site = Site::of(&bed);
        let place = tempfile::tempdir().unwrap();
        for (n, scope) in ["CIP-005-7 R1.3", "iec-62443-2-1", ""].into_iter().enumerate() {
            let place = place.path().join(n.to_string());
            let bag = unpack(&built(&bed, &site, scope, AsOf::Now).await, &place);
            let folder = bag.join("data/06_oscal");
            assert_valid(&folder);
            let results = &documents(&folder)["assessment-results.json"]["assessment-results"]["results"][0];
            assert!(list(results, "findings").iter().all(|one| one["target"]["status"]["state"] != "satisfied"), "{scope}");
        }
    }
}
