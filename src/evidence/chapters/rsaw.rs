//! `02_rsaw/<STD>/RSAW_<STD>`: a standard's answers in the shape of a reliability standard audit worksheet, as PDF and as
//! DOCX, so that the entity's words stay editable.
//!
//! Invariant: NERC's text is never printed; what a part asks is told in the catalog's words. Blue is fixed text, green is
//! the entity's, white is the auditor's. A version of a standard that changed within the period answers for its own days.

use super::printed;
use super::rsaw_parts as answers;
use crate::evidence::dossier::{Dossier, Part};
use crate::evidence::words::NOT_RECORDED;
use crate::frameworks::Standard;
use crate::frameworks::model::Heading;
use crate::report::{Block, Column, Ground, Report, Table, Text, docx, pdf, plain, quiet};
use crate::seal::{Spool, Unsealable};

/// Writes both forms for every standard in scope.
pub fn write(dossier: &Dossier, spool: &mut Spool) -> Result<(), Unsealable> {
    let standards = dossier.standards();
    for (standard, parts) in &standards {
        let others = standards.iter().filter(|(other, _)| other.family == standard.family && other.id != standard.id);
        let others: Vec<&Standard> = others.map(|(other, _)| *other).collect();
        let report = report(dossier, standard, parts, &others);
        // The folder of its evidence has the standard's cleaned name.
        let name = parts.first().and_then(|part| part.folder.split('/').nth(1)).unwrap_or("STANDARD");
        let path = format!("02_rsaw/{name}/RSAW_{name}");
        printed::put(spool, &format!("{path}.docx"), docx::write(&report))?;
        printed::put(spool, &format!("{path}.pdf"), pdf::write(&report))?;
    }
    Ok(())
}

fn report(dossier: &Dossier, standard: &Standard, parts: &[&Part], others: &[&Standard]) -> Report {
    let mut report = printed::sheet(dossier, "ANSWERS IN RSAW SHAPE", &standard.id, &standard.title);
    report.blocks.push(Block::Note(plain(
        "Shaped like a reliability standard audit worksheet. What a requirement asks is told in Glance's words; the standard \
         itself governs. Blue is fixed text, green is the entity's, white is for the auditor.",
    )));
    report.blocks.extend(head(dossier, standard, parts, others));
    report.blocks.extend(findings(parts));
    report.blocks.extend(experts(parts));
    let mut open = "";
    for part in parts {
        let heading = part.requirement().heading.as_str();
        if heading != open {
            open = heading;
            report.blocks.push(Block::PageBreak);
            report.blocks.extend(requirement(standard, heading));
        }
        report.blocks.extend(answers::part(dossier, part));
    }
    report
}

fn or_not(text: &str) -> Text {
    if text.is_empty() { quiet(NOT_RECORDED) } else { plain(text) }
}

/// What the worksheet asks first.
fn head(dossier: &Dossier, standard: &Standard, parts: &[&Part], others: &[&Standard]) -> Vec<Block> {
    let engaged = dossier.order.engagement.as_ref();
    let span = parts.first().map_or(dossier.days, |part| part.scoped.span);
    let region = engaged.map(|engaged| engaged.region.as_str()).filter(|region| !region.is_empty());
    let team = engaged.map_or_else(String::new, |engaged| engaged.team.join(", "));
    let from = standard.effective.map_or_else(|| "the beginning".to_owned(), |on| on.to_string());
    let in_force = standard.inactive.map_or_else(|| format!("since {from}"), |last| format!("{from} to {last}"));
    let mut facts = vec![
        ("Audit ID", plain(dossier.order.audit_id())),
        ("Registered Entity", plain(&*dossier.profile.name)),
        ("NCR Number", or_not(&dossier.profile.ncr)),
        ("Compliance Enforcement Authority", or_not(region.unwrap_or(&dossier.profile.region))),
        ("Assessment Date(s)", plain(dossier.order.period.to_string())),
        ("Compliance Monitoring Method", quiet("for the audit team")),
        ("Names of Auditors", if team.is_empty() { quiet("for the audit team") } else { plain(team) }),
        ("Registered functions", or_not(&dossier.profile.functions.join(", "))),
        ("Version in force", plain(in_force)),
        ("Answers for", plain(span.to_string())),
    ];
    if !others.is_empty() {
        let told: Vec<&str> = others.iter().map(|other| other.id.as_str()).collect();
        let words = format!("{}, each in its own worksheet of this package for its own days", told.join(", "));
        facts.push(("Other version in the period", plain(words)));
    }
    let facts = facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    vec![Block::heading(1, "The audit"), Block::Facts(facts)]
}

