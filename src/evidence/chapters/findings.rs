//! `05_findings`: what is wrong, what was done about it, what might be a noncompliance, and what is excused.
//!
//! Invariant: each row names the record version it comes from; fields are those of a self-report and a mitigation plan
//! (`audit-artifacts` part 5), and one that nobody recorded says so.

use crate::checks::Severity;
use crate::checks::judging::RULES;
use crate::checks::subjects::subject;
use crate::evidence::dossier::Dossier;
use crate::evidence::words::{NOT_RECORDED, day, flag};
use crate::exceptions::{Exception, ExceptionKind};
use crate::findings::{Finding, RemediationEntry};
use crate::seal::{Spool, Unsealable};
use crate::sheets::{CsvOut, Unwritable};
use crate::storage::{Audited, Kept};
use crate::vocabulary::Moment;

const FINDINGS: [&str; 21] = [
    "Finding",
    "Title",
    "Severity",
    "State",
    "Source",
    "Check",
    "Requirement parts",
    "Records touched",
    "Count",
    "Because",
    "Description",
    "First seen",
    "Last seen",
    "Gone since",
    "Owner",
    "Due",
    "Reopened",
    "Verified",
    "Accepted under",
    "Outcome",
    "Potential noncompliance",
];

const LOG: [&str; 10] = [
    "Finding",
    "Done at",
    "Logged at",
    "By",
    "What was done",
    "Place",
    "Minutes",
    "Nothing left to do",
    "Records",
    "Evidence files",
];

const MITIGATION: [&str; 21] = [
    "Finding",
    "Entity",
    "NCR",
    "Standard and requirement part",
    "Functions",
    "How it was found",
    "When it was found",
    "Start of the noncompliance",
    "End of the noncompliance",
    "Description",
    "Extent of condition",
    "Number of records",
    "Root and contributing causes",
    "Potential and actual risk",
    "Controls that existed",
    "Similar prior issues",
    "Mitigating activities with dates",
    "Determined on",
    "Self-reported on",
    "Self-report",
    "Contact",
];

const EXCEPTIONS: [&str; 17] = [
    "Exception",
    "Title",
    "Kind",
    "Requirement parts",
    "Checks",
    "Covers",
    "Basis",
    "Compensating measures",
    "From",
    "Expires",
    "Declaration",
    "Declared on",
    "Ended on",
    "Requested",
    "Approved",
    "Refused or revoked",
    "Standing",
];

/// Writes the four tables.
pub fn write(dossier: &Dossier, spool: &mut Spool) -> Result<(), Unsealable> {
    let rows = dossier.findings.iter().map(|kept| (of(kept), finding(dossier, kept)));
    table(spool, "05_findings/findings.csv", &FINDINGS, rows)?;
    let rows = dossier.entries.iter().map(|kept| (of(kept), entry(dossier, kept)));
    table(spool, "05_findings/remediation_log.csv", &LOG, rows)?;
    let potential = dossier.findings.iter().filter(|kept| kept.potential_noncompliance == Some(true));
    let rows = potential.map(|kept| (of(kept), mitigation(dossier, kept)));
    table(spool, "05_findings/mitigation.csv", &MITIGATION, rows)?;
    let rows = dossier.exceptions.iter().map(|kept| (of(kept), exception(dossier, kept)));
    table(spool, "05_findings/exceptions.csv", &EXCEPTIONS, rows)
}

fn of<T: Audited>(kept: &Kept<T>) -> [String; 2] {
    [kept.id.to_string(), kept.version.to_string()]
}

fn table(
    spool: &mut Spool,
    path: &str,
    header: &[&str],
    rows: impl Iterator<Item = ([String; 2], Vec<String>)>,
) -> Result<(), Unsealable> {
    let said = |error: Unwritable| Unsealable::content(path, error.problem);
    let columns: Vec<&str> = header.iter().copied().chain(["record_id", "record_version"]).collect();
    let mut out = CsvOut::new(spool.writer(path)?, &columns).map_err(said)?;
    for (record, cells) in rows {
        out.row(&cells.iter().chain(&record).map(String::as_str).collect::<Vec<_>>()).map_err(said)?;
    }
    out.finish().map_err(said)?.finish().map(drop)
}

fn moment(at: Option<Moment>) -> String {
    at.map_or_else(String::new, Moment::rfc3339)
}

fn or_not(text: &str) -> String {
    if text.trim().is_empty() { NOT_RECORDED.to_owned() } else { text.to_owned() }
}

fn finding(dossier: &Dossier, kept: &Finding) -> Vec<String> {
    let excepted = kept.accepted_under.and_then(|id| dossier.exceptions.iter().find(|one| one.id == id));
    vec![
        kept.reference.to_string(),
        kept.title.clone(),
        kept.severity.map_or("", Severity::label).to_owned(),
        kept.state.label().to_owned(),
        kept.source.label().to_owned(),
        kept.check.clone(),
        kept.requirements.join("; "),
        kept.touched_told(crate::findings::model::MOST_NAMED),
        kept.count.to_string(),
        kept.because.clone(),
        kept.description.clone(),
        moment(kept.first_seen),
        moment(kept.last_seen),
        moment(kept.gone_since),
        kept.owner.as_ref().map_or_else(String::new, |owner| owner.login.clone()),
        day(kept.due),
        kept.reopen_count.to_string(),
        verified(kept),
        excepted.map_or_else(String::new, |one| one.reference.to_string()),
        kept.outcome.clone(),
        flag(kept.potential_noncompliance),
    ]
}

fn verified(finding: &Finding) -> String {
    finding.verification.as_ref().map_or_else(String::new, |known| {
        let who = known.by.as_ref().map_or("the check", |member| member.login.as_str());
        format!("{who}, {}: {}", known.at.rfc3339(), known.evidence)
    })
}

