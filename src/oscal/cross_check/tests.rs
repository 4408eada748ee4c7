//! Every fault the schemas let pass is found, each by itself, in documents that hold without it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::cross_check;
use crate::oscal::tests::World;
use crate::oscal::{Document, documents};

const RESULTS: &str = "assessment-results.json";
const CATALOG: &str = "catalog-nerc-cip.json";

type Fault = (&'static str, fn(&mut Value), &'static str);

/// Where, what is done to the document's body, and what is said of it.
const FAULTS: &[Fault] = &[
    (
        CATALOG,
        |body| body["groups"][0]["controls"][1]["id"] = body["groups"][0]["controls"][0]["id"].clone(),
        "a second time",
    ),
    (
        CATALOG,
        |body| body["groups"][0]["parts"] = json!([{"id": "cip-002-5.1a_r1", "name": "overview"}]),
        "a second time",
    ),
    (RESULTS, |body| body["results"][0]["findings"][0]["uuid"] = body["uuid"].clone(), "a second time"),
    (
        RESULTS,
        |body| body["results"][0]["findings"][0]["related-observations"][0]["observation-uuid"] = json!(GONE),
        "leads nowhere",
    ),
    (
        RESULTS,
        |body| body["results"][0]["observations"][0]["origins"][0]["actors"][0]["actor-uuid"] = json!(GONE),
        "leads nowhere",
    ),
    (RESULTS, |body| body["results"][0]["findings"][0]["related-observations"] = json!([]), "rests on no observation"),
    (RESULTS, |body| body["import-ap"]["href"] = json!("./plan.json"), "leads nowhere"),
    (
        RESULTS,
        |body| body["results"][0]["findings"][0]["target"]["target-id"] = json!("cip-000-0_r1_smt"),
        "has the statement",
    ),
    (RESULTS, |body| included(body)[0]["control-id"] = json!("cip-000-0_r1"), "has the control"),
    (RESULTS, |body| included(body).as_array_mut().expect("a list").truncate(1), "was not reviewed"),
    (
        RESULTS,
        |body| {
            let one = included(body)[0].clone();
            body["results"][0]["reviewed-controls"]["control-selections"][0]["exclude-controls"] = json!([one]);
        },
        "both included and excluded",
    ),
    (
        RESULTS,
        |body| body["results"][0]["findings"][0]["target"]["status"] = json!({"state": "satisfied", "reason": "fail"}),
        "does not go with",
    ),
    (
        RESULTS,
        |body| {
            body["results"][0]["findings"][0]["target"]["status"] =
                json!({"state": "not-satisfied", "reason": "other"});
            body["results"][0]["findings"][0]["related-risks"] = json!([]);
        },
        "no risk says why",
    ),
    (
        RESULTS,
        |body| body["back-matter"]["resources"][0]["rlinks"][0]["hashes"][0]["value"] = json!("00"),
        "not the file's",
    ),
    (
        RESULTS,
        |body| body["back-matter"]["resources"][0]["rlinks"][0]["hashes"] = json!([]),
        "no resource with a digest",
    ),
    (
        RESULTS,
        |body| body["back-matter"]["resources"][0]["rlinks"][0]["href"] = json!("../03_evidence/gone.pdf"),
        "leads nowhere",
    ),
    (RESULTS, |body| body["back-matter"] = json!({}), "leads nowhere"),
    (RESULTS, |body| body["results"][0]["risks"][0]["title"] = json!("Another"), "is something else in"),
    ("mapping.json", |body| body["mappings"][0]["maps"][0]["relationship"] = json!("equal"), "none of OSCAL's"),
    (
        "mapping.json",
        |body| body["mappings"][0]["maps"][0]["sources"][0]["id-ref"] = json!("cip-000-0_r1"),
        "has no control",
    ),
    ("mapping.json", |body| body["back-matter"] = json!({}), "leads nowhere"),
    (
        "profile.json",
        |body| body["imports"][0]["include-controls"][0]["with-ids"][0] = json!("cip-000-0_r1"),
        "has the control",
    ),
    ("profile.json", |body| body["imports"][0]["href"] = json!("./catalog.json"), "leads nowhere"),
    ("system-security-plan.json", |body| body["system-implementation"]["components"] = json!([]), "leads nowhere"),
    ("assessment-plan.json", |body| body["import-ssp"]["href"] = json!("#nothing"), "leads nowhere"),
];

