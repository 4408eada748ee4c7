//! `manifest.json`: the machine's index of the package, as canonical JSON (RFC 8785).
//!
//! Invariant: written member by member in the canonical order, so memory does not grow with it; bytes that lie in several
//! folders are listed once, with every place they lie. Fields: `audit-artifacts` part 7.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::custody::classification;
use crate::artifacts::Artifact;
use crate::evidence::dossier::{Dossier, Part};
use crate::evidence::evidence_files::Evidence;
use crate::evidence::words::verdict;
use crate::frameworks::catalogs;
use crate::posture::verdicts;

use crate::seal::{Spool, Spooled, Unsealable, Writer};
use crate::storage::Kept;
use crate::storage::merkle::Hash;
use crate::storage::versions::hex;
use crate::vocabulary::Moment;

const PATH: &str = "manifest.json";

/// Most failing records a part names; the others are counted.
const MOST_NAMED: usize = 200;

/// Writes the manifest.
pub fn write(dossier: &Dossier, spool: &mut Spool) -> Result<(), Unsealable> {
    let files = spool.files()?;
    let mut writer = spool.writer(PATH)?;
    writer.add(b"{\"files\":")?;
    array(&mut writer, files_told(dossier, &files))?;
    writer.add(format!(",\"package\":{},\"parts\":", canonical(&package(dossier))?).as_bytes())?;
    array(
        &mut writer,
        dossier.parts.iter().map(|part| self::part(dossier, part, spool.get(&narrative(part)).is_some())),
    )?;
    let previous = dossier.previous.as_ref().map(|one| one.manifest.as_str()).filter(|hash| !hash.is_empty());
    writer.add(format!(",\"prev_manifest_sha256\":{}", canonical(&json!(previous))?).as_bytes())?;
    writer.add(b",\"record_snapshots\":")?;
    let snapshots = dossier.disclosed.iter().map(|told| {
        json!({"type": told.kind, "id": told.id.hyphenated().to_string(), "revision": told.version.to_string(),
            "hash": hex(&told.commitment)})
    });
    array(&mut writer, snapshots)?;
    writer.add(b",\"samples\":[]}")?;
    writer.finish().map(drop)
}

fn canonical(value: &Value) -> Result<String, Unsealable> {
    serde_json_canonicalizer::to_string(value).map_err(|error| Unsealable::content(PATH, error.to_string()))
}

fn array(writer: &mut Writer, values: impl Iterator<Item = Value>) -> Result<(), Unsealable> {
    writer.add(b"[")?;
    for (n, value) in values.enumerate() {
        let comma = if n == 0 { "" } else { "," };
        writer.add(format!("{comma}{}", canonical(&value)?).as_bytes())?;
    }
    writer.add(b"]")
}

fn package(dossier: &Dossier) -> Value {
    let (profile, order, checkpoint) = (&dossier.profile, &dossier.order, &dossier.checkpoint);
    let region = order.engagement.as_ref().map(|engaged| engaged.region.as_str()).filter(|region| !region.is_empty());
    let editions: BTreeMap<&str, &str> =
        catalogs().frameworks.iter().map(|known| (known.id.as_str(), known.edition.as_str())).collect();
    json!({
        "id": dossier.name(),
        "version": "1",
        "entity": profile.name,
        "ncr": profile.ncr,
        "region": region.unwrap_or(&profile.region),
        "audit_id": order.audit_id(),
        "engagement": order.engagement.as_ref().map(|engaged| json!({"id": engaged.id, "title": engaged.title,
            "notice_on": engaged.notice_on, "team": engaged.team})),
        "period_start": order.period.from,
        "period_end": order.period.to,
        "evaluated_over": dossier.days,
        "scope": order.scope.names(),
        "tz": profile.time_zone,
        "generated_at": dossier.instant.rfc3339(),
        "generator": {"name": "Glance", "version": env!("CARGO_PKG_VERSION"), "rule_set": crate::checks::judging::RULE_SET},
        "signing_key": dossier.key,
        "catalog_version": editions,
        "supersedes": dossier.previous.as_ref().map(|one| one.name.as_str()),
        "classification": "bcsi",
        "checkpoint": {"log": checkpoint.origin, "size": checkpoint.size.to_string(), "root": hex(&checkpoint.root)},
    })
}

/// A file of evidence and the part it answers; none for a finding's.
type Answer<'d> = (Option<&'static str>, &'d Evidence);

/// Each content once, by the first path it lies under.
fn files_told<'d>(dossier: &'d Dossier, files: &'d [Spooled]) -> impl Iterator<Item = Value> + 'd {
    let of_parts = dossier.parts.iter().flat_map(|part| part.evidence.iter().map(move |one| (Some(part.id()), one)));
    let of_findings = dossier.finding_files.iter().map(|one| (None, one));
    let evidence: BTreeMap<&str, Answer<'_>> =
        of_parts.chain(of_findings).map(|answer| (answer.1.path.as_str(), answer)).collect();
    let mut places: BTreeMap<Hash, Vec<&str>> = BTreeMap::new();
    for file in files.iter().filter(|file| evidence.contains_key(file.path.as_str())) {
        places.entry(file.sha256).or_default().push(&file.path);
    }
    files.iter().filter_map(move |file| {
        let path = file.path.as_str();
        let Some((_, one)) = evidence.get(path) else { return Some(generated(dossier, file)) };
        let copies = places.get(&file.sha256).map_or(&[][..], Vec::as_slice);
        let artifact = dossier.artifacts.get(&one.artifact)?;
        let answers: Vec<&Answer<'_>> = copies.iter().filter_map(|path| evidence.get(path)).collect();
        (copies.first() == Some(&path)).then(|| original(dossier, file, artifact, &answers, &copies[1..]))
    })
}

