//! Risks: each finding people or checks opened, and each exception, as OSCAL tells a risk.
//!
//! Invariant: a risk's UUID comes from the record's id alone, so the same finding is the same risk in every package; its
//! status is OSCAL's word for where the record stands at the instant.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use uuid::Uuid;

use super::document::{or_none, own, plain, plain_line};
use super::fold::Folded;
use super::identity::uuid;
use super::material::{Found, Material};
use crate::checks::{Class, Outcome, Severity};
use crate::exceptions::rules::{Failing, covers};
use crate::exceptions::{Exception, ExceptionKind, Standing};
use crate::findings::{RemediationEntry, State};
use crate::vocabulary::Date;

/// Every risk of the package: findings first. An exception from beyond the package is told only where it is referred to.
pub fn all(material: &Material<'_>, referred: &BTreeSet<String>) -> Vec<Value> {
    let findings = material.findings.iter().map(|found| of_finding(material, found));
    let told = |(id, one): &&(Option<Uuid>, &Exception)| id.is_some() || referred.contains(&id_of_exception(*id, one));
    let exceptions = material.exceptions.iter().filter(told);
    findings.chain(exceptions.map(|(id, one)| of_exception(material, *id, one))).collect()
}

/// The UUID of an exception's risk.
fn id_of_exception(id: Option<Uuid>, exception: &Exception) -> String {
    uuid("risk:exception", &key(id, exception))
}

/// What an exception is known by.
fn key(id: Option<Uuid>, exception: &Exception) -> String {
    id.map_or_else(|| exception.reference.folded(), |id| id.to_string())
}

/// The UUID of a finding's risk.
pub fn id_of(found: &Found<'_>) -> String {
    uuid("risk:finding", &found.id.to_string())
}

/// UUIDs of the risks behind a part: what is left to do or accepted, and the exceptions that justify.
pub fn of_part(material: &Material<'_>, part: &str, folded: &[Folded]) -> Vec<String> {
    let bears =
        |found: &&Found<'_>| !found.finding.is_settled() && found.finding.requirements.iter().any(|id| id == part);
    let findings = material.findings.iter().filter(bears).map(id_of);
    let justify = |(_, one): &&(Option<Uuid>, &Exception)| folded.iter().any(|folded| justifies(one, folded));
    let exceptions = material.exceptions.iter().filter(justify);
    findings.chain(exceptions.map(|(id, one)| id_of_exception(*id, one))).collect()
}

/// True when the exception covers a record that a check left justified.
fn justifies(exception: &Exception, folded: &Folded) -> bool {
    let mandatory = folded.check.class == Class::Mandatory;
    let kind = exception.kind == Some(ExceptionKind::Policy);
    let mut justified = folded.named.iter().filter(|named| named.outcome == Outcome::Justified);
    exception.approved.is_some()
        && kind != mandatory
        && justified.any(|named| {
            let failing = Failing {
                check: folded.check.code,
                mandatory,
                requirements: folded.check.requirements,
                subject_kind: &named.subject.kind,
                subject: named.subject.id,
                gap: None,
            };
            covers(exception, &failing)
        })
}

/// OSCAL's word for where a finding stands.
fn status(state: State) -> &'static str {
    match state {
        State::Open => "open",
        State::Triaged => "investigating",
        // Remediated is what somebody said; until it is verified it is being remediated.
        State::InRemediation | State::Remediated => "remediating",
        State::Accepted => "deviation-approved",
        State::Verified | State::Closed => "closed",
    }
}

fn of_finding(material: &Material<'_>, found: &Found<'_>) -> Value {
    let finding = found.finding;
    let described = if finding.because.is_empty() { &finding.description } else { &finding.because };
    let entries: Vec<Value> = found.entries.iter().map(|(id, entry)| logged(&id.to_string(), entry)).collect();
    let log = if entries.is_empty() { Value::Null } else { json!({"entries": entries}) };
    json!({
        "uuid": id_of(found),
        "title": plain_line(&format!("{} {}", finding.reference, finding.title)),
        "description": or_none(described),
        "statement": or_none(if finding.extent.is_empty() { &finding.description } else { &finding.extent }),
        "props": [
            own("record-kind", "finding"), own("record-id", &found.id.to_string()),
            own("finding", finding.reference.as_str()), own("check", &finding.check), own("state", finding.state.word()),
            own("severity", finding.severity.map_or("", Severity::word)),
            own("records-touched", &finding.count.to_string()), own("root-cause", &finding.root_cause),
        ],
        "status": status(finding.state),
        "deadline": finding.due.map(|due| end_of(material, due)),
        "mitigating-factors": accepted(material, found),
        "remediations": remediations(material, found),
        "risk-log": log,
    })
}

