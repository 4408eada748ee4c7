//! Tables of access that grow: rows come in on their day, by the person they name, and lists of days get longer as days pass.
//!
//! Invariant: what a row says of a day is not known before it. What was decided about a row is an act of its own, so a table
//! only says when and by whom.

use std::collections::{BTreeMap, BTreeSet};

use super::calendar::{Calendar, number};
use super::script::Step;
use crate::sheets::{self, Limits, Row, Sheet};

/// Columns that say how a row came in and what was decided about it.
const OWN: [&str; 7] = ["since", "by", "approver", "approved", "provisioned", "removed", "removal_proof"];

/// Columns that hold days of what was done, beside those called `…_on`.
const DONE: [&str; 3] = ["trained", "assessed", "password_changed"];

/// Columns that hold days which may lie ahead, and moments.
const DAYS: [&str; 2] = ["from", "until"];
const MOMENTS: [&str; 2] = ["valid_from", "valid_until"];

/// What a column decides: its act, who takes it, and why.
const DECIDED: [(&str, &str, &str, &str); 3] = [
    ("approved", "approve", "approver", "Need, training and risk assessment were looked at"),
    ("provisioned", "provision", "by", "Set up as approved"),
    ("removed", "remove", "by", "No longer needed"),
];

type Cells = BTreeMap<String, String>;

/// The table of a kind.
#[derive(Debug)]
pub struct Growing {
    kind: &'static str,
    header: Vec<String>,
    rows: Vec<Cells>,
}

fn is_done(column: &str) -> bool {
    column.ends_with("_on") || DONE.contains(&column)
}

fn days(cell: &str) -> impl Iterator<Item = i64> {
    cell.split(';').filter_map(|day| day.trim().parse().ok())
}

/// The day a row comes in where it says none, in the order in which kinds name each other.
fn begins(kind: &str) -> i64 {
    match kind {
        "vendor" | "person" | "appointment" => -509,
        "account" => -508,
        "authorization" => -507,
        _ => -506,
    }
}

/// Why rows come in, and why they grow.
fn whys(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "person" => ("From the personnel system", "Trainings and assessments that were completed"),
        "vendor" => ("From procurement", "Risk of the vendor assessed"),
        "appointment" => ("Letters of the board and of the CIP Senior Manager", "Documented"),
        "account" => ("Accounts as they are on the systems", "Passwords changed in the campaign"),
        "authorization" => ("Asked for by the group that needs it", ""),
        _ => ("Asked for by the group that needs it", "Switching it off was tried"),
    }
}

