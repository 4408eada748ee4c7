//! What an address of the list asks for: rows by SQL, verdicts and whose sessions they are by looking.
//!
//! Invariant: of a list that asks for verdicts, a page looks through so many sessions and then goes on by link; nothing is
//! skipped.

use crate::flows::listing::{Understood, understand};
use crate::remote_access::lines::{Line, lines};
use crate::remote_access::records::sessions::SessionRow;
use crate::storage::Snapshot;
use crate::storage::paging::Total;
use crate::vocabulary::{Date, Moment, TimeZone};
use crate::web::extract::Asking;
use crate::web::{Answer, Caller};

/// Sessions a page looks through for a verdict.
const MOST_LOOKED: usize = 2_000;
/// Sessions judged at a time.
const SOME: u32 = 200;

/// A page of judged sessions.
pub struct Found {
    pub lines: Vec<Line>,
    /// None where verdicts were asked for: nobody counts those.
    pub total: Option<Total>,
    pub looked: Option<usize>,
    pub next: Option<String>,
}

/// The page an address asks for, judged at its instant.
pub async fn found(at: &mut Snapshot, caller: &Caller, asking: &Asking) -> Answer<Found> {
    let (mut understood, wanted) = asked(caller.time_zone(), asking)?;
    let now = caller.instant_shown();
    if !wanted.is_empty() {
        let limit = asking.text("limit").parse().unwrap_or(50usize).clamp(1, 200);
        return looked_for(at, &mut understood, (&wanted, limit), now).await;
    }
    let listing = understood.page(at).await?;
    let lines = judged(at, &listing.rows, now).await?;
    Ok(Found { lines, total: Some(listing.total), looked: None, next: listing.next })
}

/// What is answered row by row: the verdict, and whether a vendor's; empty for any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    judged: String,
    vendor: String,
}

impl Wanted {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.judged.is_empty() && self.vendor.is_empty()
    }

    #[must_use]
    pub fn fits(&self, line: &Line) -> bool {
        let vendor = self.vendor.is_empty() || (self.vendor == "yes") == line.is_vendor();
        vendor && (self.judged.is_empty() || line.fits(&self.judged))
    }
}

/// Understands an address: days of the organization's zone as moments, and what is asked for of each row.
pub fn asked(zone: TimeZone, asking: &Asking) -> Answer<(Understood<SessionRow>, Wanted)> {
    // Refuses a verdict nobody gives, like any other name.
    understand::<SessionRow>(&days(zone, asking))?;
    let mut others = days(zone, asking);
    let mut take = |name: &str| others.0.remove(name).unwrap_or_default();
    let wanted = Wanted { judged: take("judged"), vendor: take("vendor") };
    Ok((understand::<SessionRow>(&others)?, wanted))
}

fn days(zone: TimeZone, asking: &Asking) -> Asking {
    let mut translated = asking.clone();
    for (name, of) in [("from", TimeZone::first_of as fn(TimeZone, Date) -> Moment), ("until", TimeZone::last_of)] {
        if let Ok(day) = Date::parse(asking.text(name)) {
            translated.0.insert(name.to_owned(), of(zone, day).rfc3339());
        }
    }
    translated
}

/// Rows as they are judged.
pub async fn judged(at: &mut Snapshot, rows: &[SessionRow], now: Moment) -> Answer<Vec<Line>> {
    let sessions: Result<Vec<_>, _> = rows.iter().map(|row| row.session().map(|session| (row.id, session))).collect();
    Ok(lines(at, sessions?, now).await?)
}

async fn looked_for(
    at: &mut Snapshot,
    understood: &mut Understood<SessionRow>,
    (wanted, limit): (&Wanted, usize),
    now: Moment,
) -> Answer<Found> {
    let (mut found, mut looked) = (Vec::new(), 0);
    loop {
        let (rows, next) = understood.rows(at).await?;
        for (row, line) in rows.iter().zip(judged(at, &rows, now).await?) {
            looked += 1;
            found.extend(Some(line).filter(|line| wanted.fits(line)));
            if found.len() == limit || looked == MOST_LOOKED {
                let next = Some(understood.cursor(row));
                return Ok(Found { lines: found, total: None, looked: Some(looked), next });
            }
        }
        match rows.last().filter(|_| next.is_some()) {
            Some(last) => understood.behind(last, SOME),
            None => return Ok(Found { lines: found, total: None, looked: Some(looked), next: None }),
        }
    }
}
