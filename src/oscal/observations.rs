//! Observations: what each check found for a part, what a person judged, and where nothing was evaluated at all.
//!
//! Invariant: each says what it rests on: evidence is referred to by a resource of the back matter, which carries the
//! digest. What is indeterminate is said here and nowhere called satisfied.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::document::{line, or_none, own, plain, plain_line};
use super::fold::{Folded, Named, of_part};
use super::identity::uuid;
use super::material::{Evidence, Material};
use super::subjects::Subjects;
use crate::checks::Status;
use crate::controls::Attestation;
use crate::posture::rules::{Counts, Standing};

/// The observations of one part, and the check's own folding that they tell.
pub struct Observed {
    pub observations: Vec<Value>,
    pub folded: Vec<Folded>,
}

/// Everything that was observed of a part.
pub fn of(material: &Material<'_>, standing: &Standing, subjects: &mut Subjects) -> Observed {
    let part = standing.part;
    let folded = of_part(material.judged, part);
    let evidence: Vec<Value> = material.evidence_of(&part.id).map(relevant).collect();
    let mut observations: Vec<Value> =
        folded.iter().map(|folded| of_check(material, &part.id, folded, &evidence, subjects)).collect();
    let judged = material.attestations.iter().filter(|(_, one)| one.requirement.as_str() == part.id);
    observations.extend(judged.map(|(id, one)| of_person(material, &id.to_string(), one)));
    if observations.is_empty() || standing.status == Status::Indeterminate {
        observations.push(of_standing(material, standing, &evidence));
    }
    Observed { observations, folded }
}

/// A key that is another at another instant: an observation is of its time.
fn key(material: &Material<'_>, part: &str, what: &str) -> String {
    format!("{}:{}:{part}:{what}", material.organization, material.instant.micros())
}

fn of_check(material: &Material<'_>, part: &str, folded: &Folded, evidence: &[Value], all: &mut Subjects) -> Value {
    let (check, counts) = (folded.check, &folded.counts);
    let subjects: Vec<Value> =
        folded.named.iter().map(|named| all.refer(material, &named.subject, &said(named))).collect();
    let others = folded.others();
    let remarks = (others > 0).then(|| {
        format!("{others} more records do not pass; the part's file _part.json under data/03_evidence lists every one.")
    });
    json!({
        "uuid": uuid("observation", &key(material, part, check.code)),
        "title": line(&format!("{} for {part}", check.code)),
        "description": format!("{}: {}.", plain(check.sentence), told(counts)),
        "props": [
            own("check", check.code), own("class", check.class.word()), own("source", check.source), own("part", part),
            own("pass", &counts.pass.to_string()), own("fail", &counts.fail.to_string()),
            own("justified", &counts.justified.to_string()), own("due-soon", &counts.due_soon.to_string()),
            own("indeterminate", &counts.indeterminate.to_string()),
        ],
        "methods": [if folded.is_clock { "EXAMINE" } else { "TEST" }],
        "types": ["control-objective"],
        "origins": [super::plan::origin()],
        "subjects": subjects,
        "relevant-evidence": evidence,
        "collected": material.instant.rfc3339(),
        "remarks": remarks,
    })
}

/// What a check says of one record.
fn said(named: &Named) -> [Value; 2] {
    [own("outcome", named.outcome.word()), own("because", &named.because)]
}

/// Counts in the words of the house.
fn told(counts: &Counts) -> String {
    let mut words = Vec::new();
    match counts.fail {
        0 => words.push("no failing record found".to_owned()),
        1 => words.push("1 failing record".to_owned()),
        many => words.push(format!("{many} failing records")),
    }
    for (count, word) in [
        (counts.indeterminate, "indeterminate"),
        (counts.justified, "justified by an exception"),
        (counts.due_soon, "due soon"),
        (counts.pass, "passing"),
    ] {
        if count > 0 {
            words.push(format!("{count} {word}"));
        }
    }
    words.join(", ")
}

