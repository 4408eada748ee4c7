//! The rows of a review as a page shows them, and what its address asks for.
//!
//! Invariant: the address says which rows are shown; a row is shown as it was frozen, with what was decided since.

use std::collections::HashMap;

use crate::ids::{ReviewDecisionId, ReviewId};
use crate::register::people;
use crate::reviews::model::{ReviewDecision, ReviewOutcome};
use crate::reviews::records::rows::{self, Told, Wanted};
use crate::reviews::records::standings::{self, Counts};
use crate::reviews::rules::Shown;
use crate::storage::paging::Total;
use crate::storage::{Kept, Snapshot};
use crate::vocabulary::Moment;
use crate::web::{Answer, Caller, Failure, links};

/// Rows of a page.
pub const MOST: u32 = 100;

/// What an address or a form asks for.
#[derive(Clone, Debug)]
pub struct Asked {
    pub shown: Shown,
    pub words: String,
    pub after: i64,
}

impl Asked {
    /// Reads the three texts of an address.
    pub fn read(shown: &str, words: &str, after: &str) -> Answer<Self> {
        let refused = |field: &str, value: &str, problem: String| Failure::field(field, value, problem);
        let read = |text: &str| Shown::parse(text).map_err(|problem| refused("show", text, problem));
        let shown = if shown.is_empty() { Shown::All } else { read(shown)? };
        if words.len() > 200 || words.contains('\0') {
            return Err(refused("q", "", "too long, or it holds a NUL".to_owned()));
        }
        let number = |text: &str| text.parse::<i64>().ok().filter(|n| *n >= 0);
        let wrong = || refused("after", after, "not the number of a row".to_owned());
        let after = if after.is_empty() { 0 } else { number(after).ok_or_else(wrong)? };
        Ok(Self { shown, words: words.trim().to_owned(), after })
    }

    #[must_use]
    pub fn wanted(&self, review: ReviewId) -> Wanted {
        Wanted { review, shown: self.shown, words: self.words.clone() }
    }

    /// The query of the same rows after another number.
    #[must_use]
    pub fn query(&self, after: i64, as_of: &str) -> String {
        let after = if after > 0 { after.to_string() } else { String::new() };
        let shown = if self.shown == Shown::All { "" } else { self.shown.word() };
        links::query([("show", shown), ("q", self.words.as_str()), ("after", &after), ("as_of", as_of)])
    }
}

/// A row as the page shows it.
pub struct RowView {
    pub n: i64,
    pub kind: &'static str,
    pub reference: String,
    pub href: String,
    pub holder: String,
    pub reaches: String,
    pub doubt: String,
    pub decided: Option<DecidedView>,
    pub ticked: bool,
}

/// What was decided about a row.
pub struct DecidedView {
    pub mark: &'static str,
    pub label: &'static str,
    pub by: String,
    pub at: String,
    pub note: String,
}

/// A page of rows.
pub struct Page {
    pub rows: Vec<RowView>,
    /// The number after which the next page begins.
    pub next: Option<i64>,
    pub total: String,
}

/// A way to narrow the rows.
pub struct Filter {
    pub label: &'static str,
    pub href: String,
    pub count: Option<i64>,
    pub current: bool,
}

/// The class of an outcome: shape and color beside its word.
#[must_use]
pub const fn mark(outcome: ReviewOutcome) -> &'static str {
    match outcome {
        ReviewOutcome::Keep => "mark done",
        ReviewOutcome::Change => "mark waiting",
        ReviewOutcome::Remove => "mark open",
    }
}

/// The rows an address asks for.
pub async fn page(
    caller: &Caller,
    at: &mut Snapshot,
    (review, asked): (ReviewId, &Asked),
    (counts, population): (Counts, i64),
    ticked: &[i64],
) -> Answer<Page> {
    let wanted = asked.wanted(review);
    let mut found = rows::page(at, &wanted, asked.after, MOST + 1).await?;
    let more = found.len() > MOST as usize;
    found.truncate(MOST as usize);
    let total = match (asked.shown, asked.words.is_empty()) {
        (Shown::All, true) => population.to_string(),
        (Shown::Undecided, true) => (population - counts.decided()).to_string(),
        _ => Total::counted(rows::count(at, &wanted).await?).to_string(),
    };
    let acts = standings::acts(at, found.iter().filter_map(|row| row.decided.map(|(_, id, _)| id))).await?;
    let names = people::names(at, acts.values().map(|act| act.recorded_by.as_str())).await?;
    let next = found.last().filter(|_| more).map(|row| row.n);
    let rows = found.into_iter().map(|row| view(caller, row, (&acts, &names), ticked)).collect::<Answer<_>>()?;
    Ok(Page { rows, next, total })
}

/// A row with what was decided about it.
fn view(
    caller: &Caller,
    row: Told,
    (acts, names): (&HashMap<ReviewDecisionId, Kept<ReviewDecision>>, &people::Names),
    ticked: &[i64],
) -> Answer<RowView> {
    let as_of = caller.as_of.map_or_else(String::new, Moment::rfc3339);
    let decided = row.decided.map(|(outcome, id, at)| DecidedView {
        mark: mark(outcome),
        label: outcome.label(),
        by: acts.get(&id).map_or_else(String::new, |act| names.of(&act.recorded_by)),
        at: caller.told(at),
        note: acts.get(&id).map_or_else(String::new, |act| act.note.clone()),
    });
    let item = row.item;
    let href = links::record(&caller.serving()?.slug, &links::collection(&item.kind), item.of);
    Ok(RowView {
        n: row.n,
        kind: told_kind(&item.kind),
        href: format!("{href}{}", links::query([("as_of", as_of.as_str())])),
        reference: item.reference,
        holder: item.holder,
        reaches: item.reaches,
        doubt: item.doubt,
        decided,
        ticked: ticked.contains(&row.n),
    })
}

/// The ways to narrow the rows, with how many each has.
#[must_use]
pub fn filters(
    base: &str,
    asked: &Asked,
    (counts, population): (Counts, i64),
    doubts: i64,
    as_of: &str,
) -> Vec<Filter> {
    let filter = |shown: &Shown| {
        let count = match shown {
            Shown::All => Some(population),
            Shown::Undecided => Some(population - counts.decided()),
            Shown::Doubt => Some(doubts),
            Shown::Sound => None,
            Shown::Keep => Some(counts.keep),
            Shown::Change => Some(counts.change),
            Shown::Remove => Some(counts.remove),
        };
        let other = Asked { shown: *shown, after: 0, ..asked.clone() };
        Filter {
            label: shown.label(),
            href: format!("{base}{}", other.query(0, as_of)),
            count,
            current: asked.shown == *shown,
        }
    };
    Shown::ALL.iter().map(filter).collect()
}

/// A row's kind for people.
#[must_use]
pub fn told_kind(kind: &str) -> &'static str {
    match kind {
        "authorization" => "Authorization",
        "account" => "Account",
        "grant" => "Grant",
        _ => "Conduit",
    }
}
