//! The shipped catalogs are whole, and broken ones are refused with their place.

use super::{Catalogs, SHIPPED, Texts, catalogs};
use crate::frameworks::model::{About, Standing};
use crate::vocabulary::{CadenceRule, Date};

fn day(text: &str) -> Date {
    Date::parse(text).expect("a date")
}

#[test]
fn the_shipped_catalogs_are_whole() {
    let found = Catalogs::read(&SHIPPED).expect("they read");
    let count = |id: &str| found.framework(id).expect(id).requirements.len();
    assert_eq!(count("nerc-cip"), 240);
    assert_eq!(count("iec-62443-2-1"), 87);
    assert_eq!(count("iec-62443-3-2"), 32);
    assert_eq!(count("iec-62443-3-3"), 100);
    assert_eq!(count("iec-62443-4-2"), 64);
    assert_eq!(count("nist-800-82r3"), 59 + 436);
    assert_eq!(found.crosswalk.rows.len(), 500);
    assert_eq!(found.boundary_rules.len(), 69);
    assert_eq!(found.framework("nerc-cip").expect("CIP").future.len(), 16);
    assert!(found.terms.len() > 40);
    assert!(found.frameworks.iter().flat_map(|known| &known.requirements).all(|known| !known.title.is_empty()));
    let parts = &found.framework("nerc-cip").expect("CIP").requirements;
    assert!(parts.iter().all(|part| part.cadence.is_some() && !part.subjects.is_empty() && !part.asks.is_empty()));
    assert_eq!(parts.iter().filter(|part| part.tfe_eligible).count(), 12);
    let stopped: Vec<&str> =
        parts.iter().filter(|part| part.exceptional_circumstance).map(|part| part.id.as_str()).collect();
    for id in ["CIP-004-7 R2.2", "CIP-007-6 R4.3", "CIP-010-4 R4 Att1 S3.1", "CIP-012-1 R1.2", "CIP-015-1 R3"] {
        assert!(stopped.contains(&id), "{id}");
    }
    assert!(!stopped.contains(&"CIP-010-4 R3.1") && !stopped.contains(&"CIP-003-9 R2 Att1 S4.1"));
}

#[test]
fn versions_by_day() {
    let found = catalogs();
    let on =
        |text: &str| found.parts_in_force("nerc-cip", day(text)).map(|part| part.standard.as_str()).collect::<Vec<_>>();
    let (before, after) = (on("2026-03-31"), on("2026-04-01"));
    assert!(before.contains(&"CIP-003-8") && !before.contains(&"CIP-003-9"));
    assert!(after.contains(&"CIP-003-9") && !after.contains(&"CIP-003-8"));
    assert_eq!(on("2026-11-23").len(), 240 - 38 - 5);
    assert!(on("2028-10-01").contains(&"CIP-015-1"));
    let insm = found.requirement("CIP-015-1 R1.1").and_then(|part| found.standard_of(part)).expect("INSM");
    assert_eq!(insm.standing(day("2026-11-23")), Standing::Future);
    let policy = found.requirement("CIP-003-8 R1.2.6").expect("a part");
    assert_eq!(policy.counterparts, ["CIP-003-9 R1.2.7"]);
}

#[test]
fn parts_keep_what_judging_needs() {
    let found = catalogs();
    let part = found.requirement("CIP-007-6 R2.2").expect("a part");
    assert_eq!(part.cadence.as_ref().map(|cadence| &cadence.rule), Some(&CadenceRule::CalendarDays(35)));
    assert_eq!(part.short(), "R2.2");
    assert!(part.concerns(About::System) && part.concerns(About::Asset) && !part.concerns(About::Site));
    assert!(part.check.as_ref().is_some_and(|check| !check.predicate.is_empty()));
    assert!(part.records.iter().all(|name| name != "bes_cyber_system"));
    let mapped = found.mappings_of("SR 5.1");
    assert!(mapped.iter().any(|seen| seen.framework == "nerc-cip"));
    let overlay = found.mappings_of("CIP-005-7 R1.3").into_iter().find(|seen| seen.framework == "nist-800-53r5");
    let overlay = overlay.expect("a mapping");
    assert_eq!(found.other(&overlay).map(|known| known.framework.as_str()), Some("nist-800-82r3"));
    assert!(found.known("CIP-005-6 R1.3").is_err_and(|problem| problem.contains("CIP-005-7 R1.3")));
    assert!(found.known("cip-005-7 r1").is_err_and(|problem| problem.contains("CIP-005-7 R1.1")));
    assert!(found.known("nonsense").is_err());
    assert!(!found.rules_for("CIP-005-7 R1.1").is_empty());
}

