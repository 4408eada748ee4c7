//! One part of a worksheet: what it asks, what the entity answers, where it stands, and room for the auditor.
//!
//! Invariant: pure over the dossier; a part without narrative, evidence or judgment says so in the place where it would
//! stand. The evidence table has the worksheet's own columns.

use super::printed;
use crate::controls::model::Frequency;
use crate::evidence::dossier::{Dossier, Part};
use crate::evidence::evidence_files::Evidence;
use crate::evidence::words::several;
use crate::report::{Block, Column, Ground, Ink, Panel, Run, Table, Text, mono, plain, quiet};

pub fn part(dossier: &Dossier, part: &Part) -> Vec<Block> {
    let requirement = part.requirement();
    let mut blocks = vec![
        Block::heading(2, format!("{} {}", requirement.id, requirement.title)),
        asks(part),
        Block::Facts(standing(part)),
        narrative(part),
    ];
    blocks.extend(attested(part));
    blocks.extend(controls(part));
    blocks.extend(evidence(dossier, part));
    blocks.extend(findings(dossier, part));
    let auditor = |label: &str, room| {
        Block::Panel(Panel { ground: Ground::Auditor, label: label.to_owned(), paragraphs: Vec::new(), room })
    };
    blocks.push(auditor("Audit Team Evidence Reviewed", 2));
    blocks.push(auditor("Auditor Notes", 3));
    blocks
}

/// The part in the catalog's words.
fn asks(part: &Part) -> Block {
    let requirement = part.requirement();
    let asks = if requirement.asks.is_empty() { &requirement.title } else { &requirement.asks };
    let mut paragraphs = vec![plain(&**asks)];
    paragraphs.extend(requirement.sub_items.iter().map(|item| plain(format!("• {item}"))));
    let label = "What it asks, in Glance's words".to_owned();
    Block::Panel(Panel { ground: Ground::Fixed, label, paragraphs, room: 0 })
}

fn standing(part: &Part) -> Vec<(String, Text)> {
    let (requirement, standing) = (part.requirement(), &part.standing);
    let mut facts = vec![("Verdict".to_owned(), printed::verdict_of(standing))];
    let mut fact = |name: &str, value: String| {
        if !value.is_empty() {
            facts.push((name.to_owned(), plain(value)));
        }
    };
    fact("Answers for", part.scoped.span.to_string());
    fact("Applies to", requirement.applies_to.iter().map(|code| class(code)).collect::<Vec<_>>().join("; "));
    let undecided = match standing.undecided {
        0 => String::new(),
        count => format!("; {} for which that is not decided", several(count, "record")),
    };
    fact("Records", format!("{} it applies to{undecided}", several(standing.applicable, "record")));
    let counts = &standing.mandatory;
    fact(
        "Mandatory verdicts",
        format!(
            "{} pass, {} fail, {} justified, {} due soon, {} indeterminate",
            counts.pass, counts.fail, counts.justified, counts.due_soon, counts.indeterminate
        ),
    );
    fact("How it is judged", requirement.check.as_ref().map_or_else(String::new, |check| check.predicate.clone()));
    let lacks: Vec<&str> = part.readiness.lacks.iter().map(|lack| lack.what.as_str()).collect();
    let lacks = if lacks.is_empty() { String::new() } else { format!(": {}", lacks.join("; ")) };
    fact("Readiness", format!("{}{lacks}", part.readiness.state.label()));
    facts
}

/// A class of systems, from the catalog's code: `medium_erc` is "medium ERC".
fn class(code: &str) -> String {
    let word = |word: &str| match word {
        "erc" | "pca" | "eacms" | "pacs" | "eap" | "bcs" | "psp" | "esp" | "ira" | "sci" => word.to_uppercase(),
        _ => word.to_owned(),
    };
    code.split('_').map(word).collect::<Vec<_>>().join(" ")
}

/// The entity's words, paragraph by paragraph.
fn narrative(part: &Part) -> Block {
    let told = part.narrative.as_ref().map_or("", |kept| kept.text.trim());
    let mut paragraphs: Vec<Text> =
        told.split('\n').map(str::trim).filter(|line| !line.is_empty()).map(plain).collect();
    if paragraphs.is_empty() {
        paragraphs.push(quiet("No narrative is recorded."));
    }
    Block::Panel(Panel { ground: Ground::Entity, label: "Compliance Narrative".to_owned(), paragraphs, room: 0 })
}