fn reference(dossier: &Dossier, entry: &RemediationEntry) -> String {
    let finding = dossier.findings.iter().find(|kept| kept.id == entry.finding);
    finding.map_or_else(String::new, |kept| kept.reference.to_string())
}

fn entry(dossier: &Dossier, kept: &Kept<RemediationEntry>) -> Vec<String> {
    let records = kept.records.iter().map(|touch| {
        let set = if touch.set.is_empty() { String::new() } else { format!(" ({})", touch.set) };
        format!("{} {}{set}", touch.record.reference, touch.deed.label().to_lowercase())
    });
    let id = kept.id.to_string();
    let files = dossier.finding_files.iter().filter(|file| file.target == id).map(|file| file.path.as_str());
    vec![
        reference(dossier, kept),
        kept.at.rfc3339(),
        kept.recorded_from.rfc3339(),
        kept.by.as_ref().map_or_else(|| kept.name.clone(), |by| by.login.clone()),
        kept.done.clone(),
        kept.place.clone(),
        kept.minutes.map_or_else(String::new, |minutes| minutes.to_string()),
        flag(Some(kept.finished)),
        records.collect::<Vec<_>>().join("; "),
        files.collect::<Vec<_>>().join("; "),
    ]
}

fn mitigation(dossier: &Dossier, kept: &Kept<Finding>) -> Vec<String> {
    let entries = dossier.entries.iter().filter(|entry| entry.finding == kept.id);
    let activities: Vec<String> =
        entries.map(|entry| format!("{}: {}", dossier.zone.day(entry.at), entry.done)).collect();
    let controls: Vec<String> = controls(dossier, kept);
    let found = kept.first_seen.map_or_else(String::new, |at| dossier.zone.day(at).to_string());
    let (start, end) = lasted(dossier, kept);
    let reopened = if kept.reopen_count > 0 { format!("came back {} times", kept.reopen_count) } else { String::new() };
    let profile = &dossier.profile;
    vec![
        kept.reference.to_string(),
        profile.name.clone(),
        profile.ncr.clone(),
        kept.requirements.join("; "),
        profile.functions.join("; "),
        format!("{} {}", kept.source.label(), kept.check).trim().to_owned(),
        found,
        start,
        end,
        or_not(if kept.description.is_empty() { &kept.because } else { &kept.description }),
        or_not(&kept.extent),
        kept.count.to_string(),
        or_not(&kept.root_cause),
        or_not(kept.severity.map_or("", Severity::label)),
        or_not(&controls.join("; ")),
        or_not(&reopened),
        or_not(&activities.join("; ")),
        day(kept.determined_on),
        day(kept.self_reported_on),
        kept.self_report.clone(),
        or_not(kept.owner.as_ref().map_or("", |owner| owner.login.as_str())),
    ]
}

/// From when until when the fact held, as the record shows it; when it was seen and gone where no gap says.
fn lasted(dossier: &Dossier, finding: &Finding) -> (String, String) {
    let judged = &dossier.judged;
    let touches = |id| finding.touched.iter().any(|subject| subject.id == id);
    let clocks =
        judged.beside.clocks.iter().chain(&judged.beside.excuses).filter(|verdict| verdict.check.code == finding.check);
    let clocks = clocks.filter(|verdict| touches(verdict.subject.id) && verdict.because == finding.because);
    let rules = judged.gaps.iter().filter(|((rule, place), _)| {
        let rule = RULES[*rule];
        rule.check.code == finding.check && touches(subject(&judged.facts, rule.over, *place).id)
    });
    let gap = clocks
        .filter_map(|verdict| verdict.gap)
        .chain(rules.flat_map(|(_, gaps)| gaps.iter().copied()))
        .min_by_key(|gap| (gap.from, gap.until));
    let seen = |at: Option<Moment>| at.map(|at| dossier.zone.day(at));
    let start = gap.map(|gap| gap.from).into_iter().chain(seen(finding.first_seen)).min();
    let end = gap.map_or_else(|| seen(finding.gone_since), |gap| gap.until.or_else(|| seen(finding.gone_since)));
    (day(start), end.map_or_else(|| "not ended".to_owned(), |end| end.to_string()))
}

/// Controls that answer the parts a finding bears on.
fn controls(dossier: &Dossier, finding: &Finding) -> Vec<String> {
    let parts = finding.requirements.iter().filter_map(|id| dossier.part(id));
    let told =
        parts.flat_map(|part| part.controls.iter().map(|control| format!("{} {}", control.reference, control.name)));
    told.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

fn exception(dossier: &Dossier, kept: &Exception) -> Vec<String> {
    let act = |act: Option<&crate::register::Act>| {
        act.map_or_else(String::new, |act| format!("{}, {}: {}", act.name, act.at.rfc3339(), act.reason))
    };
    let covers = kept.subjects.iter().map(|one| format!("{}:{}", one.kind, one.reference));
    let covers =
        if kept.everything == Some(true) { "every record".to_owned() } else { covers.collect::<Vec<_>>().join("; ") };
    vec![
        kept.reference.to_string(),
        kept.title.clone(),
        kept.kind.map_or("", ExceptionKind::label).to_owned(),
        kept.requirements.join("; "),
        kept.checks.join("; "),
        covers,
        kept.basis.clone(),
        kept.compensating.clone(),
        day(kept.from),
        day(kept.expires),
        kept.declaration.clone(),
        day(kept.declared_on),
        day(kept.ended_on),
        act(kept.requested.as_ref()),
        act(kept.approved.as_ref()),
        act(kept.refused.as_ref().or(kept.revoked.as_ref())),
        kept.standing(dossier.days.to).label().to_owned(),
    ]
}