fn of_person(material: &Material<'_>, id: &str, attestation: &Attestation) -> Value {
    let part = attestation.requirement.as_str();
    let evidence = material.evidence.iter().filter(|one| attestation.artifacts.iter().any(|id| same(*id, one)));
    let withdrawn = attestation
        .withdrawn
        .as_ref()
        .map(|one| format!("Withdrawn {} by {}: {}", one.at.rfc3339(), plain_line(&one.by), plain_line(&one.reason)));
    json!({
        "uuid": uuid("observation", &key(material, part, &format!("attestation:{id}"))),
        "title": line(&format!("A person's judgment of {part}")),
        "description": format!(
            "{} judged what was done from {} to {}: {}. {}", or_none(&attestation.by), attestation.from, attestation.to,
            attestation.judgment.label().to_lowercase(), plain(&attestation.statement)
        ),
        "props": [
            own("part", part), own("judgment", attestation.judgment.word()),
            own("record-kind", "attestation"), own("record-id", id),
        ],
        "methods": ["EXAMINE"],
        "types": ["control-objective"],
        "relevant-evidence": evidence.map(relevant).collect::<Vec<_>>(),
        "collected": material.instant.rfc3339(),
        "remarks": withdrawn,
    })
}

fn same(id: crate::ids::ArtifactId, evidence: &Evidence) -> bool {
    evidence.artifact == Some(crate::ids::Id::uuid(id))
}

/// Where the part stands, in its own words: what is open, or that nothing evaluates it.
fn of_standing(material: &Material<'_>, standing: &Standing, evidence: &[Value]) -> Value {
    let part = standing.part.id.as_str();
    let because = plain(&standing.because);
    json!({
        "uuid": uuid("observation", &key(material, part, "standing")),
        "title": line(&format!("{part}: {}", standing.status.label().to_lowercase())),
        "description": format!("{}: {because}.", standing.status.label()),
        "props": [
            own("part", part), own("status", standing.status.word()),
            own("needs-person", if standing.needs_person { "yes" } else { "" }),
        ],
        "methods": ["UNKNOWN"],
        "types": ["control-objective"],
        "relevant-evidence": evidence,
        "collected": material.instant.rfc3339(),
    })
}

/// Evidence, by its resource.
fn relevant(evidence: &Evidence) -> Value {
    json!({"href": format!("#{}", resource_id(evidence)), "description": or_none(&evidence.title)})
}

fn resource_id(evidence: &Evidence) -> String {
    match evidence.artifact {
        Some(id) => uuid("artifact", &id.to_string()),
        None => uuid("file", &evidence.sha256),
    }
}

/// The back matter: every evidence file that these observations refer to, with its digest wherever it lies.
pub fn back_matter(material: &Material<'_>, observations: &[&Value]) -> Value {
    let referred = observations.iter().filter_map(|one| one["relevant-evidence"].as_array()).flatten();
    let wanted: std::collections::BTreeSet<&str> = referred.filter_map(|one| one["href"].as_str()).collect();
    let by_id: BTreeMap<String, &Evidence> = material.evidence.iter().map(|one| (resource_id(one), one)).collect();
    let resources = by_id.iter().filter(|(id, _)| wanted.contains(format!("#{id}").as_str()));
    let resources: Vec<Value> = resources.map(|(id, evidence)| resource(id, evidence)).collect();
    if resources.is_empty() { Value::Null } else { json!({"resources": resources}) }
}

fn resource(id: &str, evidence: &Evidence) -> Value {
    let marking =
        if evidence.bcsi { json!({"name": "marking", "value": "BCSI", "class": "cip-011"}) } else { Value::Null };
    let props = match evidence.artifact {
        Some(id) => json!([marking, own("record-kind", "artifact"), own("record-id", &id.to_string())]),
        None => json!([marking]),
    };
    let rlink = |path: &String| {
        json!({
            "href": format!("../{path}"), "media-type": line(&evidence.media_type),
            "hashes": [{"algorithm": "SHA-256", "value": evidence.sha256}],
        })
    };
    json!({
        "uuid": id,
        "title": plain_line(&evidence.title),
        "props": props,
        "rlinks": evidence.paths.iter().map(rlink).collect::<Vec<_>>(),
    })
}
