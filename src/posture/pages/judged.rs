//! What the checks say of one part, as its page shows it: the status, the verdicts by check, the days on which it changed.
//!
//! Invariant: all verdicts are there, satisfied ones too; a check shows its failures first and counts the rest.

use crate::checks::{Outcome, Status, Verdict};
use crate::posture::records::days;
use crate::posture::{Judged, verdicts};
use crate::storage::Snapshot;
use crate::web::{Answer, links};

/// The status and what decided it.
pub struct Told {
    pub status: Status,
    pub because: String,
}

/// One verdict as a row.
pub struct Row {
    pub outcome: Outcome,
    pub reference: String,
    /// None for what has no page of its own.
    pub href: Option<String>,
    pub because: String,
    pub gap: String,
}

/// The verdicts of one check.
pub struct Group {
    pub code: &'static str,
    pub sentence: &'static str,
    pub source: &'static str,
    pub class: &'static str,
    /// Outcomes and how often, the worst first.
    pub counts: Vec<(Outcome, usize)>,
    pub rows: Vec<Row>,
    /// Rows that are not shown.
    pub more: usize,
    /// Where all of them are.
    pub every: String,
}

/// A day on which the status became another.
pub struct Change {
    pub day: String,
    pub status: Status,
    pub rule_set: String,
}

/// Rows of a check that are shown on the page of the part; the page of its verdicts has them all.
const MOST_ROWS: usize = 50;

pub fn told(judged: &Judged, part: &str) -> Option<Told> {
    let standing = judged.standings.part(part)?;
    Some(Told { status: standing.status, because: standing.because.clone() })
}

pub fn groups(judged: &Judged, part: &str, slug: &str, query: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let joint = query.strip_prefix('?').map_or(String::new(), |rest| format!("&{rest}"));
    let every = |code: &str| format!("{}/verdicts?check={code}{joint}", links::requirement(slug, part));
    for verdict in verdicts::of_part(judged, part) {
        let place = groups.iter().position(|group| group.code == verdict.check.code).unwrap_or_else(|| {
            groups.push(begun(&verdict, &every));
            groups.len() - 1
        });
        add(&mut groups[place], verdict, slug, query);
    }
    groups
}

fn begun(verdict: &Verdict, every: &dyn Fn(&str) -> String) -> Group {
    let check = verdict.check;
    let (counts, rows) = (Vec::new(), Vec::new());
    Group {
        code: check.code,
        sentence: check.sentence,
        source: check.source,
        class: check.class.label(),
        counts,
        rows,
        more: 0,
        every: every(check.code),
    }
}

fn add(group: &mut Group, verdict: Verdict, slug: &str, query: &str) {
    match group.counts.iter_mut().find(|(outcome, _)| *outcome == verdict.outcome) {
        Some((_, count)) => *count += 1,
        None => group.counts.push((verdict.outcome, 1)),
    }
    if group.rows.len() >= MOST_ROWS {
        group.more += 1;
        return;
    }
    group.rows.push(row(verdict, slug, query));
}

/// A verdict as a row.
pub fn row(verdict: Verdict, slug: &str, query: &str) -> Row {
    let gap = verdict.gap.map(|gap| match gap.until {
        Some(until) => format!("{} to {until}", gap.from),
        None => format!("since {}", gap.from),
    });
    Row {
        outcome: verdict.outcome,
        href: address(&verdict, slug, query),
        reference: verdict.subject.reference,
        because: verdict.because,
        gap: gap.unwrap_or_default(),
    }
}

/// The page of a verdict's subject.
pub fn address(verdict: &Verdict, slug: &str, query: &str) -> Option<String> {
    let id = verdict.subject.id;
    let collection = match verdict.subject.kind.as_str() {
        "site" => "sites",
        "system" => "systems",
        "zone" => "zones",
        "asset" => "assets",
        "conduit" => "conduits",
        "permitted_flow" => "permitted_flows",
        "crossing" => "crossings",
        "sensor" => "sensors",
        "exception" => "exceptions",
        "host" => {
            let asked = links::query([("address", verdict.subject.reference.as_str())]);
            return Some(format!("{}{asked}", links::place(slug, "discoveries/host")));
        }
        _ => return None,
    };
    Some(format!("{}{query}", links::record(slug, collection, id)))
}

/// The days on which the recorded status changed, newest first.
pub async fn trend(at: &mut Snapshot, part: &str) -> Answer<Vec<Change>> {
    let days = days::of_part(at, part).await?;
    let mut changes = Vec::new();
    for (n, day) in days.iter().enumerate() {
        let is_change = days.get(n + 1).is_none_or(|before| before.status != day.status);
        if let Some(status) = Status::parse(&day.status).ok().filter(|_| is_change) {
            changes.push(Change { day: day.day.clone(), status, rule_set: day.rule_set.clone() });
        }
    }
    Ok(changes)
}
