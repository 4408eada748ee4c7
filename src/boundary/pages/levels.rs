//! Security levels: for each zone what it is to achieve and what it achieves, by foundational requirement, with the gap.
//!
//! Invariant: a gap is what the check of levels (`GL-ZON-09`) fails by; a level that nobody set is shown as unset, never as
//! zero.

use askama::Template;
use axum::extract::State;

use super::{Tab, tabs};
use crate::checks::judging::verdict;
use crate::checks::levels::ACHIEVED;
use crate::checks::{Facts, Verdict};
use crate::posture::Memory;
use crate::vocabulary::fold;
use crate::vocabulary::security_level::FOUNDATIONAL;
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Shell, links, page};
use crate::zones::model::{Side, Zone, ZoneKind};

/// What one zone achieves in one foundational requirement.
struct Level {
    requirement: &'static str,
    target: Option<u8>,
    achieved: Option<u8>,
}

impl Level {
    /// How many levels are missing; none where either is unset.
    fn gap(&self) -> Option<u8> {
        Some(self.target?.saturating_sub(self.achieved?))
    }

    fn words(&self) -> String {
        let word = |level: Option<u8>| level.map_or_else(|| "-".to_owned(), |level| level.to_string());
        format!("{} of {}", word(self.achieved), word(self.target))
    }
}

/// A zone as a row.
struct Row {
    href: String,
    reference: String,
    name: String,
    kind: &'static str,
    levels: Vec<Level>,
    assessed: String,
    verdict: Verdict,
}

#[derive(Template)]
#[template(path = "boundary/levels.html")]
struct LevelsPage {
    shell: Shell,
    tabs: Vec<Tab>,
    base: String,
    as_of: String,
    requirements: [&'static str; 7],
    rows: Vec<Row>,
    short: usize,
    unset: usize,
    outside: usize,
}

pub async fn levels(State(app): State<App>, caller: Caller) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let judged = app.shared::<Memory>().judged(&mut at, caller.instant_shown()).await?;
    let slug = &caller.serving()?.slug;
    let shell = Shell::of(&caller, Place::Boundary, "Security levels of zones");
    let as_of = shell.query();
    let (rows, outside) = rows(&judged.facts, slug, &as_of);
    page::show(&LevelsPage {
        tabs: tabs(slug, &as_of, "boundary/levels"),
        base: links::place(slug, ""),
        requirements: FOUNDATIONAL,
        short: rows.iter().filter(|row| row.levels.iter().any(|level| level.gap() > Some(0))).count(),
        unset: rows.iter().filter(|row| row.levels.iter().any(|level| level.gap().is_none())).count(),
        outside,
        rows,
        as_of,
        shell,
    })
}

/// Zones of OT and the DMZ, and those that do not say where they lie; how many lie outside.
fn rows(facts: &Facts, slug: &str, as_of: &str) -> (Vec<Row>, usize) {
    let in_use = facts.zones.iter().enumerate().filter(|(_, held)| held.record.retired_on.is_none());
    let (asked, outside): (Vec<_>, Vec<_>) = in_use.partition(|(_, held)| held.record.side() != Some(Side::It));
    let row = |(place, held): &(usize, &crate::checks::shelf::Held<Zone>)| Row {
        href: format!("{}{as_of}", links::record(slug, "zones", held.id)),
        reference: held.record.reference.to_string(),
        name: held.record.name.clone(),
        kind: held.record.kind.map_or("", ZoneKind::label),
        levels: of_zone(&held.record),
        assessed: held.record.sl_a_assessed_on.map_or_else(String::new, |on| on.to_string()),
        verdict: verdict(&ACHIEVED, facts, *place),
    };
    let mut rows: Vec<Row> = asked.iter().map(row).collect();
    rows.sort_by_cached_key(|row| fold::natural(&row.reference));
    (rows, outside.len())
}

fn of_zone(zone: &Zone) -> Vec<Level> {
    let level = |(number, requirement): (usize, &&'static str)| Level {
        requirement,
        target: zone.sl_t.of(number),
        achieved: zone.sl_a.of(number),
    };
    FOUNDATIONAL.iter().enumerate().map(level).collect()
}

#[cfg(test)]
mod tests {
    use super::of_zone;
    use crate::vocabulary::SecurityLevels;
    use crate::zones::Zone;

    #[test]
    fn what_is_unset_is_no_gap_and_no_zero() {
        let levels = |text: &str| SecurityLevels::parse(text).expect("levels");
        let zone = Zone { sl_t: levels("3 3 - 2 2 2 2"), sl_a: levels("1 3 2 - 2 3 2"), ..Zone::default() };
        let gaps: Vec<Option<u8>> = of_zone(&zone).iter().map(super::Level::gap).collect();
        assert_eq!(gaps, [Some(2), Some(0), None, None, Some(0), Some(0), Some(0)]);
        assert_eq!(of_zone(&zone)[3].words(), "- of 2");
    }
}
