//! A small utility told in OSCAL: the words, the states, the counts, the same bytes again.

mod world;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::cross_check::cross_check;
use super::{Document, documents, identity};
use crate::checks::Status;
use crate::frameworks::catalogs;
pub use world::World;

/// The document of a name.
pub fn named<'d>(all: &'d [Document], name: &str) -> &'d Value {
    let found = all.iter().find(|one| one.name == name).unwrap_or_else(|| panic!("no {name}"));
    found.value.as_object().and_then(|members| members.values().next()).expect("a model")
}

fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

fn prop<'v>(value: &'v Value, name: &str) -> &'v str {
    let found = list(value, "props").iter().find(|one| one["name"] == name);
    found.and_then(|one| one["value"].as_str()).unwrap_or_default()
}

#[test]
fn ids_become_tokens() {
    for (id, token) in [
        ("CIP-005-7 R1.3", "cip-005-7_r1.3"),
        ("CIP-002-5.1a R1", "cip-002-5.1a_r1"),
        ("CIP-003-9 R2 Att1 S4.5", "cip-003-9_r2_att1_s4.5"),
        ("SR 5.2 RE 1", "iec-62443_sr-5.2_re-1"),
        ("ORG 1.1", "iec-62443_org-1.1"),
        ("CM-8(3)", "cm-8.3"),
        ("CR 2.4 (EDR/HDR/NDR)", "iec-62443_cr-2.4_edr-hdr-ndr"),
        ("SR-2(1)", "sr-2.1"),
        ("SR 2.1", "iec-62443_sr-2.1"),
        ("800-82r3:5.3.6", "sp-800-82r3_5.3.6"),
        ("62443-3-3 FR1", "iec-62443-3-3_fr1"),
        ("9", "_9"),
    ] {
        assert_eq!(identity::token(id), token);
    }
    let ids: Vec<&str> =
        catalogs().frameworks.iter().flat_map(|one| &one.requirements).map(|one| one.id.as_str()).collect();
    let tokens: BTreeSet<String> = ids.iter().map(|id| identity::token(id)).collect();
    assert_eq!(tokens.len(), ids.len(), "two requirements share a token");
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    assert!(tokens.iter().all(|token| token.starts_with(|c: char| c.is_ascii_alphabetic()) && token.chars().all(fits)));
}

#[test]
fn uuids_are_of_version_five_and_of_the_record() {
    // Computed by another implementation: python3 -c "from uuid import *; print(uuid5(uuid5(NAMESPACE_URL, 'urn:glance:oscal'), 'asset:1'))"
    assert_eq!(identity::uuid("asset", "1"), "07b92a59-d4fe-501e-b177-b167a45a0146");
    assert_ne!(identity::uuid("asset", "1"), identity::uuid("system", "1"));
}

#[test]
fn everything_in_scope_holds_together_and_is_the_same_again() {
    let world = World::of(6);
    for frameworks in [&["nerc-cip"][..], &["iec-62443-3-3", "nist-800-82r3"], &world::EVERY] {
        let all = documents(&world.material(frameworks)).unwrap_or_else(|problems| panic!("{problems:#?}"));
        let again = documents(&World::of(6).material(frameworks)).expect("the same");
        for (one, other) in all.iter().zip(&again) {
            assert_eq!(one.bytes().expect("bytes"), other.bytes().expect("bytes"), "{}", one.name);
        }
        let names: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
        let expected = ["assessment-plan.json", "assessment-results.json", "mapping.json", "profile.json"];
        assert!(expected.iter().all(|name| names.contains(name)), "{names:?}");
        for one in &all {
            let body = named(&all, &one.name);
            assert_eq!(body["metadata"]["last-modified"], world.judged.facts.at.rfc3339(), "{}", one.name);
            assert_eq!(prop(&body["metadata"], "marking"), "BCSI");
        }
    }
}