impl Growing {
    pub fn of(kind: &'static str, text: &str) -> Result<Self, String> {
        let mut sheets =
            sheets::read("table.csv", text.as_bytes(), &Limits::default()).map_err(|refusal| refusal.to_string())?;
        let sheet = sheets.pop().ok_or("an empty table")?;
        let named = |row: Row| sheet.header.iter().cloned().zip(row.cells).collect();
        Ok(Self { kind, rows: sheet.rows.into_iter().map(named).collect(), header: sheet.header })
    }

    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    fn text<'r>(row: &'r Cells, name: &str) -> &'r str {
        row.get(name).map_or("", String::as_str)
    }

    fn since(&self, row: &Cells) -> i64 {
        number(Self::text(row, "since")).unwrap_or(begins(self.kind))
    }

    /// One step for each day on which rows come in, grow or are decided about, by whoever does it.
    #[must_use]
    pub fn steps(&self) -> Vec<Step> {
        let (enter, grow) = whys(self.kind);
        let mut steps: BTreeMap<(i64, usize, String), Step> = BTreeMap::new();
        for (place, row) in self.rows.iter().enumerate() {
            let (since, by) = (self.since(row), Self::text(row, "by"));
            let reference = Self::text(row, "reference");
            let mut at = |day: i64, order: usize, act: &str, who: &str, why: &str| {
                let step = steps.entry((day, order, who.to_owned())).or_insert_with(|| Step {
                    ago_days: -day,
                    who: if who.is_empty() { "r.solano".to_owned() } else { who.to_owned() },
                    act: act.to_owned(),
                    kind: self.kind.to_owned(),
                    why: why.to_owned(),
                    ..Step::default()
                });
                step.references.push(reference.to_owned());
                step.set.insert("proof".to_owned(), Self::text(row, "removal_proof").to_owned());
            };
            at(since, 0, "enter", by, enter);
            let done = row.iter().filter(|(column, _)| is_done(column)).flat_map(|(_, cell)| days(cell));
            for day in done.filter(|day| (since + 1..=0).contains(day)).collect::<BTreeSet<_>>() {
                at(day, 1, "grow", by, grow);
            }
            for (order, (column, act, who, why)) in DECIDED.iter().enumerate() {
                if let Ok(day) = number(Self::text(row, column)) {
                    // Each removal has a proof of its own.
                    let order = if *act == "remove" { 10 + place } else { 2 + order };
                    at(day, order, act, Self::text(row, who), why);
                }
            }
        }
        let mut steps: Vec<Step> = steps.into_values().collect();
        steps.sort_by_key(|step| -step.ago_days);
        steps
    }

    /// The rows of a step as they were known on its day: all of them when they come in, what grew afterwards.
    pub fn sheet(&self, step: &Step, calendar: &Calendar) -> Result<Sheet, String> {
        let grows = step.act == "grow";
        let is_told =
            |column: &&String| !OWN.contains(&column.as_str()) && (!grows || *column == "reference" || is_done(column));
        let header: Vec<String> = self.header.iter().filter(is_told).cloned().collect();
        let mut rows = Vec::new();
        for row in self.rows.iter().filter(|row| step.references.iter().any(|one| one == Self::text(row, "reference")))
        {
            let cell = |column: &String| known(column, Self::text(row, column), -step.ago_days, calendar);
            let cells = header.iter().map(cell).collect::<Result<_, _>>()?;
            rows.push(Row { line: 0, cells });
        }
        Ok(Sheet { name: self.kind.to_owned(), header, rows })
    }
}

/// A cell as it is known on a day.
fn known(column: &str, cell: &str, today: i64, calendar: &Calendar) -> Result<String, String> {
    if cell.is_empty() {
        return Ok(String::new());
    }
    if is_done(column) {
        let known = days(cell).filter(|day| *day <= today).map(|day| calendar.day(day).to_string());
        return Ok(known.collect::<Vec<_>>().join(";"));
    }
    if DAYS.contains(&column) {
        return Ok(calendar.day(number(cell)?).to_string());
    }
    if MOMENTS.contains(&column) {
        calendar.moment(cell).map(crate::vocabulary::Moment::rfc3339)
    } else {
        Ok(cell.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::super::calendar::Calendar;
    use super::Growing;
    use crate::vocabulary::{Moment, TimeZone};

    #[test]
    fn a_row_grows_day_by_day() {
        let text = "since,by,approved,approver,reference,trained\n,,,,P-1,-700;-40\n-30,b,-29,c,P-2,-31;-3\n";
        let table = Growing::of("person", text).expect("a table");
        let steps = table.steps();
        let told: Vec<_> = steps.iter().map(|step| (step.ago_days, step.act.as_str(), step.who.as_str())).collect();
        let known = [
            (509, "enter", "r.solano"),
            (40, "grow", "r.solano"),
            (30, "enter", "b"),
            (29, "approve", "c"),
            (3, "grow", "b"),
        ];
        assert_eq!(told, known);
        let now = Moment::parse("2026-11-26T18:00:00Z").expect("a moment");
        let calendar = Calendar { now, zone: TimeZone::UTC };
        let first = table.sheet(&steps[0], &calendar).expect("a sheet");
        assert_eq!((first.header, first.rows.len()), (vec!["reference".to_owned(), "trained".to_owned()], 1));
        assert_eq!(first.rows[0].cells[1], calendar.day(-700).to_string());
        let last = table.sheet(&steps[4], &calendar).expect("a sheet");
        assert_eq!(last.rows[0].cells[1], format!("{};{}", calendar.day(-31), calendar.day(-3)));
    }
}