const FRAMEWORK: &str = r#"{"id":"f","title":"F","long_title":"F","edition":"1","publisher":"P","part":"part","wording":"w","sources":[],
    "standards":[{"id":"S","title":"S"}],"requirements":[{"id":"S 1","standard":"S","title":"One"},{"id":"S 2","standard":"S","title":"Two"}]}"#;
const CROSSWALK: &str = r#"{"generated":"","reading":"","use":"","versions":[],"rule":"","references":[],"rows":[
    {"id":"X1","source_framework":"f","source":"S 1","target_framework":"f","target":"S 2","relationship":"subset-of","rationale":"r","basis":"b","confidence":"high"}]}"#;
const RULES: &str = r#"{"generated":"","source":"","rules":[{"id":"R","predicate":"p","severity":"high","rule_class":"hard","informs":["S 1"],"basis":"b"}]}"#;
const TERMS: &str = r#"{"source":"","terms":[{"term":"T","meaning":"m"}]}"#;
const NAMES: &str = r#"{"source":"","names":[["bes_asset","site"]]}"#;

fn read(change: impl Fn(&str) -> String) -> Result<Catalogs, String> {
    let texts = [FRAMEWORK, CROSSWALK, RULES, TERMS, NAMES].map(change);
    let frameworks = [texts[0].as_str()];
    let [_, crosswalk, boundary_rules, glossary, record_names] = &texts;
    Catalogs::read(&Texts { frameworks: &frameworks, crosswalk, boundary_rules, glossary, record_names })
}

#[test]
fn broken_catalogs_are_refused() {
    assert!(read(str::to_owned).is_ok());
    for (from, to, said) in [
        (r#""id":"S 2""#, r#""id":"S 1""#, "requirement S 1 stands twice"),
        (r#""standard":"S","title":"Two""#, r#""standard":"Z","title":"Two""#, "S 2 stands in Z"),
        (r#""title":"Two""#, r#""title":"Two","heading":"H""#, "S 2 stands under H"),
        (r#""title":"Two""#, r#""title":"Two","counterparts":["S 9"]"#, "S 2 names S 9"),
        (r#""title":"Two""#, r#""title":"Two","parallels":"S 9""#, "S 2 names S 9"),
        (r#""title":"Two""#, r#""title":"Two","records":["toaster"]"#, "no record is called toaster"),
        (r#""title":"Two""#, r#""title":"Two","applies_to":["huge"]"#, "S 2 applies to huge"),
        (r#""title":"Two""#, r#""title":"Two","any_of":[{"bcs":"huge","include_bcs":true}]"#, "systems of huge"),
        (r#""title":"Two""#, r#""title":"Two","any_of":[{"bcs":"high","with":["toaster"]}]"#, "applies to toaster"),
        (r#""title":"Two""#, r#""title":"Two","any_of":[{"bcs":"high"}]"#, "holds nothing"),
        (r#""title":"Two""#, r#""title":"Two","cadence":{"kind":"weekly"}"#, "weekly"),
        (r#""title":"Two""#, r#""title":"Two","colour":"red""#, "colour"),
        (r#"{"id":"S","title":"S"}"#, r#"{"id":"S","title":"S"},{"id":"S","title":"S"}"#, "standard S stands twice"),
        (r#"{"id":"S","title":"S"}"#, r#"{"id":"S","title":"S","replaces":"Q"}"#, "S replaces Q"),
        (r#"{"id":"S","title":"S"}"#, r#"{"id":"S","title":"S","effective":"2026-02-30"}"#, "not a date"),
        (
            r#"{"id":"S","title":"S"}"#,
            r#"{"id":"S","title":"S","effective":"2026-02-01","inactive":"2026-01-01"}"#,
            "before it begins",
        ),
        (r#""wording":"w""#, r#""wording":"w","totals_by_level":[3]"#, "0 requirements at level 1"),
        (r#""target":"S 2""#, r#""target":"S 9""#, "X1 names S 9"),
        (r#""target_framework":"f""#, r#""target_framework":"g""#, "X1 names S 2 of g"),
        ("subset-of", "like", "unknown variant"),
        (r#""informs":["S 1"]"#, r#""informs":["S 9"]"#, "R names S 9"),
        (
            r#"{"term":"T","meaning":"m"}"#,
            r#"{"term":"T","meaning":"m"},{"term":"T","meaning":"n"}"#,
            "term T stands twice",
        ),
        ("{", "[", "record names"),
    ] {
        let found = read(|text| text.replace(from, to));
        assert!(found.as_ref().is_err_and(|problem| problem.contains(said)), "{to}: {:?}", found.err());
    }
}