/// Requirements of a standard, in their order.
fn headings<'p>(parts: &[&'p Part]) -> Vec<&'p str> {
    let mut found: Vec<&str> = Vec::new();
    for part in parts {
        let heading = part.requirement().heading.as_str();
        if !heading.is_empty() && !found.contains(&heading) {
            found.push(heading);
        }
    }
    found
}

/// The table of findings, which only the audit team fills.
fn findings(parts: &[&Part]) -> Vec<Block> {
    let named = headings(parts);
    let named: Vec<&str> = if named.is_empty() { parts.iter().map(|part| part.id()).collect() } else { named };
    let rows = named.into_iter().map(|id| vec![plain(id)]).collect();
    let columns = vec![
        Column::of("Req.", 20),
        Column::of("Finding", 20),
        Column::of("Summary and Documentation", 44),
        Column::of("Functions Monitored", 20),
    ];
    let table = Table { columns, rows, head: Ground::Fixed, body: Ground::Auditor, ..Table::default() };
    vec![
        Block::heading(1, "Findings"),
        Block::Note(plain(
            "For the audit team: No Finding, Potential Noncompliance, Area of Concern, Recommendation, Positive Observation.",
        )),
        Block::Table(table),
    ]
}

/// Who answers: the owners of controls, and the requirements they answer for.
fn experts(parts: &[&Part]) -> Vec<Block> {
    let mut owners: Vec<(&str, Vec<&str>)> = Vec::new();
    for part in parts {
        for owner in part.controls.iter().map(|control| control.owner.trim()).filter(|owner| !owner.is_empty()) {
            let short = part.requirement().short();
            match owners.iter_mut().find(|(known, _)| *known == owner) {
                Some((_, answered)) if answered.contains(&short) => {}
                Some((_, answered)) => answered.push(short),
                None => owners.push((owner, vec![short])),
            }
        }
    }
    let row =
        |(owner, answered): (&str, Vec<&str>)| vec![plain(owner), Text::new(), Text::new(), plain(answered.join(", "))];
    let columns = vec![
        Column::of("SME Name", 28),
        Column::of("Title", 22),
        Column::of("Organization", 22),
        Column::of("Requirement(s)", 30),
    ];
    let table = Table {
        columns,
        rows: owners.into_iter().map(row).collect(),
        empty: "No control that answers this standard names an owner.".to_owned(),
        head: Ground::Fixed,
        body: Ground::Entity,
    };
    vec![Block::heading(1, "Subject Matter Experts"), Block::Table(table)]
}

/// The heading of a requirement, with what the catalog says of its weight.
fn requirement(standard: &Standard, id: &str) -> Vec<Block> {
    let known: Option<&Heading> = standard.headings.iter().find(|heading| heading.id == id);
    let title = known.map_or_else(String::new, |heading| format!(" {}", heading.title));
    let mut blocks = vec![Block::heading(1, format!("{id}{title}"))];
    if let Some(heading) = known.filter(|heading| !heading.violation_risk_factor.is_empty()) {
        let horizon = heading.time_horizon.join(", ");
        let horizon = if horizon.is_empty() { String::new() } else { format!(" Time horizon: {horizon}.") };
        blocks.push(Block::Note(plain(format!("Violation risk factor: {}.{horizon}", heading.violation_risk_factor))));
    }
    blocks
}