#[test]
fn a_later_instant_is_another_document_about_the_same_risks() {
    let (world, mut later) = (World::of(3), World::of(3));
    later.instant = later.instant.plus_seconds(60);
    let all = [&world, &later].map(|one| documents(&one.material(&["nerc-cip"])).expect("documents"));
    let results = all.each_ref().map(|all| named(all, "assessment-results.json"));
    assert_ne!(results[0]["uuid"], results[1]["uuid"]);
    let ids = results.map(|one| {
        let risks = list(&one["results"][0], "risks").iter();
        risks.map(|risk| risk["uuid"].to_string()).collect::<Vec<_>>()
    });
    assert!(!ids[0].is_empty());
    assert_eq!(ids[0], ids[1]);
}

#[test]
fn each_standing_has_its_state() {
    let world = World::of(6);
    let material = world.material(&world::EVERY);
    let all = documents(&material).expect("documents");
    let result = &named(&all, "assessment-results.json")["results"][0];
    let findings: BTreeMap<&str, &Value> =
        list(result, "findings").iter().map(|one| (prop(one, "part"), one)).collect();
    let selection = &result["reviewed-controls"]["control-selections"][0];
    let chosen = |name: &str| -> BTreeSet<&str> {
        list(selection, name).iter().filter_map(|one| one["control-id"].as_str()).collect()
    };
    let (included, excluded) = (chosen("include-controls"), chosen("exclude-controls"));
    let mut met = BTreeSet::new();
    for standing in &material.parts {
        let part = standing.part.id.as_str();
        let finding = findings.get(part);
        let told = finding.map(|one| {
            let status = &one["target"]["status"];
            (status["state"].as_str().unwrap_or(""), status["reason"].as_str().unwrap_or(""))
        });
        let expected = match standing.status {
            Status::NoFailingRecord | Status::DueSoon => Some(("satisfied", "pass")),
            Status::Failing => Some(("not-satisfied", "fail")),
            Status::Justified => Some(("not-satisfied", "other")),
            Status::Indeterminate | Status::NotApplicable => None,
        };
        assert_eq!(told, expected, "{part}");
        let control = identity::token(part);
        assert_eq!(excluded.contains(control.as_str()), standing.status == Status::NotApplicable, "{part}");
        assert_eq!(included.contains(control.as_str()), standing.status != Status::NotApplicable, "{part}");
        if standing.status == Status::Indeterminate {
            let observed = list(result, "observations").iter().filter(|one| prop(one, "part") == part);
            assert!(observed.into_iter().any(|one| prop(one, "status") == "indeterminate"), "{part}");
        }
        met.insert(standing.status);
    }
    let wanted =
        [Status::Failing, Status::Justified, Status::Indeterminate, Status::NotApplicable, Status::NoFailingRecord];
    assert!(wanted.iter().all(|status| met.contains(status)), "{met:?}");
}

#[test]
fn a_justified_part_is_not_satisfied_and_says_under_what() {
    let mut world = World::of(6);
    for known in [true, false] {
        world.known = known;
        let all = documents(&world.material(&["nerc-cip"])).expect("documents");
        let result = &named(&all, "assessment-results.json")["results"][0];
        let finding =
            list(result, "findings").iter().find(|one| prop(one, "part") == "CIP-007-6 R1.1").expect("judged");
        assert_eq!(finding["target"]["status"]["reason"], "other");
        let risk = finding["related-risks"][0]["risk-uuid"].as_str().expect("a risk");
        let risk = list(result, "risks").iter().find(|one| one["uuid"] == risk).expect("told");
        assert_eq!((risk["status"].as_str(), prop(risk, "record-id").is_empty()), (Some("deviation-approved"), !known));
        assert!(risk["mitigating-factors"][0]["description"].as_str().expect("told").contains("watched"));
    }
}