/// Persons who judged adequacy.
fn attested(part: &Part) -> Option<Block> {
    let told = |kept: &crate::storage::Kept<crate::controls::Attestation>| {
        let judged = format!("{}, {} to {}: {}. ", kept.by, kept.from, kept.to, kept.judgment.label());
        vec![Run::of(judged).bold(), Run::of(&kept.statement)]
    };
    (!part.attestations.is_empty()).then(|| {
        Block::Panel(Panel {
            ground: Ground::Entity,
            label: "Attestations".to_owned(),
            paragraphs: part.attestations.iter().map(told).collect(),
            room: 0,
        })
    })
}

fn controls(part: &Part) -> Vec<Block> {
    if part.controls.is_empty() {
        return Vec::new();
    }
    let rows = part.controls.iter().map(|control| {
        let often = control.frequency.map_or("", Frequency::label);
        vec![
            mono(control.reference.to_string()),
            plain(&*control.name),
            plain(&*control.statement),
            plain(&*control.owner),
            plain(often),
        ]
    });
    let columns = vec![
        Column::of("Control", 15),
        Column::of("Name", 22),
        Column::of("Statement", 40),
        Column::of("Owner", 17),
        Column::of("How often", 14),
    ];
    let table = Table { columns, rows: rows.collect(), head: Ground::Fixed, body: Ground::Entity, ..Table::default() };
    vec![Block::heading(3, "Controls"), Block::Table(table)]
}

/// The worksheet's own columns. Pages are the entity's to name: a place is left.
fn evidence(dossier: &Dossier, part: &Part) -> Vec<Block> {
    let row = |one: &Evidence| {
        let artifact = dossier.artifacts.get(&one.artifact);
        let said = |read: fn(&crate::artifacts::Artifact) -> &str| artifact.map_or("", |kept| read(&kept.content));
        let title =
            Some(said(|kept| &kept.title)).filter(|title| !title.is_empty()).unwrap_or_else(|| said(|kept| &kept.name));
        vec![
            mono(one.path.rsplit('/').next().unwrap_or(&one.path)),
            plain(title),
            plain(said(|kept| &kept.revision)),
            plain(artifact.map_or_else(String::new, |kept| kept.dated())),
            Text::new(),
            plain(one.applicability()),
        ]
    };
    let columns = vec![
        Column::of("File Name", 30),
        Column::of("Document Title", 22),
        Column::of("Revision or Version", 13),
        Column::of("Document Date", 15),
        Column::of("Relevant Page(s) or Section(s)", 15),
        Column::of("Description of Applicability of Document", 25),
    ];
    let table = Table {
        columns,
        rows: part.evidence.iter().map(row).collect(),
        empty: "No evidence file answers this part.".to_owned(),
        head: Ground::Fixed,
        body: Ground::Entity,
    };
    vec![Block::heading(3, "Registered Entity Evidence"), Block::Table(table)]
}

/// Most findings a part names; the others are counted.
const MOST_FINDINGS: usize = 20;

/// Findings that bear on the part, so that nothing the record knows stays unsaid here.
fn findings(dossier: &Dossier, part: &Part) -> Vec<Block> {
    let mine = dossier.findings.iter().filter(|finding| finding.requirements.iter().any(|id| id == part.id()));
    let mut told: Vec<Text> = mine
        .map(|finding| {
            let records = several(usize::try_from(finding.count).unwrap_or(0), "record");
            vec![
                Run::of(format!("{} ", finding.reference)).mono(),
                Run::of(&finding.title),
                Run::of(format!(" ({}; {records})", finding.state.label().to_lowercase())).ink(Ink::Quiet),
            ]
        })
        .collect();
    let more = told.len().saturating_sub(MOST_FINDINGS);
    told.truncate(MOST_FINDINGS);
    if more > 0 {
        told.push(quiet(format!("and {more} more, in 05_findings/findings.csv")));
    }
    if told.is_empty() { Vec::new() } else { vec![Block::heading(3, "Findings on record"), Block::Bullets(told)] }
}
