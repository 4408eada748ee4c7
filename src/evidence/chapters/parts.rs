//! `_part.json` of every part in scope: where it stands, how that was judged, what answers it, and what is missing.
//!
//! Invariant: a part without evidence and a part that cannot be decided have their file like every other. Verdicts are
//! those of the pages, the satisfied ones too; each names the record version it is about.

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::{Value, json};

use crate::checks::judging::RULE_SET;
use crate::checks::{Outcome, Verdict};
use crate::evidence::dossier::{Dossier, Part};
use crate::evidence::evidence_files::Evidence;
use crate::evidence::readiness::Lack;
use crate::evidence::words::verdict;
use crate::frameworks::model::Automatable;
use crate::posture::rules::Counts;
use crate::posture::verdicts::of_part;
use crate::seal::{Spool, Unsealable};
use crate::storage::{Audited, Kept};

/// Writes every part's file.
pub fn write(dossier: &Dossier, spool: &mut Spool) -> Result<(), Unsealable> {
    for part in &dossier.parts {
        let path = format!("{}/_part.json", part.folder);
        let mut writer = spool.writer(&path)?;
        let document = document(dossier, part);
        serde_json::to_writer_pretty(&mut writer, &document)
            .map_err(std::io::Error::from)
            .and_then(|()| writer.write_all(b"\n"))
            .map_err(|error| Unsealable::file(&path, error))?;
        writer.finish()?;
    }
    Ok(())
}

fn document(dossier: &Dossier, part: &Part) -> Value {
    let requirement = part.requirement();
    let standing = &part.standing;
    let check = requirement.check.as_ref();
    json!({
        "part": part.id(),
        "standard": requirement.standard,
        "title": requirement.title,
        "asks": requirement.asks,
        "answers_for": part.scoped.span,
        "other_versions": requirement.counterparts,
        "as_of": dossier.instant.rfc3339(),
        "verdict": verdict(standing),
        "status": standing.status.word(),
        "because": standing.because,
        "evaluated_over": dossier.days,
        "rule_set": RULE_SET,
        "decided_by": decided_by(requirement.automatable),
        "predicate": check.map(|check| check.predicate.as_str()),
        "failing_record": check.map(|check| check.failing_record.as_str()),
        "applicable_records": standing.applicable,
        "undecided_records": standing.undecided,
        "counts": {"mandatory": counts(&standing.mandatory), "advisory": counts(&standing.advisory)},
        "kinds_of_record": requirement.records,
        "checks": checks(dossier, part),
        "narrative": part.narrative.as_ref().map(|kept| with_version(kept, json!({"text": kept.text}))),
        "attestations": part.attestations.iter().map(|kept| with_version(kept, json!({"from": kept.from, "to": kept.to,
            "judgment": kept.judgment.word(), "by": kept.by, "statement": kept.statement}))).collect::<Vec<_>>(),
        "controls": part.controls.iter().map(|kept| with_version(kept, json!({"reference": kept.reference, "name": kept.name,
            "owner": kept.owner, "statement": kept.statement}))).collect::<Vec<_>>(),
        "evidence": part.evidence.iter().map(|evidence| file(dossier, evidence)).collect::<Vec<_>>(),
        "evidence_asked_for": requirement.evidence,
        "readiness": {"state": part.readiness.state.word(), "lacks": part.readiness.lacks.iter().map(lack).collect::<Vec<_>>()},
    })
}

fn decided_by(automatable: Option<Automatable>) -> &'static str {
    match automatable {
        Some(Automatable::Full) => "records",
        Some(Automatable::Partial) => "records, and a person for adequacy",
        Some(Automatable::Manual) | None => "a person",
    }
}

fn counts(counts: &Counts) -> Value {
    json!({"pass": counts.pass, "fail": counts.fail, "justified": counts.justified, "due_soon": counts.due_soon,
        "indeterminate": counts.indeterminate})
}

/// A record with the version that says so.
fn with_version<T: Audited>(kept: &Kept<T>, mut value: Value) -> Value {
    value["record_id"] = json!(kept.id.to_string());
    value["record_version"] = json!(kept.version.to_string());
    value["recorded_at"] = json!(kept.recorded_from.rfc3339());
    value
}

fn file(dossier: &Dossier, evidence: &Evidence) -> Value {
    let artifact = dossier.artifacts.get(&evidence.artifact);
    json!({
        "path": evidence.path,
        "request_id": evidence.request_id,
        "shows": evidence.applicability(),
        "sha256": artifact.map(|kept| kept.sha256.as_str()),
        "title": artifact.map(|kept| kept.title.as_str()),
        "revision": artifact.map(|kept| kept.revision.as_str()),
        "dated": artifact.map(|kept| kept.dated()),
        "artifact": artifact.map(|kept| kept.reference.to_string()),
    })
}

fn lack(lack: &Lack) -> Value {
    let whose = if lack.whose.is_empty() { "nobody: no control names an owner" } else { &lack.whose };
    json!({"state": lack.state.word(), "what": lack.what, "whose": whose, "mend": lack.mend.told()})
}

/// The part's verdicts, check by check: what fails or is open in full, what passes by its record.
fn checks(dossier: &Dossier, part: &Part) -> Vec<Value> {
    let mut by_check: BTreeMap<&'static str, (Value, BTreeMap<&'static str, Vec<Value>>)> = BTreeMap::new();
    for verdict in of_part(&dossier.judged, part.id()) {
        let check = verdict.check;
        let (_, outcomes) = by_check.entry(check.code).or_insert_with(|| {
            let told = json!({"check": check.code, "sentence": check.sentence, "source": check.source,
                "class": check.class.word()});
            (told, BTreeMap::new())
        });
        outcomes.entry(verdict.outcome.word()).or_default().push(told(dossier, &verdict));
    }
    let one = |(mut told, outcomes): (Value, BTreeMap<&str, Vec<Value>>)| {
        let counted: BTreeMap<&str, usize> = outcomes.iter().map(|(outcome, all)| (*outcome, all.len())).collect();
        told["counts"] = json!(counted);
        told["verdicts"] = json!(outcomes);
        told
    };
    by_check.into_values().map(one).collect()
}

fn told(dossier: &Dossier, verdict: &Verdict) -> Value {
    let subject = &verdict.subject;
    let version = dossier.version_of(subject.id).map_or_else(String::new, |(_, version)| version.to_string());
    if verdict.outcome == Outcome::Pass {
        return json!(format!("{} ({} {} version {version})", subject.reference, subject.kind, subject.id));
    }
    // A host that a sensor saw is no record: it is named, and tied to nothing.
    let record = if version.is_empty() { String::new() } else { subject.id.to_string() };
    json!({"subject": subject.reference, "kind": subject.kind, "record_id": record,
        "record_version": version, "because": verdict.because, "gap": verdict.gap})
}