fn base(dossier: &Dossier, file: &Spooled) -> Value {
    json!({"path": format!("data/{}", file.path), "sha256": hex(&file.sha256), "size": file.size,
        "media_type": media_type(&file.path), "as_of": dossier.instant.rfc3339(), "classification": "bcsi"})
}

/// What Glance itself wrote.
fn generated(dossier: &Dossier, file: &Spooled) -> Value {
    let mut told = base(dossier, file);
    if let Some(part) = dossier.parts.iter().find(|part| file.path.strip_suffix("/_part.json") == Some(&part.folder)) {
        told["parts"] = json!([part.id()]);
    }
    told["title"] = json!(title(&file.path));
    told
}

/// An evidence file with everything recorded of it.
fn original(
    dossier: &Dossier,
    file: &Spooled,
    artifact: &Kept<Artifact>,
    answers: &[&Answer<'_>],
    copies: &[&str],
) -> Value {
    let mut told = base(dossier, file);
    let covers = artifact.covers_from.map(|from| json!({"from": from, "to": artifact.covers_to}));
    let mut requests: Vec<&str> = answers.iter().map(|(_, one)| one.request_id.as_str()).collect();
    requests.dedup();
    for (name, value) in [
        ("also_at", json!(copies.iter().map(|path| format!("data/{path}")).collect::<Vec<_>>())),
        ("artifact", json!(artifact.reference)),
        ("classification", json!(classification(artifact))),
        ("collected_at", json!(artifact.received_at.map(Moment::rfc3339))),
        ("collector", json!(artifact.collector)),
        ("covers", json!(covers)),
        ("doc_date", json!(artifact.dated())),
        ("doc_number", json!(artifact.document_number)),
        ("media_type", json!(artifact.media_type)),
        ("original_name", json!(artifact.name)),
        ("parts", json!(answers.iter().filter_map(|(part, _)| *part).collect::<Vec<_>>())),
        ("query", json!(artifact.query)),
        ("redacted", Value::Null),
        ("request_ids", json!(requests)),
        ("revision", json!(artifact.revision)),
        ("source_system", json!(artifact.source_system)),
        ("title", json!(artifact.title)),
    ] {
        told[name] = value;
    }
    told
}

/// What a file that Glance wrote is called.
fn title(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    match path.split('/').next().unwrap_or(path) {
        "01_ert" => format!("Evidence request tool: {}", name.split('.').next().unwrap_or(name).replace('_', " ")),
        "02_rsaw" => format!("Narrative in RSAW shape: {name}"),
        "03_evidence" => "Verdicts, predicate, inputs and gaps of a part".to_owned(),
        "05_findings" => format!("Findings: {}", name.split('.').next().unwrap_or(name).replace('_', " ")),
        "06_oscal" => format!("OSCAL: {name}"),
        "07_history" => "Journal: disclosed records, leaves and proofs".to_owned(),
        "08_chain_of_custody.csv" => "Chain of custody".to_owned(),
        "99_LIMITS.md" => "Limits of this package".to_owned(),
        "00_README.pdf" => "Read this first".to_owned(),
        _ => name.to_owned(),
    }
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("csv") => "text/csv",
        Some("json") => "application/json",
        Some("jsonl") => "application/jsonl",
        Some("html") => "text/html",
        Some("md") => "text/markdown",
        Some("pdf") => "application/pdf",
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        _ => "text/plain",
    }
}

/// Where a part's narrative is told.
pub(super) fn narrative(part: &Part) -> String {
    let name = part.folder.split('/').nth(1).unwrap_or_default();
    format!("02_rsaw/{name}/RSAW_{name}.pdf")
}

fn part(dossier: &Dossier, part: &Part, narrated: bool) -> Value {
    let standing = &part.standing;
    let mut failing = verdicts::failing(&dossier.judged, part.id());
    let gaps: Vec<Value> = failing
        .iter()
        .filter_map(|verdict| {
            let gap = verdict.gap?;
            Some(json!({"subject": verdict.subject.reference, "from": gap.from, "until": gap.until}))
        })
        .take(MOST_NAMED)
        .collect();
    failing.truncate(MOST_NAMED);
    let records: Vec<Value> = failing
        .iter()
        .map(|verdict| json!({"type": verdict.subject.kind, "id": verdict.subject.id, "reference": verdict.subject.reference}))
        .collect();
    let predicate = part.requirement().check.as_ref().map(|check| check.predicate.as_str());
    json!({
        "id": part.id(),
        "verdict": verdict(standing),
        "status": standing.status.word(),
        "evaluated_over": part.scoped.span,
        "predicate": predicate,
        "checked_records": standing.mandatory.all() + standing.advisory.all(),
        "failing_count": standing.mandatory.fail,
        "failing_records": records,
        "gaps": gaps,
        "readiness": part.readiness.state.word(),
        "part_file": format!("data/{}/_part.json", part.folder),
        "narrative_file": narrated.then(|| format!("data/{}", narrative(part))),
    })
}