fn end_of(material: &Material<'_>, day: Date) -> String {
    material.judged.facts.zone.last_of(day).rfc3339()
}

/// What holds the risk down where it is accepted under an exception.
fn accepted(material: &Material<'_>, found: &Found<'_>) -> Vec<Value> {
    let under = found.finding.accepted_under.map(crate::ids::Id::uuid);
    let known = material.exceptions.iter().filter(|(id, _)| id.is_some() && *id == under);
    known.map(|(id, exception)| factor(&format!("{}:{}", found.id, key(*id, exception)), exception)).collect()
}

fn factor(key: &str, exception: &Exception) -> Value {
    json!({
        "uuid": uuid("mitigating-factor", key),
        "description": format!("{}: {}", exception.reference, or_none(&exception.compensating)),
        "props": [own("exception", exception.reference.as_str())],
    })
}

/// What is to be done by when, and what was done: the milestones of a plan.
fn remediations(material: &Material<'_>, found: &Found<'_>) -> Vec<Value> {
    let finding = found.finding;
    let mut tasks: Vec<Value> = found.entries.iter().map(|(id, entry)| done(&id.to_string(), entry)).collect();
    if let Some(due) = finding.due {
        tasks.push(json!({
            "uuid": uuid("milestone:due", &found.id.to_string()),
            "type": "milestone",
            "title": "Remediated and verified",
            "timing": {"on-date": {"date": end_of(material, due)}},
        }));
    }
    if tasks.is_empty() {
        return Vec::new();
    }
    let lifecycle = if finding.is_settled() { "completed" } else { "planned" };
    let owner = finding.owner.as_ref().map(|_| "An owner is recorded with the finding.");
    vec![json!({
        "uuid": uuid("response", &found.id.to_string()),
        "lifecycle": lifecycle,
        "title": plain_line(&format!("Remediate {}", finding.reference)),
        "description": or_none(&finding.description),
        "tasks": tasks,
        "remarks": owner,
    })]
}

fn done(id: &str, entry: &RemediationEntry) -> Value {
    json!({
        "uuid": uuid("milestone:entry", id),
        "type": if entry.finished { "milestone" } else { "action" },
        "title": plain_line(&crate::oscal::document::shortened(&entry.done, 80)),
        "description": or_none(&entry.done),
        "props": [own("record-kind", "remediation_entry"), own("record-id", id), own("place", &entry.place)],
        "timing": {"on-date": {"date": entry.at.rfc3339()}},
    })
}

fn logged(id: &str, entry: &RemediationEntry) -> Value {
    json!({
        "uuid": uuid("risk-log", id),
        "title": if entry.finished { "Remediated" } else { "Worked on" },
        "description": format!("{} ({})", or_none(&entry.done), or_none(&entry.name)),
        "start": entry.at.rfc3339(),
        "status-change": if entry.finished { "remediating" } else { "" },
    })
}

fn of_exception(material: &Material<'_>, id: Option<Uuid>, exception: &Exception) -> Value {
    let day = material.judged.facts.zone.day(material.instant);
    let standing = exception.standing(day);
    let status = match standing {
        Standing::Requested => "deviation-requested",
        Standing::Approved | Standing::Expiring => "deviation-approved",
        Standing::Expired | Standing::Refused | Standing::Revoked => "closed",
    };
    let parts = exception.requirements.join(", ");
    json!({
        "uuid": id_of_exception(id, exception),
        "title": plain_line(&format!("{} {}", exception.reference, exception.title)),
        "description": or_none(&exception.basis),
        "statement": plain(&format!("{}; {}.", exception.kind.map_or("Exception", ExceptionKind::label), standing.label())),
        "props": [
            own("record-kind", "exception"), own("record-id", &id.map_or_else(String::new, |id| id.to_string())),
            own("exception", exception.reference.as_str()), own("kind", exception.kind.map_or("", ExceptionKind::word)), own("standing", standing.word()),
            own("parts", &parts), own("checks", &exception.checks.join(", ")),
            own("from", &exception.from.map_or_else(String::new, |day| day.to_string())),
        ],
        "status": status,
        "deadline": exception.expires.map(|last| end_of(material, last)),
        "mitigating-factors": [factor(&key(id, exception), exception)],
    })
}
