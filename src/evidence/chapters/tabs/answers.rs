//! Summary, evidence index and approvals: where each part stands, which files answer it, and who approved what.
//!
//! Invariant: a row about a part belongs to the organization's own record, which is what the part is asked of.

use super::{Row, Rows, Tab};
use crate::controls::model::Judgment;
use crate::evidence::dossier::{Dossier, Part};
use crate::evidence::evidence_files::Evidence;
use crate::evidence::words::{day, verdict};
use crate::obligations::rules::{Obligation, obligations};
use crate::obligations::{Duty, Performance};
use crate::storage::versions::hash_text;
use crate::storage::{Audited, Kept};

pub const SUMMARY: Tab = Tab {
    name: "Summary",
    counted: "",
    header: &[
        "Part ID",
        "Title",
        "Answers for",
        "Verdict",
        "Failing count",
        "Indeterminate count",
        "Evidence count",
        "Readiness",
        "Owner",
        "Reviewer",
        "Reviewed at",
    ],
    rows: |dossier| Box::new(dossier.parts.iter().map(|part| Row::of(&dossier.profile, summary(dossier, part)))),
    always: true,
};

pub const EVIDENCE_INDEX: Tab = Tab {
    name: "Evidence index",
    counted: "Seq",
    header: &[
        "Request ID",
        "Part ID",
        "File Name",
        "Document Title",
        "Document Number",
        "Revision or Version",
        "Document Date",
        "Relevant Page(s) or Section(s)",
        "Description of Applicability",
        "SHA-256",
        "Source",
        "Collected at",
    ],
    rows: evidence_index,
    always: true,
};

pub const APPROVALS: Tab = Tab {
    name: "Approvals",
    counted: "",
    header: &["Document", "Revision", "Content hash", "Approver", "Role", "Delegation ID", "Signed at", "Next due"],
    rows: approvals,
    always: false,
};

fn summary(dossier: &Dossier, part: &Part) -> Vec<String> {
    let counts = &part.standing.mandatory;
    let reviewed = part.attestations.iter().max_by_key(|kept| (kept.recorded_from, kept.id));
    vec![
        part.id().to_owned(),
        part.requirement().title.clone(),
        part.scoped.span.to_string(),
        verdict(&part.standing),
        counts.fail.to_string(),
        counts.indeterminate.to_string(),
        part.evidence.len().to_string(),
        part.readiness.state.label().to_owned(),
        part.owner().to_owned(),
        reviewed.map_or_else(String::new, |kept| kept.by.clone()),
        reviewed.map_or_else(String::new, |kept| dossier.zone.day(kept.recorded_from).to_string()),
    ]
}

fn evidence_index(dossier: &Dossier) -> Rows<'_> {
    let of_part = |part: &'_ Part| {
        let row = |evidence: &Evidence| {
            let artifact = dossier.artifacts.get(&evidence.artifact)?;
            Some(Row::of(artifact, file(part, evidence, artifact)))
        };
        part.evidence.iter().filter_map(row).collect::<Vec<_>>()
    };
    Box::new(dossier.parts.iter().flat_map(of_part))
}

fn file(part: &Part, evidence: &Evidence, artifact: &crate::artifacts::Artifact) -> Vec<String> {
    let name = evidence.path.rsplit('/').next().unwrap_or(&evidence.path);
    vec![
        evidence.request_id.clone(),
        part.id().to_owned(),
        name.to_owned(),
        if artifact.title.is_empty() { artifact.name.clone() } else { artifact.title.clone() },
        artifact.document_number.clone(),
        artifact.revision.clone(),
        artifact.dated(),
        String::new(),
        evidence.applicability(),
        artifact.sha256.clone(),
        artifact.source_system.clone(),
        artifact.received_at.map_or_else(String::new, crate::vocabulary::Moment::rfc3339),
    ]
}

/// Duties whose doing is an approval.
const APPROVING: [Duty; 3] = [Duty::CategorizationApproval, Duty::PolicyReview, Duty::SupplyChainPlanReview];

fn approvals(dossier: &Dossier) -> Rows<'_> {
    let attested = dossier.parts.iter().flat_map(|part| {
        part.attestations.iter().map(move |kept| {
            let judged = if kept.judgment == Judgment::Adequate { "adequate" } else { "not adequate" };
            let what = format!("Attestation: {} from {} to {} {judged}", part.id(), kept.from, kept.to);
            approval(kept, what, &kept.by, dossier.zone.told(kept.recorded_from), String::new())
        })
    });
    let excepted = dossier.exceptions.iter().filter_map(|kept| {
        let act = kept.approved.as_ref()?;
        let what = format!("Exception {}: {}", kept.reference, kept.title);
        Some(approval(kept, what, &act.name, dossier.zone.told(act.at), day(kept.expires)))
    });
    let within = |kept: &&Kept<Performance>| kept.performed_on.is_some_and(|on| on >= dossier.days.from);
    let approving = |kept: &&Kept<Performance>| kept.kind.is_some_and(|duty| APPROVING.contains(&duty));
    let clocks = dossier.judged.beside.clocked.as_ref().map(obligations).unwrap_or_default();
    let done = dossier.performances.iter().filter(approving).filter(within).map(|kept| {
        let what = format!("{} {}", kept.kind.map_or("", Duty::label), kept.reference);
        approval(kept, what, &kept.performed_by, day(kept.performed_on), next_due(&clocks, kept))
    });
    let rows: Vec<Row> = attested.chain(excepted).chain(done).collect();
    Box::new(rows.into_iter())
}

fn approval<T: Audited>(kept: &Kept<T>, what: String, by: &str, at: String, due: String) -> Row {
    let (revision, hash) = (kept.version.to_string(), hash_text(&kept.commitment));
    Row::of(kept, vec![what, revision, hash, by.to_owned(), String::new(), String::new(), at, due])
}

/// When the clock that a performance wound last runs out.
fn next_due(clocks: &[Obligation<'_>], kept: &Kept<Performance>) -> String {
    let last = |clock: &&Obligation<'_>| clock.last.is_some_and(|last| last.id == kept.id);
    day(clocks.iter().filter(last).filter_map(|clock| clock.due).min())
}