const GONE: &str = "00000000-0000-5000-8000-000000000000";

fn included(body: &mut Value) -> &mut Value {
    &mut body["results"][0]["reviewed-controls"]["control-selections"][0]["include-controls"]
}

fn told(all: &[Document], files: &BTreeMap<String, &str>) -> Vec<String> {
    let listed: Vec<(&str, &Value)> = all.iter().map(|one| (one.name.as_str(), &one.value)).collect();
    cross_check(&listed, files)
}

#[test]
fn every_fault_is_found() {
    let world = World::of(3);
    let material = world.material(&["nerc-cip"]);
    let sound = documents(&material).expect("documents");
    let files = material.files();
    assert_eq!(told(&sound, &files), Vec::<String>::new());
    for (name, spoil, expected) in FAULTS {
        let mut all = sound.clone();
        let one = all.iter_mut().find(|one| one.name == *name).expect("a document");
        let body = one.value.as_object_mut().and_then(|members| members.values_mut().next()).expect("a model");
        spoil(body);
        let problems = told(&all, &files);
        assert!(problems.iter().any(|problem| problem.contains(expected)), "{name}: {expected}: {problems:#?}");
    }
}

#[test]
fn a_document_that_is_missing_or_there_twice_is_found() {
    let world = World::of(3);
    let material = world.material(&["nerc-cip"]);
    let sound = documents(&material).expect("documents");
    for missing in ["assessment-plan.json", "profile.json", "system-security-plan.json", CATALOG] {
        let rest: Vec<Document> = sound.iter().filter(|one| one.name != missing).cloned().collect();
        assert!(!told(&rest, &material.files()).is_empty(), "{missing}");
    }
    let mut twice = sound.clone();
    twice.push(sound[0].clone());
    assert!(told(&twice, &material.files())[0].contains("two documents have this name"));
    assert!(!told(&sound, &BTreeMap::new()).is_empty(), "evidence that is not there");
}

/// NIST's own examples, where they lie beside the project.
#[test]
fn published_documents_are_read_whole() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/oscal");
    let read = |name: &str| std::fs::read(folder.join(name)).ok();
    let of = |name: &'static str| -> Option<Value> { read(name).and_then(|bytes| serde_json::from_slice(&bytes).ok()) };
    let Some(catalog) = of("basic-catalog.json") else { return };
    assert_eq!(cross_check(&[("basic-catalog.json", &catalog)], &BTreeMap::new()), Vec::<String>::new());
    let (low, cut) = (of("NIST_SP-800-53_rev5_LOW-baseline_profile.json"), of("800-53r5_LOW_resolved_AC-CM-SC.json"));
    let (low, cut) = (low.expect("a profile"), cut.expect("a catalog"));
    let problems = cross_check(&[("low.json", &low), ("cut.json", &cut)], &BTreeMap::new());
    assert!(problems.iter().any(|one| one.contains("no catalog has the control at-1")), "{problems:#?}");
    assert!(!problems.iter().any(|one| one.contains("the control ac-1\n") || one.ends_with("the control ac-1")));
    let twice = |name: &str, document: &Value| {
        let problems = cross_check(&[(name, document)], &BTreeMap::new());
        problems.iter().filter(|one| one.contains("a second time")).count()
    };
    for name in ["ifa_assessment-results-example.json", "ssp-example.json"] {
        assert_eq!(twice(name, &of(name).expect("a document")), 0, "{name}");
    }
    // Two things of this published example share one UUID.
    let name = "example-component-definition.json";
    assert_eq!(twice(name, &of(name).expect("a document")), 1);
}
