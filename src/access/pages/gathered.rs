//! What the overview of access is told from, read once, and the addresses its numbers lead to.
//!
//! Invariant: a number and the list it leads to ask for the same rows.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::access::records;
use crate::ids::PersonId;
use crate::organizations::OrganizationProfile;
use crate::personnel::rules::standing;
use crate::personnel::{Authorization, Person};
use crate::remote_access::Grant;
use crate::reviews::Review;
use crate::storage::{Kept, Snapshot};
use crate::vocabulary::due::due_calendar_months;
use crate::vocabulary::{Date, Moment, MonthMode};
use crate::web::{Answer, App, Caller};

/// Days ahead in which a grant that runs out is shown.
const ENDING_DAYS: i64 = 14;
/// Days ahead in which a training or an assessment that lapses is shown.
const LAPSING_DAYS: i64 = 30;

pub const TRAINING: &str = "Training";
pub const ASSESSMENT: &str = "Risk assessment";

/// Everything the page is told from.
pub struct Gathered {
    pub sessions: records::OpenSessions,
    pub grants_waiting: Vec<Kept<Grant>>,
    pub authorizations_waiting: Vec<Kept<Authorization>>,
    pub ending: Vec<Kept<Grant>>,
    /// What lapses, of whom, and the day.
    pub lapsing: Arc<Lapsing>,
    pub reviews: Vec<Kept<Review>>,
    pub people: BTreeMap<PersonId, (String, String)>,
    pub now: Moment,
    pub day: Date,
}

impl Gathered {
    pub async fn of(app: &App, caller: &Caller, at: &mut Snapshot) -> Answer<Self> {
        let (now, day) = (at.now(), caller.day());
        let grants_waiting = records::grants_waiting(at, now).await?;
        let ending = records::grants_ending(at, now, ending_until(now)).await?;
        // Access by a grant that ends is over then, without anything being recorded.
        let until = ending.first().and_then(|grant| grant.valid_until).unwrap_or(ending_until(now));
        let authorizations_waiting = records::authorizations_waiting(at).await?;
        let named = grants_waiting.iter().chain(&ending).filter_map(|grant| grant.person);
        let named = named.chain(authorizations_waiting.iter().filter_map(|one| one.person)).collect::<Vec<_>>();
        Ok(Self {
            sessions: records::open_sessions(at, now).await?,
            lapsing: Lapsing::known(app, at, day, (now, until)).await?,
            reviews: records::open_reviews(at).await?,
            people: records::people(at, named.into_iter()).await?,
            grants_waiting,
            authorizations_waiting,
            ending,
            now,
            day,
        })
    }
}