#[test]
fn counts_are_those_of_the_standing_and_what_is_named_is_bounded() {
    let world = World::of(400);
    let material = world.material(&["nerc-cip"]);
    let all = documents(&material).expect("documents");
    let result = &named(&all, "assessment-results.json")["results"][0];
    let standing = material.parts.iter().find(|one| one.part.id == "CIP-010-4 R1.1").expect("in scope");
    let mandatory = |one: &&Value| prop(one, "part") == "CIP-010-4 R1.1" && prop(one, "class") == "mandatory";
    let observed: Vec<&Value> = list(result, "observations").iter().filter(mandatory).collect();
    let sum =
        |name: &str| observed.iter().map(|one| prop(one, name).parse::<usize>().expect("a number")).sum::<usize>();
    assert_eq!((sum("fail"), sum("indeterminate")), (standing.mandatory.fail, standing.mandatory.indeterminate));
    assert!(sum("fail") >= 400);
    for one in &observed {
        assert!(list(one, "subjects").len() <= super::fold::MOST_NAMED);
    }
    assert!(observed.iter().any(|one| one["remarks"].as_str().is_some_and(|text| text.contains("more records"))));
}

#[test]
fn the_plan_of_action_lists_what_is_open_with_its_milestones() {
    let world = World::of(3);
    let all = documents(&world.material(&["nerc-cip"])).expect("documents");
    let plan = named(&all, "plan-of-action-and-milestones.json");
    assert_eq!(list(plan, "poam-items").len(), 1, "the closed one is no item");
    let tasks = list(&list(plan, "risks")[0]["remediations"][0], "tasks");
    let kinds: Vec<&str> = tasks.iter().filter_map(|one| one["type"].as_str()).collect();
    assert_eq!(kinds, ["action", "milestone"]);
    let mut nothing_open = World::of(3);
    nothing_open.findings.truncate(0);
    let all = documents(&nothing_open.material(&["nerc-cip"])).expect("documents");
    assert!(all.iter().all(|one| one.name != "plan-of-action-and-milestones.json"));
}

#[test]
fn an_empty_organization_is_told_too() {
    let world = World::of(0);
    let all = documents(&world.material(&["nerc-cip"])).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let result = &named(&all, "assessment-results.json")["results"][0];
    assert!(list(result, "findings").iter().all(|one| one["target"]["status"]["state"] != "satisfied"));
}

#[test]
fn peoples_words_are_text_and_no_markup() {
    let mut world = World::of(1);
    world.profile.name = " Ærø\u{7}\n<b>Power</b> {{ insert: param, x }} ".to_owned();
    world.narratives = vec![("CIP-007-6 R1.1".to_owned(), "One line.\n\n* [two](http://x)\r\n".to_owned())];
    let all = documents(&world.material(&["nerc-cip"])).expect("documents");
    let plan = named(&all, "system-security-plan.json");
    let title = plan["system-implementation"]["components"][0]["title"].as_str().expect("a title");
    assert_eq!(title, r"Ærø \<b\>Power\</b\> \{\{ insert: param, x \}\} boundary");
    let told: Vec<&Value> = list(&plan["control-implementation"], "implemented-requirements").iter().collect();
    let words: Vec<&str> = told.iter().filter_map(|one| one["by-components"][0]["description"].as_str()).collect();
    assert!(words.contains(&"One line.\n\n\\* \\[two\\](http://x)"), "{words:?}");
    assert!(words.contains(&"Nothing is recorded."));
}

#[test]
fn nothing_is_said_of_compliance() {
    let all = documents(&World::of(6).material(&world::EVERY)).expect("documents");
    let listed: Vec<(&str, &Value)> = all.iter().map(|one| (one.name.as_str(), &one.value)).collect();
    let results = listed.iter().filter(|(name, _)| name.starts_with("assessment") || name.starts_with("plan"));
    for (name, value) in results {
        assert!(!value.to_string().to_lowercase().contains("compliant"), "{name}");
    }
    assert!(cross_check(&listed, &World::of(6).material(&world::EVERY).files()).is_empty());
}
