//! The demonstration's performances: a table of what was done, replayed on the days it was recorded.
//!
//! Invariant: a performance is dated by the organization's calendar, so none lies in the future of the change that records
//! it, wherever the organization is and whatever the hour.

use std::collections::BTreeMap;

use super::script::Step;
use super::telling::BEFORE_NOW;
use crate::obligations::Performance;
use crate::register::{Register as _, actions, records};
use crate::sheets::{self, Limits};
use crate::storage::Change;
use crate::vocabulary::{Date, Moment, Origin, TimeZone, fold};

/// The steps a table of performances makes: each row is recorded so many days before now, dated so many days before now.
pub fn steps(text: &str, now: Moment, zone: TimeZone) -> Result<Vec<Step>, String> {
    let mut sheets =
        sheets::read("performances.csv", text.as_bytes(), &Limits::default()).map_err(|refusal| refusal.to_string())?;
    let sheet = sheets.pop().ok_or("no performances")?;
    let day = |days: i64| zone.day(now.plus_seconds(days * 86_400 - BEFORE_NOW)).to_string();
    let step = |cells: Vec<String>| {
        let mut texts: BTreeMap<String, String> = sheet.header.iter().cloned().zip(cells).collect();
        let mut take = |name: &str| texts.remove(name).unwrap_or_default();
        let (recorded, who, on) = (take("recorded"), take("who"), take("performed_on"));
        let number = |text: &str| text.parse::<i64>().map_err(|_| format!("performances.csv: not a number: {text}"));
        texts.insert("performed_on".to_owned(), day(number(&on)?));
        Ok(Step {
            ago_days: number(&recorded)?,
            who,
            act: "perform".to_owned(),
            kind: "performance".to_owned(),
            reference: texts.get("reference").cloned().unwrap_or_default(),
            references: Vec::new(),
            was: BTreeMap::new(),
            set: texts,
            why: String::new(),
        })
    };
    sheet.rows.into_iter().map(|row| step(row.cells)).collect()
}

/// Records the performance of a step.
pub async fn perform(change: &mut Change, step: &Step) -> Result<(), super::Ending> {
    let mut performance = Performance::default();
    performance.begin(Origin::Manual);
    let at = change.reading().await?;
    let lookup = records::lookup_for::<Performance>(at, [], [&step.set]).await?;
    let drafted = actions::drafted(at, None, &mut performance, &step.set, &lookup).await?;
    if let Some(problem) = drafted.problems.first() {
        return Err(wrong(step, &format!("{} {}", problem.field, problem.problem)));
    }
    actions::enter(change, &performance, &step.why).await?;
    Ok(())
}

/// Takes back the performance of a step.
pub async fn void(change: &mut Change, step: &Step, on: Date) -> Result<(), super::Ending> {
    let wanted = [fold::folded(&step.reference)];
    let mut found = records::by_references::<Performance>(change.reading().await?, &wanted).await?;
    let kept = found.pop().ok_or_else(|| wrong(step, "is missing"))?;
    actions::retire(change, &kept, on, &step.why).await?;
    Ok(())
}

fn wrong(step: &Step, problem: &str) -> super::Ending {
    super::Ending::Failed(format!("the demonstration's data: performance {}: {problem}", step.reference))
}

#[cfg(test)]
mod tests {
    use super::super::script::SCRIPTS;
    use super::steps;
    use crate::vocabulary::{Moment, TimeZone};

    #[test]
    fn performances_are_recorded_after_they_were_done() {
        let zone = TimeZone::known("America/Denver");
        for hour in 0..24 {
            let now = Moment::from_micros(1_772_463_600_000_000).plus_seconds(hour * 3_600);
            for script in &SCRIPTS {
                for step in steps(script.performances, now, zone).expect("a table") {
                    let recorded = zone.day(now.plus_seconds(-step.ago_days * 86_400 - super::BEFORE_NOW));
                    assert!(step.set["performed_on"] <= recorded.to_string(), "{}", step.reference);
                }
            }
        }
    }
}
