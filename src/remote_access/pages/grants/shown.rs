//! The tables above a grant: what the rules say, what it reaches, and what else reaches the same.
//!
//! Invariant: what is not known is shown as such, with its own mark.

use crate::ids::GrantId;
use crate::register::pages::Section;
use crate::register::view::{CellView, RowView};
use crate::register::{Lookup, Register as _};
use crate::remote_access::model::{Grant, GrantStatus};
use crate::remote_access::rules::{Finding, Severity, Surroundings, Target};
use crate::storage::Kept;
use crate::vocabulary::{Moment, TimeZone};
use crate::web::links;

/// Rows of a table on the page.
const MOST: usize = 25;

fn cell(text: impl Into<String>, class: &'static str) -> CellView {
    CellView { text: text.into(), class, href: None }
}

fn row(cells: Vec<CellView>) -> RowView {
    RowView { id: String::new(), version: 0, label: String::new(), cells }
}

/// Beyond so many rows the table says that there are more.
fn note(all: usize) -> String {
    if all > MOST { format!("The first {MOST} of {all}.") } else { String::new() }
}

const fn mark(severity: Severity) -> &'static str {
    match severity {
        Severity::Refuse => "mark open",
        Severity::Warn => "mark waiting",
        Severity::Unknown => "mark excused",
        Severity::Pass => "mark done",
    }
}

fn label(field: &str) -> &'static str {
    Grant::FIELDS.iter().find(|known| known.name == field).map_or("", |known| known.label)
}

/// What examining the rules came to.
pub fn findings(found: &[Finding]) -> Section {
    let told = |one: &Finding| {
        row(vec![
            cell(one.severity.label(), mark(one.severity)),
            cell(label(one.field), ""),
            cell(one.value.clone(), "ref"),
            cell(one.says.clone(), "wide"),
            cell(one.citation, ""),
        ])
    };
    Section {
        title: "Rules examined",
        head: vec!["Result", "Field", "Value", "What was found", "Written in"],
        rows: found.iter().map(told).collect(),
        ..Section::default()
    }
}

/// What the grant reaches.
pub fn targets(around: &Surroundings, slug: &str, as_of: &str) -> Section {
    let told = |target: &Target| {
        let href = Some(format!("{}{as_of}", links::record(slug, "assets", target.id)));
        let zone = target.zone.as_ref();
        let esp = zone.and_then(|zone| zone.outside).map_or("Not known", |outside| if outside { "No" } else { "Yes" });
        row(vec![
            CellView { text: target.reference.clone(), class: "ref", href },
            cell(target.name.clone(), ""),
            cell(target.impact.map_or("Not known", |impact| impact.label()), ""),
            cell(zone.map_or_else(String::new, |zone| zone.reference.clone()), "ref"),
            cell(esp, ""),
            cell(target.systems.join(", "), "wide"),
            cell(target.gone.clone().unwrap_or_else(|| "in service".to_owned()), ""),
        ])
    };
    Section {
        title: "What it reaches",
        head: vec!["Asset", "Name", "Impact", "Zone", "ESP", "BES Cyber Systems", "Service"],
        rows: around.targets.iter().take(MOST).map(told).collect(),
        note: note(around.targets.len()),
        ..Section::default()
    }
}

/// Other grants that are not over: of the same person or vendor, and to the same assets or systems.
pub fn others(
    around: &Surroundings,
    (reaching, all_reaching): (&[Kept<Grant>], usize),
    (slug, as_of): (&str, &str),
    lookup: &Lookup,
) -> Section {
    let same = around.others.iter().map(|(id, grant)| (*id, grant, "the same person or vendor"));
    let others = reaching.iter().map(|kept| (kept.id, &kept.content, "the same assets or systems"));
    let all: Vec<(GrantId, &Grant, &str)> = same.chain(others).collect();
    let told = |(id, grant, why): &(GrantId, &Grant, &'static str)| {
        let status: GrantStatus = grant.status(around.now);
        let href = Some(format!("{}{as_of}", links::record(slug, "grants", id)));
        let person = grant.person.map(|person| lookup.reference(person));
        let who = person.or_else(|| grant.vendor.map(|vendor| lookup.reference(vendor))).unwrap_or_default();
        row(vec![
            CellView { text: grant.reference.to_string(), class: "ref", href },
            cell(status.label(), Grant::mark("status", status.word())),
            cell(who, "ref"),
            cell(*why, ""),
            cell(until(grant, around.zone), ""),
        ])
    };
    Section {
        title: "Other grants",
        head: vec!["Reference", "Status", "Who", "Reaches", "Until"],
        rows: all.iter().take(MOST).map(told).collect(),
        note: note(around.others.len() + all_reaching),
        ..Section::default()
    }
}

fn until(grant: &Grant, zone: TimeZone) -> String {
    grant.valid_until.map_or_else(String::new, |at: Moment| zone.told(at))
}
