//! What the demonstration is made of: tables and seventeen months of dated changes, compiled in from `seed-data`.
//!
//! Invariant: tables hold the last state; the beginning is found by undoing the changes, so both always agree.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Deserialize;

use crate::sheets::{self, Limits, Sheet};
use crate::vocabulary::Moment;

/// The slug of the organization people look at first, and the login of its administrator.
pub const MAIN: &str = "larkspur";
pub const ADMINISTRATOR: &str = "m.okafor";

/// Days before now at which the record begins.
pub const BEGINS: i64 = 510;

/// One organization's files.
pub struct Script {
    pub organization: &'static str,
    pub people: &'static str,
    /// Kind and table, in the order of import.
    pub tables: [(&'static str, &'static str); 8],
    /// Kind and table of what access is about: rows come in on their own days.
    pub access: [(&'static str, &'static str); 6],
    /// Patterns of sessions, and the sessions that are open now.
    pub sessions: &'static str,
    pub live: &'static str,
    pub changes: &'static str,
    /// What was performed, and when it was recorded.
    pub performances: &'static str,
    /// What people judged, found, mended and excused.
    pub story: &'static str,
    /// Sensors, and the hosts they see that no inventory explains.
    pub watches: &'static str,
    pub strangers: &'static str,
    /// Conversations between named ends, expected and odd.
    pub conversations: &'static str,
    /// Posture is recorded every so many days of the last [`RECORDED`].
    pub judged_every: i64,
}

/// Days before now since which posture is recorded.
pub const RECORDED: i64 = 92;

macro_rules! script {
    ($name:literal, $judged_every:literal) => {
        Script {
            organization: include_str!(concat!("../../../seed-data/demonstration/", $name, "/organization.csv")),
            people: include_str!(concat!("../../../seed-data/demonstration/", $name, "/people.csv")),
            tables: [
                ("site", include_str!(concat!("../../../seed-data/demonstration/", $name, "/sites.csv"))),
                ("system", include_str!(concat!("../../../seed-data/demonstration/", $name, "/systems.csv"))),
                ("zone", include_str!(concat!("../../../seed-data/demonstration/", $name, "/zones.csv"))),
                ("asset", include_str!(concat!("../../../seed-data/demonstration/", $name, "/assets.csv"))),
                ("interface", include_str!(concat!("../../../seed-data/demonstration/", $name, "/interfaces.csv"))),
                ("service", include_str!(concat!("../../../seed-data/demonstration/", $name, "/services.csv"))),
                ("conduit", include_str!(concat!("../../../seed-data/demonstration/", $name, "/conduits.csv"))),
                (
                    "permitted_flow",
                    include_str!(concat!("../../../seed-data/demonstration/", $name, "/permitted_flows.csv")),
                ),
            ],
            access: [
                ("vendor", include_str!(concat!("../../../seed-data/demonstration/", $name, "/vendors.csv"))),
                ("person", include_str!(concat!("../../../seed-data/demonstration/", $name, "/personnel.csv"))),
                ("appointment", include_str!(concat!("../../../seed-data/demonstration/", $name, "/appointments.csv"))),
                ("account", include_str!(concat!("../../../seed-data/demonstration/", $name, "/accounts.csv"))),
                (
                    "authorization",
                    include_str!(concat!("../../../seed-data/demonstration/", $name, "/authorizations.csv")),
                ),
                ("grant", include_str!(concat!("../../../seed-data/demonstration/", $name, "/grants.csv"))),
            ],
            sessions: include_str!(concat!("../../../seed-data/demonstration/", $name, "/sessions.csv")),
            live: include_str!(concat!("../../../seed-data/demonstration/", $name, "/live.csv")),
            changes: include_str!(concat!("../../../seed-data/demonstration/", $name, "/changes.jsonl")),
            performances: include_str!(concat!("../../../seed-data/demonstration/", $name, "/performances.csv")),
            story: include_str!(concat!("../../../seed-data/demonstration/", $name, "/story.jsonl")),
            watches: include_str!(concat!("../../../seed-data/demonstration/", $name, "/watches.csv")),
            strangers: include_str!(concat!("../../../seed-data/demonstration/", $name, "/strangers.csv")),
            conversations: include_str!(concat!("../../../seed-data/demonstration/", $name, "/conversations.csv")),
            judged_every: $judged_every,
        }
    };
}