/// What lapses, read once for each state of the record and each day, and again once a grant ended.
pub struct Lapsing {
    day: Date,
    /// The moment it was read for, and the one from which a grant opens no more.
    from: Moment,
    until: Moment,
    /// What was completed before these days lapses: trainings, risk assessments.
    pub before: (Date, Date),
    pub rows: Vec<(Kept<Person>, &'static str, Option<Date>)>,
}

impl Lapsing {
    async fn known(app: &App, at: &mut Snapshot, day: Date, (now, until): (Moment, Moment)) -> Answer<Arc<Self>> {
        let (organization, size) = (at.organization(), at.tree_size());
        let known = app.computed.at::<Self>(organization, size);
        let holds = |known: &Arc<Self>| known.day == day && known.from <= now && now < known.until;
        if let Some(known) = known.filter(|known| at.is_newest() && holds(known)) {
            return Ok(known);
        }
        let read = Arc::new(lapsing(at, day, (now, until)).await?);
        if at.is_newest() {
            app.computed.keep(organization, size, Arc::clone(&read));
        }
        Ok(read)
    }
}

/// What lapses within the days shown or has lapsed, of people who have access, to whatever it is: whether CIP-004 asks about
/// it is not asked. The earliest first.
async fn lapsing(at: &mut Snapshot, day: Date, (now, until): (Moment, Moment)) -> Answer<Lapsing> {
    let organization = at.organization();
    let profile = at.find::<OrganizationProfile>(organization).await?;
    let months = profile.map_or(MonthMode::EndOfMonth, |profile| profile.month_mode);
    let last = day.plus_days(LAPSING_DAYS);
    let counts_beyond = |months, mode| first_beyond(last, |on| due_calendar_months(on, months, mode));
    let trained = counts_beyond(standing::TRAINING_MONTHS, months);
    let before = (trained, counts_beyond(standing::ASSESSMENT_MONTHS, MonthMode::Anniversary));
    let mut found = Vec::new();
    for kept in records::lapsing(at, before, now).await? {
        let trained = standing::trained_until(&kept, day, months);
        let assessed = standing::assessed_until(&kept, day);
        for (what, until) in [(TRAINING, trained), (ASSESSMENT, assessed)] {
            if until.is_none_or(|until| until <= last) {
                found.push((kept.clone(), what, until));
            }
        }
    }
    found.sort_by_key(|(kept, _, until)| (*until, kept.id));
    Ok(Lapsing { day, from: now, until, before, rows: found })
}

/// The first day on which what is completed counts beyond a day, given until when it counts.
fn first_beyond(last: Date, until: impl Fn(Date) -> Date) -> Date {
    // As long as it counts, and the days by which months differ.
    let days = until(last).days_since(last) + 62;
    let first = last.plus_days(-days);
    (0..days).map(|n| first.plus_days(n)).find(|on| until(*on) > last).unwrap_or(last)
}

/// The address of a list with its filters, at the page's instant.
pub fn address((base, query): (&str, &str), path: &str) -> String {
    let query = if path.contains('?') { query.replacen('?', "&", 1) } else { query.to_owned() };
    format!("{base}{path}{query}")
}

/// The end of the time in which a grant that runs out is shown.
fn ending_until(now: Moment) -> Moment {
    now.plus_seconds(ENDING_DAYS * 86_400)
}

/// The grants that run out within the days shown.
pub fn ending_soon(now: Moment) -> String {
    let (from, before) = (now.rfc3339(), ending_until(now).rfc3339());
    format!("grants?status=active&ends_from={from}&ends_before={before}&sort=valid_until")
}

/// The grants that wait and have not run out.
pub fn grants_waiting(now: Moment) -> String {
    format!("grants?status=requested&ends_from={}&sort=valid_until", now.rfc3339())
}

/// The people with access whose training or risk assessment was completed too long ago.
pub fn lapsing_of(what: &str, before: Date, now: Moment) -> String {
    format!("people?{what}_before={before}&access_on={}&sort={what}", now.rfc3339())
}

/// A count of rows that were read up to a limit.
pub fn counted(rows: usize) -> String {
    if rows >= records::MOST { format!("{}+", records::MOST) } else { rows.to_string() }
}

#[cfg(test)]
mod tests {
    use super::first_beyond;
    use crate::vocabulary::due::due_calendar_months;
    use crate::vocabulary::{Date, MonthMode};

    #[test]
    fn the_first_day_that_counts_beyond() {
        let day = |text: &str| Date::parse(text).expect("a date");
        for (last, months, mode, first) in [
            ("2026-04-01", 15, MonthMode::EndOfMonth, "2025-01-01"),
            ("2026-04-30", 15, MonthMode::EndOfMonth, "2025-02-01"),
            ("2026-04-01", 15, MonthMode::Anniversary, "2025-01-02"),
            ("2027-02-28", 84, MonthMode::Anniversary, "2020-03-01"),
        ] {
            let found = first_beyond(day(last), |on| due_calendar_months(on, months, mode));
            assert_eq!(found, day(first), "{last} {months} {mode:?}");
            assert!(due_calendar_months(found.plus_days(-1), months, mode) <= day(last));
        }
    }
}