pub const SCRIPTS: [Script; 2] = [script!("larkspur", 1), script!("cedar-bend", 4)];

/// A dated change.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub ago_days: i64,
    pub who: String,
    pub act: String,
    pub kind: String,
    #[serde(default)]
    pub reference: String,
    #[serde(default)]
    pub references: Vec<String>,
    #[serde(default)]
    pub was: BTreeMap<String, String>,
    #[serde(default)]
    pub set: BTreeMap<String, String>,
    pub why: String,
}

/// The steps, oldest first.
pub fn steps(text: &str) -> Result<Vec<Step>, String> {
    let parsed: Result<Vec<Step>, _> = text.lines().filter(|line| !line.is_empty()).map(serde_json::from_str).collect();
    let mut steps = parsed.map_err(|error| format!("a step that cannot be read: {error}"))?;
    steps.sort_by_key(|step| -step.ago_days);
    Ok(steps)
}

/// A table with its dates made real: `-30` is the day thirty days before now.
pub fn table(text: &str, now: Moment) -> Result<Sheet, String> {
    let mut sheets =
        sheets::read("table.csv", text.as_bytes(), &Limits::default()).map_err(|refusal| refusal.to_string())?;
    let mut sheet = sheets.pop().ok_or("an empty table")?;
    let dated: Vec<bool> = sheet.header.iter().map(|name| name.ends_with("_on") || name == "end_of_support").collect();
    for row in &mut sheet.rows {
        for (cell, _) in row.cells.iter_mut().zip(&dated).filter(|(_, dated)| **dated) {
            if let Ok(days) = cell.parse::<i64>() {
                *cell = now.plus_seconds(days * 86_400).utc().format("%Y-%m-%d").to_string();
            }
        }
    }
    Ok(sheet)
}

/// The table of a kind as it was before all steps, without what was created later; and the rows that were.
pub fn undo(kind: &str, mut sheet: Sheet, steps: &[Step]) -> (Sheet, HashMap<String, BTreeMap<String, String>>) {
    let columns: HashMap<String, usize> = sheet.header.iter().enumerate().map(|(n, name)| (name.clone(), n)).collect();
    let key = columns.get("reference").or_else(|| columns.get("asset")).copied().unwrap_or(0);
    let places: HashMap<String, usize> =
        sheet.rows.iter().enumerate().map(|(n, row)| (row.cells[key].clone(), n)).collect();
    for step in steps.iter().rev().filter(|step| step.kind == kind) {
        let Some(row) = places.get(&step.reference).and_then(|place| sheet.rows.get_mut(*place)) else { continue };
        let retired = [("lifecycle".to_owned(), "in_service".to_owned()), ("retired_on".to_owned(), String::new())];
        let was = if step.act == "retire" { BTreeMap::from(retired) } else { step.was.clone() };
        for (name, value) in was {
            if let Some(column) = columns.get(&name) {
                row.cells[*column] = value;
            }
        }
    }
    let later: HashSet<&str> =
        steps.iter().filter(|step| step.act == "create").map(|step| step.reference.as_str()).collect();
    let mut created = HashMap::new();
    for row in sheet.rows.iter().filter(|row| later.contains(row.cells[key].as_str()) && kind == "asset") {
        created.insert(row.cells[key].clone(), sheet.header.iter().cloned().zip(row.cells.iter().cloned()).collect());
    }
    sheet.rows.retain(|row| !later.contains(row.cells[key].as_str()));
    (sheet, created)
}

#[cfg(test)]
mod tests {
    use super::{SCRIPTS, steps, table, undo};
    use crate::vocabulary::Moment;

    #[test]
    fn the_scripts_are_whole() {
        let now = Moment::from_micros(1_772_463_600_000_000);
        for script in &SCRIPTS {
            let steps = steps(script.changes).unwrap();
            assert!(!steps.is_empty());
            assert!(!super::steps(script.story).unwrap().is_empty());
            for (kind, text) in script.tables {
                let sheet = table(text, now).unwrap();
                let rows = sheet.rows.len();
                let (before, created) = undo(kind, sheet, &steps);
                assert!(before.rows.len() + created.len() <= rows);
            }
        }
    }
}
